"""Crops of own pairs."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.training.pair_crops import PairCrops, PairSplitter, load_pairs


def test_pairs_are_cut_alike_and_not_resized(pairs: Path) -> None:
    loaded = load_pairs(pairs, min_side=32)
    crops = PairCrops(loaded, size=32, batch_size=8, batches=1, seed=3)
    (batch,) = crops[0]
    assert batch.shape == (8, 32, 32, 6)
    noisy, clean = (np.asarray(side) for side in PairSplitter()(batch / 255.0))
    assert 0.02 < np.std(noisy - clean) < 0.05
    assert {tuple(pixel) for pixel in (clean[0] * 255).round().reshape(-1, 3).astype(int)} <= {
        tuple(pixel) for pixel in loaded[0][..., 3:].reshape(-1, 3).tolist()
    }


def test_wrong_pairs_are_named(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="at least 500 pixels"):
        load_pairs(pairs, min_side=500)
    for name in ("noisy", "clean"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "noisy" / "alone.png")
    with pytest.raises(FileNotFoundError, match="alone"):
        load_pairs(tmp_path, min_side=16)
    Image.new("RGB", (64, 60)).save(tmp_path / "clean" / "alone.jpg")
    with pytest.raises(ValueError, match="one size"):
        load_pairs(tmp_path, min_side=16)
