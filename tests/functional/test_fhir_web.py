"""/fhir over HTTP: the same answers as the command line, the adaptive interview to its end, errors without a patient."""

from __future__ import annotations

import random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fhir_bundles import AS_OF, example
from fhir_judges import INSTALLED, MISSING, problems

from hickam.interfaces.fhir.capability import capability
from hickam.interfaces.fhir.questionnaire import questionnaire
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.web.app import create_app
from hickam.services.assess import Options, assess
from hickam.services.interview import MOST_QUESTIONS
from hickam.services.knowledge import Knowledge

FHIR = {"content-type": "application/fhir+json"}


@pytest.fixture(scope="module")
def client(knowledge: Knowledge) -> TestClient:
    return TestClient(create_app(knowledge))


def test_a_record_becomes_a_document(client: TestClient, knowledge: Knowledge) -> None:
    sent = client.post(f"/fhir/$assess?as_of={AS_OF}", json=example(), headers=FHIR)
    assert sent.status_code == 200
    assert sent.headers["content-type"] == "application/fhir+json"
    assert sent.headers["cache-control"] == "no-store"
    risk = next(e["resource"] for e in sent.json()["entry"] if e["resource"]["resourceType"] == "RiskAssessment")
    answer = assess(knowledge, read_fhir(example(), knowledge, AS_OF).case, Options(as_of=AS_OF))
    assert [p["probabilityDecimal"] for p in risk["prediction"]] == [
        round(100 * c.cause.value, 2) for c in answer.differential
    ]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/fhir/$assess", {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": i}} for i in "ab"]}, "two-patients"),
        ("/fhir/$assess", {"resourceType": "Bundle", "entry": []}, "nothing-understood"),
        ("/fhir/$assess", {"resourceType": "Practitioner"}, "bad-fhir"),
        ("/fhir/$assess", {}, "bad-fhir"),
        ("/fhir/Questionnaire/$next-question", {"resourceType": "Bundle"}, "bad-fhir"),
        ("/fhir/Questionnaire/$next-question", {"resourceType": "QuestionnaireResponse", "item": "SECRET"}, "bad-fhir"),
        ("/fhir/Questionnaire/$next-question",
         {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": [{"linkId": "SECRET", "answer": [{"valueString": "SECRET"}]}]}, "bad-fhir"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(client: TestClient, path: str, body: Any, code: str) -> None:
    refused = client.post(path, json=body, headers=FHIR)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert "SECRET" not in refused.text


def test_a_record_may_be_larger_than_a_story_but_not_endless(client: TestClient) -> None:
    record = example()
    record["entry"] += [
        {"resource": {"resourceType": "Immunization", "id": f"i{i}", "note": "x" * 900}} for i in range(500)
    ]
    assert client.post("/fhir/$assess", json=record).status_code == 200
    assert client.post("/api/v1/assess", json={"text": "x" * 300_000}).status_code == 413
    assert client.post("/fhir/$assess", content=b" " * 5_000_001, headers=FHIR).status_code == 413


@pytest.mark.parametrize("seed", [1, 2])
def test_the_adaptive_interview_comes_to_an_end_and_gives_a_case(
    client: TestClient, knowledge: Knowledge, seed: int
) -> None:
    chance = random.Random(seed)
    response: dict[str, Any] = {"resourceType": "QuestionnaireResponse", "status": "in-progress"}
    asked: list[str] = []
    while len(asked) <= MOST_QUESTIONS + 3:
        response = client.post("/fhir/Questionnaire/$next-question", json=response, headers=FHIR).json()
        if response["status"] == "completed":
            break
        item = response["contained"][0]["item"][-1]
        assert item["linkId"] not in asked
        asked.append(item["linkId"])
        response.setdefault("item", []).append({"linkId": item["linkId"], "answer": [_reply(knowledge, item, chance)]})
    assert response["status"] == "completed"
    assert any(link.startswith("screen:") for link in asked)
    read = read_fhir(response, knowledge, AS_OF)
    assert read.ignored == ()
    assert (read.case.age, read.case.complaint) == (70.0, "leg")
    if INSTALLED:
        assert problems([("response", response)]) == []


def test_words_to_the_danger_signs_are_not_taken_for_none_of_them(client: TestClient) -> None:
    link = "screen:chest_pain|cold_foot_symptom"
    for answer in ({"valueString": "chest pain"}, {"valueBoolean": True}):
        items = [{"linkId": "story", "answer": [{"valueString": "calf pain"}]}, {"linkId": link, "answer": [answer]}]
        sent = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": items}
        refused = client.post("/fhir/Questionnaire/$next-question", json=sent, headers=FHIR)
        assert (refused.status_code, refused.json()["code"]) == (422, "bad-fhir")


def _reply(knowledge: Knowledge, item: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    fixed: dict[str, dict[str, Any]] = {
        "story": {"valueString": "calf cramps at night"},
        "age": {"valueDecimal": 70},
    }
    if item["linkId"] in fixed:
        return fixed[item["linkId"]]
    if item["type"] == "quantity":
        low, high = knowledge.pack.measurements[knowledge.pack.findings[item["linkId"]].measurement].plausible
        unit = {k: v for k, v in item["extension"][0]["valueCoding"].items() if k != "display"}
        return {"valueQuantity": {"value": round((low + high) / 2, 2), **unit}}
    chosen: dict[str, Any] = chance.choice(item["answerOption"])
    return chosen


@pytest.mark.skipif(not INSTALLED, reason=MISSING)
def test_forms_and_capability_statement_are_valid(client: TestClient, knowledge: Knowledge) -> None:
    found = [
        (f"{s} {r}", questionnaire(knowledge.pack, scope=s, reader=r))
        for s in ("core", "all")
        for r in ("clinician", "patient")
    ]
    found.append(("capability", capability(knowledge.pack, AS_OF)))
    assert problems(found) == []
    twice = questionnaire(knowledge.pack)
    twice["item"][1]["item"][1]["linkId"] = twice["item"][1]["item"][0]["linkId"]
    assert any("linkId" in p for p in problems([("twice", twice)]))


def test_knowledge_carries_a_tag(client: TestClient) -> None:
    for path in ("/fhir/metadata", "/fhir/Questionnaire/interview?scope=all&reader=patient"):
        first = client.get(path)
        assert first.status_code == 200
        assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/fhir/$assess", "/fhir/Questionnaire/$next-question", "/cds-services/leg-symptom-view"]
)
@pytest.mark.parametrize("depth", [50, 150, 800, 100_000])
def test_nesting_never_breaks_it(client: TestClient, path: str, depth: int) -> None:
    body = '{"resourceType": "Bundle", "entry": ' + "[" * depth + "]" * depth + "}"
    assert client.post(path, content=body, headers=FHIR).status_code in (400, 422)


@pytest.mark.parametrize(
    "path", ["/fhir/$assess", "/fhir/Questionnaire/$next-question", "/cds-services/leg-symptom-view"]
)
def test_half_a_character_is_refused(client: TestClient, path: str) -> None:
    body = '{"resourceType": "QuestionnaireResponse", "status": "in-progress", "text": "\\ud800"}'
    refused = client.post(path, content=body, headers=FHIR)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-request")
