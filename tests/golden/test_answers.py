"""The written questions: what was measured on those looked at while building and on those kept apart still holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from hickam.services.ask_evaluation import holds, read_cases, read_questions, run_question, summary
from hickam.services.claims_index import ClaimsIndex
from hickam.services.embedding.model import model_file
from hickam.services.knowledge import Knowledge

QUESTIONS = Path(__file__).parents[1] / "questions"


@pytest.mark.skipif(model_file() is None, reason="hickam[answers] is not installed")
@pytest.mark.parametrize("name", ["building", "held_apart"])
def test_written_questions(knowledge: Knowledge, name: str) -> None:
    claims = ClaimsIndex(knowledge)
    cases = read_cases(QUESTIONS / "cases.yaml", claims)
    outcomes = [run_question(claims, asked, cases) for asked in read_questions(QUESTIONS / f"{name}.yaml")]
    found = summary(outcomes)
    least = LEAST[name]
    assert found["right claim cited"] >= least[0]
    assert found["recall at 5"] >= least[1]
    assert found["unanswerable refused"] >= least[2]
    assert found["answerable refused"] <= least[3]
    assert found["answerable taken for an emergency"] == 0
    assert found["emergency put first"] == 1
    assert [o.unsupported for o in outcomes if o.unsupported] == []


LEAST = {"building": (0.955, 0.97, 0.96, 0.01), "held_apart": (0.92, 0.92, 0.95, 0.03)}
"""Right claim, recall, refusals wanted, refusals not wanted: what was measured, or one question less where that still
meets what is wanted (docs/evaluation/answers.md says what is not met)."""


def test_there_are_enough_questions_of_enough_kinds_for_both_readers() -> None:
    building, apart = (read_questions(QUESTIONS / f"{name}.yaml") for name in ("building", "held_apart"))
    every = building + apart
    assert len(every) >= 250
    assert len({asked.k for asked in every}) >= 20
    assert {asked.r for asked in every} == {"patient", "clinician"}
    assert len(apart) >= len(every) / 3
    assert not {(a.q.lower(), a.before) for a in building} & {(a.q.lower(), a.before) for a in apart}


def test_each_question_is_asked_once_and_each_gold_claim_exists(knowledge: Knowledge) -> None:
    claims = ClaimsIndex(knowledge, by_meaning=False).index.claims
    every = [asked for file in QUESTIONS.glob("*.yaml") if file.name != "cases.yaml" for asked in read_questions(file)]
    assert [a.q for a in every if a.expect == "answer" and not a.gold] == []
    written = [
        gold for asked in every for gold in asked.gold if not any(part in gold for part in MADE_FOR_THE_QUESTION)
    ]
    assert [gold for gold in written if not any(holds(gold, c.id, c.text) for c in claims)] == []
    assert len({(a.q.lower(), a.before, a.case) for a in every}) == len(every)


MADE_FOR_THE_QUESTION = ("case#", "pack#review", "#prior", "#findings", "#modifiers")
"""Claims about this patient, and numbers of a condition put into words when they are asked for: not in the index."""
