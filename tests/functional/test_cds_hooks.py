"""CDS Hooks: cards as the specification has them, few, once, on the right occasion; callers checked; feedback kept bare."""

from __future__ import annotations

import copy
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.testclient import TestClient
from fhir_bundles import example
from fhir_judges import INSTALLED, problems

from hickam.errors import HickamError
from hickam.interfaces.cds.definitions import PREFETCH, SERVICES
from hickam.interfaces.cds.feedback import feedback_report
from hickam.interfaces.cds.trust import (
    AFTER_FAILURE_SECONDS,
    KEYS_FOR_SECONDS,
    NOT_AGAIN_SECONDS,
    Gatekeeper,
    Issuer,
    NotTrustedError,
    Trust,
)
from hickam.interfaces.web.app import create_app
from hickam.services.knowledge import Knowledge

TYPES = {
    "Patient": "patient", "Condition": "conditions", "Observation": "observations", "Encounter": "encounters",
    "MedicationRequest": "medicationRequests", "AllergyIntolerance": "allergies",
}  # fmt: skip


def prefetch(record: dict[str, Any] | None = None) -> dict[str, Any]:
    """The example record as a record system would prefetch it, dated today so that it is never too old."""
    found: dict[str, Any] = {k: {"resourceType": "Bundle", "type": "searchset", "entry": []} for k in PREFETCH}
    for entry in (record or example())["entry"]:
        resource = {k: v for k, v in entry["resource"].items() if not k.startswith("effective")}
        key = TYPES.get(resource["resourceType"])
        if key == "patient":
            found[key] = resource
        elif key:
            found[key]["entry"].append({"resource": resource})
    return found


def call(hook: str, **parts: Any) -> dict[str, Any]:
    context = {"patientId": "p1", "userId": "Practitioner/1", **parts.pop("context", {})}
    return {"hook": hook, "hookInstance": str(uuid.uuid4()), "context": context, "prefetch": prefetch(), **parts}


def draft(name: str, **parts: Any) -> dict[str, Any]:
    order = {
        "resourceType": "MedicationRequest", "id": "d1", "status": "draft", "intent": "order",
        "subject": {"reference": "Patient/p1"}, "medicationCodeableConcept": {"text": name}, **parts,
    }  # fmt: skip
    return {"resourceType": "Bundle", "entry": [{"resource": order}]}


@pytest.fixture
def client(knowledge: Knowledge) -> TestClient:
    return TestClient(create_app(knowledge))


