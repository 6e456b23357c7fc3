"""Documents of saved cases: draft, edit, sign, amend, print."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

import hickam
from hickam.errors import HickamError
from hickam.model.records import CaseVersion, SavedDocument
from hickam.services.assess import stamp
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge
from hickam.store.document_desk import DocumentDesk, NewDocument, Signature
from hickam.store.hashing import now
from hickam.writing.documents.sheet import Format, title_of
from hickam.writing.documents.signed import print_document
from hickam.writing.documents.write import foot
from hickam.writing.language import open_language

__all__ = [
    "DocumentDesk",
    "NewDocument",
    "blanks",
    "draft_document",
    "edit_document",
    "printed_document",
    "sign_document",
]

LONGEST_TEXT = 200_000
LONGEST_NAME = 200


def draft_document(knowledge: Knowledge, desk: DocumentDesk, saved: CaseVersion, wanted: Wanted) -> SavedDocument:
    """A document about a saved case, written as ``hickam note`` writes it and kept as a draft to be changed."""
    text = write_document(knowledge, saved.case, dataclasses.replace(wanted, form="markdown")).decode()
    new = NewDocument(
        kind=wanted.kind,
        reader=wanted.reader,
        language=wanted.language,
        title=title_of(text, wanted.kind)[:LONGEST_NAME],
        text=text,
        foot=foot(stamp(knowledge.pack), hickam.__version__, open_language(wanted.language)),
    )
    return desk.draft(saved.case_id, saved.number, new)


def edit_document(desk: DocumentDesk, document_id: str, text: str, *, after: int) -> SavedDocument:
    """Another text for a draft."""
    if not text.strip() or len(text) > LONGEST_TEXT or "\x00" in text:
        raise _bad_text("text", f"it is empty, binary, or longer than {LONGEST_TEXT:,} characters")
    return desk.edit(document_id, text, title_of(text, "")[:LONGEST_NAME], after=after)


def sign_document(desk: DocumentDesk, document_id: str, name: str, *, after: int, at: str = "") -> SavedDocument:
    """Sign a draft under a name: the pages are made now and kept, and the document never changes again.

    ``at``: when it was signed, UTC as the store writes times, where that was before now.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise _bad_text("name", "it is empty, too long, or holds characters that cannot be printed")
    draft, time = desk.document(document_id), at or now()
    signed = replace(draft, state="signed", signed_at=time, signed_by=desk.actor.user, signed_name=name)
    pdf = print_document(signed, "pdf") if draft.state == "draft" and draft.revision == after else b""
    return desk.sign(document_id, Signature(name=name, at=time, pdf=pdf), after=after)


def printed_document(desk: DocumentDesk, document_id: str, form: Format) -> bytes:
    """The document in a form; the PDF of a signed one is the very pages that were signed."""
    document = desk.document(document_id)
    if form == "pdf" and document.state == "signed":
        return desk.signed_pdf(document_id)
    return print_document(document, form)


def blanks(document: SavedDocument) -> int:
    """How many blanks are still to be filled in."""
    from hickam.writing.documents.to_html import BLANK

    return len(BLANK.findall(document.text))


def _bad_text(where: str, what: str) -> HickamError:
    return HickamError(
        code="bad-text",
        where=where,
        what=what,
        why="it is kept and printed as it is",
        fix="write it as plain text",
    )
