"""One run and its cases, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

import numpy as np

Status = Literal["ok", "failed", "partial"]
Mode = Literal["quick", "normal"]

_FEWEST_FOR_DRIFT = 5


@dataclass(frozen=True, slots=True)
class Device:
    """What a case ran on.

    Attributes:
        name: what people call it.
        soc: part number of the chip, e.g. SM8750; of a computer the processor's name.
        system: operating system with its version.
        fingerprint: identifies this device and build; empty for a computer.
        cores: that the process may use, or None.
        versions: by package or component.
    """

    name: str
    soc: str
    system: str
    fingerprint: str = ""
    cores: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseModel:
    """The model that a case ran, by file, with the block it ran in, e.g. ``1088x1920``."""

    file: str
    sha256: str
    precision: str
    block: str


@dataclass(frozen=True, slots=True)
class CaseAccelerator:
    """What was asked for, what ran, and why; operators are None where not reported."""

    requested: str
    actual: str
    accelerated_operators: int | None = None
    total_operators: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Thermal:
    """State of a device at one moment; None for what it does not report.

    Attributes:
        temperature_c: of the battery or the processor, in degrees Celsius.
        status: Android's thermal status, 0 (none) to 6 (shutdown).
        load: processes waiting to run, over the last minute, for each core.
    """

    temperature_c: float | None = None
    status: int | None = None
    load: float | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Mean PSNR in dB and mean SSIM over some pictures."""

    psnr: float
    ssim: float


@dataclass(frozen=True, slots=True)
class Sameness:
    """How a case's picture agrees with that of another engine on the same weights.

    Attributes:
        reference: the other case.
        psnr: in dB between the two pictures; None where they are equal.
        residual_db: what the network changed over the difference, as a ratio of powers; None
            where the pictures are equal.
        same: whether they are equal but for rounding, by the SDK's own tolerances.
    """

    reference: str
    psnr: float | None
    residual_db: float | None
    same: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a vendor's compiler took of the network for a chip's NPU; no phone was asked.

    Attributes:
        soc: part number of the chip.
        whole: every operator in one part.
        compiler: where it came from.
        reason: why there is no result; the figures are then None.
    """

    soc: str
    precision: str
    block: str
    whole: bool = False
    offloaded_operators: int | None = None
    total_operators: int | None = None
    partitions: int | None = None
    compiler: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a case should reach.

    Attributes:
        latency_ms: the aim.
        passed: whether the measured latency is within it, on the processor that it is for.
        margin: share of the aim left over; negative where it was missed.
        source: whose figure it is.
    """

    latency_ms: float
    passed: bool
    margin: float | None
    source: str


@dataclass(frozen=True, slots=True)
class ToolFigure:
    """What Google's ``benchmark_model`` said of the same model, delegate and threads.

    Attributes:
        flags: that it was given, the model's path aside.
        queries: after its own warm-up.
        average_us, median_us, least_us, most_us, p95_us: of those; older versions report fewer.
        delegated: "all", "a part" or "nothing" of the graph; empty if not reported.
    """

    flags: tuple[str, ...]
    queries: int
    init_us: float
    first_us: float
    average_us: float
    median_us: float | None
    least_us: float
    most_us: float
    delegated: str = ""
    p95_us: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Percentiles of all queries in microseconds, and the drift over them.

    Attributes:
        drift: median of the last fifth over that of the first, less 1; None with few queries.
    """

    p50_us: float
    p90_us: float
    p99_us: float
    drift: float | None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case.

    Attributes:
        name: ``suite/engine/model/size``, e.g. ``host/cpu/int8/photo-8mp``.
        status: "partial" has samples, but fewer than were to be taken.
        reason: why the status is not "ok".
        init_us: opening the model.
        first_us: the first query, warm-up of all.
        samples_us: every query after the warm-up, in order.
        benchmark_model: Google's tool on the same, if asked for.
        notes: whatever a reader should know.
    """

    name: str
    status: Status
    device: Device
    mode: Mode
    reason: str = ""
    model: CaseModel | None = None
    accelerator: CaseAccelerator | None = None
    init_us: float | None = None
    first_us: float | None = None
    samples_us: tuple[float, ...] = ()
    before: Thermal = Thermal()
    after: Thermal = Thermal()
    peak_memory_bytes: int | None = None
    quality: Quality | None = None
    sameness: Sameness | None = None
    target: Target | None = None
    benchmark_model: ToolFigure | None = None
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> Summary | None:
        """Of at least one sample."""
        if not self.samples_us:
            return None
        p50, p90, p99 = (float(value) for value in np.percentile(self.samples_us, (50, 90, 99)))
        return Summary(p50, p90, p99, self._drift())

    def _drift(self) -> float | None:
        fifth = len(self.samples_us) // _FEWEST_FOR_DRIFT
        if not fifth:
            return None
        return median(self.samples_us[-fifth:]) / median(self.samples_us[:fifth]) - 1


@dataclass(frozen=True, slots=True)
class BenchmarkRun:
    """All cases of one invocation.

    Attributes:
        started: date and time, ISO 8601, UTC.
        cases: in the order of the report.
        estimates_ms: latencies that were NOT measured, by what they are for.
        compiled: by the vendors' compilers, where that was asked for.
        notes: anything a reader should know about the whole run.
    """

    started: str
    cases: tuple[CaseResult, ...]
    estimates_ms: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    compiled: tuple[Compiled, ...] = ()
