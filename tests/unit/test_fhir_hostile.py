"""Records that say one thing and mean another: what is not surely said of this patient now is listed, not used."""

from __future__ import annotations

from typing import Any

import pytest

from hickam.interfaces.fhir.reading import Read, read_fhir
from hickam.services.knowledge import Knowledge

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
WHO = {"reference": "Patient/p1"}
PATIENT = {
    "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1970-01-01",
    "identifier": [{"system": "urn:mrn", "value": "1"}],
}  # fmt: skip


def read(knowledge: Knowledge, *resources: dict[str, Any], day: str = "2026-11-22") -> Read:
    entries = [{"resource": r} for r in (PATIENT, *resources)]
    return read_fhir({"resourceType": "Bundle", "entry": entries}, knowledge, day)


def problem(text: str, code: str = "", **parts: Any) -> dict[str, Any]:
    coding = [{"system": ICD, "code": code}] if code else []
    return {"resourceType": "Condition", "id": "c", "subject": WHO, "code": {"text": text, "coding": coding}, **parts}


def sign(text: str, **parts: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": text}, **parts}


def potassium(value: float, **parts: Any) -> dict[str, Any]:
    named = {"coding": [{"system": LOINC, "code": "2823-3"}]}
    return sign("", valueQuantity={"value": value, "unit": "mmol/L"}, **{"code": named, **parts})


def form(*answers: dict[str, Any], id: str = "q", link: str = "chest_pain", **parts: Any) -> dict[str, Any]:
    item = [{"linkId": link, "answer": list(answers)}]
    return {"resourceType": "QuestionnaireResponse", "id": id, "status": "completed", "item": item, **parts}


def states(found: Read) -> dict[str, str]:
    return {o.finding: o.state for o in found.case.observations}


@pytest.mark.parametrize(
    "words",
    ["?DVT", "rule out DVT", "r/o DVT", "no DVT", "possible DVT", "DVT ruled out", "DVT vs cellulitis", "FH: DVT",
     "family history of DVT", "DVT prophylaxis"],
)  # fmt: skip
def test_a_code_is_not_believed_against_its_words(knowledge: Knowledge, words: str) -> None:
    found = read(knowledge, problem(words, "I82.401"))
    assert (found.case.facts, found.case.observations) == ((), ())
    assert [i.resource for i in found.ignored] == ["Condition/c"]


def test_a_diagnosis_that_its_words_say_is_over_is_past(knowledge: Knowledge) -> None:
    assert [f.status for f in read(knowledge, problem("h/o DVT", "I82.401")).case.facts] == ["past"]
    assert [f.status for f in read(knowledge, problem("DVT, resolved")).case.facts] == ["past"]
    assert states(read(knowledge, problem("h/o diabetes", "E11.9"))) == {"diabetes": "present"}
    assert states(read(knowledge, problem("history of DVT"))) == {"previous_dvt_pe": "present"}
    assert states(read(knowledge, problem("h/o chest pain"))) == {}


def test_a_display_may_doubt_its_code_too(knowledge: Knowledge) -> None:
    coded = {"coding": [{"system": ICD, "code": "I82.401", "display": "rule out DVT"}]}
    assert read(knowledge, problem("", code="") | {"code": coded}).case.facts == ()


@pytest.mark.parametrize(
    "value", ["not done", "0", "normal", "inconclusive", "declined", "no data", "2 years ago", "?"]
)
def test_a_value_that_is_not_understood_makes_no_finding(knowledge: Knowledge, value: str) -> None:
    assert states(read(knowledge, sign("chest pain", valueString=value))) == {}


@pytest.mark.parametrize(("value", "state"), [("severe", "present"), ("++", "present"), ("none seen", "absent")])
def test_a_grade_or_a_denial_is_understood(knowledge: Knowledge, value: str, state: str) -> None:
    assert states(read(knowledge, sign("chest pain", valueString=value))) == {"chest_pain": state}


def test_a_value_beside_the_reason_why_there_is_none_does_not_count(knowledge: Knowledge) -> None:
    why = {"coding": [{"code": "not-performed"}]}
    found = read(
        knowledge, sign("fever", valueBoolean=False, dataAbsentReason=why), potassium(2.5, dataAbsentReason=why)
    )
    assert states(found) == {}


def test_tomorrow_in_auckland_is_today_here(knowledge: Knowledge) -> None:
    there = sign("chest pain", valueBoolean=True, effectiveDateTime="2026-11-22T08:00:00+13:00")
    assert states(read(knowledge, there, day="2026-11-21")) == {"chest_pain": "present"}
    assert states(read(knowledge, there, day="2026-11-20")) == {}


def test_a_denial_of_a_risk_grows_old(knowledge: Knowledge) -> None:
    status = {"coding": [{"system": LOINC, "code": "82810-3"}]}
    told = sign("", code=status, valueCodeableConcept={"text": "Not pregnant"}, effectiveDateTime="2019-01-01")
    assert states(read(knowledge, told)) == {}


@pytest.mark.parametrize(("day", "state"), [("2019-01-01", None), ("2026-06-01", "present")])
def test_a_pregnancy_does_not_last_for_years(knowledge: Knowledge, day: str, state: str | None) -> None:
    status = {"coding": [{"system": LOINC, "code": "82810-3"}]}
    told = sign("", code=status, valueCodeableConcept={"text": "Pregnant"}, effectiveDateTime=day)
    assert states(read(knowledge, told)).get("pregnant") == state
    assert states(read(knowledge, problem("Pregnancy", "Z33.1", onsetDateTime=day))).get("pregnant") == state


@pytest.mark.parametrize("first", ["preliminary", "final"])
def test_a_correction_goes_before_what_it_corrects(knowledge: Knowledge, first: str) -> None:
    wrong = potassium(4.5, status=first, effectiveDateTime="2026-11-21")
    right = potassium(2.6, id="o2", status="corrected", effectiveDateTime="2026-11-21")
    assert [o.value for o in read(knowledge, wrong, right).case.observations] == [2.6]


def test_yes_and_no_to_one_question_is_no_answer(knowledge: Knowledge) -> None:
    both = [{"valueCoding": {"code": code}} for code in ("no", "yes")]
    found = read(knowledge, form(*both))
    assert states(found) == {}
    assert "several ways" in found.ignored[0].reason


def test_of_two_forms_the_newer_counts(knowledge: Knowledge) -> None:
    old = form({"valueBoolean": False}, authored="2026-11-10")
    new = form({"valueBoolean": True}, id="q2", authored="2026-11-21")
    assert states(read(knowledge, old, new)) == {"chest_pain": "present"}


@pytest.mark.parametrize(
    ("subject", "ours"),
    [
        ({"identifier": {"system": "urn:mrn", "value": "1"}}, True),
        ({"identifier": {"system": "urn:mrn", "value": "2"}}, False),
        ({**WHO, "identifier": {"system": "urn:mrn", "value": "2"}}, False),
        ({**WHO, "identifier": {"system": "urn:other", "value": "2"}}, True),
        ({"type": "Group", "display": "ward 3"}, False),
    ],
)
def test_a_number_names_a_patient_too(knowledge: Knowledge, subject: dict[str, Any], ours: bool) -> None:
    assert bool(states(read(knowledge, sign("chest pain", valueBoolean=True, subject=subject)))) == ours


@pytest.mark.parametrize(
    ("words", "taken"),
    [("simvastatin", True), ("stopped simvastatin", False), ("simvastatin (discontinued)", False),
     ("simvastatin - allergy", None), ("salbutamol hand-held inhaler", True)],
)  # fmt: skip
def test_a_medicine_whose_words_say_it_is_stopped_is_not_taken(
    knowledge: Knowledge, words: str, taken: bool | None
) -> None:
    taking = {"resourceType": "MedicationStatement", "status": "active", "subject": WHO}
    found = read(knowledge, {**taking, "medicationCodeableConcept": {"text": words}})
    assert [m.current for m in found.case.medications] == ([] if taken is None else [taken])


@pytest.mark.parametrize(
    "allergy",
    [
        {"code": {"text": "No known drug allergies except quinine"}},
        {"code": {"text": "No known allergies", "coding": [{"display": "quinine"}]}},
        {"reaction": [{"substance": {"text": "quinine"}}]},
        {"code": {"text": "Drug allergy"}, "reaction": [{"substance": {"text": "quinine"}}]},
    ],
)
def test_an_allergy_is_found_wherever_it_is_told(knowledge: Knowledge, allergy: dict[str, Any]) -> None:
    found = read(knowledge, {"resourceType": "AllergyIntolerance", "patient": WHO, **allergy})
    assert ["quinine" in a.name for a in found.case.allergies] == [True]


def test_a_visit_never_closed_is_not_this_one(knowledge: Knowledge) -> None:
    visit = {"resourceType": "Encounter", "status": "in-progress", "period": {"start": "2015-01-01"}}
    assert states(read(knowledge, {**visit, "reasonCode": [{"text": "chest pain"}]})) == {}


def test_a_value_in_words_is_not_replaced_by_its_flag(knowledge: Knowledge) -> None:
    told = potassium(0, valueString="haemolysed", interpretation=[{"coding": [{"code": "L", "system": FLAGS}]}])
    del told["valueQuantity"]
    assert states(read(knowledge, told)) == {}
    del told["valueString"]
    assert "potassium" in states(read(knowledge, told))


def test_a_medicine_of_unknown_status_is_listed(knowledge: Knowledge) -> None:
    taking = {"resourceType": "MedicationStatement", "status": "perhaps", "subject": WHO}
    found = read(knowledge, {**taking, "medicationCodeableConcept": {"text": "simvastatin"}})
    assert found.case.medications == ()
    assert [i.reason for i in found.ignored] == ["its status is not one of R4"]
