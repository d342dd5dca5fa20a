"""The rounds' measurements as records."""

import importlib.metadata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from benchmarks.host.machine import this_machine
from benchmarks.host.rounds import Measured
from benchmarks.record import (
    CaseAccelerator,
    CaseModel,
    CaseResult,
    Device,
    Mode,
    Quality,
    Sameness,
    Thermal,
)
from litedenoise_sdk.model.load import load_released

_RIVALS = ("openvino", "onnxruntime", "opencv-python-headless", "scikit-image", "bm3d")


def case_result(
    one: Measured, mode: Mode, before: Thermal, after: Thermal, sameness: Sameness | None
) -> CaseResult:
    """The record of one case; ``before`` and ``after`` are of the rounds that it took part in."""
    facts = one.facts
    return CaseResult(
        name=one.case.name,
        status="ok" if one.complete else "partial" if one.samples_us else "failed",
        reason=one.failure or "",
        device=_device(),
        mode=mode,
        model=_model(facts),
        accelerator=_accelerator(facts),
        init_us=facts.get("init_us"),
        first_us=facts.get("first_us"),
        samples_us=tuple(round(sample_us, 1) for sample_us in one.samples_us),
        before=before,
        after=after,
        peak_memory_bytes=facts.get("peak_memory_bytes"),
        quality=_quality(facts),
        sameness=sameness,
        notes=_notes(facts),
    )


@cache
def _device() -> Device:
    machine = this_machine()
    rivals = {}
    for name in _RIVALS:
        with suppress(importlib.metadata.PackageNotFoundError):  # bm3d is installed by hand
            rivals[name] = importlib.metadata.version(name)
    return replace(machine, versions={**machine.versions, **rivals})


def _model(facts: Mapping[str, Any]) -> CaseModel | None:
    if "precision" not in facts:
        return None
    sidecar = load_released(facts["precision"]).sidecar
    return CaseModel(
        file=f"{sidecar.name}.tflite",
        sha256=sidecar.sha256,
        precision=sidecar.precision,
        block=facts.get("block", ""),
    )


def _accelerator(facts: Mapping[str, Any]) -> CaseAccelerator | None:
    if "actual" not in facts:
        return None
    return CaseAccelerator(
        requested=facts["requested"],
        actual=facts["actual"],
        accelerated_operators=facts.get("accelerated_operators"),
        total_operators=facts.get("total_operators"),
        reason=facts.get("reason", ""),
    )


def _quality(facts: Mapping[str, Any]) -> Quality | None:
    psnr, ssim = facts.get("psnr"), facts.get("ssim")
    return None if psnr is None or ssim is None else Quality(round(psnr, 4), round(ssim, 6))


def _notes(facts: Mapping[str, Any]) -> tuple[str, ...]:
    setting = facts.get("setting")
    notes = [f"setting: {', '.join(f'{k}={v}' for k, v in setting.items())}"] if setting else []
    return (*notes, *([facts["note"]] if "note" in facts else []))
