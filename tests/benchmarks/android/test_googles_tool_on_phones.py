"""Google's benchmark_model beside the app's figures: run, read, cleaned up, never in the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.android.__main__ import OK, UNFIT, USAGE, main
from benchmarks.android.errors import BrokenResult
from benchmarks.android.google_tool import read_figure
from benchmarks.record import BenchmarkRun, load_run
from litedenoise_sdk.model.flatbuffer import read_graph
from tests.benchmarks.android.conftest import Plug
from tests.benchmarks.android.phone_simulator import PhoneSimulator, google_says

GPU = "android/gpu/int8/1088x1920"


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    path = tmp_path / "android_aarch64_benchmark_model"
    path.write_bytes(b"\x7fELF")
    return path


def bench(serial: str, binary: Path, case: str = GPU) -> tuple[int, BenchmarkRun]:
    output = binary.with_name("run.json")
    words = ["--benchmark-model", str(binary), "--output", str(output), "--serial", serial]
    return main(["--cases", case, *words]), load_run(output)


def test_its_figure_stands_beside_the_apps(
    plug: Plug, binary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = PhoneSimulator(latencies=lambda queries: [118_000.0] * queries)
    code, run = bench(plug(phone), binary)
    (case,) = run.cases
    assert code == OK
    figure = case.benchmark_model
    assert figure is not None
    assert (figure.queries, figure.median_us, figure.average_us) == (128, 120_050, 120_512)
    assert (figure.init_us, figure.first_us) == (812_400, 150_100)
    assert (figure.least_us, figure.most_us, figure.delegated) == (118_200, 131_000, "all")
    ((flags, model),) = phone.tool_ran
    assert flags == [
        "--use_gpu=true",
        "--num_threads=4",
        "--num_runs=128",
        "--min_secs=10",
        "--max_secs=60",
    ]
    assert list(figure.flags) == flags
    assert str(read_graph(model).block) == "1088x1920"
    assert phone.files == {}, "neither binary nor model stays"
    table = capsys.readouterr().out.split("## Beside Google's benchmark_model")[1].split("##")[0]
    row = [cell.strip() for cell in table.strip().splitlines()[-1].split("|")[1:-1]]
    assert row == [GPU, "118.00", "120.05", "120.51", "0.98", "all", "128"]


def test_it_has_no_delegate_for_the_npu(plug: Plug, binary: Path) -> None:
    phone = PhoneSimulator()
    code, run = bench(plug(phone), binary, "android/npu/int8/1088x1920")
    (case,) = run.cases
    assert (code, case.status, case.benchmark_model) == (OK, "ok", None)
    assert case.notes[-1] == "benchmark_model: it has no delegate for npu"
    assert (phone.tool_ran, phone.files) == ([], {})


def test_what_it_cannot_measure_costs_the_app_nothing(
    plug: Plug, binary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = PhoneSimulator(tool_says=lambda flags: "INFO: STARTING!\nERROR: Failed to apply GPU\n")
    code, run = bench(plug(phone), binary)
    (case,) = run.cases
    assert (code, case.status, case.benchmark_model) == (OK, "ok", None)
    assert "measured nothing; it said: ERROR: Failed to apply GPU" in case.notes[-1]
    assert "Failed to apply GPU" in capsys.readouterr().out
    assert phone.files == {}


@pytest.mark.parametrize("command", ["timeout", "pkill", "push", "rm -f"])
def test_a_cable_may_be_pulled_while_it_runs(plug: Plug, binary: Path, command: str) -> None:
    phone = PhoneSimulator(cuts={command: 1})
    code, run = bench(plug(phone), binary)
    assert (code, run.cases[0].benchmark_model is None) == (OK, False)
    assert phone.files == {}


def test_a_cable_that_never_holds_leaves_the_apps_figure(plug: Plug, binary: Path) -> None:
    code, run = bench(plug(PhoneSimulator(cuts={"timeout": 99})), binary)
    (case,) = run.cases
    assert (code, case.status, len(case.samples_us)) == (OK, "ok", 128)
    assert "ended 3 times" in case.notes[-1]


def test_a_full_phone_and_a_missing_file(
    plug: Plug, binary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = PhoneSimulator(room=2)
    words = ["--cases", GPU, "--benchmark-model", str(binary), "--serial", plug(phone)]
    assert main([*words, "--output", str(binary.with_name("run.json"))]) == UNFIT
    assert f"{binary.name} could not be copied" in capsys.readouterr().err
    assert phone.files == {}
    assert main(["--benchmark-model", "nowhere"]) == USAGE


def test_what_older_and_newer_ones_print() -> None:
    newer = read_figure(google_says(()), ())
    lines = google_says(()).replace(" p5=118900 median=120050 p95=122700", "").splitlines()
    older = read_figure("\n".join(line.removeprefix("INFO: ") for line in lines), ())
    assert older == replace(newer, median_us=None)
    single = read_figure(
        "count=1 curr=637079\n\nInference timings in us: Init: 66002, First inference: 637080, "
        "Warmup (avg): 637080, Inference (avg): 637079",
        (),
    )
    assert (single.queries, single.least_us, single.most_us) == (1, 637_079, 637_079)
    assert single.delegated == ""
    partly = google_says(()).replace("be completely executed by", "be partially executed by")
    assert read_figure(partly, ()).delegated == "a part"


@pytest.mark.parametrize("text", ["", "Killed\n", "count=1 curr=5\n"])
def test_what_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BrokenResult, match="measured nothing"):
        read_figure(text, ())
