"""Graphics adapters by name, asked of real drivers and of ones that misbehave."""

import sys
from pathlib import Path

import pytest

from litedenoise_sdk.runtime.accelerators.adapters import AdaptersUnknown, graphics_adapters


@pytest.mark.usefixtures("swiftshader")
def test_adapters_have_names_and_kinds() -> None:
    (adapter,) = graphics_adapters()
    assert adapter.startswith("SwiftShader")
    assert adapter.endswith("(software)")


@pytest.mark.tools  # the Vulkan loader
def test_without_a_driver_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VK_DRIVER_FILES", "/no/such/driver.json")
    assert graphics_adapters() == ()


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("import signal; signal.pause()", "did not answer within 0.5 s"),
        ("import os; os.abort()", "a driver crashed"),
        ("raise SystemExit('no Vulkan loader')", "no Vulkan loader"),
    ],
)
def test_drivers_that_hang_or_crash_are_told(
    does: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    asked.write_text(f"#!{sys.executable}\n{does}\n")
    asked.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(asked))
    with pytest.raises(AdaptersUnknown, match=reason):
        graphics_adapters(0.5 if "pause" in does else 60)
