"""The chips that LiteRT's vendor compilers know."""

from dataclasses import dataclass
from typing import Any, Literal

from litedenoise_sdk.errors import DelegateError, OptionsError

Vendor = Literal["qualcomm", "mediatek", "google_tensor", "intel_openvino", "samsung"]
_VENDORS: tuple[Vendor, ...] = (
    "qualcomm",
    "mediatek",
    "google_tensor",
    "intel_openvino",
    "samsung",
)

SDKS: dict[Vendor, str] = {
    "qualcomm": "pip install onnxruntime-qnn, or ai-edge-litert-sdk-qualcomm",
    "mediatek": "pip install ai-edge-litert-sdk-mediatek (it fetches MediaTek's NeuroPilot)",
    "google_tensor": "pip install ai-edge-litert-sdk-google-tensor",
    "intel_openvino": "install Intel's NPU driver with its compiler, and openvino==2026.3.1",
    "samsung": "pip install ai-edge-litert-sdk-samsung",
}
"""How to get each vendor's compiler."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip: its part number and the vendor whose compiler makes code for it."""

    name: str
    vendor: Vendor


def chips() -> tuple[Chip, ...]:
    """Every chip that the installed LiteRT names.

    Raises:
        DelegateError: this LiteRT has no compilers.
    """
    return tuple(
        Chip(model.value, vendor)
        for vendor in _VENDORS
        for model in _target_module(vendor).SocModel
        if model.value != "ALL"
    )


def find_chip(name: str) -> Chip:
    """The chip with this part number, upper or lower case.

    Raises:
        OptionsError: no compiler knows it.
        DelegateError: this LiteRT has no compilers.
    """
    known = chips()
    for chip in known:
        if chip.name.lower() == name.lower():
            return chip
    names = ", ".join(chip.name for chip in known)
    raise OptionsError(f"no compiler knows the chip {name!r}; expected one of {names}")


def target(chip: Chip) -> Any:
    """LiteRT's own value for a chip."""
    module = _target_module(chip.vendor)
    return module.Target(module.SocModel(chip.name))


def _target_module(vendor: Vendor) -> Any:
    from importlib import import_module

    try:
        return import_module(f"ai_edge_litert.aot.vendors.{vendor}.target")
    except ImportError as error:
        raise DelegateError(
            f"LiteRT's compilers cannot be loaded: {error}; install ai-edge-litert 2.3 on Linux"
        ) from error
