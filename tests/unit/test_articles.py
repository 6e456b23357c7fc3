"""Articles are made of the pack alone, complete, each number with its basis, each with its review state."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from pathlib import Path

import msgspec
import pytest
from packs.mini_pack import mini_files, write_pack

from hickam.errors import HickamError
from hickam.model.review import Review
from hickam.services.articles import all_articles, article
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.condition import condition_article
from hickam.writing.articles.document import (
    Article,
    Bullets,
    Grid,
    Line,
    Matrix,
    Phrase,
    Section,
    claims_of_section,
    lines_of_section,
)
from hickam.writing.articles.html import article_body
from hickam.writing.articles.markdown import article_markdown
from hickam.writing.articles.numbers import chance
from hickam.writing.articles.text import article_text
from hickam.writing.articles.topic import clinicians_article
from hickam.writing.screen import Style

DIFFERENTIAL_HEADINGS = {
    "definition": "Definition",
    "single most likely diagnosis": "Single most likely",
    "other likely diagnoses": "Other likely",
    "do not miss diagnoses": "Do not miss",
    "rare diagnoses": "Rare",
    "primary categories of leg cramps": "Primary categories",
    "true cramps": "True cramp",
    "metabolic and endocrine causes": "Metabolic and endocrine",
    "vascular etiologies": "Vascular",
    "peripheral arterial disease": "Peripheral arterial disease",
    "key distinguishing features": "Key distinguishing features",
    "neurologic causes": "Neurologic",
    "peripheral neuropathy": "Peripheral neuropathy",
    "radiculopathy": "Radiculopathy and spinal stenosis",
    "other neurologic conditions": "Restless legs and other movement disorders",
    "musculoskeletal causes": "Musculoskeletal",
    "structural abnormalities": "Structural abnormalities of foot and bone",
    "metabolic myopathies": "Metabolic myopathies",
    "medication-induced cramps": "Medication",
    "strongly associated medications": "Medicines that bring on cramps",
    "other medical conditions": "Other medical",
    "critical diagnostic approach": "Critical diagnostic approach",
    "history elements to elicit": "History",
    "physical examination findings": "Physical examination",
    "laboratory evaluation": "Laboratory",
    "management": "Management",
    "prevention": "Prevention",
    "important clinical pitfalls": "Pitfalls",
}
TOPIC_HEADINGS = {
    "causes and risk factors": "Causes and risk factors",
    "symptoms": "Symptoms",
    "diagnosis": "Diagnosis",
    "treatment and management": "Treatment and management",
    "prevention": "Prevention",
}
CLINICIAN_HEADINGS = {
    "starting the search: primary care and general practitioners": "Starting the search: primary care",
    "specialized care based on underlying causes": "Specialised care by underlying cause",
    "poor blood flow": "Circulation",
    "the nervous system": "Nerves, muscle and sleep",
    "structural or mechanical issues": "Bones, joints, tendons and overuse",
    "diagnostic steps": "Diagnostic steps",
    "treatment modalities": "Treatments",
}
HEADINGS = [
    *(("presentation", heading, title) for heading, title in DIFFERENTIAL_HEADINGS.items()),
    *(("topic", heading, title) for heading, title in TOPIC_HEADINGS.items()),
    *(("clinicians", heading, title) for heading, title in CLINICIAN_HEADINGS.items()),
]


@pytest.fixture(scope="module")
def made(knowledge: Knowledge) -> list[Article]:
    return list(all_articles(knowledge))


def sections_of(made: Article) -> dict[str, Section]:
    found: dict[str, Section] = {}

    def walk(part: Section) -> None:
        found.setdefault(part.title, part)
        for inner in part.sections:
            walk(inner)

    for section in made.sections:
        walk(section)
    return found


@lru_cache(maxsize=4)
def whole(knowledge: Knowledge, kind: str) -> Article:
    return article(knowledge, kind)


@pytest.mark.parametrize(("kind", "heading", "title"), HEADINGS)
def test_what_readers_look_for_is_filled(knowledge: Knowledge, kind: str, heading: str, title: str) -> None:
    section = sections_of(whole(knowledge, kind))[title]
    assert len([line for line in lines_of_section(section) if line.plain.strip()]) >= 1, heading


def test_the_differential_holds_the_comparison_in_words_and_numbers(knowledge: Knowledge) -> None:
    blocks = sections_of(whole(knowledge, "presentation"))["Key distinguishing features"].blocks
    grid = next(block for block in blocks if isinstance(block, Grid))
    matrix = next(block for block in blocks if isinstance(block, Matrix))
    names = {row[0].plain for row in grid.rows}
    for wanted in ("nocturnal", "claudication", "stenosis", "Restless", "neuropathy", "thrombosis"):
        assert any(wanted in name for name in names), wanted
    assert set(matrix.names) == names
    assert all(cell.plain for row in grid.rows for cell in row)


def test_every_condition_is_in_the_differential(knowledge: Knowledge) -> None:
    lines = lines_of_section(sections_of(whole(knowledge, "presentation"))["Primary categories"])
    linked = {part.link for line in lines for part in line.parts}
    assert linked >= {f"conditions/{name}" for name in knowledge.pack.conditions}


def test_every_clinician_is_in_the_article_on_clinicians(knowledge: Knowledge) -> None:
    ids = {section.id for section in sections_of(whole(knowledge, "clinicians")).values()}
    assert ids >= set(knowledge.pack.clinicians)


def test_every_item_has_its_article(knowledge: Knowledge, made: list[Article]) -> None:
    pack = knowledge.pack
    by_kind = {kind: {item.id for item in made if item.kind == kind} for kind in {item.kind for item in made}}
    assert by_kind["condition"] == set(pack.conditions)
    assert by_kind["finding"] == set(pack.findings)
    assert by_kind["test"] == set(pack.tests)
    assert by_kind["drug"] == set(pack.drugs)


def test_every_citation_is_listed_and_every_reference_has_its_kind(made: list[Article], knowledge: Knowledge) -> None:
    for item in made:
        cited = {key for section in item.sections for line in lines_of_section(section) for key in line.sources}
        assert cited & set(knowledge.pack.sources) <= set(item.numbers), item.id
        assert all(reference.kind for reference in item.references)


def test_numbers_in_tables_carry_a_basis(made: list[Article]) -> None:
    """Rows of tables whose last column is 'basis and source' state one; a number with a source cites it."""
    rows = 0
    for item in made:
        for section in sections_of(item).values():
            for block in section.blocks:
                if isinstance(block, Grid) and block.columns[-1] == "basis and source":
                    for row in block.rows:
                        rows += 1
                        assert row[-1].basis is not None, (item.id, row[0].plain)
                        assert row[-1].basis == "estimate" or row[-1].sources, (item.id, row[0].plain)
    assert rows > 2000


def test_shares_of_visits_carry_a_basis(knowledge: Knowledge) -> None:
    sections = sections_of(whole(knowledge, "presentation"))
    for title in ("Single most likely", "Other likely", "Rare"):
        for block in sections[title].blocks:
            assert isinstance(block, Bullets)
            assert all(line.basis for line in block.lines)


def test_each_says_state_date_feedback_policy_and_disclaimer(made: list[Article], knowledge: Knowledge) -> None:
    pack = knowledge.pack
    for item in made[:6] + made[-2:]:
        for text in (article_text(item, Style()), article_markdown(item), article_body(item)):
            flat = " ".join(re.sub(r"[>\\*]", " ", text).split())
            assert "no person has approved it yet" in flat
            assert pack.manifest.updated in flat
            assert pack.hash[:12] in flat
            for whole_text in (pack.manifest.feedback, pack.manifest.editorial_policy, pack.manifest.disclaimer):
                assert whole_text.split(";")[0].split("'")[0].strip()[:60] in flat


def reviewed(knowledge: Knowledge, outcome: str, *people: str, hash: str | None = None) -> Article:
    """The article on a condition that must not be missed, after these people's reviews."""
    pack = knowledge.pack
    item = "conditions/hypokalaemia"
    reviews = tuple(
        Review(item=item, hash=hash or pack.hashes[item], by=name, on="2026-11-21", outcome=outcome, role="internist",  # type: ignore[arg-type]
               next_review="2027-11-21" if outcome == "approved" else "")
        for name in people or ("A. Reviewer",)
    )  # fmt: skip
    changed = msgspec.structs.replace(pack, reviews=reviews)
    return condition_article(changed, changed.conditions["hypokalaemia"])


