"""What the app's benchmark activity writes, read strictly.

``tests/golden/benchmark_result.json`` is an example; the keys are described in
``android_app/README.md``.
"""

import json
from dataclasses import dataclass
from typing import Any

from benchmarks.android.case import PhoneCase
from benchmarks.android.errors import BrokenResult
from benchmarks.record import CaseAccelerator
from litedenoise_sdk.geometry import Size

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class PhoneResult:
    """Times in microseconds, memory in bytes; thermal status as Android counts, 0 to 6.

    ``copies_us`` is the part of the median sample spent on copying the block to and from LiteRT's
    buffers, if the engine has its own buffers.
    """

    accelerator: CaseAccelerator
    init_us: float
    first_us: float
    samples_us: tuple[float, ...]
    copies_us: float | None
    peak_memory_bytes: int | None
    threads: int | None
    thermal_status_before: int | None
    thermal_status_after: int | None


def read_result(text: str, case: PhoneCase, sha256: str) -> PhoneResult:
    """The result of this case with this model.

    Raises:
        BrokenResult: no JSON, another schema, a value missing or of another type, another case,
            another model, no samples, or the app's own error.
    """
    try:
        record = json.loads(text)
    except ValueError as error:
        raise BrokenResult(f"expected JSON from the app, got {text[:40]!r}: {error}") from error
    if not isinstance(record, dict) or record.get("schema_version") != SCHEMA_VERSION:
        raise BrokenResult(
            f"expected a result of schema {SCHEMA_VERSION}; the APK and this checkout differ"
        )
    if record.get("error"):
        raise BrokenResult(f"the app could not measure: {record['error']}")
    _same_case(record, case, sha256)
    samples = record.get("samples_us")
    if not isinstance(samples, list) or not samples:
        raise BrokenResult(f"expected samples_us, got {samples!r}")
    memory_kb = _whole(record, "peak_memory_kb")
    return PhoneResult(
        accelerator=CaseAccelerator(
            requested=_text(record, "requested"),
            actual=_text(record, "actual"),
            accelerated_operators=_whole(record, "accelerated_operators"),
            total_operators=_whole(record, "total_operators"),
            reason=str(record.get("reason") or ""),
        ),
        init_us=_time("init_us", record.get("init_us")),
        first_us=_time("first_us", record.get("first_us")),
        samples_us=tuple(_time("samples_us", sample) for sample in samples),
        copies_us=None
        if record.get("copies_us") is None
        else _time("copies_us", record["copies_us"]),
        peak_memory_bytes=None if memory_kb is None else 1024 * memory_kb,
        threads=_whole(record, "threads"),
        thermal_status_before=_whole(record, "thermal_status_before"),
        thermal_status_after=_whole(record, "thermal_status_after"),
    )


def _same_case(record: dict[str, Any], case: PhoneCase, sha256: str) -> None:
    block = Size.parse(case.block)
    for key, expected in (
        ("requested", case.delegate),
        ("model", case.precision),
        ("block", [block.height, block.width]),
    ):
        if record.get(key) != expected:
            raise BrokenResult(f"expected {key} {expected!r}, got {record.get(key)!r}")
    if record.get("model_sha256") != sha256:
        raise BrokenResult(
            f"the phone ran another model: expected sha256 {sha256[:12]}, got "
            f"{str(record.get('model_sha256'))[:12]}; build the APK from this checkout"
        )


def _time(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise BrokenResult(f"expected microseconds above 0 in {key}, got {value!r}")
    return float(value)


def _whole(record: dict[str, Any], key: str) -> int | None:
    value = record.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise BrokenResult(f"expected a whole number or null in {key}, got {value!r}")
    return value


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise BrokenResult(f"expected a text in {key}, got {value!r}")
    return value
