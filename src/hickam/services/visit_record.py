"""A signed visit note kept among saved cases: what was confirmed as a case, the note as its signed document."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from hickam.model.case import Case
from hickam.model.note import Signature, VisitNote
from hickam.model.records import SavedDocument
from hickam.services.assess import Options
from hickam.services.case_data import as_request
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import CaseDesk, new_version
from hickam.services.saved_documents import DocumentDesk, NewDocument, sign_document
from hickam.services.scribe import read_note, signed_bytes
from hickam.writing.documents.sheet import title_of
from hickam.writing.documents.visit_page import write_visit_note
from hickam.writing.documents.write import foot
from hickam.writing.language import SOURCE_LANGUAGE, open_language

KIND = "visit"


def keep_note(
    knowledge: Knowledge, cases: CaseDesk, data: bytes, where: str, signature: Signature | None, *, patient: str
) -> SavedDocument:
    """Keep the note that ``signature`` signed, in the store of ``cases``: who, when and hash stay with it.

    HickamError when nobody has signed exactly these bytes. All or nothing: where the pages cannot be made, nothing is
    kept.
    """
    signature = signed_bytes(data, where, signature)
    note = read_note(data, where)
    documents = DocumentDesk(cases.store, cases.actor)
    version = new_version(
        knowledge,
        note.case,
        as_request(knowledge.pack, _as_given(note.case)),
        Options(as_of=note.as_of),
        patient=patient,
        title=f"Visit of {note.as_of}",
    )
    saved = cases.save(version)
    try:
        draft = documents.draft(saved.case_id, saved.number, _document(note, signature))
        return sign_document(documents, draft.id, signature.name, after=draft.revision, at=_utc(signature))
    except BaseException:
        cases.erase(saved.case_id)
        raise


def _as_given(case: Case) -> Case:
    """Without its text: the workbench goes on from what was confirmed, and does not read scraps of talk as a story."""
    return replace(case, text="", observations=tuple(replace(o, span=None) for o in case.observations))


def _utc(signature: Signature) -> str:
    """When it was signed, as the store writes times."""
    return datetime.fromisoformat(signature.signed_at).astimezone(UTC).isoformat(timespec="microseconds")


def _document(note: VisitNote, signature: Signature) -> NewDocument:
    text = write_visit_note(note, "markdown", signature).decode()
    return NewDocument(
        kind=KIND,
        reader="clinician",
        language=SOURCE_LANGUAGE,
        title=title_of(text, KIND),
        text=text,
        foot=foot(note.pack, note.engine_version, open_language(SOURCE_LANGUAGE)),
    )
