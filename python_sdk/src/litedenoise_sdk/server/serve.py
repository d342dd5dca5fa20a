"""Runs the service until it is told to stop."""

from functools import partial
from typing import Any

import uvicorn

from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.connection import Connection
from litedenoise_sdk.server.guard import MAX_HEADER_BYTES
from litedenoise_sdk.server.settings import ServerSettings

_SHUTDOWN_S = 30


def serve(settings: ServerSettings) -> None:
    """Serves until SIGINT or SIGTERM; photos in work are finished first.

    Raises:
        SystemExit: the address is taken or not this machine's.
    """
    make_server(settings).run()


def make_server(settings: ServerSettings) -> uvicorn.Server:
    """The service, not running yet."""
    connection: Any = partial(
        Connection, head_limit_s=settings.upload_timeout_s, max_head_bytes=MAX_HEADER_BYTES
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
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(settings.time_limit_s) + _SHUTDOWN_S,
    )
    return uvicorn.Server(config)
