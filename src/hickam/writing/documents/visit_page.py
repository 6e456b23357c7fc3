"""A visit's note as Markdown, text, HTML or PDF, through the same template tree as every other document."""

from __future__ import annotations

from markupsafe import Markup

from hickam.model.note import NoteLine, Signature, VisitNote
from hickam.model.visit import ToAsk
from hickam.writing.documents.templates import OWN, environment, render
from hickam.writing.documents.write import BLANK, Format
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
    if form == "markdown":
        return text.encode()
    if form == "text":
        from hickam.writing.documents.to_text import to_text

        return to_text(text).encode()
    title = text.splitlines()[0].lstrip("# ")
    if form == "html":
        from jinja2 import Template

        from hickam.writing.documents.to_html import to_html

        body = Markup(to_html(text, {}, {"blank": "blank to fill in"}))
        shell = Template((OWN / "page.html").read_text(), autoescape=True)
        page: str = shell.render(language="en", title=title, large=False, body=body)
        return page.encode()
    from hickam.writing.documents.pdf import to_pdf

    state = "signed" if signature else "draft"
    foot = f"{note.pack.id} {note.pack.version} ({note.pack.hash[:12]}) · Hickam {note.engine_version} · {state}"
    page_values = {"title": title, "language": "en", "head": title, "foot": foot, "date": note.as_of}
    return to_pdf(text, {}, {**page_values, "day": f"Date: {note.as_of}", "large": ""})


def _where(line: NoteLine | ToAsk) -> str:
    """'t3, t4 (0:41)': turns, and the second of the recording the first word was said at."""
    turns = ", ".join(dict.fromkeys(place.turn for place in line.places))
    second = next((p.from_second for p in line.places if p.from_second is not None), None)
    return turns if second is None else f"{turns} ({int(second // 60)}:{int(second % 60):02})"
