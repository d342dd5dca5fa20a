"""A photo through the page in a real Chromium, and what that takes."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.browser.site import ISOLATED, STRICT, serving

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Visit:
    """What a photo took in the page.

    Attributes:
        cpu_s: processor time of all the page's processes, from opening the network to the file.
        heap_mb: of wasm memory, in 1e6 bytes.
        answers_ms: by how much the page was late to what it had set itself for every 20 ms, while
            it worked.
        threads: that the network ran in.
    """

    cpu_s: float
    heap_mb: float
    answers_ms: list[float]
    threads: int


@contextmanager
def chromium() -> Iterator[Browser]:
    """Raises FileNotFoundError where there is none."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        raise FileNotFoundError(
            "expected chromium in PATH; on Debian and Ubuntu: apt install chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def visit(browser: Browser, photo: bytes, *, threads: int, is_phone: bool) -> Visit:
    """Opens the page anew, and denoises ``photo`` there at full strength."""
    context = browser.new_context(service_workers="block")
    session = browser.new_browser_cdp_session()
    try:
        with serving({**ISOLATED, **STRICT}) as url:
            page = context.new_page()
            page.set_default_timeout(0)
            page.goto(url)
            page.evaluate(_TAKE, base64.b64encode(photo).decode())
            before_s = _cpu_s(session)
            found = page.evaluate(_DENOISE, {"threads": threads, "isPhone": is_phone})
            cpu_s = _cpu_s(session) - before_s
    finally:
        session.detach()
        context.close()
    report = found["report"]
    return Visit(
        cpu_s=cpu_s,
        heap_mb=report["heapBytes"] / 1e6,
        answers_ms=found["answers"],
        threads=report["threads"],
    )


def _cpu_s(session: CDPSession) -> float:
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(one["cpuTime"]) for one in processes if one["type"] == "renderer")


_TAKE = """(letters) => {
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  window.photo = new Blob([bytes]);
}"""

_DENOISE = """async (options) => {
  const { Denoiser } = await import("/device/denoiser.js");
  const answers = [];
  let due = performance.now() + 20;
  const asking = setInterval(() => {
    answers.push(Math.max(0, performance.now() - due));
    due = performance.now() + 20;
  }, 20);
  const denoiser = await Denoiser.open(options);
  const restoration = await denoiser.restore(window.photo);
  await restoration.file();
  await denoiser.close();
  clearInterval(asking);
  return { report: restoration.report, answers };
}"""
