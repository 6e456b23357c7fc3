"""Saving over HTTP: cases, versions, documents; on both databases."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from builders_of_records import ANNA, add_user
from fastapi.testclient import TestClient

from hickam.interfaces.web.app import create_app
from hickam.services.knowledge import Knowledge
from hickam.store.database import Store

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
BODY = {"text": STORY, "patient": "P 4711", "title": "first visit", "as_of": "2026-01-02"}


@pytest.fixture
def client(knowledge: Knowledge, store: Store) -> Iterator[TestClient]:
    with TestClient(create_app(knowledge, store=store)) as opened:
        yield opened


def save(client: TestClient, headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
    response = client.post("/api/v1/cases", json={**BODY, **body}, headers=headers)
    assert response.status_code == 201, response.text[:300]
    found: dict[str, Any] = response.json()
    return found


def refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text[:300]


def test_a_case_is_saved_with_the_answer_that_assess_gives(client: TestClient) -> None:
    saved = save(client)
    assessed = client.post("/api/v1/assess", json={"text": STORY, "as_of": "2026-01-02"}).json()
    assert saved["answer"] == assessed
    again = client.get(f"/api/v1/cases/{saved['id']}")
    assert again.json() == saved
    assert again.headers["etag"] == '"1"'
    assert again.headers["cache-control"] == "no-store"
    assert client.post("/api/v1/assess", json={**saved["told"], "as_of": "2026-01-02"}).json() == assessed


def test_the_answer_comes_out_again_to_the_last_byte(client: TestClient) -> None:
    saved = save(client)
    replay = client.get(f"/api/v1/cases/{saved['id']}/versions/1/replay").json()
    assert replay["same"] is True
    assert replay["pack_hash"] == saved["answer"]["pack"]["hash"]


def test_versions_are_compared(client: TestClient) -> None:
    saved = save(client)
    url = f"/api/v1/cases/{saved['id']}"
    more = {**BODY, "text": STORY + ". His foot is cold. No diabetes.", "left_out": ["absent_pedal_pulses"]}
    added = client.post(f"{url}/versions", json=more, headers={"if-match": '"1"'})
    assert (added.status_code, added.headers["etag"]) == (201, '"2"')
    assert [v["version"] for v in client.get(f"{url}/versions").json()["versions"]] == [1, 2]
    found = client.get(f"{url}/compare?before=1&after=2").json()
    told = {change["id"]: (change["before"], change["after"]) for change in found["told"]}
    assert told["cool_leg"] == ("", "present")
    assert found["same_knowledge"] is True
    assert found["before"]["urgency"] == saved["answer"]["urgency"]["level"]
    first = {c["condition"]["id"]: c["cause"]["value"] for c in saved["answer"]["differential"]}
    second = {c["condition"]["id"]: c["cause"]["value"] for c in added.json()["answer"]["differential"]}
    for change in found["differential"]:
        assert change["before"] == first.get(change["id"])
        assert change["after"] == second.get(change["id"])
    back = client.get(f"{url}/compare?before=2&after=1").json()
    assert {c["id"]: (c["after"], c["before"]) for c in back["told"]} == told


def test_an_edit_says_what_it_edits(client: TestClient) -> None:
    url = f"/api/v1/cases/{save(client)['id']}/versions"
    refused(client.post(url, json=BODY), 428, "if-match-needed")
    refused(client.post(url, json=BODY, headers={"if-match": '"7"'}), 412, "changed-meanwhile")
    refused(client.post(url, json=BODY, headers={"if-match": "x"}), 412, "changed-meanwhile")


def test_a_request_that_arrives_twice_saves_once(client: TestClient) -> None:
    headers = {"idempotency-key": "one-key"}
    assert save(client, headers) == save(client, headers)
    assert len(client.get("/api/v1/cases").json()["cases"]) == 1
    other = client.post("/api/v1/cases", json={**BODY, "title": "another"}, headers=headers)
    refused(other, 422, "idempotency-key-reused")


def test_cases_are_found_by_patient_and_erased(client: TestClient) -> None:
    first = save(client)
    save(client, patient="P 2")
    lines = client.post("/api/v1/cases/search", json={"patient": "P 4711"}).json()["cases"]
    assert [(line["id"], line["patient"], line["urgency"]) for line in lines] == [
        (first["id"], "P 4711", first["answer"]["urgency"]["level"])
    ]
    assert client.delete(f"/api/v1/cases/{first['id']}").status_code == 204
    refused(client.get(f"/api/v1/cases/{first['id']}"), 404, "not-found")
    assert [line["patient"] for line in client.get("/api/v1/cases").json()["cases"]] == ["P 2"]


def test_a_story_of_which_nothing_is_understood_is_saved_without_an_answer(client: TestClient) -> None:
    saved = save(client, text="zxcv qwer")
    assert saved["answer"] is None
    assert client.get(f"/api/v1/cases/{saved['id']}/versions/1/replay").json()["same"] is False


def test_a_document_is_drafted_edited_signed_and_then_stays(client: TestClient) -> None:
    url = f"/api/v1/cases/{save(client)['id']}/documents"
    drafted = client.post(url, json={"kind": "soap", "as_of": "2026-01-02"})
    assert drafted.status_code == 201
    document = drafted.json()["document"]
    assert document["state"] == "draft"
    assert STORY in document["text"]
    assert drafted.json()["blanks"] == len(re.findall("____+", document["text"])) > 0
    place = f"/api/v1/documents/{document['id']}"
    assert "not signed" in client.get(f"{place}/print/text").text
    text = "# Note\n\nSeen today. <script>alert(1)</script>"
    edited = client.put(place, json={"text": text}, headers={"if-match": '"1"'})
    assert edited.headers["etag"] == '"2"'
    refused(client.put(place, json={"text": "x"}, headers={"if-match": '"1"'}), 412, "changed-meanwhile")
    refused(client.post(f"{place}/sign", json={"name": "Dr A"}, headers={"if-match": '"1"'}), 412, "changed-meanwhile")
    refused(client.post(f"{place}/sign", json={"name": " "}, headers={"if-match": '"2"'}), 422, "bad-text")
    refused(client.post(f"{place}/amend", json={}), 409, "not-signed")
    signed = client.post(f"{place}/sign", json={"name": "Dr A. Example"}, headers={"if-match": '"2"'}).json()[
        "document"
    ]
    assert (signed["state"], signed["signed_name"], signed["text"]) == ("signed", "Dr A. Example", text)
    refused(client.put(place, json={"text": "x"}, headers={"if-match": '"2"'}), 409, "already-signed")
    refused(client.delete(place), 409, "already-signed")
    first, second = client.get(f"{place}/print/pdf"), client.get(f"{place}/print/pdf")
    assert first.content == second.content
    assert first.content.startswith(b"%PDF")
    page = client.get(f"{place}/print/html").text
    assert "Signed by Dr A. Example" in page
    assert "<script>alert" not in page
    amended = client.post(f"{place}/amend", json={}).json()["document"]
    assert (amended["state"], amended["amends"], amended["text"]) == ("draft", document["id"], text)
    assert len(client.get(url).json()["documents"]) == 2
    assert client.delete(f"/api/v1/documents/{amended['id']}").status_code == 204
    assert [d["id"] for d in client.get(url).json()["documents"]] == [document["id"]]


@pytest.mark.parametrize("path", ["cases/{id}", "cases/{id}/versions", "cases/{id}/versions/1", "cases/{id}/versions/1/replay",
                                  "cases/{id}/compare?before=1&after=1", "cases/{id}/documents", "documents/{id}"])  # fmt: skip
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    found = client.get(f"/api/v1/{path.format(id='0' * 20)}")
    assert found.status_code == (200 if path == "cases/{id}/documents" else 404)


def test_answers_fit_the_description(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    saved = save(client)
    url = f"/api/v1/cases/{saved['id']}"
    drafted = client.post(f"{url}/documents", json={"kind": "handout"}).json()
    for name, value in {
        "SavedCase": saved,
        "SavedCases": client.get("/api/v1/cases").json(),
        "Versions": client.get(f"{url}/versions").json(),
        "Comparison": client.get(f"{url}/compare?before=1&after=1").json(),
        "Replay": client.get(f"{url}/versions/1/replay").json(),
        "DocumentOut": drafted,
    }.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        jsonschema.Draft202012Validator(json.loads(json.dumps(schema))).validate(value)


def test_everything_of_a_patient_is_given_out(client: TestClient) -> None:
    saved = save(client)
    response = client.post("/api/v1/cases/export", json={"patient": "P 4711"})
    assert response.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        versions = json.loads(file.read("patient.json"))["versions"]
    assert [(v["case_id"], v["answer"]["answer"]) for v in versions] == [(saved["id"], saved["answer"])]
    refused(client.post("/api/v1/cases/export", json={"patient": "P"}), 404, "not-found")


def test_a_case_is_handed_over(client: TestClient, store: Store) -> None:
    add_user(store, ANNA)
    url = f"/api/v1/cases/{save(client)['id']}"
    refused(client.post(f"{url}/give", json={"to": "nobody"}), 404, "no-such-user")
    assert client.post(f"{url}/give", json={"to": "Anna"}).status_code == 204
    refused(client.get(url), 404, "not-found")


@pytest.mark.parametrize("text", ["a\x00b", "'; DROP TABLE cases; --", "\u202e%_\\", "a" * 200])
def test_no_name_upsets_the_database(client: TestClient, text: str) -> None:
    saved = client.post("/api/v1/cases", json={**BODY, "patient": text, "case": None})
    assert saved.status_code == (422 if "\x00" in text else 201)
    for path, body in {"search": {"patient": text}, "export": {"patient": text}}.items():
        assert client.post(f"/api/v1/cases/{path}", json=body).status_code in (200, 404, 422)
    url = f"/api/v1/cases/{save(client)['id']}"
    assert client.post(f"{url}/give", json={"to": text[:100]}).status_code in (404, 422)
    data = {"age": 70, "sex": "male", "present": ["on_exertion"], "medications": [f"pill {text}"]}
    told = client.post("/api/v1/cases", json={"case": data, "patient": "P 9"})
    assert told.status_code in (201, 422)
    if told.status_code == 201:
        drafted = client.post(f"/api/v1/cases/{told.json()['id']}/documents", json={"kind": "soap"})
        assert drafted.status_code in (201, 422)
