"""Sizes as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litedenoise_sdk.geometry import Size

SIDES = st.integers(0, 99_999)


@given(SIDES, SIDES)
def test_a_size_is_read_as_it_is_written(height: int, width: int) -> None:
    assert Size.parse(str(Size(height, width))) == Size(height, width)


@pytest.mark.parametrize("text", ["", "512", "512x", "x512", "512x512x3", "-1x5", "1e3x5", "5 x 5"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected HEIGHTxWIDTH"):
        Size.parse(text)
