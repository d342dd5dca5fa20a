"""A run as one self-contained HTML file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.record import BenchmarkRun
from benchmarks.report import plots
from benchmarks.report.heading import about, warnings
from benchmarks.report.tables import tables

_TEMPLATE = Path(__file__).with_name("page.html.j2")


@dataclass(frozen=True, slots=True)
class Plot:
    """A titled figure with a line of explanation."""

    title: str
    text: str
    svg: str


def page(run: BenchmarkRun) -> str:
    """The whole page."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        about=about(run), warnings=warnings(run), plots=_plots(run), tables=tables(run)
    )


def _plots(run: BenchmarkRun) -> list[Plot]:
    drawers: list[tuple[str, str, Callable[[], str | None]]] = [
        (
            "Against the published figures",
            "Grey is published, blue measured on a phone, hatched an estimate by roofline: a lower "
            "bound from assumed rates of the chip, which no phone has confirmed.",
            lambda: plots.against_published(run.cases, run.estimates_ms),
        ),
        (
            "Quality against speed",
            "Up is better, right is faster. All on the same pictures and this machine.",
            lambda: plots.quality_and_speed(run.cases),
        ),
        (
            "The same model on each processor and engine",
            "Only cases that ran the same model in the same size stand together.",
            lambda: plots.same_model(run.cases),
        ),
        (
            "Distribution",
            "How far single queries lie from the median tells how quiet the machine was.",
            lambda: plots.distribution(run.cases),
        ),
        (
            "Latency over time",
            "Rising latency is drift. The temperature before and after stands beside it where the "
            "device told it; those cases come first, and no more than six are drawn.",
            lambda: plots.over_time(run.cases),
        ),
        (
            "Growth with the photo",
            "Flat lines are what tiling is for.",
            lambda: plots.by_size(run.cases),
        ),
    ]
    drawn = [(title, text, draw()) for title, text, draw in drawers]
    return [Plot(title, text, svg) for title, text, svg in drawn if svg is not None]
