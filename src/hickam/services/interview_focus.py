"""The focused part of the interview: which question can still matter, and what it tells from what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import counted
from hickam.clinic.urgency import WORDS, urgency
from hickam.clinic.view import CaseView
from hickam.inference.results import Outcome
from hickam.model.assessment import Reader
from hickam.model.case import Case
from hickam.model.condition import Level
from hickam.model.finding import Finding
from hickam.model.pack import Pack
from hickam.services.assess import Options, assess
from hickam.services.interview_questions import Question, finding_question
from hickam.services.interview_state import State, case_of, exclusive, open_findings, with_answer
from hickam.services.knowledge import Knowledge
from hickam.services.next_steps import LEAST_SCORE
from hickam.services.triage import as_beliefs, beliefs_of

LOOKED_AT = 12
POSSIBLE = 0.01
"""An answer less likely than this is not a reason to ask."""
LEADING = 3


@dataclass(frozen=True)
class Decision:
    """What a clinician would act on: leading cause ('' when unexplained), dangers that count, how soon."""

    top: str
    dangers: frozenset[str]
    level: Level


@dataclass(frozen=True)
class Standing:
    """Where the interview stands: the likeliest causes with their probability, and the urgency in words."""

    leading: tuple[tuple[str, float], ...]
    level: Level
    urgency: str


def standing(knowledge: Knowledge, state: State) -> Standing:
    """The answer so far, short."""
    found = assess(knowledge, case_of(knowledge, state), Options(reader=state.reader, draws=0, explain=False, steps=0))
    own = state.reader == "patient"
    return Standing(
        leading=tuple(
            (c.condition.lay_name if own else c.condition.name, c.cause.value) for c in found.differential[:LEADING]
        ),
        level=found.urgency.level,
        urgency=found.urgency.sentence,
    )


@lru_cache(maxsize=8)
def focused_question(knowledge: Knowledge, state: State) -> Question | None:
    """The best-paying question of which some answer would change the decision; None when there is none."""
    case = case_of(knowledge, state)
    allowed = open_findings(knowledge, state)
    engine = knowledge.engine
    found = engine.next_steps(case)
    steps = [s for s in found.steps if s.finding in allowed and s.score >= LEAST_SCORE]
    now = decision(CaseView(knowledge.pack, case), as_beliefs(engine.posterior(case), engine.k_only(case)))
    for step in steps[:LOOKED_AT]:
        finding = allowed[step.finding]
        changed = [d for d in outcomes(knowledge, case, finding, found.outcomes(finding.id)) if d != now]
        if changed:
            why = reason(knowledge.pack, state.reader, now, changed)
            together = exclusive(knowledge, finding, allowed)
            return finding_question(knowledge.pack, together, state.reader, "focused", why)
    return None


def decision(view: CaseView, beliefs: Beliefs) -> Decision:
    """The decision these beliefs lead to."""
    top = beliefs.leading
    return Decision(
        top=top if beliefs.cause[top] >= beliefs.unexplained else "",
        dangers=frozenset(counted(view, beliefs)),
        level=urgency(view, beliefs).level,
    )


def outcomes(knowledge: Knowledge, case: Case, finding: Finding, possible: Sequence[Outcome]) -> list[Decision]:
    """The decision after each possible answer, everything that the answer implies included."""
    cases = [
        with_answer(knowledge, case, finding, outcome.id) for outcome in possible if outcome.probability >= POSSIBLE
    ]
    alone = knowledge.engine.k_only(case)
    return [
        decision(CaseView(knowledge.pack, after), beliefs)
        for after, beliefs in zip(cases, beliefs_of(knowledge, cases, alone), strict=True)
    ]


def reason(pack: Pack, reader: Reader, now: Decision, changed: list[Decision]) -> str:
    """Why this question: what its answers tell apart, first the leading cause, then dangers, then how soon."""
    own = reader == "patient"

    def name(condition: str) -> str:
        item = pack.conditions[condition]
        return item.lay_name if own else item.name

    for after in sorted(changed, key=lambda d: not d.top):
        if after.top != now.top:
            if not now.top:
                return f"Looks for {name(after.top)}; so far the story fits no known pattern."
            return (
                f"Tells {name(after.top)} from {name(now.top)}."
                if after.top
                else f"Shows whether {name(now.top)} fits."
            )
    for after in changed:
        if after.dangers != now.dangers:
            named = " and ".join(name(c) for c in sorted(after.dangers ^ now.dangers)[:2])
            return f"Shows whether {named} has to be looked for."
    levels = " or ".join(dict.fromkeys(WORDS[d.level].lower() for d in (now, *changed)))
    return f"Decides how soon: {levels}."
