"""What ``import litedenoise_sdk`` costs beyond ``import numpy``, and which heavy modules it loads.

    python -m benchmarks.start.import_time

Each measurement runs in a new Python process.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.spread import Spread, spread
from benchmarks.common.table import markdown
from benchmarks.record import results

HEAVY = (
    "PIL", "ai_edge_litert", "asyncio", "bm3d", "cv2", "flatbuffers", "importlib.metadata",
    "keras", "scipy", "skimage", "tensorflow", "tifffile",
)  # fmt: skip
"""Modules that importing the SDK should not load."""

_CHILD = """
import json, sys, time
started = time.perf_counter()
import numpy
between = time.perf_counter()
import litedenoise_sdk
ended = time.perf_counter()
print(json.dumps([between - started, ended - between, sorted(sys.modules)]))
"""


@dataclass(frozen=True, slots=True)
class ImportTime:
    """Milliseconds, and the heavy modules found loaded afterwards."""

    numpy_ms: Spread
    sdk_beyond_numpy_ms: Spread
    heavy_modules: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    parser = benchmark_parser("start.import_time", __doc__)
    parser.add_argument("--repeats", type=int, default=11, metavar="N")
    arguments = parser.parse_args(argv)
    found = measure(arguments.repeats)
    print(report(found))
    if arguments.json:
        chosen = {"repeats": arguments.repeats}
        results.save(arguments.json, "import_time", chosen, asdict(found))
    return 0


def measure(repeats: int) -> ImportTime:
    """Imports in ``repeats`` processes, after one that fills the disk cache."""
    runs = [import_once() for _ in range(repeats + 1)][1:]
    return ImportTime(
        numpy_ms=spread([numpy_seconds * 1e3 for numpy_seconds, _, _ in runs]),
        sdk_beyond_numpy_ms=spread([sdk_seconds * 1e3 for _, sdk_seconds, _ in runs]),
        heavy_modules=tuple(name for name in HEAVY if name in runs[0][2]),
    )


def report(found: ImportTime) -> str:
    """The table, and the heavy modules beneath it."""
    table = markdown(
        ["import", "median ms", "from", "to"],
        [
            [name, one.median, one.lowest, one.highest]
            for name, one in (
                ("numpy", found.numpy_ms),
                ("litedenoise_sdk beyond numpy", found.sdk_beyond_numpy_ms),
            )
        ],
        digits=1,
    )
    return f"{table}\n\nheavy modules imported: {', '.join(found.heavy_modules) or 'none'}"


def import_once() -> tuple[float, float, list[str]]:
    """Seconds for numpy and for the SDK beyond it, and all modules loaded, in a new process."""
    child = subprocess.run(
        [sys.executable, "-c", _CHILD], capture_output=True, text=True, check=True
    )
    numpy_seconds, sdk_seconds, modules = json.loads(child.stdout)
    return numpy_seconds, sdk_seconds, modules


if __name__ == "__main__":
    sys.exit(main())
