"""Signals that end the command let it put everything away first."""

import signal
import subprocess
import sys

import pytest

_COMMAND = """
import signal, sys
from litedenoise_sdk.cli import info_command, main

def run(arguments):
    try:
        print("working", flush=True)
        signal.pause()
    finally:
        print("put away", flush=True)

info_command.run = run
sys.exit(main.main(["info", "photo.jpg"]))
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signals_end_the_work_in_order(name: str) -> None:
    # The tests themselves may run under nohup.
    program = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\n{_COMMAND}"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == "working\n"
        number = getattr(signal, name)
        command.send_signal(number)
        written, errors = command.communicate()
    assert (command.returncode, written) == (128 + number, "put away\n")
    assert errors == f"litedenoise: ended by {name}\n"


def test_what_nohup_ignores_stays_ignored() -> None:
    program = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n{_COMMAND}"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == "working\n"
        command.send_signal(signal.SIGHUP)
        command.send_signal(signal.SIGTERM)
        _, errors = command.communicate()
    assert errors == "litedenoise: ended by SIGTERM\n"
