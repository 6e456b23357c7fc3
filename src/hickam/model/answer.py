"""The answer to a question: ``hickam.answer/1``, the object that ``hickam ask --format json`` prints."""

from __future__ import annotations

from typing import Literal

import msgspec

from hickam.model.assessment import PackStamp, Reader, Reference
from hickam.model.condition import Level

SCHEMA = "hickam.answer/1"
ReviewState = Literal["submitted", "under_review", "approved"]


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of the answer with the claims it rests on.

    ``certainty``: what the pack says of the evidence, or the basis of a number; '' where it says nothing.
    ``reworded``: a language model changed the words and every check was passed.
    """

    text: str
    claims: tuple[str, ...]
    sources: tuple[str, ...] = ()
    certainty: str = ""
    reworded: bool = False


class CitedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim the answer cites, word for word. ``origin``: the pack, or the engine's numbers for this case."""

    id: str
    text: str
    origin: Literal["pack", "case"]
    sources: tuple[str, ...]
    certainty: str
    review_state: ReviewState


class UrgentFirst(msgspec.Struct, frozen=True, kw_only=True):
    """What has to come before any answer, because of what the question or the case tells."""

    level: Level
    sentence: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    sources: tuple[str, ...]


class CitedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer.

    ``standing``: answered; refused (the knowledge does not say); urgent (urgency first, the question waits).
    ``short`` comes first, ``support`` after it. ``disagree``: the support holds claims that contradict each other.
    ``counted``: facts of this patient that were used. ``notes``: what was read, or not found, in the question.
    ``nearest``: with a refusal, the nearest things that are known; ``ask_a_clinician``: what to ask instead.
    """

    schema: str
    engine_version: str
    pack: PackStamp
    as_of: str
    reader: Reader
    disclaimer: str
    question: str
    kind: str
    about: tuple[str, ...]
    standing: Literal["answered", "refused", "urgent"]
    urgent: UrgentFirst | None
    short: tuple[Sentence, ...]
    support: tuple[Sentence, ...]
    disagree: bool
    counted: tuple[str, ...]
    notes: tuple[str, ...]
    nearest: tuple[Sentence, ...]
    ask_a_clinician: tuple[str, ...]
    claims: tuple[CitedClaim, ...]
    references: tuple[Reference, ...]
    carry: Turn


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a follow-up may refer to; send it back with the next question. Holds no words of the patient's."""

    kind: str
    targets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
