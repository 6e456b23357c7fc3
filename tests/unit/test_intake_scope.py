"""Unit: negation, lists, family, past, hypothetical, questions, overlaps."""

from __future__ import annotations

import pytest
from intake_pack import vocabulary

from hickam.intake import parse
from hickam.model.case import Case


def read(text: str) -> Case:
    return parse(text, vocabulary())


def present(case: Case) -> set[str]:
    return {o.finding for o in case.observations if o.state == "present"}


def absent(case: Case) -> set[str]:
    return {o.finding for o in case.observations if o.state == "absent"}


@pytest.mark.parametrize(
    ("text", "is_present", "is_absent"),
    [
        ("He has a cough.", {"cough"}, set()),
        ("No cough, nasal symptoms, haemoptysis or palpitations.", set(), {"cough", "haemoptysis", "palpitations"}),
        ("Denies cough, fever, palpitations.", set(), {"cough", "fever", "palpitations"}),
        ("No cough but fever.", {"fever"}, {"cough"}),
        ("No cough; fever present", {"fever"}, {"cough"}),
        ("No cough however short of breath", {"dyspnoea"}, {"cough"}),
        ("neither cough nor haemoptysis", set(), {"cough", "haemoptysis"}),
        ("has not had fever, cough or palpitations", set(), {"fever", "cough", "palpitations"}),
        ("The calf is not tender. She isn't short of breath.", set(), {"dyspnoea"}),
        ("Fever absent.", set(), {"fever"}),
        ("Cough, fever and palpitations were absent.", set(), {"fever"}),
        ("Straight leg raise negative", set(), {"straight_leg_raise_positive"}),
        ("No fever, and a tender calf", {"calf_tenderness"}, {"fever"}),
        ("Foot pulses palpable", set(), {"absent_pedal_pulses"}),
        ("No foot pulses", {"absent_pedal_pulses", "reduced_pulses"}, set()),
        ("no redness or swelling, foot pulses normal", set(), {"leg_swelling", "absent_pedal_pulses"}),
        ("no relief at all, swollen leg", {"leg_swelling"}, set()),
        ("not only fever but cough", {"fever", "cough"}, set()),
        ("the swelling is not new", {"leg_swelling"}, set()),
        ("the leg has never been cold before; fever now", {"fever"}, set()),
        ("afebrile", set(), {"fever"}),
        ("free of palpitations", set(), {"palpitations"}),
        ("legs ache, without swelling", set(), {"leg_swelling"}),
        ("leg cool and pale", {"pale_leg"}, set()),
        ("calf tender, red and leg swollen", {"calf_tenderness", "leg_swelling"}, set()),
        ("worse when I cough", {"cough_sneeze_worse"}, set()),
        ("nocturnal calf spasms", {"timing_night", "quality", "site_calf"}, set()),
    ],
)
def test_negation_and_lists(text: str, is_present: set[str], is_absent: set[str]) -> None:
    case = read(text)
    assert is_present <= present(case), case.notes
    assert is_absent <= absent(case), case.notes
    assert not present(case) & is_absent
    assert not absent(case) & is_present


@pytest.mark.parametrize(
    "text",
    [
        "Her dad had fever and a cough.",
        "Worried it might be a fever.",
        "If you develop fever or cough come back.",
        "Is it a fever?",
        "As a child she had a cough.",
        "The cough has gone.",
        "He no longer has palpitations.",
        "His wife has palpitations",
        "Have you had a cough?",
    ],
)
def test_not_the_patients_now(text: str) -> None:
    assert not present(read(text)) & {"fever", "cough", "palpitations"}
    assert not absent(read(text)) & {"fever", "cough", "palpitations"}


def test_an_answer_settles_a_question() -> None:
    assert "cough" in absent(read("Doctor: Have you had a cough?\nPatient: No."))
    assert "cough" in present(read("Doctor: Have you had a cough?\nPatient: Yes, I have."))


def test_family_history_becomes_the_family_finding() -> None:
    assert "thrombophilia_family_vte" in present(read("Leg pain. His mother had a pulmonary embolism at 55."))
    assert "family_thyroid" in present(read("Weak legs. Mother has hyperthyroidism."))
    case = read("Cramp in my legs every night. Her dad was a martyr to the same thing.")
    assert "family_cramps" in present(case)


def test_known_past_and_excluded_conditions() -> None:
    case = read("Underactive thyroid, well controlled. DVT two years ago. Ultrasound: no clot.")
    assert {(f.condition, f.status) for f in case.facts} == {
        ("hypothyroidism", "controlled"),
        ("deep_vein_thrombosis", "past"),
    }
    case = read("Leg pain. PAD was ruled out.")
    assert [f.condition for f in case.ruled_out] == ["peripheral_artery_disease"]
    assert not case.facts
    case = read("I thought I had a clot, is it a clot?")
    assert not case.facts
    assert any("clot" in n for n in case.notes)


def test_a_symptom_is_not_a_diagnosis() -> None:
    """'Night cramps' is a synonym of a cause-only condition: it is read as a finding."""
    assert not read("She has night cramps and pregnancy cramps").facts


def test_contradiction_is_a_conflict_and_sides_settle_it() -> None:
    case = read("She has fever. She has no fever.")
    assert [c.finding for c in case.conflicts] == ["fever"]
    assert "fever" not in present(case) | absent(case)
    assert len(case.conflicts[0].spans) == 2
    case = read("Left leg: no foot pulses. Right leg: foot pulses palpable.")
    assert not case.conflicts
    assert next(o for o in case.observations if o.finding == "absent_pedal_pulses").side == "left"


def test_implied() -> None:
    case = read("Proximal weakness of the legs.")
    assert next(o for o in case.observations if o.finding == "muscle_weakness").state == "present"


@pytest.mark.parametrize(
    "text",
    [
        "If your leg swells or you get a fever you should call.",
        "Fever in 2015 (resolved).",
        "absent foot pulses, ankle jerks",
    ],
)
def test_advice_and_dates_are_not_now(text: str) -> None:
    case = read(text)
    assert not present(case) & {"fever", "leg_swelling", "quality"}


def test_an_acute_condition_with_a_date_is_past_a_chronic_one_is_not() -> None:
    case = read("DVT 2015. Hypothyroidism 2015.")
    assert {f.condition: f.status for f in case.facts} == {"deep_vein_thrombosis": "past", "hypothyroidism": "unknown"}
    assert "previous_dvt_pe" in present(case)


def test_family_history_none() -> None:
    assert "family_cramps" not in present(read("Cramps. Family history of cramps: none"))
    assert "fever" in absent(read("Leg pain. Fever: none"))
