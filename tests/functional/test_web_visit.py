"""/api/v1/visit: what a client meets while a visit goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from team import Team

from hickam.interfaces.web.app import create_app
from hickam.services.knowledge import Knowledge

TEXT = "Doctor: Any fever?\nPatient: No. My left calf cramps when I walk. I take simvastatin, forty milligrams."


@pytest.fixture(scope="module")
def client(knowledge: Knowledge) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge)) as opened:
        yield opened


def test_text_and_its_turns_give_the_same_visit(client: TestClient) -> None:
    told = client.post("/api/v1/visit", json={"text": TEXT}).json()
    turns = [{k: turn[k] for k in ("id", "role", "speaker", "text")} for turn in told["turns"]]
    again = client.post("/api/v1/visit", json={"turns": turns}).json()
    assert again["visit"] == told["visit"]
    assert told["answer"]["differential"][0]["condition"]["id"]
    assert {f["finding"]: f["state"] for f in told["visit"]["findings"]}["fever"] == "absent"


def test_before_anything_is_understood_there_is_no_answer(client: TestClient) -> None:
    told = client.post("/api/v1/visit", json={"text": "Doctor: Good morning."}).json()
    assert told["answer"] is None
    assert told["visit"]["findings"] == []


def test_a_word_that_has_to_be_confirmed_is_asked_and_not_written(client: TestClient) -> None:
    words = [
        {"text": w, "start": n, "end": n + 0.5}
        for n, w in enumerate(["I", "take", "simvastatin", "forty", "milligrams."])
    ]
    words[3] = {**words[3], "probability": 0.3, "confirm": ["number", "dose"]}
    turn = {"id": "t1", "role": "patient", "text": "I take simvastatin forty milligrams.", "words": words}
    visit = client.post("/api/v1/visit", json={"turns": [turn]}).json()["visit"]
    medicine = visit["medicines"][0]
    assert medicine["doubts"] == ["a number was said", "a dose was said"]
    assert medicine["places"][0]["from_second"] == 2
    body = {"turns": [turn], "confirmed": [medicine["number"]]}
    assert "forty" not in client.post("/api/v1/visit/note", json=body).text


def test_a_note_is_signed_by_its_bytes(client: TestClient) -> None:
    note = client.post("/api/v1/visit/note", json={"text": TEXT, "confirmed": [1, 2], "format": "json"})
    assert note.headers["cache-control"] == "no-store"
    signature = client.post("/api/v1/visit/sign", json={"note": note.text, "name": "Dr Test", "role": "GP"}).json()
    assert signature["note_sha256"] == hashlib.sha256(note.content).hexdigest()


def test_a_signed_note_is_kept_for_the_one_who_signed_it(knowledge: Knowledge, tmp_path: Path) -> None:
    team = Team(knowledge, tmp_path)
    anna, ben = team.browser("clinician"), team.browser("other")
    note = anna.post("/api/v1/visit/note", json={"text": TEXT, "confirmed": [1, 2, 3, 4, 5, 6], "format": "json"}).text
    body = {"note": note, "name": "Dr Somebody Else", "role": "GP", "patient": "P 4711"}
    kept = anna.post("/api/v1/visit/keep", json=body)
    assert kept.status_code == 201
    signature, document = kept.json()["signature"], kept.json()["document"]
    assert signature["note_sha256"] == hashlib.sha256(note.encode()).hexdigest()
    assert document["state"] == "signed"
    assert document["signed_name"] == signature["name"] != "Dr Somebody Else"
    assert signature["note_sha256"] in document["text"]
    again = anna.get(f"/api/v1/cases/{document['case_id']}").json()
    answer = anna.post("/api/v1/assess", json={**again["told"], "as_of": again["answer"]["as_of"]}).json()
    assert [c["condition"]["id"] for c in answer["differential"]][:3] == [
        c["condition"]["id"] for c in again["answer"]["differential"]
    ][:3]
    assert ben.get(f"/api/v1/documents/{document['id']}").status_code == 404
    edit = anna.put(f"/api/v1/documents/{document['id']}", json={"text": "x"}, headers={"if-match": '"1"'})
    assert edit.json()["code"] == "already-signed"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("visit", {}, "bad-request"),
        ("visit", {"text": "..."}, "bad-case"),
        ("visit/note", {"text": TEXT, "confirmed": [99]}, "no-such-finding"),
        ("visit/sign", {"note": "{}", "name": "x"}, "not-a-note"),
        ("visit/keep", {"note": "{}", "name": "x"}, "not-a-note"),
        ("visit", {"turns": [{"id": "t1", "role": "patient", "text": "a", "words": [{"no": 1}]}]}, "bad-words"),
    ],
)
def test_bad_input_is_a_problem_with_words(client: TestClient, path: str, body: object, code: str) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_microphone_is_allowed_on_one_page_alone(client: TestClient) -> None:
    allowed = {p: "microphone=(self)" in client.get(p).headers["permissions-policy"] for p in ("/scribe", "/workbench")}
    assert allowed == {"/scribe": True, "/workbench": False}