def cards(client: TestClient, service: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    answered = client.post(f"/cds-services/{service}", json=body)
    assert answered.status_code == 200, answered.text
    found: list[dict[str, Any]] = answered.json()["cards"]
    assert [what for card in found for what in faults(card)] == []
    assert sum(card["indicator"] == "critical" for card in found) <= 1
    return found


def faults(card: dict[str, Any]) -> list[str]:
    """What CDS Hooks 2.0.1 would object to in a card."""
    found = []
    if not 0 < len(card.get("summary", "")) < 140:
        found.append("summary under 140 characters")
    if card.get("indicator") not in ("info", "warning", "critical"):
        found.append("indicator")
    if not card.get("source", {}).get("label"):
        found.append("source.label")
    if card.get("suggestions") and card.get("selectionBehavior") not in ("at-most-one", "any"):
        found.append("selectionBehavior")
    for suggestion in card.get("suggestions", []):
        found += ["suggestion.label"] * (not suggestion.get("label"))
        for action in suggestion.get("actions", []):
            found += ["action.description"] * (not action.get("description"))
            found += ["action.type"] * (action.get("type") not in ("create", "update", "delete"))
            found += ["action.resourceId"] * (action["type"] == "delete" and not action.get("resourceId"))
            found += ["action.resource"] * (action["type"] != "delete" and not action.get("resource"))
    for link in card.get("links", []):
        found += ["link"] * (not link.get("label") or link.get("type") not in ("absolute", "smart"))
        found += ["link.url"] * (not link.get("url", "").startswith("http"))
        found += ["appContext"] * ("appContext" in link and link["type"] != "smart")
    for reason in card.get("overrideReasons", []):
        found += ["overrideReason.display"] * (not reason.get("display") or not reason.get("code"))
    return found


def test_the_check_of_cards_can_fail() -> None:
    bad = {
        "summary": "x" * 140, "indicator": "hard-stop", "source": {}, "links": [{"label": "a", "type": "smart", "url": "b"}],
        "suggestions": [{"actions": [{"type": "delete"}]}], "overrideReasons": [{"code": "x"}],
    }  # fmt: skip
    assert len(faults(bad)) >= 8


def test_discovery(client: TestClient) -> None:
    services = client.get("/cds-services").json()["services"]
    assert {s["id"]: s["hook"] for s in services} == {id: hook for id, (hook, _, _) in SERVICES.items()}
    assert all(s["description"] and s["prefetch"] == PREFETCH and s["usageRequirements"] for s in services)
    assert {s["version"] for s in services} == {"2.0.1"}
    assert "reviewState" in json.dumps(services[0]["extension"])


def test_a_patient_with_a_leg_symptom(client: TestClient, knowledge: Knowledge) -> None:
    (card,) = cards(client, "leg-symptom-view", call("patient-view"))
    assert card["indicator"] == "warning"
    assert "Hypokalaemia" in card["summary"]
    assert knowledge.pack.manifest.disclaimer in card["detail"]
    assert knowledge.pack.hash[:12] in card["source"]["label"]
    drafts = [a["resource"] for s in card["suggestions"] for a in s["actions"]]
    assert drafts
    assert {(d["status"], d["intent"]) for d in drafts} == {("draft", "proposal")}
    assert {d["subject"]["reference"] for d in drafts} == {"Patient/p1"}
    if INSTALLED:
        assert problems([(str(i), d) for i, d in enumerate(drafts)]) == []
    assert all(client.get(link["url"]).status_code == 200 for link in card["links"])


def test_the_same_card_comes_once_and_again_when_the_basis_changes(client: TestClient) -> None:
    assert cards(client, "leg-symptom-view", call("patient-view"))
    assert cards(client, "leg-symptom-view", call("patient-view")) == []
    assert cards(client, "leg-symptom-view", call("patient-view", context={"userId": "Practitioner/2"}))
    more = call("patient-view")
    more["prefetch"]["observations"]["entry"].append(
        {
            "resource": {
                "resourceType": "Observation",
                "id": "f",
                "status": "final",
                "code": {"text": "fever"},
                "valueBoolean": True,
            }
        }
    )
    assert cards(client, "leg-symptom-view", more)


def test_silence_without_a_leg_symptom(client: TestClient) -> None:
    body = call("patient-view")
    body["prefetch"] = prefetch(
        {"entry": [e for e in example()["entry"] if e["resource"]["resourceType"] != "Encounter"]}
    )
    assert cards(client, "leg-symptom-view", body) == []


def test_at_the_start_of_a_visit_it_says_what_to_ask(client: TestClient) -> None:
    found = cards(client, "leg-symptom-encounter", call("encounter-start", context={"encounterId": "v1"}))
    assert any(card["summary"].startswith("Ask now:") for card in found)


def drafts(*orders: dict[str, Any]) -> dict[str, Any]:
    """Several drafts as one Bundle, each under its own id."""
    resources = [o["entry"][0]["resource"] for o in orders]
    return {"resourceType": "Bundle", "entry": [{"resource": {**r, "id": f"d{i}"}} for i, r in enumerate(resources)]}


def test_many_drafts_give_one_card_of_a_kind(client: TestClient) -> None:
    orders = drafts(
        draft("quinine sulfate 300 mg"), draft("quinine 200 mg"), draft("quinine sulfate 300 mg"), draft("salmeterol"),
        draft("terbutaline"), draft("amoxicillin"),
    )  # fmt: skip
    avoid, causes = cards(client, "leg-symptom-order-sign", call("order-sign", context={"draftOrders": orders}))
    assert avoid["summary"].startswith("quinine sulfate 300 mg and quinine 200 mg: not for leg cramps.")
    removed = [a["resourceId"] for s in avoid["suggestions"] for a in s["actions"]]
    assert removed == ["MedicationRequest/d0", "MedicationRequest/d2", "MedicationRequest/d1"]
    assert len(avoid["suggestions"]) == 2
    assert causes["summary"] == "salmeterol and terbutaline can play a part in this patient's leg symptom"
    assert "- salmeterol: " in causes["detail"]
    assert len(causes["suggestions"]) == 2


def test_a_card_stays_short_however_many_are_drafted(client: TestClient) -> None:
    orders = drafts(*(draft(f"quinine sulfate {n} mg") for n in range(100, 120)))
    (card,) = cards(client, "leg-symptom-order-sign", call("order-sign", context={"draftOrders": orders}))
    assert card["summary"].startswith("quinine sulfate 100 mg, quinine sulfate 101 mg and 18 more: not for leg cramps")
    assert len(card["links"]) == 1


def test_the_same_card_does_not_come_again_at_the_next_hook(client: TestClient) -> None:
    context = {"draftOrders": draft("quinine sulfate"), "selections": ["MedicationRequest/d1"]}
    assert cards(client, "leg-symptom-order-select", call("order-select", context=context))
    assert cards(client, "leg-symptom-order-sign", call("order-sign", context=context)) == []
    assert cards(client, "leg-symptom-view", call("patient-view"))
    visit = cards(client, "leg-symptom-encounter", call("encounter-start", context={"encounterId": "v1"}))
    assert [c["summary"].split(":")[0] for c in visit] == ["Ask now"]


def test_a_draft_may_point_to_a_product_among_the_drafts(client: TestClient) -> None:
    order = draft("", medicationReference={"reference": "Medication/m"})["entry"][0]["resource"]
    del order["medicationCodeableConcept"]
    product = {"resourceType": "Medication", "id": "m", "code": {"text": "quinine sulfate 300 mg"}}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": order}, {"resource": product}]}
    context = {"draftOrders": bundle, "selections": ["MedicationRequest/d1"]}
    assert len(cards(client, "leg-symptom-order-select", call("order-select", context=context))) == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"status": "cancelled"},
        {"status": "entered-in-error"},
        {"status": "stopped"},
        {"doNotPerform": True},
        {"modifierExtension": [{"url": "urn:x"}]},
        {"subject": {"reference": "https://other.test/fhir/Patient/p1"}},
    ],
)
def test_what_is_not_ordered_for_this_patient_gives_no_card(client: TestClient, parts: dict[str, Any]) -> None:
    context = {"draftOrders": draft("quinine sulfate 300 mg", **parts)}
    assert cards(client, "leg-symptom-order-sign", call("order-sign", context=context)) == []


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_quinine_for_cramps_is_a_warning(client: TestClient, hook: str) -> None:
    context = {"draftOrders": draft("quinine sulfate 300 mg"), "selections": ["MedicationRequest/d1"]}
    (card,) = cards(client, f"leg-symptom-{hook}", call(hook, context=context))
    assert card["indicator"] == "warning"
    assert "not for leg cramps" in card["summary"]
    assert card["suggestions"][0]["actions"][0] == {
        "type": "delete", "description": card["suggestions"][0]["actions"][0]["description"], "resourceId": "MedicationRequest/d1",
    }  # fmt: skip


