"""A measurement in a Python process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def run_child(module: str, *arguments: str) -> Any:
    """What ``python -m MODULE ARGUMENTS`` prints, read as JSON.

    Raises:
        RuntimeError: the process failed; the message has what it wrote.
    """
    child = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=_ROOT,
    )
    if child.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{child.stderr}")
    return json.loads(child.stdout)