def test_an_approved_part_names_who_and_when(knowledge: Knowledge) -> None:
    text = " ".join(article_text(reviewed(knowledge, "approved", "A. Reviewer", "B. Second"), Style()).split())
    assert (
        "conditions/hypokalaemia: approved by A. Reviewer, internist, on 2026-11-21, next review by 2027-11-21" in text
    )
    assert "approved by B. Second" in text
    assert "1 of 1 part approved" in text


def test_one_person_alone_does_not_approve_what_must_not_be_missed(knowledge: Knowledge) -> None:
    for people in (("A. Reviewer",), ("A. Reviewer", "a.  reviewer")):
        status = reviewed(knowledge, "approved", *people).status
        assert (status.state, status.approved) == ("under_review", 0)
        assert status.reviewed[0].reviewer.casefold().split() == ["a.", "reviewer"]


def test_a_review_of_other_content_counts_for_nothing(knowledge: Knowledge) -> None:
    assert reviewed(knowledge, "approved", hash="0" * 64).status.state == "submitted"
    assert reviewed(knowledge, "returned").status.state == "submitted"
    assert reviewed(knowledge, "under_review").status.state == "under_review"


def test_one_approved_part_does_not_approve_the_whole(knowledge: Knowledge) -> None:
    pack = knowledge.pack
    review = Review(
        item="pack", hash=pack.hashes["pack"], by="A", on="2026-11-21", outcome="approved", next_review="2027-11-21"
    )
    status = clinicians_article(msgspec.structs.replace(pack, reviews=(review,))).status
    assert (status.state, status.approved) == ("under_review", 1)


