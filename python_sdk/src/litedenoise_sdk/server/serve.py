"""Runs the service until it is told to stop."""

import os
import socket
import sys
import threading
import time
from functools import partial
from typing import Any

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.connection import Connection
from litedenoise_sdk.server.guard import MAX_HEADER_BYTES
from litedenoise_sdk.server.service import LAST_S, Service
from litedenoise_sdk.server.settings import ServerSettings

_SHARE_AT_ONCE = 8
_LOGGING: dict[str, Any] = {
    **LOGGING_CONFIG,
    "loggers": {**LOGGING_CONFIG["loggers"], "litedenoise": {"handlers": ["default"]}},
}


class Server(uvicorn.Server):
    """uvicorn's, with one time of grace for requests and jobs together.

    Attributes:
        last_resort: called in a thread of its own where the service has not ended after that, as
            when native code hangs; nothing is done where it is None.
    """

    def __init__(self, config: uvicorn.Config, settings: ServerSettings) -> None:
        super().__init__(config)
        self._grace_s = settings.grace_s
        self._alarm: threading.Timer | None = None
        self.last_resort: Any = None

    @property
    def service(self) -> Service:
        service: Service = self.config.app.state.service  # type: ignore[union-attr]
        return service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.service.stop_by = time.monotonic() + self._grace_s
        if self.last_resort is not None:
            self._alarm = threading.Timer(self._grace_s + 2 * LAST_S, self.last_resort)
            self._alarm.daemon = True
            self._alarm.start()
        await super().shutdown(sockets)

    def rest(self) -> None:
        """Calls off the last resort, if all work has ended."""
        if self._alarm is not None and not self.service.queue.running:
            self._alarm.cancel()


def serve(settings: ServerSettings) -> None:
    """Serves until SIGINT or SIGTERM; what runs then has the time of grace to finish.

    Raises:
        SystemExit: the address is taken or not this machine's.
    """
    server = make_server(settings)
    server.last_resort = _end_process
    server.run()
    server.rest()


def make_server(settings: ServerSettings) -> Server:
    """The service, not running yet."""
    connection: Any = partial(
        Connection,
        head_limit_s=settings.upload_timeout_s,
        max_head_bytes=MAX_HEADER_BYTES,
        most=settings.connections,
        stalled_s=settings.stalled_s,
    )
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http=connection,
        ws="none",
        # Above the guard's limit, so that it is the guard that explains.
        h11_max_incomplete_event_size=4 * MAX_HEADER_BYTES,
        server_header=False,
        log_config=_LOGGING,
        # All that wait are accepted in one go, also those that have left: so few that they are
        # noticed before new ones are refused for their number.
        backlog=max(1, settings.connections // _SHARE_AT_ONCE),
        timeout_keep_alive=5,
        timeout_graceful_shutdown=max(1, int(settings.grace_s)),
    )
    return Server(config, settings)


def _end_process() -> None:
    print("litedenoise: work that cannot be stopped is left; ending", file=sys.stderr, flush=True)
    os._exit(1)
