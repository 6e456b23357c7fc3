"""Urgency on random cases of the shipped pack: a danger sign never lowers it, exclusion is said, silence is not absence."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hickam.clinic.doubt import ADULTS, as_if_present
from hickam.clinic.urgency import danger_signs
from hickam.clinic.view import CaseView
from hickam.intake.reading import parse
from hickam.model.case import Case, Conflict, Observation
from hickam.model.condition import LEVELS
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.services.triage import MOST_SIGNS

QUICK = Options(draws=0, explain=False, steps=0)


def _level(knowledge: Knowledge, case: Case) -> int:
    return LEVELS.index(assess(knowledge, case, QUICK).urgency.level)


def _random_case(knowledge: Knowledge, seed: int) -> Case:
    """Up to six random yes/no findings, a random age and sex."""
    chance = random.Random(seed)
    names = [f.id for f in knowledge.pack.findings.values() if f.type == "yes_no" and f.about != "risk"]
    chosen = chance.sample(names, chance.randint(1, 6))
    observations = tuple(
        Observation(finding=name, state="present" if chance.random() < 0.7 else "absent") for name in chosen
    )
    return Case(age=chance.choice((8, 30, 55, 78)), sex=chance.choice(("female", "male")), observations=observations)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_a_further_danger_sign_never_lowers_urgency(knowledge: Knowledge, seed: int) -> None:
    case = _random_case(knowledge, seed)
    view = CaseView(knowledge.pack, case)
    screen = [f.id for f in knowledge.pack.findings.values() if f.red_flag_screen and view.state(f.id) is None]
    if len(danger_signs(view)) >= MOST_SIGNS or not screen:
        return
    sign = random.Random(seed).choice(screen)
    more = replace(case, observations=(*case.observations, Observation(finding=sign, state="present")))
    assert _level(knowledge, more) >= _level(knowledge, case)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_a_disputed_sign_counts_as_much_as_a_present_one(knowledge: Knowledge, seed: int) -> None:
    case = _random_case(knowledge, seed)
    view = CaseView(knowledge.pack, case)
    screen = [f.id for f in knowledge.pack.findings.values() if f.red_flag_screen and view.state(f.id) is None]
    if not screen:
        return
    sign = random.Random(seed).choice(screen)
    disputed = replace(case, conflicts=(Conflict(finding=sign, spans=(), sentence="both"),))
    level = _level(knowledge, disputed)
    assert level >= _level(knowledge, case)
    assert level >= _level(knowledge, as_if_present(knowledge.pack, case, (sign,)))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_without_an_age_the_level_is_that_of_the_age_that_needs_most(knowledge: Knowledge, seed: int) -> None:
    case = replace(_random_case(knowledge, seed), age=None)
    level = _level(knowledge, case)
    assert level >= max(_level(knowledge, replace(case, age=age)) for age in ADULTS)


@pytest.mark.parametrize("state", ["absent", None])
def test_silence_is_not_absence(knowledge: Knowledge, state: str | None) -> None:
    """Unasked danger signs leave the level provisional; denied ones do not."""
    screen = [f.id for f in knowledge.pack.findings.values() if f.red_flag_screen]
    observations = [
        Observation(finding="timing_night", state="present"),
        Observation(finding="site_calf", state="present"),
    ]
    if state == "absent":
        observations += [Observation(finding=name, state="absent") for name in screen]
    answer = assess(knowledge, Case(age=70, sex="female", observations=tuple(observations)), QUICK)
    assert answer.urgency.provisional is (state is None)
    assert bool(answer.urgency.not_asked) is (state is None)


def test_only_evidence_that_excludes_takes_a_danger_out_and_the_answer_says_so(knowledge: Knowledge) -> None:
    signs = tuple(
        Observation(finding=name, state="present")
        for name in ("leg_swelling_unilateral", "calf_tenderness", "unilateral")
    )
    suspected = assess(knowledge, Case(age=60, sex="female", observations=signs), QUICK)
    scanned = (*signs, Observation(finding="abnormal_duplex_dvt", state="absent"))
    cleared = assess(knowledge, Case(age=60, sex="female", observations=scanned), QUICK)
    assert LEVELS.index(suspected.urgency.level) >= LEVELS.index("same_day")
    assert any(reason.condition == "deep_vein_thrombosis" for reason in suspected.urgency.reasons)
    assert not any(
        reason.condition == "deep_vein_thrombosis" and not reason.rule and reason.level == "same_day"
        for reason in cleared.urgency.reasons
    )
    assert any("excluded by" in text for text in cleared.urgency.excluded)


def test_nothing_can_raise_an_emergency_so_it_is_neither_provisional_nor_screened(knowledge: Knowledge) -> None:
    signs = (
        Observation(finding="potassium", state="present", value=6.8),
        Observation(finding="quality", values=("cramp",), state="present"),
    )
    answer = assess(knowledge, Case(age=60, sex="male", observations=signs), Options(draws=0, explain=False, steps=3))
    assert answer.urgency.level == "emergency"
    assert not answer.urgency.provisional
    assert answer.urgency.not_asked
    assert answer.next_steps
    assert all(step.why != "red_flag_screen" for step in answer.next_steps)
    assert {referral.urgency for referral in answer.route.referrals} <= {"emergency"}


def test_a_chance_that_the_list_does_not_show_says_under_what_it_holds(knowledge: Knowledge) -> None:
    told = "60-year-old man on warfarin, kicked in the shin 2 days ago, calf hard as wood, tingling toes."
    answer = assess(knowledge, parse(told, knowledge.vocabulary), QUICK)
    causes = {c.condition.id: c.cause.value for c in answer.differential}
    numbered = [r for r in answer.urgency.reasons if " cannot be left: cause " in r.sentence and r.condition in causes]
    assert numbered
    for reason in numbered:
        said = float(reason.sentence.split(" cannot be left: cause ")[1].split(" %")[0])
        aside = "left aside" in reason.sentence
        assert aside or abs(said / 100 - causes[reason.condition]) < 0.006
    assert any("left aside" in reason.sentence for reason in numbered)
