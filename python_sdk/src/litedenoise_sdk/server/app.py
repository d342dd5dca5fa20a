"""The service as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from litedenoise_sdk.server import about_routes, denoise_route, job_routes
from litedenoise_sdk.server.descriptions import DESCRIPTION, SUMMARY
from litedenoise_sdk.server.guard import DEVICE_PATH, Guard, require_key
from litedenoise_sdk.server.problems import add_handlers
from litedenoise_sdk.server.service import Service
from litedenoise_sdk.server.settings import ServerSettings

PAGE = Path(__file__).parent / "page"


def create_app(settings: ServerSettings) -> FastAPI:
    """The service with these settings; its workers start and stop with the application."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        service = Service(settings)
        app.state.service = service
        try:
            yield
        finally:
            await run_in_threadpool(service.close)

    app = FastAPI(
        title="LiteDenoise",
        version=version("litedenoise-sdk"),
        summary=SUMMARY,
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=running,
        # Swagger's and ReDoc's pages would load their code from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    key = [Depends(require_key(settings.api_key))] if settings.api_key else []
    app.include_router(about_routes.health_router)
    for router in (about_routes.router, denoise_route.router, job_routes.router):
        app.include_router(router, dependencies=key)
    app.add_route("/", partial(_index, settings), include_in_schema=False)
    app.mount("/page", StaticFiles(directory=PAGE))
    if settings.web is not None:
        app.mount(DEVICE_PATH, StaticFiles(directory=Path(settings.web) / "device"))
    add_handlers(app)
    app.add_middleware(Guard, settings=settings)
    return app


async def _index(settings: ServerSettings, _: Request) -> HTMLResponse:
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    if settings.web is not None:
        page = page.replace(
            'name="places" content="server"', 'name="places" content="server device"'
        )
    return HTMLResponse(page)
