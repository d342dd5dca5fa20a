"""Settings of all tests, set before anything is imported."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# "auto" would measure this machine's accelerators first; its own tests let it.
os.environ.setdefault("LITEDENOISE_ACCELERATORS", "none")

# A busy machine is no reason to fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TOOL_FIXTURES = {"browser", "node", "swiftshader", "adb_server"}
"""What needs more than Python: Chromium, Node.js, a Vulkan driver, adb."""

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if TOOL_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.tools)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    # Imported late, as most tests need no browser.
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        pytest.fail("expected chromium in PATH; on Debian and Ubuntu: apt install chromium")
    with sync_playwright() as playwright:
        # The graphics processor in software, as test machines have none.
        flags = [
            "--no-sandbox",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            "--enable-unsafe-webgpu",
            "--use-webgpu-adapter=swiftshader",
            # A host that is not this machine by its name, so that plain HTTP is not trusted.
            "--host-resolver-rules=MAP plain.test 127.0.0.1",
        ]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()
