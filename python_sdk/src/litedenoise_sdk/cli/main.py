"""The ``litedenoise`` command: arguments in, exit code out; the work is the SDK's."""

import argparse
import atexit
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence

from litedenoise_sdk.cli import (
    batch_command,
    compare_command,
    compile_command,
    denoise_command,
    doctor_command,
    emulate_command,
    info_command,
    lint_command,
    serve_command,
)
from litedenoise_sdk.cli.plain import printable
from litedenoise_sdk.errors import LiteDenoiseError, OptionsError, in_words
from litedenoise_sdk.quiet import quiet_libraries

OK, FAILED, USAGE, INTERRUPTED, PIPE = 0, 1, 2, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        argv: the arguments after the program's name; those of this process by default.

    Returns:
        0 when everything went well, 1 when something failed, 2 for wrong usage, 130 when
        interrupted, 141 when nobody reads what is printed. (argparse itself raises SystemExit, with
        2 for wrong usage.)
    """
    _fill_closed_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files need not be text
        sys.stdout.reconfigure(errors="backslashreplace")
    atexit.register(_say_no_more)
    quiet_libraries()
    arguments = build_parser().parse_args(argv)
    _stop_in_order()
    try:
        succeeded: bool = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # of `| head`, which has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE
    except OptionsError as error:
        print(printable(f"litedenoise: {error}"), file=sys.stderr)
        return USAGE
    except (LiteDenoiseError, OSError, MemoryError) as error:  # OSError: of a disk that fails
        print(printable(f"litedenoise: {in_words(error)}"), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("litedenoise: interrupted", file=sys.stderr)
        return INTERRUPTED
    return OK if succeeded else FAILED


def _fill_closed_streams() -> None:
    """Opens the null device in the place of standard streams that the caller closed.

    Else the next file that is opened, be it a photo, would take their number, and what libraries
    print would be written into it.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(descriptor, mode, closefd=False))  # noqa: SIM115


def _stop_in_order() -> None:
    """Has SIGTERM and SIGHUP end the work as Ctrl-C does, with everything put away.

    What is ignored, as under nohup, stays ignored. A service that is started sets its own.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough
    print(f"litedenoise: ended by {signal.Signals(number).name}", file=sys.stderr)
    raise SystemExit(128 + number)


def _say_no_more() -> None:
    """Accelerators print lines as they are unloaded, after everything else."""
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"litedenoise {version('litedenoise-sdk')}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="litedenoise", description="Denoise full-resolution photographs on this machine."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    denoise_command.add_to(commands)
    batch_command.add_to(commands)
    info_command.add_to(commands)
    compare_command.add_to(commands)
    lint_command.add_to(commands)
    compile_command.add_to(commands)
    doctor_command.add_to(commands)
    emulate_command.add_to(commands)
    serve_command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
