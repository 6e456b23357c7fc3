"""What a visit gave: findings, medicines and statements, each with the words it came from and when they were said."""

from __future__ import annotations

from typing import Literal

import msgspec

from hickam.model.case import Case, State, Status
from hickam.model.finding import FindingKind
from hickam.model.transcript import Reason, Role

Topic = Literal["safety", "mind", "social", "impression", "plan", "patient_question", "history", "examination", "other"]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Characters start..end (end exclusive) of a turn's text, and its seconds in the recording (null for plain text).

    ``unsure``: why words in it still have to be confirmed, () when none has. ``shown``: the words with what is not
    sure left out: '[to confirm]' for a medicine, dose, number, side or negation, '[?]' after any other word.
    """

    turn: str
    role: Role
    start: int
    end: int
    words: str
    shown: str
    from_second: float | None = None
    to_second: float | None = None
    unsure: tuple[Reason, ...] = ()


class VisitFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding that was said. ``number`` is what a person confirms it by. ``doubts``: why it must be looked at."""

    number: int
    finding: str
    name: str
    kind: FindingKind
    state: State
    places: tuple[Place, ...]
    values: tuple[str, ...] = ()
    value: float | None = None
    unit: str = ""
    side: Literal["", "left", "right", "both"] = ""
    examined: bool = False
    doubts: tuple[str, ...] = ()


class VisitMedicine(msgspec.Struct, frozen=True, kw_only=True):
    """A medicine the patient takes or took: name and dose in the words used."""

    number: int
    name: str
    dose: str
    current: bool
    places: tuple[Place, ...]
    drug: str = ""
    doubts: tuple[str, ...] = ()


class VisitCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition the patient is said to have or to have had."""

    number: int
    condition: str
    name: str
    status: Status
    places: tuple[Place, ...]
    doubts: tuple[str, ...] = ()


class ToAsk(msgspec.Struct, frozen=True, kw_only=True):
    """What the visit left open: a doubtful or contradictory answer, or a question without one."""

    finding: str
    name: str
    why: Literal["doubtful", "contradiction", "no answer"]
    places: tuple[Place, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence as it was said, and what it is about; ``question``: what it answers, where that is needed."""

    number: int
    topic: Topic
    place: Place
    question: Place | None = None


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """Everything read from one visit. ``case``: the findings as a case, its spans in ``case.text``, the transcript.

    ``medicines`` and ``conditions`` stand in the order of ``case.medications`` and ``case.facts``.
    """

    case: Case
    findings: tuple[VisitFinding, ...]
    medicines: tuple[VisitMedicine, ...]
    conditions: tuple[VisitCondition, ...]
    to_ask: tuple[ToAsk, ...]
    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()

    def items(self) -> tuple[VisitFinding | VisitMedicine | VisitCondition, ...]:
        """Everything that is confirmed by its number."""
        return (*self.findings, *self.medicines, *self.conditions)

    def certain(self) -> frozenset[int]:
        """Numbers of everything that holds no word a person still has to look at."""
        return frozenset(item.number for item in self.items() if not item.doubts)
