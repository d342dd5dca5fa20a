"""Tables and page of a run that is written down here, so that every figure is known."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
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
)
from benchmarks.report.page import page
from benchmarks.report.ratios import unrepeatable
from benchmarks.report.text import report_text

COMPUTER = Device("Fast & <Cheap> CPU", "x86", "Linux", cores=2, versions={"numpy": "2"})
PHONE = Device("Phone", "SM8750", "Android 16", fingerprint="phone/1")


def samples(middle_us: float, count: int = 40) -> tuple[float, ...]:
    spread = np.random.default_rng(0).normal(1, 0.01, count)
    return tuple(float(value) for value in middle_us * spread)


def case(name: str, middle_us: float, device: Device = COMPUTER) -> CaseResult:
    precision = name.split("/")[2]
    return CaseResult(
        name=name,
        status="ok",
        device=device,
        mode="quick",
        model=CaseModel("net.tflite", "0" * 64, precision, "1088x1920"),
        accelerator=CaseAccelerator(name.split("/")[1], name.split("/")[1]),
        init_us=9000,
        first_us=2 * middle_us,
        samples_us=samples(middle_us),
        before=Thermal(30.0, 0, 0.1),
        after=Thermal(36.5, 1, 0.9),
        peak_memory_bytes=123_000_000,
        quality=Quality(37.5, 0.95),
    )


RUN = BenchmarkRun(
    started="2026-11-23T03:00:00+00:00",
    cases=(
        case("host/cpu/int8/photo-8mp", 2e6),
        case("host/litert/int8/1088x1920", 0.4e6),
        replace(case("host/classical/bm3d/512x512", 20e6), model=None, accelerator=None),
        case("host/growth/int8/photo-1mp", 0.3e6),
        case("host/growth/int8/photo-8mp", 2.1e6),
        case("host/cpu/int8/photo-8mp/again", 2.02e6),
        replace(
            case("android/npu/int8/1088x1920", 40_000, PHONE),
            target=Target(46.1, True, 0.132, "arXiv 2605.03680"),
        ),
        case("android/gpu/int8/1088x1920", 120_000, PHONE),
        replace(
            case("host/openvino/int8/1088x1920", 1.0),
            samples_us=(),
            status="failed",
            reason="no <OpenVINO> here",
        ),
    ),
    estimates_ms={"Some Phone NPU": 12.3},
    notes=("one picture",),
)


@pytest.fixture(scope="module")
def html() -> str:
    return page(RUN)


def test_the_tables_tell_every_ratio() -> None:
    text = report_text(RUN)
    rows = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if "|" in line}
    # 8 MP are 7.7824: 2 s are 257 ms a megapixel, 0.4 s for 2.089 MP are 191.
    speed = text.split("## Speed and quality")[1].split("##")[0]
    assert re.search(r"host/litert/int8/1088x1920 +\| 5\.\d\d +\| 0\.75 ", speed)
    assert "host/growth" not in speed
    assert re.search(r"android/npu\S+ +\| \S+ +\| - ", speed)  # ours ran on another device
    gpu = text.split("inference inversion")[1].split("##")[0]
    assert re.search(r"android/gpu/\S+ +\| android/npu/\S+ +\| 3\.00 +\| 2\.9\d to 3\.0\d", gpu)
    again = text.split("## Repeated within the run")[1].split("##")[0]
    assert re.search(r"/again +\| host/cpu/int8/photo-8mp +\| 1\.01 ", again)
    assert "no <OpenVINO> here" in rows["host/openvino/int8/1088x1920"]
    target = r"android/npu\S+ +\| Phone +\| 46\.10 +\| \S+ +\| \S+ +\| \+13\.2 +\| pass"
    assert re.search(target, text)


def test_ours_is_held_against_the_best_bare_engine() -> None:
    cases = (
        case("host/auto/int8/512x512", 109_000),
        case("host/cpu/int8/512x512", 130_000),
        case("host/litert/int8/512x512", 120_000),
        case("host/openvino/int8/512x512", 100_000),
        case("host/auto/fp32/512x512", 560_000),
        case("host/onnxruntime/fp32/512x512", 500_000),
        case("host/cpu/fp16/512x512", 500_000),  # nothing to be held against
    )
    text = report_text(replace(RUN, cases=cases))
    table = text.split("## Against the best bare engine")[1].split("##")[0]
    rows = [re.split(r" *\| *", row.strip("| ")) for row in table.splitlines() if "host/" in row]
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ("host/auto/int8/512x512", "host/openvino/int8/512x512", "1.090", "within"),
        ("host/cpu/int8/512x512", "host/openvino/int8/512x512", "1.300", "-"),
        ("host/auto/fp32/512x512", "host/onnxruntime/fp32/512x512", "1.120", "NOT WITHIN"),
    ]


def test_what_does_not_repeat_within_five_percent_is_found() -> None:
    assert unrepeatable(RUN.cases) == []
    slower = case("host/cpu/int8/photo-8mp/again", 2.2e6)
    (relation,) = unrepeatable((RUN.cases[0], slower))
    assert relation.ratio.value == pytest.approx(1.1)


def test_estimates_are_called_so(html: str) -> None:
    assert "ESTIMATED by roofline, not measured on any phone: Some Phone NPU 12.3 ms" in (
        report_text(RUN)
    )
    assert "ESTIMATE: Some Phone NPU" in html


def test_each_known_phone_shows_what_is_published_measured_compiled_and_estimated() -> None:
    compiled = (
        Compiled("SM8750", "int8", "1088x1920", True, 46, 46, 1, "a compiler"),
        Compiled("MT6993", "int8", "1088x1920", reason="no compiler here"),
    )
    estimates = {"Snapdragon 8 Elite NPU, int8, at least": 7.25}
    text = report_text(replace(RUN, compiled=compiled, estimates_ms=estimates))
    table = text.split("## Phones: what is known for 1088x1920")[1].split("##")[0]
    rows = {row.split(" (")[0].strip("| "): row for row in table.splitlines() if "(" in row}
    elite = [cell.strip() for cell in rows["Snapdragon 8 Elite"].split("|")[1:-1]]
    assert elite[1:3] == ["46.10", "39.95"]
    assert elite[3] == "int8 at 1088x1920: 46 of 46 operators in one part, by a compiler"
    assert elite[4] == "7.25"
    dimensity = [cell.strip() for cell in rows["Dimensity 9500"].split("|")[1:-1]]
    assert dimensity[1:] == ["34.00", "-", "no: no compiler here", "-"]
    assert "not asked" in report_text(RUN)
    gpu_alone = replace(RUN, cases=(case("android/gpu/int8/1088x1920", 1e4, PHONE),))
    unmeasured = report_text(gpu_alone).split("## Phones")[1].split("##")[0]
    assert re.search(r"Elite \(SM8750\) +\| 46\.10 +\| - ", unmeasured)


def test_another_picture_is_told_and_not_held_against_ours() -> None:
    same = Sameness("host/litert/int8/512x512", None, None, same=True)
    wrong = Sameness("host/litert/int8/512x512", 28.4, 3.1, same=False)
    cases = (
        replace(case("host/cpu/int8/512x512", 130_000), sameness=same),
        case("host/litert/int8/512x512", 120_000),
        replace(case("host/openvino/int8/512x512", 60_000), sameness=wrong),
    )
    text = report_text(replace(RUN, cases=cases))
    assert "NOT THE PICTURE" in text
    assert "their speed does not count: host/openvino/int8/512x512." in text
    table = text.split("## The same picture of the same weights?")[1].split("##")[0]
    assert re.search(r"host/openvino\S+ +\| host/litert\S+ +\| 28\.40 .*ANOTHER PICTURE", table)
    assert re.search(r"host/cpu\S+ +\| host/litert\S+ +\| equal .*\| same", table)
    best = text.split("## Against the best bare engine")[1].split("##")[0]
    assert "host/openvino" not in best
    assert "1.083" in best
    assert "NOT THE PICTURE" not in report_text(RUN)


def test_a_sustained_run_shows_drift_and_heat() -> None:
    throttled = replace(
        case("android/npu/int8/1088x1920", 33_000, PHONE),
        samples_us=(33_000.0,) * 20 + (49_500.0,) * 20,
    )
    text = report_text(replace(RUN, cases=(throttled, RUN.cases[0])))
    table = text.split("## Sustained")[1].split("##")[0]
    assert re.search(
        r"android/npu\S+ +\| 1\.65 +\| 33\.00 +\| 49\.50 +\| \+50\.0 +"
        r"\| 30 to 36\.5 °C, 0 to 1 status +\| slows down",
        table,
    )
    assert "steady" in table
    assert "Drift of more than 5 % in 1 cases" in text


def test_a_busy_machine_is_told() -> None:
    busy = replace(RUN.cases[0], before=Thermal(load=2.5))
    assert "busy" in report_text(replace(RUN, cases=(busy,)))
    assert "busy" not in report_text(RUN)


def test_the_page_needs_nothing_beside_it_and_names_nothing_twice(html: str) -> None:
    figures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(figures) == 6
    for figure in figures:
        ElementTree.fromstring(figure)
    identifiers = re.findall(r'\bid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))
    used = set(re.findall(r'href="#([^"]+)"', html)) | set(re.findall(r"url\(#([^)]+)\)", html))
    assert used <= set(identifiers)
    outside = set(re.findall(r'(?:src|href)="(?!#)([^"]+)"', html))
    assert not outside
    assert "Fast &amp; &lt;Cheap&gt; CPU" in html
    assert "<Cheap>" not in html
    assert "°C" in html


def test_the_same_run_makes_the_same_page(html: str) -> None:
    assert page(RUN) == html


def test_a_run_without_samples_has_no_plots_but_says_why() -> None:
    html = page(replace(RUN, cases=RUN.cases[-1:], estimates_ms={}))
    assert "<svg" not in html
    assert "no &lt;OpenVINO&gt; here" in html
