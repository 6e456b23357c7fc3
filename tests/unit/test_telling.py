"""Serious news: a patient reads what to do and how soon, and the name only by choice or when it is known already."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hickam.intake.reading import parse
from hickam.interfaces.cli.main import main
from hickam.model.case import Case, Fact, Observation
from hickam.model.condition import Condition
from hickam.services.ask import AskOptions, ask
from hickam.services.ask_telling import IN_PERSON
from hickam.services.assess import Options, assess
from hickam.services.claims_index import ClaimsIndex
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge, open_knowledge

STORY = (
    "66-year-old man. For six months wasting and weakness of the right leg, twitching of the muscles in legs and arms, "
    "brisk reflexes, cramps every day, slurred speech, no numbness."
)
HELD = sorted(item.id for item in open_knowledge().pack.conditions.values() if item.tell_in_person)


def names_of(item: Condition) -> list[str]:
    return [name.lower() for name in (item.name.split(" (")[0], item.lay_name, *item.synonyms) if len(name) > 3]


def motor_case(knowledge: Knowledge) -> Case:
    return parse(STORY, knowledge.vocabulary)


def typical(knowledge: Knowledge, name: str) -> Case:
    """Someone with the signs that this condition shows most often."""
    item = knowledge.pack.conditions[name]
    often = [
        e for e in item.findings if (e.value and e.value[0] >= 0.5) or (e.counts and e.counts[0] * 2 > e.counts[1])
    ]
    signs = [e.finding for e in often if knowledge.pack.findings[e.finding].type == "yes_no"]
    observed = tuple(Observation(finding=f, state="present") for f in signs)
    young = name in ("childhood_leukaemia", "bone_tumour", "becker_muscular_dystrophy")
    return Case(age=12 if young else 60, sex="male", setting="primary_care", observations=observed)


def text(knowledge: Knowledge, case: Case, **wanted: object) -> str:
    asked = Wanted(form="text", reader="patient", as_of="2026-11-22", **wanted)  # type: ignore[arg-type]
    return " ".join(write_document(knowledge, case, asked).decode().split())


@pytest.mark.parametrize("name", HELD)
def test_no_patient_document_names_it_and_none_is_less_urgent(knowledge: Knowledge, name: str) -> None:
    case, item = typical(knowledge, name), knowledge.pack.conditions[name]
    told = assess(knowledge, case, Options(reader="patient", full=True, draws=0))
    kept = assess(knowledge, case, Options(reader="patient", draws=0))
    assert (kept.urgency.level, kept.urgency.not_asked) == (told.urgency.level, told.urgency.not_asked)
    assert [c.cause for c in kept.differential] == [c.cause for c in told.differential]
    assert item.lay_name.lower() in text(knowledge, case, full=True).lower()
    for kind in ("report", "handout"):
        page = text(knowledge, case, kind=kind)
        assert [n for n in names_of(item) if n in page.lower()] == []
        assert "Call the emergency number" in page


@pytest.mark.parametrize("name", HELD)
def test_what_is_said_instead_is_not_the_name(knowledge: Knowledge, name: str) -> None:
    item = knowledge.pack.conditions[name]
    assert item.tell_in_person
    said = " ".join((item.tell_in_person.lay_name, *item.tell_in_person.patient_text)).lower()
    assert [n for n in names_of(item) if n in said] == []
    assert item.tell_in_person.sources
    assert set(item.tell_in_person.sources) <= set(knowledge.pack.sources)


def test_a_patient_reads_how_soon_what_to_do_and_that_a_clinician_should_tell(knowledge: Knowledge) -> None:
    case = motor_case(knowledge)
    page = text(knowledge, case)
    assert "See your doctor within two weeks" in page
    assert "a problem with the nerves that move your muscles" in page
    assert "very likely" in page
    assert "of 100" not in page.lower()
    assert "face to face" in page
    assert "Go to hospital at once if you are short of breath or choke" in page


def test_the_choice_to_know_gives_all_of_it(knowledge: Knowledge) -> None:
    page = text(knowledge, motor_case(knowledge), full=True)
    assert "Motor neurone disease: very likely" in page
    assert "Of 100 people" in page
    assert "face to face" not in page


def test_what_is_known_already_is_called_by_its_name(knowledge: Knowledge) -> None:
    case = replace(motor_case(knowledge), facts=(Fact(condition="motor_neurone_disease", status="active"),))
    page = text(knowledge, case)
    assert "motor neurone disease" in page.lower()
    assert "face to face" not in page


def test_a_clinician_is_told_that_it_is_told_in_person(knowledge: Knowledge) -> None:
    case = motor_case(knowledge)
    asked = Wanted(kind="soap", form="text", as_of="2026-11-22")
    note = " ".join(write_document(knowledge, case, asked).decode().split())
    assert "Tell the patient face to face: Motor neurone disease (amyotrophic lateral sclerosis)." in note


@pytest.mark.parametrize("question", ["how likely is it?", "how is it treated?", "why?", "what else could it be?"])
def test_an_answer_to_a_patient_does_not_name_it_either(knowledge: Knowledge, question: str) -> None:
    claims = ClaimsIndex(knowledge)
    found = ask(claims, question, motor_case(knowledge), AskOptions(reader="patient"))
    said = " ".join([s.text for s in (*found.short, *found.support)] + list(found.notes)).lower()
    assert [n for n in names_of(knowledge.pack.conditions["motor_neurone_disease"]) if n in said] == []


def test_a_patient_who_names_it_is_answered(knowledge: Knowledge) -> None:
    claims = ClaimsIndex(knowledge)
    case = motor_case(knowledge)
    found = ask(claims, "Is it motor neurone disease?", case, AskOptions(reader="patient"))
    assert any("Motor neurone disease" in sentence.text for sentence in found.short)
    assert IN_PERSON not in found.notes


def test_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", STORY, "--reader", "patient"]) == 0
    assert "motor neurone" not in capsys.readouterr().out.lower()
    assert main(["note", STORY, "--kind", "handout", "--full"]) == 0
    assert "motor neurone" in capsys.readouterr().out.lower()
    assert main(["figure", "differential", STORY, "--reader", "patient", "--format", "text"]) == 0
    assert "motor neurone" not in capsys.readouterr().out.lower()
    assert main(["figure", "icons", STORY, "--reader", "patient"]) == 2
    assert "face to face" in capsys.readouterr().err
