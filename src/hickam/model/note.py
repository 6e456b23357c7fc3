"""A visit's note: sentences, each tied to the words it rests on; a draft until a person signs it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from hickam.model.assessment import PackStamp
from hickam.model.case import Case
from hickam.model.visit import Place, Statement, ToAsk

SCHEMA: Final = "hickam.visit_note/1"
SIGNATURE_SCHEMA: Final = "hickam.signature/1"
Section = Literal["subjective", "objective", "assessment", "plan"]
Heading = Literal[
    "complaint",
    "present",
    "denied",
    "background",
    "medicines",
    "stopped",
    "safety",
    "mind",
    "social",
    "found",
    "said",
    "planned",
]


class NoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of the note. ``findings``: ids it states; ``places``: where what it says was said, never empty."""

    section: Section
    heading: Heading
    text: str
    places: tuple[Place, ...]
    findings: tuple[str, ...] = ()


class VisitNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft note. ``transcript_sha256``: of the transcript it was made from; ``confirmed``: numbers a person
    confirmed; ``left_out``: said in the visit and not in the note; ``case``: the confirmed findings, for documents."""

    transcript_sha256: str
    pack: PackStamp
    engine_version: str
    as_of: str
    disclaimer: str
    case: Case
    confirmed: tuple[int, ...]
    lines: tuple[NoteLine, ...]
    left_out: tuple[Statement, ...] = ()
    not_confirmed: tuple[str, ...] = ()
    to_ask: tuple[ToAsk, ...] = ()
    schema: Literal["hickam.visit_note/1"] = SCHEMA


class Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who read the note and stands by it, when (ISO date and time with zone), and the SHA-256 of what was signed."""

    note_sha256: str
    name: str
    role: str
    signed_at: str
    schema: Literal["hickam.signature/1"] = SIGNATURE_SCHEMA
