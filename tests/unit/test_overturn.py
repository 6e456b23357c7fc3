"""What would change the answer: crossings are exact, sets of findings do what they say and are as small as they can be."""

from __future__ import annotations

import msgspec
import pytest

from hickam.inference.sensitivity import FAR, Crossing, crossings, log_odds, moved_network
from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.services.assess import Options, assess
from hickam.services.interview_state import with_answer
from hickam.services.knowledge import Knowledge
from hickam.services.triage import as_beliefs
from hickam.writing.overturn import number_sentence, overturn_lines
from hickam.writing.screen import Style

STORY = "58-year-old woman, both legs ache in the evening, she has to move them, worse at rest, cramps in the calf at night."


@pytest.fixture(scope="module")
def case(knowledge: Knowledge) -> Case:
    return parse(STORY, knowledge.vocabulary)


@pytest.fixture(scope="module")
def answer(knowledge: Knowledge, case: Case) -> Assessment:
    return assess(knowledge, case, Options(draws=0, explain=False, steps=4, overturn=True))


@pytest.fixture(scope="module")
def pair(knowledge: Knowledge, case: Case) -> tuple[str, str]:
    engine = knowledge.engine
    first, second = as_beliefs(engine.posterior(case), engine.k_only(case)).ranked[:2]
    return first, second


@pytest.fixture(scope="module")
def found(knowledge: Knowledge, case: Case, pair: tuple[str, str]) -> list[Crossing]:
    return crossings(knowledge.engine.network, case, *pair)


def test_at_the_crossing_both_causes_are_equally_likely(
    knowledge: Knowledge, case: Case, pair: tuple[str, str], found: list[Crossing]
) -> None:
    assert found
    network = knowledge.engine.network
    for crossing in found:
        if crossing.number.kind != "background":
            here, less, more = (
                log_odds(moved_network(network, case, crossing.number, crossing.needed * by), case, *pair)
                for by in (1, 1 - 1e-5, 1 + 1e-5)
            )
            assert abs(here) < 1e-6 or less * more < 0, crossing
            assert crossing.distance <= FAR + 1e-6
    assert [c.distance for c in found] == sorted(c.distance for c in found)


def test_a_consulting_rate_crosses_where_arithmetic_says(
    knowledge: Knowledge, case: Case, pair: tuple[str, str], found: list[Crossing]
) -> None:
    cause = knowledge.engine.posterior(case).cause
    rates = {c.number.condition: c for c in found if c.number.kind == "consulting"}
    assert rates
    odds = cause[pair[0]] / cause[pair[1]]
    for name, crossing in rates.items():
        expected = crossing.number.value * (1 / odds if name == pair[0] else odds)
        assert crossing.needed == pytest.approx(expected, rel=0.1)  # the case mix behind the exponents moves too


def test_within_says_whether_the_interval_reaches_that_far(found: list[Crossing]) -> None:
    for crossing in found:
        assert crossing.low < crossing.number.value < crossing.high
        assert crossing.within == (crossing.distance <= 1.645 + 1e-9)


def test_an_unused_number_cannot_be_moved(knowledge: Knowledge, case: Case, found: list[Crossing]) -> None:
    number = found[0].number
    other = type(number)(kind="finding", condition=number.condition or "x", finding="x", value=0.5, sigma=1.0)
    with pytest.raises((ValueError, KeyError)):
        moved_network(knowledge.engine.network, case, other, 0.4)


def test_the_further_answers_put_the_rival_first_and_no_single_one_does_when_two_are_named(
    knowledge: Knowledge, case: Case, answer: Assessment
) -> None:
    assert answer.overturn
    steps = knowledge.engine.next_steps(case)
    for item in answer.overturn:
        leader, rival = item.leader.id, item.rival.id
        assert item.odds > 1
        if item.added:
            assert item.added_rival > item.added_leader
            assert 0 < item.added_probability <= 1
        if len(item.added) > 1:
            for step in steps.steps:
                for outcome in steps.outcome_posteriors(step.finding):
                    likely = outcome.outcome.probability >= 0.001
                    assert not likely or outcome.cause[leader] >= outcome.cause[rival], step.finding
        if len(item.added) == 1:
            finding = knowledge.pack.findings[item.added[0].finding]
            after = [
                knowledge.engine.posterior(with_answer(knowledge, case, finding, outcome.id)).cause
                for outcome in steps.outcomes(finding.id)
            ]
            assert any(cause[rival] > cause[leader] for cause in after)


def test_without_the_named_told_findings_the_rival_leads(knowledge: Knowledge, answer: Assessment) -> None:
    taken = [item for item in answer.overturn if item.withdrawn]
    assert taken
    told = {f.id for f in answer.case.findings}
    for item in taken:
        assert {f.finding for f in item.withdrawn} <= told
        assert len(item.withdrawn) <= 3


def test_it_is_left_out_unless_asked_for_and_survives_json(
    knowledge: Knowledge, case: Case, answer: Assessment
) -> None:
    plain = assess(knowledge, case, Options(draws=0, explain=False, steps=0))
    assert plain.overturn == ()
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Assessment).overturn == answer.overturn


def test_the_words(answer: Assessment) -> None:
    text = "\n".join(overturn_lines(answer, Style(colour=False, width=100)))
    assert text.startswith("What would overturn the answer")
    for item in answer.overturn:
        assert item.rival.name in text
    sentence = number_sentence("prior", "Restless legs", "", (0.1, 0.05, 0.2, 0.15), within=True)
    assert sentence == (
        "How common Restless legs is: 10 % (90 % interval 5 %–20 %) would have to be 15 %: its sources allow that."
    )
    assert "beyond its interval" in number_sentence("risk", "A", "b", (2.0, 1.0, 3.0, 9.0), within=False)
