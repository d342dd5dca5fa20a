"""PSNR on pairs of real photographs, logged while training runs."""

from pathlib import Path

import keras
import numpy as np
from PIL import Image

NOISY_MARK, CLEAN_MARK = "_real", "_mean"


def find_pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Pairs ``NAME_real.EXT`` (noisy) and ``NAME_mean.EXT`` (clean) in a folder."""
    noisy = sorted(path for path in folder.iterdir() if path.stem.endswith(NOISY_MARK))
    return [(p, p.with_name(p.stem[: -len(NOISY_MARK)] + CLEAN_MARK + p.suffix)) for p in noisy]


def mean_psnr(network: keras.Model, pairs: list[tuple[Path, Path]]) -> float:
    """Mean over pictures of PSNR in dB on uint8 RGB."""
    return float(np.mean([_pair_psnr(network, *pair) for pair in pairs]))


def _pair_psnr(network: keras.Model, noisy_path: Path, clean_path: Path) -> float:
    noisy = np.asarray(Image.open(noisy_path).convert("RGB"), np.float32) / 255.0
    clean = np.asarray(Image.open(clean_path).convert("RGB"), np.float64)
    height, width = (side - side % 16 for side in noisy.shape[:2])
    noisy, clean = noisy[:height, :width], clean[:height, :width]
    denoised = np.asarray(network(noisy[None], training=False))[0]
    pixels = np.round(np.clip(denoised, 0, 1) * 255.0)
    return float(10 * np.log10(255.0**2 / np.mean((pixels - clean) ** 2)))
