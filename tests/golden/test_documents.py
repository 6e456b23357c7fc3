"""One frozen case, each reader, each format: the documents are what they were.

After a wanted change of words or layout: ``HICKAM_UPDATE_GOLDEN=1 pytest tests/golden/test_documents.py``, then read the
difference. ``freeze_documents.py`` made the frozen inputs.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from hickam.model.assessment import Assessment, Reader
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.services.documents import letter_to
from hickam.writing.content import Content
from hickam.writing.documents.sheet import Format
from hickam.writing.documents.write import Document, Kind
from hickam.writing.language import Language

HERE = Path(__file__).parent / "documents"
READERS: tuple[Reader, ...] = ("patient", "clinician", "student", "researcher")
NOTES: tuple[Kind, ...] = ("soap", "referral", "handout", "result")
FORMATS: tuple[Format, ...] = ("markdown", "html", "pdf")
SVG = re.compile(r"<svg.*?</svg>", re.S)


@pytest.fixture(scope="module")
def frozen() -> Content:
    """The frozen case as documents read it."""
    return Content(
        pack=msgspec.json.decode((HERE / "pack.json").read_bytes(), type=Pack),
        case=msgspec.json.decode((HERE / "case.json").read_bytes(), type=Case),
        answer=msgspec.json.decode((HERE / "answer.json").read_bytes(), type=Assessment),
    )


def made(frozen: Content, kind: Kind, reader: Reader, form: Format) -> str:
    content = Content(pack=frozen.pack, case=frozen.case, answer=replace(frozen.answer, reader=reader))
    letter = letter_to(content, "") if kind == "referral" else None
    data = Document(kind=kind, content=content, language=Language(), letter=letter).write(form)
    if form == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages) + "\n"
    return SVG.sub("<svg/>", data.decode())


def check(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("HICKAM_UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text(), f"{path} differs; see the head of this file"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", FORMATS)
def test_the_report(frozen: Content, reader: Reader, form: Format) -> None:
    suffix = {"markdown": "md", "html": "html", "pdf": "pdf.txt"}.get(form, form)
    check(f"report-{reader}.{suffix}", made(frozen, "report", reader, form))


@pytest.mark.parametrize("kind", NOTES)
def test_notes_letters_and_handouts(frozen: Content, kind: Kind) -> None:
    reader: Reader = "patient" if kind in ("handout", "result") else "clinician"
    check(f"{kind}.txt", made(frozen, kind, reader, "text"))


def test_no_golden_file_is_left_over() -> None:
    suffixes = ("md", "html", "pdf.txt")
    expected = {f"report-{r}.{s}" for r in READERS for s in suffixes} | {f"{k}.txt" for k in NOTES}
    assert {p.name for p in HERE.iterdir() if p.suffix != ".json"} == expected
