"""A run as tables, for terminal, Markdown and page alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.record import CaseResult, Run
from benchmarks.report.names import growth, is_engine, megapixels
from benchmarks.report.published import BLOCK, PUBLISHED, SOURCE
from benchmarks.report.ratio import Ratio
from benchmarks.report.ratios import (
    REPEATABLE_WITHIN,
    WITHIN_BEST_ENGINE,
    Relation,
    against_bare_engines,
    against_ours,
    inversions,
    repetitions,
)
from benchmarks.table import Cell, cell_text


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table with a line of explanation.

    Attributes:
        header: one name a column.
        rows: numbers and texts, None for what there is not.
    """

    title: str
    text: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def cells(self) -> list[list[str]]:
        """The rows as text, rounded."""
        return [[cell_text(cell) for cell in row] for row in self.rows]


def tables(run: Run) -> list[Table]:
    """Every table that the run has anything for."""
    found = [
        _targets(run.cases),
        _latency(run.cases),
        _speed(run.cases),
        _against_bare_engines(run.cases),
        _growth(run.cases),
        _relations(
            "NPU against GPU (inference inversion)",
            "How many times as long the same phone's GPU takes; the paper says up to 3.88.",
            inversions(run.cases),
        ),
        _relations(
            "Repeated within the run",
            f"Second over first, interleaved; {100 * REPEATABLE_WITHIN:g} % is the aim.",
            repetitions(run.cases),
        ),
        _failures(run.cases),
        _published(),
    ]
    return [table for table in found if table.rows]


def _targets(cases: Sequence[CaseResult]) -> Table:
    rows = tuple(
        (
            case.name,
            case.device.name,
            target.latency_ms,
            case.summary.p50_us / 1e3 if case.summary else None,
            _percent(target.margin),
            "pass" if target.passed else "FAIL",
            target.source,
        )
        for case in cases
        if (target := case.target) is not None
    )
    return Table(
        "Targets",
        "Margin is what is left of the target. Nothing passes that ran elsewhere than was asked.",
        ("case", "device", "target ms", "p50 ms", "margin %", "verdict", "by"),
        rows,
    )


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
                _percent(summary.drift),
                _ms(case.init_us),
                _ms(case.first_us),
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
                _interval(relation.ratio) if relation else None,
                case.quality.psnr if case.quality else None,
                f"{case.quality.ssim:.4f}" if case.quality else None,
                _megabytes(case.peak_memory_bytes),
            )
        )
    return Table(
        "Speed and quality",
        "Time for a megapixel over the SDK's at its default quality and the same precision (fp32 "
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
            _interval(one.ratio),
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
            _megabytes(case.peak_memory_bytes),
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
        (one.case, one.reference, one.ratio.value, _interval(one.ratio)) for one in relations
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


def _published() -> Table:
    rows = tuple((f"{one.sold_as} ({one.soc}) NPU", one.latency_ms) for one in PUBLISHED)
    return Table(
        f"Published for {BLOCK}",
        f"By {SOURCE}, on its own phones: to be put beside a phone's figures, not among them. "
        "Nothing of a processor without a neural unit can be set against them.",
        ("phone", "ms"),
        rows,
    )


def _interval(ratio: Ratio) -> str | None:
    return None if ratio.low is None else f"{ratio.low:.2f} to {ratio.high:.2f}"


def _percent(share: float | None) -> Cell:
    return None if share is None else f"{100 * share:+.1f}"


def _ms(microseconds: float | None) -> float | None:
    return None if microseconds is None else microseconds / 1e3


def _megabytes(size: int | None) -> Cell:
    return None if size is None else round(size / 1e6)
