"""Results of any benchmark as JSON, with what it takes to repeat them.

Those that run cases (``run``) are kept by ``files``, which the reports read.
"""

import importlib.metadata
import json
import math
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.record.json_file import write_json
from litedenoise_sdk.machine import processor_name, usable_cores

_PACKAGES = ("litedenoise-sdk", "ai-edge-litert", "numpy", "pillow")


def save(path: Path, benchmark: str, arguments: Mapping[str, object], results: Any) -> None:
    """Writes ``results`` beside the benchmark's name, its arguments and the machine.

    Values that JSON cannot hold (infinity) become null.
    """
    record = {
        "benchmark": benchmark,
        "arguments": {name: _plain(value) for name, value in arguments.items()},
        "machine": machine(),
        "results": _plain(results),
    }
    write_json(path, record)


def load(path: Path, benchmark: str) -> Any:
    """The results in a file that ``save`` wrote.

    Raises:
        ValueError: the file holds another benchmark's results.
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    if record.get("benchmark") != benchmark:
        raise ValueError(f"expected results of {benchmark} in {path}")
    return record["results"]


def machine() -> dict[str, object]:
    """Processor, cores and package versions of this process."""
    return {
        "processor": processor_name(),
        "cores": usable_cores(),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Path):
        return value.name
    raise TypeError(f"expected plain values in results; got {type(value).__name__}")
