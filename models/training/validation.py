"""PSNR on pairs of real photographs, logged while training runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk.quality.psnr import psnr

NOISY_MARK, CLEAN_MARK = "_real", "_mean"
MOST_PAIRS = 20
VALIDATE_HELP = "folders of pairs that are not trained on, NAME_real.* and NAME_mean.*"

Pairs = list[tuple[Path, Path]]


@dataclass(frozen=True, slots=True)
class Validation:
    """Pairs that are not trained on, and the network that denoises them.

    Attributes:
        network: gets the averaged weights each time; may round as the exported file will.
        sets: by name.
    """

    network: keras.Model
    sets: Mapping[str, Pairs]

    def psnrs(self, weights: Sequence[NDArray[np.float32]]) -> dict[str, float]:
        """``psnr_NAME`` of each set in dB with these weights, its mean over pictures."""
        self.network.set_weights(weights)
        return {f"psnr_{name}": mean_psnr(self.network, pairs) for name, pairs in self.sets.items()}


def validation_sets(folders: Sequence[Path]) -> dict[str, Pairs]:
    """Pairs of each folder by its name, evenly chosen where there are more than ``MOST_PAIRS``."""
    found = {folder.name: find_pairs(folder) for folder in folders}
    return {name: pairs[:: -(-len(pairs) // MOST_PAIRS)] for name, pairs in found.items()}


def find_pairs(folder: Path) -> Pairs:
    """Pairs ``NAME_real.EXT`` (noisy) and ``NAME_mean.EXT`` (clean) in a folder."""
    noisy = sorted(path for path in folder.iterdir() if path.stem.endswith(NOISY_MARK))
    return [(p, p.with_name(p.stem[: -len(NOISY_MARK)] + CLEAN_MARK + p.suffix)) for p in noisy]


def mean_psnr(network: keras.Model, pairs: Pairs) -> float:
    """Mean over pictures of PSNR in dB on uint8 RGB."""
    return float(np.mean([_pair_psnr(network, *pair) for pair in pairs]))


def _pair_psnr(network: keras.Model, noisy_path: Path, clean_path: Path) -> float:
    noisy = np.asarray(Image.open(noisy_path).convert("RGB"), np.float32) / 255.0
    clean = np.asarray(Image.open(clean_path).convert("RGB"))
    height, width = (side - side % 16 for side in noisy.shape[:2])
    noisy, clean = noisy[:height, :width], clean[:height, :width]
    denoised = np.asarray(network(noisy[None], training=False))[0]
    return psnr(clean, np.round(np.clip(denoised, 0, 1) * 255.0).astype(np.uint8))