def test_quinine_without_cramps_is_none_of_our_business_unless_the_order_says_so(client: TestClient) -> None:
    body = call("order-sign", context={"draftOrders": draft("quinine sulfate 300 mg")})
    body["prefetch"]["encounters"] = None
    assert cards(client, "leg-symptom-order-sign", body) == []
    said = draft("quinine sulfate 300 mg", reasonCode=[{"text": "leg cramps at night"}])
    body["context"]["draftOrders"] = said
    assert len(cards(client, "leg-symptom-order-sign", body)) == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"reasonCode": [{"coding": [{"code": "G47.62", "system": "http://hl7.org/fhir/sid/icd-10-cm"}]}]},
        {"reasonCode": [{"coding": [{"code": "R25.2", "system": "http://hl7.org/fhir/sid/icd-10-cm"}]}]},
        {"reasonCode": [{"coding": [{"display": "Sleep related leg cramps"}]}]},
        {"reasonReference": [{"display": "Leg cramps"}]},
        {"dosageInstruction": [{"text": "one at night for leg cramps"}]},
        {"dosageInstruction": [{"asNeededCodeableConcept": {"text": "leg cramps"}}]},
        {"note": [{"text": "for nocturnal leg cramps"}], "dosageInstruction": "not R4"},
        {"note": [{"text": "for nocturnal leg cramps"}], "status": "on-hold", "authoredOn": "2999-01-01"},
    ],
)
def test_wherever_an_order_of_quinine_says_what_it_is_for(client: TestClient, parts: dict[str, Any]) -> None:
    body = call("order-sign", context={"draftOrders": draft("quinine sulfate 300 mg", **parts)})
    body["prefetch"]["conditions"] = {"resourceType": "Bundle"}
    body["prefetch"]["observations"] = {"resourceType": "Bundle"}
    (card,) = cards(client, "leg-symptom-order-sign", body)
    assert "quinine" in card["summary"]


