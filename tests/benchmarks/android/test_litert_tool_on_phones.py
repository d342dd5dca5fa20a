"""Google's benchmark_litert_model on the NPU, without our app."""

import struct
from pathlib import Path

import pytest

from benchmarks.android.__main__ import OK, UNFIT, USAGE, main
from benchmarks.android.errors import BrokenResult
from benchmarks.android.litert_tool import read_result
from benchmarks.record import BenchmarkRun, load_run
from tests.benchmarks.android.conftest import Plug
from tests.benchmarks.android.phone_simulator import PhoneSimulator

TOOLS_FLAGS = {
    *("graph", "signature_to_run_for", "use_cpu", "use_gpu", "use_npu", "dispatch_library_path"),
    *("compiler_plugin_library_path", "compiler_cache_path", "require_full_delegation"),
    *("use_profiler", "enable_perfetto", "gpu_backend", "allow_fp16", "gpu_low_priority"),
    *("result_file_path", "model_runtime_info_output_file", "mediatek_nerun_pilot_version"),
    *("num_runs", "min_secs", "max_secs", "run_delay", "num_threads", "warmup_runs"),
}
"""What it takes: litert/tools/benchmark_litert_model.h at commit 15bfaa8b, and what it inherits
from tflite/tools/benchmark/benchmark_model.cc. It says nothing of a flag that it does not know."""


def message(**changed: float) -> bytes:
    """A BenchmarkResult as protocol buffers write it, with latencies in milliseconds."""
    latencies = {"avg": 41.0, "min": 39.0, "max": 60.0, "std": 1.0, "median": 40.0, "p5": 39.5}
    latencies |= {"p95": 45.0, "init": 800.0, "first": 55.0, "warm_up": 42.0} | changed
    latency = b"".join(
        bytes([number << 3 | 5]) + struct.pack("<f", value)
        for number, value in enumerate(latencies.values(), start=1)
    )
    misc = bytes([2 << 3, 0x80, 0x01])  # 128 runs, in two bytes
    return b"".join(
        bytes([number << 3 | 2, len(part)]) + part for number, part in ((2, latency), (4, misc))
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tool, the vendor's libraries and a compiled model."""
    (tmp_path / "tool").write_bytes(b"\x7fELF")
    for name in ("libraries", "models"):
        (tmp_path / name).mkdir()
    (tmp_path / "libraries" / "libLiteRtDispatch_Qualcomm.so").write_bytes(b"\x7fELF dispatch")
    (tmp_path / "models" / "int8-SM8750-1088x1920.tflite").write_bytes(b"compiled")
    return tmp_path


def bench(serial: str, folder: Path) -> tuple[int, BenchmarkRun]:
    words = ["--shell", folder / "tool", "--npu-libraries", folder / "libraries"]
    words += ["--npu-models", folder / "models", "--output", folder / "run.json"]
    code = main([*map(str, words), "--serial", serial])
    output = folder / "run.json"
    return code, load_run(output) if output.exists() else BenchmarkRun("", ())


def test_a_figure_without_the_app(plug: Plug, folder: Path) -> None:
    phone = PhoneSimulator(soc="SM8750", installed=False, litert_result=message())
    code, run = bench(plug(phone), folder)
    (case,) = run.cases
    assert (code, case.name, case.status) == (OK, "shell/npu/int8/1088x1920", "ok")
    figure = case.benchmark_model
    assert figure is not None
    assert (figure.queries, figure.median_us, figure.p95_us) == (128, 40_000, 45_000)
    assert (figure.init_us, figure.first_us, figure.delegated) == (800_000, 55_000, "all")
    assert "p95 45.0 ms and median 40.0 ms, target 46.1 ms: within by p95" in case.notes[-1]
    ((flags, model),) = phone.tool_ran
    assert {"--use_npu=true", "--require_full_delegation=true"} <= set(flags)
    assert {flag.removeprefix("--").split("=")[0] for flag in flags} <= TOOLS_FLAGS
    assert model == b"compiled"
    assert phone.files == {}, "nothing stays"


def test_an_npu_that_leaves_operators_over_is_a_failure(
    plug: Plug, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = PhoneSimulator(soc="SM8750", litert_result=None)
    code, run = bench(plug(phone), folder)
    assert (code, run.cases, phone.files) == (UNFIT, (), {})
    assert "Some ops are not accelerated" in capsys.readouterr().err


def test_a_chip_without_a_model_says_how_to_make_one(
    plug: Plug, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = bench(plug(PhoneSimulator(soc="MT6993")), folder)
    assert code == UNFIT
    assert "litedenoise compile int8 --soc MT6993 --block 1088x1920" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["push", "timeout", "base64", "rm -rf"])
def test_a_cable_may_be_pulled(plug: Plug, folder: Path, command: str) -> None:
    phone = PhoneSimulator(soc="SM8750", litert_result=message(), cuts={command: 1})
    code, run = bench(plug(phone), folder)
    assert (code, len(run.cases), phone.files) == (OK, 1, {})


def test_a_folder_that_is_missing(adb_server: None, folder: Path) -> None:
    assert main(["--shell", str(folder / "tool"), "--npu-models", str(folder)]) == USAGE


@pytest.mark.parametrize("text", ["", "!!", "CgA=", "EgUNAAA="])
def test_a_result_that_is_cut_short_is_refused(text: str) -> None:
    with pytest.raises(BrokenResult, match="cannot be read"):
        read_result(text)
