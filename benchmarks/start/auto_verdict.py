"""What delegate "auto" adds to a start when its verdict is cached.

    python -m benchmarks.start.auto_verdict
    python -m benchmarks.start.auto_verdict --precision fp32 --repeats 21

Every measurement is a Python process of its own, "auto" and the delegate that it takes in turns,
each from importing the SDK to the first denoised block. Starts vary by more than "auto" costs, so
finding the verdict is also timed by itself and compared with the target. The exit code is 1 if it
takes longer.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.spread import Spread, spread
from benchmarks.common.table import markdown
from benchmarks.record import results
from litedenoise_sdk.options import Precision

MOST_MS = 50.0

_CHILD = """
import json, sys, time
import numpy
precision, delegate = sys.argv[1:]
started = time.perf_counter()
from litedenoise_sdk import Denoiser
with Denoiser(precision=precision, delegate=delegate) as denoiser:
    denoiser.denoise(numpy.zeros((64, 64, 3), numpy.uint8))
    ended = time.perf_counter()
    print(json.dumps([ended - started, denoiser.report.actual]))
"""

_LOOKUP = """
import json, sys, time
from litedenoise_sdk.machine import usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.runtime.select import open_runtime
model = load_released(sys.argv[1])
started, busy = time.perf_counter(), time.process_time()
from litedenoise_sdk.runtime.auto.verdict import decide
decide(model, usable_cores())
print(json.dumps([time.perf_counter() - started, time.process_time() - busy]))
"""


@dataclass(frozen=True, slots=True)
class AutoStart:
    """Milliseconds.

    Attributes:
        delegate: what "auto" takes here.
        auto_ms, named_ms: of starts with "auto" and with that delegate by name.
        lookup_ms: of finding the cached verdict, in a new process.
        lookup_cpu_ms: processor time of the same, which other work on the machine does not affect.
    """

    delegate: str
    auto_ms: Spread
    named_ms: Spread
    lookup_ms: Spread
    lookup_cpu_ms: Spread


def main(argv: Sequence[str] | None = None) -> int:
    parser = benchmark_parser("start.auto_verdict", __doc__)
    parser.add_argument("--precision", choices=get_args(Precision), default="int8")
    parser.add_argument("--repeats", type=int, default=11, metavar="N")
    arguments = parser.parse_args(argv)
    found = measure(arguments.precision, arguments.repeats)
    print(report(found))
    if arguments.json:
        chosen = {"precision": arguments.precision, "repeats": arguments.repeats}
        results.save(arguments.json, "auto_start", chosen, asdict(found))
    return int(found.lookup_ms.median > MOST_MS)


def measure(precision: Precision, repeats: int) -> AutoStart:
    """Starts so many processes of each kind in turns, after one that caches the verdict."""
    _, delegate = _run(_CHILD, precision, "auto")
    auto_ms, named_ms, lookups_s = [], [], []
    for _ in range(repeats):
        auto_ms.append(1e3 * _run(_CHILD, precision, "auto")[0])
        named_ms.append(1e3 * _run(_CHILD, precision, delegate)[0])
        lookups_s.append(_run(_LOOKUP, precision))
    return AutoStart(
        delegate,
        spread(auto_ms),
        spread(named_ms),
        lookup_ms=spread([1e3 * seconds for seconds, _ in lookups_s]),
        lookup_cpu_ms=spread([1e3 * seconds for _, seconds in lookups_s]),
    )


def report(found: AutoStart) -> str:
    """The table, the difference of the starts, and the verdict."""
    rows = {
        'start with "auto"': found.auto_ms,
        f'start with "{found.delegate}"': found.named_ms,
        "finding the verdict": found.lookup_ms,
        "the same, processor time": found.lookup_cpu_ms,
    }
    table = markdown(
        ["of new processes", "median ms", "from", "to"],
        [[name, one.median, one.lowest, one.highest] for name, one in rows.items()],
        digits=1,
    )
    difference_ms = found.auto_ms.median - found.named_ms.median
    verdict = "met" if found.lookup_ms.median <= MOST_MS else "MISSED"
    return (
        f'{table}\n\n"auto" took {difference_ms:+.1f} ms longer to start than '
        f'"{found.delegate}", which it takes here; finding the verdict at most {MOST_MS:g} ms: '
        f"{verdict}"
    )


def _run(program: str, *arguments: str) -> Any:
    child = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(child.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
