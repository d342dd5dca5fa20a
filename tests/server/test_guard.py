"""Who may use the service: this machine, its own page, and those who know the key."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from litedenoise_sdk import OptionsError
from litedenoise_sdk.cli.main import main
from litedenoise_sdk.server.app import create_app
from litedenoise_sdk.server.settings import ServerSettings
from tests.server.conftest import SETTINGS, picture

KEY = "correct horse battery"


def test_requests_for_other_names_are_refused_on_loopback(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"host": "evil.example"})
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:litedenoise:problem:foreign-host"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://["])
def test_pages_of_other_sites_are_refused(client: TestClient, origin: str) -> None:
    answer = client.post("/v1/denoise", files={"image": picture()}, headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:litedenoise:problem:foreign-origin"


def test_the_own_page_is_let_in(client: TestClient) -> None:
    assert client.get("/v1/models", headers={"origin": "http://localhost"}).status_code == 200


def test_made_up_methods_share_one_counter(client: TestClient) -> None:
    for number in range(3):
        assert client.request(f"METHOD{number}", "/healthz").status_code == 405
    counted = client.get("/metrics").text
    assert 'method="other",route="/healthz",status="405"} 3.0' in counted
    assert "METHOD" not in counted


def test_with_a_key_only_its_holders_get_in() -> None:
    settings = replace(SETTINGS, api_key=KEY)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        for path in ("/v1/models", "/metrics", "/v1/jobs/x"):
            refused = client.get(path)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
            assert refused.json()["type"] == "urn:litedenoise:problem:key-needed"
        assert (
            client.get("/v1/models", headers={"authorization": "Bearer wrong"}).status_code == 401
        )
        assert (
            client.get("/v1/models", headers={"authorization": f"Bearer {KEY}"}).status_code == 200
        )
        for open_to_all in ("/healthz", "/readyz", "/"):
            assert client.get(open_to_all).status_code == 200


def test_an_address_that_others_reach_needs_a_key() -> None:
    with pytest.raises(OptionsError, match="LITEDENOISE_API_KEY"):
        ServerSettings(host="0.0.0.0")
    assert not ServerSettings(host="0.0.0.0", api_key=KEY).on_loopback
    assert KEY not in repr(ServerSettings(api_key=KEY))


@pytest.mark.parametrize(
    "option",
    [["--host", "0.0.0.0"], ["--workers", "0"], ["--waiting", "-1"], ["--port", "99999"]],
)
def test_the_command_refuses_bad_settings(
    option: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LITEDENOISE_API_KEY", raising=False)
    assert main(["serve", *option]) == 2
