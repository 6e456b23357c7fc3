"""A record of somebody else, of another specimen, of what was denied or wrongly entered says nothing of this patient."""

from __future__ import annotations

from typing import Any

import pytest

from hickam.interfaces.fhir.reading import Read, read_fhir
from hickam.services.knowledge import Knowledge

HERE, THERE = "https://ehr.example/fhir", "https://other.example/fhir"
LOINC = "http://loinc.org"


def read(knowledge: Knowledge, *entries: dict[str, Any]) -> Read:
    """Of entries, or of resources that stand by themselves."""
    listed = [e if "resource" in e else {"resource": e} for e in entries]
    return read_fhir({"resourceType": "Bundle", "entry": listed}, knowledge, "2026-11-22")


def pain(**parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "calf pain"}, "valueBoolean": True,
        **parts,
    }  # fmt: skip


def result(code: str, text: str, value: float, unit: str, **parts: Any) -> dict[str, Any]:
    named = {"coding": [{"system": LOINC, "code": code}], "text": text}
    return pain(code=named, valueBoolean=None, valueQuantity={"value": value, "unit": unit}, **parts)


@pytest.mark.parametrize(
    ("patient_at", "observation_at", "reference", "ours"),
    [
        ("", "", "Patient/p1", True),
        ("", "", f"{THERE}/Patient/p1", False),
        (f"{HERE}/Patient/p1", "", f"{HERE}/Patient/p1", True),
        (f"{HERE}/Patient/p1", "", f"{HERE}/Patient/p1/_history/3", True),
        (f"{HERE}/Patient/p1", "", f"{THERE}/Patient/p1", False),
        (f"{HERE}/Patient/p1", f"{HERE}/Observation/o", "Patient/p1", True),
        (f"{HERE}/Patient/p1", f"{THERE}/Observation/o", "Patient/p1", False),
        ("", f"{HERE}/Observation/o", f"{HERE}/Patient/p1", True),
        ("", f"{HERE}/Observation/o", f"{THERE}/Patient/p1", False),
        ("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", "", "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", True),
        ("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", "", "Patient/p1", True),
        ("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", "", "urn:uuid:00000000-2fa1-11d2-883f-0016d3cca427", False),
        ("", "", "Patient/xp1", False),
    ],
)
def test_the_same_id_on_another_server_is_another_person(
    knowledge: Knowledge, patient_at: str, observation_at: str, reference: str, ours: bool
) -> None:
    found = read(
        knowledge,
        {"fullUrl": patient_at, "resource": {"resourceType": "Patient", "id": "p1"}},
        {"fullUrl": observation_at, "resource": pain(subject={"reference": reference})},
    )
    assert bool(found.case.observations) == ours
    assert ["about somebody" in i.reason for i in found.ignored] == [True] * (not ours)


def test_without_a_patient_all_must_be_of_the_one_that_is_named_first(knowledge: Knowledge) -> None:
    first = {"fullUrl": f"{HERE}/Observation/a", "resource": pain(id="a", subject={"reference": "Patient/p1"})}
    same = {"fullUrl": f"{HERE}/Observation/b", "resource": pain(id="b", subject={"reference": f"{HERE}/Patient/p1"})}
    other = {"fullUrl": f"{THERE}/Observation/c", "resource": pain(id="c", subject={"reference": "Patient/p1"})}
    found = read(knowledge, first, same, other)
    assert found.used == ("Observation/a", "Observation/b")
    assert [i.resource for i in found.ignored] == ["Observation/c"]


@pytest.mark.parametrize(
    ("observation", "finding"),
    [
        (result("2823-3", "Potassium", 2.0, "mmol/L"), "potassium"),
        (result("2828-2", "Potassium, urine", 2.0, "mmol/L"), None),
        (result("0-0", "Potassium", 2.0, "mmol/L", specimen={"display": "24 h urine"}), None),
        (result("0-0", "Potassium", 2.0, "mmol/L", specimen={"reference": "#s"},
                contained=[{"resourceType": "Specimen", "id": "s", "type": {"text": "Urine"}}]), None),
        (result("0-0", "Glucose [Moles/volume] in Cerebral spinal fluid", 2.0, "mmol/L"), None),
        (pain(code={"text": "Urinalysis"}, valueBoolean=None,
              component=[{"code": {"text": "Calcium"}, "valueQuantity": {"value": 5, "unit": "mmol/L"}}]), None),
    ],
)  # fmt: skip
def test_a_value_of_another_specimen_is_no_blood_value(
    knowledge: Knowledge, observation: dict[str, Any], finding: str | None
) -> None:
    found = read(knowledge, observation)
    assert [o.finding for o in found.case.observations] == ([finding] if finding else [])
    assert any("not measured in blood" in i.reason for i in found.ignored) == (finding is None)


