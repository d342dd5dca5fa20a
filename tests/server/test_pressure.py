"""What the service withstands: files that take too long, clients that take nothing, and many."""

import asyncio
import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from litedenoise_sdk.server.answers import _bounded
from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.places import Places
from litedenoise_sdk.server.problems import Problem, as_problem
from litedenoise_sdk.server.serve import make_server
from litedenoise_sdk.server.settings import ServerSettings
from litedenoise_sdk.server.waiting import finished
from litedenoise_sdk.server.work import Watch
from litedenoise_sdk.server.work_queue import WorkQueue
from tests.server.conftest import SETTINGS, Gate, picture, unnamed_files
from tests.server.live import live


class TestPlaces:
    def test_all_and_each(self) -> None:
        places = Places("clients", 3, 2)
        with ExitStack() as taken:
            taken.enter_context(places.taken("a"))
            taken.enter_context(places.taken("a"))
            with pytest.raises(Problem, match="2 of them from your address"):
                places.check("a")
            places.check("b")
            taken.enter_context(places.taken("b"))
            with pytest.raises(Problem, match="3 clients"):
                places.check("c")
        places.check("a")

    def test_followers_over_the_number_are_refused(self, gate: Gate) -> None:
        with live(replace(SETTINGS, followers=1)) as served:
            import httpx

            with httpx.Client(base_url=served.url, timeout=120) as client:
                job = client.post("/v1/jobs", files={"image": picture()}).json()["id"]
                with client.stream("GET", f"/v1/jobs/{job}/events") as first:
                    lines = first.iter_lines()  # dropping it would end the answer
                    assert next(lines).startswith("event")
                    refused = httpx.get(f"{served.url}/v1/jobs/{job}/events", timeout=120)
                    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
                gate.release()


def test_connections_over_the_number_are_told_and_closed() -> None:
    with live(replace(SETTINGS, connections=3)) as served, ExitStack() as opened:
        for _ in range(3):
            connection = opened.enter_context(served.connect())
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        with served.connect() as further, further.makefile("rb") as stream:
            head, _, body = stream.read().partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503")
        assert json.loads(body)["type"].endswith("too-many-connections")


def test_a_client_that_takes_nothing_loses_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    photo = picture(size=(1200, 1000))
    wide = replace(SETTINGS, max_upload_bytes=20_000_000, max_pixels=4_000_000, stalled_s=0.5)
    with live(wide) as served, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(300)
        connection.connect(("127.0.0.1", served.port))
        path = "/v1/denoise?strength=0"
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
        connection.sendall(f"{head}Content-Length: {len(photo)}\r\n\r\n".encode() + photo)
        assert connection.recv(12) == b"HTTP/1.1 200"
        while served.server.server_state.connections:
            served.service.jobs.forget_old()  # anything; the event loop goes on meanwhile
        assert unnamed_files(tmp_path) == []


def test_results_are_forgotten_while_nobody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    import httpx

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gate.release()
    with live(replace(SETTINGS, keep_s=0.01)) as served:
        httpx.post(f"{served.url}/v1/jobs", files={"image": picture()}, timeout=120)
        while served.service.jobs._jobs:
            os.sched_yield()


def test_whoever_has_most_results_loses_the_oldest(gate: Gate) -> None:
    with TestClient(create_app(replace(SETTINGS, kept_jobs=2)), base_url="http://localhost") as one:
        gate.release()
        jobs = one.app.state.service.jobs  # type: ignore[attr-defined]
        ids = []
        for client in ("greedy", "other", "greedy"):
            id = one.post("/v1/jobs", files={"image": picture()}).json()["id"]
            jobs._jobs[id].client = client
            jobs._jobs[id].future.result(120)
            ids.append(id)
        jobs.forget_old()
        assert [id in jobs._jobs for id in ids] == [False, True, True]


def test_readiness_tells_when_no_worker_is_free(gate: Gate) -> None:
    with TestClient(create_app(SETTINGS), base_url="http://localhost") as client:
        queue = client.app.state.service.queue  # type: ignore[attr-defined]
        assert client.get("/readyz").json() == {"status": "ok", "free_workers": 1, "waiting": 0}
        client.post("/v1/jobs", files={"image": picture()})
        gate.wait_until_entered()
        assert client.get("/readyz").json()["free_workers"] == 0
        (mark,) = queue._running
        queue._running[mark] -= 61
        refused = client.get("/readyz")
        assert refused.status_code == 503
        assert refused.json()["type"].endswith("no-worker-free")
        gate.release()


