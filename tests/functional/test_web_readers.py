"""The four readers over the API: chosen with each request, each with words of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from hickam.interfaces.web.app import create_app
from hickam.services.knowledge import Knowledge

READERS = {
    "clinician": "Not excluded yet.",
    "student": "How to read the reasons",
    "researcher": "Codes:",
    "patient": "Call the emergency number",
}
CLAUDICATION = (
    "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
)
SERIOUS = (
    "66-year-old man. For six months wasting and weakness of the right leg, twitching of the muscles in legs and arms, "
    "brisk reflexes, cramps every day, slurred speech, no numbness."
)
QUICK = {"draws": 0, "explain": False, "steps": 0}


@pytest.fixture(scope="module")
def client(knowledge: Knowledge) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge)) as opened:
        yield opened


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_is_answered_and_has_a_report(client: TestClient, reader: str) -> None:
    answer = client.post("/api/v1/assess", json={"text": CLAUDICATION, "reader": reader, **QUICK})
    assert answer.json()["reader"] == reader
    report = {"text": CLAUDICATION, "reader": reader, "kind": "report", "format": "html"}
    page = client.post("/api/v1/note", json=report)
    assert page.status_code == 200
    assert READERS[reader] in page.text


def test_an_unknown_reader_is_refused(client: TestClient) -> None:
    assert client.post("/api/v1/assess", json={"text": CLAUDICATION, "reader": "wizard"}).status_code == 422


def test_serious_news_waits_for_a_person_or_the_patients_choice(client: TestClient) -> None:
    told = {"text": SERIOUS, "reader": "patient", **QUICK}
    first = client.post("/api/v1/assess", json=told).json()["differential"][0]["condition"]
    assert first["tell_in_person"] is True
    assert first["lay_name"] == "a problem with the nerves that move your muscles"
    chosen = client.post("/api/v1/assess", json={**told, "full": True}).json()["differential"][0]["condition"]
    assert chosen["tell_in_person"] is False
    assert chosen["lay_name"] == "motor neurone disease"
    handout = {"text": SERIOUS, "kind": "handout", "format": "html"}
    assert "motor neurone" not in client.post("/api/v1/note", json=handout).text.lower()
    assert "motor neurone" in client.post("/api/v1/note", json={**handout, "full": True}).text.lower()
