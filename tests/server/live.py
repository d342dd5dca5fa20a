"""The real service on a real socket, in a thread of the test's process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from litedenoise_sdk.server.serve import make_server
from litedenoise_sdk.server.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Live:
    """A service that runs: its address, and the parts of it that a test looks into."""

    port: int
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> Any:
        return self.server.config.app.state.service  # type: ignore[union-attr]

    def connect(self) -> socket.socket:
        """A bare connection, for requests that no client library would send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


@contextmanager
def live(settings: ServerSettings) -> Iterator[Live]:
    """Runs the service until the block ends, and waits for its end."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = make_server(settings)
    started = threading.Event()
    main_loop = server.main_loop

    async def run_loop() -> None:
        started.set()
        await main_loop()

    server.main_loop = run_loop  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert started.wait(60)
        yield Live(listening.getsockname()[1], server)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