def test_cramps_as_a_coded_diagnosis_are_cramps(client: TestClient) -> None:
    coded = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "G47.62"}]}
    known = {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": coded}
    body = call("order-sign", context={"draftOrders": draft("quinine sulfate 300 mg")})
    body["prefetch"]["conditions"] = {"resourceType": "Bundle", "entry": [{"resource": known}]}
    body["prefetch"]["observations"] = {"resourceType": "Bundle"}
    assert len(cards(client, "leg-symptom-order-sign", body)) == 1


def test_a_drug_that_causes_cramps_in_a_patient_who_has_them(client: TestClient) -> None:
    (card,) = cards(client, "leg-symptom-order-sign", call("order-sign", context={"draftOrders": draft("salmeterol")}))
    assert "salmeterol" in card["summary"]
    assert (
        cards(client, "leg-symptom-order-sign", call("order-sign", context={"draftOrders": draft("amoxicillin")})) == []
    )


def test_a_draft_that_is_not_selected_gives_no_card(client: TestClient) -> None:
    context = {"draftOrders": draft("quinine sulfate"), "selections": []}
    assert cards(client, "leg-symptom-order-select", call("order-select", context=context)) == []


def test_a_draft_for_somebody_else_gives_no_card(client: TestClient) -> None:
    other = draft("quinine sulfate 300 mg", subject={"reference": "Patient/p2"}, reasonCode=[{"text": "leg cramps"}])
    assert cards(client, "leg-symptom-order-sign", call("order-sign", context={"draftOrders": other})) == []


def test_a_cause_put_on_the_problem_list_while_a_danger_is_open(client: TestClient) -> None:
    problem = {"resourceType": "Condition", "id": "n", "subject": {"reference": "Patient/p1"}}
    cramps = {
        "resourceType": "Bundle",
        "entry": [{"resource": {**problem, "code": {"text": "Sleep related leg cramps"}}}],
    }
    (card,) = cards(client, "leg-symptom-problem", call("problem-list-item-create", context={"conditions": cramps}))
    assert card["summary"].startswith("Not excluded yet: Hypokalaemia")
    asthma = {"resourceType": "Bundle", "entry": [{"resource": {**problem, "code": {"text": "Asthma"}}}]}
    assert cards(client, "leg-symptom-problem", call("problem-list-item-create", context={"conditions": asthma})) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"prefetch": {}}, 412, "missing-prefetch"),
        ({"prefetch": {"patient": None}}, 412, "missing-prefetch"),
        ({"prefetch": {}, "fhirServer": "http://127.0.0.1:1/fhir"}, 412, "missing-prefetch"),
        ({"prefetch": {**prefetch(), "conditions": {"resourceType": "OperationOutcome"}}}, 412, "missing-prefetch"),
        ({"prefetch": {**prefetch(), "patient": {"resourceType": "Bundle"}}}, 412, "missing-prefetch"),
        ({"prefetch": {**prefetch(), "patient": {"resourceType": "Patient", "id": "p2"}}}, 422, "other-patient"),
        ({"prefetch": {**prefetch(), "patient": {"resourceType": "Patient", "id": ["p1"]}}}, 422, "other-patient"),
        ({"hook": "order-sign"}, 422, "bad-hook"),
        ({"context": {"patientId": 7}}, 422, "bad-hook"),
        ({"context": "SECRET"}, 422, "bad-hook"),
    ],
)  # fmt: skip
def test_a_bad_call_is_refused_in_words(client: TestClient, change: dict[str, Any], status: int, code: str) -> None:
    refused = client.post("/cds-services/leg-symptom-view", json={**call("patient-view"), **change})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert "SECRET" not in refused.text
    assert client.post("/cds-services/nothing", json=call("patient-view")).status_code == 404


