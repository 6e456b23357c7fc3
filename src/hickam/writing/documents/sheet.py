"""The page around a document's Markdown: title, foot, date and language, as text, Markdown, HTML or a tagged PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from hickam.writing.documents.templates import OWN, sayer
from hickam.writing.language import N_, Language

Format = Literal["text", "markdown", "html", "pdf"]
Look = Literal["", "large", "leaflet"]
FOR_PATIENTS = ("handout", "result")


@dataclass(frozen=True)
class Sheet:
    """``foot``: pack, engine, review state. ``date``: YYYY-MM-DD. ``look``: 'large' for patients, 'leaflet' for one
    printed sheet in two columns."""

    title: str
    language: Language
    foot: str
    date: str
    look: Look = ""

    def write(self, markdown: str, form: Format, figures: Mapping[str, str]) -> bytes:
        """The finished document. ``figures``: SVG by name, for HTML and PDF. Raises HickamError without Typst."""
        if form == "markdown":
            return markdown.encode()
        if form == "text":
            from hickam.writing.documents.to_text import to_text

            return to_text(markdown).encode()
        if form == "html":
            return self._html(markdown, figures).encode()
        from hickam.writing.documents.pdf import to_pdf

        return to_pdf(markdown, figures, self._page())

    def _html(self, markdown: str, figures: Mapping[str, str]) -> str:
        from jinja2 import Template

        from hickam.writing.documents.to_html import to_html

        body = to_html(markdown, figures, {"blank": self.language.text(N_("blank to fill in"))})
        shell = Template((OWN / "page.html").read_text(), autoescape=True)
        code = self.language.code.replace("_", "-")
        made: str = shell.render(language=code, title=self.title, large=bool(self.look), body=Markup(body))
        return made

    def _page(self) -> dict[str, str]:
        say = sayer(self.language)
        return {
            "title": self.title,
            "language": self.language.code.split("_")[0],
            "head": self.title,
            "foot": self.foot,
            "date": self.date,
            "day": str(say(N_("Date: {date}"), date=self.language.date(self.date))),
            "look": self.look,
        }


def look_of(kind: str, reader: str) -> Look:
    """How a document of this kind is set for this reader."""
    if kind == "handout":
        return "leaflet"
    return "large" if kind in FOR_PATIENTS or reader == "patient" else ""


def title_of(markdown: str, usual: str) -> str:
    """The first heading of the first level, when the text begins with it."""
    return markdown.splitlines()[0].lstrip("# ") if markdown.startswith("# ") else usual
