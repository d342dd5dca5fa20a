"""How a Denoiser opens, plans, closes and takes its options."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from litedenoise_sdk import (
    CorruptModel,
    Denoiser,
    LiteDenoiseError,
    ModelError,
    OptionsError,
    Size,
)
from tests.denoiser.fakes import PHOTO, Inverter


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

    @pytest.mark.parametrize(
        ("precision", "width", "height"),
        [("fp32", 866, 1155), ("fp32", 725, 1449), ("int16x8", 1314, 876), ("int8", 1414, 708)],
    )
    def test_so_are_those_of_a_megapixel_for_which_there_is_hardly_a_choice(
        self, precision: Any, width: int, height: int
    ) -> None:
        plan = Denoiser(precision, max_memory_mb=512).plan(width, height)
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
