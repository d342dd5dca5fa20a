"""Pairs of a noisy picture and its reference."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk.geometry import Size

RGB = NDArray[np.uint8]

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}
_NOISY = re.compile(r"_real$", re.IGNORECASE)
_CLEAN = re.compile(r"_mean$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A noisy picture and its reference, by path; of both only the middle where ``crop`` is set."""

    name: str
    noisy: Path
    clean: Path
    crop: Size | None = None

    def load(self) -> tuple[RGB, RGB]:
        """Noisy picture and reference, both (H, W, 3) uint8.

        Raises:
            ValueError: the two differ in size, or are smaller than the crop.
        """
        noisy, clean = read_rgb(self.noisy), read_rgb(self.clean)
        if noisy.shape != clean.shape:
            raise ValueError(f"{self.name}: noisy is {noisy.shape}, reference {clean.shape}")
        if self.crop is None:
            return noisy, clean
        top, left = (
            (noisy.shape[0] - self.crop.height) // 2,
            (noisy.shape[1] - self.crop.width) // 2,
        )
        if min(top, left) < 0:
            raise ValueError(f"{self.name}: {noisy.shape} is smaller than the crop {self.crop}")
        middle = np.s_[top : top + self.crop.height, left : left + self.crop.width]
        return noisy[middle], clean[middle]

    def cropped(self, crop: Size) -> "Pair":
        """The middle of both, under a name of its own."""
        return replace(self, name=f"{self.name}@{crop}", crop=crop)


def read_rgb(path: Path) -> RGB:
    """The picture at ``path`` as (H, W, 3) uint8."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def pairs_in(folder: Path) -> list[Pair]:
    """All ``NAME_real.*`` with their ``NAME_mean.*`` (in any case) in one folder, by name.

    Raises:
        ValueError: no pair, or a picture without its partner.
    """
    noisy, clean = _by_stem(folder, _NOISY), _by_stem(folder, _CLEAN)
    return _matched(noisy, clean, f"NAME_real.* and NAME_mean.* in {folder}")


def pairs_across(noisy: Path, clean: Path) -> list[Pair]:
    """Pictures of the same file name, apart from the suffix, in two folders, by name.

    Raises:
        ValueError: no pair, or a picture without its partner.
    """
    anything = re.compile(r"$")
    return _matched(
        _by_stem(noisy, anything), _by_stem(clean, anything), f"equal names in {noisy} and {clean}"
    )


def pictures_alone(folder: Path) -> list[Pair]:
    """Each picture in a folder as its own reference: a denoiser should leave it as it is.

    Raises:
        ValueError: no picture.
    """
    return pairs_across(folder, folder)


def _by_stem(folder: Path, ending: re.Pattern[str]) -> dict[str, Path]:
    return {
        ending.sub("", path.stem): path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in _SUFFIXES and ending.search(path.stem)
    }


def _matched(noisy: dict[str, Path], clean: dict[str, Path], expected: str) -> list[Pair]:
    alone = sorted(noisy.keys() ^ clean.keys())
    if alone or not noisy:
        raise ValueError(f"expected {expected}; without partner: {', '.join(alone) or 'all'}")
    return [Pair(name, path, clean[name]) for name, path in sorted(noisy.items())]
