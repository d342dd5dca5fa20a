"""Settings of all tests, set before anything is imported."""

import os

import pytest
from hypothesis import settings

# "auto" would measure this machine's accelerators first; its own tests let it.
os.environ.setdefault("LITEDENOISE_ACCELERATORS", "none")

# A busy machine is no reason to fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TOOL_FIXTURES = {"browser", "swiftshader", "adb_server"}
"""What needs more than Python: Chromium, a Vulkan driver, adb."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if TOOL_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.tools)
