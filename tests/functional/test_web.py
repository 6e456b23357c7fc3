"""The web application as a client meets it: the API's contract, its errors and limits, its knowledge."""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hickam.errors import HickamError
from hickam.interfaces.cli.main import main
from hickam.interfaces.web import remembered
from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.guard import Guard, Limits
from hickam.interfaces.web.observe import Observer
from hickam.model.assessment import Assessment
from hickam.services.knowledge import Knowledge

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
QUICK = {"draws": 0, "explain": False, "steps": 0}


@pytest.fixture(scope="module")
def app(knowledge: Knowledge) -> FastAPI:
    return create_app(knowledge)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


def assess(client: TestClient, **body: Any) -> dict[str, Any]:
    response = client.post("/api/v1/assess", json=body)
    assert response.status_code == 200, response.text[:300]
    answer: dict[str, Any] = response.json()
    return answer


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of an error, after checking the one shape."""
    assert response.status_code == status, response.text[:300]
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:hickam:problem:{code}")
    assert body["title"]
    assert body["detail"]
    return body


# ---- assess, parse, interview


def test_the_answer_is_the_command_lines(client: TestClient, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["assess", STORY, "--format", "json", "--as-of", "2026-01-02"]) == 0
    printed = json.loads(capsysbinary.readouterr().out)
    answer = assess(client, text=STORY, as_of="2026-01-02")
    assert answer == printed
    jsonschema.Draft202012Validator(msgspec.json.schema(Assessment)).validate(answer)


def test_a_case_as_data(client: TestClient) -> None:
    case = {"age": 70, "sex": "male", "present": ["on_exertion", "rest_relief", "site_calf"], "absent": ["back_pain"]}
    answer = assess(client, case={**case, "values": {"ankle_brachial_index": 0.6}}, reader="patient", **QUICK)
    assert answer["differential"][0]["condition"]["id"] == "peripheral_artery_disease"
    assert answer["reader"] == "patient"
    assert answer["next_steps"] == []


def test_what_is_left_out_is_not_asked_with_all_that_it_alone_implied(client: TestClient) -> None:
    def known(*left_out: str) -> set[str]:
        return {f["id"] for f in assess(client, text=STORY, left_out=list(left_out), **QUICK)["case"]["findings"]}

    everything = known()
    assert {"absent_pedal_pulses", "reduced_pulses"} <= everything
    assert everything - known("absent_pedal_pulses") >= {"absent_pedal_pulses", "reduced_pulses"}


def test_an_answer_given_beside_the_story_goes_before_it(client: TestClient) -> None:
    answer = assess(client, case={"text": STORY, "absent": ["absent_pedal_pulses"]}, **QUICK)
    states = {f["id"]: f["state"] for f in answer["case"]["findings"]}
    assert states["absent_pedal_pulses"] == "absent"


def test_parse_shows_what_was_not_understood_and_suggests(client: TestClient) -> None:
    response = client.post("/api/v1/parse", json={"text": "Night cramps in the calf and zurbling grimbles."})
    assert response.status_code == 200
    body = response.json()
    assert {"pack", "case", "suggestions"} == set(body)
    assert any("grimbles" in span["text"] for span in body["case"]["not_understood"])
    assert all(s["meant"] and {"kind", "id", "name"} == set(s["meant"][0]) for s in body["suggestions"])


def test_the_working_of_one_condition_adds_up_and_names_what_would_overturn_it(client: TestClient) -> None:
    body = {"text": STORY, "condition": "spinal stenosis", "as_of": "2026-01-02"}
    answer = client.post("/api/v1/explain", json=body).json()
    line = answer["candidate"]
    assert line["condition"]["id"] == "lumbar_spinal_stenosis"
    total = line["baseline_decibans"] + sum(part["decibans"] for part in line["contributions"])
    assert total == pytest.approx(10 * math.log10(line["cause"]["value"] / (1 - line["cause"]["value"])), abs=0.1)
    assert "lumbar_spinal_stenosis" in {o["rival"]["id"] for o in answer["overturn"]}
    sources = {key for part in line["contributions"] for key in part["sources"]}
    assert sources <= {reference["key"] for reference in answer["references"]}
    assert {"engine_version", "pack", "disclaimer", "as_of", "case"} <= set(answer)
    problem(client.post("/api/v1/explain", json={**body, "condition": "housemaid's knee"}), 422, "no-such-condition")


def test_what_to_ask_next_is_what_the_assessment_says(client: TestClient) -> None:
    body = {"text": STORY, "steps": 3, "as_of": "2026-01-02"}
    answer = client.post("/api/v1/next", json=body).json()
    whole = assess(client, draws=0, explain=False, **body)
    assert answer["next_steps"] == whole["next_steps"]
    assert answer["urgency"] == whole["urgency"]
    assert sum(step["why"] == "gain" for step in answer["next_steps"]) == 3
    problem(client.post("/api/v1/next", json={"text": "Zurbling grimbles."}), 422, "nothing-understood")


def test_an_interview_asks_takes_answers_and_takes_them_back(client: TestClient) -> None:
    begun = client.post("/api/v1/interview/next", json={"story": STORY}).json()
    assert begun["question"]["kind"] in {"yes_no", "choice"}
    reply = {"question": begun["question"]["id"], "value": "unknown"}
    step = client.post("/api/v1/interview/next", json={"state": begun["state"], "answer": reply}).json()
    assert step["question"]["id"] != begun["question"]["id"]
    assert step["progress"]["asked"] == begun["progress"]["asked"] + 1
    undone = client.post("/api/v1/interview/next", json={"state": step["state"], "back": True}).json()
    assert undone["question"] == begun["question"]


def test_an_interview_refuses_an_answer_that_does_not_fit(client: TestClient) -> None:
    begun = client.post("/api/v1/interview/next", json={"story": STORY}).json()
    reply = {"question": begun["question"]["id"], "value": "perhaps a little"}
    problem(client.post("/api/v1/interview/next", json={"state": begun["state"], "answer": reply}), 422, "bad-answer")
    problem(client.post("/api/v1/interview/next", json={"answer": reply}), 422, "bad-request")


# ---- documents


@pytest.mark.parametrize(
    ("wanted", "media", "begins"),
    [
        ({"kind": "soap", "format": "text"}, "text/plain", b"SOAP note"),
        ({"kind": "report"}, "text/markdown", b"# Assessment"),
        ({"kind": "report", "reader": "patient", "format": "html"}, "text/html", b"<!doctype html>"),
        ({"kind": "referral", "to": "vascular_surgeon", "format": "pdf"}, "application/pdf", b"%PDF"),
    ],
)
def test_a_document_comes_in_its_media_type(
    client: TestClient, wanted: dict[str, str], media: str, begins: bytes
) -> None:
    response = client.post("/api/v1/note", json={"text": STORY, "as_of": "2026-01-02", **wanted})
    assert response.status_code == 200, response.text[:300]
    assert response.headers["content-type"].startswith(media)
    assert response.headers["cache-control"] == "no-store"
    assert response.content.startswith(begins)


def test_a_document_is_the_command_lines(client: TestClient, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["note", STORY, "--kind", "soap", "--format", "markdown", "--as-of", "2026-01-02"]) == 0
    printed = capsysbinary.readouterr().out
    body = {"text": STORY, "kind": "soap", "format": "markdown", "as_of": "2026-01-02"}
    assert client.post("/api/v1/note", json=body).content == printed


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"kind": "poem"}, "bad-request"),
        ({"kind": "result"}, "no-results"),
        ({"kind": "referral", "to": "wizard"}, "no-such-clinician"),
        ({"language": "tlh"}, "no-such-language"),
        ({"language": "../../etc"}, "no-such-language"),
        ({"as_of": "yesterday"}, "bad-request"),
    ],
)
def test_a_document_that_cannot_be_written_is_refused(client: TestClient, wanted: dict[str, str], code: str) -> None:
    response = client.post("/api/v1/note", json={"text": STORY, **wanted})
    problem(response, response.status_code, code)
    assert 400 <= response.status_code < 500


# ---- errors and limits


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad-request"),
        ({"text": STORY, "case": {}}, "bad-request"),
        ({"text": 7}, "bad-request"),
        ({"text": STORY, "age": 240}, "bad-request"),
        ({"text": STORY, "draws": 100000}, "bad-request"),
        ({"text": STORY, "as_of": "yesterday"}, "bad-request"),
        ({"text": STORY, "stpes": 3}, "bad-request"),
        ({"text": " \n"}, "empty"),
        ({"text": "\x00\x01"}, "not-text"),
        ({"text": "The weather was lovely and the train was late."}, "nothing-understood"),
        ({"case": {"present": ["exertional_leg"]}}, "bad-case"),
        ({"case": {"presnt": []}}, "bad-case"),
        ({"case": {}}, "nothing-understood"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_shape(client: TestClient, body: Any, code: str) -> None:
    problem(client.post("/api/v1/assess", json=body), 422, code)


def test_nothing_understood_still_shows_what_was_read(client: TestClient) -> None:
    body = problem(client.post("/api/v1/assess", json={"text": "Zurbling grimbles."}), 422, "nothing-understood")
    assert body["case"]["not_understood"]


@pytest.mark.parametrize("content", [b"{", b"[" * 90_000, b"\xff\xfe", b"nonsense"])
def test_what_is_not_json_is_refused(client: TestClient, content: bytes) -> None:
    response = client.post("/api/v1/assess", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    problem(response, response.status_code, response.json()["code"])


def test_half_a_character_is_refused(client: TestClient) -> None:
    for content in (b'{"text": "calf \\ud800 cramp"}', b'{"case": {"text": "calf \\ud800 cramp"}}'):
        response = client.post("/api/v1/assess", content=content, headers={"content-type": "application/json"})
        problem(response, 422, "bad-request")


def test_deep_nesting_is_refused(client: TestClient) -> None:
    for depth in (300, 900, 5000, 40_000):
        content = b'{"case": {"values": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}}"
        response = client.post("/api/v1/assess", content=content, headers={"content-type": "application/json"})
        assert response.status_code in (400, 413, 422)


def test_only_json_is_taken_so_that_no_other_site_can_post_a_form(client: TestClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        response = client.post("/api/v1/assess", content=b'{"text": "cramp"}', headers={"content-type": kind})
        problem(response, 415, "not-json")


def test_a_request_over_200_kb_is_refused_declared_or_not(client: TestClient) -> None:
    problem(client.post("/api/v1/assess", json={"text": "cramp " * 40_000}), 413, "too-large")

    def trickle() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(50):
            yield b"cramp " * 1000

    response = client.post("/api/v1/assess", content=trickle(), headers={"content-type": "application/json"})
    problem(response, 413, "too-large")


def test_a_text_under_the_limit_is_read(client: TestClient) -> None:
    assert assess(client, text=STORY + "\n" + "My leg cramps at night. " * 2000, **QUICK)["differential"]


def test_unknown_addresses_and_methods(client: TestClient) -> None:
    problem(client.get("/api/v1/nothing"), 404, "not-found")
    problem(client.get("/api/v1/pack/conditions/no_such_thing"), 404, "not-found")
    problem(client.get("/api/v1/assess"), 405, "method-not-allowed")
    assert client.head("/healthz").status_code == 200
    page = client.get("/conditions/no_such_thing", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/%2e%2e/app.py").status_code == 404


def test_a_slow_answer_and_a_slow_body_end_in_time(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio
    import time

    real = remembered.assess_body

    def late(*given: Any) -> Assessment:
        time.sleep(0.6)
        return real(*given)

    monkeypatch.setattr(remembered, "assess_body", late)
    with TestClient(create_app(knowledge, Limits(seconds=0.1))) as client:
        problem(client.post("/api/v1/assess", json={"text": STORY, **QUICK}), 503, "time-limit")

    async def never() -> dict[str, Any]:
        await asyncio.sleep(5)
        return {}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def unreached(*given: Any) -> None:
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": "/api/v1/assess", "headers": []}
    asyncio.run(Guard(unreached, Limits(body_seconds=0.05), Observer())(scope, never, send))
    assert sent[0]["status"] == 408


def test_too_many_at_once_are_told_to_wait(knowledge: Knowledge) -> None:
    client = TestClient(create_app(knowledge, Limits(at_once=0)))
    response = client.get("/api/v1/pack")
    problem(response, 503, "busy")
    assert response.headers["retry-after"]
    assert client.get("/healthz").status_code == 200


def test_a_crash_tells_a_reference_and_never_the_patients_words(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "called Zenobia Quill"

    def crash(*given: Any) -> None:
        raise ValueError(secret)

    monkeypatch.setattr(remembered, "assess_body", crash)
    with caplog.at_level(logging.DEBUG), TestClient(create_app(knowledge)) as client:
        body = problem(client.post("/api/v1/assess", json={"text": f"calf cramp, {secret}"}), 500, "internal")
    assert body["reference"] in caplog.text
    assert "ValueError" in caplog.text
    assert "Zenobia" not in caplog.text + json.dumps(body)


def test_no_words_of_a_story_reach_log_files_or_output(
    client: TestClient, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert assess(client, text="Woman of 70 with night cramps in the calf, called Zenobia Quill.", **QUICK)
        client.post("/api/v1/assess", json={"text": "Zenobia Quill", "nonsense": 1})
        client.post("/api/v1/assess", json={"case": {"present": ["Zenobia Quill"]}})
    out = capsys.readouterr()
    records = [r.getMessage() for r in caplog.records if r.name != "httpx"]
    assert "Zenobia" not in "".join(records) + out.out + out.err


def test_a_pack_that_cannot_be_read_is_said(client: TestClient) -> None:
    class Broken:
        @property
        def pack(self) -> Any:
            raise HickamError(code="pack-not-found", where="--pack", what="no pack", why="…", fix="…")

        @property
        def tag(self) -> Any:
            return self.pack

    assert client.get("/readyz").json()["status"] == "ready"
    broken = TestClient(create_app(Broken()))  # type: ignore[arg-type]
    assert broken.get("/healthz").status_code == 200
    problem(broken.get("/readyz"), 503, "not-ready")
    problem(broken.get("/api/v1/pack"), 422, "pack-not-found")


# ---- knowledge


def test_knowledge_has_the_packs_hash_as_its_tag(client: TestClient, knowledge: Knowledge) -> None:
    for path in ("/api/v1/pack", "/api/v1/pack/findings", "/api/v1/pack/conditions/peripheral_artery_disease"):
        first = client.get(path)
        assert first.status_code == 200
        assert first.headers["etag"] == f'"{knowledge.pack.hash}"'
        again = client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_an_article_lists_every_source_it_names(client: TestClient, knowledge: Knowledge) -> None:
    body = client.get("/api/v1/pack/conditions/peripheral_artery_disease").json()
    named = set(re.findall(r'"source": "([^"]+)"', json.dumps(body["condition"])))
    assert named
    assert named <= {ref["key"] for ref in body["references"]}
    assert body["hash"] == knowledge.pack.hashes["conditions/peripheral_artery_disease"]
    assert "pending human review" in body["review_state"]


def test_an_article_as_data_is_the_command_lines(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, id in (("presentation", ""), ("condition", "hypokalaemia"), ("drug", "statins"), ("test", "abi")):
        assert main(["article", kind, *([id] if id else []), "--format", "json"]) == 0
        printed = json.loads(capsys.readouterr().out)
        response = client.get(f"/api/v1/articles/{kind}" + (f"/{id}" if id else ""))
        assert response.json() == printed
        assert printed["schema"] == "hickam.article/1"


@pytest.mark.parametrize("path", ["poem", "condition", "condition/gout_of_the_ear", "poem/x"])
def test_an_article_that_is_not_there_is_404(client: TestClient, path: str) -> None:
    response = client.get(f"/api/v1/articles/{path}")
    assert response.status_code == 404
    assert response.json()["code"] == "not-found"


def test_the_description_is_whole(client: TestClient) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    components = schema["components"]["schemas"]
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schema)))
    assert wanted <= set(components)
    assert {"Assessment", "Parsed", "Interview", "ProblemOut", "AssessBody"} <= wanted
    assert components["AssessBody"]["examples"]
    assert {"/api/v1/assess", "/api/v1/parse", "/api/v1/pack", "/healthz", "/readyz"} <= set(schema["paths"])
    assert schema["components"]["schemas"]["Assessment"]["properties"]["differential"]


def test_the_examples_of_the_description_work(client: TestClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for example in schemas["AssessBody"]["examples"]:
        assert assess(client, **example)["differential"]
    for example in schemas["ParseBody"]["examples"]:
        assert client.post("/api/v1/parse", json=example).status_code == 200
    for example in schemas["InterviewBody"]["examples"]:
        assert client.post("/api/v1/interview/next", json=example).status_code == 200


def test_a_persons_own_list_is_compared_with_the_answer(client: TestClient) -> None:
    own = ["PAD", "intermittent claudication", "sciatica", "zurbling disease"]
    answer = client.post("/api/v1/own-list", json={"text": STORY, "own": own}).json()["comparison"]
    assert [(line["name"], line["place"]) for line in answer["agreed"]] == [
        ("Peripheral artery disease (intermittent claudication)", 1)
    ]
    assert [line["said"] for line in answer["only_own"]] == ["sciatica"]
    assert answer["only_own"][0]["cause"] is None or answer["only_own"][0]["cause"] < 0.05
    assert [line["said"] for line in answer["unknown"]] == ["zurbling disease"]
    leriche = next(line for line in answer["omitted"] if line["id"] == "aortoiliac_occlusive_disease")
    assert leriche["related"] == ["Peripheral artery disease (intermittent claudication)"]
    assert "absent pedal pulses" in " ".join(leriche["support"])
    assert client.post("/api/v1/own-list", json={"text": STORY, "own": []}).status_code == 422


def test_a_side_is_given_and_a_wrong_one_refused(client: TestClient) -> None:
    case = {"text": "calf cramps at night", "present": ["site_calf"], "sides": {"site_calf": "left"}}
    read = client.post("/api/v1/parse", json={"case": case}).json()["case"]["findings"]
    assert next(f for f in read if f["id"] == "site_calf")["modifiers"] == ["left"]
    for sides in ({"site_calf": "upper"}, {"site_thigh": "left"}, ["left"]):
        response = client.post("/api/v1/parse", json={"case": {**case, "sides": sides}})
        assert response.status_code == 422
        assert response.json()["where"].startswith("sides")
