"""Public codes in and out: RxNorm for medicines and allergies, LOINC for values and statuses."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hickam.interfaces.fhir.case_out import case_bundle
from hickam.interfaces.fhir.reading import Read, read_fhir
from hickam.interfaces.fhir.systems import LOINC, RXNORM
from hickam.knowledge.lint.content import check_drugs
from hickam.model.case import Allergy, Case, Medication, Observation
from hickam.services.knowledge import Knowledge

AS_OF = "2026-11-22"
PATIENT = {"reference": "Patient/p1"}


def read(knowledge: Knowledge, *resources: dict[str, Any]) -> Read:
    return read_fhir({"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]}, knowledge, AS_OF)


def rxnorm(code: str, system: str = RXNORM, **words: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], **words}


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        (rxnorm("36567"), [("simvastatin", "statins")]),
        (rxnorm("36567", "urn:oid:2.16.840.1.113883.6.88"), [("simvastatin", "statins")]),
        (rxnorm("36567", text="lipid tablet"), [("lipid tablet", "statins")]),
        (rxnorm("36567", "urn:other:codes"), [("36567", "")]),
        (rxnorm("99999999"), [("99999999", "")]),
        (
            rxnorm("5487", text="lisinopril / hydrochlorothiazide 20 mg / 12.5 mg"),
            [
                ("lisinopril / hydrochlorothiazide 20 mg / 12.5 mg", d)
                for d in ("thiazide_diuretics", "ace_inhibitors_arbs")
            ],
        ),
    ],
)
def test_rxnorm_names_a_medicine(
    knowledge: Knowledge, concept: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    statement = {"resourceType": "MedicationStatement", "status": "active", "subject": PATIENT}
    found = read(knowledge, {**statement, "medicationCodeableConcept": concept}).case.medications
    assert [(m.name, m.drug) for m in found] == expected


def test_rxnorm_names_an_allergy(knowledge: Knowledge) -> None:
    allergy = {"resourceType": "AllergyIntolerance", "patient": PATIENT, "code": rxnorm("9071")}
    (found,) = read(knowledge, allergy).case.allergies
    assert (found.name, found.drug) == ("quinine", "quinine")


@pytest.mark.parametrize(
    ("drug", "words", "code"),
    [
        ("statins", "Simvastatin 40 mg at night", "36567"),
        ("quinine", "quinine sulfate 300 mg", "9075"),
        ("quinine", "quinine", "9071"),
        ("statins", "a statin", None),
        ("statins", "simvastatin, then atorvastatin", None),
        ("", "simvastatin", None),
    ],
)
def test_a_medicine_goes_out_with_the_ingredient_it_names(
    knowledge: Knowledge, drug: str, words: str, code: str | None
) -> None:
    case = Case(medications=(Medication(name=words, drug=drug),), allergies=(Allergy(name=words, drug=drug),))
    bundle = case_bundle(knowledge.pack, case, AS_OF)
    resources = [e["resource"] for e in bundle["entry"]]
    concepts = [r["medicationCodeableConcept"] for r in resources if r["resourceType"] == "MedicationStatement"]
    concepts += [r["code"] for r in resources if r["resourceType"] == "AllergyIntolerance"]
    assert [[c["code"] for c in concept["coding"] if c["system"] == RXNORM] for concept in concepts] == [
        [code] if code else []
    ] * 2


def test_a_measured_value_goes_out_with_loinc(knowledge: Knowledge) -> None:
    measured = Observation(finding="potassium", state="present", values=("k_2_5_3_0",), value=2.9, unit="mmol/L")
    for observation, coded in ((measured, True), (replace(measured, value=None), False)):
        bundle = case_bundle(knowledge.pack, Case(observations=(observation,)), AS_OF)
        (code,) = [
            e["resource"]["code"]
            for e in bundle["entry"]
            if e["resource"].get("code", {}).get("text") == knowledge.pack.findings["potassium"].name
        ]
        assert [c["code"] for c in code["coding"] if c["system"] == LOINC] == ["2823-3"] * coded


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ({"coding": [{"system": LOINC, "code": "LA15173-0", "display": "Pregnant"}]}, "present"),
        ({"text": "Not pregnant"}, "absent"),
        ({"text": "Possible pregnancy"}, None),
        ({"text": "Unknown"}, None),
    ],
)
def test_pregnancy_status(knowledge: Knowledge, value: dict[str, Any], state: str | None) -> None:
    status = {
        "resourceType": "Observation", "status": "final", "valueCodeableConcept": value,
        "code": {"coding": [{"system": LOINC, "code": "82810-3"}]},
    }  # fmt: skip
    found = read(knowledge, {"resourceType": "Patient", "gender": "female", "birthDate": "1990-01-01"}, status)
    assert {o.finding: o.state for o in found.case.observations}.get("pregnant") == state
    assert bool(found.ignored) == (state is None)


def test_every_rxnorm_code_leads_back_to_its_drug(knowledge: Knowledge) -> None:
    codes = {code: d.id for d in knowledge.pack.drugs.values() for code in d.rxnorm.values()}
    assert len(codes) > 600
    statements = [
        {"resourceType": "MedicationStatement", "id": code, "status": "active", "subject": PATIENT,
         "medicationCodeableConcept": rxnorm(code)} for code in codes
    ]  # fmt: skip
    found = read(knowledge, *statements).case.medications
    assert {m.resource.removeprefix("MedicationStatement/"): m.drug for m in found} == codes


def test_a_code_that_leads_astray_is_an_error_of_the_pack(knowledge: Knowledge) -> None:
    pack = knowledge.pack
    statins = pack.drugs["statins"]
    for wrong, what in (
        ({"simvastatin": "C10AA01"}, "'C10AA01' is no RxCUI of a member"),
        ({"aspirin": "1191"}, "'1191' is no RxCUI of a member"),
        ({"simvastatin": "9071"}, "9071 also belongs to ['statins']"),
    ):
        drugs = {**pack.drugs, "statins": replace(statins, rxnorm=wrong)}
        assert what in [issue.what for issue in check_drugs(replace(pack, drugs=drugs))]
