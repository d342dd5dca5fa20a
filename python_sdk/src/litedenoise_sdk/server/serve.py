"""Runs the service until it is told to stop."""

import uvicorn

from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.guard import MAX_HEADER_BYTES
from litedenoise_sdk.server.settings import ServerSettings

_SHUTDOWN_S = 30


def serve(settings: ServerSettings) -> None:
    """Serves until SIGINT or SIGTERM; what runs then is finished first.

    Raises:
        SystemExit: the address is taken or not this machine's.
    """
    make_server(settings).run()


def make_server(settings: ServerSettings) -> uvicorn.Server:
    """The service, not running yet."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http="h11",
        ws="none",
        # Above the guard's limit, so that it is the guard that explains.
        h11_max_incomplete_event_size=4 * MAX_HEADER_BYTES,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(settings.time_limit_s) + _SHUTDOWN_S,
    )
    return uvicorn.Server(config)
