"""Parts of an assessment that have calls of their own: one condition's working, what to ask next, a list compared."""

from __future__ import annotations

from typing import Any

import msgspec

from hickam.interfaces.web.bodies import ExplainBody, NextBody, OwnListBody, today
from hickam.interfaces.web.cases import understood
from hickam.model.assessment import (
    Assessment,
    Candidate,
    CaseOut,
    Fit,
    NextStep,
    Overturn,
    PackStamp,
    Reader,
    Reference,
    Urgency,
)
from hickam.services.assess import Options, assess
from hickam.services.conditions import wanted_condition
from hickam.services.knowledge import Knowledge
from hickam.services.own_list import ListComparison, beside
from hickam.services.references import cited


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer, with what every answer carries."""

    engine_version: str
    pack: PackStamp
    as_of: str
    reader: Reader
    disclaimer: str
    case: CaseOut


class Explained(Part, frozen=True, kw_only=True):
    """One line of the differential with its whole working, and what would put another cause first."""

    fit: Fit
    candidate: Candidate
    overturn: tuple[Overturn, ...]
    references: tuple[Reference, ...]


class Next(Part, frozen=True, kw_only=True):
    """What to ask, examine or test next, and the urgency that it may change."""

    urgency: Urgency
    next_steps: tuple[NextStep, ...]
    references: tuple[Reference, ...]


class OwnList(Part, frozen=True, kw_only=True):
    """A person's own list beside the answer's."""

    urgency: Urgency
    comparison: ListComparison


def explained(body: ExplainBody, knowledge: Knowledge) -> Explained:
    """The working of one condition. Raises ProblemError, or HickamError 'no-such-condition'."""
    name = wanted_condition(knowledge.pack, body.condition, "condition")
    wanted = Options(reader=body.reader, as_of=today(body.as_of), working=name, steps=0, overturn=body.overturn)
    answer = assess(knowledge, understood(body, knowledge), wanted)
    candidate = next(c for c in answer.differential if c.condition.id == name)
    return Explained(
        **_common(answer),
        fit=answer.fit,
        candidate=candidate,
        overturn=answer.overturn,
        references=cited(knowledge.pack, (candidate,)),
    )


def what_next(body: NextBody, knowledge: Knowledge) -> Next:
    """The next steps for a case. Raises ProblemError."""
    wanted = Options(reader=body.reader, as_of=today(body.as_of), draws=0, explain=False, steps=body.steps)
    answer = assess(knowledge, understood(body, knowledge), wanted)
    return Next(
        **_common(answer),
        urgency=answer.urgency,
        next_steps=answer.next_steps,
        references=cited(knowledge.pack, (answer.urgency, answer.next_steps)),
    )


def compared(body: OwnListBody, knowledge: Knowledge) -> OwnList:
    """A person's own list beside the answer's. Raises ProblemError."""
    wanted = Options(reader=body.reader, as_of=today(body.as_of), draws=0, steps=0)
    answer = assess(knowledge, understood(body, knowledge), wanted)
    found = beside(knowledge.pack, knowledge.vocabulary, answer, body.own)
    return OwnList(**_common(answer), urgency=answer.urgency, comparison=found)


def _common(answer: Assessment) -> dict[str, Any]:
    """What every answer carries."""
    return {name: getattr(answer, name) for name in Part.__struct_fields__}