def test_notes_in_a_header_are_bounded() -> None:
    notes = tuple(f"note {number} " + "x" * 90 for number in range(500))
    kept = _bounded(notes)
    assert len(json.dumps(kept)) < 4100
    assert kept[-1] == f"and {500 - len(kept) + 1} more"
    assert _bounded(("one",)) == ["one"]
    (cut,) = _bounded(("x" * 50_000,))
    assert cut == "x" * 500 + " ..."


def test_an_error_that_nobody_expected_is_logged_once_with_its_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("unexpected")

    monkeypatch.setattr("litedenoise_sdk.server.denoise_route.read_photo", fail)
    with TestClient(create_app(SETTINGS), base_url="http://localhost") as client:
        answer = client.post("/v1/denoise", files={"image": picture()})
        assert answer.status_code == 500
        (entry,) = [entry for entry in caplog.records if entry.levelno >= logging.ERROR]
        assert entry.exc_info is not None
        assert entry.getMessage() in answer.json()["detail"]


def test_the_log_of_the_service_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "lastResort", None)  # as the command has it
    monkeypatch.setattr(logging.getLogger("litedenoise"), "handlers", [])
    make_server(ServerSettings())
    detail = as_problem(KeyError("unexpected")).detail
    logged = capsys.readouterr().err
    assert logged.count("unexpected") == 1
    assert re.findall("error [0-9a-f]{4}", logged) == re.findall("error [0-9a-f]{4}", detail)


class TestEnd:
    def test_requests_that_wait_when_the_time_of_grace_is_over(self) -> None:
        watch, future = Watch(600), Future[None]()
        future.set_running_or_notify_cancel()

        async def told() -> None:
            request = Request({"type": "http"}, asyncio.Event().wait)  # type: ignore[arg-type]
            waiting = asyncio.create_task(finished(request, future, watch))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(Problem) as refusal:
                await waiting
            assert refusal.value.status == 503

        _run(told())
        assert watch.is_cancelled

    def test_work_that_does_not_end_is_left_after_the_time_of_grace(self) -> None:
        queue = WorkQueue(1, 0)
        with ThreadPoolExecutor(1):
            read, write = os.pipe()
            future = queue.submit(lambda: os.read(read, 1))
            assert not queue.close(0.1)
            os.write(write, b"x")
            assert future.result(60) == b"x"
            assert queue.close(60)
            os.close(read)
            os.close(write)

    def test_a_service_that_hangs_ends_all_the_same(self) -> None:
        """Its one worker waits for a byte that never comes, where nothing can interrupt it."""
        program = (
            "import os\n"
            "from litedenoise_sdk.cli.main import _stop_in_order\n"
            "_stop_in_order()\n"
            "from litedenoise_sdk.server import serve\n"
            "from litedenoise_sdk.server.settings import ServerSettings\n"
            "server_of = serve.make_server\n"
            "def make(settings):\n"
            "    server = server_of(settings)\n"
            "    loop = server.main_loop\n"
            "    async def hanging():\n"
            "        server.service.queue.submit(lambda: os.read(os.pipe()[0], 1))\n"
            "        print('hangs', flush=True)\n"
            "        await loop()\n"
            "    server.main_loop = hanging\n"
            "    return server\n"
            "serve.make_server = make\n"
            "serve.serve(ServerSettings(port=0, workers=1, grace_s=0.1))\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as service:
            assert cast(io.TextIOBase, service.stdout).readline() == "hangs\n"
            service.send_signal(signal.SIGTERM)
            _, errors = service.communicate(timeout=300)
        assert service.returncode == 1
        assert "work that cannot be stopped is left" in errors


def test_connections_that_wait_are_accepted_a_few_at_a_time() -> None:
    """Else those of clients that have left take the places of others for a while."""
    config = make_server(ServerSettings()).config
    assert 1 < config.backlog <= config.http.keywords["most"] / 4  # type: ignore[union-attr]


def test_nothing_begins_for_a_client_that_left_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(*_: object) -> None:
        pytest.fail("the photo was queued")

    monkeypatch.setattr(WorkQueue, "submit", begin)
    app = create_app(SETTINGS)
    left = iter([{"type": "http.request", "body": picture()}])
    status = []

    async def receive() -> Any:
        return next(left, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        status.append(message.get("status"))

    async def post() -> None:
        headers = [(b"host", b"localhost"), (b"content-type", b"image/png")]
        scope = {"type": "http", "method": "POST", "path": "/v1/denoise", "headers": headers}
        async with app.router.lifespan_context(app):
            await app({**scope, "query_string": b"", "root_path": ""}, receive, send)

    _run(post())
    assert status[0] == 409


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own, as the tests' own may hold the loop of a browser."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
