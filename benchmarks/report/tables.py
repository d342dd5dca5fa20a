"""A run as tables, for terminal, Markdown and page alike."""

from collections.abc import Sequence

from benchmarks.record import BenchmarkRun, CaseResult
from benchmarks.report.cells import Table, interval, megabytes, milliseconds, percent
from benchmarks.report.doubts import notes, sameness, sustained
from benchmarks.report.names import growth, is_engine, megapixels
from benchmarks.report.phones import beside_google, known_phones, targets
from benchmarks.report.ratios import (
    REPEATABLE_WITHIN,
    WITHIN_BEST_ENGINE,
    Relation,
    against_bare_engines,
    against_ours,
    inversions,
    repetitions,
)


def tables(run: BenchmarkRun) -> list[Table]:
    """Every table that the run has anything for."""
    found = [
        targets(run.cases),
        known_phones(run),
        _latency(run.cases),
        _speed(run.cases),
        _against_bare_engines(run.cases),
        sameness(run.cases),
        sustained(run.cases),
        _growth(run.cases),
        _relations(
            "NPU against GPU (inference inversion)",
            "How many times as long the same phone's GPU takes; the paper says up to 3.88.",
            inversions(run.cases),
        ),
        beside_google(run.cases),
        _relations(
            "Repeated within the run",
            f"Second over first, interleaved; {100 * REPEATABLE_WITHIN:g} % is the aim.",
            repetitions(run.cases),
        ),
        _failures(run.cases),
        notes(run.cases),
    ]
    return [table for table in found if table.rows]


def _latency(cases: Sequence[CaseResult]) -> Table:
    rows = []
    for case in cases:
        if (summary := case.summary) is None:
            continue
        rows.append(
            (
                case.name,
                len(case.samples_us),
                summary.p50_us / 1e3,
                summary.p90_us / 1e3,
                summary.p99_us / 1e3,
                percent(summary.drift),
                milliseconds(case.init_us),
                milliseconds(case.first_us),
                case.accelerator.actual if case.accelerator else None,
                case.status,
            )
        )
    return Table(
        "Latency",
        "Milliseconds a query. Drift is the run's last part over its first. Opening and first "
        "query are not among the percentiles.",
        ("case", "queries", "p50", "p90", "p99", "drift %", "opening", "first", "ran on", "status"),
        tuple(rows),
    )


def _speed(cases: Sequence[CaseResult]) -> Table:
    rows = []
    for case in cases:
        size, summary = megapixels(case.name), case.summary
        if not size or summary is None or not is_engine(case.name):
            continue
        relation = against_ours(case, cases)
        rows.append(
            (
                case.name,
                size / (summary.p50_us / 1e6),
                relation.ratio.value if relation else None,
                interval(relation.ratio) if relation else None,
                case.quality.psnr if case.quality else None,
                f"{case.quality.ssim:.4f}" if case.quality else None,
                megabytes(case.peak_memory_bytes),
            )
        )
    return Table(
        "Speed and quality",
        "Time for a megapixel over the SDK's at the same precision (fp32 "
        "where a method has none): above 1 is slower than ours. Engines run a bare block: no halo, "
        "no conversion of pixels. Peak memory is of the whole process.",
        ("case", "MP/s", "time / ours", "95 % interval", "PSNR dB", "SSIM", "peak MB"),
        tuple(rows),
    )


def _against_bare_engines(cases: Sequence[CaseResult]) -> Table:
    relations = against_bare_engines(cases)
    best_of: dict[str, Relation] = {}
    for one in relations:
        best = best_of.setdefault(one.reference, one)
        if one.ratio.value < best.ratio.value:
            best_of[one.reference] = one
    rows = tuple(
        (
            one.case,
            one.reference,
            f"{one.ratio.value:.3f}",
            interval(one.ratio),
            _verdict(one) if best_of[one.reference] is one else None,
        )
        for one in relations
    )
    return Table(
        "Against the best bare engine",
        "The SDK on a photo of one block, pixels converted, over the fastest engine run bare on "
        "the same weights and block. The best choice of delegate is to stay within "
        f"{1 + WITHIN_BEST_ENGINE:.2f}.",
        ("case", "over the fastest of all engines", "ratio", "95 % interval", "best choice"),
        rows,
    )


def _verdict(relation: Relation) -> str:
    return "within" if relation.ratio.value <= 1 + WITHIN_BEST_ENGINE else "NOT WITHIN"


def _growth(cases: Sequence[CaseResult]) -> Table:
    rows = tuple(
        (
            case.name,
            summary.p50_us / 1e6,
            (megapixels(case.name) or 0) / (summary.p50_us / 1e6),
            megabytes(case.peak_memory_bytes),
        )
        for case in cases
        if growth(case.name) and (summary := case.summary)
    )
    return Table(
        "Growth with the photo",
        "One photo in one process. Peak memory is beyond the photo's own input and output.",
        ("case", "seconds", "MP/s", "peak MB"),
        rows,
    )


def _relations(title: str, text: str, relations: Sequence[Relation]) -> Table:
    rows = tuple(
        (one.case, one.reference, one.ratio.value, interval(one.ratio)) for one in relations
    )
    return Table(title, text, ("case", "over", "ratio", "95 % interval"), rows)


def _failures(cases: Sequence[CaseResult]) -> Table:
    rows = tuple(
        (case.name, case.status, len(case.samples_us), case.reason)
        for case in cases
        if case.status != "ok"
    )
    return Table(
        "Not complete",
        "What a case had measured before it ended is kept.",
        ("case", "status", "queries", "reason"),
        rows,
    )
