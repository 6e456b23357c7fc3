"""Laws of the interview on random answers: it ends, asks nothing twice, nothing known, nothing that cannot matter."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hickam.clinic.view import CaseView
from hickam.services.interview import (
    MOST_QUESTIONS,
    Question,
    State,
    Value,
    answer,
    back,
    begin,
    case_of,
    next_question,
    progress,
    resume,
    to_json,
)
from hickam.services.interview_focus import decision, outcomes
from hickam.services.interview_state import PERSON
from hickam.services.knowledge import Knowledge
from hickam.services.triage import as_beliefs

OPENINGS = (None, "", "my calf cramps at night", "pain in both legs when I walk, I smoke", "I feel tired", "!?")
LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEEDS = st.integers(0, 10**6)


def some_start(knowledge: Knowledge, chance: random.Random) -> State:
    """A random beginning."""
    return begin(
        knowledge,
        chance.choice(OPENINGS),
        age=chance.choice((None, 9, 34, 61, 85)),
        sex=chance.choice((None, "female", "male")),
        setting=chance.choice(("primary_care", "emergency")),
        reader=chance.choice(("patient", "clinician")),
    )


def some_answer(question: Question, chance: random.Random) -> Value:
    """A random answer that fits the question."""
    if chance.random() < 0.15:
        return "unknown"
    if question.kind == "story":
        return "my leg hurts"
    if question.kind == "age":
        return float(chance.randint(1, 95))
    if question.kind == "screen":
        return tuple(chance.choice(("", "?")) + f for f in question.findings if chance.random() < 0.1)
    if question.kind == "number":
        return chance.uniform(question.low, question.high)
    return chance.choice(question.choices).id


@LAW
@given(seed=SEEDS)
def test_it_ends_and_asks_nothing_twice_and_nothing_known(knowledge: Knowledge, seed: int) -> None:
    chance = random.Random(seed)
    state = some_start(knowledge, chance)
    asked: list[str] = []
    while (question := next_question(knowledge, state)) is not None:
        known = {o.finding for o in case_of(knowledge, state).observations}
        assert not known & set(question.findings)
        assert not set(asked) & {question.id, *question.findings}
        asked += [question.id, *question.findings] if question.findings != (question.id,) else [question.id]
        state = answer(state, question.id, some_answer(question, chance))
        assert len(state.answers) <= MOST_QUESTIONS + len(PERSON)
    assert progress(knowledge, state).fixed_left == 0


@LAW
@given(seed=SEEDS)
def test_back_undoes_exactly_and_resume_asks_the_same(knowledge: Knowledge, seed: int) -> None:
    chance = random.Random(seed)
    state = some_start(knowledge, chance)
    for _ in range(chance.randint(1, 12)):
        question = next_question(knowledge, state)
        if question is None:
            return
        after = answer(state, question.id, some_answer(question, chance))
        assert back(after) == state
        assert next_question(knowledge, back(after)) == question
        state = after
    again = resume(knowledge, to_json(state))
    assert again == state
    assert next_question(knowledge, again) == next_question(knowledge, state)


@LAW
@given(seed=SEEDS)
def test_every_focused_question_has_an_answer_that_matters(knowledge: Knowledge, seed: int) -> None:
    chance = random.Random(seed)
    state = some_start(knowledge, chance)
    while (question := next_question(knowledge, state)) is not None:
        if question.part == "focused":
            case = case_of(knowledge, state)
            engine = knowledge.engine
            now = decision(CaseView(knowledge.pack, case), as_beliefs(engine.posterior(case), engine.k_only(case)))
            steps = engine.next_steps(case)
            findings = [knowledge.pack.findings[f] for f in question.findings]
            assert any(d != now for f in findings for d in outcomes(knowledge, case, f, steps.outcomes(f.id)))
        state = answer(state, question.id, some_answer(question, chance))


@LAW
@given(seed=SEEDS)
def test_not_known_everywhere_ends_too(knowledge: Knowledge, seed: int) -> None:
    state = some_start(knowledge, random.Random(seed))
    before = case_of(knowledge, state).observations
    while (question := next_question(knowledge, state)) is not None:
        state = answer(state, question.id, "unknown")
    assert case_of(knowledge, state).observations == before
    assert len(state.answers) <= MOST_QUESTIONS + len(PERSON)
