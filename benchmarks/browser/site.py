"""The static site that `make web` builds, on a real socket, with the headers that are wanted."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "web"
MODELS = ROOT / "models" / "released"

ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
STRICT = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
        "img-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
}


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, headers: Mapping[str, str], **kwargs: object) -> None:
        self._extra = headers
        super().__init__(*args, directory=str(SITE), **kwargs)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        # The site leaves fp32 out; it is the same network, and easier to hold to the SDK.
        name = path.rpartition("/")[2]
        return str(MODELS / name) if "-fp32." in name else super().translate_path(path)

    def end_headers(self) -> None:
        for name, value in self._extra.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(headers: Mapping[str, str]) -> Iterator[str]:
    """Serves the site until the block ends; gives its address, which counts as secure."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, headers=headers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
