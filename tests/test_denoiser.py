"""Denoiser: what its caller sees. A fake runtime stands in where the network does not matter."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk import (
    Cancelled,
    CorruptModel,
    Denoiser,
    LiteDenoiseError,
    ModelError,
    OptionsError,
    OutputError,
    Progress,
    Size,
    Strength,
    UnreadableImage,
    UnsupportedImage,
)
from litedenoise_sdk.geometry import Box
from litedenoise_sdk.progress import ProgressCallback, report_progress
from litedenoise_sdk.runtime.protocol import RunReport, Take, Task

PHOTO = np.random.default_rng(1).integers(0, 256, (70, 90, 3), np.uint8)


class Inverter:
    """A runtime that gives the negative, so that a result tells whether and how often it ran."""

    opened: "list[Inverter]"
    photo_is_free = True

    def __init__(self, model: Any, task: Task, delegate: Any, threads: int) -> None:
        self.report = RunReport(delegate, "cpu", "a fake", 1, 1, "int8", task.photo, threads)
        self.runs = 0
        self.closed = False

    def denoise(
        self,
        photo: NDArray[Any],
        take: Take,
        progress: ProgressCallback | None,
    ) -> None:
        assert not self.closed
        report_progress(progress, 0, 1)
        self.runs += 1
        most = 1 if photo.dtype == np.float32 else np.iinfo(photo.dtype).max
        take(Box.of(Size(*photo.shape[:2])), most - photo)
        report_progress(progress, 1, 1)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> list[Inverter]:
    """Replaces the runtime by fakes, and lists them as they are opened."""
    opened: list[Inverter] = []

    def open_fake(
        model: Any, task: Task, delegate: Any, threads: int, *_: object, **__: object
    ) -> Inverter:
        opened.append(Inverter(model, task, delegate, threads))
        return opened[-1]

    monkeypatch.setattr("litedenoise_sdk.engine.open_runtime", open_fake)
    return opened


def runs(fakes: list[Inverter]) -> int:
    return sum(fake.runs for fake in fakes)


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
        from PIL import Image

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
        from PIL import Image

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


class TestLife:
    def test_nothing_is_opened_before_the_first_photo(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8")
        denoiser.plan(100, 100)
        assert denoiser.report is None
        assert not fakes
        denoiser.denoise(PHOTO)
        assert denoiser.report == fakes[0].report

    def test_photos_of_one_size_share_a_runtime(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8", threads=3)
        for shift in range(3):
            denoiser.denoise(PHOTO ^ shift)
        assert len(fakes) == 1
        assert fakes[0].report.threads == 3
        denoiser.denoise(PHOTO[:30])
        assert [fake.closed for fake in fakes] == [True, False]

    def test_closing_frees_and_a_later_photo_opens_again(self, fakes: list[Inverter]) -> None:
        with Denoiser("int8") as denoiser:
            denoiser.denoise(PHOTO)
        denoiser.close()
        assert fakes[0].closed
        np.testing.assert_array_equal(denoiser.denoise(PHOTO), 255 - PHOTO)
        assert len(fakes) == 2

    def test_closing_an_unused_one(self) -> None:
        Denoiser().close()

    def test_threads_may_share_one(self, fakes: list[Inverter]) -> None:
        denoiser = Denoiser("int8")
        photos = [np.full((40 + 8 * (n % 3), 50, 3), n, np.uint8) for n in range(12)]
        start = threading.Barrier(4)

        def work(worker: int) -> list[NDArray[Any]]:
            start.wait()
            return [denoiser.denoise(photo, 0.5 + n % 2 / 2) for n, photo in enumerate(photos)]

        with ThreadPoolExecutor(4) as workers:
            everything = list(workers.map(work, range(4)))
        for results in everything:
            for n, result in enumerate(results):
                np.testing.assert_allclose(result, 255 - n if n % 2 else 127.5, atol=0.51)
        assert sum(not fake.closed for fake in fakes) == 1

    def test_a_failing_processor_is_reported_and_another_try_allowed(
        self, fakes: list[Inverter], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: Inverter, *_: object) -> None:
            raise LiteDenoiseError("the processor went away")

        denoiser = Denoiser("int8")
        with monkeypatch.context() as broken:
            broken.setattr(Inverter, "denoise", fail)
            with pytest.raises(LiteDenoiseError, match="went away"):
                denoiser.denoise(PHOTO)
        np.testing.assert_array_equal(denoiser.denoise(PHOTO), 255 - PHOTO)


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


class TestPlan:
    def test_says_what_would_be_done(self) -> None:
        plan = Denoiser("int8").plan(3200, 2432)
        assert plan.photo == Size(2432, 3200)
        assert plan.blocks == plan.rows * plan.columns
        assert plan.rows * plan.block.height >= 2432
        assert plan.columns * plan.block.width >= 3200
        assert plan.peak_memory_bytes <= plan.max_memory_bytes

    def test_less_memory_means_fewer_rows_at_a_time_and_more_work(self) -> None:
        roomy, tight = (Denoiser("int8", max_memory_mb=mb).plan(3200, 2432) for mb in (512, 128))
        assert tight.block.height < roomy.block.height
        assert 1 < roomy.work_factor < tight.work_factor < 1.25
        assert tight.peak_memory_bytes <= 128e6

    @pytest.mark.parametrize("precision", ["fp32", "fp16", "int8", "int16x8"])
    @pytest.mark.parametrize("megapixels", [1, 1.7, 4, 8, 24, 100, 200])
    def test_any_photo_is_little_work_within_the_budget(
        self, precision: Any, megapixels: float
    ) -> None:
        height = round((megapixels * 1e6 / 1.5) ** 0.5)
        plan = Denoiser(precision, max_memory_mb=512).plan(round(1.5 * height), height)
        assert plan.peak_memory_bytes <= plan.max_memory_bytes == 512e6
        assert plan.work_factor <= 1.12

    def test_a_budget_too_small_says_what_would_do(self) -> None:
        with pytest.raises(OptionsError, match=r"max_memory_mb=\d+"):
            Denoiser("fp32", max_memory_mb=40).plan(3200, 2432)

    @pytest.mark.parametrize("sides", [(0, 5), (5, -1), (5.0, 5), (True, 5)])
    def test_refuses_sizes_that_are_none(self, sides: tuple[Any, Any]) -> None:
        with pytest.raises(OptionsError, match="whole number"):
            Denoiser("int8").plan(*sides)


class TestOptions:
    @pytest.mark.parametrize(
        "options",
        [
            {"precision": "int4"},
            {"delegate": "tpu"},
            {"threads": 0},
            {"threads": 1.5},
            {"max_memory_mb": -1},
        ],
    )
    def test_are_checked_at_once(self, options: dict[str, Any]) -> None:
        with pytest.raises(OptionsError):
            Denoiser(**options)

    def test_a_model_of_ones_own_must_be_one(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="cannot read"):
            Denoiser(model=tmp_path / "missing.tflite").denoise(PHOTO)
        (tmp_path / "broken.tflite").write_bytes(b"TFL3" * 100)
        with pytest.raises(CorruptModel):
            Denoiser(model=tmp_path / "broken.tflite").denoise(PHOTO)


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


class TestForReal:
    """The shipped weights and LiteRT."""

    @pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
    def test_every_precision_runs(self, precision: Any) -> None:
        with Denoiser(precision, threads=2) as denoiser:
            result = denoiser.denoise(PHOTO)
            assert denoiser.report is not None
            assert denoiser.report.precision == precision
            assert denoiser.report.actual == "cpu"
        assert result.shape == PHOTO.shape
        assert result.dtype == np.uint8

    def test_threads_get_what_one_alone_gets(self) -> None:
        photos = [np.roll(PHOTO, shift, axis=1) for shift in range(4)]
        with Denoiser("int8") as denoiser:
            alone = [denoiser.denoise(photo) for photo in photos]
            with ThreadPoolExecutor(4) as workers:
                together = list(workers.map(denoiser.denoise, photos))
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one, other)

    def test_a_model_given_by_path(self) -> None:
        import litedenoise_sdk

        shipped = Path(litedenoise_sdk.__file__).parent / "released" / "litedenoisenet-int8.tflite"
        with Denoiser("int8") as by_name, Denoiser(model=shipped) as by_path:
            np.testing.assert_array_equal(by_path.denoise(PHOTO), by_name.denoise(PHOTO))
