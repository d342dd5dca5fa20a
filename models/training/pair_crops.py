"""Crops of photographed pairs, instead of clean photographs and a synthetic camera."""

from pathlib import Path

import keras
import numpy as np
from keras import KerasTensor as Tensor
from numpy.typing import NDArray
from PIL import Image

from models.training.crops import PHOTO_SUFFIXES, RandomCrops, random_square
from models.training.validation import find_pairs

NOISY_FOLDER, CLEAN_FOLDER = "noisy", "clean"


def load_pairs(folder: Path, min_side: int) -> list[NDArray[np.uint8]]:
    """All pairs in a folder as (H, W, 6) uint8, noisy RGB and then clean RGB.

    The folder holds either two folders, ``noisy`` and ``clean``, with pictures of the same names
    (suffixes may differ), or ``NAME_real.EXT`` beside ``NAME_mean.EXT``. Pairs with a side under
    ``min_side`` are left out.

    Raises:
        FileNotFoundError: no usable pair, or a picture without its partner.
        ValueError: a pair of different sizes.
    """
    pairs = []
    for noisy_path, clean_path in _paths(folder):
        with Image.open(noisy_path) as noisy, Image.open(clean_path) as clean:
            if noisy.size != clean.size:
                raise ValueError(
                    f"expected a pair of one size, got {noisy.size} of {noisy_path.name} and "
                    f"{clean.size} of {clean_path.name}; align and cut them to the same area"
                )
            if min(noisy.size) >= min_side:
                sides = [np.asarray(image.convert("RGB")) for image in (noisy, clean)]
                pairs.append(np.concatenate(sides, axis=-1))
    if not pairs:
        raise FileNotFoundError(
            f"no pairs of at least {min_side} pixels a side in {folder}; give a folder with "
            f"{NOISY_FOLDER}/NAME.* and {CLEAN_FOLDER}/NAME.*, or NAME_real.* and NAME_mean.*"
        )
    return pairs


def _paths(folder: Path) -> list[tuple[Path, Path]]:
    if not (folder / NOISY_FOLDER).is_dir():
        return find_pairs(folder)
    noisy, clean = (_by_stem(folder / name) for name in (NOISY_FOLDER, CLEAN_FOLDER))
    alone = sorted(noisy.keys() ^ clean.keys())
    if alone:
        raise FileNotFoundError(f"without a partner in {folder}: {', '.join(alone)}")
    return [(path, clean[stem]) for stem, path in sorted(noisy.items())]


def _by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in folder.iterdir() if path.suffix.lower() in PHOTO_SUFFIXES}


class PairCrops(RandomCrops):
    """Batches (N, size, size, 6) uint8 out of ``load_pairs``; see ``RandomCrops``."""

    def _cut(
        self, photo: NDArray[np.uint8], sharp: bool, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        # Resizing would change the noise; a drawn texture would have none.
        return random_square(photo, self._size, rng)


@keras.saving.register_keras_serializable(package="litedenoise")
class PairSplitter(keras.layers.Layer):
    """Takes the synthetic camera's place: (N, H, W, 6) to two (N, H, W, 3), noisy, clean."""

    def call(self, pairs: Tensor) -> tuple[Tensor, Tensor]:
        return pairs[..., :3], pairs[..., 3:]
