"""Markdown to a tagged PDF (PDF/UA-1) with its fonts inside, typeset by Typst. Nothing is written to disk."""

from __future__ import annotations

import datetime
import importlib.resources
import re
import unicodedata
from collections.abc import Mapping
from types import ModuleType

from hickam.errors import HickamError
from hickam.writing.documents.templates import OWN
from hickam.writing.documents.to_typst import quoted, to_typst

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_UNPRINTED = "\N{WHITE SQUARE}"
MOST_ROUNDS = 20
_SHAPES = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Variation selectors and skin tones."""
FONT_PACKAGE = "fontpkg_atkinson_hyperlegible"


def to_pdf(markdown: str, figures: Mapping[str, str], page: Mapping[str, str]) -> bytes:
    """The document. ``page``: what page.typ reads: title, language, head, foot, date, and 'look': '' for professionals,
    'large' for patients, 'leaflet' for one sheet in two columns below the first heading of level two.

    A character that no font of the program holds is printed as an open square. Raises HickamError without Typst.
    """
    typst = _typst()
    inputs = ", ".join(f"{name}: {quoted(_printable(value))}" for name, value in page.items())
    shell = (OWN / "page.typ").read_text()
    body = (
        _columns(_printable(markdown), figures)
        if page["look"] == "leaflet"
        else to_typst(_printable(markdown), figures)
    )
    day = datetime.datetime.fromisoformat(page["date"] or "2000-01-01").replace(tzinfo=datetime.UTC)
    for _ in range(MOST_ROUNDS):
        source = f"{shell}\n#show: sheet.with({inputs})\n{body}"
        try:
            made = typst.compile(
                source.encode(),
                format="pdf",
                pdf_standards="ua-1",
                ignore_system_fonts=True,
                font_paths=[_fonts()],
                timestamp=day,
            )
        except typst.TypstError as error:
            missing = {char for found in _MISSING.findall(str(error)) for char in _unescaped(found)}
            if not missing:
                raise _failed(str(error)) from None
            gone = {ord(char): _UNPRINTED for char in missing | _of_their_scripts(missing, body + inputs)}
            body, inputs = body.translate(gone), inputs.translate(gone)
        else:
            return bytes(made)
    raise _failed("too many characters that no font holds")


def _columns(markdown: str, figures: Mapping[str, str]) -> str:
    """Title and what comes first across the page, the sections below in two columns."""
    first, mark, rest = markdown.partition("\n## ")
    below = to_typst(mark + rest, figures, drawing="2.3cm")
    return f"{to_typst(first, figures)}#columns(2, gutter: 8mm)[\n{below}]\n"


def _printable(text: str) -> str:
    """Control characters, and code points without a character, as open squares; what only joins or shapes the
    characters of an emoji is left out, for a square cannot be joined."""
    bare = {char for char in set(text) if unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs")} - {"\n"}
    joins = {char for char in set(text) if unicodedata.category(char) == "Cf" or _SHAPES.match(char)}
    return text.translate({ord(char): _UNPRINTED for char in bare} | {ord(char): None for char in joins})


def _of_their_scripts(missing: set[str], text: str) -> set[str]:
    """The other letters in scripts that the fonts do not hold: Typst names one or a few letters a round."""
    foreign = {_script(char) for char in missing} - {"", "LATIN", "GREEK", "CYRILLIC"}
    return {char for char in set(text) if _script(char) in foreign}


def _script(char: str) -> str:
    """'HEBREW' for a Hebrew letter, from its Unicode name; '' for what is no letter or mark."""
    return unicodedata.name(char, "").split(" ")[0] if unicodedata.category(char)[0] in "LM" else ""


def _unescaped(text: str) -> str:
    """Typst writes what cannot be seen as an escape."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)


def _typst() -> ModuleType:
    try:
        import typst
    except ImportError as error:
        raise HickamError(
            code="no-typst",
            where="--format pdf",
            what="the typesetter is not installed",
            why="PDF pages are made with Typst",
            fix="pip install 'hickam[documents]', or use --format html and print it",
        ) from error
    return typst


def _fonts() -> str:
    return str(importlib.resources.files(FONT_PACKAGE) / "files")


def _failed(reason: str) -> HickamError:
    """Typst's own message may quote the document, so only its first words are passed on."""
    return HickamError(
        code="pdf-failed",
        where="--format pdf",
        what="the page could not be typeset: " + re.split(r"[`\"“]", reason)[0].strip(" :"),
        why="there is no PDF",
        fix="use --format html, and report this with the pack version",
    )
