"""The batch beside the SDK's bare speed on the same photos, array in to array out.

    python -m benchmarks.batch
    python -m benchmarks.batch --photos 8 --size 1200x1600 --precision fp32

The bare speed is that of ``Denoiser.denoise`` on decoded photos, before the batch and after it,
with the model open. The batch starts anew: it opens the model, reads, decodes, encodes, writes, and
keeps its manifest.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from benchmarks.batch.album import make_album
from benchmarks.common.arguments import benchmark_parser
from benchmarks.common.stopwatch import seconds_of
from benchmarks.common.table import markdown
from benchmarks.record import results
from litedenoise_sdk.batch.folders import LocalFolder
from litedenoise_sdk.batch.local import run_batch
from litedenoise_sdk.batch.manifest import Manifest, Record
from litedenoise_sdk.batch.recipe import Recipe
from litedenoise_sdk.cli.arguments import block_size
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.options import Precision


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    recipe = Recipe(precision=arguments.precision)
    with tempfile.TemporaryDirectory() as place:
        album, out = Path(place, "in"), Path(place, "out")
        make_album(album, arguments.photos, arguments.size)
        arrays = [decode(path).pixels for path in sorted(album.iterdir())]
        with recipe.open() as denoiser:
            denoiser.denoise(arrays[0])
            # The last photo is remembered: it must not come twice in a row.
            arrays.append(arrays.pop(0))

            def alone() -> float:
                return seconds_of(lambda: [denoiser.denoise(array) for array in arrays])

            before = alone()
            records: list[Record | None] = []
            batch = seconds_of(lambda: records.extend(_batch(album, out, recipe)))
            after = alone()
    done = sum(record is not None and record.status == "done" for record in records)
    megapixels = arguments.photos * arguments.size.area / 1e6
    bare = (before + after) / 2
    found = {
        "photos done": done,
        "batch, megapixels per second": round(megapixels / batch, 3),
        "bare, megapixels per second": round(megapixels / bare, 3),
        "bare, after to before": round(before / after, 3),
        "ratio": round(bare / batch, 3),
    }
    print(markdown(["", "value"], [[name, str(value)] for name, value in found.items()]))
    if arguments.json:
        chosen = {**vars(arguments), "size": str(arguments.size)}
        results.save(arguments.json, "batch", chosen, found)
    print(f"Ratio to the SDK's bare speed: {found['ratio']}")
    return int(done != arguments.photos)


def _batch(album: Path, out: Path, recipe: Recipe) -> list[Record | None]:
    with Manifest(out.with_name("manifest.jsonl")) as manifest:
        return list(run_batch(LocalFolder(album), LocalFolder(out), manifest, recipe))


def _parser() -> argparse.ArgumentParser:
    parser = benchmark_parser("batch", __doc__)
    add = parser.add_argument
    add("--photos", type=int, default=12, metavar="N", help="at least 2 (12)")
    add("--size", type=block_size, default=Size(1200, 1600), metavar="HxW", help="(1200x1600)")
    add("--precision", choices=get_args(Precision), default="int8")
    return parser


if __name__ == "__main__":
    sys.exit(main())
