"""The page of a service that needs a key."""

from pathlib import Path

from playwright.sync_api import Browser

from litedenoise_sdk.server.settings import ServerSettings
from tests.page.conftest import PATIENCE_MS, denoise
from tests.server.live import live

KEY = "correct horse battery"


def test_the_key_is_asked_for_once(browser: Browser, photo: Path) -> None:
    with live(ServerSettings(api_key=KEY, workers=1)) as served:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(served.url)
        page.fill("#key", KEY)
        page.keyboard.press("Enter")
        page.wait_for_selector("#precision option", state="attached")
        page.select_option("#precision", "int8")
        denoise(page, photo)
        page.close()
