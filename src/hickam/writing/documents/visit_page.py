"""A visit's note as Markdown, text, HTML or PDF, through the same template tree and sheet as every other document."""

from __future__ import annotations

from hickam.model.note import NoteLine, Signature, VisitNote
from hickam.model.visit import ToAsk
from hickam.writing.documents.sheet import Format, Sheet
from hickam.writing.documents.templates import environment, render
from hickam.writing.documents.write import BLANK
from hickam.writing.language import SOURCE_LANGUAGE, open_language


def write_visit_note(note: VisitNote, form: Format, signature: Signature | None = None) -> bytes:
    """The note in one format; ``signature`` is printed when it is given."""
    language = open_language(SOURCE_LANGUAGE)
    values = {
        "note": note,
        "signature": signature,
        "blank": BLANK,
        "number": lambda value: f"{value:g}",
        "where": _where,
    }
    text = render(environment(language), "visit_note.md", values)
    stamp = f"{note.pack.id} {note.pack.version} ({note.pack.hash[:12]}) · Hickam {note.engine_version}"
    foot = f"{stamp} · {'signed' if signature else 'draft'}"
    sheet = Sheet(title=text.splitlines()[0].lstrip("# "), language=language, foot=foot, date=note.as_of)
    return sheet.write(text, form, {})


def _where(line: NoteLine | ToAsk) -> str:
    """'t3, t4 (0:41)': turns, and the second of the recording the first word was said at."""
    turns = ", ".join(dict.fromkeys(place.turn for place in line.places))
    second = next((p.from_second for p in line.places if p.from_second is not None), None)
    return turns if second is None else f"{turns} ({int(second // 60)}:{int(second % 60):02})"
