"""Measures the picture that an emulated neural processor makes, against fp32 and LiteRT's int8."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litedenoise_sdk.errors import DelegateError, OptionsError
from litedenoise_sdk.geometry import Size
from litedenoise_sdk.imageio import decode
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.npu.emulation import Bits, emulated
from litedenoise_sdk.quality import psnr, ssim
from litedenoise_sdk.runtime.litert_cpu import LiteRtCpuRuntime
from litedenoise_sdk.runtime.parity import compare_residuals

CALIBRATION_BLOCKS = 24

_Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Quality:
    """One way of running the network, means over all crops.

    Attributes:
        name: "fp32", "LiteRT int8", or the emulated bits of the activations.
        agreement_db: of its residual with fp32's.
        psnr_db, ssim: of its 8-bit picture with the clean one; None without clean pictures.
    """

    name: str
    agreement_db: float
    psnr_db: float | None
    ssim: float | None


def measure(
    model: Path,
    soc: str,
    noisy: Sequence[Path],
    clean: Sequence[Path],
    calibration: Sequence[Path],
    block: Size,
) -> tuple[Quality, ...]:
    """Runs the middle of every noisy photo in every way and compares.

    Args:
        model: the network as ONNX in float32.
        soc: a chip that is emulated.
        noisy: photos to run.
        clean: the same without noise, in the same order, or none.
        calibration: noisy photos that quantization takes its ranges from; others than ``noisy``.
        block: height and width of the crops, multiples of 16.

    Raises:
        OptionsError: lists that do not fit, or photos smaller than a block.
        ImageError, ModelError, DelegateError: what is read or run will not do.
    """
    if clean and len(clean) != len(noisy):
        raise OptionsError(f"expected a clean photo for each noisy one, got {len(clean)}")
    crops = [_middle(path, block) for path in noisy]
    targets = [_middle(path, block) for path in clean]
    ranges = _calibration_blocks(calibration, block)
    fp32 = _float_network(model, block)
    references = [fp32(_unit(crop)) for crop in crops]
    int8 = LiteRtCpuRuntime(load_released("int8"), block, 1, "cpu", "compared with")
    found = [
        _quality("fp32", crops, targets, references, fp32),
        _quality("LiteRT int8", crops, targets, references, int8.run),
    ]
    widths: tuple[Bits, ...] = (8, 16)
    for bits in widths:
        with emulated(model, soc, bits, ranges) as network:
            name = f"{soc.upper()} emulated, {bits}-bit activations"
            found.append(_quality(name, crops, targets, references, network.run))
    return tuple(found)


def _quality(
    name: str,
    crops: list[NDArray[np.uint8]],
    targets: list[NDArray[np.uint8]],
    references: list[NDArray[np.float32]],
    run: _Run,
) -> Quality:
    results = [run(_unit(crop)) for crop in crops]
    agreements = [
        compare_residuals(_unit(crop), reference, result).agreement_db
        for crop, reference, result in zip(crops, references, results, strict=True)
    ]
    pictures = [np.rint(result.clip(0, 1) * 255).astype(np.uint8) for result in results]
    pairs = list(zip(targets, pictures, strict=False))
    return Quality(
        name,
        min(agreements) if math.inf in agreements else fmean(agreements),
        fmean(psnr(*pair) for pair in pairs) if pairs else None,
        fmean(ssim(*pair) for pair in pairs) if pairs else None,
    )


def _float_network(model: Path, block: Size) -> _Run:
    try:
        import onnxruntime
    except ImportError as error:
        raise DelegateError(f"{error}; pip install onnx onnxruntime onnxruntime-qnn") from error
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 4
    try:
        session: Any = onnxruntime.InferenceSession(
            str(model), settings, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime has exceptions of its own
        raise OptionsError(
            f"cannot open {model} as ONNX: {error}; make it with python -m models.export_onnx"
        ) from error
    name = session.get_inputs()[0].name

    def run(crop: NDArray[np.float32]) -> NDArray[np.float32]:
        (output,) = session.run(None, {name: np.ascontiguousarray(crop.transpose(2, 0, 1)[None])})
        denoised: NDArray[np.float32] = output[0].transpose(1, 2, 0)
        return denoised

    return run


def _calibration_blocks(photos: Sequence[Path], block: Size) -> list[NDArray[np.float32]]:
    """Blocks at random places, always the same, as many of each photo."""
    rng = np.random.default_rng(1)
    blocks = []
    pixels = [_pixels(path, block) for path in photos]
    for index in range(CALIBRATION_BLOCKS):
        photo = pixels[index % len(pixels)]
        top = int(rng.integers(0, photo.shape[0] - block.height + 1))
        left = int(rng.integers(0, photo.shape[1] - block.width + 1))
        blocks.append(_unit(photo[top : top + block.height, left : left + block.width]))
    return blocks


def _middle(path: Path, block: Size) -> NDArray[np.uint8]:
    photo = _pixels(path, block)
    top, left = (photo.shape[0] - block.height) // 2, (photo.shape[1] - block.width) // 2
    return photo[top : top + block.height, left : left + block.width]


def _pixels(path: Path, block: Size) -> NDArray[np.uint8]:
    photo: NDArray[Any] = decode(path).pixels
    if photo.dtype != np.uint8 or photo.shape[0] < block.height or photo.shape[1] < block.width:
        raise OptionsError(
            f"expected 8-bit photos of at least {block}; {path} is {photo.dtype} of "
            f"{photo.shape[0]}x{photo.shape[1]}"
        )
    return photo


def _unit(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = np.divide(crop, 255, dtype=np.float32)
    return unit