@pytest.mark.parametrize(
    ("hook", "context"),
    [
        ("order-sign", {}),
        ("order-sign", {"draftOrders": "SECRET"}),
        ("order-select", {"draftOrders": draft("quinine")}),
        ("problem-list-item-create", {"conditions": []}),
    ],
)
def test_a_hook_without_what_it_is_about_is_not_answered_by_silence(
    client: TestClient, hook: str, context: dict[str, Any]
) -> None:
    service = next(id for id, (name, _, _) in SERVICES.items() if name == hook)
    refused = client.post(f"/cds-services/{service}", json=call(hook, context=context))
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-hook")
    assert "SECRET" not in refused.text


def test_errors_as_an_operation_outcome_when_that_is_asked_for(client: TestClient) -> None:
    accept = {"accept": "application/fhir+json, application/json"}
    refused = client.post(
        "/cds-services/leg-symptom-view", json={**call("patient-view"), "prefetch": {}}, headers=accept
    )
    assert (refused.status_code, refused.headers["content-type"]) == (412, "application/fhir+json")
    outcome = refused.json()
    assert outcome["issue"][0]["details"]["text"] == "missing-prefetch"
    assert "Patient/{{context.patientId}}" in outcome["issue"][0]["diagnostics"]
    if INSTALLED:
        assert problems([("outcome", outcome)]) == []


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ({"scope": "patient/*.rs"}, 7),
        ({"scope": "user/*.read"}, 7),
        ({"scope": "system/*.*"}, 7),
        ({"scope": ""}, 7),
        ({"scope": "patient/*.rs", "patient": "p1"}, 7),
        ({"scope": "patient/*.rs", "patient": "p2"}, 0),
        ({"scope": "patient/*.s"}, 6),
        ({"scope": "patient/Patient.rs patient/Observation.rs"}, 2),
        ({"scope": "patient/*.rs?category=laboratory"}, 0),
        ({"scope": "launch openid"}, 0),
        ({"scope": "patient/*.rs", "token_type": "mac"}, 0),
    ],
)
def test_a_token_is_used_for_what_its_scopes_allow(
    monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge, given: dict[str, Any], asks: int
) -> None:
    asked = []

    def answer(url: str, headers: dict[str, str]) -> dict[str, Any]:
        asked.append(url)
        key = next(k for k, t in PREFETCH.items() if t.split("?")[0].split("/")[0] in url)
        return prefetch()[key]  # type: ignore[no-any-return]

    monkeypatch.setattr("hickam.interfaces.cds.records.get_json", answer)
    client = TestClient(create_app(knowledge, trust=Trust(fhir_servers=("https://ehr.test/fhir",))))
    authorization = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "subject": "hickam", **given}
    body = call("patient-view", fhirServer="https://ehr.test/fhir/", fhirAuthorization=authorization, prefetch={})
    answered = client.post("/cds-services/leg-symptom-view", json=body)
    assert len(asked) == asks
    assert answered.status_code == (200 if asks == len(PREFETCH) else 412)


ISSUER, AUDIENCE = "https://ehr.test", "https://hickam.test"
ENDPOINT = "/cds-services/leg-symptom-view"


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


def trust(key: ec.EllipticCurvePrivateKey, **parts: Any) -> Trust:
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    issuer = Issuer(iss=ISSUER, jku=f"{ISSUER}/keys", keys=({**public, "kid": "k1", "alg": "ES384"},))
    return Trust(audience=AUDIENCE, issuers=(issuer,), **parts)


def token(key: Any, *, headers: dict[str, Any] | None = None, algorithm: str = "ES384", **claims: Any) -> str:
    now = int(time.time())
    told = {"iss": ISSUER, "aud": AUDIENCE + ENDPOINT, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), **claims}
    return jwt.encode(
        {k: v for k, v in told.items() if v is not None}, key, algorithm, {"kid": "k1", **(headers or {})}
    )


