"""The page in Chromium beside the SDK: processor time, wasm memory, and how fast the page answers.

    make web && python -m benchmarks.browser
    python -m benchmarks.browser --megapixels 24 --phone

Each photo is a JPEG file: the sample, repeated to its size. Both denoise it to a JPEG file, one
after the other, from opening the network on; the SDK with LiteRT on the CPU, as the page does,
unless another delegate is named. Processor time depends little on what else the machine does, and
so does the longest task of the thread that answers the user; how late the page answers does.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from benchmarks.browser.site import ROOT
from benchmarks.browser.tasks import longest_task_ms
from benchmarks.browser.visit import chromium, visit
from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.table import markdown
from benchmarks.record import results
from litedenoise_sdk import Denoiser
from litedenoise_sdk.options import Delegate

_SAMPLE = ROOT / "samples" / "noisy.jpg"
_ASPECT = 1.5
_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Row:
    """What one photo took.

    Attributes:
        cpu_ratio: the page's processor time by the SDK's.
        heap_mb: of wasm memory, in 1e6 bytes.
        answer_ms, worst_answer_ms: how late the page was, for 99 of 100 times and at most.
        task_ms: processor time of the longest task of the thread that answers, with the photo and
            its result shown.
    """

    megapixels: float
    threads: int
    sdk_cpu_s: float
    page_cpu_s: float
    cpu_ratio: float
    heap_mb: float
    answer_ms: float
    worst_answer_ms: float
    task_ms: float


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    rows = []
    with chromium() as browser:
        for megapixels in arguments.megapixels:
            print(f"{megapixels:g} MP", file=sys.stderr, flush=True)
            rows.append(_measure(browser, megapixels, arguments))
    print(markdown(_HEADER, [list(asdict(row).values()) for row in rows]))
    if arguments.json:
        settings = {name: getattr(arguments, name) for name in ("threads", "phone", "delegate")}
        results.save(arguments.json, "browser", settings, [asdict(row) for row in rows])
    return 0


_HEADER = [
    "MP", "threads", "SDK CPU s", "page CPU s", "ratio", "heap MB", "answer p99 ms", "worst ms",
    "task ms",
]  # fmt: skip


def _measure(browser: Browser, megapixels: float, arguments: argparse.Namespace) -> Row:
    photo = _photo(megapixels)
    sdk_cpu_s = _cpu_s_of_the_sdk(photo, arguments.threads, arguments.delegate)
    found = visit(browser, photo, threads=arguments.threads, is_phone=arguments.phone)
    p99_ms, worst_ms = np.percentile(found.answers_ms, [99, 100])
    return Row(
        megapixels=megapixels,
        threads=found.threads,
        sdk_cpu_s=sdk_cpu_s,
        page_cpu_s=found.cpu_s,
        cpu_ratio=found.cpu_s / sdk_cpu_s,
        heap_mb=found.heap_mb,
        answer_ms=float(p99_ms),
        worst_answer_ms=float(worst_ms),
        task_ms=longest_task_ms(browser, photo),
    )


def _cpu_s_of_the_sdk(photo: bytes, threads: int, delegate: Delegate) -> float:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "photo.jpg"), Path(folder, "denoised.jpg")
        source.write_bytes(photo)
        started_s = time.process_time()
        with Denoiser("int8", delegate, threads=threads) as denoiser:
            denoiser.denoise_file(source, target)
        return time.process_time() - started_s


def _photo(megapixels: float) -> bytes:
    height = round((megapixels * 1e6 / _ASPECT) ** 0.5)
    width = round(height * _ASPECT)
    with Image.open(_SAMPLE) as image:
        sample = np.asarray(image)
    times = (-(-height // sample.shape[0]), -(-width // sample.shape[1]), 1)
    file = io.BytesIO()
    Image.fromarray(np.tile(sample, times)[:height, :width]).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("browser", __doc__)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[6, 24], metavar="MP")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="of both (default 2)")
    parser.add_argument("--delegate", choices=get_args(Delegate), default="cpu", help="of the SDK")
    parser.add_argument("--phone", action="store_true", help="within the memory of a phone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
