"""POST /v1/denoise: the same pixels as the SDK's, with headers that say how they came about."""

import io
import json

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from litedenoise_sdk import Denoiser
from tests.server.conftest import picture, pixels


def test_a_form_gives_what_the_sdk_gives(client: TestClient) -> None:
    photo = picture()
    answer = client.post(
        "/v1/denoise", files={"image": ("a.png", photo)}, data={"precision": "int8"}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    with Denoiser("int8") as denoiser:
        np.testing.assert_array_equal(pixels(answer.content), denoiser.denoise(pixels(photo)))


def test_a_raw_body_gives_the_same_as_a_form(client: TestClient) -> None:
    photo = picture()
    parameters = {"precision": "int8", "strength": "0.5", "chroma": "1"}
    raw = client.post(
        "/v1/denoise", content=photo, headers={"content-type": "image/png"}, params=parameters
    )
    form = client.post("/v1/denoise", files={"image": photo}, data=parameters)
    assert raw.status_code == form.status_code == 200
    assert raw.content == form.content


def test_headers_say_what_ran_and_how_long(client: TestClient) -> None:
    answer = client.post(
        "/v1/denoise", files={"image": picture("JPEG")}, params={"precision": "int8"}
    )
    assert answer.headers["litedenoise-accelerator"] == "cpu"
    assert answer.headers["litedenoise-precision"] == "int8"
    stages = [part.partition(";")[0] for part in answer.headers["server-timing"].split(", ")]
    assert stages == ["decode", "inference", "encode"]
    assert json.loads(answer.headers["litedenoise-notes"]) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("jpeg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp"), ("tiff", "image/tiff")],
)
def test_the_format_can_be_chosen(client: TestClient, name: str, kind: str) -> None:
    answer = client.post(
        "/v1/denoise", files={"image": picture()}, params={"format": name, "strength": 0}
    )
    assert answer.headers["content-type"] == kind
    assert pixels(answer.content).shape == (40, 48, 3)


def test_strength_zero_runs_nothing(client: TestClient) -> None:
    photo = picture()
    answer = client.post("/v1/denoise", files={"image": photo}, params={"strength": "0"})
    assert answer.headers["litedenoise-accelerator"] == "none"
    np.testing.assert_array_equal(pixels(answer.content), pixels(photo))


def test_metadata_survives_and_transparency_is_named_where_it_cannot(client: TestClient) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    file = io.BytesIO()
    Image.open(io.BytesIO(picture(mode="RGBA"))).save(file, "PNG", exif=exif)
    answer = client.post(
        "/v1/denoise", files={"image": file.getvalue()}, params={"strength": 0, "format": "jpeg"}
    )
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.getexif()[0x010F] == "A camera"
    assert any("transparen" in note for note in json.loads(answer.headers["litedenoise-notes"]))


@pytest.mark.parametrize(
    ("name", "format", "told"),
    [
        ("sunset.png", None, "sunset.png"),
        ("sunset.png", "jpeg", "sunset.jpg"),
        ("🌄 Köln.png", None, "%F0%9F%8C%84%20K%C3%B6ln.png"),
        ("no-ending", "tiff", "no-ending.tif"),
    ],
)
def test_the_photo_keeps_its_name(
    client: TestClient, name: str, format: str | None, told: str
) -> None:
    parameters = {"strength": "0", **({"format": format} if format else {})}
    answer = client.post("/v1/denoise", files={"image": (name, picture())}, params=parameters)
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{told}"
