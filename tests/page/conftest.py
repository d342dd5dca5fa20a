"""The page in a real browser, served by the real service with the smallest network."""

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from litedenoise_sdk.server.settings import ServerSettings
from tests.browser import opened_page
from tests.server.live import Live, live

PATIENCE_MS = 60_000


@pytest.fixture(scope="session")
def served() -> Iterator[Live]:
    with live(ServerSettings(workers=1, max_memory_mb=100)) as served:
        yield served


@pytest.fixture
def page(browser: Browser, served: Live, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The service's page, with int8 chosen.

    Parametrize indirectly with options of ``Browser.new_context`` for other browsers.
    """
    options = getattr(request, "param", {})
    with opened_page(browser, served.url, patience_ms=PATIENCE_MS, **options) as page:
        page.select_option("#precision", "int8")
        yield page


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """400x300 of noise around two colours, as PNG with an EXIF camera; another one for each test,
    as the service keeps results."""
    seed = crc32(tmp_path.name.encode())
    values = np.random.default_rng(seed).normal(0, 20, (300, 400, 3))
    values += np.where(np.arange(400)[:, None] < 200, [90, 120, 150], [170, 110, 80])
    path = tmp_path / "Straße 1.png"
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(path, exif=exif)
    return path


def denoise(page: Page, *photos: Path) -> None:
    """Uploads photos, and waits until the first is done."""
    page.set_input_files("#files", list(photos))
    page.wait_for_selector("#download:not([disabled])")
    page.wait_for_selector("#divider:not([hidden])")


def set_slider(page: Page, name: str, value: int) -> None:
    page.locator(f"#{name}").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')) }",
        value,
    )
