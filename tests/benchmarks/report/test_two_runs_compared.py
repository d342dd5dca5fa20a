"""Two runs: what is a regression, what is chance, and the exit codes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.common.ratio import ratio_of_medians
from benchmarks.record import BenchmarkRun, CaseResult, Device, save_run
from benchmarks.report.compare import compare, comparison_text

DEVICE = Device("CPU", "x86", "Linux")
NAME = "host/cpu/int8/photo-8mp"


def run_of(middle_us: float, count: int = 60, seed: int = 0, name: str = NAME) -> BenchmarkRun:
    drawn = np.random.default_rng(seed).normal(middle_us, 0.03 * middle_us, count)
    case = CaseResult(name, "ok", DEVICE, "quick", samples_us=tuple(map(float, drawn)))
    return BenchmarkRun("2026-11-23T03:00:00+00:00", (case,))


@pytest.mark.parametrize(
    ("after_us", "verdict"),
    [(1000, "no difference"), (1200, "regression"), (1030, "slower"), (800, "faster")],
)
def test_verdicts(after_us: float, verdict: str) -> None:
    comparison = compare(run_of(1000), run_of(after_us, count=400, seed=1))
    (change,) = comparison.changes
    assert change.verdict == verdict
    assert bool(comparison.regressions) == (verdict == "regression")


def test_the_margin_is_the_callers() -> None:
    before, after = run_of(1000), run_of(1200, seed=1)
    assert compare(before, after, margin=0.1).regressions
    assert not compare(before, after, margin=0.3).regressions


def test_few_samples_decide_nothing() -> None:
    comparison = compare(run_of(1000, count=3), run_of(2000, count=3))
    assert comparison.changes[0].verdict == "too few samples"
    assert "Of 1 nothing can be told" in comparison_text(comparison)


def test_the_interval_holds_the_true_ratio_of_noisy_medians() -> None:
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        ratio = ratio_of_medians(
            list(rng.lognormal(0.1, 0.2, 50)), list(rng.lognormal(0.0, 0.2, 50))
        )
        assert ratio.low is not None
        assert ratio.high is not None
        held += ratio.low <= np.exp(0.1) <= ratio.high
    assert held >= 34


def test_what_makes_runs_hard_to_compare_is_told() -> None:
    after = run_of(1000, seed=1)
    other = replace(after.cases[0], device=replace(DEVICE, name="another CPU"))
    text = comparison_text(compare(run_of(1000), replace(after, cases=(other,))))
    assert f"{NAME}: device CPU before, another CPU after" in text


def test_runs_without_a_common_case_are_refused() -> None:
    with pytest.raises(ValueError, match="no measured case in common"):
        compare(run_of(1000), run_of(1000, name="host/cpu/fp32/photo-8mp"))


@pytest.mark.parametrize(("after_us", "code"), [(1000, 0), (1300, 1)])
def test_the_command_fails_on_a_regression(
    after_us: float, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    save_run(run_of(1000), before)
    save_run(run_of(after_us, seed=1), after)
    assert main(["compare", str(before), str(after)]) == code
    assert ("REGRESSION" in capsys.readouterr().out) == bool(code)


def test_a_case_that_is_gone_fails_too(tmp_path: Path) -> None:
    both = BenchmarkRun(
        "", (*run_of(1000).cases, *run_of(1000, name="host/cpu/fp32/photo-8mp").cases)
    )
    save_run(both, tmp_path / "before.json")
    save_run(run_of(1000), tmp_path / "after.json")
    assert main(["compare", str(tmp_path / "before.json"), str(tmp_path / "after.json")]) == 1
