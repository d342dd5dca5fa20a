"""Video frames through one network, with a buffer that is reused."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import UnsupportedImage
from litedenoise_sdk.imageio import open_image
from litedenoise_sdk.options import Strength
from litedenoise_sdk.runner import Runner


def denoise_frames(
    runner: Runner, frames: Iterable[NDArray[Any]], strength: Strength
) -> Iterator[NDArray[Any]]:
    """See ``Denoiser.frames``."""
    out: NDArray[Any] | None = None
    for number, frame in enumerate(frames):
        if out is None:
            _check_kind(frame)
            out = np.empty(frame.shape, frame.dtype)
        elif not isinstance(frame, np.ndarray) or (frame.shape, frame.dtype) != (
            out.shape,
            out.dtype,
        ):
            raise UnsupportedImage(
                f"expected frames like the first, {out.shape} {out.dtype}; frame {number} is "
                f"{getattr(frame, 'shape', type(frame).__name__)} {getattr(frame, 'dtype', '')}"
            )
        photo, _ = open_image(frame)
        runner.run_frame(photo.pixels, strength, out)
        yield out


def _check_kind(frame: object) -> None:
    if not (isinstance(frame, np.ndarray) and frame.ndim == 3 and frame.shape[2] == 3):
        raise UnsupportedImage(
            "expected frames as numpy arrays (H, W, 3); got "
            f"{getattr(frame, 'shape', type(frame).__name__)}"
        )
