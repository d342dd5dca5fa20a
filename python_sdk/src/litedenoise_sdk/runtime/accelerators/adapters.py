"""The graphics adapters that Vulkan drivers offer, by name.

Asked in a process of its own, as asking loads every driver, and a broken one crashes or hangs.
"""

import ctypes
import ctypes.util
import json
import subprocess
import sys
from pathlib import Path

LIMIT_S = 20.0

_KINDS = ("other", "integrated", "discrete", "virtual", "software")
"""VkPhysicalDeviceType from 0 on; software runs on the CPU."""

_NAME_AT, _NAME_BYTES, _KIND_AT, _PROPERTIES_BYTES = 20, 256, 16, 4096
"""Of VkPhysicalDeviceProperties: five numbers of 32 bits, the last its kind, then the name. It is
shorter than that many bytes."""


class AdaptersUnknown(Exception):
    """Why the adapters cannot be listed, for a person to read."""


def graphics_adapters(limit_s: float = LIMIT_S) -> tuple[str, ...]:
    """Names and kinds, e.g. "SwiftShader Device (software)"; none where there is no adapter.

    Raises:
        AdaptersUnknown: there is no Vulkan here, or a driver crashed or did not answer in time.
    """
    # As a file, which needs no package; -P hides the files beside it, which are named as Python's.
    command = [sys.executable, "-P", str(Path(__file__))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        raise AdaptersUnknown(f"a driver did not answer within {limit_s:g} s") from None
    except OSError as error:
        raise AdaptersUnknown(f"not asked: {error}") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise AdaptersUnknown(lines[-1] if done.returncode == 1 and lines else "a driver crashed")
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def _listed() -> list[str]:
    library = ctypes.util.find_library("vulkan") or ctypes.util.find_library("vulkan-1")
    if library is None:
        sys.exit("no Vulkan loader; on Debian and Ubuntu: apt install libvulkan1")
    vulkan = ctypes.CDLL(library)
    instance = ctypes.c_void_p()
    # VkInstanceCreateInfo: its type is 1, and everything else may be empty.
    about = (ctypes.c_uint64 * 8)(1)
    if vulkan.vkCreateInstance(about, None, ctypes.byref(instance)):
        return []  # a loader without a single driver refuses
    count = ctypes.c_uint32()
    vulkan.vkEnumeratePhysicalDevices(instance, ctypes.byref(count), None)
    devices = (ctypes.c_void_p * count.value)()
    vulkan.vkEnumeratePhysicalDevices(instance, ctypes.byref(count), devices)
    return [_described(vulkan, device) for device in devices]


def _described(vulkan: ctypes.CDLL, device: int | None) -> str:
    properties = ctypes.create_string_buffer(_PROPERTIES_BYTES)
    vulkan.vkGetPhysicalDeviceProperties(ctypes.c_void_p(device), properties)
    name = properties.raw[_NAME_AT : _NAME_AT + _NAME_BYTES].split(b"\0")[0].decode()
    kind = int.from_bytes(properties.raw[_KIND_AT : _KIND_AT + 4], sys.byteorder)
    return f"{name} ({_KINDS[kind] if kind < len(_KINDS) else 'other'})"


if __name__ == "__main__":
    print(json.dumps(_listed()))
