"""A run as a file and back: whole, partial, from elsewhere, and broken."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.record import (
    BenchmarkRun,
    CaseAccelerator,
    CaseModel,
    CaseResult,
    Compiled,
    Device,
    Quality,
    Sameness,
    Target,
    Thermal,
    ToolFigure,
    load_run,
    save_run,
)

DEVICE = Device("Phone", "SM8750", "Android 16", "phone/1", 8, {"android": "16"})
WHOLE = CaseResult(
    name="android/npu/int8/1088x1920",
    status="ok",
    device=DEVICE,
    mode="normal",
    model=CaseModel("net.tflite", "0" * 64, "int8", "1088x1920"),
    accelerator=CaseAccelerator("npu", "npu", 36, 36),
    init_us=2.5e5,
    first_us=6e4,
    samples_us=(40_000.0, 41_000.0, 42_000.0, 43_000.0, 54_000.0),
    before=Thermal(30.0, 0, 0.1),
    after=Thermal(36.5, 1, 0.9),
    peak_memory_bytes=123_000_000,
    quality=Quality(37.5, 0.95),
    target=Target(46.1, True, 0.09, "somebody"),
    sameness=Sameness("host/litert/int8/512x512", 51.2, 17.5, same=True),
    benchmark_model=ToolFigure(("--use_gpu=true",), 128, 8e5, 1e5, 9e4, None, 8e4, 1e5, "all"),
    notes=("battery 80 %",),
)
PARTIAL = replace(
    WHOLE, status="partial", samples_us=(40_000.0,), target=None, reason="1 of 128 queries"
)
FAILED = CaseResult("host/start/import", "failed", Device("CPU", "x86", "Linux"), "quick", "why")
COMPILED = (
    Compiled("SM8750", "int8", "1088x1920", True, 36, 36, 1, "its SDK"),
    Compiled("MT6993", "int8", "1088x1920", reason="its compiler is not here"),
)
RUN = BenchmarkRun(
    "2026-11-23T03:00:00+00:00",
    (WHOLE, PARTIAL, FAILED),
    {"NPU": 12.3},
    ("one picture",),
    COMPILED,
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "new" / "run.json"
    save_run(RUN, path)
    return path


def changed(path: Path, **values: Any) -> None:
    """The same file with other values in its first case."""
    record = json.loads(path.read_text())
    record["cases"][0] |= values
    path.write_text(json.dumps(record))


def test_a_run_comes_back_from_its_file(saved: Path) -> None:
    assert load_run(saved) == RUN
    assert [path.name for path in saved.parent.iterdir()] == ["run.json"]


def test_other_readers_find_the_summaries(saved: Path) -> None:
    whole, partial, failed = (case["summary"] for case in json.loads(saved.read_text())["cases"])
    assert whole["p50_us"] == 42_000
    assert whole["p90_us"] == pytest.approx(49_600)
    assert whole["p99_us"] == pytest.approx(53_560)
    assert whole["drift"] == pytest.approx(0.35)
    assert partial == {"p50_us": 40_000, "p90_us": 40_000, "p99_us": 40_000, "drift": None}
    assert failed is None


def test_a_later_save_replaces_the_earlier_whole(saved: Path) -> None:
    save_run(replace(RUN, cases=(FAILED,)), saved)
    assert load_run(saved).cases == (FAILED,)


def test_a_save_that_fails_leaves_the_earlier_file(saved: Path) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        save_run(replace(RUN, cases=(replace(WHOLE, init_us=float("nan")),)), saved)
    assert load_run(saved) == RUN


def test_what_is_left_out_has_its_default_and_what_is_unknown_is_left_aside(saved: Path) -> None:
    record = json.loads(saved.read_text())
    record["weather"] = "fair"
    del record["notes"]
    first = record["cases"][0]
    first["accelerator"]["clock_mhz"] = 900
    for key in ("before", "quality", "notes", "summary"):
        del first[key]
    saved.write_text(json.dumps(record))
    expected = replace(WHOLE, before=Thermal(), quality=None, notes=())
    assert load_run(saved) == replace(RUN, cases=(expected, PARTIAL, FAILED), notes=())


def test_whole_numbers_pass_as_times(saved: Path) -> None:
    changed(saved, samples_us=[40_000, 41_000])
    assert load_run(saved).cases[0].samples_us == (40_000.0, 41_000.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "schema"),
        (b"{}", "schema 1, got None"),
        (b'{"schema_version": 2, "started": "", "cases": []}', "schema 1, got 2"),
        (b'{"schema_version": 1}', "no whole run"),
        (b'{"schema_version": 1, "started": "", "cases": {}}', "no whole run"),
        (b'{"schema_version": 1, "started": "", "cases": [3]}', "no whole run"),
        (b'{"schema_version": 1, "started": "", "cases": [{"name": 3}]}', "no whole run"),
    ],
)
def test_what_is_no_run_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as refusal:
        load_run(path)
    assert str(path) in str(refusal.value)


def test_a_file_that_was_cut_off_is_refused(saved: Path) -> None:
    content = saved.read_text()
    saved.write_text(content[: len(content) // 2])
    with pytest.raises(ValueError, match="not JSON"):
        load_run(saved)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "excellent"},
        {"mode": "slow"},
        {"device": None},
        {"device": {"name": "Phone"}},
        {"device": {"name": "P", "soc": "S", "system": "A", "versions": ["16"]}},
        {"samples_us": [33_000, "soon"]},
        {"samples_us": [33_000, None]},
        {"samples_us": [True]},
        {"samples_us": "33000"},
        {"samples_us": 33_000},
        {"notes": [7]},
        {"peak_memory_bytes": 1.5},
        {"target": {"latency_ms": 34, "passed": 1, "margin": None, "source": ""}},
    ],
    ids=str,
)
def test_values_of_another_kind_are_refused(saved: Path, values: dict[str, Any]) -> None:
    changed(saved, **values)
    with pytest.raises(ValueError, match="no whole run"):
        load_run(saved)


def test_what_is_no_number_is_no_json(saved: Path) -> None:
    changed(saved, samples_us=[float("nan")])
    with pytest.raises(ValueError, match="not JSON: NaN"):
        load_run(saved)
