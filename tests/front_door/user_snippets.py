"""What users write, as a type checker sees it; test_types.py runs mypy --strict over it."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, assert_type

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from litedenoise_sdk import (
    DelegateError,
    DenoisePlan,
    Denoiser,
    DenoiserOptions,
    FileReport,
    ImageError,
    ImageTooLarge,
    OutputError,
    Progress,
    Restoration,
    RunReport,
    Size,
    Strength,
    denoise,
)


def arrays(eight: NDArray[np.uint8], sixteen: NDArray[np.uint16]) -> None:
    assert_type(denoise(eight), NDArray[np.uint8])
    assert_type(denoise(sixteen, 0.5, precision="int8"), NDArray[np.uint16])
    with Denoiser("int8") as denoiser:
        assert_type(denoiser.denoise(eight, Strength(0.7, chroma=1.0)), NDArray[np.uint8])
        assert_type(denoiser.restore(eight), Restoration[NDArray[np.uint8]])
        assert_type(denoiser.restore(eight).blend(0.5), NDArray[np.uint8])
        assert_type(denoiser.frames([eight, eight]), Iterator[NDArray[np.uint8]])


def pictures(image: Image.Image, path: Path) -> None:
    assert_type(denoise(image), Image.Image)
    assert_type(denoise(path), Image.Image)
    assert_type(denoise("night.jpg"), Image.Image)
    assert_type(Denoiser().restore(path).blend(Strength(luma=0.4)), Image.Image)


def files(content: bytes, file: BinaryIO) -> None:
    assert_type(denoise(content), bytes)
    assert_type(denoise(bytearray(content)), bytes)
    assert_type(denoise(file), bytes)
    assert_type(Denoiser().restore(file).blend(), bytes)
    with open("night.jpg", "rb") as opened:
        assert_type(Denoiser().denoise(opened), bytes)


def options() -> None:
    chosen = DenoiserOptions(precision="int8", delegate="cpu", max_pixels=50_000_000)
    denoiser = Denoiser.from_options(chosen)
    assert_type(denoiser.options, DenoiserOptions)
    assert_type(denoiser.plan(6000, 4000), DenoisePlan)
    assert_type(denoiser.report, RunReport | None)


def show(progress: Progress) -> bool:
    return progress.done_blocks < 100


def errors(path: Path) -> FileReport | None:
    try:
        return Denoiser().denoise_file(path, "clean.jpg", 0.8, overwrite=True, progress=show)
    except ImageTooLarge as error:
        assert_type(error.size, Size | None)
        assert_type(error.limit, int | None)
    except ImageError as error:
        assert_type(error.path, Path | None)
        assert_type(error.format, str | None)
    except DelegateError as error:
        assert_type(error.delegate, str | None)
    except OutputError as error:
        assert_type(error.path, Path | None)
    return None
