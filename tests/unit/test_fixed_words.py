"""Fixed words of articles and figures go through the catalogue: in a made-up language each of them is in brackets."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest

from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.services.articles import ITEM_KINDS, WHOLE_KINDS, article
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.document import Article, Grid, Matrix, Section
from hickam.writing.articles.html import article_page
from hickam.writing.articles.markdown import article_markdown
from hickam.writing.articles.text import article_text
from hickam.writing.figures import comparison_matrix, decibans_waterfall, differential_bars, icon_array, time_course
from hickam.writing.figures.course import CoursePoint
from hickam.writing.figures.drawing import Figure
from hickam.writing.language import Language, speaking
from hickam.writing.screen import Style


class Brackets(gettext.NullTranslations):
    """'Prevention' -> '«Prevention»'."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return f"«{one if n == 1 else many}»"


@pytest.fixture
def brackets() -> Iterator[None]:
    with speaking(Language("eo", Brackets())):
        yield


def examples(knowledge: Knowledge) -> Iterator[Article]:
    for kind in WHOLE_KINDS:
        yield article(knowledge, kind)
    named = {"condition": "peripheral_artery_disease", "finding": "absent_pedal_pulses", "drug": "statins"}
    named |= {"test": "abi", "treatment": "stretching"}
    for kind in ITEM_KINDS:
        yield article(knowledge, kind, named[kind])
    yield article(knowledge, "condition", "peripheral_artery_disease", patient=True)


def titles(sections: tuple[Section, ...]) -> Iterator[str]:
    for section in sections:
        yield section.title
        for block in section.blocks:
            if isinstance(block, Grid):
                yield from (block.caption, *block.columns)
            if isinstance(block, Matrix):
                yield from (block.title, block.note)
        yield from titles(section.sections)


def test_headings_captions_and_columns_are_messages(knowledge: Knowledge, brackets: None) -> None:
    pack = knowledge.pack
    own = {c.name for c in pack.clinicians.values()} | {g.title for g in pack.presentation.clinicians}
    own |= {g.title for g in pack.presentation.groups}
    comparison = pack.presentation.comparison
    assert comparison
    own |= {comparison.title, *comparison.columns.values(), "ICD-10-CM", "ICD-10", "SNOMED CT", "LOINC"}
    for made in examples(knowledge):
        left = [title for title in titles(made.sections) if "«" not in title and title not in own]
        left += [name for name, _line in made.facts if "«" not in name and name not in own]
        assert left == [], made.kind


def test_what_stands_around_an_article_is_messages(knowledge: Knowledge, brackets: None) -> None:
    made = article(knowledge, "condition", "peripheral_artery_disease")
    pages = (article_text(made, Style()), article_markdown(made), article_page(made))
    for words in ("Pending human review", "References", "Feedback", "Editorial policy", "Disclaimer"):
        for page in pages:
            assert f"«{words}" in page or f"«{words}»".upper() in page, words
    assert '<html lang="eo">' in article_page(made)


@pytest.fixture(scope="module")
def answer(knowledge: Knowledge) -> Assessment:
    story = "70-year-old man with calf cramp on walking 200 metres relieved by standing, absent foot pulses"
    return assess(knowledge, parse(story, knowledge.vocabulary), Options(steps=0))


def test_figures_speak_the_language_of_the_moment(answer: Assessment, brackets: None) -> None:
    points = [CoursePoint(answer="at the beginning", causes={"A": 0.2, "B": 0.1}, level="soon")] * 3
    drawn: list[Figure] = [
        differential_bars(answer),
        decibans_waterfall(answer, answer.differential[0].condition.id),
        time_course(points),
        comparison_matrix(["A", "B"], [("pain", {"A": 0.3})]),
        icon_array(0.3, "have it"),
    ]
    for figure in drawn:
        assert "«" in figure.title, figure.kind
        assert "«" in figure.description, figure.kind
        assert "«" in figure.columns[0], figure.kind
        assert "«" in figure.svg.split("</desc>")[1] or figure.kind in ("icons", "comparison"), figure.kind


def test_english_is_as_written(answer: Assessment) -> None:
    assert differential_bars(answer).title == "Differential: probability of being the cause"
    assert icon_array(0.004, "have it").title == "4 of 1,000 people have it"
    assert icon_array(0.0004, "have it").title == "Fewer than 1 of 1,000 people have it"
