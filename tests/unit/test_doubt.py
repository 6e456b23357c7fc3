"""What is in doubt counts at its worst for urgency: disputed signs, an age that nobody gave."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hickam.clinic.doubt import ADULTS, CHILD, as_if_present, settlements
from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.condition import LEVELS
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

QUICK = Options(draws=0, explain=False, steps=0)


def _told(knowledge: Knowledge, text: str) -> tuple[Case, Assessment]:
    case = parse(text, knowledge.vocabulary)
    return case, assess(knowledge, case, QUICK)


def _level(answer: Assessment) -> int:
    return LEVELS.index(answer.urgency.level)


DISPUTED = [
    ("60-year-old man with night cramps. He has saddle numbness. No saddle numbness.", "saddle_numbness", "same_day"),
    ("50-year-old woman. My calf is swollen since 2 days. There is no swelling of the calf.", "leg_swelling_unilateral",
     "same_day"),
    ("62-year-old man, calf cramps when walking, eases with rest, pulses absent. On examination pulses normal.",
     "absent_pedal_pulses", "routine"),
    ("44-year-old man, cramps in both calves at night. Fever 3 days. No fever.", "fever", "same_day"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sign", "least"), DISPUTED)
def test_a_disputed_danger_sign_holds_the_level_until_it_is_settled(
    knowledge: Knowledge, text: str, sign: str, least: str
) -> None:
    case, answer = _told(knowledge, text)
    assert sign in {c.finding for c in case.conflicts}
    assert _level(answer) >= LEVELS.index(least)
    assert answer.urgency.provisional
    assert "it is settled whether this holds" in answer.urgency.sentence
    shown = replace(as_if_present(knowledge.pack, case, (sign,)), conflicts=())
    assert _level(answer) >= _level(assess(knowledge, shown, QUICK))


def test_the_disputed_sign_is_named_as_the_reason(knowledge: Knowledge) -> None:
    _, answer = _told(knowledge, "60-year-old man with night cramps. He has saddle numbness. No saddle numbness.")
    first = answer.urgency.reasons[0]
    assert first.rule == "disputed:saddle_numbness"
    assert "told and denied" in first.sentence
    assert first.lay_sentence.startswith("What was said about this is not clear")


def test_a_disputed_sign_stays_not_asked_for_the_probabilities(knowledge: Knowledge) -> None:
    case, disputed = _told(knowledge, "60-year-old man with night cramps. He has saddle numbness. No saddle numbness.")
    silent = assess(knowledge, replace(case, conflicts=()), QUICK)
    assert disputed.differential == silent.differential
    assert LEVELS.index(silent.urgency.level) < LEVELS.index("same_day")


@pytest.mark.parametrize(
    "text",
    [
        "calf cramp",
        "240-year-old man with a cramp in the calf",
        "pain in the shin on walking",
        "both legs ache after standing",
        "leg cramps and my back hurts",
        "numb feet, burning at night",
    ],
)
def test_without_an_age_the_level_is_not_below_what_any_age_needs(knowledge: Knowledge, text: str) -> None:
    case, answer = _told(knowledge, text)
    assert case.age is None
    assert answer.urgency.provisional
    assert "the age is known" in answer.urgency.sentence
    for age in (CHILD, *ADULTS):
        assert _level(answer) >= _level(assess(knowledge, replace(case, age=age), QUICK)), age


def test_who_takes_a_medicine_is_not_taken_for_a_child(knowledge: Knowledge) -> None:
    case, answer = _told(knowledge, "On a water pill, thirsty, and now muscle cramps in the legs.")
    assert case.age is None
    assert {way.case.age for way in settlements(knowledge.pack, case)} == {*ADULTS}
    assert not any(reason.sentence.startswith("The age is not known; at 10 years") for reason in answer.urgency.reasons)


@pytest.mark.parametrize(
    ("text", "grown_up"),
    [
        ("My husband says that I kick. My calf cramps at night.", True),
        ("My wife gets cramps in her calf.", True),
        ("Back from work I noticed that my calf was sore.", True),
        ("I gave up smoking twenty years ago. My calf cramps at night.", True),
        ("Thirty-odd years I've had cramps in my calf.", True),
        ("My calf is sore after football.", False),
        ("For ten years my calf has cramped.", False),
        ("My mum rubs my legs at night, they cramp. Dad drives me home from work experience.", False),
        ("My daughter has a sore calf.", False),
    ],
)
def test_who_is_plainly_grown_up_is_not_taken_for_a_child(knowledge: Knowledge, text: str, grown_up: bool) -> None:
    case, answer = _told(knowledge, text)
    assert (case.age, case.grown_up) == (None, grown_up)
    assert {way.case.age for way in settlements(knowledge.pack, case)} == {*ADULTS} | (set() if grown_up else {CHILD})
    shown = {item.condition.id: item.cause.value for item in answer.differential}
    if grown_up:
        child = {item.condition.id for item in assess(knowledge, replace(case, age=8.0), QUICK).differential}
        assert "growing_pains" in child
        assert shown.get("growing_pains", 0.0) < 0.001


def test_presence_brings_what_it_implies_and_takes_back_what_was_denied(knowledge: Knowledge) -> None:
    case, _ = _told(knowledge, "50-year-old woman. My calf is swollen since 2 days. There is no swelling of the calf.")
    states = {
        o.finding: o.state for o in as_if_present(knowledge.pack, case, ("leg_swelling_unilateral",)).observations
    }
    assert states["leg_swelling_unilateral"] == "present"
    assert states["leg_swelling"] == "present"
