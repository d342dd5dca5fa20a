"""Whether engines on the same weights compute the same picture; otherwise speeds mean nothing."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.pairs import RGB
from benchmarks.host.rounds import Measured
from benchmarks.record import Sameness
from litedenoise_sdk.quality import psnr
from litedenoise_sdk.runtime.auto.agreement import TOLERANCES, compare_residuals

_MOST_PX = 512
_REFERENCES = ("litert", "sdk")
"""Kinds that others are compared with, the first one available: those that run the file itself."""


def picture_record(picture: RGB) -> Mapping[str, Any]:
    """A corner of a picture, as JSON."""
    corner = np.ascontiguousarray(picture[:_MOST_PX, :_MOST_PX])
    return {"shape": corner.shape, "base64": base64.b64encode(corner.tobytes()).decode()}


def same_pictures(measured: Sequence[Measured], noisy: RGB) -> dict[str, Sameness]:
    """By case: how its picture agrees with that of the reference of the same precision.

    Args:
        measured: cases; those without a picture or with no reference are left out.
        noisy: (H, W, 3) uint8, what all of them denoised. Its middle half is compared: at the
            edges the SDK reflects the photo where a bare block has zeros. 512x512 at least, or
            int8's roundings do not average out and pass for a shift of colours.
    """
    noisy = noisy[:_MOST_PX, :_MOST_PX]
    able = [one for one in measured if "picture" in one.facts]
    found = {}
    for one in able:
        rivals = [other for other in able if other.facts["precision"] == one.facts["precision"]]
        reference = min(
            (other for other in rivals if other.case.kind in _REFERENCES),
            key=lambda other: _REFERENCES.index(other.case.kind),
            default=None,
        )
        if reference is not None and reference is not one:
            found[one.case.name] = _sameness(one, reference, noisy)
    return found


def _sameness(one: Measured, reference: Measured, noisy: RGB) -> Sameness:
    noisy, expected, result = (_middle(p) for p in (noisy, _picture(reference), _picture(one)))
    agreement = compare_residuals(*(_unit(picture) for picture in (noisy, expected, result)))
    equal = np.array_equal(result, expected)
    return Sameness(
        reference=reference.case.name,
        psnr=None if equal else round(psnr(expected, result), 2),
        residual_db=None if equal else round(agreement.relative_db, 2),
        same=agreement.within(TOLERANCES[one.facts["precision"]]),
    )


def _picture(one: Measured) -> RGB:
    record = one.facts["picture"]
    pixels = np.frombuffer(base64.b64decode(record["base64"]), np.uint8)
    return pixels.reshape(record["shape"])


def _middle(picture: RGB) -> RGB:
    height, width, _ = picture.shape
    return picture[height // 4 : height - height // 4, width // 4 : width - width // 4]


def _unit(picture: RGB) -> NDArray[np.float32]:
    return np.divide(picture, 255, dtype=np.float32)
