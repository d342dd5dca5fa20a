"""Denoising in the browser through the modules' own interface."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from benchmarks.browser.site import serving
from litedenoise_sdk import Denoiser
from litedenoise_sdk.options import Precision
from tests.web.conftest import PATIENCE_MS, encoded, pixels_of, run


def expected(noisy: NDArray[np.uint8], precision: Precision = "int8") -> NDArray[np.uint8]:
    with Denoiser(precision, "cpu") as denoiser:
        return denoiser.denoise(noisy)


@pytest.mark.parametrize("threads", [1, 2])
def test_int8_equals_the_sdk_with_any_number_of_threads(
    page: Page, noisy: NDArray[np.uint8], threads: int
) -> None:
    found = run(
        page,
        """
        const [place] = placesFor({ precision: "int8", gpu: false });
        const denoiser = new Denoiser([{ ...place, threads: given.threads, budgetBytes: 16e6 }]);
        const steps = [];
        const restoration = await denoiser.restore(given.photo, {
          onProgress: ({ done, total }) => steps.push([done, total]),
        });
        const { report, noise } = restoration;
        return { steps, report, noise, file: await restoration.file() };
        """,
        photo=encoded(noisy),
        threads=threads,
    )
    np.testing.assert_array_equal(pixels_of(found["file"]), expected(noisy))
    total = found["steps"][0][1]
    assert total > 1
    assert found["steps"] == [[done, total] for done in range(total + 1)]
    assert found["report"]["threads"] == threads
    assert found["report"]["reason"] == ""
    assert found["report"]["heapBytes"] < 300e6
    assert found["noise"]["luma"] > 5


def test_fp32_is_within_one_level(page: Page, noisy: NDArray[np.uint8]) -> None:
    photo = noisy[:100, :120]
    found = run(
        page,
        """
        const denoiser = await Denoiser.open({ precision: "fp32" });
        return denoiser.denoise(given.photo);
        """,
        photo=encoded(photo),
    )
    difference = np.abs(pixels_of(found).astype(int) - expected(photo, "fp32"))
    assert difference.max() <= 1
    assert (difference == 0).mean() > 0.999


def test_without_isolation_it_runs_in_one_thread_and_says_why(
    browser: Browser, noisy: NDArray[np.uint8]
) -> None:
    photo = noisy[:60, :70]
    with serving({}) as url:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{url}/page/icon.svg")  # no page that would install the service worker
        found = run(
            page,
            """
            const restoration = await (await Denoiser.open()).restore(given.photo);
            return { report: restoration.report, file: await restoration.file() };
            """,
            photo=encoded(photo),
        )
        page.close()
    assert found["report"]["threads"] == 1
    assert "not isolated" in found["report"]["reason"]
    np.testing.assert_array_equal(pixels_of(found["file"]), expected(photo))


def test_given_up_between_blocks_and_the_next_photo_works(
    page: Page, noisy: NDArray[np.uint8]
) -> None:
    found = run(
        page,
        """
        const places = placesFor({ precision: "int8", gpu: false });
        const denoiser = new Denoiser(places.map((place) => ({ ...place, budgetBytes: 16e6 })));
        const stopping = new AbortController();
        const steps = [];
        const onProgress = ({ done }) => { steps.push(done); if (done === 1) stopping.abort(); };
        const first = denoiser.restore(given.photo, { signal: stopping.signal, onProgress });
        const waiting = denoiser.restore(given.photo, { signal: stopping.signal });
        const small = denoiser.denoise(given.small);
        const settled = await Promise.allSettled([first, waiting]);
        const names = settled.map(({ reason }) => reason?.name);
        return { names, steps, file: await small };
        """,
        photo=encoded(noisy),
        small=encoded(noisy[:30, :40]),
    )
    assert found["names"] == ["AbortError", "AbortError"]
    assert found["steps"] == [0, 1]
    np.testing.assert_array_equal(pixels_of(found["file"]), expected(noisy[:30, :40]))


@pytest.mark.parametrize("is_idle", [True, False])
def test_a_worker_that_crashes_is_replaced(
    page: Page, noisy: NDArray[np.uint8], is_idle: bool
) -> None:
    photo = noisy[:60, :70]
    run(page, "window.denoiser = await Denoiser.open();")
    (worker,) = (one for one in page.workers if one.url.endswith("/device/worker.js"))
    crash = "reportError(new Error('out of luck'))"
    if is_idle:
        worker.evaluate(f"() => {crash}")
    else:
        worker.evaluate(
            f"""() => self.addEventListener("message", ({{ data }}) => {{
              if (data.kind === "restore") {crash};
            }})"""
        )
    found = run(
        page,
        """
        const restoration = await window.denoiser.restore(given.photo);
        return { report: restoration.report, file: await restoration.file() };
        """,
        photo=encoded(photo),
    )
    assert re.search("the worker stopped: .*out of luck", found["report"]["reason"])
    np.testing.assert_array_equal(pixels_of(found["file"]), expected(photo))


def test_memory_that_runs_out_is_no_silent_garbage(page: Page, noisy: NDArray[np.uint8]) -> None:
    found = run(
        page,
        """
        const [place, least] = placesFor({ precision: "int8", gpu: false });
        const denoiser = new Denoiser([{ ...place, maxHeapBytes: 34_000_000 }, least]);
        const restoration = await denoiser.restore(given.photo);
        return { report: restoration.report, file: await restoration.file() };
        """,
        photo=encoded(noisy),
    )
    assert "LiteRT could not" in found["report"]["reason"]
    np.testing.assert_array_equal(pixels_of(found["file"]), expected(noisy))


def test_webgpu_is_taken_only_where_it_agrees(page: Page, noisy: NDArray[np.uint8]) -> None:
    photo = noisy[:32, :32]  # fits the block that is tried, which is slow to open twice
    found = run(
        page,
        """
        const [place] = placesFor({ precision: "fp32", gpu: false });
        const onGpu = new Denoiser([{ ...place, processor: "webgpu", mostPx: 85_000 }]);
        const { report } = await onGpu.restore(given.photo);
        const other = await (await Denoiser.open({ gpu: true })).restore(given.photo);
        return { report, other: other.report, file: await other.file() };
        """,
        photo=encoded(photo),
    )
    assert found["report"]["processor"] == "webgpu"
    assert found["report"]["agreementDb"] >= 50
    if found["other"]["processor"] == "wasm":
        assert "shader-f16" in found["other"]["reason"]
        np.testing.assert_array_equal(pixels_of(found["file"]), expected(photo))
    else:
        assert found["other"]["agreementDb"] >= 50


def test_the_page_answers_while_it_works(page: Page, noisy: NDArray[np.uint8]) -> None:
    answers = run(
        page,
        """
        const places = placesFor({ precision: "int8", gpu: false });
        const denoiser = new Denoiser(places.map((place) => ({ ...place, budgetBytes: 16e6 })));
        const { port1, port2 } = new MessageChannel();
        let answers = 0;
        port1.onmessage = () => { answers++; port2.postMessage(null); };
        const counts = [];
        port2.postMessage(null);
        await denoiser.restore(given.photo, { onProgress: () => counts.push(answers) });
        port1.close();
        return counts;
        """,
        photo=encoded(noisy),
    )
    assert len(answers) > 2
    assert answers[-1] > answers[0]
