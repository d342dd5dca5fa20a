"""Jobs: started, followed, taken at several strengths, cancelled and forgotten."""

import json
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient

from litedenoise_sdk import Denoiser, Strength
from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.settings import ServerSettings
from tests.server.conftest import SETTINGS, Gate, picture, pixels
from tests.server.live import live


def start(client: TestClient | httpx.Client, photo: bytes | None = None, **fields: str) -> str:
    answer = client.post("/v1/jobs", files={"image": ("a", photo or picture())}, data=fields)
    assert answer.status_code == 202, answer.text
    job: str = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/jobs/{job}"
    return job


def events(client: TestClient | httpx.Client, job: str) -> list[tuple[str, Any]]:
    """All of them, up to the last."""
    found = []
    with client.stream("GET", f"/v1/jobs/{job}/events", timeout=120) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
    return found


def test_events_end_with_the_finished_job(client: TestClient) -> None:
    job = start(client, precision="int8")
    name, status = events(client, job)[-1]
    assert name == status["state"] == "done"
    assert status["done_blocks"] == status["total_blocks"] == status["rows"] * status["columns"]
    assert (status["width"], status["height"], status["format"]) == (48, 40, "PNG")
    assert status["accelerator"]["actual"] == "cpu"
    assert client.get(f"/v1/jobs/{job}").json() == status


def test_results_of_several_strengths_cost_one_inference(client: TestClient, gate: Gate) -> None:
    gate.release()
    photo = picture()
    job = start(client, photo)
    events(client, job)
    before = pixels(photo).astype(float)
    for strength in (0.0, 0.25, 1.0):
        answer = client.get(f"/v1/jobs/{job}/result", params={"strength": strength})
        expected = before + strength * (255 - 2 * before)
        assert np.abs(pixels(answer.content) - expected).max() <= 0.5
    gate.wait_until_entered()
    assert not gate.entered.acquire(blocking=False)


def test_a_remembered_result_claims_no_inference_time(client: TestClient, gate: Gate) -> None:
    gate.release()
    photo = picture()
    first, second = (events(client, start(client, photo))[-1][1] for _ in range(2))
    assert first["inference_ms"] > 0
    assert second["state"] == "done"
    assert second["inference_ms"] is None
    timings = client.post("/v1/denoise", files={"image": photo}).headers["server-timing"]
    assert 'inference;desc="remembered"' in timings


def test_luma_and_chroma_blend_as_the_sdk_does(client: TestClient) -> None:
    photo = picture("TIFF")
    job = start(client, photo, precision="int8")
    events(client, job)
    answer = client.get(f"/v1/jobs/{job}/result", params={"luma": "0.3", "chroma": "1"})
    assert answer.headers["content-type"] == "image/tiff"
    with Denoiser("int8") as denoiser:
        expected = denoiser.denoise(pixels(photo), Strength(luma=0.3, chroma=1))
    np.testing.assert_array_equal(pixels(answer.content), expected)


def test_transparency_is_kept(client: TestClient) -> None:
    photo = picture(mode="RGBA")
    job = start(client, photo, precision="int8")
    events(client, job)
    result = pixels(client.get(f"/v1/jobs/{job}/result").content)
    np.testing.assert_array_equal(result[..., 3], pixels(photo)[..., 3])


def test_a_broken_photo_fails_its_job_with_a_reason(client: TestClient) -> None:
    job = start(client, picture()[:200])
    name, status = events(client, job)[-1]
    assert name == "failed"
    assert status["problem"]["type"] == "urn:litedenoise:problem:unreadable-photo"
    assert client.get(f"/v1/jobs/{job}/result").status_code == 409


def test_a_waiting_and_a_running_job_are_cancelled(gate: Gate) -> None:
    with live(SETTINGS) as served, httpx.Client(base_url=served.url) as client:
        running, waiting = start(client), start(client)
        gate.wait_until_entered()
        assert client.get(f"/v1/jobs/{running}/result").status_code == 409
        assert client.delete(f"/v1/jobs/{waiting}").status_code == 204
        assert events(client, waiting)[-1][0] == "cancelled"
        assert client.delete(f"/v1/jobs/{running}").status_code == 204
        gate.release()
        assert events(client, running)[-1][0] == "cancelled"


def test_a_job_over_the_time_limit_fails(gate: Gate) -> None:
    settings = replace(SETTINGS, time_limit_s=1e-9)
    with live(settings) as served, httpx.Client(base_url=served.url) as client:
        gate.release()
        _, status = events(client, start(client))[-1]
    assert status["problem"]["type"] == "urn:litedenoise:problem:takes-too-long"


def test_a_finished_job_is_forgotten_when_told(client: TestClient) -> None:
    job = start(client, precision="int8")
    events(client, job)
    assert client.delete(f"/v1/jobs/{job}").status_code == 204
    for path in ("", "/events", "/result"):
        answer = client.get(f"/v1/jobs/{job}{path}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:litedenoise:problem:no-such-job"


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (replace(SETTINGS, kept_jobs=1), [False, True]),
        (replace(SETTINGS, keep_s=1e-9), [False, False]),
    ],
    ids=["too-many", "too-old"],
)
def test_finished_jobs_are_forgotten_in_time(settings: ServerSettings, kept: list[bool]) -> None:
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        service = client.app.state.service  # type: ignore[attr-defined]
        jobs = [start(client, precision="int8") for _ in kept]
        for job in jobs:
            service.jobs._jobs[job].future.result(60)
        assert [client.get(f"/v1/jobs/{job}").status_code == 200 for job in jobs] == kept
