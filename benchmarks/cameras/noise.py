"""The noise of real pairs beside that of the synthetic cameras.

    python -m benchmarks.cameras.noise --pairs FOLDER --clean PHOTOS

Each statistic is taken in parts of a picture that are equally bright in linear light (a power of
2.2), and printed as the 10th, 50th and 90th percentile over pictures. If a camera's range does not
cover the real one, a network trained on that camera has not seen such noise. The last two tables
are those of ``benchmarks.cameras.softness`` and ``benchmarks.cameras.shifts``.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.cameras.pictures import Picture, linear
from benchmarks.cameras.shifts import shift_table, shifts
from benchmarks.cameras.softness import contrasts, softness_table
from benchmarks.common.arguments import add_pairs, benchmark_parser
from benchmarks.common.eight_bits import eight_bits
from benchmarks.common.pairs import pairs_in
from benchmarks.common.table import Cell, markdown, percentiles

Statistics = Mapping[str, float]

BANDS = {"dark": (0.0, 0.02), "dim": (0.02, 0.1), "mid": (0.1, 0.3), "bright": (0.3, 1.0)}
"""Brightness of the reference in linear light, mean of the colours."""
FEWEST_PIXELS = 2_000
LEAST_STD = 0.003
"""In linear light; below it, a real pair's difference is more misalignment than noise."""
CAMERA_CROP = 192


def noise_statistics(noisy: Picture, clean: Picture) -> Mapping[str, Statistics]:
    """The statistics of each band that the picture has, both (H, W, 3) in [0, 1].

    ``shift`` is the mean difference as displayed in levels of 255, the others are in linear light:
    ``linear shift`` and ``std`` in thousandths of full scale, ``skew`` and ``kurtosis`` of each
    colour's noise, their mean; ``zeros`` the share of values clipped to 0; ``RG``, ``GB`` and
    ``RB`` the correlation of two colours; ``green 1`` and ``red, blue 1`` that of neighbours
    across, ``... 2`` two pixels away.
    """
    light, seen = linear(clean), linear(noisy)
    error = seen - light
    brightness = light.mean(axis=-1)
    found: dict[str, Statistics] = {}
    for name, (low, high) in BANDS.items():
        inside = (brightness >= low) & (brightness < high)
        if inside.sum() < FEWEST_PIXELS or error[inside].std() < LEAST_STD:
            continue
        values = error[inside]
        centred, std = values - values.mean(0), values.std(0)
        colours = np.corrcoef(values.T)
        found[name] = {
            "shift": 255 * float((noisy - clean)[inside].mean()),
            "linear shift": 1000 * float(values.mean()),
            "std": 1000 * float(std.mean()),
            "skew": float(((centred**3).mean(0) / std**3).mean()),
            "kurtosis": float(((centred**4).mean(0) / std**4).mean()),
            "zeros": float((noisy[inside] == 0).mean()),
            "RG": float(colours[0, 1]),
            "GB": float(colours[1, 2]),
            "RB": float(colours[0, 2]),
            **_neighbours(error, inside),
        }
    return found


def _neighbours(error: Picture, inside: NDArray[np.bool_]) -> Statistics:
    found = {}
    for distance in (1, 2):
        both = inside[:, distance:] & inside[:, :-distance]
        first, second = error[:, distance:][both], error[:, :-distance][both]
        red, green, blue = (
            float(np.corrcoef(first[:, colour], second[:, colour])[0, 1]) for colour in range(3)
        )
        found[f"green {distance}"] = green
        found[f"red, blue {distance}"] = (red + blue) / 2
    return found


def report(sources: Mapping[str, Iterable[tuple[Picture, Picture]]]) -> str:
    """One table per band: a row for each statistic, a column for each source of pairs."""
    columns = {
        source: [noise_statistics(*pair) for pair in pairs] for source, pairs in sources.items()
    }
    return "\n\n".join(_table(band, columns) for band in BANDS)


def _table(band: str, columns: Mapping[str, Sequence[Mapping[str, Statistics]]]) -> str:
    of_band = {
        source: [found[band] for found in pictures if band in found]
        for source, pictures in columns.items()
    }
    names = next((list(pictures[0]) for pictures in of_band.values() if pictures), [])
    header = [band, *(f"{source} ({len(pictures)})" for source, pictures in of_band.items())]
    rows: list[list[Cell]] = [
        [name, *(percentiles([one[name] for one in pictures]) for pictures in of_band.values())]
        for name in names
    ]
    return markdown(header, rows)


def _real(folder: Path) -> Iterable[tuple[Picture, Picture]]:
    for pair in pairs_in(folder):
        noisy, clean = pair.load()
        yield noisy / 255.0, clean / 255.0


def _synthetic(
    camera: Callable[[Picture], tuple[object, object]], clean: Sequence[Path], count: int
) -> Iterable[tuple[Picture, Picture]]:
    from models.training.crops import RandomCrops, load_photos

    photos = load_photos(clean, min_side=CAMERA_CROP)
    crops = RandomCrops(photos, size=CAMERA_CROP, batch_size=1, batches=count)
    for index in range(count):
        noisy, reference = camera(crops[index][0].astype(np.float32) / 255.0)
        yield (
            eight_bits(np.asarray(noisy)[0]) / 255.0,
            np.clip(np.asarray(reference, np.float64)[0], 0, 1),
        )


def main(argv: Sequence[str] | None = None) -> int:
    parser = benchmark_parser("cameras.noise", __doc__, saves=False)
    add_pairs(parser)
    parser.add_argument("--clean", type=Path, nargs="*", metavar="PHOTOS", help="for the cameras")
    parser.add_argument("--count", type=int, default=200, help="pictures of each camera")
    arguments = parser.parse_args(argv)
    sources = {folder.name: list(_real(folder)) for folder in arguments.pairs}
    if arguments.clean:
        from models.camera import JpegCamera, PhoneCamera

        for name, camera in (("phone camera", PhoneCamera()), ("JPEG camera", JpegCamera())):
            sources[name] = list(_synthetic(camera, arguments.clean, arguments.count))
    print(report(sources), end="\n\n")
    softness = {name: [contrasts(*pair) for pair in pairs] for name, pairs in sources.items()}
    print(softness_table(softness), end="\n\n")
    print(shift_table({name: shifts(pairs) for name, pairs in sources.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
