"""A saved document as it is printed: the text, whether it is signed, by whom, and what binds the signature to it."""

from __future__ import annotations

import hashlib

from hickam.model.records import SavedDocument
from hickam.writing.documents.sheet import Format, Sheet, look_of
from hickam.writing.documents.templates import sayer
from hickam.writing.language import N_, open_language


def print_document(document: SavedDocument, form: Format) -> bytes:
    """The finished document. Raises HickamError for a PDF without Typst."""
    language = open_language(document.language)
    day = (document.signed_at or document.changed_at)[:10]
    sheet = Sheet(
        title=document.title,
        language=language,
        foot=document.foot,
        date=day,
        look=look_of(document.kind, document.reader),
    )
    say = sayer(language)
    if document.state == "draft":
        words = f"{say(N_('Draft: not signed.'))}\n\n{document.text}"
    else:
        time = f"{document.signed_at[:16].replace('T', ' ')} UTC"
        signed = say(N_("Signed by {name} on {time}."), name=document.signed_name, time=time)
        bound = say(N_("Document {id}, SHA-256 of the text {hash}."), id=document.id, hash=text_hash(document.text))
        amended = str(say(N_("Amends document {id}."), id=document.amends)) if document.amends else ""
        words = "\n\n".join(part for part in (document.text, "---", amended, str(signed), str(bound)) if part)
    return sheet.write(words + "\n", form, {})


def text_hash(text: str) -> str:
    """SHA-256 of the text as it was signed, printed on it."""
    return hashlib.sha256(text.encode()).hexdigest()
