"""What each resource of a record says, and what does not count and why."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_bundles import AS_OF, example

from hickam.errors import HickamError
from hickam.interfaces.fhir.codes import CodeIndex
from hickam.interfaces.fhir.elements import Quantity
from hickam.interfaces.fhir.reading import Read, read_fhir
from hickam.interfaces.fhir.systems import ICD10CM, INTERPRETATION, LOINC, TERMINOLOGY, UCUM
from hickam.interfaces.fhir.units import UnitError, in_pack_unit
from hickam.services.knowledge import Knowledge

POTASSIUM = {"coding": [{"system": LOINC, "code": "2823-3"}]}
SWELLING = {"text": "leg swelling"}
VERIFIED = TERMINOLOGY + "condition-ver-status"
CLINICAL = TERMINOLOGY + "condition-clinical"


def observation(**parts: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o", "status": "final", "code": SWELLING, **parts}


def problem(**parts: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}, **parts}


def medicine(**parts: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order",
        "subject": {"reference": "Patient/p"}, "medicationCodeableConcept": {"text": "simvastatin 40 MG Oral Tablet"},
        **parts,
    }  # fmt: skip


def number(value: float, unit: str, **parts: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **parts}


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def read(knowledge: Knowledge, *resources: dict[str, Any]) -> Read:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}
    return read_fhir(bundle, knowledge, AS_OF)


def states(found: Read) -> dict[str, str]:
    return {o.finding: o.state for o in found.case.observations if o.how != "implied"}


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({"valueBoolean": True}, "present"),
        ({"valueBoolean": False}, "absent"),
        ({"valueCodeableConcept": {"text": "Yes"}}, "present"),
        ({"valueCodeableConcept": coded(TERMINOLOGY + "v2-0136", "N")}, "absent"),
        ({"valueString": "absent"}, "absent"),
        ({"interpretation": [coded(INTERPRETATION, "NEG")]}, "absent"),
        ({"interpretation": [coded(INTERPRETATION, "POS")]}, "present"),
        ({"dataAbsentReason": {"text": "not asked"}}, None),
        ({"valueCodeableConcept": {"text": "unknown"}}, None),
        ({"valueBoolean": True, "status": "entered-in-error"}, None),
        ({"valueBoolean": True, "status": "cancelled"}, None),
        ({"valueBoolean": True, "effectiveDateTime": "2026-09-01"}, None),
        ({"valueBoolean": True, "effectiveDateTime": "2026-11-30"}, None),
        ({"valueBoolean": True, "valueString": "no"}, None),
        ({"valueBoolean": True, "subject": {"reference": "Patient/somebody-else"}}, None),
        ({"valueBoolean": True, "modifierExtension": [{"url": "urn:x"}]}, None),
        ({"valueBoolean": True, "focus": [{"reference": "Patient/baby"}]}, None),
        ({"valueBoolean": "true"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_present_absent_and_unknown_stay_apart(knowledge: Knowledge, parts: dict[str, Any], state: str | None) -> None:
    found = read(knowledge, {"resourceType": "Patient", "id": "p"}, observation(**parts))
    assert states(found).get("leg_swelling") == state
    assert bool(found.ignored) == (state is None)
    assert all(o.resource == "Observation/o" for o in found.case.observations)


@pytest.mark.parametrize(
    ("measurement", "quantity", "expected"),
    [
        ("potassium", number(2.9, "mmol/L"), 2.9),
        ("potassium", number(2.9, "meq/L"), 2.9),
        ("potassium", number(2900, "umol/L"), 2.9),
        ("calcium", number(9.2, "mg/dL"), 2.2954),
        ("calcium", number(4.6, "meq/L"), 2.3),
        ("calcium", number(92, "mg/L"), 2.2954),
        ("haemoglobin", number(8.1, "mmol/L"), 130.5),
        ("creatinine", number(1.0, "mg/dL"), 88.4),
        ("temperature", number(98.6, "[degF]"), 37.0),
        ("systolic_bp", number(16, "kPa"), 120.0),
        ("d_dimer", number(0.5, "mg/L{FEU}"), 500.0),
        ("d_dimer", number(250, "ng/mL{DDU}"), 500.0),
        ("d_dimer", number(250, "ng/mL{other}"), None),
        ("platelets", number(250, "10*3/uL"), 250.0),
        ("egfr", number(48, "mL/min/{1.73_m2}"), 48.0),
        ("hba1c", number(6.5, "%"), 47.5),
        ("potassium", {"value": 2.9}, None),
        ("potassium", number(2.9, "kg"), None),
        ("potassium", number(290, "mmol/L"), None),
        ("potassium", number(2.9, "not a unit"), None),
        ("ankle_brachial_index", {"value": 0.7}, 0.7),
    ],
)  # fmt: skip
def test_units(knowledge: Knowledge, measurement: str, quantity: dict[str, Any], expected: float | None) -> None:
    given = Quantity(**quantity)
    q = knowledge.pack.measurements[measurement]
    if expected is None:
        with pytest.raises(UnitError):
            in_pack_unit(given, q)
    else:
        assert in_pack_unit(given, q) == pytest.approx(expected, rel=5e-3)


def test_the_newest_value_counts_and_the_older_is_listed(knowledge: Knowledge) -> None:
    old = observation(id="old", code=POTASSIUM, valueQuantity=number(4.4, "mmol/L"), effectiveDateTime="2026-11-01")
    new = observation(id="new", code=POTASSIUM, valueQuantity=number(2.9, "mmol/L"), effectiveDateTime="2026-11-20")
    for order in ((old, new), (new, old)):
        found = read(knowledge, *order)
        assert [(o.finding, o.value, o.resource) for o in found.case.observations] == [
            ("potassium", 2.9, "Observation/new")
        ]
        assert [i.resource for i in found.ignored] == ["Observation/old"]


def test_a_test_counts_for_ninety_days_and_an_examination_for_the_window(knowledge: Knowledge) -> None:
    def counts(code: dict[str, Any], day: str, **value: Any) -> bool:
        return not read(knowledge, observation(code=code, effectiveDateTime=day, **value)).ignored

    assert counts(POTASSIUM, "2026-08-24", valueQuantity=number(2.9, "mmol/L"))
    assert not counts(POTASSIUM, "2026-08-23", valueQuantity=number(2.9, "mmol/L"))
    assert counts(SWELLING, "2026-10-25", valueBoolean=True)
    assert not counts(SWELLING, "2026-10-24", valueBoolean=True)


@pytest.mark.parametrize(("comparator", "value", "counts"), [("<", 2.0, True), (">", 7.0, True), ("<", 4.0, False)])
def test_a_bound_counts_only_when_all_it_allows_says_the_same(
    knowledge: Knowledge, comparator: str, value: float, counts: bool
) -> None:
    found = read(knowledge, observation(code=POTASSIUM, valueQuantity=number(value, "mmol/L", comparator=comparator)))
    assert bool(found.case.observations) == counts


def test_components_are_read_by_themselves(knowledge: Knowledge) -> None:
    panel = observation(
        code=coded(LOINC, "85354-9"),
        component=[
            {"code": coded(LOINC, "8480-6"), "valueQuantity": number(82, "mm[Hg]")},
            {"code": coded(LOINC, "9999-0"), "valueQuantity": number(1, "mm[Hg]")},
        ],
    )
    found = read(knowledge, panel)
    assert states(found)["hypotension"] == "present"
    assert [i.resource for i in found.ignored] == ["Observation/o.component[1]"]


@pytest.mark.parametrize(
    ("parts", "known", "ruled_out", "findings"),
    [
        ({"code": {"text": "Hypothyroidism"}}, {"hypothyroidism": "unknown"}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "clinicalStatus": coded(CLINICAL, "active")}, {"hypothyroidism": "active"}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "clinicalStatus": coded(CLINICAL, "remission")}, {"hypothyroidism": "controlled"}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "clinicalStatus": coded(CLINICAL, "resolved")}, {"hypothyroidism": "past"}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "abatementDateTime": "2020"}, {"hypothyroidism": "past"}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "verificationStatus": coded(VERIFIED, "refuted")}, {}, {"hypothyroidism"}, {}),
        ({"code": {"text": "Hypothyroidism"}, "verificationStatus": coded(VERIFIED, "provisional")}, {}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "verificationStatus": coded(VERIFIED, "differential")}, {}, set(), {}),
        ({"code": {"text": "Hypothyroidism"}, "verificationStatus": coded(VERIFIED, "entered-in-error")}, {}, set(), {}),
        ({"code": coded(ICD10CM, "G35")}, {"multiple_sclerosis": "unknown"}, set(), {}),
        ({"code": coded(ICD10CM, "E11.42")}, {"diabetic_polyneuropathy": "unknown"}, set(), {"diabetes": "present"}),
        ({"code": coded(ICD10CM, "F17.211")}, {}, set(), {"smoker_former": "present"}),
        ({"code": coded(ICD10CM, "F17.210")}, {}, set(), {"smoker_current": "present"}),
        ({"code": coded(ICD10CM, "I10"), "verificationStatus": coded(VERIFIED, "refuted")}, {}, set(), {"hypertension": "absent"}),
        ({"code": coded(ICD10CM, "R50.9"), "clinicalStatus": coded(CLINICAL, "resolved")}, {}, set(), {}),
        ({"code": coded(ICD10CM, "R25.2")}, {}, set(), {}),
        ({"code": coded(ICD10CM, "E83.51")}, {}, set(), {}),
    ],
)  # fmt: skip
def test_problems(
    knowledge: Knowledge, parts: dict[str, Any], known: dict[str, str], ruled_out: set[str], findings: dict[str, str]
) -> None:
    found = read(knowledge, problem(**parts))
    assert {f.condition: f.status for f in found.case.facts} == known
    assert {f.condition for f in found.case.ruled_out} == ruled_out
    assert states(found) == findings
    assert bool(found.ignored) == (not (known or ruled_out or findings))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, [("statins", True)]),
        ({"status": "stopped"}, [("statins", False)]),
        ({"status": "completed"}, [("statins", False)]),
        ({"intent": "proposal"}, []),
        ({"status": "draft"}, []),
        ({"doNotPerform": True}, []),
        ({"status": "entered-in-error"}, []),
        ({"medicationCodeableConcept": {"text": "Lisinopril 10 MG / Hydrochlorothiazide 12.5 MG"}},
         [("ace_inhibitors_arbs", True), ("thiazide_diuretics", True)]),
        ({"medicationCodeableConcept": None, "medicationReference": {"reference": "#d"},
          "contained": [{"resourceType": "Medication", "id": "d", "code": {"text": "furosemide"}}]},
         [("loop_diuretics", True)]),
        ({"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/none"}}, []),
    ],
)  # fmt: skip
def test_medicines(knowledge: Knowledge, parts: dict[str, Any], expected: list[tuple[str, bool]]) -> None:
    found = read(knowledge, medicine(**parts))
    assert [(m.drug, m.current) for m in found.case.medications] == expected
    assert ("takes_statin" in states(found)) == (expected == [("statins", True)])
    assert bool(found.ignored) == (not expected)


def test_a_medicine_not_known_is_kept_and_named(knowledge: Knowledge) -> None:
    found = read(knowledge, medicine(medicationCodeableConcept={"text": "Zzyzxol"}))
    assert [m.name for m in found.case.medications] == ["Zzyzxol"]
    assert any("not a medicine the pack knows" in n for n in found.case.notes)


def test_two_patients_are_refused(knowledge: Knowledge) -> None:
    with pytest.raises(HickamError, match="2 patients"):
        read(knowledge, {"resourceType": "Patient", "id": "a"}, {"resourceType": "Patient", "id": "b"})


def test_age_sex_and_setting(knowledge: Knowledge) -> None:
    visit = {"resourceType": "Encounter", "id": "v", "status": "in-progress", "class": {"code": "EMER"}}
    found = read(knowledge, visit, {"resourceType": "Patient", "id": "a", "gender": "male", "birthDate": "1960-11-23"})
    assert (found.case.age, found.case.sex, found.case.setting) == (65.0, "male", "emergency")
    other = read(knowledge, {"resourceType": "Patient", "id": "a", "gender": "other", "birthDate": "1850"})
    assert (other.case.age, other.case.sex) == (None, None)
    assert other.ignored


def test_limits_use_the_patients_sex_wherever_it_stands_in_the_bundle(knowledge: Knowledge) -> None:
    blood = observation(code=coded(LOINC, "718-7"), valueQuantity=number(125, "g/L"))
    for sex, state in (("male", "present"), ("female", "absent")):
        found = read(knowledge, blood, {"resourceType": "Patient", "id": "a", "gender": sex, "birthDate": "1960"})
        assert states(found)["anaemia"] == state


def test_the_example_record(knowledge: Knowledge) -> None:
    found = read_fhir(example(), knowledge, AS_OF)
    assert {i.resource for i in found.ignored} == {
        "Observation/k-old", "Observation/swelling", "Condition/wrong", "Immunization",
    }  # fmt: skip
    assert found.case.complaint == "leg"
    assert states(found)["timing_night"] == "present"
    assert all(o.resource for o in found.case.observations)


def test_errors_hold_no_patient_data(knowledge: Knowledge) -> None:
    found = read(knowledge, observation(code="SECRET NAME", valueBoolean=True), problem(code={"text": ["SECRET NAME"]}))
    assert len(found.ignored) == 2
    assert "SECRET" not in str(found.ignored)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_codes_of_findings_exist(knowledge: Knowledge) -> None:
    import simple_icd_10_cm

    codes = {c for f in knowledge.pack.findings.values() for c in f.codes.get("icd10cm", ())}
    assert codes
    assert {c for c in codes if not simple_icd_10_cm.is_valid_item(c)} == set()


def test_a_code_that_several_conditions_share_names_none(knowledge: Knowledge) -> None:
    assert {"R25.2", "E83.42", "I77.1"} & set(CodeIndex(knowledge.pack).icd) == set()


def test_a_problem_list_tells_what_is_not_there_and_laboratory_values_alone_do_not(knowledge: Knowledge) -> None:
    blood = observation(code=POTASSIUM, valueQuantity=number(2.9, "mmol/L"))
    assert read(knowledge, blood).case.completeness == 0.0
    assert read(knowledge, blood, problem(code={"text": "Hypothyroidism"})).case.completeness == 1.0


@pytest.mark.parametrize(
    ("visit", "counts"),
    [
        ({"status": "in-progress"}, True),
        ({"status": "finished", "period": {"start": AS_OF}}, True),
        ({"status": "finished", "period": {"start": "2026-03-01"}}, False),
        ({"status": "finished"}, False),
        ({"status": "in-progress", "period": {"end": "2026-11-21"}}, False),
        ({"status": "cancelled"}, False),
    ],
)
def test_only_this_visit_tells_why_the_patient_comes(knowledge: Knowledge, visit: dict[str, Any], counts: bool) -> None:
    encounter = {"resourceType": "Encounter", "id": "v", "reasonCode": [{"text": "night cramps in the calf"}], **visit}
    found = read(knowledge, encounter)
    assert (found.case.complaint == "leg", bool(found.ignored)) == (counts, not counts)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Current every day smoker", {"smoker_current": "present", "smoker_former": "absent"}),
        ("Light tobacco smoker", {"smoker_current": "present", "smoker_former": "absent"}),
        ("Former smoker", {"smoker_current": "absent", "smoker_former": "present"}),
        ("Ex-smoker (finding)", {"smoker_current": "absent", "smoker_former": "present"}),
        ("Never smoker", {"smoker_current": "absent"}),
        ("Smoker, current status unknown", {}),
        ("Unknown if ever smoked", {}),
    ],
)
def test_smoking_status_as_records_have_it(knowledge: Knowledge, value: str, told: dict[str, str]) -> None:
    code = {"coding": [{"system": LOINC, "code": "72166-2", "display": "Tobacco smoking status NHIS"}]}
    read = read_fhir(observation(code=code, valueCodeableConcept={"text": value}), knowledge, AS_OF)
    assert {o.finding: o.state for o in read.case.observations} == told
    assert bool(read.ignored) is not bool(told)


@pytest.mark.parametrize("value", ["Possible pregnancy", "Unknown", "Pregnancy not known", "Suspected"])
def test_a_doubtful_value_is_not_asked(knowledge: Knowledge, value: str) -> None:
    read = read_fhir(
        observation(code={"text": "Pregnancy status"}, valueCodeableConcept={"text": value}), knowledge, AS_OF
    )
    assert read.case.observations == ()
    assert len(read.ignored) == 1


def potassium(id: str, value: float, when: str) -> dict[str, Any]:
    value_quantity = number(value, "mmol/L")
    return observation(id=id, code=POTASSIUM, valueQuantity=value_quantity, effectiveDateTime=when)


def test_the_last_value_of_a_day_counts_wherever_it_stands(knowledge: Knowledge) -> None:
    morning, evening = "2026-11-20T08:00:00Z", "2026-11-20T08:30:00-01:00"
    for order in (1, -1):
        given = [potassium("a", 4.5, morning), potassium("b", 2.9, evening)][::order]
        found = read(knowledge, *given)
        assert [o.value for o in found.case.observations if o.finding == "potassium"] == [2.9]
        assert [i.resource for i in found.ignored] == ["Observation/a"]


def test_results_of_one_time_that_disagree_are_both_named(knowledge: Knowledge) -> None:
    found = read(knowledge, potassium("a", 2.9, "2026-11-20"), potassium("b", 4.5, "2026-11-20T08:00:00Z"))
    assert [o.value for o in found.case.observations if o.finding == "potassium"] == [2.9]
    assert [i.resource for i in found.ignored] == ["Observation/b"]


@pytest.mark.parametrize(
    "resource",
    [
        problem(code={"text": "leg swelling"}, onsetDateTime="2027-01-01"),
        problem(code={"text": "Peripheral artery disease"}, recordedDate="2026-12"),
        problem(code={"text": "?DVT"}),
        problem(code={"text": "DVT unlikely"}),
        problem(code={"text": "Peripheral artery disease"}, verificationStatus={"text": "Entered in Error"}),
        problem(code={"text": "Peripheral artery disease"}, verificationStatus=coded("urn:local", "maybe")),
        medicine(authoredOn="2027-01-01"),
        {**medicine(effectivePeriod={"start": "2027-01-01"}), "resourceType": "MedicationStatement"},
        observation(valueBoolean=True, status="Entered-In-Error"),
        {"resourceType": "Encounter", "id": "v", "status": "planned", "reasonCode": [{"text": "calf pain"}],
         "period": {"start": "2027-01-01"}},
        {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "authored": "2027-01-01",
         "item": [{"linkId": "site_calf", "answer": [{"valueBoolean": True}]}]},
    ],
)  # fmt: skip
def test_what_is_to_come_or_in_doubt_is_not_there(knowledge: Knowledge, resource: dict[str, Any]) -> None:
    found = read(knowledge, resource)
    assert (found.case.observations, found.case.facts, found.case.medications) == ((), (), ())
    assert [i.resource.split("/")[0] for i in found.ignored] == [resource["resourceType"]]


def test_this_month_is_not_to_come_and_an_end_to_come_is_not_an_end(knowledge: Knowledge) -> None:
    this_month = read_fhir(observation(valueBoolean=True, effectiveDateTime="2026-11"), knowledge, "2026-11-10")
    assert this_month.ignored == ()
    ending = read(knowledge, problem(code={"text": "Peripheral artery disease"}, abatementDateTime="2027-01-01"))
    assert [f.status for f in ending.case.facts] == ["unknown"]


@pytest.mark.parametrize(
    ("chosen", "states", "in_doubt"),
    [
        (["fever"], {"fever": "present", "dyspnoea": "absent"}, False),
        (["none"], {"fever": "absent", "dyspnoea": "absent"}, False),
        (["unknown"], {}, False),
        (["fever", "none"], {"fever": "present"}, True),
        (["fever", "unknown"], {"fever": "present"}, True),
        (["none", "unknown"], {}, True),
        (["fever", "headache"], {}, True),
    ],
)
def test_a_choice_beside_none_is_taken_and_denies_nothing(
    knowledge: Knowledge, chosen: list[str], states: dict[str, str], in_doubt: bool
) -> None:
    response = {
        "resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "authored": AS_OF,
        "item": [{"linkId": "screen:fever|dyspnoea", "answer": [{"valueCoding": {"code": c}} for c in chosen]}],
    }  # fmt: skip
    found = read(knowledge, response)
    assert {o.finding: o.state for o in found.case.observations} == states
    assert bool(found.ignored) is in_doubt


def test_a_refutation_of_what_the_record_also_has_rules_nothing_out(knowledge: Knowledge) -> None:
    disease = {"text": "Peripheral artery disease"}
    refuted = problem(code=disease, id="no", verificationStatus=coded(VERIFIED, "refuted"))
    found = read(knowledge, refuted, problem(code=disease, id="yes"))
    assert ([f.resource for f in found.case.facts], found.case.ruled_out) == (["Condition/yes"], ())
    assert [i.resource for i in found.ignored] == ["Condition/no"]


def test_endless_nesting_in_a_code_is_named(knowledge: Knowledge) -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert len(read(knowledge, observation(code=deep)).ignored) == 1
