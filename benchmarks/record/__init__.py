"""The record of a benchmark run, whatever it ran on."""

from benchmarks.record.files import load_run, save_run
from benchmarks.record.run import (
    BenchmarkRun,
    CaseAccelerator,
    CaseModel,
    CaseResult,
    Compiled,
    Device,
    Mode,
    Quality,
    Sameness,
    Status,
    Summary,
    Target,
    Thermal,
    ToolFigure,
)

__all__ = [
    "BenchmarkRun",
    "CaseAccelerator",
    "CaseModel",
    "CaseResult",
    "Compiled",
    "Device",
    "Mode",
    "Quality",
    "Sameness",
    "Status",
    "Summary",
    "Target",
    "Thermal",
    "ToolFigure",
    "load_run",
    "save_run",
]
