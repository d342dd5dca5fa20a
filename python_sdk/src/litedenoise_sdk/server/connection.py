"""HTTP connections that answer slow, huge or malformed request heads with problem details."""

import asyncio
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from litedenoise_sdk.server.problems import Problem, retry_after


class Connection(H11Protocol):
    """uvicorn's connection, which itself waits for the end of a head without end, and answers
    broken ones in plain text.

    Args:
        head_limit_s: longest that the head of a request may take.
        max_head_bytes: what a refusal for its size names.
        most: connections open at a time; further ones are told so and closed.
        stalled_s: longest that a client may take nothing of an answer.
        options: as for ``H11Protocol``.
    """

    def __init__(
        self,
        *,
        head_limit_s: float,
        max_head_bytes: int,
        most: int,
        stalled_s: float,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._most = most
        self._stalled_s = stalled_s
        self._stalled: asyncio.TimerHandle | None = None
        self._head_limit_s = head_limit_s
        self._max_head_bytes = max_head_bytes
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._most:
            detail = f"{self._most} connections are open; try again in a few seconds"
            self._refuse(Problem(503, "too-many-connections", detail, retry_after(3)))
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_awaiting()
        self._taken()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Called when the client leaves more of an answer than the buffers hold."""
        super().pause_writing()
        # Closing would wait until all is taken.
        self._stalled = self.loop.call_later(self._stalled_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._taken()

    def _taken(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._await_head()
        else:
            self._stop_awaiting()

    def send_400_response(self, msg: str) -> None:
        """Called while h11's error is handled."""
        error = sys.exception()
        if getattr(error, "error_status_hint", None) == 431:
            detail = f"expected at most {self._max_head_bytes} bytes of headers"
            self._refuse(Problem(431, "headers-too-large", detail))
        else:
            self._refuse(Problem(400, "bad-request", f"this is not HTTP/1.1: {error or msg}"))

    def _await_head(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(self._head_limit_s, self._give_up)

    def _stop_awaiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        if not self.conn.trailing_data[0]:  # opened in advance, as browsers do
            self.transport.close()
            return
        detail = f"expected the headers within {self._head_limit_s:g} s; their end did not come"
        self._refuse(Problem(408, "headers-too-slow", detail))

    def _refuse(self, problem: Problem) -> None:
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = problem.response()
            headers = [*answer.raw_headers, (b"connection", b"close")]
            for event in (
                h11.Response(status_code=problem.status, headers=headers),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
