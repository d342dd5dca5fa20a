"""A run as Markdown, for the terminal too."""

from benchmarks.common.table import markdown
from benchmarks.record import BenchmarkRun
from benchmarks.report.heading import about, warnings
from benchmarks.report.tables import tables


def report_text(run: BenchmarkRun) -> str:
    """Markdown: where and when, what to watch out for, and every table."""
    parts = ["# LiteDenoise benchmarks", "\n".join(f"- {line}" for line in about(run))]
    parts += [f"**{line}**" for line in warnings(run)]
    for table in tables(run):
        parts += [f"## {table.title}", table.text, markdown(table.header, table.rows)]
    return "\n\n".join(parts) + "\n"
