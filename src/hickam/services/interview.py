"""The interview: from a story or from nothing, the best next question until nothing more can matter.

The state is a value: story, answers in order, reader. Everything else is computed from it, so an answer is taken back
by leaving it out, and a saved interview goes on where it stopped.

Order: who the patient is; the pack's core history, fixed; the danger screen, one question, fixed; recent events, past
illness and medicines, one question each, fixed; then what pays most for its burden, since that rule alone never asks
for the rare cause. Findings of one group that exclude each other are one question with a choice. A focused question is
asked only if one of its answers would change the leading cause, the dangers that count, or the urgency.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec
from msgspec.structs import replace

from hickam.clinic.urgency import settling
from hickam.clinic.view import CaseView
from hickam.errors import HickamError
from hickam.model.assessment import Reader
from hickam.model.pack import Setting
from hickam.services.interview_focus import Standing, focused_question, standing
from hickam.services.interview_questions import (
    AnswerError,
    Choice,
    Question,
    Value,
    background_question,
    finding_question,
    hint,
    person_question,
    read_answer,
    screen_question,
)
from hickam.services.interview_state import PERSON, Answer, State, case_of, exclusive, open_findings
from hickam.services.knowledge import Knowledge
from hickam.services.triage import as_beliefs

__all__ = [
    "MOST_QUESTIONS",
    "Answer",
    "AnswerError",
    "Choice",
    "Progress",
    "Question",
    "Standing",
    "State",
    "Value",
    "answer",
    "back",
    "begin",
    "case_of",
    "hint",
    "next_question",
    "progress",
    "read_answer",
    "resume",
    "standing",
    "to_json",
]

MOST_QUESTIONS = 25
"""Questions after story, age and sex."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Questions asked (story, age and sex apart), of the fixed parts still to come at most, and the limit."""

    asked: int
    fixed_left: int
    most: int = MOST_QUESTIONS


def begin(
    knowledge: Knowledge,
    text: str | None = None,
    age: float | None = None,
    sex: Literal["female", "male"] | None = None,
    setting: Setting = "primary_care",
    reader: Reader = "clinician",
) -> State:
    """An interview with nothing answered."""
    return State(pack=knowledge.pack.hash, story=text, age=age, sex=sex, setting=setting, reader=reader)


def answer(state: State, question_id: str, value: Value) -> State:
    """The state with one more answer; a later answer to the same question goes before an earlier one."""
    return replace(state, answers=(*state.answers, Answer(question=question_id, value=value)))


def back(state: State) -> State:
    """The state before the last answer; unchanged when there is none."""
    return replace(state, answers=state.answers[:-1])


def to_json(state: State) -> bytes:
    """The state for a file or a form."""
    return msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n"


def resume(knowledge: Knowledge, data: bytes) -> State:
    """A saved state. ``pack`` stays the hash of the pack it began with; answers that no longer fit are refused."""
    try:
        state = msgspec.json.decode(data, type=State)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HickamError(
            code="bad-interview",
            where="the saved interview",
            what=f"cannot be read: {error}",
            why="answers that are misread would be worse than none",
            fix="give a file written by hickam interview --save, or begin again",
        ) from error
    case_of(knowledge, state)
    return state


def next_question(knowledge: Knowledge, state: State) -> Question | None:
    """What to ask now; None when the interview is over."""
    fixed = fixed_questions(knowledge, state)
    if fixed and (fixed[0].kind in PERSON or progress(knowledge, state).asked < MOST_QUESTIONS):
        return fixed[0]
    if progress(knowledge, state).asked >= MOST_QUESTIONS:
        return None
    return focused_question(knowledge, state)


@lru_cache(maxsize=32)
def fixed_questions(knowledge: Knowledge, state: State) -> tuple[Question, ...]:
    """The questions of the fixed parts that are still open, in order."""
    case, pack = case_of(knowledge, state), knowledge.pack
    asked = {item.question for item in state.answers}
    missing = {"story": state.story is None, "age": case.age is None, "sex": case.sex is None}
    questions = [person_question(k, state.reader) for k in PERSON if missing[k] and k not in asked]  # type: ignore[arg-type]
    open_now = open_findings(knowledge, state)
    core = sorted((f for f in open_now.values() if f.core_history), key=lambda f: f.core_history)
    done: set[str] = set()
    for finding in core:
        if finding.id not in done:
            together = exclusive(knowledge, finding, open_now)
            done |= {f.id for f in together}
            why = "Core history: asked of everyone with this complaint."
            questions.append(finding_question(pack, together, state.reader, "core_history", why))
    screen = tuple(f for f in open_now.values() if f.red_flag_screen and f.id not in done)
    if screen:
        questions.append(screen_question(screen, state.reader))
    beliefs = as_beliefs(knowledge.engine.posterior(case), knowledge.engine.k_only(case))
    for name in settling(CaseView(pack, case), beliefs):
        if name in open_now and name not in done and open_now[name].kind == "history":
            done.add(name)
            why = "One answer takes back a danger sign that you told."
            questions.append(finding_question(pack, (open_now[name],), state.reader, "danger_screen", why))
    for several in pack.manifest.background:
        left = tuple(open_now[name] for name in several.findings if name in open_now and name not in done)
        if left:
            questions.append(background_question(several, left, state.reader))
    return tuple(questions)


def progress(knowledge: Knowledge, state: State) -> Progress:
    """How far the interview is."""
    asked = len({item.question for item in state.answers} - set(PERSON))
    left = [q for q in fixed_questions(knowledge, state) if q.kind not in PERSON]
    return Progress(asked=asked, fixed_left=len(left))
