"""All cases on one phone, each in a fresh process, with pauses to cool down."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from benchmarks.android.case import PhoneCase
from benchmarks.android.condition import Condition
from benchmarks.android.errors import LostPhone, PhoneError, UnfitPhone
from benchmarks.android.google_tool import GoogleTool
from benchmarks.android.limits import PhoneLimits
from benchmarks.android.phone import Phone, Sleep
from benchmarks.android.result import read_result
from benchmarks.android.targets import target_for
from benchmarks.record import CaseModel, CaseResult, Mode, Status, Thermal
from litedenoise_sdk.model.load import load_released

COOL_C = 35.0
"""A case may begin at or below this."""

_LONGEST_PAUSE_S = 300.0  # MLPerf Mobile's pause between tests
_LOOK_EVERY_S = 10.0

Log = Callable[[str], None]


def measure_phone(
    phone: Phone,
    cases: Sequence[PhoneCase],
    mode: Mode,
    limits: PhoneLimits,
    log: Log,
    sleep: Sleep = time.sleep,
    tool: GoogleTool | None = None,
) -> Iterator[CaseResult]:
    """Yields each case's record when it is done; a failed case's record says why.

    Args:
        phone: one on which the app is installed.
        cases: what to measure, in this order.
        mode: the name of ``limits``, for the record.
        limits: of each case.
        log: called with lines about progress.
        sleep: waits for a number of seconds.
        tool: runs after each case that was measured; it must be installed on the phone.

    Raises:
        UnfitPhone: before the first case, where the phone or the app cannot be measured at all;
            after the last, where its heat, battery or screen kept any of them from being measured.
    """
    device = phone.persistently(phone.device)
    phone.persistently(phone.check_app)
    lost: str | None = None
    unfit: str | None = None
    for number, case in enumerate(cases):
        log(f"{phone.serial}: {case.name}")
        if number and lost is None:
            sleep(limits.cooldown_s)
        record = CaseResult(case.name, "failed", device, mode, model=_model(case))
        if lost is None:
            try:
                record = _measured(phone, case, record, limits, sleep, tool)
            except LostPhone as error:
                lost = str(error)
            except UnfitPhone as error:
                unfit = str(error)
                record = replace(record, reason=unfit)
            except PhoneError as error:
                record = replace(record, reason=str(error))
        if lost is not None:
            record = replace(record, reason=lost)
        if record.reason:
            log(f"{phone.serial}: {case.name}: {record.reason}")
        yield record
    if lost is None:
        phone.persistently(phone.stop)
    if unfit is not None:
        raise UnfitPhone(unfit)


def _measured(
    phone: Phone,
    case: PhoneCase,
    record: CaseResult,
    limits: PhoneLimits,
    sleep: Sleep,
    tool: GoogleTool | None,
) -> CaseResult:
    before, pause_s = cooled(phone, sleep)
    text = _ran(phone, case, limits)
    after = phone.persistently(phone.condition).thermal
    assert record.model is not None
    result = read_result(text, case, record.model.sha256)
    target, notes = target_for(record.device.soc, case.block, result.accelerator, result.samples_us)
    status: Status = "ok" if len(result.samples_us) >= limits.queries else "partial"
    pause = f", after {pause_s:.0f} s to cool down" if pause_s else ""
    measured = replace(
        record,
        status=status,
        reason="" if status == "ok" else _too_few(len(result.samples_us), limits),
        accelerator=result.accelerator,
        init_us=result.init_us,
        first_us=result.first_us,
        samples_us=result.samples_us,
        before=_thermal(before.thermal, result.thermal_status_before),
        after=_thermal(after, result.thermal_status_after),
        peak_memory_bytes=result.peak_memory_bytes,
        target=target,
        notes=(before.note + pause, *_copies(result.copies_us), *notes),
    )
    if tool is None:
        return measured
    return _beside(tool, phone, case, measured, limits, result.threads, sleep)


def _beside(
    tool: GoogleTool,
    phone: Phone,
    case: PhoneCase,
    measured: CaseResult,
    limits: PhoneLimits,
    threads: int | None,
    sleep: Sleep,
) -> CaseResult:
    """The record with Google's figure, or with a note on why there is none: never lost by it."""
    try:
        cooled(phone, sleep)
        figure = tool.measure(phone, case, limits, threads)
    except PhoneError as error:
        return replace(measured, notes=(*measured.notes, f"benchmark_model: {error}"))
    return replace(measured, benchmark_model=figure)


def cooled(phone: Phone, sleep: Sleep = time.sleep) -> tuple[Condition, float]:
    """Waits, five minutes at most, until the phone is cool; its state then, and seconds waited.

    Raises:
        UnfitPhone: thermal emergency, an empty battery, or a screen that stays off.
    """
    phone.persistently(phone.wake)
    waited_s = 0.0
    while True:
        now = phone.persistently(phone.condition)
        if now.hindrance is not None:
            raise UnfitPhone(now.hindrance)
        warm = (now.thermal.temperature_c or 0) > COOL_C or (now.thermal.status or 0) > 0
        if not warm or waited_s >= _LONGEST_PAUSE_S:
            return now, waited_s
        sleep(_LOOK_EVERY_S)
        waited_s += _LOOK_EVERY_S


def _ran(phone: Phone, case: PhoneCase, limits: PhoneLimits) -> str:
    """What the app wrote; after a lost connection it reconnects, and the case continues."""
    started = False

    def go_on() -> str:
        nonlocal started
        if not started:
            phone.start(case, limits)
            started = True
        return phone.result()

    return phone.persistently(go_on)


def _copies(copies_us: float | None) -> tuple[str, ...]:
    if copies_us is None:
        return ()
    return (f"of each query, {copies_us / 1e3:.1f} ms are copies to and from LiteRT's buffers",)


def _too_few(queries: int, limits: PhoneLimits) -> str:
    return f"{queries} of {limits.queries} queries; a case ends after {limits.most_seconds:.0f} s"


def _thermal(seen: Thermal, status: int | None) -> Thermal:
    """The app's own status, of the very moment, goes before what adb saw around it."""
    return seen if status is None else replace(seen, status=status)


def _model(case: PhoneCase) -> CaseModel:
    sidecar = load_released(case.precision).sidecar
    return CaseModel(f"{sidecar.name}.tflite", sidecar.sha256, sidecar.precision, case.block)
