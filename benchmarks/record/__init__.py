"""What a benchmark run leaves behind, whatever it ran on."""

from benchmarks.record.files import load_run, save_run
from benchmarks.record.run import (
    Accelerator,
    CaseResult,
    Device,
    Mode,
    Model,
    Quality,
    Run,
    Status,
    Summary,
    Target,
    Thermal,
)

__all__ = [
    "Accelerator",
    "CaseResult",
    "Device",
    "Mode",
    "Model",
    "Quality",
    "Run",
    "Status",
    "Summary",
    "Target",
    "Thermal",
    "load_run",
    "save_run",
]
