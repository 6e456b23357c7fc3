"""The parts a document is made of: escaping, the three renderers, templates and their mistakes, settings."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pypdf import PdfReader

from hickam.errors import HickamError
from hickam.intake.reading import parse
from hickam.model.assessment import Reader
from hickam.model.case import Case
from hickam.model.pack import Source
from hickam.services.assess import Options, assess
from hickam.services.documents import Wanted, document, letter_to, write_document
from hickam.services.knowledge import Knowledge
from hickam.services.settings import SETTINGS, chosen, remember, remembered
from hickam.writing.citations import citation
from hickam.writing.content import Content
from hickam.writing.documents import names
from hickam.writing.documents.escape import escape
from hickam.writing.documents.templates import environment, render
from hickam.writing.documents.to_html import to_html
from hickam.writing.documents.to_text import to_text
from hickam.writing.documents.to_typst import to_typst
from hickam.writing.language import Language
from hickam.writing.words import _WORDS

NIGHT = Path("examples/night_cramps.txt").read_text()
CLAUDICATION = Path("examples/claudication.txt").read_text()
URGENT = "45-year-old woman. Since yesterday the left calf is swollen, red and very painful. Operation on the knee two weeks ago."
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
WORDS = {"blank": "blank to fill in"}


def case_of(knowledge: Knowledge, story: str) -> Case:
    return parse(story, knowledge.vocabulary)


def content_of(knowledge: Knowledge, story: str, reader: Reader = "clinician") -> Content:
    case = case_of(knowledge, story)
    return Content(pack=knowledge.pack, case=case, answer=assess(knowledge, case, Options(reader=reader, draws=0)))


def written(knowledge: Knowledge, story: str, **wanted: object) -> str:
    return write_document(knowledge, case_of(knowledge, story), Wanted(as_of="2026-11-22", **wanted)).decode()  # type: ignore[arg-type]


# ---- escaping


@given(st.text())
def test_a_value_stays_words_in_html(text: str) -> None:
    """Whatever is put in comes out as the same words, and brings no element with it."""
    page = to_html(f"- before {escape(text)} after\n", {}, WORDS)
    bare = re.sub(r'<span class="(?:blank|tick)"[^>]*>☐?</span>', "", page)
    assert set(re.findall(r"</?([a-z]+)", bare)) <= {"ul", "li"}


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="_☐" + TURNING))
)
def test_a_value_comes_out_of_text_as_it_went_in(text: str) -> None:
    line = to_text(f"x {escape(text)}\n")
    assert "".join(line.split()) == "".join(f"x {text}".split())


def test_a_story_cannot_turn_the_page_round() -> None:
    assert escape(f"calf{TURNING} cramp") == "calf cramp"


@pytest.mark.parametrize("text", ["# title", "1. one", "- item", "> quote", "> ", "---", "=== a", "+ plus", "10) ten"])
def test_a_value_at_the_head_of_an_item_makes_no_block(text: str) -> None:
    page = to_html(f"- {escape(text)}\n", {}, WORDS)
    assert set(re.findall(r"<([a-z0-9]+)", page)) == {"ul", "li"}, page


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_value_is_one_typst_string(text: str) -> None:
    """No quotation mark ends the string early: after taking whole strings out, only the program's own markup is left."""
    made = to_typst(f"x {escape(text)}\n", {})
    left = re.sub(r'#"(?:[^"\\]|\\.)*";', "", made, flags=re.S)
    left = re.sub(r"#blank\(\d+\);|#tick;", "", left)
    assert left.strip() == ""


# ---- renderers


