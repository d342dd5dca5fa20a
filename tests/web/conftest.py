"""The static site in a real browser: `make web` builds it."""

import base64
import io
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.browser.site import ISOLATED, SITE, STRICT, serving
from tests.browser import opened_page

PATIENCE_MS = 120_000


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js."""
    found = shutil.which("node")
    if found is None:
        pytest.fail("expected node in PATH; on Debian and Ubuntu: apt install nodejs npm")
    return found


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the site, served with isolation and a strict content security policy."""
    if not (SITE / "index.html").exists():
        pytest.fail("expected the site in build/web; make web")
    with serving({**ISOLATED, **STRICT}) as url:
        yield url


@pytest.fixture
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The site's page, without the service worker, which would fetch every file for each test.

    Parametrize indirectly with options of ``Browser.new_context`` for other browsers.
    """
    options = {"service_workers": "block", **getattr(request, "param", {})}
    with opened_page(browser, site, patience_ms=PATIENCE_MS, **options) as page:
        yield page


@pytest.fixture(scope="session")
def noisy() -> NDArray[np.uint8]:
    """(240, 330, 3): noise around two colours."""
    values = np.random.default_rng(3).normal(0, 20, (240, 330, 3))
    values += np.where(np.arange(330)[:, None] < 160, [90, 120, 150], [170, 110, 80])
    return values.clip(0, 255).astype(np.uint8)


def encoded(pixels: NDArray[np.uint8], format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def pixels_of(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def run(page: Page, script: str, **given: Any) -> Any:
    """Runs the body of an async function in the page.

    It sees ``Denoiser``, ``placesFor``, and what is ``given``: bytes arrive as a Blob. What it
    returns comes back, a Blob as bytes.
    """
    packed = {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in given.items()
    }
    found = page.evaluate(_AROUND.replace("SCRIPT", script), packed)
    return _unpacked(found)


def _unpacked(found: Any) -> Any:
    if isinstance(found, dict):
        if set(found) == {"base64"}:
            return base64.b64decode(found["base64"])
        return {name: _unpacked(value) for name, value in found.items()}
    return found


_AROUND = """async (packed) => {
  const { Denoiser } = await import("/device/denoiser.js");
  const { placesFor } = await import("/device/places.js");
  const given = {};
  for (const [name, value] of Object.entries(packed)) {
    const letters = value?.base64 && atob(value.base64);
    given[name] = letters === undefined ? value
      : new Blob([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))]);
  }
  const pack = async (value) => {
    if (!(value instanceof Blob)) return value;
    const bytes = new Uint8Array(await value.arrayBuffer());
    let letters = "";
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return { base64: btoa(letters) };
  };
  const found = await (async () => { SCRIPT })();
  if (found?.constructor !== Object) return pack(found);
  const entries = Object.entries(found).map(async ([name, value]) => [name, await pack(value)]);
  return Object.fromEntries(await Promise.all(entries));
}"""
