"""Allergies: what is told of them in words, data and records, and what advice says to them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from fhir_bundles import AS_OF

from hickam.clinic.allergies import allergens
from hickam.clinic.view import CaseView
from hickam.intake.errors import IntakeError
from hickam.intake.reading import parse
from hickam.intake.structured import case_from_json
from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.reading import read_fhir
from hickam.model.case import Allergy, Case
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

LEG = "60-year-old man, calf cramps at night. "


@pytest.mark.parametrize(
    ("words", "allergies", "medicines"),
    [
        ("Allergic to penicillin and quinine.", ["penicillin", "quinine"], []),
        ("Penicillin and quinine allergy. Takes ramipril.", ["Penicillin", "quinine"], ["ramipril"]),
        ("Allergies: quinine, statins. Takes aspirin.", ["quinine", "statins"], ["aspirin"]),
        ("Intolerant of statins, takes ramipril.", ["statins"], ["ramipril"]),
        ("Takes ramipril and is allergic to aspirin.", ["aspirin"], ["ramipril"]),
        ("Takes ramipril, allergies: aspirin.", ["aspirin"], ["ramipril"]),
        ("No known drug allergies, takes quinine.", [], ["quinine"]),
        ("Not allergic to aspirin.", [], []),
        ("His mother is allergic to aspirin.", [], []),
        ("Allergies: none. Medicines: quinine.", [], ["quinine"]),
        ("NKDA, on quinine.", [], ["quinine"]),
        ("Takes aspirin and has no allergies.", [], ["aspirin"]),
    ],
)
def test_allergies_in_words(knowledge: Knowledge, words: str, allergies: list[str], medicines: list[str]) -> None:
    case = parse(LEG + words, knowledge.vocabulary)
    assert sorted(a.name for a in case.allergies) == sorted(allergies)
    assert [m.name for m in case.medications] == medicines
    for allergy in case.allergies:
        assert allergy.span is not None
        assert case.text[allergy.span.start : allergy.span.end] == allergy.name


@pytest.mark.parametrize("words", ["Allergic to statins.", "Allergic to quinine.", "Not allergic to quinine."])
def test_an_allergy_says_nothing_of_what_is_taken(knowledge: Knowledge, words: str) -> None:
    case = parse(LEG + words, knowledge.vocabulary)
    assert [o.finding for o in case.observations if o.finding.startswith("takes_")] == []
    assert words.split()[-1].rstrip(".") not in [s.text for s in case.not_understood]


def against(knowledge: Knowledge, *allergies: Allergy) -> dict[str, str]:
    found = allergens(CaseView(knowledge.pack, Case(allergies=allergies))).names
    return {name: concern.why for name, concern in found.items()}


def test_a_named_medicine_concerns_itself_and_what_reacts_across(knowledge: Knowledge) -> None:
    found = against(knowledge, Allergy(name="Aspirin 75 MG Oral Tablet", drug="aspirin"))
    assert found["aspirin"] == ""
    assert "cyclooxygenase" in found["ibuprofen"]
    assert "paracetamol" not in found
    assert "celecoxib" not in found


def test_a_class_concerns_every_member(knowledge: Knowledge) -> None:
    found = against(knowledge, Allergy(name="statins", drug="statins"))
    assert {"atorvastatin", "simvastatin"} <= set(found)


def test_penicillin_speaks_against_no_other_kind_of_antibiotic(knowledge: Knowledge) -> None:
    found = against(knowledge, Allergy(name="penicillin"))
    assert "flucloxacillin" in found
    assert not {"doxycycline", "clindamycin", "cefalexin"} & set(found)


def test_what_the_pack_does_not_know_concerns_nothing(knowledge: Knowledge) -> None:
    assert against(knowledge, Allergy(name="latex")) == {}


def cautions(knowledge: Knowledge, story: str) -> list[str]:
    answer = assess(
        knowledge, parse(story, knowledge.vocabulary), Options(as_of=AS_OF, draws=0, explain=False, steps=0)
    )
    return [c.text for c in answer.cautions if any(b.startswith("allergy: ") for b in c.because)]


CLAUDICATION = "62-year-old man, calf pain after 200 m, gone after 2 minutes standing, smoker, absent pedal pulses. "


def test_a_suggested_treatment_is_flagged(knowledge: Knowledge) -> None:
    assert cautions(knowledge, CLAUDICATION) == []
    (said,) = cautions(knowledge, CLAUDICATION + "Allergic to atorvastatin.")
    assert said.startswith("Statin to lower vascular risk: an allergy or intolerance to atorvastatin is recorded.")
    (said,) = cautions(knowledge, CLAUDICATION + "Allergic to ibuprofen.")
    assert said.startswith("Antiplatelet drug: an allergy or intolerance to ibuprofen is recorded.")
    assert "often react across" in said


def test_a_step_that_names_the_class_only_is_flagged(knowledge: Knowledge) -> None:
    story = "50-year-old man, red hot swollen lower leg since yesterday, spreading redness, fever. Penicillin allergy."
    assert any(text.startswith("Oral antibiotic") for text in cautions(knowledge, story))


def test_a_medicine_that_is_taken_all_the_same_is_flagged(knowledge: Knowledge) -> None:
    story = LEG + "Takes simvastatin. Allergic to statins."
    assert any(text.startswith("simvastatin is taken: ") for text in cautions(knowledge, story))


def allergy(**parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": {"reference": "Patient/p"},
        "code": {"text": "Aspirin"},
        **parts,
    }


def state(kind: str, code: str) -> dict[str, Any]:
    return {kind: {"coding": [{"code": code}]}}


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        (allergy(), [("Aspirin", "aspirin", True)]),
        (allergy(**state("verificationStatus", "unconfirmed")), [("Aspirin", "aspirin", False)]),
        (allergy(**state("verificationStatus", "refuted")), []),
        (allergy(**state("verificationStatus", "entered-in-error")), []),
        (allergy(**state("clinicalStatus", "resolved")), []),
        (allergy(code={"text": "No known drug allergies"}), []),
        (allergy(code={"coding": [{"display": "Cashew nuts"}]}), [("Cashew nuts", "", True)]),
        (allergy(code={}), []),
    ],
)
def test_allergies_of_a_record(
    knowledge: Knowledge, resource: dict[str, Any], found: list[tuple[str, str, bool]]
) -> None:
    case = read_fhir({"resourceType": "Bundle", "entry": [{"resource": resource}]}, knowledge, AS_OF).case
    assert [(a.name, a.drug, a.confirmed) for a in case.allergies] == found
    assert all(a.resource == "AllergyIntolerance/a" for a in case.allergies)


def test_an_allergy_goes_out_and_comes_back(knowledge: Knowledge) -> None:
    case = parse(CLAUDICATION + "Allergic to atorvastatin.", knowledge.vocabulary)
    answer = assess(knowledge, case, Options(as_of=AS_OF, draws=0, explain=False, steps=0))
    document = assessment_document(knowledge.pack, case, answer, datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC))
    back = read_fhir(document, knowledge, AS_OF).case
    assert [(a.name, a.drug, a.span) for a in back.allergies] == [(a.name, a.drug, a.span) for a in case.allergies]
    resources = {e["fullUrl"]: e["resource"] for e in document["entry"]}
    issues = [r for r in resources.values() if r["resourceType"] == "DetectedIssue" and "implicated" in r]
    (issue,) = (i for i in issues if resources[i["implicated"][0]["reference"]]["resourceType"] == "AllergyIntolerance")
    assert "atorvastatin is recorded" in issue["detail"]


def test_allergies_as_data(knowledge: Knowledge) -> None:
    given: dict[str, Any] = {"text": LEG, "allergies": ["quinine", {"name": "latex", "confirmed": False}]}
    case = case_from_json(given, knowledge.vocabulary)
    assert [(a.name, a.drug, a.confirmed) for a in case.allergies] == [
        ("quinine", "quinine", True),
        ("latex", "", False),
    ]
    with pytest.raises(IntakeError, match="an allergy needs a name"):
        case_from_json({"allergies": [{"confirmed": True}]}, knowledge.vocabulary)
