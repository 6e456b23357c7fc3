"""Documents as a user makes them: commands, files, PDFs opened with a PDF reader library."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from hickam.interfaces.cli.main import main

CASE = "examples/claudication.txt"
STAMP = ("leg_cramps 0.1.0", "Hickam 0.1.0", "22 November 2026")


def run(*arguments: str) -> int:
    return main([*arguments, "--as-of", "2026-11-22"])


def at(item: Any, *path: str) -> Any:
    """The object at the end of a path of keys."""
    for key in path:
        item = item[key].get_object()
    return item


def fonts(reader: PdfReader) -> dict[str, bool]:
    """Font name -> embedded, over all pages."""
    found: dict[str, bool] = {}
    for page in reader.pages:
        for font in at(page, "/Resources", "/Font").values():
            inner = font.get_object()
            inner = at(inner, "/DescendantFonts")[0].get_object() if "/DescendantFonts" in inner else inner
            descriptor: DictionaryObject = inner["/FontDescriptor"].get_object()
            found[str(inner["/BaseFont"])] = any(f"/FontFile{n}" in descriptor for n in ("", "2", "3"))
    return found


def figures_of(reader: PdfReader) -> list[str]:
    """Alternative texts of the tagged figures."""
    found: list[str] = []
    waiting: list[Any] = [at(reader.trailer, "/Root", "/StructTreeRoot")]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, DictionaryObject):
            continue
        if item.get("/S") == "/Figure":
            found.append(str(item.get("/Alt", "")))
        kids = item.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        waiting += [
            kid.get_object() for kid in (kids if isinstance(kids, list) else [kids]) if hasattr(kid, "get_object")
        ]
    return found


@pytest.mark.parametrize(
    ("arguments", "expected", "figures"),
    [
        (("assess", CASE, "--format", "pdf"), ["Urgency", "Peripheral artery disease", "Plan", "References"], 1),
        (("assess", CASE, "--format", "pdf", "--reader", "patient"), ["What it may be", "Of 100 people"], 1),
        (("note", CASE, "--kind", "soap", "--format", "pdf"), ["S: subjective", "P: plan", "absent pedal pulses"], 0),
        (("note", CASE, "--kind", "referral", "--format", "pdf"), ["Vascular surgeon", "Question"], 0),
        (("note", "examples/night_cramps.txt", "--kind", "handout", "--format", "pdf"), ["Calf stretch at a wall"], 4),
    ],
)
def test_a_pdf_has_the_text_its_fonts_and_its_tags(
    arguments: tuple[str, ...], expected: list[str], figures: int, tmp_path: Path
) -> None:
    out = tmp_path / "x.pdf"
    assert run(*arguments, "--out", str(out)) == 0
    reader = PdfReader(out)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (*expected, *STAMP, "pending human review" if "patient" not in arguments else "Hickam"):
        assert words in text, words
    embedded = fonts(reader)
    assert any("AtkinsonHyperlegible" in name for name in embedded)
    assert all(embedded.values()), embedded
    assert bool(at(reader.trailer, "/Root", "/MarkInfo", "/Marked"))
    assert str(at(reader.trailer, "/Root", "/Lang")) == "en"
    assert reader.metadata is not None
    assert reader.metadata.title
    assert b"pdfuaid:part" in at(reader.trailer, "/Root", "/Metadata").get_data()
    alternatives = figures_of(reader)
    assert len(alternatives) == figures
    assert all(alternatives)
    assert all("/Image" not in str(page.get("/Resources", {}).get("/XObject", {})) for page in reader.pages)


def test_a_pdf_goes_to_standard_output_as_bytes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("note", CASE, "--kind", "handout", "--format", "pdf") == 0
    assert len(PdfReader(io.BytesIO(capsysbinary.readouterr().out)).pages) <= 2


def test_words_in_another_script_do_not_stop_a_pdf(tmp_path: Path) -> None:
    story = "Wadenkrämpfe 夜 cramps in the calf at night 😀, 70-year-old woman\x01\u200b\u202e\ufffe\ue000, stretching helps"
    out = tmp_path / "x.pdf"
    assert run("note", story, "--kind", "soap", "--format", "pdf", "--out", str(out)) == 0
    text = PdfReader(out).pages[0].extract_text()
    assert "Wadenkrämpfe" in text
    assert "夜" not in text


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    for name, form in (("a.html", "html"), ("a.json", "json"), ("a.txt", "text"), ("a.md", "markdown")):
        out = tmp_path / name
        assert run("assess", CASE, "--format", form, "--out", str(out)) == 0
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert out.stat().st_size > 1000
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == "hickam.assessment/1"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("note", "The weather was lovely.", "--kind", "soap"), 3),
        (("note", CASE, "--kind", "result"), 2),
        (("note", CASE, "--kind", "referral", "--to", "wizard"), 2),
        (("note", CASE, "--kind", "soap", "--language", "tlh"), 2),
        (("note", CASE, "--kind", "soap", "--templates", "/nowhere"), 2),
        (("assess", CASE, "--format", "html", "--explain", "dvt"), 2),
        (("note", CASE, "--kind", "soap", "--out", "/nowhere/x.txt"), 2),
    ],
)
def test_what_cannot_be_written_is_refused(
    arguments: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == code
    assert "Traceback" not in capsys.readouterr().err


def test_the_remembered_reader_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HICKAM_SETTINGS", str(tmp_path / "settings.json"))
    assert main(["settings", "reader", "patient"]) == 0
    assert main(["settings"]) == 0
    assert "patient" in capsys.readouterr().out
    assert run("assess", CASE, "--format", "markdown") == 0
    assert "What it may be" in capsys.readouterr().out
    assert main(["settings", "reader", "--forget"]) == 0
    assert main(["settings", "reader"]) == 0
    assert capsys.readouterr().out.endswith("clinician\n")
    assert main(["settings", "wizard"]) == 2
    assert main(["settings", "reader", "wizard"]) == 2


def test_text_and_json_load_nothing_of_documents() -> None:
    """The cold start of an answer does not pay for templates, typesetting or figures."""
    code = (
        "import sys; from hickam.interfaces.cli.main import main; main(['assess', 'calf cramps at night']);"
        "print([m for m in ('jinja2', 'markdown_it', 'typst', 'vl_convert', 'gettext') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stderr.splitlines()[-1] in ("[]", "['gettext']")


COMMON = (
    "72-year-old man wakes with calf cramps three nights a week, no other trouble",
    "70-year-old man with calf cramp on walking 200 metres relieved by standing, absent foot pulses",
    "30-year-old pregnant woman, calf cramps at night",
    "45-year-old woman. Since yesterday the left calf is swollen, red and very painful. Operation two weeks ago.",
    "55-year-old woman, restless legs in the evening, urge to move, better with walking",
)


@pytest.mark.parametrize("story", COMMON)
def test_a_handout_of_a_common_case_is_one_sheet(story: str, tmp_path: Path) -> None:
    out = tmp_path / "handout.pdf"
    assert run("note", story, "--kind", "handout", "--format", "pdf", "--out", str(out)) == 0
    reader = PdfReader(out)
    assert len(reader.pages) == 1
    width, height = (float(side) / 72 * 25.4 for side in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_a_long_handout_goes_on_overleaf_with_every_part(tmp_path: Path) -> None:
    out = tmp_path / "handout.pdf"
    story = "25-year-old runner, calf cramps during long races, takes " + ", ".join(
        ["ibuprofen", "salbutamol", "lithium"]
    )
    assert run("note", story, "--kind", "handout", "--format", "pdf", "--out", str(out)) == 0
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(out).pages]
    assert len(pages) == 2
    for words in ("What it may be", "What to do", "When to come back", "Call the emergency number"):
        assert words in pages[0], words
    assert "not yet checked by experts" in pages[-1]


def test_figures_in_a_pdf_are_vectors(tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    assert run("assess", CASE, "--reader", "researcher", "--format", "pdf", "--out", str(out)) == 0
    reader = PdfReader(out)
    assert len(figures_of(reader)) == 2
    assert all(figures_of(reader))
    drawn = [obj.get_object() for page in reader.pages for obj in at(page, "/Resources").get("/XObject", {}).values()]
    assert [obj for obj in drawn if obj["/Subtype"] == "/Image"] == []


@pytest.mark.parametrize("missing", ["jinja2", "markdown_it", "typst"])
def test_a_missing_library_is_said_in_words(missing: str) -> None:
    """The smallest installation has none of them; a patient's text needs them."""
    program = f"import sys; sys.modules[{missing!r}] = None\nfrom hickam.interfaces.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    wanted = ["note", CASE, "--kind", "handout", "--format", "pdf", "--out", os.devnull]
    found = subprocess.run([sys.executable, "-c", program, *wanted], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "what to do: pip install 'hickam[documents]'" in found.stderr
    assert "Traceback" not in found.stderr


SAYS = {
    "student": ("How to read the reasons", "Told from", "Start:"),
    "researcher": ("Codes:", "Basis", "Sources", "Category:"),
    "clinician": ("Not excluded yet.",),
    "patient": ("Of 100 people", "Call the emergency number"),
}


@pytest.mark.parametrize("form", ["markdown", "html", "pdf"])
@pytest.mark.parametrize("reader", list(SAYS))
def test_each_reader_has_words_of_their_own_in_every_format(form: str, reader: str, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert run("assess", CASE, "--reader", reader, "--format", form, "--out", str(out)) == 0
    text = " ".join(p.extract_text() for p in PdfReader(out).pages) if form == "pdf" else out.read_text()
    text = " ".join(text.split())
    assert [word for word in SAYS[reader] if word not in text] == []
    others = {"clinician": ("student", "researcher"), "patient": ("student", "researcher", "clinician")}.get(reader, ())
    assert [word for other in others for word in SAYS[other] if word in text and word != "Sources"] == []
