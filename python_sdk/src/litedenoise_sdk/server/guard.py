"""Looks at every request before its route does, and counts every answer."""

import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from litedenoise_sdk.server.metrics import Metrics
from litedenoise_sdk.server.problems import Problem, as_problem
from litedenoise_sdk.server.settings import ServerSettings

MAX_HEADER_BYTES = 16_384
_BEARER = HTTPBearer(auto_error=False, description="the key that the service was started with")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}

DEVICE_PATH = "/device"
_ISOLATED = {
    # Without these the browser gives the network one thread.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
_COMPILING = {
    "Content-Security-Policy": _ALWAYS["Content-Security-Policy"].replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
}


class Guard:
    """ASGI middleware: refuses oversized headers and requests that other web sites send here."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers(scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        problem = self._problem(scope)
        try:
            if problem is None:
                await self._answered(scope, receive, sending)
            else:
                await problem.response()(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            metrics: Metrics = scope["app"].state.service.metrics
            # Clients may make up methods, but not as many counters as they like.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            metrics.answered(route, method, status, time.perf_counter() - started)

    def _headers(self, path: str) -> dict[str, str]:
        """What every answer carries; WebAssembly may be compiled by the device's worker alone."""
        if self._settings.web is None:
            return _ALWAYS
        compiling = _COMPILING if path.startswith(f"{DEVICE_PATH}/") else {}
        return {**_ALWAYS, **_ISOLATED, **compiling}

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application's answer; what it raises by mistake is logged once and told."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if begun:  # the server logs it, and closes the connection
                raise
            await as_problem(error).response()(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size + len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_HEADER_BYTES:
            return Problem(
                431, "headers-too-large", f"expected at most {MAX_HEADER_BYTES} bytes of headers"
            )
        headers = Headers(scope=scope)
        # A page of another site may have its name point to this machine (DNS rebinding). Not
        # Starlette's TrustedHostMiddleware, as that answers in plain text, without problem details.
        if self._settings.on_loopback and _host_of(headers.get("host", "")) not in _LOCAL:
            return Problem(403, "foreign-host", "expected a request for localhost")
        origin = headers.get("origin")
        if origin is not None and not _is_own(origin, headers.get("host", "")):
            return Problem(403, "foreign-origin", "pages of other sites may not use this service")
        return None


def require_key(key: str) -> Callable[..., Awaitable[None]]:
    """A dependency that lets in those who know the key."""

    async def check(
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> None:
        if given is None or not hmac.compare_digest(given.credentials.encode(), key.encode()):
            raise Problem(
                401,
                "key-needed",
                "expected the header Authorization: Bearer KEY with the key of this service",
                {"WWW-Authenticate": "Bearer"},
            )

    return check


def _is_own(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


def _host_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
