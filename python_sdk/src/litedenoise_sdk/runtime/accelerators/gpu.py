"""Graphics processors, through LiteRT's WebGPU accelerator: Vulkan, Metal or Direct3D beneath."""

import ctypes.util
import re
import sys
from functools import partial
from typing import Any

from litedenoise_sdk.errors import DelegateError
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.runtime.accelerators.compiled import Accelerator, CompiledRuntime

_ADAPTER = re.compile(r"Selected adapter: ([^,]+)")


def _prepare(model: LoadedModel) -> tuple[Any, Any]:
    if sys.platform == "linux" and ctypes.util.find_library("vulkan") is None:
        raise DelegateError(
            "gpu needs the Vulkan loader and a driver; on Debian and Ubuntu: apt install "
            "libvulkan1 mesa-vulkan-drivers"
        )
    from ai_edge_litert.compiled_model import (
        Environment,
        EnvironmentOptions,
        GpuOptions,
        HardwareAccelerator,
        Options,
    )

    from litedenoise_sdk.runtime.libraries import litert_folder

    environment = Environment.create(options=EnvironmentOptions(runtime_path=str(litert_folder())))
    # Otherwise it computes fp32 graphs in half precision.
    gpu = GpuOptions(enforce_f32=model.sidecar.precision == "fp32")
    options = Options(hardware_accelerators=HardwareAccelerator.GPU, gpu_options=gpu)
    return environment, options


def _device(log: list[str]) -> str:
    named = [match[1] for line in log if (match := _ADAPTER.search(line))]
    return named[-1] if named else ""


GPU = Accelerator(
    name="gpu",
    prepare=_prepare,
    device=_device,
    remedy="install a Vulkan driver for this graphics processor (vulkaninfo lists what there is), "
    "or use the cpu delegate",
)
GpuRuntime = partial(CompiledRuntime, GPU)
