"""A run as a JSON file, and back."""

import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.record.run import Run

SCHEMA_VERSION = 1

Value = TypeVar("Value")


def save_run(run: Run, path: Path) -> None:
    """Writes the run, every raw sample included; summaries beside them for other readers."""
    record: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **asdict(run)}
    for written, case in zip(record["cases"], run.cases, strict=True):
        written["summary"] = None if case.summary is None else asdict(case.summary)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    beside.replace(path)


def load_run(path: Path) -> Run:
    """The run in a file that ``save_run`` wrote.

    Raises:
        ValueError: no such run: broken JSON, another schema, or a value missing or ill-typed.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    version = record.get("schema_version") if isinstance(record, dict) else None
    if version != SCHEMA_VERSION:
        raise ValueError(f"{path}: expected a run of schema {SCHEMA_VERSION}, got {version!r}")
    try:
        return _built(Run, record)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no whole run: {error!r}") from error


def _built(kind: type[Value], record: Mapping[str, Any]) -> Value:
    """A dataclass of these values; the ones that it does not know are left aside."""
    hints = typing.get_type_hints(kind)
    values = {
        one.name: _value(hints[one.name], record[one.name])
        for one in fields(kind)  # type: ignore[arg-type]
        if one.name in record
    }
    return kind(**values)


def _value(hint: Any, value: Any) -> Any:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None and type(None) in parts:
            return None
        (inner,) = (part for part in parts if part is not type(None))
        return _value(inner, value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _built(hint, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"expected a list, got {value!r}")
        return tuple(_value(parts[0], one) for one in value)
    if origin is typing.Literal:
        if value not in parts:
            raise ValueError(f"expected one of {parts}, got {value!r}")
        return value
    if origin is Mapping:
        if not isinstance(value, dict):
            raise TypeError(f"expected an object, got {value!r}")
        return {name: _value(parts[1], one) for name, one in value.items()}
    if hint is float:
        return _number(value)
    if isinstance(hint, type) and type(value) is not hint:
        raise TypeError(f"expected {hint.__name__}, got {value!r}")
    return value


def _number(value: Any) -> float:
    """A whole number passes as a float; JSON's NaN and infinities, texts and booleans do not."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError(f"expected a number, got {value!r}")
    return float(value)