def test_text_keeps_lists_tables_and_headings() -> None:
    made = to_text("# Title\n\n> quoted\n\n- one\n- two\n\n1. first\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert made == "Title\n=====\n| quoted\n\n- one\n- two\n\n1. first\n\na | b\n1 | 2\n"


def test_blanks_and_boxes_are_named_for_a_screen_reader() -> None:
    page = to_html("Name: ________\n\n- ☐ done\n", {}, WORDS)
    assert 'aria-label="blank to fill in"' in page
    assert '<li class="box">' in page
    assert "____" not in page


def test_a_list_of_boxes_has_no_bullets_in_print() -> None:
    assert "marker: tick" in to_typst("- ☐ one\n- ☐ two\n", {})
    assert "marker: tick" not in to_typst("- ☐ one\n- two\n", {})


def test_a_figure_carries_its_words() -> None:
    made = to_typst("![what it shows](figure:bars)\n", {"bars": "<svg/>"})
    assert '#figure-svg("<svg/>", "what it shows", 9cm);' in made
    assert "<svg/>" in to_html("![what it shows](figure:bars)\n", {"bars": "<svg/>"}, WORDS)
    assert "what it shows" in to_html("![what it shows](figure:none)\n", {}, WORDS)


# ---- content


def test_implied_findings_are_never_stated(knowledge: Knowledge) -> None:
    content = content_of(knowledge, CLAUDICATION)
    implied = {o.finding for o in content.case.observations if o.how == "implied"}
    assert "reduced_pulses" in implied
    assert not implied & {item.finding.id for item in content.said}


def test_no_stretches_in_an_urgent_case_or_against_a_caution(knowledge: Knowledge) -> None:
    assert len(content_of(knowledge, NIGHT).exercises) == 3
    assert content_of(knowledge, URGENT).exercises == ()
    stiff = content_of(knowledge, NIGHT + " Has osteoarthritis of both knees.")
    assert any(a.text.startswith("Calf and hamstring stretching:") for a in stiff.answer.cautions)
    assert stiff.exercises == ()


def test_every_exercise_has_its_drawing(knowledge: Knowledge) -> None:
    from hickam.writing.documents.write import DRAWINGS

    named = {e.drawing: e for t in knowledge.pack.treatments.values() for e in t.exercises if e.drawing}
    assert {path.stem for path in DRAWINGS.glob("*.svg")} == set(named)
    assert all(exercise.shows and exercise.steps for exercise in named.values())


def test_a_letter_goes_to_whom_the_case_is_referred_and_is_no_less_urgent(knowledge: Knowledge) -> None:
    calm = content_of(knowledge, CLAUDICATION)
    assert (
        letter_to(calm, "").clinician.id == "vascular_surgeon"
    )  # not the emergency department: its "if" does not hold
    urgent = content_of(knowledge, URGENT)
    for clinician in ("", "vascular_surgeon", "physiotherapist"):
        assert letter_to(urgent, clinician).level == urgent.answer.urgency.level
    with pytest.raises(HickamError, match="vascular_surgeon"):
        letter_to(calm, "wizard")


def test_a_letter_goes_to_who_sees_the_leading_cause_and_asks_about_no_rare_one(knowledge: Knowledge) -> None:
    story = (
        "45-year-old woman. Three days of pain and cramp in the left calf, which is swollen and warm. She flew back last week "
        "and takes the combined contraceptive pill. No chest pain, no breathlessness. The calf is tender, with pitting oedema."
    )
    clot = content_of(knowledge, story)
    letter = letter_to(clot, "")
    assert clot.answer.differential[0].condition.id == "deep_vein_thrombosis"
    assert letter.clinician.id == "emergency_department"  # not the vascular physician, who is for a threatened limb
    assert "rare" in {c.tier for c in clot.answer.differential}
    assert {c.tier for c in letter.causes} <= {"most_likely", "do_not_miss", "other_likely"}


def test_likelihood_words_are_in_the_catalogue() -> None:
    assert tuple(word for _, word in _WORDS) == names.LIKELIHOODS


# ---- documents


def test_a_pregnant_woman_on_a_statin_is_told_to_ask_about_it(knowledge: Knowledge) -> None:
    story = (
        "31-year-old woman, 30 weeks pregnant, calf cramps at night for a month, eased by stretching. {} No swelling."
    )
    with_statin = written(knowledge, story.format("She takes simvastatin 40 mg."), kind="handout", form="text")
    assert "Most women stop a statin when they are pregnant" in with_statin
    assert "within two weeks" in with_statin
    assert "statin" not in written(knowledge, story.format(""), kind="handout", form="text")


def test_the_name_of_a_test_and_its_reason_are_one_sentence(knowledge: Knowledge) -> None:
    story = "31-year-old woman, 30 weeks pregnant, calf cramps at night for a month, eased by stretching."
    assert ".:" not in written(knowledge, story, kind="soap", form="text")


def test_a_title_that_asks_keeps_its_one_mark() -> None:
    source = Source(title="Does it?", authors="Khan NA.", publication="JAMA", year=2006, kind="guideline")
    assert citation(source) == "Khan NA. Does it? JAMA. 2006."


def test_emoji_and_foreign_letters_do_not_stop_the_pdf(knowledge: Knowledge) -> None:
    story = "62-year-old man, calf cramp at night. 🦵🏽 👩\u200d\u2695\ufe0f " + "".join(
        map(chr, range(0x4E00, 0x4E00 + 200))
    )
    pages = write_document(knowledge, case_of(knowledge, story), Wanted(kind="soap", form="pdf", as_of="2026-11-22"))
    assert "calf cramp at night" in PdfReader(io.BytesIO(pages)).pages[0].extract_text()


def test_a_result_letter_needs_a_result(knowledge: Knowledge) -> None:
    with pytest.raises(HickamError, match="no test result"):
        written(knowledge, NIGHT, kind="result")
    text = written(knowledge, NIGHT + " Potassium 2.9 mmol/L. Magnesium 0.8 mmol/L.", kind="result")
    assert re.search(r"potassium.*\| 2\.9 mmol/L \| Low", text, re.I)
    assert re.search(r"magnesium.*\| 0\.8 mmol/L \| In the usual range", text, re.I)


def test_patients_read_no_percentages(knowledge: Knowledge) -> None:
    for kind in ("handout", "report"):
        text = written(knowledge, CLAUDICATION, kind=kind, reader="patient")
        assert "%" not in text
        assert "Of 100 people" in text
        assert "Call the emergency number" in text


def test_what_was_not_asked_is_a_blank_in_the_note(knowledge: Knowledge) -> None:
    note = written(knowledge, NIGHT, kind="soap")
    assert "Pulse rate: ________" in note
    assert "☐ fever" in note
    assert "denies fever" not in note


def test_an_html_page_stands_alone(knowledge: Knowledge) -> None:
    page = written(knowledge, CLAUDICATION, kind="report", form="html")
    assert page.startswith("<!doctype html>")
    assert '<html lang="en">' in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page
    assert page.count("<h1>") == 1
    assert 'role="img"' in page


def test_a_story_cannot_write_the_page(knowledge: Knowledge) -> None:
    story = CLAUDICATION + ' <script>alert("x")</script> [click](http://x.example) #let x = 1'
    page = written(knowledge, story, kind="soap", form="html")
    assert "<script>alert" not in page
    assert "<a " not in page
    assert document(
        knowledge,
        case_of(knowledge, story),
        assess(knowledge, case_of(knowledge, story), Options(draws=0)),
        Wanted(kind="soap", form="pdf", as_of="2026-11-22"),
    ).startswith(b"%PDF")


# ---- templates of a site


def test_a_site_writes_its_own_letterhead(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "letterhead.md").write_text("**Elm Street Surgery** & Partners\n")
    note = written(knowledge, CLAUDICATION, kind="referral", templates=tmp_path)
    assert note.startswith("**Elm Street Surgery** & Partners")
    assert "# Referral letter" in note


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{{ nothing_of_this_name }}", "nothing_of_this_name"),
        ("{% if %}", "soap.md:1"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{% include 'absent.md' %}", "absent.md"),
        ("{% for n in range(10 ** 9) %}{% endfor %}", "OverflowError"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
    ],
)
def test_a_mistake_in_a_template_is_said(knowledge: Knowledge, tmp_path: Path, body: str, message: str) -> None:
    (tmp_path / "soap.md").write_text(body)
    with pytest.raises(HickamError, match=message):
        written(knowledge, CLAUDICATION, kind="soap", templates=tmp_path)


def test_a_folder_that_is_not_there_is_said(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(HickamError, match="no such folder"):
        written(knowledge, CLAUDICATION, kind="soap", templates=tmp_path / "no")


def test_macros_and_messages_escape_their_values() -> None:
    made = environment(Language())
    made.loader = None
    text = made.from_string('{{ _("It is {x}.", x="<b>*a*</b>") }}').render()
    assert text == r"It is \<b>\*a\*\</b>."
    assert escape(Markup("*kept*")) == "*kept*"


def test_blank_lines_are_put_in_order(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("\n\n# A\n\n\n\n- b\n\n\n")
    assert render(environment(Language(), tmp_path), "x.md", {}) == "# A\n\n- b\n"


# ---- settings


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "deep" / "settings.json"
    monkeypatch.setenv("HICKAM_SETTINGS", str(path))
    return path


def test_a_choice_is_remembered_and_forgotten(settings_file: Path) -> None:
    assert chosen("reader") == "clinician"
    remember("reader", "student")
    assert chosen("reader") == "student"
    assert chosen("reader", "patient") == "patient"
    assert chosen("reader", None, {"HICKAM_READER": "researcher"}) == "researcher"
    assert json.loads(settings_file.read_text()) == {"reader": "student"}
    remember("reader", None)
    assert chosen("reader") == "clinician"


@pytest.mark.parametrize("content", ["{", "[]", '{"reader": 3}', '{"reader": "wizard"}', '{"raeder": "patient"}'])
def test_a_broken_settings_file_is_said(settings_file: Path, content: str) -> None:
    settings_file.parent.mkdir()
    settings_file.write_text(content)
    with pytest.raises(HickamError):
        remembered()


def test_settings_are_documented() -> None:
    page = Path("docs/how-to/documents.md").read_text()
    for item in SETTINGS.values():
        assert item.variable in page
