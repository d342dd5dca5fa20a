"""A page in a real browser that has to run without errors, and to ask nobody else for anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page


@contextmanager
def opened_page(
    browser: Browser, url: str, *, patience_ms: float, **options: Any
) -> Iterator[Page]:
    """A fresh page of 1100x700 at the address.

    Args:
        patience_ms: how long each action may take.
        options: of ``Browser.new_context``.

    Raises:
        AssertionError: when the block ends: the page threw an error, or asked another server.
    """
    context = browser.new_context(**{"viewport": {"width": 1100, "height": 700}, **options})
    context.set_default_timeout(patience_ms)
    errors: list[str] = []
    requested: list[str] = []
    context.on("request", lambda one: requested.append(one.url))
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        yield page
        assert errors == []
        assert [one for one in requested if not one.startswith((url, "blob:", "data:"))] == []
    finally:
        context.close()
