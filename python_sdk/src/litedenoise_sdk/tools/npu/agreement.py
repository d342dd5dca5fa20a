"""Measures the picture that an emulated neural processor makes, against fp32 and LiteRT's own."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.model.retile import retile
from litedenoise_sdk.quality import psnr, ssim
from litedenoise_sdk.runtime.auto.agreement import compare_residuals
from litedenoise_sdk.runtime.cpu.runtime import LiteRtCpuRuntime
from litedenoise_sdk.tools.npu.emulation import emulated

_Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class CropQuality:
    """One crop, run in one way.

    Attributes:
        agreement_db: of the residual with fp32's; infinite where they are equal.
        own_agreement_db: of the emulation's residual with that of LiteRT on the same file; infinite
            elsewhere.
        psnr_db, ssim: of the 8-bit picture with the clean one; None without clean pictures.
    """

    agreement_db: float
    own_agreement_db: float
    psnr_db: float | None
    ssim: float | None


@dataclass(frozen=True, slots=True)
class PictureAgreement:
    """One way of running the network.

    Attributes:
        name: "fp32", "LiteRT int8", "SM8750 int8" ...
        crops: in the order of the photos.
    """

    name: str
    crops: tuple[CropQuality, ...]

    @property
    def agreement_db(self) -> float:
        return fmean(crop.agreement_db for crop in self.crops)

    @property
    def own_agreement_db(self) -> float:
        return fmean(crop.own_agreement_db for crop in self.crops)

    @property
    def psnr_db(self) -> float | None:
        """The mean over all crops."""
        return _mean([crop.psnr_db for crop in self.crops])

    @property
    def ssim(self) -> float | None:
        """The mean over all crops."""
        return _mean([crop.ssim for crop in self.crops])


def measure(
    models: Sequence[LoadedModel],
    reference: LoadedModel,
    soc: str,
    noisy: Sequence[Path],
    clean: Sequence[Path],
    block: Size,
    log: Callable[[str], None] = lambda line: None,
) -> tuple[PictureAgreement, ...]:
    """Runs the middle of every noisy photo in every way and compares.

    Args:
        models: quantized.
        reference: the same network in fp32.
        soc: a chip that is emulated.
        noisy: photos to run.
        clean: the same without noise, in the same order, or none.
        block: height and width of the crops, multiples of the networks' stride.
        log: called with lines about progress, as emulation is slow.

    Returns:
        The reference, then for each model LiteRT on the CPU and the emulation.

    Raises:
        OptionsError: lists that do not fit, or photos smaller than a block.
        ImageError, ModelError, DelegateError: a photo or model cannot be read, or a network cannot
            run.
    """
    if clean and len(clean) != len(noisy):
        raise OptionsError(f"expected a clean photo for each noisy one, got {len(clean)}")
    crops = [_unit(_middle(path, block)) for path in noisy]
    targets = [_middle(path, block) for path in clean]

    def results(name: str, run: _Run) -> list[NDArray[np.float32]]:
        done = []
        for path, crop in zip(noisy, crops, strict=True):
            done.append(run(crop))
            log(f"{name}: {path.name}")
        return done

    exact = results("fp32", _on_cpu(reference, block))
    found = [_quality("fp32", crops, targets, exact, exact, exact)]
    for model in models:
        precision = model.sidecar.precision
        own = results(f"LiteRT {precision}", _on_cpu(model, block))
        found.append(_quality(f"LiteRT {precision}", crops, targets, exact, own, own))
        name = f"{soc.upper()} {precision}"
        with emulated(retile(model.content, block), soc) as network:
            on_npu = results(name, network.run)
        found.append(_quality(name, crops, targets, exact, own, on_npu))
    return tuple(found)


def _on_cpu(model: LoadedModel, block: Size) -> _Run:
    return LiteRtCpuRuntime(model, block, 1, "cpu", "compared with").run


def _quality(
    name: str,
    crops: Sequence[NDArray[np.float32]],
    targets: Sequence[NDArray[np.uint8]],
    exact: Sequence[NDArray[np.float32]],
    own: Sequence[NDArray[np.float32]],
    results: Sequence[NDArray[np.float32]],
) -> PictureAgreement:
    measured = []
    for index, (crop, result) in enumerate(zip(crops, results, strict=True)):
        picture = np.rint(result.clip(0, 1) * 255).astype(np.uint8)
        measured.append(
            CropQuality(
                compare_residuals(crop, exact[index], result).agreement_db,
                compare_residuals(crop, own[index], result).agreement_db,
                psnr(targets[index], picture) if targets else None,
                ssim(targets[index], picture) if targets else None,
            )
        )
    return PictureAgreement(name, tuple(measured))


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None and math.isfinite(value)]
    return fmean(there) if there else None


def _middle(path: Path, block: Size) -> NDArray[np.uint8]:
    photo: NDArray[Any] = decode(path).pixels
    if photo.dtype != np.uint8 or photo.shape[0] < block.height or photo.shape[1] < block.width:
        raise OptionsError(
            f"expected 8-bit photos of at least {block}; {path} is {photo.dtype} of "
            f"{photo.shape[0]}x{photo.shape[1]}"
        )
    top, left = (photo.shape[0] - block.height) // 2, (photo.shape[1] - block.width) // 2
    return photo[top : top + block.height, left : left + block.width]


def _unit(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = np.divide(crop, 255, dtype=np.float32)
    return unit
