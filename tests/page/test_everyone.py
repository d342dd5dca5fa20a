"""The page on a phone, with a screen reader and with the keyboard alone."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.page.conftest import denoise, set_slider

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_everything_fits_the_width(page: Page, photo: Path) -> None:
    denoise(page, photo)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("#strength", "#download", "#zoom", "#divider"):
        page.locator(name).scroll_into_view_if_needed()
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    with page.expect_download():
        page.tap("#download")


def violations(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize(
    "page",
    [{"color_scheme": "dark"}, {"color_scheme": "light"}, {**PHONE, "color_scheme": "dark"}],
    indirect=True,
    ids=["dark", "light", "phone"],
)
def test_axe_finds_nothing(page: Page, photo: Path) -> None:
    assert violations(page) == []
    denoise(page, photo)
    set_slider(page, "luma", 20)
    assert violations(page) == []


def test_the_keyboard_alone_is_enough(page: Page, photo: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.press("#choose", "Enter")
    chooser.value.set_files(photo)
    page.wait_for_selector("#divider:not([hidden])")
    page.focus("#theme")
    reached = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.id || document.activeElement.dataset.zoom")
        )
    assert reached >= {"viewer", "divider", "4", "strength", "luma", "chroma", "download", "remove"}
    page.focus("#strength")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#strength-value") == "99"
