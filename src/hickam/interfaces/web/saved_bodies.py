"""What is sent and answered where a person saves: cases, their versions, documents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import ConfigDict, Field

from hickam.interfaces.web.bodies import FULL, STORY, Body, Day, Told
from hickam.interfaces.web.problems import ProblemError
from hickam.model.assessment import Assessment, Reader
from hickam.model.records import CaseLine, CaseVersion, SavedDocument
from hickam.services.saved_cases import answer_of
from hickam.services.saved_documents import blanks
from hickam.writing.documents.write import Kind

LABEL = Annotated[str, Field(max_length=200)]


class SaveBody(Told):
    """Save a case: what was entered, whose it is, what it is called. It is assessed as it is saved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY, "patient": "4711"}]})

    patient: LABEL = Field("", description="The patient, as your records name them; found again by this.")
    title: LABEL = Field("", description="A few words to know the case by.")
    reader: Reader = "clinician"
    full: bool = Field(False, description=FULL)
    as_of: Day = Field(None, description="Date of the answer, YYYY-MM-DD; today when left out.")

    def entered(self) -> dict[str, Any]:
        """What fills the page again."""
        parts = {"text", "case", "setting", "age", "sex", "left_out"}
        return self.model_dump(include=parts, exclude_none=True)


class PatientBody(Body):
    """Whose cases."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"patient": "4711"}]})

    patient: Annotated[str, Field(min_length=1, max_length=200)]


class GiveBody(Body):
    """To whom, as they log in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "anna"}]})

    to: Annotated[str, Field(min_length=1, max_length=100)]


class DraftBody(Body):
    """Begin a document about a version of a case; the latest when none is named."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "soap"}]})

    version: Annotated[int, Field(ge=1)] | None = None
    kind: Kind = "report"
    reader: Reader = "clinician"
    full: bool = Field(False, description=FULL)
    to: str = Field("", max_length=100, description="Clinician id a referral goes to.")
    language: str = Field("en", max_length=20)
    as_of: Day = Field(None, description="Date of the document, YYYY-MM-DD; today when left out.")


class TextBody(Body):
    """The whole text of a draft, as Markdown."""

    text: Annotated[str, Field(min_length=1, max_length=200_000)]


class SignBody(Body):
    """The name under which it is signed. With accounts it is always the account's."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Dr A. Example"}]})

    name: LABEL = ""


class SavedCase(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a case. ``told`` is what POST /assess takes; ``answer`` what it gave then, null if nothing."""

    id: str
    version: int
    saved_at: str
    saved_by: str
    patient: str
    title: str
    told: dict[str, Any]
    hash: str
    answer: Assessment | None


class SavedCases(msgspec.Struct, frozen=True, kw_only=True):
    """Cases, newest first. ``before`` of the next call is the last one's ``saved_at``."""

    cases: tuple[CaseLine, ...]


class VersionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One version in a list."""

    version: int
    saved_at: str
    saved_by: str
    title: str
    hash: str
    urgency: str
    leading: str
    pack_hash: str
    engine_version: str


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """Every version of a case, oldest first."""

    id: str
    versions: tuple[VersionLine, ...]


class DocumentOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document, and how many of its blanks are still to be filled in."""

    document: SavedDocument
    blanks: int


class Documents(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of a case."""

    documents: tuple[SavedDocument, ...]


def saved_case(saved: CaseVersion) -> SavedCase:
    """A version as the API shows it."""
    return SavedCase(
        id=saved.case_id,
        version=saved.number,
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
        patient=saved.patient,
        title=saved.title,
        told=saved.told,
        hash=saved.hash,
        answer=answer_of(saved.answer) if saved.answer else None,
    )


def version_line(saved: CaseVersion) -> VersionLine:
    """A version in a list."""
    kept = saved.answer
    return VersionLine(
        version=saved.number,
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
        title=saved.title,
        hash=saved.hash,
        urgency=kept.urgency if kept else "",
        leading=kept.leading if kept else "",
        pack_hash=kept.pack.hash if kept else "",
        engine_version=kept.engine_version if kept else "",
    )


def document_out(document: SavedDocument) -> DocumentOut:
    """A document as the API shows it."""
    return DocumentOut(document=document, blanks=blanks(document))


def wanted_number(if_match: str | None, what: Literal["version", "revision"]) -> int:
    """The number in If-Match. Raises ProblemError 428 without one, 412 for one that cannot be."""
    given = (if_match or "").strip().removeprefix("W/").strip('"')
    if not given:
        raise ProblemError(
            428,
            "if-match-needed",
            f"Say which {what} you changed.",
            where="If-Match",
            why="without it somebody else's change could be lost",
            fix="send the ETag of what you loaded as If-Match",
        )
    if not (given.isascii() and given.isdigit() and len(given) < 9):
        raise ProblemError(412, "changed-meanwhile", f"This is not the ETag of a {what}.", where="If-Match")
    return int(given)
