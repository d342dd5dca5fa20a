"""Tries a processor in a process of its own, where a broken driver can do no harm."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.auto.trial import Trial

LIMIT_S = 90.0
"""Opening a graphics driver may take 20 seconds; one that hangs takes forever."""

_MARK = "litedenoise trial: "


def try_delegate(
    model: LoadedModel,
    delegate: Delegate,
    block: Size,
    threads: int,
    limit_s: float = LIMIT_S,
    program: tuple[str, ...] = (sys.executable, "-m", "litedenoise_sdk.runtime.auto.trial_child"),
) -> Trial:
    """Opens ``model`` on a processor, compares and measures it; never raises for what it does.

    Args:
        model: what to run.
        delegate: the processor.
        block: height and width of the block to try with.
        threads: CPU threads.
        limit_s: seconds until the processor counts as hanging.
        program: what to run in the other process.
    """
    with tempfile.TemporaryDirectory(prefix="litedenoise-trial-") as folder:
        path = Path(folder, "model.tflite")
        path.write_bytes(model.content)
        model.sidecar.save(path.with_suffix(".json"))
        command = [*program, str(path), delegate, str(block.height), str(block.width), str(threads)]
        # The child finds this package where this process found it.
        package = str(Path(__file__).resolve().parents[2])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, *_python_path()])}
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit_s,
                check=False,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            return Trial(
                delegate,
                False,
                f"{delegate} did not finish one block within {limit_s:g} s; its driver hangs or is "
                "far too slow",
            )
        except OSError as error:
            return Trial(delegate, False, f"{delegate} was not tried: {error}")
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            return Trial(**json.loads(line.removeprefix(_MARK)))
    ended = f"signal {-done.returncode}" if done.returncode < 0 else f"exit code {done.returncode}"
    return Trial(
        delegate,
        False,
        f"{delegate} crashed the process that tried it ({ended}); update its driver",
    )


def announce(trial: Trial) -> None:
    """Tells the parent process what came of it."""
    print(_MARK + trial.to_json(), flush=True)


def _python_path() -> list[str]:
    named = os.environ.get("PYTHONPATH")
    return [named] if named else []
