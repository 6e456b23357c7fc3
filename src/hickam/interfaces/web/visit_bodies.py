"""What may be sent about a visit, and what comes back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import ConfigDict, Field, model_validator

from hickam.intake.dialogue import Speech
from hickam.interfaces.web.bodies import Body, Day
from hickam.model.assessment import Assessment
from hickam.model.note import Signature
from hickam.model.pack import Setting
from hickam.model.records import SavedDocument
from hickam.model.transcript import Role
from hickam.model.visit import Visit

MOST_TURNS = 2000
EXAMPLE = "Doctor: Any numbness?\nPatient: No. My left calf cramps when I walk."


class TurnIn(Body):
    """What one speaker said; ``words`` with times and marks where it comes from a recording."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    role: Role
    speaker: Annotated[str, Field(max_length=60)] = ""
    text: Annotated[str, Field(max_length=50_000)]
    words: list[dict[str, Any]] = Field(default_factory=list, max_length=10_000, description="Words of a transcript.")


class VisitBody(Body):
    """The visit so far, as text or as turns; one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": EXAMPLE}]})

    text: str | None = Field(None, description="One turn a line: Doctor: …, Patient: …")
    turns: list[TurnIn] | None = Field(None, max_length=MOST_TURNS)
    setting: Setting = "primary_care"
    age: Annotated[float, Field(ge=0, le=120)] | None = None
    sex: Literal["female", "male"] | None = None

    @model_validator(mode="after")
    def one_of_two(self) -> VisitBody:
        """Exactly one of text and turns."""
        if (self.text is None) == (self.turns is None):
            raise ValueError("send either text or turns, not both and not neither")
        return self


class VisitNoteBody(VisitBody):
    """The visit, and the numbers of what a person confirmed."""

    confirmed: list[int] = Field(max_length=5000)
    format: Literal["json", "text", "markdown", "html", "pdf"] = "text"
    as_of: Day = None


class SignBody(Body):
    """A note as it was given out, and who stands by it."""

    note: Annotated[str, Field(min_length=2, max_length=2_000_000, description="The JSON of /visit/note.")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    role: Annotated[str, Field(max_length=200)] = ""


class KeepBody(SignBody):
    """A note that its signer wants kept. With accounts the name is always the account's."""

    patient: Annotated[str, Field(max_length=200, description="The patient, as your records name them.")] = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The signature, and the saved document that holds note and signature."""

    signature: Signature
    document: SavedDocument


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """The visit so far. ``answer``: null while nothing of a patient is understood."""

    turns: Speech
    visit: Visit
    answer: Assessment | None
