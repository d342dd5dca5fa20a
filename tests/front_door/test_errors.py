"""Errors carry what a program needs, so that nobody parses their messages."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from litedenoise_sdk import (
    DelegateError,
    Denoiser,
    DenoiserOptions,
    ImageTooLarge,
    OptionsError,
    OutputError,
    Size,
    UnreadableImage,
)
from litedenoise_sdk.errors import in_words

PIXELS = np.zeros((30, 40, 3), np.uint8)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(PIXELS).save(path)
    return path


def test_a_photo_above_the_limit_names_size_limit_and_file(photo: Path) -> None:
    denoiser = Denoiser.from_options(DenoiserOptions("int8", max_pixels=1199))
    with pytest.raises(ImageTooLarge) as caught:
        denoiser.denoise_file(photo, photo.with_name("clean.png"))
    error = pickle.loads(pickle.dumps(caught.value))  # as it comes from another process
    assert (error.size, error.limit) == (Size(30, 40), 1199)
    assert (error.path, error.format) == (photo, "PNG")
    with pytest.raises(ImageTooLarge):
        denoiser.denoise(photo.read_bytes())
    with pytest.raises(ImageTooLarge):
        denoiser.restore(photo)


def test_a_photo_at_the_limit_is_denoised(photo: Path) -> None:
    with Denoiser("int8", max_pixels=1200) as denoiser:
        assert denoiser.denoise(photo).size == (40, 30)


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, None])
def test_the_limit_must_be_a_number_of_pixels(limit: int) -> None:
    with pytest.raises(OptionsError, match="max_pixels"):
        DenoiserOptions(max_pixels=limit)


def test_a_broken_file_names_itself_and_its_format(photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:60])
    with pytest.raises(UnreadableImage) as caught:
        Denoiser("int8").denoise(photo)
    assert (caught.value.path, caught.value.format) == (photo, "PNG")


def test_a_file_object_has_a_format_and_no_path() -> None:
    with pytest.raises(UnreadableImage) as caught:
        Denoiser("int8").denoise(io.BytesIO(b"\0\0\0\x18ftypheic" + bytes(40)))
    assert (caught.value.path, caught.value.format) == (None, "HEIC")


def test_a_target_that_exists_is_named(photo: Path) -> None:
    with pytest.raises(OutputError) as caught:
        Denoiser("int8").denoise_file(photo, photo)
    assert caught.value.path == photo


def test_a_delegate_that_will_not_do_is_named() -> None:
    with pytest.raises(DelegateError) as caught:
        Denoiser("int8", delegate="external").denoise(PIXELS)
    assert caught.value.delegate == "external"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotADirectoryError(20, "Not a directory", "out/sub"), "out/sub: Not a directory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OutputError("out/a.png exists"), "out/a.png exists"),
        (MemoryError(), "not enough memory on this machine"),
    ],
)
def test_errors_of_the_system_are_told_in_words(error: Exception, words: str) -> None:
    assert in_words(error) == words
