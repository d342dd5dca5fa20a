"""The whole page as its users meet it, without a service."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Route

from benchmarks.browser.site import STRICT, serving
from benchmarks.record import load_run
from litedenoise_sdk import Denoiser
from litedenoise_sdk.model.load import load_released
from tests.browser import opened_page
from tests.web.conftest import PATIENCE_MS, encoded, pixels_of

NARROW = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def violations(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def choose(page: Page, path: Path) -> None:
    page.set_input_files("#files", path)
    page.wait_for_selector("#divider:not([hidden])")


def installability_errors(page: Page) -> set[str]:
    session = page.context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    return {error["errorId"] for error in errors}


@pytest.fixture
def photo(noisy: NDArray[np.uint8], tmp_path: Path) -> Path:
    path = tmp_path / "night.webp"
    path.write_bytes(encoded(noisy[:100, :120], "WEBP", lossless=True))
    return path


@pytest.mark.parametrize("page", [NARROW], indirect=True)
def test_a_photo_from_choosing_to_download(page: Page, photo: Path, tmp_path: Path) -> None:
    assert page.inner_text("#promise") == "They never leave this page."
    assert page.is_hidden("#place-choice")
    choose(page, photo)
    assert "on this device" in page.inner_text("#status")
    assert "int8" in page.inner_text("#facts")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
    page.locator("#strength").fill("60")
    with page.expect_download() as download:
        page.tap("#download")
    assert download.value.suggested_filename == "night.webp.png"
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    with Denoiser("int8", "cpu") as denoiser:
        expected = denoiser.denoise(pixels_of(photo.read_bytes()), 0.6)
    np.testing.assert_array_equal(pixels_of(saved.read_bytes()), expected)


def test_it_works_offline_and_is_isolated_on_a_host_that_sends_no_headers(
    browser: Browser, photo: Path
) -> None:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    with serving(STRICT) as url:
        loads: list[Page] = []
        page.on("load", lambda one: loads.append(one))
        page.goto(url)
        while len(loads) < 2:  # the service worker has every file, and loads the page anew
            page.wait_for_event("load")
    assert installability_errors(page) == {"in-incognito"}  # as every page of a test is
    # The server is gone.
    page.reload()
    assert page.evaluate("window.crossOriginIsolated")
    choose(page, photo)
    assert "on this device" in page.inner_text("#status")
    context.close()


def test_over_plain_http_it_runs_in_one_thread_and_says_why(browser: Browser, photo: Path) -> None:
    with serving(STRICT) as url:
        address = url.replace("localhost", "plain.test")
        with opened_page(browser, address, patience_ms=PATIENCE_MS) as page:
            assert not page.evaluate("window.isSecureContext")
            choose(page, photo)
            assert "1 thread" in page.inner_text("#facts")
            assert "threads need HTTPS or localhost" in page.inner_text("#facts")


def test_a_latency_is_measured_and_read_by_the_benchmarks(page: Page, tmp_path: Path) -> None:
    page.goto(f"{page.url}latency.html")
    page.select_option("#block", "64x64")
    page.click("#start")
    page.wait_for_selector("#save:not([hidden])")
    assert violations(page) == []
    with page.expect_download() as download:
        page.click("#save")
    saved = tmp_path / "latency.json"
    download.value.save_as(saved)
    (case,) = load_run(saved).cases
    assert case.name == "browser/wasm/int8/64x64"
    assert case.model is not None
    assert case.model.sha256 == load_released("int8").sidecar.sha256
    assert case.summary is not None
    assert f"{case.summary.p90_us / 1000:.1f} ms" in page.inner_text("#facts")


def test_a_photo_can_be_stopped_and_tried_again(page: Page, photo: Path) -> None:
    held: list[Route] = []
    page.context.route("**/litedenoisenet-int8.tflite", lambda route: held.append(route))
    with page.expect_request("**/litedenoisenet-int8.tflite"):
        page.set_input_files("#files", photo)
    page.click("#cancel")
    assert page.inner_text("#alert") == "night.webp: cancelled before it was done"
    assert page.is_disabled("#download")
    for route in held:
        route.continue_()
    page.click("#again")
    page.wait_for_selector("#divider:not([hidden])")
    assert page.is_hidden("#alert")


def test_work_goes_on_in_a_hidden_tab(page: Page, photo: Path) -> None:
    """Browsers hold back the timers and the frames of a page that nobody sees."""
    page.evaluate(
        """() => {
          window.setTimeout = window.setInterval = window.requestAnimationFrame = () => 0;
          Object.defineProperty(document, "hidden", { value: true });
          Object.defineProperty(document, "visibilityState", { value: "hidden" });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.set_input_files("#files", [photo, photo])
    page.wait_for_selector("#strip li:nth-child(2) button[data-state=done]")
    assert "on this device" in page.inner_text("#status")