def test_a_caller_is_let_in_once_with_a_token(knowledge: Knowledge, key: ec.EllipticCurvePrivateKey) -> None:
    client = TestClient(create_app(knowledge, trust=trust(key)))
    header = {"authorization": f"Bearer {token(key)}"}
    assert client.post(ENDPOINT, json=call("patient-view"), headers=header).status_code == 200
    again = client.post(ENDPOINT, json=call("patient-view"), headers=header)
    assert (again.status_code, again.json()["code"]) == (401, "not-trusted")


def test_other_tokens_are_refused(knowledge: Knowledge, key: ec.EllipticCurvePrivateKey) -> None:
    client, now = TestClient(create_app(knowledge, trust=trust(key))), int(time.time())
    stranger = ec.generate_private_key(ec.SECP384R1())
    tokens = {
        "no token": "",
        "another key": token(stranger),
        "another issuer": token(key, iss="https://other.test"),
        "another audience": token(key, aud="https://other.test"),
        "another service": token(key, aud=AUDIENCE + "/cds-services/leg-symptom-problem"),
        "expired": token(key, iat=now - 600, exp=now - 300),
        "no jti": token(key, jti=None),
        "too long": token(key, exp=now + 86400),
        "keys of somebody else": token(key, headers={"jku": "https://other.test/keys"}),
        "unknown key": token(key, headers={"kid": "k2"}),
        "shared secret": token("x" * 64, algorithm="HS512"),
        "not a token": "abc",
    }
    for name, given in tokens.items():
        refused = client.post(ENDPOINT, json=call("patient-view"), headers={"authorization": f"Bearer {given}"})
        assert (refused.status_code, refused.json()["code"]) == (401, "not-trusted"), name


def test_tenants(knowledge: Knowledge, key: ec.EllipticCurvePrivateKey) -> None:
    (issuer,) = trust(key).issuers
    listed = Trust(audience=AUDIENCE, issuers=(msgspec.structs.replace(issuer, tenants=("north", "south")),))
    client = TestClient(create_app(knowledge, trust=listed))

    def answered(**claims: Any) -> Any:
        return client.post(
            ENDPOINT, json=call("patient-view"), headers={"authorization": f"Bearer {token(key, **claims)}"}
        )

    assert answered(tenant="east").status_code == 401
    assert answered().status_code == 401
    assert [len(answered(tenant=t).json()["cards"]) for t in ("north", "north", "south")] == [1, 0, 1]


def test_forged_tokens_do_not_make_us_call_the_issuer_without_end(
    monkeypatch: pytest.MonkeyPatch, key: ec.EllipticCurvePrivateKey
) -> None:
    (listed,) = trust(key).issuers
    calls = []

    def keys(url: str, headers: dict[str, str]) -> dict[str, Any]:
        calls.append(url)
        return {"keys": list(listed.keys)}

    monkeypatch.setattr("hickam.interfaces.cds.trust.get_json", keys)
    keeper = Gatekeeper(Trust(audience=AUDIENCE, issuers=(Issuer(iss=ISSUER, jku=f"{ISSUER}/keys"),)))
    for n in range(5):
        with pytest.raises(NotTrustedError):
            keeper.admit(f"Bearer {token(key, headers={'kid': f'forged-{n}'})}", ENDPOINT)
    keeper.admit(f"Bearer {token(key)}", ENDPOINT)
    assert calls == [f"{ISSUER}/keys"]


def test_callers_at_the_first_moment_wait_for_the_keys(
    monkeypatch: pytest.MonkeyPatch, key: ec.EllipticCurvePrivateKey
) -> None:
    (listed,) = trust(key).issuers
    calls, both_came = [], threading.Barrier(2)

    def slow_keys(url: str, headers: dict[str, str]) -> dict[str, Any]:
        calls.append(url)
        time.sleep(0.1)
        return {"keys": list(listed.keys)}

    monkeypatch.setattr("hickam.interfaces.cds.trust.get_json", slow_keys)
    keeper = Gatekeeper(Trust(audience=AUDIENCE, issuers=(Issuer(iss=ISSUER, jku=f"{ISSUER}/keys"),)))

    def come(given: str) -> str:
        both_came.wait()
        return keeper.admit(f"Bearer {given}", ENDPOINT)

    with ThreadPoolExecutor(2) as callers:
        admitted = list(callers.map(come, (token(key), token(key))))
    assert admitted == [f"{ISSUER} "] * 2
    assert len(calls) == 1


