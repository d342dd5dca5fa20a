"""Which photos count as the same."""

import numpy as np
import pytest

from litedenoise_sdk.last_result import LastResult, digest, last_result_bytes

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 50, 3), np.uint8)


def test_equal_pixels_share_a_digest_however_they_lie_in_memory() -> None:
    assert digest(PIXELS) == digest(PIXELS.copy())
    assert digest(PIXELS) == digest(np.asfortranarray(PIXELS))
    assert digest(PIXELS[:, ::2]) == digest(PIXELS[:, ::2].copy())


@pytest.mark.parametrize(
    "other",
    [
        PIXELS.view(np.int8),
        PIXELS.reshape(50, 60, 3),
        PIXELS[::-1],
        PIXELS.astype(np.uint16),
        np.where(np.arange(PIXELS.size).reshape(PIXELS.shape) == 4711, PIXELS ^ 1, PIXELS),
    ],
)
def test_any_difference_shows(other: np.ndarray) -> None:
    assert digest(other) != digest(PIXELS)


def test_digests_span_bands() -> None:
    large = np.zeros((3000, 200, 3), np.uint8)
    changed = large.copy()
    changed[-1, -1, -1] = 1
    assert digest(large) != digest(changed)


def test_remembers_the_last_only() -> None:
    last = LastResult[np.ndarray]()
    assert last.recall(b"one") is None
    last.keep(b"one", PIXELS)
    assert last.recall(b"one") is PIXELS
    last.keep(b"two", PIXELS)
    assert last.recall(b"one") is None
    last.forget()
    assert last.recall(b"two") is None


@pytest.mark.parametrize(("result", "kept"), [(0, 0), (64_000_000, 64_000_000), (64_000_001, 0)])
def test_a_result_is_kept_where_it_takes_an_eighth_of_the_budget(result: int, kept: int) -> None:
    assert last_result_bytes(result, 512_000_000) == kept
