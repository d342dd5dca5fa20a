"""The page's plots, each drawn from a run's cases, or left out if none belongs in it."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from benchmarks.common.published import BLOCK, PUBLISHED, SOURCE
from benchmarks.record import CaseResult
from benchmarks.report.names import engine, growth, is_engine, megapixels, model_and_size
from benchmarks.report.svg import COLOURS, FAINT, drawing, to_svg

_MOST_OVER_TIME = 6
_FEWEST = 5
_PERCENTILES = (10, 50, 90, 99)


def over_time(cases: Sequence[CaseResult]) -> str | None:
    """Latency of every query against the time spent, with the temperature at both ends."""
    able = [case for case in cases if len(case.samples_us) >= _FEWEST]
    shown = sorted(able, key=lambda case: case.before.temperature_c is None)[:_MOST_OVER_TIME]
    if not shown:
        return None
    with drawing(8.6, 1.5 * len(shown) + 0.6) as figure:
        panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
        for panel, case in zip(panels, shown, strict=True):
            seconds = np.array(list(accumulate(case.samples_us))) / 1e6
            panel.plot(seconds, np.array(case.samples_us) / 1e3, ".-", lw=0.8, ms=4, c=COLOURS[0])
            panel.set_title(case.name, loc="left", fontsize=10)
            panel.set_ylabel("ms")
            panel.set_ylim(0, 1.2e-3 * max(case.samples_us))
            _temperature(panel, case, seconds[-1])
        panels[-1].set_xlabel("seconds of queries")
        return to_svg(figure, "over-time", "Latency of each query over the run, one case a panel")


def distribution(cases: Sequence[CaseResult]) -> str | None:
    """Every query as a dot, with p10 to p90 as a bar and p50 and p99 marked."""
    shown = [case for case in cases if len(case.samples_us) >= _FEWEST]
    if not shown:
        return None
    with drawing(8.6, 0.36 * len(shown) + 1.1) as figure:
        axes = figure.subplots()
        for row, case in enumerate(shown):
            samples_ms = np.array(case.samples_us) / 1e3
            low, middle, high, most = np.percentile(samples_ms, _PERCENTILES)
            axes.plot(samples_ms, np.full(len(samples_ms), row), ".", c=FAINT, ms=3, alpha=0.5)
            axes.plot([low, high], [row, row], lw=6, c=COLOURS[0], alpha=0.45)
            axes.plot(middle, row, "|", ms=13, mew=2.5, c=COLOURS[0])
            axes.plot(most, row, "d", ms=5, c=COLOURS[1])
        axes.set_yticks(range(len(shown)), [case.name for case in shown])
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("ms a query: dots all, bar p10 to p90, line p50, diamond p99")
        return to_svg(figure, "distribution", "Distribution of latencies, one case a row")


def same_model(cases: Sequence[CaseResult]) -> str | None:
    """Processors and engines on the same model and size, in megapixels per second at the median."""
    groups: dict[str, list[CaseResult]] = {}
    for case in cases:
        if case.samples_us and case.model is not None and is_engine(case.name):
            same = f"{model_and_size(case.name)}, {case.device.name}"
            groups.setdefault(same, []).append(case)
    groups = {name: group for name, group in groups.items() if len(group) > 1}
    if not groups:
        return None
    engines = list(dict.fromkeys(engine(case.name) for group in groups.values() for case in group))
    bars = sum(len(group) + 1 for group in groups.values())
    with drawing(8.6, 0.3 * bars + 0.9) as figure:
        axes = figure.subplots()
        ticks: dict[int, str] = {}
        row = 0
        for name, group in groups.items():
            for case in group:
                colour = COLOURS[engines.index(engine(case.name)) % len(COLOURS)]
                speed = _speed(case)
                axes.barh(row, speed, color=colour, height=0.75)
                _value(axes, speed, row, f"{speed:.2f}")
                ticks[row] = f"{engine(case.name)}  {name}"
                row += 1
            row += 1
        axes.set_yticks(list(ticks), list(ticks.values()))
        axes.invert_yaxis()
        axes.set_xlabel("megapixels per second at the median")
        return to_svg(figure, "same-model", "Speed of processors and engines on the same model")


def against_published(cases: Sequence[CaseResult], estimates_ms: Mapping[str, float]) -> str | None:
    """Published latencies, measured phones, and estimates, told apart by colour and hatching."""
    measured = [
        case for case in cases if case.name.startswith("android/") and case.name.endswith(BLOCK)
    ]
    measured = [case for case in measured if case.samples_us]
    if not measured and not estimates_ms:
        return None
    rows: list[tuple[str, float, dict[str, str]]] = [
        (f"published: {one.sold_as} NPU", one.latency_ms, {"color": FAINT}) for one in PUBLISHED
    ]
    for case in measured:
        p50_ms = float(np.median(case.samples_us)) / 1e3
        label = f"measured: {case.device.name} {engine(case.name)}"
        rows.append((label, p50_ms, {"color": COLOURS[0]}))
    hatched = {"facecolor": "none", "edgecolor": COLOURS[1], "hatch": "///"}
    for name, estimated_ms in estimates_ms.items():
        rows.append((f"ESTIMATE: {name}", estimated_ms, hatched))
    with drawing(8.6, 0.34 * len(rows) + 0.9) as figure:
        axes = figure.subplots()
        for row, (_, latency_ms, style) in enumerate(rows):
            axes.barh(row, latency_ms, height=0.7, **style)
            _value(axes, latency_ms, row, f"{latency_ms:.1f}")
        axes.set_yticks(range(len(rows)), [label for label, _, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel(f"ms for {BLOCK} at the median; published by {SOURCE}")
        return to_svg(figure, "published", "Latencies beside the published ones")


def quality_and_speed(cases: Sequence[CaseResult]) -> str | None:
    """PSNR against megapixels per second, one dot a case."""
    shown = [
        case
        for case in cases
        if case.samples_us and case.quality is not None and is_engine(case.name)
    ]
    if not shown:
        return None
    engines = list(dict.fromkeys(engine(case.name) for case in shown))
    with drawing(8.6, 4.6) as figure:
        axes = figure.subplots()
        for number, name in enumerate(engines):
            group = [case for case in shown if engine(case.name) == name]
            axes.plot(
                [_speed(case) for case in group],
                [case.quality.psnr for case in group if case.quality],
                "o",
                ms=8,
                c=COLOURS[number % len(COLOURS)],
                label=name,
                alpha=0.85,
            )
            for case in group:
                assert case.quality is not None
                axes.annotate(
                    case.name.split("/")[2],
                    (_speed(case), case.quality.psnr),
                    xytext=(6, 4),
                    textcoords="offset points",
                    fontsize=8,
                )
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("megapixels per second at the median (more is better)")
        axes.set_ylabel("PSNR, dB")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(engines), fontsize=9)
        return to_svg(figure, "quality", "Quality against speed")


def by_size(cases: Sequence[CaseResult]) -> str | None:
    """Time and peak memory as the photo grows."""
    series: dict[str, list[CaseResult]] = {}
    for case in cases:
        if growth(case.name) and case.samples_us:
            series.setdefault(case.name.split("/")[2], []).append(case)
    if not series:
        return None
    with drawing(8.6, 3.2) as figure:
        speed, memory = figure.subplots(1, 2)
        for colour, (name, group) in zip(COLOURS, series.items(), strict=False):
            sizes = [megapixels(case.name) for case in group]
            speed.plot(sizes, [_speed(case) for case in group], "o-", c=colour, label=name)
            peaks = [(case.peak_memory_bytes or 0) / 1e6 for case in group]
            memory.plot(sizes, peaks, "o-", c=colour, label=name)
        for axes, label in ((speed, "megapixels per second"), (memory, "peak MB beyond the photo")):
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
            axes.set_ylim(bottom=0)
            axes.set_xlabel("megapixels of the photo")
            axes.set_ylabel(label)
            axes.legend(fontsize=9)
        return to_svg(figure, "by-size", "Speed and peak memory by the size of the photo")


def _speed(case: CaseResult) -> float:
    """Megapixels per second at the median."""
    return (megapixels(case.name) or 0) / (float(np.median(case.samples_us)) / 1e6)


def _temperature(panel: Any, case: CaseResult, ended: float) -> None:
    """A second axis with the temperature before and after, if the device reports it."""
    degrees = (case.before.temperature_c, case.after.temperature_c)
    if None in degrees:
        return
    axis = panel.twinx()
    axis.plot((0, ended), degrees, "o--", c=COLOURS[1], ms=5, lw=1)
    axis.set_ylabel("°C", color=COLOURS[1])
    axis.grid(visible=False)
    axis.spines["right"].set_visible(True)
    axis.margins(y=0.5)


def _value(axes: Any, length: float, row: int, text: str) -> None:
    """Writes a bar's value at its end."""
    place = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 9}
    axes.annotate(text, (length, row), **place)
