"""Tries a processor in a separate process, where a broken driver can do no harm."""

import json
import os
import subprocess
import sys
from pathlib import Path

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel, join
from litedenoise_sdk.model.sidecar import Sidecar
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.auto.trial import Trial

LIMIT_S = 90.0
"""A graphics driver may take 20 seconds to open; one that hangs never returns."""

_MARK = "litedenoise trial: "


def try_delegate(
    model: LoadedModel,
    delegate: Delegate,
    block: Size,
    threads: int,
    limit_s: float = LIMIT_S,
    program: tuple[str, ...] = (sys.executable, "-m", "litedenoise_sdk.runtime.auto.trial_child"),
) -> Trial:
    """Opens ``model`` on a processor, compares its result with the CPU's and times it.

    A processor that fails, hangs or crashes gives a trial that is not usable; it raises nothing.

    Args:
        model: what to run.
        delegate: the processor.
        block: size of the block to run.
        threads: CPU threads.
        limit_s: seconds after which the processor counts as hanging.
        program: command of the other process.
    """
    command = [*program, delegate, str(block.height), str(block.width), str(threads)]
    culprit = "the model" if delegate == "cpu" else "its driver"
    try:
        done = subprocess.run(
            command,
            input=_packed(model),
            capture_output=True,
            timeout=limit_s,
            check=False,
            env=child_environment(),
        )
    except subprocess.TimeoutExpired:
        return Trial(
            delegate,
            False,
            f"{delegate} did not finish one block within {limit_s:g} s; {culprit} hangs or is far "
            "too slow",
        )
    except OSError as error:
        return Trial(delegate, False, f"{delegate} was not tried: {error}")
    for line in done.stdout.decode(errors="replace").splitlines():
        if line.startswith(_MARK):
            return Trial(**json.loads(line.removeprefix(_MARK)))
    ended = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    return Trial(
        delegate,
        False,
        f"{delegate} crashed the process that tried it ({ended}); update {culprit}",
    )


def received() -> LoadedModel:
    """The model that the parent process sends.

    Raises:
        ModelError: it cannot be used.
    """
    length = int(sys.stdin.buffer.readline())
    sidecar = Sidecar.from_json(sys.stdin.buffer.read(length).decode())
    return join(sys.stdin.buffer.read(), sidecar)


def _packed(model: LoadedModel) -> bytes:
    """What ``received`` reads. It goes through a pipe, so that a killed process leaves no file."""
    sidecar = model.sidecar.to_json().encode()
    return b"%d\n%b%b" % (len(sidecar), sidecar, model.content)


def announce(trial: Trial) -> None:
    """Sends the trial to the parent process."""
    print(_MARK + trial.to_json(), flush=True)


def child_environment() -> dict[str, str]:
    """The environment in which a child imports the same copy of this package."""
    package = str(Path(__file__).resolve().parents[3])
    named = filter(None, [package, os.environ.get("PYTHONPATH")])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(named)}
