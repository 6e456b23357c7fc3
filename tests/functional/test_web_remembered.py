"""The server's memory of answers: the same bytes as a new computation, each story's own words, no more than is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from hickam.interfaces.web import remembered
from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.bodies import AssessBody
from hickam.interfaces.web.remembered import Assessing, around_case, known
from hickam.interfaces.web.workers import Worker
from hickam.services.knowledge import Knowledge, open_knowledge

STORY = "62-year-old man, calf cramps at night, smoker, called Zenobia"
LONGER = f"  {STORY}s."
"""Not one word more, and each at another place."""
QUICK: dict[str, Any] = {"draws": 0, "explain": False, "steps": 0, "as_of": "2026-01-02"}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return open_knowledge("leg_cramps")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stories for which an answer was computed."""
    stories: list[str] = []

    def counted(body: AssessBody, knowledge: Knowledge) -> tuple[bytes, bytes]:
        stories.append(body.text or "")
        return around_case(body, knowledge)

    monkeypatch.setattr(remembered, "around_case", counted)
    return stories


@pytest.fixture
def client(knowledge: Knowledge, computed: list[str]) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge)) as client:
        yield client


def ask(client: TestClient, text: str, **more: object) -> bytes:
    response = client.post("/api/v1/assess", json={"text": text, **QUICK, **more})
    assert response.status_code == 200, response.text
    return response.content


def test_keys_that_say_nothing_new_cost_no_new_answer_and_are_shown_back(
    client: TestClient, knowledge: Knowledge, computed: list[str]
) -> None:
    ask(client, STORY)
    longer = ask(client, LONGER)
    assert computed == [STORY]
    assert longer == msgspec.json.encode(remembered.assess_body(AssessBody(text=LONGER, **QUICK), knowledge))
    case = json.loads(longer)["case"]
    shown = [finding["source"] for finding in case["findings"] if finding["source"]] + case["not_understood"]
    assert all(LONGER[span["start"] : span["end"]] == span["text"] for span in shown)
    assert [span["text"] for span in case["not_understood"]] == ["called Zenobias"]


@pytest.mark.parametrize("change", [{"reader": "patient"}, {"steps": 2}, {"age": 63}, {"left_out": ["smoker_current"]}])
def test_whatever_changes_the_answer_is_computed(
    client: TestClient, computed: list[str], change: dict[str, object]
) -> None:
    first = ask(client, STORY)
    assert ask(client, STORY, **change) != first
    assert len(computed) == 2


def test_a_review_changes_what_an_answer_says_of_itself(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    body = AssessBody(text=STORY, **QUICK)
    before = known(body, knowledge)
    assert known(body, knowledge) == before
    monkeypatch.setattr(type(knowledge), "tag", property(lambda self: "after a review"))
    assert known(body, knowledge)[0] != before[0]


def test_nothing_of_the_words_is_kept_and_no_more_than_so_many_bytes(knowledge: Knowledge) -> None:
    body = AssessBody(text=STORY, **QUICK)
    one = sum(map(len, around_case(body, knowledge)))
    assessing = Assessing(Worker(20, knowledge), most=int(3.5 * one))
    for number in range(6):
        key, _ = known(AssessBody(text=STORY, age=60.0 + number, **QUICK), knowledge)
        assessing._keep(key, around_case(body, knowledge))
    assert len(assessing._kept) == 3
    kept = [part for around in assessing._kept.values() for part in around]
    assert assessing._size == sum(map(len, kept))
    assert b"Zenobia" not in b"".join([*kept, *assessing._kept])
