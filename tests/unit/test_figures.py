"""Figures: well-formed, named, the same content in words, both palettes, and only drawn when asked for."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from hickam.api import assess
from hickam.errors import HickamError
from hickam.model.assessment import Assessment
from hickam.services.assess import Options
from hickam.writing.figures import (
    CoursePoint,
    Figure,
    comparison_matrix,
    decibans_waterfall,
    differential_bars,
    figure_html,
    icon_array,
    time_course,
)
from hickam.writing.figures.drawing import DARK

SVG = "{http://www.w3.org/2000/svg}"
STORY = "A 68-year-old man has calf pain after walking 200 metres that goes within two minutes of standing still."
COURSE = [
    CoursePoint(answer="at the beginning", causes={"Claudication <arterial>": 0.2, "Stenosis": 0.3}, level="routine"),
    CoursePoint(answer="low back pain: no", causes={"Claudication <arterial>": 0.7, "Stenosis": 0.1}, level="soon"),
]


@pytest.fixture(scope="module")
def answer() -> Assessment:
    return assess(STORY, Options(draws=50))


@pytest.fixture(scope="module")
def figures(answer: Assessment) -> list[Figure]:
    return [
        differential_bars(answer),
        decibans_waterfall(answer, answer.differential[0].condition.id),
        time_course(COURSE),
        comparison_matrix(["Night cramps", "Stenosis"], [("at night", {"Night cramps": 0.9})]),
        icon_array(0.31, "like you have night cramps"),
        icon_array(0.004, "like you have a clot"),
    ]


def test_each_is_one_image_with_title_and_description(figures: list[Figure]) -> None:
    for figure in figures:
        root = ET.fromstring(figure.svg)
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert (title.text, desc.text) == (figure.title, figure.description)
        assert root.get("role") == "img"
        assert not [n.tag for n in root.iter() if n is not root and (n.get("role") or n.get("aria-hidden"))]
        assert (root.get("aria-labelledby") or "").split() == [title.get("id"), desc.get("id")]


def test_two_figures_on_a_page_share_no_id(figures: list[Figure]) -> None:
    ids = [node.get("id") for figure in figures for node in ET.fromstring(figure.svg).iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_every_colour_has_a_dark_partner(figures: list[Figure]) -> None:
    for figure in figures:
        for node in ET.fromstring(figure.svg).iter():
            for attribute in ("fill", "stroke"):
                colour = node.get(attribute, "none")
                assert colour in DARK or colour in ("none", "transparent"), f"{figure.kind}: {colour}"


def test_paper_stays_light(figures: list[Figure]) -> None:
    """The dark colours are for screens only, whatever the reader's screen is set to."""
    for figure in figures:
        style = figure.svg.partition("<style>")[2].partition("</style>")[0]
        assert style.startswith("@media screen and (prefers-color-scheme:dark){")
        assert style.count("@media") == 1


def test_the_fixed_themes_carry_no_style_sheet(answer: Assessment) -> None:
    light, dark = (differential_bars(answer, theme=theme).svg for theme in ("light", "dark"))
    assert "<style" not in light + dark
    assert all(colour in light and colour not in dark for colour in ("#17252a", "#2f7f8c"))


def test_the_words_say_what_the_bars_show(answer: Assessment, figures: list[Figure]) -> None:
    lead = answer.differential[0]
    assert lead.condition.name in figures[0].text
    assert f"{100 * lead.cause.value:.0f} % ({100 * lead.cause.low:.0f}–{100 * lead.cause.high:.0f})" in figures[0].text
    assert lead.condition.name in figures[0].svg


def test_the_waterfall_adds_up(answer: Assessment, figures: list[Figure]) -> None:
    lead = answer.differential[0]
    total = (lead.baseline_decibans or 0) + sum(part.decibans for part in lead.contributions)
    assert figures[1].rows[-1][2] == f"{total:+.0f} dB"


def test_a_condition_without_working_is_refused(answer: Assessment) -> None:
    with pytest.raises(HickamError, match="no working"):
        decibans_waterfall(answer, "tetanus")


def test_a_patient_reads_people_and_words_but_no_per_cent() -> None:
    figure = differential_bars(assess(STORY, Options(draws=50, reader="patient")))
    assert "%" not in figure.svg.split("</desc>")[1].split("</style>")[1]
    assert "of 100" in figure.text


@pytest.mark.parametrize(
    ("chance", "start", "filled"),
    [(0.31, "31 of 100", 31), (1.0, "100 of 100", 100), (0.0, "0 of 100", 0), (0.004, "4 of 1,000", 4)],
)
def test_people_are_counted(chance: float, start: str, filled: int) -> None:
    figure = icon_array(chance, "have it")
    assert figure.title.startswith(start)
    shapes = [n.get("d", "") for n in ET.fromstring(figure.svg).iter(f"{SVG}path") if n.get("fill") == "#2f7f8c"]
    per_person = 2 if "of 100 " in figure.title else 1
    assert sum(shape.count("M") for shape in shapes) == filled * per_person


def test_a_chance_too_small_to_draw_is_not_called_nobody() -> None:
    assert icon_array(0.0001, "have it").title.startswith("Fewer than 1 of 1,000")


def test_names_are_escaped_in_pages() -> None:
    page = figure_html(time_course(COURSE))
    assert "<arterial>" not in page
    assert "Claudication &lt;arterial&gt;" in page


def test_a_text_answer_loads_no_drawing_library() -> None:
    code = (
        "import sys; from hickam.interfaces.cli.main import main; "
        "main(['assess', 'calf cramps at night, 70 year old woman']); "
        "sys.exit([m for m in sys.modules if m.startswith(('vl_convert', 'hickam.writing.figures', 'jinja2'))] != [])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
