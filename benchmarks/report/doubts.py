"""Tables on how far figures may be trusted: the same picture, a steady machine, notes."""

from collections.abc import Sequence
from statistics import median

from benchmarks.record import CaseResult, Thermal
from benchmarks.report.cells import Table, percent
from benchmarks.report.heading import DRIFT
from benchmarks.report.ratios import wrong_picture


def sameness(cases: Sequence[CaseResult]) -> Table:
    rows = tuple(
        (
            case.name,
            same.reference,
            "equal" if same.psnr is None else same.psnr,
            same.residual_db,
            "ANOTHER PICTURE" if wrong_picture(case) else "same",
        )
        for case in cases
        if (same := case.sameness) is not None
    )
    return Table(
        "The same picture of the same weights?",
        "PSNR between two engines' pictures, and what the network changed over their difference. "
        "The bounds are those by which the SDK refuses an accelerator; an engine "
        "that makes another picture is not compared in speed.",
        ("case", "beside", "PSNR dB", "change over difference dB", "verdict"),
        rows,
    )


def sustained(cases: Sequence[CaseResult]) -> Table:
    rows = []
    for case in cases:
        drift = case.summary.drift if case.summary else None
        if drift is None:
            continue
        fifth = len(case.samples_us) // 5
        rows.append(
            (
                case.name,
                sum(case.samples_us) / 1e6,
                median(case.samples_us[:fifth]) / 1e3,
                median(case.samples_us[-fifth:]) / 1e3,
                percent(drift),
                _heat(case.before, case.after),
                "slows down" if drift > DRIFT else "speeds up" if drift < -DRIFT else "steady",
            )
        )
    return Table(
        "Sustained",
        "Median of the first and of the last fifth of the queries; temperature and Android's "
        "thermal status (0 none to 6) before and after, where the device tells them.",
        ("case", "seconds of queries", "first fifth ms", "last fifth ms", "drift %", "heat", ""),
        tuple(rows),
    )


def notes(cases: Sequence[CaseResult]) -> Table:
    return Table(
        "Notes on single cases",
        "Settings, the state of a phone, and what else belongs to a figure.",
        ("case", "note"),
        tuple((case.name, "; ".join(case.notes)) for case in cases if case.notes),
    )


def _heat(before: Thermal, after: Thermal) -> str | None:
    told = [
        f"{first:g} to {last:g}{unit}"
        for first, last, unit in (
            (before.temperature_c, after.temperature_c, " °C"),
            (before.status, after.status, " status"),
        )
        if first is not None and last is not None
    ]
    return ", ".join(told) or None
