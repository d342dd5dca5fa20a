"""The processor that "auto" takes: measured once for each model on a machine, then remembered."""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from litedenoise_sdk.geometry import Size
from litedenoise_sdk.machine import processor_name
from litedenoise_sdk.model.load import LoadedModel
from litedenoise_sdk.options import Delegate
from litedenoise_sdk.runtime.accelerators.npu import INTEL_OPENVINO, has_intel_npu, vendors
from litedenoise_sdk.runtime.auto.trial import PHOTO, Trial
from litedenoise_sdk.runtime.libraries import package_folder
from litedenoise_sdk.whole_file import whole_file

LIMITING_VARIABLE = "LITEDENOISE_ACCELERATORS"
"""The accelerators that "auto" may try, such as "npu", "gpu,npu" or "none"."""

TRIAL_BLOCK = Size(256, 256)
"""The same for all photos, so that a new photo size does not mean measuring again."""

_ICD_FOLDERS = ("/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d")
_ICD_VARIABLES = ("VK_DRIVER_FILES", "VK_ICD_FILENAMES")
_PACKAGES = ("ai_edge_litert", "litedenoise_sdk", "openvino")

Try = Callable[[LoadedModel, Delegate, Size, int], Trial]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The processor to take, and why.

    Attributes:
        delegate: the fastest usable one.
        reason: one sentence, which also says why the others were not taken.
        trials: one for each accelerator of this machine.
    """

    delegate: Delegate
    reason: str
    trials: tuple[Trial, ...]


def decide(model: LoadedModel, threads: int, try_one: Try | None = None) -> Verdict:
    """Finds the fastest processor for a model. Measures once, then remembers.

    Args:
        model: the model to run.
        threads: CPU threads.
        try_one: tries an accelerator; by default in a separate process.
    """
    there = present()
    if not there:
        return Verdict("cpu", "no accelerator was found; cpu", ())
    file = _cache_file(model, threads, there)
    trials = _remembered(file)
    if trials is None:
        from litedenoise_sdk.runtime.auto.isolated import try_delegate

        try_one = try_one or try_delegate
        trials = tuple(try_one(model, delegate, TRIAL_BLOCK, threads) for delegate in there)
        _remember(file, trials)
    return _verdict(trials)


def remembered(model: LoadedModel, threads: int) -> Delegate:
    """The processor that ``decide`` chose earlier; the CPU if nothing has been measured yet."""
    there = present()
    trials = _remembered(_cache_file(model, threads, there)) if there else None
    return _verdict(trials).delegate if trials else "cpu"


def present() -> tuple[Delegate, ...]:
    """The accelerators that this machine seems to have, found without loading a driver."""
    allowed = os.environ.get(LIMITING_VARIABLE, "gpu,npu").split(",")
    found: list[Delegate] = []
    if "gpu" in allowed and _has_graphics_driver():
        found.append("gpu")
    if "npu" in allowed and _has_npu_route():
        found.append("npu")
    return tuple(found)


def cache_folder() -> Path:
    """The folder of remembered verdicts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "litedenoise", "verdicts")


def _verdict(trials: tuple[Trial, ...]) -> Verdict:
    faster = [trial for trial in trials if trial.is_faster]
    best = max(faster, key=lambda trial: trial.times_as_fast, default=None)
    others = [trial for trial in trials if trial is not best]
    told = "; ".join(
        trial.reason if not trial.usable else f"{trial.delegate} is not the fastest"
        for trial in others
    )
    chosen: Delegate = best.delegate if best else "cpu"
    measured = f"{chosen} is the fastest that computes the same"
    if best:
        measured += f", {best.times_as_fast:.1f} times as fast as cpu"
    return Verdict(chosen, "; ".join(filter(None, [measured, told])), trials)


def _has_graphics_driver() -> bool:
    if sys.platform != "linux":
        return True
    named = any(os.environ.get(name) for name in _ICD_VARIABLES)
    return named or any(any(Path(folder).glob("*.json")) for folder in _ICD_FOLDERS)


def _has_npu_route() -> bool:
    try:
        there = vendors()
    except Exception:  # without LiteRT there is nothing to find; opening the CPU says so
        return False
    return bool(there) and (there[0] != INTEL_OPENVINO or package_folder("openvino") is not None)


def _cache_file(model: LoadedModel, threads: int, there: tuple[Delegate, ...]) -> Path:
    """Its name covers everything that may change the verdict."""
    facts = [
        model.sidecar.sha256,
        str(threads),
        str(PHOTO),
        ",".join(there),
        platform.release(),  # not platform(), which starts a process
        platform.machine(),
        processor_name(),
        str(has_intel_npu()),
        *(os.environ.get(name, "") for name in _ICD_VARIABLES),
        *(str(sorted(Path(folder).glob("*.json"))) for folder in _ICD_FOLDERS),
        *(package_version(package) for package in _PACKAGES),
    ]
    return cache_folder() / f"{hashlib.sha256('|'.join(facts).encode()).hexdigest()[:32]}.json"


def package_version(package: str) -> str:
    """Read from the name of the folder beside the package: importlib.metadata takes longer than all
    the rest of this module."""
    folder = package_folder(package)
    beside = folder.parent.glob(f"{package}-*.dist-info") if folder else ()
    return ",".join(sorted(info.name for info in beside))


def _remembered(file: Path) -> tuple[Trial, ...] | None:
    try:
        return tuple(Trial(**record) for record in json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _remember(file: Path, trials: tuple[Trial, ...]) -> None:
    """If the file cannot be written, the next start measures again."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file, overwrite=True) as written:
            written.write(json.dumps([json.loads(trial.to_json()) for trial in trials]).encode())
