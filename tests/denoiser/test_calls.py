"""What a caller passes to a Denoiser and gets back."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk import (
    Cancelled,
    Denoiser,
    LiteDenoiseError,
    OptionsError,
    Progress,
    Strength,
    UnreadableImage,
    UnsupportedImage,
)
from tests.denoiser.fakes import PHOTO, Inverter, runs


class TestKinds:
    @pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
    @pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)])
    def test_arrays_keep_shape_and_dtype_and_alpha(
        self, fakes: list[Inverter], dtype: str, channels: tuple[int, ...]
    ) -> None:
        most = 1 if dtype == "float32" else np.iinfo(dtype).max
        photo = (np.random.default_rng(2).random((40, 51, *channels)) * most).astype(dtype)
        before = photo.copy()
        result = Denoiser("int8").denoise(photo)
        assert result.shape == photo.shape
        assert result.dtype == photo.dtype
        colours = slice(0, 3) if channels == (4,) else slice(None)
        expected = photo.copy()
        expected[..., colours] = most - photo[..., colours]
        np.testing.assert_allclose(result, expected, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(photo, before)

    def test_bytes_and_files_come_back_as_bytes(self, fakes: list[Inverter]) -> None:

        file = io.BytesIO()
        Image.fromarray(PHOTO).save(file, "PNG")
        denoiser = Denoiser("int8")
        for given in (file.getvalue(), io.BytesIO(file.getvalue())):
            with Image.open(io.BytesIO(denoiser.denoise(given))) as result:
                assert result.format == "PNG"
                np.testing.assert_array_equal(np.asarray(result), 255 - PHOTO)

    def test_pillow_images_and_paths_come_back_as_pillow_images(
        self, fakes: list[Inverter], tmp_path: Path
    ) -> None:

        image = Image.fromarray(PHOTO)
        image.save(tmp_path / "photo.png")
        denoiser = Denoiser("int8")
        for given in (image, tmp_path / "photo.png", str(tmp_path / "photo.png")):
            result = denoiser.denoise(given)
            assert isinstance(result, Image.Image)
            np.testing.assert_array_equal(np.asarray(result), 255 - PHOTO)

    @pytest.mark.parametrize("image", [None, 5, PHOTO.astype(np.int64), PHOTO[0, 0], [[1, 2]]])
    def test_anything_else_is_refused_before_a_model_is_opened(
        self, fakes: list[Inverter], image: Any
    ) -> None:
        with pytest.raises(UnsupportedImage):
            Denoiser("int8").denoise(image)
        assert not fakes

    def test_missing_and_broken_files_are_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "broken.jpg").write_bytes(b"no picture")
        for name in ("missing.jpg", "broken.jpg"):
            with pytest.raises(UnreadableImage):
                Denoiser("int8").denoise(tmp_path / name)


class TestStrength:
    def test_another_strength_does_not_run_again(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8")
        full = denoiser.denoise(PHOTO)
        once = runs(fakes)
        half = denoiser.denoise(PHOTO.copy(), 0.5)
        colour = denoiser.denoise(PHOTO, Strength(luma=0.0, chroma=1.0))
        assert runs(fakes) == once > 0
        np.testing.assert_array_equal(full, 255 - PHOTO)
        np.testing.assert_allclose(half, 127.5, atol=0.51)
        assert not np.array_equal(colour, full)
        np.testing.assert_array_equal(denoiser.denoise(PHOTO), full)

    def test_a_result_that_was_changed_by_its_owner_does_not_spoil_the_next(
        self, fakes: list[Inverter]
    ) -> None:
        denoiser = Denoiser("int8")
        denoiser.denoise(PHOTO)[:] = 7
        np.testing.assert_array_equal(denoiser.denoise(PHOTO), 255 - PHOTO)

    def test_another_photo_runs_again(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8")
        denoiser.denoise(PHOTO)
        once = runs(fakes)
        np.testing.assert_array_equal(denoiser.denoise(PHOTO ^ 1), 255 - (PHOTO ^ 1))
        assert runs(fakes) == 2 * once

    def test_strength_0_gives_a_copy_and_runs_nothing(self, fakes: list[Inverter]) -> None:
        result = Denoiser("int8").denoise(PHOTO, 0)
        np.testing.assert_array_equal(result, PHOTO)
        assert not np.shares_memory(result, PHOTO)
        assert not fakes

    def test_a_result_too_large_to_remember_is_still_blended(
        self, fakes: list[Inverter], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("litedenoise_sdk.runner.last_result_bytes", lambda *_: 0)
        denoiser = Denoiser("int8")
        np.testing.assert_allclose(denoiser.denoise(PHOTO, 0.5), 127.5, atol=0.51)
        once = runs(fakes)
        denoiser.denoise(PHOTO)
        assert runs(fakes) == 2 * once

    def test_restore_blends_without_running(self, fakes: list[Inverter]) -> None:
        restoration = Denoiser("int8").restore(PHOTO)
        once = runs(fakes)
        np.testing.assert_array_equal(restoration.blend(), 255 - PHOTO)
        np.testing.assert_array_equal(restoration.blend(0), PHOTO)
        np.testing.assert_allclose(restoration.blend(0.5), 127.5, atol=0.51)
        assert runs(fakes) == once
        assert restoration.report.reason == "a fake"

    @pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), "1"])
    def test_strengths_outside_0_to_1_are_refused(
        self, fakes: list[Inverter], strength: Any
    ) -> None:
        denoiser = Denoiser("int8")
        with pytest.raises(OptionsError, match="strength"):
            denoiser.denoise(PHOTO, strength)
        with pytest.raises(OptionsError, match="chroma"):
            denoiser.denoise(PHOTO, Strength(chroma=strength))
        assert not fakes


class TestProgress:
    def test_counts_the_planned_blocks(self) -> None:
        seen: list[Progress] = []
        denoiser = Denoiser("int8", max_memory_mb=96)
        photo = np.zeros((600, 400, 3), np.uint8)
        denoiser.denoise(photo, progress=seen.append)
        total = denoiser.plan(400, 600).blocks
        assert total > 1
        assert seen == [Progress(done, total) for done in range(total + 1)]

    def test_a_remembered_result_is_done_at_once(self, fakes: list[Inverter]) -> None:
        seen: list[Progress] = []
        denoiser = Denoiser("int8")
        denoiser.denoise(PHOTO)
        denoiser.denoise(PHOTO, 0.5, progress=seen.append)
        assert seen == [Progress(1, 1)]

    def test_cancelling_leaves_the_denoiser_usable(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8")
        with pytest.raises(Cancelled):
            denoiser.denoise(PHOTO, progress=lambda _: False)
        np.testing.assert_array_equal(denoiser.denoise(PHOTO), 255 - PHOTO)

    def test_a_callback_cannot_use_its_own_denoiser(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8")
        for use in (lambda _: denoiser.denoise(PHOTO ^ 1), lambda _: denoiser.close()):
            with pytest.raises(LiteDenoiseError, match="return False"):
                denoiser.denoise(PHOTO, progress=use)
        np.testing.assert_array_equal(denoiser.denoise(PHOTO), 255 - PHOTO)
