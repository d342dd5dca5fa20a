"""A run as a JSON file, and back."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from benchmarks.record.json_file import write_json
from benchmarks.record.run import BenchmarkRun

SCHEMA_VERSION = 1

_RUN = TypeAdapter(BenchmarkRun)


def save_run(run: BenchmarkRun, path: Path) -> None:
    """Writes the run, every raw sample included; summaries beside them for other readers."""
    record: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **asdict(run)}
    for written, case in zip(record["cases"], run.cases, strict=True):
        written["summary"] = None if case.summary is None else asdict(case.summary)
    write_json(path, record)


def load_run(path: Path) -> BenchmarkRun:
    """The run in a file that ``save_run`` wrote; unknown keys are ignored.

    Raises:
        ValueError: not such a run: broken JSON, another schema, or a missing or ill-typed value.
    """
    content = path.read_bytes()
    try:
        record = json.loads(content, parse_constant=_no_number)
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    version = record.get("schema_version") if isinstance(record, dict) else None
    if version != SCHEMA_VERSION:
        raise ValueError(f"{path}: expected a run of schema {SCHEMA_VERSION}, got {version!r}")
    try:
        return _RUN.validate_json(content, strict=True)
    except ValidationError as error:
        raise ValueError(f"{path} is no whole run: {error}") from error


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
