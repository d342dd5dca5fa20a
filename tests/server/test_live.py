"""What only a real socket shows: a full queue, slow and broken clients, the service's end."""

import json
import os
import re
import signal
import socket
import subprocess
import sysconfig
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from litedenoise_sdk.errors import Cancelled
from litedenoise_sdk.server.work import Watch
from tests.server.conftest import SETTINGS, Gate, picture, unnamed_files
from tests.server.live import Live, live

COMMAND = Path(sysconfig.get_path("scripts")) / "litedenoise"
LONG_S = 120
"""For what should come, however busy the machine is."""


def get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=LONG_S)


def send(url: str, photo: bytes) -> httpx.Response:
    return httpx.post(f"{url}/v1/denoise", files={"image": photo}, timeout=LONG_S)


def request_head(length: int, path: str = "/v1/denoise", **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}"]
    lines += ["Content-Type: image/png", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answer_on(connection: object) -> tuple[int, dict[str, object]]:
    with connection.makefile("rb") as stream:  # type: ignore[attr-defined]
        status = int(stream.readline().split()[1])
        while stream.readline().strip():
            pass
        return status, json.loads(stream.readline())


@pytest.fixture
def served() -> Iterator[Live]:
    with live(replace(SETTINGS, upload_timeout_s=LONG_S)) as served:
        yield served


@pytest.fixture
def impatient() -> Iterator[Live]:
    with live(replace(SETTINGS, upload_timeout_s=1)) as served:
        yield served


def test_over_a_full_queue_clients_are_told_when_to_return(served: Live, gate: Gate) -> None:
    photo = picture()
    with ThreadPoolExecutor(3) as clients:
        taken = [clients.submit(send, served.url, photo)]
        gate.wait_until_entered()
        taken += [clients.submit(send, served.url, photo) for _ in range(2)]
        while not served.service.queue.is_full:
            os.sched_yield()
        refused = send(served.url, photo)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.json()["type"] == "urn:litedenoise:problem:queue-full"
        assert get(f"{served.url}/healthz").status_code == 200
        assert get(f"{served.url}/readyz").status_code == 503
        metrics = get(f"{served.url}/metrics").text
        assert "litedenoise_photos_waiting 2.0" in metrics
        gate.release()
        assert [future.result().status_code for future in taken] == [200, 200, 200]
    assert get(f"{served.url}/readyz").status_code == 200


def test_a_slow_upload_is_given_up(impatient: Live) -> None:
    with impatient.connect() as connection:
        connection.sendall(request_head(1000) + b"\x89PNG")
        status, problem = answer_on(connection)
    assert status == 408
    assert problem["type"] == "urn:litedenoise:problem:upload-too-slow"


def test_a_broken_upload_leaves_the_service_well(served: Live) -> None:
    with served.connect() as connection:
        connection.sendall(request_head(1000) + b"\x89PNG")
    assert send(served.url, b"").status_code == 422


@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_huge_headers(served: Live, size: int) -> None:
    with served.connect() as connection:
        connection.sendall(request_head(0, Connection="close", Long="a" * size)[:65_000])
        if size > 65_000:  # the rest would not be read any more
            connection.sendall(b"a" * 20_000)
        status, problem = answer_on(connection)
    assert status == problem["status"] == 431
    assert problem["type"] == "urn:litedenoise:problem:headers-too-large"


def test_what_is_not_http_is_told_so(served: Live) -> None:
    with served.connect() as connection:
        connection.sendall(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        status, problem = answer_on(connection)
    assert status == problem["status"] == 400
    assert problem["type"] == "urn:litedenoise:problem:bad-request"


def test_headers_without_end_are_given_up(impatient: Live) -> None:
    with impatient.connect() as connection:
        connection.sendall(request_head(1000)[:-2])
        status, problem = answer_on(connection)
    assert status == 408
    assert problem["type"] == "urn:litedenoise:problem:headers-too-slow"


def test_so_they_are_on_a_connection_that_was_used_before(impatient: Live) -> None:
    with impatient.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answered = b""
        while not answered.endswith(b"}"):
            answered += connection.recv(1000)
        connection.sendall(b"GET /healthz HT")
        status, _ = answer_on(connection)
    assert status == 408


def test_a_connection_without_a_request_is_closed(impatient: Live) -> None:
    with impatient.connect() as connection:
        assert connection.recv(1) == b""


def test_a_client_that_leaves_frees_its_worker(served: Live, gate: Gate) -> None:
    photo = picture(size=(700, 700))
    with served.connect() as connection:
        connection.sendall(request_head(len(photo)) + photo)
        gate.wait_until_entered()
    gate.release(1)
    while served.service.queue.running:
        gate.released.release()
    gate.release()
    assert send(served.url, picture()).status_code == 200


def test_a_client_that_leaves_while_its_result_is_encoded(
    served: Live, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def encode(_: object, __: object, watch: Watch) -> None:
        begun.set()
        while not watch.is_cancelled:
            os.sched_yield()
        stopped.set()
        raise Cancelled("nobody waits")

    monkeypatch.setattr("litedenoise_sdk.server.job_routes.encode_photo", encode)
    gate.release()
    answer = httpx.post(f"{served.url}/v1/jobs", files={"image": picture()}, timeout=LONG_S)
    served.service.jobs.find(answer.json()["id"]).future.result(LONG_S)
    with served.connect() as connection:
        path = answer.headers["location"] + "/result"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert begun.wait(LONG_S)
    assert stopped.wait(LONG_S)


def test_a_client_that_leaves_while_its_answer_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    photo = picture(size=(2000, 1600))  # more than the system keeps of an answer for both ends
    wide = replace(SETTINGS, max_upload_bytes=20_000_000, max_pixels=4_000_000)
    with live(wide) as served:
        with served.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request_head(len(photo), path="/v1/denoise?strength=0") + photo)
            connection.recv(20)
            assert unnamed_files(tmp_path)
        while unnamed_files(tmp_path):
            os.sched_yield()
        assert send(served.url, picture()).status_code == 200


def test_a_follower_that_leaves_stops_no_job(served: Live, gate: Gate) -> None:
    answer = httpx.post(f"{served.url}/v1/jobs", files={"image": picture()}, timeout=LONG_S)
    job = f"{served.url}{answer.headers['location']}"
    gate.wait_until_entered()
    with httpx.stream("GET", f"{job}/events", timeout=LONG_S) as events:
        assert "running" in next(events.iter_lines())
    gate.release()
    with httpx.stream("GET", f"{job}/events", timeout=LONG_S) as events:
        assert "event: done" in list(events.iter_lines())


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_file_is_ever_seen_or_left(tmp_path: Path, end: signal.Signals) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [str(COMMAND), "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        url = ""
        while not url:
            line = process.stderr.readline()
            url = "".join(re.findall(r"http://127\.0\.0\.1:\d+", line))
        photo = picture(size=(800, 700))
        assert len(photo) > 1 << 20  # larger than what is held in memory
        answer = httpx.post(f"{url}/v1/denoise?strength=0", files={"image": photo}, timeout=LONG_S)
        assert answer.status_code == 200
        started = httpx.post(
            f"{url}/v1/jobs?precision=int8", files={"image": photo}, timeout=LONG_S
        )
        assert started.status_code == 202
        assert list(tmp_path.iterdir()) == []
        process.send_signal(end)
        process.stderr.read()
    assert process.returncode == -end if end == signal.SIGKILL else process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_what_runs_is_finished_before_the_service_ends(gate: Gate) -> None:
    with ThreadPoolExecutor(1) as client:
        with live(SETTINGS) as served:
            answer = client.submit(send, served.url, picture())
            gate.wait_until_entered()
            served.server.should_exit = True
            gate.release()
        assert answer.result().status_code == 200
