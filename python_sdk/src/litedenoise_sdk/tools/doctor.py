"""What a machine has for running models, and what works on it."""

import platform
from dataclasses import dataclass
from importlib import metadata

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.machine import processor_name, usable_cores
from litedenoise_sdk.model.load import load_released
from litedenoise_sdk.options import Delegate, Precision
from litedenoise_sdk.runtime.accelerators.adapters import AdaptersUnknown, graphics_adapters
from litedenoise_sdk.runtime.accelerators.npu import INTEL_OPENVINO, has_intel_npu, vendors
from litedenoise_sdk.runtime.auto.isolated import try_delegate
from litedenoise_sdk.runtime.auto.trial import Trial
from litedenoise_sdk.runtime.cpu.features import cpu_features, has_dot_products
from litedenoise_sdk.runtime.libraries import package_folder
from litedenoise_sdk.tools.advice import advice

_PACKAGES = ("litedenoise-sdk", "ai-edge-litert", "numpy", "openvino", "onnxruntime-qnn")
_TRIED: tuple[Delegate, ...] = ("cpu", "gpu", "npu", "nnapi")


@dataclass(frozen=True, slots=True)
class ProcessorFinding:
    """The result of trying one processor with blocks of one size."""

    block: Size
    trial: Trial
    megapixels_per_second: float


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """What there is, and what could be better.

    Attributes:
        machine: its parts by name.
        findings: of every processor that was tried.
        faster: what would make this machine faster, in one line.
    """

    machine: dict[str, str]
    findings: tuple[ProcessorFinding, ...]
    faster: str


def examine(precision: Precision, blocks: tuple[Size, ...]) -> DoctorReport:
    """Tries every processor with the shipped model, each in a process of its own.

    Args:
        precision: number format of the model.
        blocks: sizes to try with, multiples of 16.

    Raises:
        ModelError: the installation is damaged.
    """
    model = load_released(precision)
    found = []
    for block in blocks:
        for delegate in _TRIED:
            trial = try_delegate(model, delegate, block, usable_cores())
            speed = block.area / 1e6 / trial.seconds if trial.seconds else 0.0
            found.append(ProcessorFinding(block, trial, speed))
    largest = [finding.trial for finding in found if finding.block == max(blocks, key=_area)]
    faster = advice(
        precision,
        largest,
        lacks_openvino=INTEL_OPENVINO in vendors() and package_folder("openvino") is None,
        has_dot_products=has_dot_products(),
    )
    return DoctorReport(_machine(), tuple(found), faster)


def _area(block: Size) -> int:
    return block.area


def _machine() -> dict[str, str]:
    return {
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": str(usable_cores()),
        "cpu features": ", ".join(cpu_features()) or "unknown",
        "gpu adapters": _adapters(),
        "npu runtimes": ", ".join(vendors()) or "none",
        "npu device": "Intel's" if has_intel_npu() else "none seen",
        **{package: _version(package) for package in _PACKAGES},
    }


def _adapters() -> str:
    try:
        return ", ".join(graphics_adapters()) or "none"
    except AdaptersUnknown as error:
        return f"unknown: {error}"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
