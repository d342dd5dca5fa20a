"""The service with the folder of ``make web``: the page offers the device, isolated."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from litedenoise_sdk.errors import OptionsError
from litedenoise_sdk.server.app import create_app
from tests.server.conftest import SETTINGS

SCRIPT = "export class Denoiser {}"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    folder = tmp_path / "device"
    folder.mkdir()
    (folder / "denoiser.js").write_text(SCRIPT)
    settings = replace(SETTINGS, web=tmp_path)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def test_the_page_offers_both_places_and_is_isolated(client: TestClient) -> None:
    page = client.get("/")
    assert '<meta name="places" content="server device">' in page.text
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_webassembly_may_be_compiled_on_the_devices_path_alone(client: TestClient) -> None:
    script = client.get("/device/denoiser.js")
    assert script.text == SCRIPT
    assert "script-src 'self' 'wasm-unsafe-eval';" in script.headers["Content-Security-Policy"]
    for path in ("/", "/page/app.js", "/v1/models", "/devices"):
        assert "wasm" not in client.get(path).headers["Content-Security-Policy"]


def test_without_the_folder_the_page_knows_the_server_alone() -> None:
    with TestClient(create_app(SETTINGS), base_url="http://localhost") as client:
        page = client.get("/")
        assert '<meta name="places" content="server">' in page.text
        assert "Cross-Origin-Embedder-Policy" not in page.headers
        assert client.get("/device/denoiser.js").status_code == 404


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="make web"):
        replace(SETTINGS, web=tmp_path)
