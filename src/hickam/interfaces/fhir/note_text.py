"""The words of a Composition: the SOAP note of the document templates, part by part, as XHTML."""

from __future__ import annotations

import re

from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.writing.content import Content
from hickam.writing.documents.to_html import parser
from hickam.writing.documents.write import Document
from hickam.writing.language import SOURCE_LANGUAGE, open_language

PARTS = ("subjective", "objective", "assessment", "plan", "references")
"""What the note's chapters are, in their order; a note that cites nothing has no references."""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def note_parts(pack: Pack, case: Case, answer: Assessment) -> dict[str, str]:
    """XHTML of each part of the note, without the letterhead."""
    content = Content(pack=pack, case=case, answer=answer, english=pack)
    note = Document(kind="soap", content=content, language=open_language(SOURCE_LANGUAGE)).markdown()
    chapters = re.split(r"(?m)^## .*\n", _NOT_XML.sub("", note))[1:]
    return {part: _xhtml(text) for part, text in zip(PARTS, chapters, strict=False)}


def _xhtml(markdown: str) -> str:
    engine = parser()
    engine.options["xhtmlOut"] = True
    return str(engine.render(markdown))
