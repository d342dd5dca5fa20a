"""The description is complete: nothing the service answers is missing from it."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from litedenoise_sdk.server.app import create_app
from tests.server.conftest import SETTINGS

APP = create_app(SETTINGS)
DESCRIPTION: dict[str, Any] = APP.openapi()
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.app = APP


def test_every_answer_is_described_with_an_example_of_each_refusal() -> None:
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            for status, answer in operation["responses"].items():
                if status >= "4":
                    (content,) = answer["content"].items()
                    assert content[0] == "application/problem+json"
                    assert content[1]["example"]["status"] == int(status)


@SCHEMA.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case: Case[Any]) -> None:
    not_described: Any = CHECKS.get_one("positive_data_acceptance")
    # That bytes must be a photo, or a parameter stand in one place alone, no schema can say.
    case.call_and_validate(base_url="http://localhost", excluded_checks=[not_described])


@pytest.mark.parametrize("path", ["/openapi.json"])
def test_it_is_served(client: Any, path: str) -> None:
    assert client.get(path).json() == DESCRIPTION
