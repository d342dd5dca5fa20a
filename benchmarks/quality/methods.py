"""Denoisers that are compared: classical ones over a small grid of settings, and ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import product
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.eight_bits import eight_bits
from benchmarks.common.pairs import RGB
from litedenoise_sdk import Denoiser
from litedenoise_sdk.options import Precision

Setting = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """A denoiser and the settings that are tried.

    Attributes:
        name: as in the table and on the command line.
        run: (H, W, 3) uint8 and a setting to (H, W, 3) uint8.
        grid: settings of which the one with the best mean PSNR counts.
        tune_every: the grid is tried on one pair in so many, and the best setting then runs on
            all; 1 tries all settings on all pairs.
    """

    name: str
    run: Callable[[RGB, Setting], RGB]
    grid: tuple[Setting, ...] = ({},)
    tune_every: int = 1


def _grid(**values: tuple[Any, ...]) -> tuple[Setting, ...]:
    return tuple(dict(zip(values, row, strict=True)) for row in product(*values.values()))


def _unit(photo: RGB) -> NDArray[np.float64]:
    return photo / 255.0


def _noisy(photo: RGB, setting: Setting) -> RGB:
    return photo


def _non_local_means(photo: RGB, setting: Setting) -> RGB:
    import cv2

    bgr = np.ascontiguousarray(photo[..., ::-1])
    denoised = cv2.fastNlMeansDenoisingColored(
        bgr, None, setting["h"], setting["h_colour"], templateWindowSize=7, searchWindowSize=21
    )
    return cast(RGB, denoised[..., ::-1])


def _total_variation(photo: RGB, setting: Setting) -> RGB:
    from skimage.restoration import denoise_tv_chambolle

    return eight_bits(denoise_tv_chambolle(_unit(photo), weight=setting["weight"], channel_axis=2))


def _wavelet(photo: RGB, setting: Setting) -> RGB:
    from skimage.restoration import denoise_wavelet

    return eight_bits(
        denoise_wavelet(
            _unit(photo),
            sigma=setting["sigma"],
            method=setting["method"],
            channel_axis=2,
            convert2ycbcr=True,
            rescale_sigma=True,
        )
    )


def _bm3d(photo: RGB, setting: Setting) -> RGB:
    try:
        import bm3d
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(BM3D_MISSING, name="bm3d") from error

    return eight_bits(
        bm3d.bm3d_rgb(_unit(photo), setting["sigma_255"] / 255, colorspace=setting["colours"])
    )


def installed_methods() -> list[str]:
    """The names of the methods whose packages are there: all, or all but BM3D."""
    return [name for name in METHODS if name != "bm3d" or find_spec("bm3d") is not None]


@cache
def _denoiser(precision: Precision) -> Denoiser:
    return Denoiser(precision=precision, delegate="cpu")


def _ours(precision: Precision) -> Callable[[RGB, Setting], RGB]:
    def run(photo: RGB, setting: Setting) -> RGB:
        return cast(RGB, _denoiser(precision).denoise(photo))

    return run


BM3D_MISSING = (
    "bm3d is not installed, as it is free for non-commercial use only; if yours is: "
    "pip install -r requirements/bm3d.txt"
)

METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method("noisy", _noisy),
        Method(
            "non-local-means",
            _non_local_means,
            _grid(h=(3, 4, 5, 6), h_colour=(1, 2, 3, 5, 10)),
        ),
        Method(
            "total-variation",
            _total_variation,
            _grid(weight=(0.01, 0.015, 0.02, 0.025, 0.03, 0.04)),
        ),
        Method(
            "wavelet",
            _wavelet,
            _grid(
                method=("BayesShrink", "VisuShrink"),
                sigma=(None, 0.003, 0.005, 0.007, 0.01, 0.02, 0.03),
            ),
        ),
        Method(
            "bm3d",
            _bm3d,
            _grid(sigma_255=(8, 12, 15, 20, 25, 50), colours=("YCbCr",)),
            tune_every=11,
        ),
        Method("litedenoise-fp32", _ours("fp32"), ({},)),
        Method("litedenoise-fp16", _ours("fp16"), ({},)),
        Method("litedenoise-int8", _ours("int8"), ({},)),
        Method("litedenoise-int16x8", _ours("int16x8"), ({},)),
    )
}
