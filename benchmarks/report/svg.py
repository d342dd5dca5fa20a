"""Figures as SVG to be put into a page."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

COLOURS = ("#1f5fa8", "#c4582b", "#2c8a5b", "#7d4ea3", "#9a7b1c", "#b03a6b", "#3a8f9e", "#5b6470")
"""Distinct in hue and in lightness."""

FAINT = "#8a929c"

_STYLE = {
    "svg.fonttype": "none",  # text stays text: small, sharp and searchable
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e3e6ea",
    "axes.edgecolor": FAINT,
    "legend.frameon": False,
}


@contextmanager
def drawing(width: float, height: float) -> Iterator[Any]:
    """A matplotlib figure of this size in inches, in the report's style."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        yield Figure(figsize=(width, height), layout="constrained")


def to_svg(figure: Any, name: str, description: str) -> str:
    """The figure as an ``<svg>`` element, the same for the same data.

    Args:
        figure: what was drawn.
        name: sets its inner identifiers apart from those of other figures on the page.
        description: for screen readers.
    """
    from matplotlib import rc_context

    written = io.StringIO()
    with rc_context({**_STYLE, "svg.hashsalt": name}):
        metadata = {"Date": None, "Creator": None}
        figure.savefig(written, format="svg", transparent=True, metadata=metadata)
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    # The page's width rules, not the figure's.
    svg = re.sub(r'<svg ([^>]*?)(?:height|width)="[^"]*pt"', r"<svg \1", svg, count=1)
    svg = re.sub(r'<svg ([^>]*?)(?:height|width)="[^"]*pt"', r"<svg \1", svg, count=1)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(description)}" ', 1)
