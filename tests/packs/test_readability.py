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
from jinja2.ext import babel_extract

from hickam.model.pack import Pack
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.topic import PLAIN_PARTS

MEDIAN, MOST = 7.0, 9.0
TEMPLATES = ("patient_parts.md", "report_patient.md", "handout.md", "result.md")
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


@pytest.fixture(scope="module")
def grades(knowledge: Knowledge) -> dict[str, tuple[float, str]]:
    """Grade and text by place."""
    found = {place: text for place, text in (*pack_texts(knowledge.pack), *template_texts()) if text.strip()}
    return {place: (textstat.flesch_kincaid_grade(text), text) for place, text in found.items()}


def test_the_measure_tells_plain_words_from_jargon() -> None:
    plain = "Pull your toes up. Hold until the cramp lets go."
    jargon = "Idiopathic nocturnal musculoskeletal contractions necessitate electrophysiological characterisation."
    assert textstat.flesch_kincaid_grade(plain) < 3
    assert textstat.flesch_kincaid_grade(jargon) > 15


@pytest.mark.parametrize("kind", ["articles", "conditions", "findings", "rules", "templates", "treatments"])
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
