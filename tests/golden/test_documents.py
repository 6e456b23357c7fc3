"""One frozen case, each reader, each format: what is written is what it was.

After a wanted change run ``make golden`` and read the difference. Text, Markdown, HTML and PDF are written from one frozen
assessment (``freeze_documents.py``), so that no new number of the pack changes them. JSON is the whole way from a story
to the answer, with a pack of two conditions: numbers change when the engine does; versions and hashes are left out.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from packs.mini_pack import mini_files, write_pack
from pypdf import PdfReader

from hickam.interfaces.cli.main import main
from hickam.model.assessment import Assessment, Reader
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.services.documents import letter_to
from hickam.writing.content import Content
from hickam.writing.documents.sheet import Format
from hickam.writing.documents.write import Document, Kind
from hickam.writing.language import Language
from hickam.writing.screen import Style
from hickam.writing.terminal import render

HERE = Path(__file__).parent / "documents"
READERS: tuple[Reader, ...] = ("patient", "clinician", "student", "researcher")
NOTES: tuple[Kind, ...] = ("soap", "referral", "handout", "result")
FORMATS: tuple[Format, ...] = ("text", "markdown", "html", "pdf")
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
    if (kind, form) == ("report", "text") and reader != "patient":
        return render(replace(frozen.answer, reader=reader), Style(width=100))
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
    suffix = {"markdown": "md", "pdf": "pdf.txt", "text": "txt"}.get(form, form)
    check(f"report-{reader}.{suffix}", made(frozen, "report", reader, form))


@pytest.mark.parametrize("kind", NOTES)
def test_notes_letters_and_handouts(frozen: Content, kind: Kind) -> None:
    reader: Reader = "patient" if kind in ("handout", "result") else "clinician"
    check(f"{kind}.txt", made(frozen, kind, reader, "text"))


@pytest.mark.parametrize("reader", READERS)
def test_the_json(reader: Reader, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    pack = write_pack(tmp_path / "mini", mini_files())
    wanted = ("--pack", str(pack), "--reader", reader, "--format", "json", "--as-of", "2026-11-22")
    assert (
        main(["assess", "60-year-old man, smoker, leg cramp when walking, absent pulses, K 2.9 mmol/L", *wanted]) == 0
    )
    answer = msgspec.json.decode(capsysbinary.readouterr().out)
    answer["engine_version"] = answer["pack"]["hash"] = "left out"
    check(f"report-{reader}.json", msgspec.json.format(msgspec.json.encode(rounded(answer)), indent=1).decode() + "\n")


def rounded(value: Any) -> Any:
    """Numbers to three digits: another machine's arithmetic may differ in the last ones."""
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value


def test_no_golden_file_is_left_over() -> None:
    suffixes = ("txt", "md", "html", "pdf.txt", "json")
    expected = {f"report-{r}.{s}" for r in READERS for s in suffixes} | {f"{k}.txt" for k in NOTES}
    assert {p.name for p in HERE.iterdir()} == expected | {"pack.json", "case.json", "answer.json"}
