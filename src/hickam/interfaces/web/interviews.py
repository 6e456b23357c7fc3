"""One step of an interview over HTTP. The state travels with the client; the server keeps none."""

from __future__ import annotations

import msgspec
from fastapi import Request

from hickam.interfaces.web.bodies import InterviewBody
from hickam.interfaces.web.problems import ProblemError
from hickam.services.interview import (
    Progress,
    Question,
    Standing,
    State,
    answer,
    back,
    begin,
    next_question,
    progress,
    resume,
    standing,
)
from hickam.services.knowledge import Knowledge


class Interview(msgspec.Struct, frozen=True, kw_only=True):
    """``question`` null: no answer matters any more. ``standing`` null: nothing is known yet."""

    state: State
    question: Question | None
    progress: Progress
    standing: Standing | None


def with_a_clinician(request: Request, reader: object) -> None:
    """Refuse to interview a patient alone where the operator has not switched self-service on."""
    if reader == "patient" and not request.app.state.self_service:
        raise ProblemError(
            403,
            "self-service-off",
            "This service is not set up for people to check themselves.",
            where="reader",
            why="nobody has shown yet that patients alone come to no harm with it",
            fix="ask the questions as a clinician, or see docs/safety/intended-use.md and start with --self-service",
        )


def interview_step(body: InterviewBody, knowledge: Knowledge) -> Interview:
    """Begin, answer or take back, and what to ask now. Raises ProblemError or HickamError."""
    state = _state(body, knowledge)
    known = bool(state.story or state.answers)
    return Interview(
        state=state,
        question=next_question(knowledge, state),
        progress=progress(knowledge, state),
        standing=standing(knowledge, state) if known else None,
    )


def _state(body: InterviewBody, knowledge: Knowledge) -> State:
    if body.state is None:
        if body.answer is not None or body.back:
            raise ProblemError(
                422, "bad-request", "An answer needs the state it answers.", where="state", fix="send it back"
            )
        return begin(knowledge, body.story, age=body.age, sex=body.sex, setting=body.setting, reader=body.reader)
    state = resume(knowledge, msgspec.json.encode(body.state))
    if body.back:
        return back(state)
    if body.answer is None:
        return state
    value = body.answer.value
    state = answer(state, body.answer.question, tuple(value) if isinstance(value, list) else value)
    return resume(knowledge, msgspec.json.encode(state))
