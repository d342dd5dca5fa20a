"""How long the page's own thread is busy at a time, while a user's photo is denoised."""

import json
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.browser.site import ISOLATED, STRICT, serving

_CATEGORIES = ["toplevel"]


def longest_task_ms(browser: Browser, photo: bytes) -> float:
    """Chooses ``photo`` on the page, and saves the result.

    Returns:
        processor time of the longest task of the thread that answers the user, whatever else the
        machine does.
    """
    context = browser.new_context(service_workers="block", viewport={"width": 1280, "height": 800})
    with tempfile.TemporaryDirectory() as folder, serving({**ISOLATED, **STRICT}) as url:
        source, trace = Path(folder, "photo.jpg"), Path(folder, "trace.json")
        source.write_bytes(photo)
        page = context.new_page()
        page.set_default_timeout(0)
        page.goto(url)
        page.wait_for_selector("#precision option", state="attached")
        browser.start_tracing(page=page, path=trace, categories=_CATEGORIES)
        page.set_input_files("#files", source)
        page.wait_for_selector("#divider:not([hidden])")
        with page.expect_download() as download:
            page.click("#download")
        download.value.path()
        browser.stop_tracing()
        events = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
    context.close()
    answering = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return max(
        float(event["tdur"]) / 1000
        for event in events
        if (event["pid"], event["tid"]) in answering and "tdur" in event
    )
