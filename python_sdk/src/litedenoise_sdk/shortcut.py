"""One call for those who need no more: the Denoiser behind it is opened once and kept."""

from functools import cache
from typing import Any

from litedenoise_sdk.denoiser import Denoiser
from litedenoise_sdk.options import Precision
from litedenoise_sdk.progress import ProgressCallback


def denoise(
    image: Any,
    strength: float = 1.0,
    *,
    luma: float | None = None,
    chroma: float | None = None,
    precision: Precision = "fp32",
    progress: ProgressCallback | None = None,
) -> Any:
    """The denoised picture, as the kind that was given; see ``Denoiser.denoise``.

    The network stays open for the next call with the same precision, as long as the process
    lives: use a ``Denoiser`` where its memory is wanted back.
    """
    denoiser = _kept(precision)
    return denoiser.denoise(image, strength, luma=luma, chroma=chroma, progress=progress)


@cache
def _kept(precision: Precision) -> Denoiser:
    return Denoiser(precision=precision)
