"""Real cases, tiny, in their own processes. No assertion is about how long anything took."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.photo import synthetic_photo
from benchmarks.host.case import HostCase, Sizes, catalogue, choose
from benchmarks.host.rounds import Judging, Limits, measure_in_rounds
from benchmarks.host.sameness import same_pictures
from litedenoise_sdk.geometry import Size

TINY = catalogue(
    Sizes((0.01,), (Size(32, 32),), Size(32, 32), growth_mp=(0.01,), growth_fp32_mp=(0.01,))
)


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    clean = synthetic_photo(48, 64)
    noise = np.random.default_rng(0).normal(0, 8, clean.shape)
    Image.fromarray(clean).save(tmp_path / "one_mean.png")
    noisy = np.clip(clean + noise, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(tmp_path / "one_real.png")
    return tmp_path


def test_cases_end_at_the_same_number_of_queries_and_are_judged(pair: Path) -> None:
    patterns = ["host/cpu/int8/photo-*", "host/litert/int8/*", "host/classical/wavelet/*"]
    lines: list[str] = []
    found = measure_in_rounds(
        choose(TINY, patterns), Limits(queries=4, seconds=1e6), Judging(pair, 1), lines.append
    )
    sdk, litert, wavelet = found
    for one in found:
        assert one.failure is None
        assert len(one.samples_us) == 4
        assert min(one.samples_us) > 0
        assert one.facts["psnr"] > 20
        assert 0 < one.facts["ssim"] <= 1
        assert one.facts["peak_memory_bytes"] > 20e6
    with Image.open(pair / "one_real.png") as image:
        noisy = np.asarray(image)
    found_same = same_pictures(found, noisy)
    assert list(found_same) == [sdk.case.name], "a classical method has no weights"
    assert found_same[sdk.case.name].reference == litert.case.name
    # Too small a picture for a verdict: over so few pixels, roundings do not average out.
    assert (found_same[sdk.case.name].psnr or 99) > 38
    assert sdk.facts["actual"] == "cpu"
    assert 0 < sdk.facts["accelerated_operators"] < sdk.facts["total_operators"]
    assert litert.facts["block"] == "32x32"
    assert "method" in wavelet.facts["setting"]
    assert lines[-1].startswith("round ")


def test_without_time_each_case_has_the_fewest_queries() -> None:
    found = measure_in_rounds(
        choose(TINY, ["host/openvino/fp32/*", "host/growth/int8/*", "host/start/import"]),
        Limits(queries=128, seconds=0),
        None,
        lambda line: None,
    )
    assert {one.case.kind: len(one.samples_us) for one in found} == {
        "openvino": 3,
        "growth": 1,
        "start": 3,
    }
    growth = next(one for one in found if one.case.kind == "growth")
    assert growth.facts["peak_memory_bytes"] > 20e6


def test_a_case_that_fails_says_why_and_stops_no_other() -> None:
    broken = HostCase("host/classical/magic/32x32", "classical", "magic", Size(32, 32))
    (working,) = choose(TINY, ["host/start/first-photo-int8/*"])
    failed, finished = measure_in_rounds(
        [broken, working], Limits(queries=1, seconds=1), None, lambda line: None
    )
    assert failed.failure is not None
    assert "KeyError: 'magic'" in failed.failure
    assert failed.samples_us == []
    assert finished.failure is None
    assert len(finished.samples_us) == 1


def test_an_interrupted_run_keeps_what_it_has() -> None:
    def interrupt(line: str) -> None:
        if line.startswith("round 2"):
            raise KeyboardInterrupt

    growth, imported = measure_in_rounds(
        choose(TINY, ["host/growth/int8/*", "host/start/import"])[::-1],
        Limits(queries=128, seconds=1e6),
        None,
        interrupt,
    )
    assert growth.complete
    assert growth.failure is None
    assert imported.failure == "interrupted"
    assert len(imported.samples_us) == 1
