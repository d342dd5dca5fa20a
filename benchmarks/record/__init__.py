"""The record of a benchmark run, whatever it ran on."""

from benchmarks.record.files import load_run, save_run
from benchmarks.record.run import (
    Accelerator,
    CaseResult,
    Compiled,
    Device,
    Mode,
    Model,
    Quality,
    Run,
    Sameness,
    Status,
    Summary,
    Target,
    Thermal,
    ToolFigure,
)

__all__ = [
    "Accelerator",
    "CaseResult",
    "Compiled",
    "Device",
    "Mode",
    "Model",
    "Quality",
    "Run",
    "Sameness",
    "Status",
    "Summary",
    "Target",
    "Thermal",
    "ToolFigure",
    "load_run",
    "save_run",
]
