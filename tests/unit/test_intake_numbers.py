"""Unit: measured values, medicines, times, sides, distances."""

from __future__ import annotations

import pytest
from intake_pack import vocabulary

from hickam.intake import parse
from hickam.model.case import Case, Observation


def read(text: str) -> Case:
    return parse(text, vocabulary())


def get(case: Case, finding: str) -> Observation | None:
    return next((o for o in case.observations if o.finding == finding), None)


@pytest.mark.parametrize(
    ("text", "finding", "value", "range_id"),
    [
        ("K 2.9", "potassium", 2.9, "k_low"),
        ("potassium 2.9 mmol/L", "potassium", 2.9, "k_low"),
        ("a potassium of 4.1", "potassium", 4.1, "k_normal"),
        ("Potassium 2.2 mEq/L now (1.5 a year ago)", "potassium", 2.2, "k_low"),
        ("calcium 6.8", "calcium", 1.6966, "ca_low"),
        ("Calcium 6.5 mg/dL.", "calcium", 1.62175, "ca_low"),
        ("Calcium 2.4", "calcium", 2.4, "ca_normal"),
        ("Creatine kinase 426,700 IU/L (9-168)", "creatine_kinase", 2539.880952, "ck_gt_50"),
        ("CK 869", "creatine_kinase", 4.345, "ck_1_5"),
        ("CPK 1025.", "creatine_kinase", 5.125, "ck_gt_5"),
        ("ABI 0.6 on the left", "abi", 0.6, "abi_low"),
        ("Left arm pressure 140/85, left ankle pressure 210/150 mmHg.", "abi", 1.5, "abi_high"),
        ("ankle pressure 210/150 and arm 140/85", "abi", 1.5, "abi_high"),
        ("TSH 4.18.", "tsh", 4.18, "tsh_normal"),
    ],
)
def test_ranged_values(text: str, finding: str, value: float, range_id: str) -> None:
    o = get(read("Leg pain. " + text), finding)
    assert o is not None
    assert o.value == pytest.approx(value)
    assert o.values == (range_id,)


@pytest.mark.parametrize(
    ("text", "finding", "values"),
    [
        ("creatine kinase normal", "creatine_kinase", ("ck_normal",)),
        ("TSH raised", "tsh", ("tsh_4_10", "tsh_gt_10")),
        ("low potassium", "potassium", ("k_low", "k_border")),
        ("lactate and creatine kinase normal; raised neutrophils", "creatine_kinase", ("ck_normal",)),
    ],
)
def test_words_instead_of_numbers(text: str, finding: str, values: tuple[str, ...]) -> None:
    o = get(read(text), finding)
    assert o is not None
    assert o.values == values
    assert o.value is None


@pytest.mark.parametrize(
    ("text", "finding", "state"),
    [
        ("Temperature 38.3 C", "fever", "present"),
        ("Temperature 99 F", "fever", "absent"),
        ("temp 101", "fever", "present"),
        ("Temperature 37.7", "fever", None),
        ("pulse 116", "tachycardia", "present"),
        ("pulse 80 regular", "tachycardia", "absent"),
        ("heart rate 95", "tachycardia", None),
        ("CRP 18.18 mg/dL", "crp_esr_raised", "present"),
        ("CRP normal", "crp_esr_raised", "absent"),
        ("No fever. Temperature 38.5 C", "fever", "present"),
    ],
)
def test_thresholds(text: str, finding: str, state: str | None) -> None:
    o = get(read(text), finding)
    assert (o.state if o else None) == state


def test_an_impossible_number_is_said_and_not_used() -> None:
    case = read("potassium 290")
    assert get(case, "potassium") is None
    assert any("290" in n for n in case.notes)


def test_medicines() -> None:
    case = read(
        "Takes simvastatin 40 mg daily. Stopped hydrochlorothiazide last month. "
        "Allergic to levothyroxine. Also bisoprolol."
    )
    assert [(m.name, m.drug, m.dose, m.current) for m in case.medications] == [
        ("simvastatin", "statin", "40 mg", True),
        ("hydrochlorothiazide", "thiazide", "", False),
        ("bisoprolol", "", "", True),
    ]
    assert {o.finding for o in case.observations if o.how == "drug"} == {"takes_statin"}
    case = read("Calf cramps at night. Takes no medicines.")
    assert {o.finding for o in case.observations if o.state == "absent" and o.how == "drug"} >= {
        "takes_statin",
        "takes_thiazide",
    }


@pytest.mark.parametrize(
    ("text", "finding", "state"),
    [
        ("Leg cramps for 3 months", "onset_weeks_months", "present"),
        ("calf pain since yesterday", "onset_days", "present"),
        ("left leg pain for 8 hours", "onset_days", "present"),
        ("leg cramps for two years", "onset_years", "present"),
        ("6-month history of calf cramps", "onset_weeks_months", "present"),
        ("cramp in her legs for a good many years", "onset_years", "present"),
        ("leg pain began two years ago", "onset_years", "present"),
        ("Diabetes for 10 years. Leg cramps.", "onset_years", None),
        ("leg cramps, simvastatin for eight years", "onset_years", None),
        ("breathlessness for 6 hours after 3 months of cramps in the left leg", "onset_weeks_months", "present"),
        ("each leg cramp lasts 5 minutes", "duration_seconds_minutes", "present"),
        ("the cramps last two hours", "duration_hours", "present"),
        ("calf cramps three times a week", "frequent_attacks", "present"),
        ("calf cramp once a month", "frequent_attacks", "absent"),
        ("cramp in the left calf", "unilateral", "present"),
        ("cramps in both calves", "bilateral", "present"),
        ("my legs hurt", "unilateral", "absent"),
        ("pain in left arm", "unilateral", None),
        ("calf cramp after 200 m", "fixed_walking_distance", "present"),
        ("calf pain after walking half a mile", "on_exertion", "present"),
        ("He walks two miles a day. Cramps at night.", "fixed_walking_distance", None),
        ("calf pain gone in 2 minutes of standing still", "rest_relief", "present"),
        ("calf pain stops with rest", "rest_relief", "present"),
        ("leg pain, eases within minutes of stopping", "rest_relief", "present"),
        ("leg pain at rest, better standing", "rest_relief", None),
        ("calf cramps, no relief from rest", "rest_relief", "absent"),
        ("cramp in the calf", "site_calf", "present"),
        ("calf not examined, hands normal", "site_calf", None),
    ],
)
def test_times_sides_and_distances(text: str, finding: str, state: str | None) -> None:
    o = get(read(text), finding)
    assert (o.state if o else None) == state


def test_doctors_shorthand() -> None:
    case = read("Nocturnal leg cramps 4x/week for 6/12, lasting 3 mins")
    states = {o.finding: o.state for o in case.observations}
    assert states["frequent_attacks"] == states["onset_weeks_months"] == states["duration_seconds_minutes"] == "present"
