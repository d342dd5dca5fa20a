"""Pairs through the emulated processor, held to their bars."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.pairs import Pair
from benchmarks.quality import emulation
from litedenoise_sdk.tools.npu.agreement import CropQuality, PictureAgreement


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    clean = np.full((32, 32, 3), 120, np.uint8)
    clean[:, 16:] = 60
    noisy = np.clip(clean + rng.normal(0, 8, clean.shape), 0, 255).astype(np.uint8)
    Image.fromarray(clean).save(tmp_path / "edge_mean.png")
    Image.fromarray(noisy).save(tmp_path / "edge_real.png")
    return tmp_path


def test_command_tells_each_crop_and_the_verdict(
    pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out" / "npu.json"
    code = emulation.main(
        ["--pairs", str(pairs), "--precisions", "int8", "--block", "32x32", "--json", str(target)]
    )
    text = capsys.readouterr().out
    assert "| edge " in text
    assert "SM8750 int8: " in text
    assert ("MISSED" in text) == bool(code)
    assert target.exists()


def test_pairs_are_spread_over_the_folder() -> None:
    pairs = [Pair(str(index), Path(), Path()) for index in range(55)]
    names = [pair.name for pair in emulation.spread_over(pairs, 10)]
    assert names == ["0", "5", "11", "16", "22", "27", "33", "38", "44", "49"]
    assert len(emulation.spread_over(pairs[:3], 10)) == 3


def test_loss_is_of_the_means() -> None:
    def way(name: str, *psnrs_db: float) -> PictureAgreement:
        return PictureAgreement(
            name, tuple(CropQuality(50, 50, psnr_db, 0.9) for psnr_db in psnrs_db)
        )

    found = [way("fp32", 38, 40), way("SM8750 int8", 37.9, 39.7)]
    assert emulation.lost_db(found, "SM8750 int8") == pytest.approx(0.2)
    lines = emulation.report(found, ["one", "two"]).splitlines()
    assert "0.200" in next(line for line in lines if "below fp32" in line)
