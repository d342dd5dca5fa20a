"""Tables on phones: published, measured, compiled and estimated figures, each labelled."""

from collections.abc import Sequence
from statistics import median

from benchmarks.common.published import BLOCK, PUBLISHED, SOURCE, Published
from benchmarks.common.table import Cell
from benchmarks.record import BenchmarkRun, CaseResult, Compiled
from benchmarks.report.cells import Table, milliseconds, percent


def targets(cases: Sequence[CaseResult]) -> Table:
    rows = tuple(
        (
            case.name,
            case.device.name,
            target.latency_ms,
            case.summary.p90_us / 1e3 if case.summary else None,
            case.summary.p50_us / 1e3 if case.summary else None,
            percent(target.margin),
            "pass" if target.passed else "FAIL",
            target.source,
        )
        for case in cases
        if (target := case.target) is not None
    )
    return Table(
        "Targets",
        "Margin is what p90 leaves of it. Nothing passes that ran elsewhere than was asked.",
        ("case", "device", "target ms", "p90 ms", "p50 ms", "margin %", "verdict", "by"),
        rows,
    )


def known_phones(run: BenchmarkRun) -> Table:
    return Table(
        f"Phones: what is known for {BLOCK}",
        f"PUBLISHED by {SOURCE}, on its own phones. MEASURED in this run, on the NPU alone. "
        "COMPILED: what the vendor's compiler takes, without a phone. ESTIMATED: a lower bound by "
        "roofline from assumed rates of the chip, which nobody has measured. Nothing of a "
        "processor without a neural unit can be set against them.",
        ("phone", "published ms", "measured p50 ms", "compiled for its NPU", "ESTIMATE, ms"),
        tuple(_phone(one, run) for one in PUBLISHED),
    )  # fmt: skip


def beside_google(cases: Sequence[CaseResult]) -> Table:
    rows = []
    for case in cases:
        tool = case.benchmark_model
        if tool is None or case.summary is None:
            continue
        middle_us = tool.average_us if tool.median_us is None else tool.median_us
        rows.append(
            (
                case.name,
                case.summary.p50_us / 1e3,
                milliseconds(tool.median_us),
                tool.average_us / 1e3,
                case.summary.p50_us / middle_us,
                tool.delegated or None,
                tool.queries,
            )
        )
    return Table(
        "Beside Google's benchmark_model",
        "Milliseconds a query, on the same model, delegate and threads, after the app's own case. "
        "The ratio is the app over the tool's median, or over its average where it tells none.",
        ("case", "app p50", "tool's median", "tool's average", "app / tool", "delegated", "runs"),
        tuple(rows),
    )  # fmt: skip


def _phone(phone: Published, run: BenchmarkRun) -> tuple[Cell, ...]:
    measured = [
        median(case.samples_us) / 1e3
        for case in run.cases
        if case.samples_us
        and case.device.soc == phone.soc
        and case.name.endswith(f"/{BLOCK}")
        and case.accelerator is not None
        and case.accelerator.requested == case.accelerator.actual == "npu"
    ]
    compiled = [_outcome(one) for one in run.compiled if one.soc == phone.soc]
    estimated = [ms for name, ms in run.estimates_ms.items() if name.startswith(phone.sold_as)]
    return (
        f"{phone.sold_as} ({phone.soc})",
        phone.latency_ms,
        min(measured, default=None),
        "; ".join(compiled) or "not asked (--compile)",
        min(estimated, default=None),
    )


def _outcome(one: Compiled) -> str:
    if one.reason:
        return f"no: {one.reason}"
    parts = "one part" if one.partitions == 1 else f"{one.partitions} parts"
    return (
        f"{one.precision} at {one.block}: {one.offloaded_operators} of {one.total_operators} "
        f"operators in {parts}, by {one.compiler}"
    )
