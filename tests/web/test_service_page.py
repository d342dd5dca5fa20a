"""The service's page with the device beside the server."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser

from benchmarks.browser.site import SITE
from litedenoise_sdk.server.settings import ServerSettings
from tests.server.live import live
from tests.web.conftest import PATIENCE_MS, encoded


def test_on_this_device_no_photo_reaches_the_server(
    browser: Browser, noisy: NDArray[np.uint8], tmp_path: Path
) -> None:
    photo = tmp_path / "night.png"
    photo.write_bytes(encoded(noisy[:60, :70]))
    with live(ServerSettings(workers=1, web=SITE)) as served:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        asked: list[str] = []
        page.on("request", lambda one: asked.append(f"{one.method} {one.url}"))
        page.goto(served.url)
        page.select_option("#place", "device")
        page.select_option("#precision", "int8")
        assert page.inner_text("#promise") == "They never leave this page."
        page.set_input_files("#files", photo)
        page.wait_for_selector("#divider:not([hidden])")
        assert "on this device" in page.inner_text("#status")
        assert page.evaluate("window.crossOriginIsolated")
        page.close()
    assert [one for one in asked if not one.startswith("GET ")] == []
    assert [one for one in asked if "/v1/" in one and not one.endswith("/v1/models")] == []
