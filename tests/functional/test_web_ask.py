"""POST /api/v1/ask as a client meets it."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema
import msgspec
import pytest
from fastapi.testclient import TestClient

from hickam.interfaces.web.app import create_app
from hickam.model.answer import CitedAnswer
from hickam.services.claims_index import ClaimsIndex
from hickam.services.knowledge import Knowledge

STORY = "48-year-old woman. Painful swollen left calf for three days after a flight. Takes the combined pill."


@pytest.fixture(scope="module")
def client(knowledge: Knowledge) -> Iterator[TestClient]:
    assert ClaimsIndex(knowledge).names.things  # built before the clock of a request runs
    with TestClient(create_app(knowledge)) as found:
        yield found


def test_an_answer_fits_its_schema_and_is_kept_by_no_cache(client: TestClient) -> None:
    response = client.post("/api/v1/ask", json={"question": "Does magnesium help against night cramps?"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    jsonschema.validate(response.json(), msgspec.json.schema(CitedAnswer))


def test_a_conversation_is_carried_by_the_client(client: TestClient) -> None:
    about = {"text": STORY}
    first = client.post("/api/v1/ask", json={"question": "How likely is a clot?", "about": about}).json()
    assert first["short"][0]["claims"] == ["case#cause.deep_vein_thrombosis"]
    assert first["urgent"]["level"] == "same_day"
    assert "flight" not in str(first["carry"])
    then = client.post(
        "/api/v1/ask", json={"question": "what would exclude it?", "about": about, "before": first["carry"]}
    ).json()
    assert then["short"][0]["claims"] == ["conditions/deep_vein_thrombosis#do_not_miss.exclusion"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "who?", "before": {"kind": 3}}, "before"),
        ({"question": "who?", "about": {}}, "about"),
        ({"question": "who?", "as_of": "never"}, ""),
    ],
)
def test_unusable_requests_are_problems(client: TestClient, body: dict[str, object], where: str) -> None:
    response = client.post("/api/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert where in str(response.json())


def test_the_workbench_has_the_box(client: TestClient) -> None:
    assert "/static/workbench.js" in client.get("/workbench").text
    assert 'from "./ask.js"' in client.get("/static/workbench.js").text
    assert 'id="ask-form"' in client.get("/static/ask.js").text
