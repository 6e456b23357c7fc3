"""``hickam article`` and ``hickam figure`` as a user runs them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from hickam.interfaces.cli.main import main


@pytest.mark.parametrize("kind", [["topic"], ["condition", "PAD"], ["drug", "Lipitor"], ["test", "abi"]])
def test_every_form_is_written(tmp_path: Path, kind: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    sizes = {}
    for form in ("text", "markdown", "html", "pdf", "json"):
        out = tmp_path / form
        assert main(["article", *kind, "--format", form, "--out", str(out)]) == 0
        sizes[form] = out.read_bytes()
    assert capsys.readouterr().out == ""
    title = json.loads(sizes["json"])["title"]
    reader = PdfReader(io.BytesIO(sizes["pdf"]))
    pages = "".join(page.extract_text() for page in reader.pages)
    assert "/MarkInfo" in reader.root_object
    for form in ("text", "markdown", "html"):
        assert title.split("(")[0].strip() in sizes[form].decode()
        assert "pending human review" in sizes[form].decode().lower()
    assert title.split("(")[0].split()[0] in pages
    assert "pending human review" in " ".join(pages.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["article", "condition"], "which condition?"),
        (["article", "condition", "gout of the ear"], "is not one condition"),
        (["article", "topic", "PAD"], "one article of this kind"),
        (["figure", "course", "no-such-file.json"], "no such file"),
        (["figure", "waterfall"], "no case after it"),
        (["figure", "icons", "70-year-old man, calf cramps at night", "--condition", "zzz"], "is not one condition"),
    ],
)
def test_a_wrong_name_is_said_in_words(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert words in error.lower()
    assert "what to do" in error
    assert "cramps at night" not in error


def test_the_comparison_needs_no_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figure", "comparison", "--format", "text"]) == 0
    text = capsys.readouterr().out
    assert "Comes at night" in text
    assert "Peripheral artery disease (intermittent claudication): 9" in text


def test_a_figure_of_nothing_understood_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figure", "differential", "qwertz uiop"]) == 3


def test_the_course_of_a_saved_interview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved.json"
    monkeypatch.setattr("sys.stdin", io.StringIO("no\nno\nstop\n"))
    assert main(["interview", "60-year-old man with calf pain on walking", "--save", str(saved)]) == 0
    capsys.readouterr()
    assert main(["figure", "course", str(saved), "--format", "text"]) == 0
    text = capsys.readouterr().out
    assert "2 answers" in text
    assert text.count("\n- ") == 3


def test_the_remembered_reader_holds_for_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HICKAM_SETTINGS", str(tmp_path / "settings.json"))
    assert main(["settings", "reader", "patient"]) == 0
    capsys.readouterr()
    assert main(["article", "condition", "PAD"]) == 0
    assert "Doctors call it" in capsys.readouterr().out
    assert main(["article", "condition", "PAD", "--reader", "researcher"]) == 0
    assert "NUMBERS THE ENGINE USES" in capsys.readouterr().out
    assert main(["article", "drug", "statins"]) == 0
    assert "This page is written for clinicians." in capsys.readouterr().out
