"""Names of host cases, and patterns that pick them."""

import pytest

from benchmarks.host.case import Sizes, catalogue, choose, photo_size
from litedenoise_sdk.geometry import Size

CASES = catalogue(Sizes())


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert {
        "host/cpu/int8/photo-8mp",
        "host/cpu/fp32/photo-8mp",
        "host/openvino/int8/512x512",
        "host/onnxruntime/fp32/512x512",
        "host/classical/bm3d/512x512",
        "host/start/import",
        "host/growth/int8/photo-200mp",
    } <= set(names)


def test_patterns_pick_cases_in_their_own_order() -> None:
    chosen = choose(CASES, ["host/litert/int8/*", "host/cpu/int8*/photo-8mp"])
    assert [case.name for case in chosen] == [
        "host/cpu/int8/photo-8mp",
        "host/litert/int8/512x512",
    ]


def test_one_pattern_sets_ours_against_the_bare_engines() -> None:
    ours, bare = ("int8", "fp32"), ("int8", "fp16", "fp32")
    assert [case.name for case in choose(CASES, ["host/*/[if]*/512x512"])] == [
        *(f"host/{one}/{kind}/512x512" for one in ("auto", "npu", "cpu") for kind in ours),
        *(f"host/{one}/{kind}/512x512" for one in ("litert", "openvino") for kind in bare),
        *(f"host/onnxruntime/{kind}/512x512" for kind in ours),
    ]


def test_a_pattern_that_matches_nothing_is_no_silent_nothing() -> None:
    with pytest.raises(ValueError, match="host/gpu"):
        choose(CASES, ["host/*", "host/gpu/*"])


def test_the_photo_of_eight_megapixels_is_that_of_the_paper() -> None:
    assert photo_size(8) == Size(2432, 3200)
    assert photo_size(200).area == pytest.approx(200e6, rel=0.001)
