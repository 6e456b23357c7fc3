"""Can a patient read it? Flesch-Kincaid grade of every patient-facing text of the pack and of the templates.

Measured as a reader meets it: the sentences of one item together. A name is read inside the plainest sentence that holds
it. The median stays at grade 7 or below; nothing is above grade 9 but what is listed here with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
import textstat
from babel.messages.extract import extract
from jinja2.ext import babel_extract

from hickam.clinic.advice import FIRST_WORDS
from hickam.intake.reading import parse
from hickam.model.pack import Pack
from hickam.services.articles import article
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.document import lines_of_section
from hickam.writing.articles.topic import PLAIN_PARTS

MEDIAN, MOST = 7.0, 9.0
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
TEMPLATES = ("patient_parts.md", "report_patient.md", "handout.md", "result.md")
MODULES = (
    "articles/patient.py",
    "articles/topic.py",
    "documents/pictures.py",
    "documents/sheet.py",
    "figures/icons.py",
)
"""Where else a patient's fixed words are: each message is in the catalogue."""
HEADING = 4
"""A message of so few words is a heading or a name, and is read inside a plain sentence."""
OWN_NAME = "the medicine's own name, as on the packet"
PROFESSION = "the profession's own name, as on the door"
HARD: dict[str, str] = {
    "clinicians/physical_medicine.lay_name": PROFESSION,
    "drugs/antimalarials.lay_name": OWN_NAME,
    "drugs/biologics_jak.lay_name": "'biologic' is what clinics and leaflets call these",
    "drugs/calcium_channel_blockers_nondihydropyridine.lay_name": OWN_NAME,
    "drugs/checkpoint_inhibitors.lay_name": "'immunotherapy' is what clinics and leaflets call it",
    "drugs/egfr_antibodies.lay_name": OWN_NAME,
    "drugs/other_antibiotics.lay_name": "'antibiotic' is the everyday word",
    "drugs/trimethoprim.lay_name": OWN_NAME,
    "treatments/physiotherapy.lay_name": PROFESSION,
}
"""Text that stays above the limit, and why."""


def pack_texts(pack: Pack) -> Iterator[tuple[str, str]]:
    """(place, text) of everything in the pack that a patient may read."""
    for c in pack.conditions.values():
        yield f"conditions/{c.id}.patient_text", " ".join(c.patient_text)
        yield f"conditions/{c.id}.lay_name", f"This may be {c.lay_name}."
        if c.tell_in_person:
            yield f"conditions/{c.id}.tell_in_person", " ".join(c.tell_in_person.patient_text)
            yield f"conditions/{c.id}.until_told.lay_name", f"This may be {c.tell_in_person.lay_name}."
    for f in pack.findings.values():
        yield f"findings/{f.id}.lay_question", f.lay_question
        yield f"findings/{f.id}.lay_name", f"Do you have this: {f.lay_name}?"
        for value in f.values:
            yield f"findings/{f.id}.{value.id}", f"It is like this: {value.lay_name or value.name}."
    for rule in pack.rules.values():
        yield f"rules/{rule.id}.lay_sentence", rule.lay_sentence
    for clinician in pack.clinicians.values():
        yield f"clinicians/{clinician.id}.lay_name", f"You can see {clinician.lay_name}."
    for drug in pack.drugs.values():
        yield f"drugs/{drug.id}.lay_name", f"You take this: {drug.lay_name}."
    for treatment in pack.treatments.values():
        yield f"treatments/{treatment.id}.lay_name", f"You can try {treatment.lay_name}."
        for exercise in treatment.exercises:
            yield f"treatments/{treatment.id}/{exercise.name}", " ".join((*exercise.steps, exercise.shows))
    for part in PLAIN_PARTS:
        yield f"articles/{part}", " ".join(claim.text for claim in pack.manifest.articles[part])
    for test in pack.tests.values():
        yield f"tests/{test.id}.lay_name", f"You had this test: {test.lay_name}."


def template_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of every fixed sentence in the patient's templates, gaps filled with a short word."""
    folder = Path("src/hickam/writing/templates")
    for name in TEMPLATES:
        with (folder / name).open("rb") as file:
            for line, _, message, _ in babel_extract(file, ["_"], [], {}):
                text = message if isinstance(message, str) else (message or [""])[0]
                yield f"templates/{name}:{line}", re.sub(r"\{\w+\}", "this", text or "")


