"""Files in and out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk import (
    Cancelled,
    Denoiser,
    OutputError,
    Size,
    Strength,
)
from tests.denoiser.fakes import PHOTO, Inverter


class TestInPlace:
    """A file's photo gives its place to the result."""

    @pytest.mark.parametrize("strength", [1.0, Strength(0.4, chroma=0.9)])
    def test_the_result_is_the_same(
        self, strength: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Image.fromarray(PHOTO).save(tmp_path / "in.png")
        with Denoiser("int8", "cpu") as denoiser:
            expected = denoiser.denoise(PHOTO, strength)
            noise = denoiser.restore(PHOTO).noise
            monkeypatch.setattr("litedenoise_sdk.runner.last_result_bytes", lambda *_: 0)
            report = denoiser.denoise_file(tmp_path / "in.png", tmp_path / "out.png", strength)
        np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out.png")), expected)
        assert report.noise == noise


class TestMemoryInAll:
    """A file's photo counts towards the budget, unless the network needs all of it."""

    @pytest.mark.parametrize(("max_memory_mb", "counts"), [(120, True), (88, False)])
    def test_the_network_has_the_rest(
        self, max_memory_mb: int, counts: bool, tmp_path: Path
    ) -> None:
        Image.new("RGB", (400, 300)).save(tmp_path / "in.png")
        with Denoiser("int8", "cpu", max_memory_mb=max_memory_mb) as denoiser:
            report = denoiser.denoise_file(tmp_path / "in.png", tmp_path / "out.png")
            alone = denoiser.plan(400, 300).block
        assert report.run is not None
        assert (report.run.block.height < alone.height) is counts


class TestFiles:
    def test_denoises_one_file_into_another(self, fakes: list[Inverter], tmp_path: Path) -> None:
        from PIL import Image

        source, target = tmp_path / "noisy.png", tmp_path / "clean.png"
        Image.fromarray(PHOTO).save(source, dpi=(300, 300))
        report = Denoiser("int8").denoise_file(source, target, Strength(0.5, chroma=1.0))
        assert report.source == source
        assert report.target == target
        assert report.photo == Size(70, 90)
        assert report.run == fakes[0].report
        assert report.seconds > 0
        with Image.open(target) as result:
            assert result.size == (90, 70)
            assert result.info["dpi"] == pytest.approx((300, 300), abs=0.1)

    def test_strength_0_copies_the_picture(self, fakes: list[Inverter], tmp_path: Path) -> None:
        from PIL import Image

        Image.fromarray(PHOTO).save(tmp_path / "noisy.png")
        report = Denoiser("int8").denoise_file(tmp_path / "noisy.png", tmp_path / "same.png", 0)
        assert report.run is None
        assert not fakes
        with Image.open(tmp_path / "same.png") as result:
            np.testing.assert_array_equal(np.asarray(result), PHOTO)

    def test_never_overwrites_unless_told(self, fakes: list[Inverter], tmp_path: Path) -> None:
        from PIL import Image

        source = tmp_path / "noisy.png"
        Image.fromarray(PHOTO).save(source)
        before = source.read_bytes()
        with pytest.raises(OutputError, match="exists"):
            Denoiser("int8").denoise_file(source, source)
        assert source.read_bytes() == before
        assert not fakes
        Denoiser("int8").denoise_file(source, source, overwrite=True)
        with Image.open(source) as result:
            np.testing.assert_array_equal(np.asarray(result), 255 - PHOTO)

    def test_a_cancelled_file_leaves_nothing_behind(
        self, fakes: list[Inverter], tmp_path: Path
    ) -> None:
        from PIL import Image

        Image.fromarray(PHOTO).save(tmp_path / "noisy.png")
        with pytest.raises(Cancelled):
            Denoiser("int8").denoise_file(
                tmp_path / "noisy.png", tmp_path / "clean.png", progress=lambda _: False
            )
        assert [path.name for path in tmp_path.iterdir()] == ["noisy.png"]
