"""Neural processors, through their vendor's compiler plugin and dispatch library.

Where Intel's OpenVINO is installed but no Intel NPU is there, the very same route runs on
OpenVINO's CPU device, which often is the fastest way to use a CPU.
"""

import ctypes
import re
from functools import partial
from pathlib import Path
from typing import Any

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.runtime.accelerators.compiled import Accelerator, CompiledRuntime
from litedenoise_sdk.runtime.cpu.features import has_dot_products
from litedenoise_sdk.runtime.libraries import litert_folder, package_folder

OPENVINO_VERSION = "2026.3.1"
"""What the plugin in ai-edge-litert 2.3.0 is linked with."""

INTEL_OPENVINO = "intel_openvino"
_PRELOADED = ("libtbb*.so*", "libopenvino.so*", "libopenvino_*frontend*.so*")
_DEVICE = re.compile(r"Using Intel OpenVINO device: (\w+)")


def vendors() -> tuple[str, ...]:
    """The vendors whose dispatch library is in the installed LiteRT."""
    return tuple(
        sorted(folder.parent.name for folder in litert_folder().glob("vendors/*/dispatch"))
    )


def _prepare(_: LoadedModel) -> tuple[Any, Any]:
    present = vendors()
    if not present:
        raise DelegateError(
            "npu needs a vendor's dispatch library, which this build of LiteRT does not carry"
        )
    vendor = present[0]
    folder = litert_folder() / "vendors" / vendor
    if vendor == INTEL_OPENVINO:
        _load_openvino(folder)
    from ai_edge_litert.compiled_model import (
        Environment,
        EnvironmentOptions,
        HardwareAccelerator,
        IntelOpenVinoOptions,
        Options,
    )

    environment = Environment.create(
        options=EnvironmentOptions(
            runtime_path=str(litert_folder()),
            dispatch_library_path=str(folder / "dispatch"),
            compiler_plugin_path=str(folder / "compiler"),
        )
    )
    backends = IntelOpenVinoOptions.GRAPH_BACKEND
    openvino = (
        IntelOpenVinoOptions(graph_backend=backends.NPU)
        if has_intel_npu()
        else IntelOpenVinoOptions(graph_backend=backends.CPU, configs_map=_exact_int8())
    )
    options = Options(
        hardware_accelerators=HardwareAccelerator.NPU, intel_openvino_options=openvino
    )
    return environment, options


def _exact_int8() -> dict[str, str]:
    """Without 8-bit dot products, OpenVINO sums int8 products in 16 bits, which overflow: with
    ONEDNN_MAX_CPU_ISA=AVX2, crops of real_val lose up to 0.9 dB, the noisiest the most. Computed
    in float they are what the file says."""
    return {} if has_dot_products() else {"LP_TRANSFORMS_MODE": "NO"}


def has_intel_npu() -> bool:
    """Whether the kernel shows a neural processor."""
    return any(Path("/dev/accel").glob("accel*"))


def _load_openvino(plugin: Path) -> None:
    """Loads OpenVINO before the plugin that needs it, as the loader would not find it."""
    package = package_folder("openvino")
    if package is None:
        raise DelegateError(
            f"npu needs OpenVINO on this machine; pip install openvino=={OPENVINO_VERSION}"
        )
    try:
        for pattern in _PRELOADED:
            for library in sorted((package / "libs").glob(pattern)):
                ctypes.CDLL(str(library), ctypes.RTLD_GLOBAL)
        for library in sorted(plugin.glob("*/*.so")):
            ctypes.CDLL(str(library))
    except OSError as error:
        raise DelegateError(
            f"npu cannot load OpenVINO: {error}; pip install openvino=={OPENVINO_VERSION}"
        ) from error


def _device(log: list[str]) -> str:
    named = [match[1] for line in log if (match := _DEVICE.search(line))]
    return f"OpenVINO's {named[-1]} device" if named else ""


NPU = Accelerator(
    name="npu",
    prepare=_prepare,
    device=_device,
    remedy=f"check the NPU's driver and openvino=={OPENVINO_VERSION}, or use the cpu delegate",
)
NpuRuntime = partial(CompiledRuntime, NPU)
