"""Which engines make the picture of their weights, and which make another one."""

from typing import Any

import numpy as np
import pytest

from benchmarks.common.pairs import RGB
from benchmarks.host.case import HostCase
from benchmarks.host.rounds import Measured
from benchmarks.host.sameness import picture_record, same_pictures
from litedenoise_sdk.geometry import Size

NOISY = np.random.default_rng(0).integers(60, 190, (48, 64, 3)).astype(np.uint8)
EXPECTED = (NOISY // 2 + 60).astype(np.uint8)


def measured(name: str, picture: RGB, precision: str = "fp32") -> Measured:
    engine = name.split("/")[1]
    kind: Any = "sdk" if engine == "cpu" else engine
    case = HostCase(name, kind, precision, Size(48, 64))
    return Measured(case, {"precision": precision, "picture": picture_record(picture)})


@pytest.mark.parametrize("shift", [0, 1, 3])
def test_a_shift_of_colours_is_another_picture(shift: int) -> None:
    other = EXPECTED + np.uint8(shift)
    cases = [measured("host/onnxruntime/fp32", other), measured("host/litert/fp32", EXPECTED)]
    found = same_pictures(cases, NOISY)
    assert list(found) == ["host/onnxruntime/fp32"], "the reference is not held against itself"
    same = found["host/onnxruntime/fp32"]
    assert same.reference == "host/litert/fp32"
    assert same.same == (shift == 0)
    assert (same.psnr is None) == (shift == 0)
    if shift == 1:
        assert same.psnr == pytest.approx(48.13, abs=0.01)


def test_single_values_rounded_otherwise_are_the_same_picture() -> None:
    other = EXPECTED.copy()
    other[::7, ::5, 1] += 1
    cases = [measured("host/cpu/fp32", EXPECTED), measured("host/openvino/fp32", other)]
    same = same_pictures(cases, NOISY)["host/openvino/fp32"]
    assert (same.reference, same.same) == ("host/cpu/fp32", True)
    assert same.psnr is not None


def test_edges_that_a_bare_block_pads_otherwise_do_not_count() -> None:
    other = EXPECTED.copy()
    other[:10], other[:, -12:] = 0, 255
    cases = [measured("host/litert/fp32", EXPECTED), measured("host/cpu/fp32", other)]
    assert same_pictures(cases, NOISY)["host/cpu/fp32"].same


def test_only_the_same_weights_are_held_against_each_other() -> None:
    cases = [
        measured("host/litert/int8", EXPECTED, "int8"),
        measured("host/openvino/fp32", NOISY),
        Measured(HostCase("host/classical/bm3d", "classical", "bm3d", Size(48, 64))),
    ]
    assert same_pictures(cases, NOISY) == {}