@pytest.mark.parametrize(
    ("code", "text", "unit", "state"),
    [
        ("48065-7", "D-dimer", "ng/mL", "absent"),
        ("48066-5", "D-dimer", "ng/mL", "present"),
        ("48066-5", "D-dimer", "ng/mL{DDU}", "present"),
        ("0-0", "D-dimer", "ng/mL", "absent"),
        ("48066-5", "D-dimer", "furlong", None),
    ],
)
def test_a_d_dimer_in_d_dimer_units_counts_twice(
    knowledge: Knowledge, code: str, text: str, unit: str, state: str | None
) -> None:
    found = read(knowledge, {"resourceType": "Patient", "birthDate": "1990-01-01"}, result(code, text, 400, unit))
    assert {o.finding: o.state for o in found.case.observations}.get("d_dimer_raised") == state


def test_the_words_may_say_which_units_of_d_dimer(knowledge: Knowledge) -> None:
    local = result("0-0", "D-dimer", 400, "ng/mL")
    local["code"]["coding"][0]["display"] = "Fibrin D-dimer DDU"
    found = read(knowledge, {"resourceType": "Patient", "birthDate": "1990-01-01"}, local)
    assert [(o.finding, o.state) for o in found.case.observations] == [("d_dimer_raised", "present")]


@pytest.mark.parametrize("words", ["no deep vein thrombosis", "No DVT", "DVT ruled out"])
def test_a_denied_disease_is_no_negative_test(knowledge: Knowledge, words: str) -> None:
    problem = {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": words}}
    denied = pain(code={"text": "deep vein thrombosis"}, valueBoolean=False)
    found = read(knowledge, problem, denied)
    assert found.case.observations == ()
    assert [i.reason for i in found.ignored] == ["it denies a disease, which is no test result"] * 2


def test_a_denied_risk_is_absent(knowledge: Knowledge) -> None:
    problem = {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "no history of DVT"},
    }
    assert [(o.finding, o.state) for o in read(knowledge, problem).case.observations] == [("previous_dvt_pe", "absent")]


@pytest.mark.parametrize(
    ("product", "drug"),
    [
        ({"code": {"text": "simvastatin 40 mg"}}, "statins"),
        ({"status": "inactive", "code": {"text": "simvastatin 40 mg"}}, "statins"),
        ({"ingredient": [{"itemCodeableConcept": {"text": "simvastatin"}}]}, "statins"),
        ({"status": "entered-in-error", "code": {"text": "simvastatin 40 mg"}}, None),
        ({"modifierExtension": [{"url": "urn:x"}], "code": {"text": "simvastatin 40 mg"}}, None),
        ({"code": "simvastatin"}, None),
    ],
)
@pytest.mark.parametrize("contained", [True, False])
def test_the_product_that_a_medicine_points_to(
    knowledge: Knowledge, product: dict[str, Any], drug: str | None, contained: bool
) -> None:
    whole = {"resourceType": "Medication", "id": "m", **product}
    statement = {
        "resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/p1"},
        "medicationReference": {"reference": "#m" if contained else "Medication/m", "display": "simvastatin"},
        "contained": [whole] if contained else [],
    }  # fmt: skip
    found = read(knowledge, statement, *([] if contained else [whole]))
    assert [m.drug for m in found.case.medications] == ([drug] if drug else [])
    assert bool(found.ignored) == (drug is None)


def test_a_denial_that_is_denied_says_nothing(knowledge: Knowledge) -> None:
    told = read(knowledge, pain(code={"text": "No leg swelling"}, valueBoolean=True))
    assert [(o.finding, o.state) for o in told.case.observations] == [("leg_swelling", "absent")]
    twice = read(knowledge, pain(code={"text": "No leg swelling"}, valueBoolean=False))
    assert twice.case.observations == ()
    assert "either way" in twice.ignored[0].reason


@pytest.mark.parametrize(("recorded", "counts"), [("", True), ("2026-11-10", True), ("2019-01-01", False)])
def test_a_refutation_counts_for_the_window(knowledge: Knowledge, recorded: str, counts: bool) -> None:
    refuted = {
        "resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": "deep vein thrombosis"},
        "verificationStatus": {"coding": [{"code": "refuted"}]}, "recordedDate": recorded,
    }  # fmt: skip
    found = read(knowledge, refuted)
    assert [f.condition for f in found.case.ruled_out] == ["deep_vein_thrombosis"] * counts
    assert bool(found.ignored) == (not counts)


@pytest.mark.parametrize(
    ("unit", "code", "read_as"),
    [
        ("mmol/L", "mmol/L", True),
        ("millimol per litre", "mmol/L", True),
        ("mg/dL", "mmol/L", False),
        ("mEq/L", "mmol/L", False),
    ],
)
def test_two_units_for_one_number_are_no_unit(knowledge: Knowledge, unit: str, code: str, read_as: bool) -> None:
    value = result("2601-3", "Magnesium", 0.9, unit)
    value["valueQuantity"]["code"] = code
    found = read(knowledge, value)
    assert bool(found.case.observations) == read_as


def test_a_statement_of_the_version_before_says_whether_it_is_taken(knowledge: Knowledge) -> None:
    statement = {
        "resourceType": "MedicationStatement", "status": "active", "taken": "n", "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": "simvastatin"},
    }  # fmt: skip
    found = read(knowledge, statement).case
    assert [(m.drug, m.current) for m in found.medications] == [("statins", False)]
    assert found.observations == ()
