"""Video frames, the one-call shortcut, and what a notebook shows."""

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import litedenoise_sdk
from litedenoise_sdk import Denoiser, OptionsError, Strength, UnsupportedImage

PROJECT = Path(__file__).parents[1] / "python_sdk"


def frame(seed: int, dtype: str = "uint8") -> NDArray[Any]:
    top = 1 if dtype == "float32" else np.iinfo(dtype).max
    return (np.random.default_rng(seed).random((40, 48, 3)) * top).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_frames_are_what_photos_would_be_in_one_buffer(dtype: str) -> None:
    frames = [frame(seed, dtype) for seed in range(3)]
    with Denoiser("int8") as denoiser:
        expected = [denoiser.denoise(one, Strength(0.8, chroma=1.0)) for one in frames]
        buffers = set()
        for given, result, wanted in zip(
            frames, denoiser.frames(iter(frames), Strength(0.8, chroma=1.0)), expected, strict=True
        ):
            buffers.add(id(result))
            assert result is not given
            np.testing.assert_array_equal(result, wanted)
    assert len(buffers) == 1


def test_frames_are_taken_as_they_are_wanted() -> None:
    taken: list[int] = []

    def endless() -> Iterator[NDArray[Any]]:
        while True:
            taken.append(1)
            yield frame(1)

    with Denoiser("int8") as denoiser:
        next(denoiser.frames(endless(), 0))
    assert taken == [1]


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([frame(1)[:, :, 0]], "expected frames as numpy arrays"),
        (["a.png"], "got str"),
        ([frame(1), frame(1)[:20]], r"frame 1 is \(20, 48, 3\) uint8"),
        ([frame(1), frame(1, "uint16")], "frame 1 is .* uint16"),
        ([frame(1).astype("float64")], "float64"),
    ],
)
def test_frames_of_another_kind(frames: list[Any], message: str) -> None:
    with Denoiser("int8") as denoiser, pytest.raises(UnsupportedImage, match=message):
        list(denoiser.frames(frames, 0))


def test_frames_check_the_strength_at_once() -> None:
    with pytest.raises(OptionsError):
        Denoiser("int8").frames([], 2)


def test_the_shortcut_takes_and_gives_any_kind() -> None:
    pixels = frame(5)
    with Denoiser("int8") as denoiser:
        expected = denoiser.denoise(pixels, 0.5)
    given = litedenoise_sdk.denoise(pixels, 0.5, precision="int8")
    np.testing.assert_array_equal(given, expected)
    image = litedenoise_sdk.denoise(Image.fromarray(pixels), 0.5, precision="int8")
    np.testing.assert_array_equal(np.asarray(image), expected)


def test_a_notebook_shows_before_and_after() -> None:
    with Denoiser("int8") as denoiser:
        restoration = denoiser.restore(frame(1))
    with Image.open(io.BytesIO(restoration._repr_png_())) as image:
        assert image.format == "PNG"
        assert image.width > 2 * 48


def test_extras_are_complete() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert set(project["optional-dependencies"]) >= {"ray", "remote", "server"}


def test_numpys_numbers_are_numbers() -> None:
    assert Strength(np.float32(0.5)).luma_weight == 0.5  # type: ignore[arg-type]
    denoiser = Denoiser("int8", threads=np.int64(1))  # type: ignore[arg-type]
    assert type(denoiser.options.threads) is int
    assert denoiser.plan(np.int32(64), np.int64(64)).blocks > 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda denoiser: Strength(10**400),
        lambda denoiser: Denoiser(threads=10**30),
        lambda denoiser: denoiser.plan(10**30, 10**30),
        lambda denoiser: denoiser.denoise(None),
        lambda denoiser: denoiser.denoise("a\0b.png"),
        lambda denoiser: denoiser.denoise(io.StringIO("text")),
        lambda denoiser: denoiser.denoise_file(None, "a.png"),
        lambda denoiser: denoiser.denoise_file("samples/noisy.jpg", None),
    ],
)
def test_nonsense_raises_errors_of_ours(attempt: Any) -> None:
    with Denoiser("int8") as denoiser, pytest.raises(litedenoise_sdk.LiteDenoiseError):
        attempt(denoiser)
