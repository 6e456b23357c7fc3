"""A hospital by others (SEKMET, a small FHIR server): we read a patient from it, and it takes what we write."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

from fastapi.testclient import TestClient
from fhir_bundles import example
from fhir_hospital import ask

from hickam.interfaces.cds.trust import Trust
from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.web.app import create_app
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

WRITTEN = (
    "RiskAssessment",
    "DetectedIssue",
    "ServiceRequest",
    "GuidanceResponse",
    "Provenance",
    "Condition",
    "Observation",
)


def hook(patient: str, **parts: Any) -> dict[str, Any]:
    context = {"patientId": patient, "userId": f"Practitioner/{uuid.uuid4()}"}
    return {"hook": "patient-view", "hookInstance": str(uuid.uuid4()), "context": context, **parts}


def test_a_hook_without_prefetch_reads_the_patient_from_the_hospital(
    knowledge: Knowledge, hospital: str, patient: str
) -> None:
    client = TestClient(create_app(knowledge, trust=Trust(fhir_servers=(hospital,))))
    authorization = {
        "access_token": "t",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.rs",
        "subject": "hickam",
    }
    body = hook(patient, fhirServer=hospital, fhirAuthorization=authorization)
    answered = client.post("/cds-services/leg-symptom-view", json=body)
    assert answered.status_code == 200, answered.text
    (card,) = answered.json()["cards"]
    assert "Hypokalaemia" in card["summary"]
    for suggestion in card["suggestions"]:
        for action in suggestion["actions"]:
            assert ask("POST", f"{hospital}/ServiceRequest", action["resource"])["id"]


def test_with_prefetch_the_answer_is_the_same(knowledge: Knowledge, hospital: str, patient: str) -> None:
    from hickam.interfaces.cds.definitions import PREFETCH

    found = {k: ask("GET", f"{hospital}/{t.replace('{{context.patientId}}', patient)}") for k, t in PREFETCH.items()}
    with_it = TestClient(create_app(knowledge)).post(
        "/cds-services/leg-symptom-view", json=hook(patient, prefetch=found)
    )
    client = TestClient(create_app(knowledge, trust=Trust(fhir_servers=(hospital,))))
    without = client.post("/cds-services/leg-symptom-view", json=hook(patient, fhirServer=hospital))
    first, second = with_it.json()["cards"], without.json()["cards"]
    assert [(c["summary"], c["detail"], c["indicator"]) for c in first] == [
        (c["summary"], c["detail"], c["indicator"]) for c in second
    ]
    assert first


def test_a_server_that_is_not_on_the_list_is_not_read(knowledge: Knowledge, hospital: str, patient: str) -> None:
    refused = TestClient(create_app(knowledge)).post(
        "/cds-services/leg-symptom-view", json=hook(patient, fhirServer=hospital)
    )
    assert (refused.status_code, refused.json()["code"]) == (412, "missing-prefetch")


def test_the_hospital_takes_every_kind_of_resource_we_write(knowledge: Knowledge, hospital: str, patient: str) -> None:
    case = read_fhir(example(), knowledge, "2026-11-22").case
    answer = assess(knowledge, case, Options(as_of="2026-11-22", draws=0))
    document = assessment_document(knowledge.pack, case, answer, datetime.datetime.now(datetime.UTC))
    subject = next(e["fullUrl"] for e in document["entry"] if e["resource"]["resourceType"] == "Patient")
    device = next(e["fullUrl"] for e in document["entry"] if e["resource"]["resourceType"] == "Device")
    taken = set()
    for entry in document["entry"]:
        kind = entry["resource"]["resourceType"]
        if kind not in WRITTEN or kind in taken:
            continue
        text = json.dumps(entry["resource"]).replace(subject, f"Patient/{patient}").replace(device, "Device/hickam")
        assert ask("POST", f"{hospital}/{kind}", json.loads(text))["id"], kind
        taken.add(kind)
    assert taken == set(WRITTEN)
