"""Tiers, dangers, rules and words on hand-made beliefs over the mini pack."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from packs.mini_pack import mini_files, write_pack

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import dangers
from hickam.clinic.tiers import show_presence, tiers
from hickam.clinic.urgency import rule_holds, urgency
from hickam.clinic.view import CaseView
from hickam.knowledge.loading import load_pack
from hickam.model.assessment import Estimate
from hickam.model.case import Case, Fact, Observation
from hickam.model.pack import Pack
from hickam.writing.words import interval, likelihood_word, out_of, percent


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return load_pack(write_pack(tmp_path, mini_files()))


def _beliefs(arterial: float, before: float = 0.05, present: float | None = None) -> Beliefs:
    return Beliefs(
        cause={"arterial": arterial, "low_potassium": 0.9 - arterial},
        present={"arterial": arterial if present is None else present, "low_potassium": 0.01},
        prior_cause={"arterial": before, "low_potassium": 0.5},
        prior_present={"arterial": before, "low_potassium": 0.01},
        unexplained=0.1,
    )


def _case(*present: str, absent: tuple[str, ...] = ()) -> Case:
    observations = [Observation(finding=name, state="present") for name in present]
    observations += [Observation(finding=name, state="absent") for name in absent]
    return Case(age=60, sex="male", observations=tuple(observations))


def test_a_danger_above_its_threshold_is_shown_whatever_its_rank(pack: Pack) -> None:
    beliefs = _beliefs(0.12)
    found = dangers(CaseView(pack, _case("on_exertion")), beliefs)
    assert [d.condition.id for d in found if d.shown] == ["arterial"]
    assert tiers(beliefs, found, lambda name: 0.05)["arterial"] == "do_not_miss"


def test_what_age_and_sex_alone_say_is_shown_but_not_urgent(pack: Pack) -> None:
    found = dangers(CaseView(pack, _case("on_exertion")), _beliefs(0.12, before=0.11))
    assert [(d.shown, d.counts) for d in found] == [(True, False)]


def test_presence_alone_counts_when_raised_threefold(pack: Pack) -> None:
    view = CaseView(pack, _case("on_exertion"))
    assert [d.counts for d in dangers(view, _beliefs(0.01, before=0.05, present=0.20))] == [True]
    assert [d.counts for d in dangers(view, _beliefs(0.01, before=0.09, present=0.20))] == [False]


def test_a_known_condition_is_judged_as_a_cause_only(pack: Pack) -> None:
    case = replace(_case("on_exertion"), facts=(Fact(condition="arterial", status="active"),))
    assert [d.counts for d in dangers(CaseView(pack, case), _beliefs(0.01, present=1.0))] == [False]


def test_only_exclusion_removes_a_danger(pack: Pack) -> None:
    view = CaseView(pack, _case("on_exertion", absent=("absent_pulses",)))
    found = dangers(view, _beliefs(0.5))
    assert [(d.shown, d.excluded_by) for d in found] == [(False, ("not absent_pulses",))]
    assert urgency(view, _beliefs(0.5)).excluded


def test_three_states_in_rules(pack: Pack) -> None:
    rule = pack.rules["no_pulse"]
    assert rule_holds(rule, CaseView(pack, _case("on_exertion", "absent_pulses")), _beliefs(0.1))
    assert not rule_holds(rule, CaseView(pack, _case("on_exertion")), _beliefs(0.1))
    negative = replace(rule, all=("not absent_pulses",))
    assert not rule_holds(negative, CaseView(pack, _case("on_exertion")), _beliefs(0.1))
    assert rule_holds(negative, CaseView(pack, _case(absent=("absent_pulses",))), _beliefs(0.1))


def test_values_ages_and_measurements_in_terms(pack: Pack) -> None:
    case = replace(
        _case(),
        observations=(
            Observation(finding="quality", state="present", values=("ache",)),
            Observation(finding="potassium", state="present", values=("low",), value=2.9, unit="mmol/L"),
        ),
    )
    view = CaseView(pack, case)
    assert view.holds("quality is ache") is True
    assert view.holds("quality is cramp") is False
    assert view.holds("potassium < 3.0") is True
    assert view.holds("potassium < 2.5") is False
    assert view.holds("age >= 65") is False
    assert view.holds("not age >= 65") is True
    assert view.holds("takes water") is False
    assert CaseView(pack, Case()).holds("potassium < 3.0") is None
    assert CaseView(pack, Case()).holds("age >= 65") is None


def test_ranking_is_the_same_for_equal_probabilities() -> None:
    beliefs = Beliefs({"b": 0.4, "a": 0.4, "c": 0.1}, {}, {}, {}, 0.1)
    assert beliefs.ranked == ["a", "b", "c"]


def test_presence_is_shown_for_facts_raised_and_causes() -> None:
    beliefs = Beliefs(
        {"a": 0.02, "b": 0.001, "c": 0.001}, {"a": 0.1, "b": 0.2, "c": 0.1}, {}, {"b": 0.1, "c": 0.09}, 0.1
    )
    assert show_presence("a", beliefs, known=False)
    assert show_presence("b", beliefs, known=False)
    assert not show_presence("c", beliefs, known=False)
    assert show_presence("c", beliefs, known=True)


def test_words() -> None:
    assert [likelihood_word(p) for p in (0.95, 0.7, 0.5, 0.2, 0.05, 0.001)] == [
        "very likely", "likely", "about as likely as not", "possible", "unlikely", "very unlikely",
    ]  # fmt: skip
    assert [percent(p) for p in (0, 0.001, 0.31, 0.999, 1)] == ["0 %", "<1 %", "31 %", ">99 %", "100 %"]
    assert interval(Estimate(value=0.31, low=0.18, high=0.52)) == "31 % (18–52)"
    assert out_of(0.31) == "31 of 100 people"
    assert out_of(0.001) == "fewer than 1 of 100 people"
