"""What the methods do to a picture, side by side."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.common.pairs import RGB
from litedenoise_sdk.imageio.photo import Photo
from litedenoise_sdk.imageio.save import save
from litedenoise_sdk.imageio.side_by_side import Panel, side_by_side

_GAIN = 8


def save_picture(path: Path, noisy: RGB, denoised: Mapping[str, RGB], reference: RGB) -> None:
    """Noisy picture, every method's result, the reference, and each method's residual and error.

    Residuals (result minus noisy picture) show what was removed, errors (result minus reference)
    what is wrong; both are amplified eight times around middle grey. An existing file is replaced.
    """
    panels = [
        Panel("noisy", noisy),
        *(Panel(name, picture) for name, picture in denoised.items()),
        Panel("reference", reference),
        *(
            Panel(f"{name}: {what} x{_GAIN}", amplified_difference(picture, other))
            for what, other in (("residual", noisy), ("error", reference))
            for name, picture in denoised.items()
        ),
    ]
    save(Photo(side_by_side(panels)), path, overwrite=True)


def amplified_difference(picture: RGB, reference: RGB) -> RGB:
    """``picture - reference``, times eight, around 128."""
    difference = picture.astype(np.int32) - reference
    amplified: RGB = np.clip(difference * _GAIN + 128, 0, 255).astype(np.uint8)
    return amplified
