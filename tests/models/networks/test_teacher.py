"""The teacher."""

import numpy as np
import pytest

from models.networks.teacher import PARAMETER_COUNT, build_teacher


def test_the_teacher_has_the_papers_parameters() -> None:
    assert build_teacher().count_params() == PARAMETER_COUNT == 41_604_998


def test_a_small_teacher_has_the_same_design() -> None:
    teacher = build_teacher(4)
    large = build_teacher(16)
    assert large.count_params() == 2_604_518
    assert len(teacher.layers) == len(large.layers)
    picture = np.random.default_rng(0).random((1, 24, 40, 3), np.float32)
    output = np.asarray(teacher(picture))
    assert output.shape == picture.shape
    assert output.min() >= 0
    assert output.max() <= 1
    assert np.abs(output - picture).max() > 0
    with pytest.raises(ValueError, match="even number"):
        build_teacher(7)
