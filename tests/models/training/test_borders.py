import numpy as np

from models.training.borders import WIDTH_PX, MirroredBorders

SIDE = 80


def border_of(lines: np.ndarray) -> int:
    """How many of the lines (N,) come before the first, which they mirror."""
    return int(np.argmin(lines))


def test_half_of_the_batches_begin_with_a_mirror_image() -> None:
    rows = np.arange(SIDE, dtype=np.float32)
    pictures = np.stack([rows[:, None] + 0 * rows, rows + 0 * rows[:, None]], axis=-1)[None]
    borders = MirroredBorders(seed=0)
    found = []
    for _ in range(60):
        noisy, clean = map(np.asarray, borders(pictures, -pictures))
        np.testing.assert_array_equal(noisy, -clean)
        for lines in (noisy[0, :, 0, 0], noisy[0, 0, :, 1]):
            border = border_of(lines)
            expected = np.pad(rows, (border, 0), mode="reflect")[:SIDE]
            np.testing.assert_array_equal(lines, expected)
            found.append(border)
    assert 0.35 < np.mean(np.array(found) > 0) < 0.65
    assert {0} < set(found) <= {0, *range(*WIDTH_PX)}


def test_small_crops_are_mirrored_at_most_to_their_middle() -> None:
    rows = np.arange(16, dtype=np.float32)[None, :, None, None] + np.zeros((1, 16, 16, 1))
    borders = MirroredBorders(seed=0)
    found = {border_of(np.asarray(borders(rows, rows)[0])[0, :, 0, 0]) for _ in range(20)}
    assert found == {0, 8}
