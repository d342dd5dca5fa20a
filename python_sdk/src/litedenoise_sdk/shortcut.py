"""One call for simple uses: the Denoiser behind it is opened once and kept."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, overload

from litedenoise_sdk.denoiser import Denoiser

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from litedenoise_sdk.denoiser import Number
    from litedenoise_sdk.options import Precision, Strength
    from litedenoise_sdk.progress import ProgressCallback


@overload
def denoise(
    image: NDArray[Number],
    strength: float | Strength = ...,
    *,
    precision: Precision = ...,
    progress: ProgressCallback | None = ...,
) -> NDArray[Number]: ...
@overload
def denoise(
    image: Image.Image | str | os.PathLike[str],
    strength: float | Strength = ...,
    *,
    precision: Precision = ...,
    progress: ProgressCallback | None = ...,
) -> Image.Image: ...
@overload
def denoise(
    image: bytes | bytearray | memoryview | BinaryIO,
    strength: float | Strength = ...,
    *,
    precision: Precision = ...,
    progress: ProgressCallback | None = ...,
) -> bytes: ...
def denoise(
    image: Any,
    strength: float | Strength = 1.0,
    *,
    precision: Precision = "fp32",
    progress: ProgressCallback | None = None,
) -> Any:
    """The denoised picture, as the kind that was given; see ``Denoiser.denoise``.

    The network stays open for the next call with the same precision, as long as the process lives:
    use a ``Denoiser`` if you need its memory back.
    """
    return _kept(precision).denoise(image, strength, progress=progress)


@cache
def _kept(precision: Precision) -> Denoiser:
    return Denoiser(precision=precision)