def message_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of the messages in the modules that write for patients, and of what is said in urgent cases."""
    for name in MODULES:
        with (Path("src/hickam/writing") / name).open("rb") as file:
            for line, found, _comments, _context in extract("python", file, keywords=KEYWORDS):
                text = re.sub(r"\{\w+\}", "this", found if isinstance(found, str) else found[0])
                short = len(text.split()) <= HEADING
                yield f"messages/{name}:{line}", f"You can read this: {text}." if short else text
    for level, lines in FIRST_WORDS.items():
        for number, text in enumerate(lines):
            yield f"messages/first words/{level}.{number}", text


@pytest.fixture(scope="module")
def grades(knowledge: Knowledge) -> dict[str, tuple[float, str]]:
    """Grade and text by place."""
    found = {
        place: text
        for place, text in (*pack_texts(knowledge.pack), *template_texts(), *message_texts())
        if text.strip()
    }
    return {place: (textstat.flesch_kincaid_grade(text), text) for place, text in found.items()}


def test_the_measure_tells_plain_words_from_jargon() -> None:
    plain = "Pull your toes up. Hold until the cramp lets go."
    jargon = "Idiopathic nocturnal musculoskeletal contractions necessitate electrophysiological characterisation."
    assert textstat.flesch_kincaid_grade(plain) < 3
    assert textstat.flesch_kincaid_grade(jargon) > 15


@pytest.mark.parametrize("kind", ["articles", "conditions", "findings", "messages", "rules", "templates", "treatments"])
def test_the_median_text_is_at_a_reading_age_of_twelve(grades: dict[str, tuple[float, str]], kind: str) -> None:
    own = [grade for place, (grade, _) in grades.items() if place.startswith(kind) and ".lay_name" not in place]
    assert own
    assert median(own) <= MEDIAN


def test_the_median_of_all(grades: dict[str, tuple[float, str]]) -> None:
    assert median(grade for grade, _ in grades.values()) <= MEDIAN


def test_nothing_is_hard_without_a_reason(grades: dict[str, tuple[float, str]]) -> None:
    hard = {place: (grade, text) for place, (grade, text) in grades.items() if grade > MOST and place not in HARD}
    assert hard == {}


def test_a_reason_that_is_no_longer_needed_goes(grades: dict[str, tuple[float, str]]) -> None:
    assert [place for place in HARD if place not in grades or grades[place][0] <= MOST] == []
    assert all(HARD.values())


def pages(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """(name, Markdown) of what patients are given: reports and handouts of many cases, the plain articles."""
    stories = [case.text for cases in knowledge.pack.cases.values() for case in cases if len(case.text) > 40]
    for story in stories[:: max(1, len(stories) // PAGES)]:
        case = parse(story, knowledge.vocabulary)
        for kind in ("report", "handout"):
            wanted = Wanted(kind=kind, form="markdown", reader="patient", as_of="2026-11-22")
            yield f"{kind} of {story[:40]!r}", write_document(knowledge, case, wanted).decode()
    for name in knowledge.pack.conditions:
        made = article(knowledge, "condition", name, patient=True)
        lines = [line.plain for section in made.sections for line in lines_of_section(section)]
        yield f"article {name}", "\n\n".join(f"- {line}" for line in lines)


PAGES = 20


def test_no_bare_per_cent_on_a_page_for_patients(knowledge: Knowledge) -> None:
    assert [name for name, text in pages(knowledge) if re.search(r"\d\s?%|per cent", text)] == []


def test_whole_pages_are_plain(knowledge: Knowledge) -> None:
    """As it comes out: the page's grade as one text, whatever it was put together from."""
    found = {name: textstat.flesch_kincaid_grade(" ".join(said(text))) for name, text in pages(knowledge)}
    assert len(found) > 100
    assert median(found.values()) <= MEDIAN
    assert {name: grade for name, grade in found.items() if grade > MOST} == {}


def said(markdown: str) -> Iterator[str]:
    """Items and paragraphs as sentences; not the words of the patient, nor the stamp at the foot."""
    body, _, _ = markdown.partition("\n---\n")
    for line in body.splitlines():
        text = re.sub(r"[*>#|_☐]|^[-\d.\s]+|“.*?”", "", line).strip(" -")
        if len(text.split()) > HEADING:
            yield text if text.endswith((".", "?", "!")) else f"{text}."
