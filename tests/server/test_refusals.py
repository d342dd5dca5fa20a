"""Bad input: an exact 4xx with a reason for each kind, and nothing left behind."""

import gzip
import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.server.conftest import SETTINGS, picture, unnamed_files

OCTETS = {"content-type": "application/octet-stream"}


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []
    assert unnamed_files(tmp_path) == []


def bomb() -> bytes:
    """A PNG of 25 gigapixels in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 200_000, 125_000, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


def animation() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("L", (8, 8), value) for value in (0, 99)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def polyglot() -> bytes:
    """A photo that is a ZIP archive, too."""
    file = io.BytesIO(picture("JPEG"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("payload.txt", "hello")
    return file.getvalue()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("photo.jpg", picture("JPEG"))
    return file.getvalue()


def check(answer: Any, status: int, kind: str, reason: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:litedenoise:problem:{kind}"
    assert problem["status"] == status
    assert reason in problem["detail"]


@pytest.mark.parametrize(
    ("body", "status", "kind", "reason"),
    [
        (b"", 422, "unreadable-photo", "empty"),
        (b"not a picture at all, only words", 422, "unreadable-photo", "not a known picture"),
        (picture()[:200], 422, "unreadable-photo", "cut short"),
        (picture("JPEG")[:300], 422, "unreadable-photo", ""),
        (bomb(), 413, "photo-too-large", "megapixels"),
        (animation(), 415, "unsupported-photo", "GIF"),
        (b"\0\0\0\x18ftypmp42" + bytes(40), 415, "unsupported-photo", "video"),
        (b"\0\0\0\x18ftypheic" + bytes(40), 422, "unreadable-photo", "HEIC"),
        (polyglot(), 415, "hidden-archive", "ZIP"),
        (archive(), 415, "hidden-archive", "ZIP"),
        (bytes(SETTINGS.max_upload_bytes + 1), 413, "upload-too-large", "4 MB"),
    ],
    ids=[
        *("empty", "words", "cut-png", "cut-jpeg", "bomb", "gif", "video"),
        *("heic", "polyglot", "zip", "large"),
    ],
)
@pytest.mark.parametrize("way", ["raw", "form"])
def test_bad_files(
    client: TestClient, way: str, body: bytes, status: int, kind: str, reason: str
) -> None:
    if way == "raw":
        answer = client.post("/v1/denoise", content=body, headers=OCTETS)
    else:
        answer = client.post("/v1/denoise", files={"image": ("a", body)})
    check(answer, status, kind, reason)


def test_a_body_without_length_is_counted_as_it_comes(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield bytes(1_000_000)

    answer = client.post("/v1/denoise", content=pieces(), headers=OCTETS)
    check(answer, 413, "upload-too-large", "4 MB")


@pytest.mark.parametrize(
    ("type", "status", "reason"),
    [
        ("application/json", 415, "got application/json"),
        ("", 415, "got no Content-Type"),
        ("image/png", 415, "says image/png, but the bytes are JPEG"),
        ("image/heic", 415, "got image/heic"),
    ],
)
def test_wrong_content_types(client: TestClient, type: str, status: int, reason: str) -> None:
    answer = client.post("/v1/denoise", content=picture("JPEG"), headers={"content-type": type})
    check(answer, status, "wrong-content-type", reason)


def test_encoded_bodies(client: TestClient) -> None:
    headers = {"content-type": "image/png", "content-encoding": "gzip"}
    answer = client.post("/v1/denoise", content=gzip.compress(picture()), headers=headers)
    check(answer, 415, "encoded-body", "gzip")


def test_the_type_of_a_part_must_fit_too(client: TestClient) -> None:
    answer = client.post("/v1/denoise", files={"image": ("a.png", picture(), "image/jpeg")})
    check(answer, 415, "wrong-content-type", "says image/jpeg, but the bytes are PNG")


def part(disposition: str, content: bytes = b"a") -> bytes:
    head = f"--x\r\nContent-Disposition: form-data{disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n--x--"


FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("type", "body", "reason"),
    [
        ("multipart/form-data", b"abc", "boundary"),
        (FORM, b"abc", "cannot be read"),
        (FORM, part(""), "name"),
        (FORM, part('; name="image"'), "as a file"),
        (FORM, part('; name="photo"; filename="a"'), "'photo'"),
        (FORM, part('; name="luma"', b"1" * 99), "maximum size"),
    ],
    ids=["no-boundary", "no-form", "no-name", "no-file", "other-field", "long-field"],
)
def test_broken_forms(client: TestClient, type: str, body: bytes, reason: str) -> None:
    answer = client.post("/v1/denoise", content=body, headers={"content-type": type})
    check(answer, 400, "broken-form", reason)


def test_two_photos_in_one_form(client: TestClient) -> None:
    files = [("image", ("a.png", picture())), ("image", ("b.png", picture()))]
    check(client.post("/v1/denoise", files=files), 400, "broken-form", "Too many files")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/passwd", "is a path"),
        ("folder/photo.png", "is a path"),
        ("..", "is a path"),
        ("a%0Ab.png", "line breaks"),
        ("a\nb.png", "line breaks"),
        ("a%0D%0Ab.png", "line breaks"),
        ("a\x85b.png", "line breaks"),
        ("a\x07b.png", "control characters"),
        ("a" * 296 + ".png", "longer than 255 bytes"),
        ("🌄" * 70, "longer than 255 bytes"),
    ],
)
def test_bad_file_names(client: TestClient, name: str, reason: str) -> None:
    # Written by hand, as client libraries would not send all of these.
    body = part(f'; name="image"; filename="{name}"', picture())
    answer = client.post("/v1/denoise", content=body, headers={"content-type": FORM})
    check(answer, 400, "invalid-file-name", reason)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"strenght": "1"}, "strenght: there is no such parameter"),
        ({"strength": "2"}, "strength"),
        ({"strength": "nan"}, "strength"),
        ({"luma": "a lot"}, "luma"),
        ({"precision": "fp64"}, "precision"),
        ({"format": "gif"}, "format"),
    ],
)
@pytest.mark.parametrize("way", ["query", "form"])
def test_bad_parameters(
    client: TestClient, way: str, parameters: dict[str, str], reason: str
) -> None:
    if way == "query":
        answer = client.post("/v1/denoise", files={"image": picture()}, params=parameters)
    else:
        answer = client.post("/v1/denoise", files={"image": picture()}, data=parameters)
    check(answer, 422, "invalid-parameter", reason)


def test_a_parameter_given_twice(client: TestClient) -> None:
    answer = client.post(
        "/v1/denoise", files={"image": picture()}, data={"luma": "1"}, params={"luma": "0"}
    )
    check(answer, 422, "invalid-parameter", "luma: given 2 times")


def test_a_format_that_cannot_hold_the_photo(client: TestClient) -> None:
    wide = picture(size=(16_400, 2))
    answer = client.post(
        "/v1/denoise", files={"image": wide}, params={"strength": "0", "format": "webp"}
    )
    check(answer, 422, "format-cannot-hold-it", "16383")


def test_unknown_paths_and_methods(client: TestClient) -> None:
    check(client.get("/v2/denoise"), 404, "not-found", "Not Found")
    answer = client.put("/v1/denoise")
    check(answer, 405, "method-not-allowed", "expected POST; got PUT")
    assert answer.headers["allow"] == "POST"


def test_large_headers(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"x-long": "a" * 20_000})
    check(answer, 431, "headers-too-large", "16384 bytes")


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file of this process can grow beyond ``size`` bytes, as if the disk were full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("way", ["raw", "form"])
def test_a_full_disk_while_uploading(client: TestClient, way: str) -> None:
    body = bytes(3_000_000)
    with disk_of(2_000_000):
        if way == "raw":
            answer = client.post("/v1/denoise", content=body, headers=OCTETS)
        else:
            answer = client.post("/v1/denoise", files={"image": body})
    check(answer, 413, "no-room", "no room")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_full_disk_for_a_job(client: TestClient) -> None:
    with disk_of(100):
        answer = client.post("/v1/jobs", files={"image": picture()})
        check(answer, 413, "no-room", "no room")
    photo = picture("JPEG")  # that fits, but its pixels do not
    with disk_of(len(photo)):
        job = client.post("/v1/jobs?precision=int8", files={"image": photo}).json()["id"]
        service = client.app.state.service  # type: ignore[attr-defined]
        service.jobs.find(job).future.result(60)
    status = client.get(f"/v1/jobs/{job}").json()
    assert status["state"] == "failed"
    assert status["problem"]["type"] == "urn:litedenoise:problem:no-room"


def test_a_full_disk_while_taking_a_result(client: TestClient) -> None:
    job = client.post("/v1/jobs?precision=int8", files={"image": picture()}).json()["id"]
    service = client.app.state.service  # type: ignore[attr-defined]
    service.jobs.find(job).future.result(60)
    with disk_of(2000):
        answer = client.get(f"/v1/jobs/{job}/result")
    check(answer, 413, "no-room", "no room")
    assert client.get(f"/v1/jobs/{job}/result").status_code == 200
    assert client.delete(f"/v1/jobs/{job}").status_code == 204


def test_a_full_disk_while_writing_the_result(client: TestClient) -> None:
    with disk_of(2000):
        answer = client.post("/v1/denoise", files={"image": picture()}, params={"strength": 0})
    check(answer, 413, "no-room", "no room")


def test_one_bad_request_never_harms_the_next(client: TestClient) -> None:
    for body in (b"", b"words", bomb(), polyglot(), picture()[:99]):
        assert client.post("/v1/denoise", content=body, headers=OCTETS).status_code >= 400
        good = client.post("/v1/denoise", files={"image": picture()}, params={"strength": 0})
        assert good.status_code == 200