def test_the_forms_say_the_same(knowledge: Knowledge) -> None:
    item = article(knowledge, "condition", "peripheral artery disease")
    plain = [line.plain for section in item.sections for line in lines_of_section(section) if line.plain.strip()]
    shown = {
        "text": " ".join(article_text(item, Style(width=100)).split()),
        "markdown": " ".join(article_markdown(item).split()),
        "html": unescape(" ".join(re.sub(r"<[^>]+>", "", article_body(item)).split())),
    }
    squeezed = {form: re.sub(r"[\W_]", "", text) for form, text in shown.items()}
    for line in plain:
        for form, text in squeezed.items():
            assert re.sub(r"[\W_]", "", line) in text, form


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("PAD", "peripheral_artery_disease"), ("restless legs syndrome", "restless_legs_syndrome")],
)
def test_an_item_is_found_by_its_other_names(knowledge: Knowledge, wanted: str, found: str) -> None:
    assert article(knowledge, "condition", wanted).id == found


@pytest.mark.parametrize("wanted", ["", "radiculopathy of", "zzzz", "lumbar"])
def test_an_unclear_name_is_answered_with_names(knowledge: Knowledge, wanted: str) -> None:
    with pytest.raises(HickamError, match="name one of"):
        article(knowledge, "condition", wanted)


def test_a_patient_reads_plain_words_help_and_who_helps(knowledge: Knowledge) -> None:
    for name, item in knowledge.pack.conditions.items():
        found = article(knowledge, "condition", name, patient=True)
        text = article_text(found, Style())
        flat = " ".join(text.split())
        assert found.title.lower() == item.lay_name.lower()
        assert all(" ".join(said.split()) in flat for said in item.patient_text)
        assert "WHEN TO SEEK HELP" in text
        assert " dB" not in text
        assert not re.search(r"(at once|the same day), if your doctor", flat)
        assert "(estimate)" not in text
    assert article(knowledge, "presentation", patient=True).kind == "topic"


def test_a_pack_without_texts_and_layout_still_has_articles_in_every_form(tmp_path: Path) -> None:
    small = Knowledge(write_pack(tmp_path / "mini", mini_files()))
    found = list(all_articles(small))
    assert {item.kind for item in found} >= {"presentation", "topic", "clinicians", "condition", "finding", "drug"}
    for item in found:
        for text in (article_text(item, Style()), article_markdown(item), article_body(item)):
            assert "Last updated: not recorded" in text
    grouped = sections_of(next(item for item in found if item.kind == "presentation"))["Primary categories"]
    said = " ".join(line.plain for line in lines_of_section(grouped))
    assert all(condition.name in said for condition in small.pack.conditions.values())


@pytest.mark.parametrize(
    ("value", "words"), [(0.42, "42 %"), (0.034, "3.4 %"), (0.00021, "0.02 %"), (0.0000007, "0.00007 %"), (0.0, "0 %")]
)
def test_small_numbers_are_written_out(value: float, words: str) -> None:
    assert chance(value) == words


def test_lines_without_words_of_their_own_are_no_claims() -> None:
    linked = Line(parts=(Phrase("gout", "plain", "conditions/gout"),))
    said = Line(parts=(Phrase("Gout hurts."),))
    section = Section(id="x", title="x", blocks=(Bullets((linked, said)),))
    assert list(claims_of_section(section)) == [said]