def test_an_issuer_that_fails_once_is_asked_again_and_old_keys_are_not_trusted(
    monkeypatch: pytest.MonkeyPatch, key: ec.EllipticCurvePrivateKey
) -> None:
    (listed,) = trust(key).issuers
    up, now = False, 1000.0

    def keys(url: str, headers: dict[str, str]) -> dict[str, Any]:
        if not up:
            raise OSError("down")
        return {"keys": list(listed.keys)}

    monkeypatch.setattr("hickam.interfaces.cds.trust.get_json", keys)
    monkeypatch.setattr("hickam.interfaces.cds.trust.time.monotonic", lambda: now)
    keeper = Gatekeeper(Trust(audience=AUDIENCE, issuers=(Issuer(iss=ISSUER, jku=f"{ISSUER}/keys"),)))
    with pytest.raises(NotTrustedError, match="cannot be read"):
        keeper.admit(f"Bearer {token(key)}", ENDPOINT)
    up, now = True, now + AFTER_FAILURE_SECONDS
    keeper.admit(f"Bearer {token(key)}", ENDPOINT)
    up, now = False, now + NOT_AGAIN_SECONDS
    with pytest.raises(NotTrustedError, match="no key"):
        keeper.admit(f"Bearer {token(key, headers={'kid': 'new'})}", ENDPOINT)
    keeper.admit(f"Bearer {token(key)}", ENDPOINT)
    now += KEYS_FOR_SECONDS
    with pytest.raises(NotTrustedError, match="cannot be read"):
        keeper.admit(f"Bearer {token(key)}", ENDPOINT)


def test_pages_of_listed_origins_only(knowledge: Knowledge) -> None:
    client = TestClient(create_app(knowledge, trust=Trust(origins=("https://ehr.test",))))
    asked = {"access-control-request-method": "POST"}
    yes = client.options(ENDPOINT, headers={"origin": "https://ehr.test", **asked})
    no = client.options(ENDPOINT, headers={"origin": "https://other.test", **asked})
    assert yes.headers["access-control-allow-origin"] == "https://ehr.test"
    assert "access-control-allow-origin" not in no.headers
    assert client.get("/cds-services", headers={"origin": "https://ehr.test"}).headers["access-control-allow-origin"]


def test_feedback_is_kept_without_the_comment_and_counted(knowledge: Knowledge, tmp_path: Path) -> None:
    book = tmp_path / "feedback.jsonl"
    client = TestClient(create_app(knowledge, trust=Trust(feedback=str(book))))
    taken = {
        "card": "c1",
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": "s"}],
        "outcomeTimestamp": "2026-11-22T10:00:00Z",
    }
    aside = {
        "card": "c2", "outcome": "overridden", "outcomeTimestamp": "2026-11-22T10:01:00Z",
        "overrideReason": {"reason": {"code": "cds-not-applicable"}, "userComment": "SECRET PATIENT"},
    }  # fmt: skip
    odd = {**aside, "card": "c3", "overrideReason": {"reason": {"code": ["cds-not-applicable"]}}}
    assert client.post(f"{ENDPOINT}/feedback", json={"feedback": [taken, aside, odd]}).status_code == 200
    assert "SECRET" not in book.read_text()
    assert book.stat().st_mode & 0o777 == 0o600
    report = feedback_report(str(book))
    assert "1 taken, 2 put aside" in report
    assert "1 Does not apply to this patient" in report
    wrong = copy.deepcopy(taken) | {"outcome": "ignored"}
    assert client.post(f"{ENDPOINT}/feedback", json={"feedback": [wrong]}).status_code == 422


def test_a_feedback_file_that_cannot_be_written_is_said_at_the_start(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(HickamError, match="cannot be written") as refused:
        create_app(knowledge, trust=Trust(feedback=str(tmp_path / "no-such-folder" / "feedback.jsonl")))
    assert "make its folder" in refused.value.fix
