"""Pairs of a noisy picture and its reference."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RGB = NDArray[np.uint8]

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}
_NOISY = re.compile(r"_real$", re.IGNORECASE)
_CLEAN = re.compile(r"_mean$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A noisy picture and its reference, by path."""

    name: str
    noisy: Path
    clean: Path

    def load(self) -> tuple[RGB, RGB]:
        """Noisy picture and reference, both (H, W, 3) uint8.

        Raises:
            ValueError: the two differ in size.
        """
        noisy, clean = read_rgb(self.noisy), read_rgb(self.clean)
        if noisy.shape != clean.shape:
            raise ValueError(f"{self.name}: noisy is {noisy.shape}, reference {clean.shape}")
        return noisy, clean


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
