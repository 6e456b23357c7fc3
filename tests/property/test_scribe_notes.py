"""What holds of every note: each line rests on words that were said, and no medicine, dose or side was not."""

from __future__ import annotations

import re

import pytest
from visits_on_disk import misheard, scripts

from hickam.intake.dialogue import turns_of_text
from hickam.intake.dialogue.spoken import sentences
from hickam.intake.matching import find_matches
from hickam.intake.medicines import DRUGLIKE
from hickam.intake.words import tokenise
from hickam.model.note import VisitNote
from hickam.services.knowledge import Knowledge
from hickam.services.scribe import draft_note, visit_of
from hickam.services.scribe_evaluation import Script

DOSE = re.compile(r"\b\d+(?:\.\d+)?(?=\s?(?:mg|g|mcg|micrograms?|ml|units?)\b)")
FIGURE = re.compile(r"\d+(?:\.\d+)?")
SIDES = {"left", "right"}


def said_in(text: str, knowledge: Knowledge) -> tuple[set[str], set[str], set[str]]:
    """Medicines, doses and sides that a text names."""
    spoken = " ".join(w.text for n, line in enumerate(text.splitlines()) for s in sentences(line, n) for w in s)
    tokens = tokenise(spoken)
    entries = knowledge.vocabulary.entries
    drugs = {
        tokens[m.lo].stem for m in find_matches(knowledge.vocabulary.trie, tokens) if entries[m.entry].kind == "drug"
    }
    drugs |= {t.stem for t in tokens if DRUGLIKE.match(t.text.lower())}
    return drugs, set(DOSE.findall(spoken)), {t.stem for t in tokens} & SIDES


def written_in(note: VisitNote, knowledge: Knowledge) -> tuple[set[str], set[str], set[str]]:
    """The same of a note's own lines, the pack's names of findings apart."""
    named = {f.name for f in knowledge.pack.findings.values()}
    text = "\n".join(line.text for line in note.lines)
    for name in sorted(named, key=len, reverse=True):
        text = text.replace(name, "")
    return said_in(text, knowledge)


def note_of(knowledge: Knowledge, script: Script, rate: float = 0.0, seed: int = 0) -> VisitNote:
    speech = misheard(script, seed, rate) if rate else turns_of_text(script.script)
    visit = visit_of(knowledge, speech)
    return draft_note(knowledge, visit, visit.certain(), transcript=script.script.encode(), as_of="2026-01-01")


@pytest.mark.parametrize("script", scripts(), ids=lambda s: s.name)
def test_no_medicine_dose_or_side_that_was_not_said(script: Script, knowledge: Knowledge) -> None:
    truth = said_in(script.script, knowledge)
    for written, said in zip(written_in(note_of(knowledge, script), knowledge), truth, strict=True):
        assert written <= said


@pytest.mark.parametrize("script", scripts(), ids=lambda s: s.name)
@pytest.mark.parametrize("rate", [0.03, 0.1, 0.25])
def test_what_was_misheard_is_asked_and_not_written(script: Script, rate: float, knowledge: Knowledge) -> None:
    truth = said_in(script.script, knowledge)
    note = note_of(knowledge, script, rate, seed=len(script.name))
    for written, said in zip(written_in(note, knowledge), truth, strict=True):
        assert written <= said


def test_the_check_finds_a_medicine_a_dose_and_a_side_that_were_not_said(knowledge: Knowledge) -> None:
    truth = said_in("Patient: My calf hurts. I take amlodipine, five milligrams.", knowledge)
    written = said_in("left calf; amlodipine 10 mg; simvastatin", knowledge)
    assert [w - t for w, t in zip(written, truth, strict=True)] == [{"simvastatin"}, {"10"}, {"left"}]


@pytest.mark.parametrize("script", scripts(), ids=lambda s: s.name)
def test_every_line_quotes_the_turns_it_rests_on(script: Script, knowledge: Knowledge) -> None:
    turns = {t.id: t.text for t in turns_of_text(script.script)}
    for line in note_of(knowledge, script).lines:
        assert line.places
        for place in line.places:
            assert turns[place.turn][place.start : place.end] == place.words
            assert place.words.strip() in line.text


@pytest.mark.parametrize("script", [s for s in scripts() if s.gold.keep], ids=lambda s: s.name)
def test_words_of_safety_and_mind_stand_in_the_note_whatever_is_confirmed(script: Script, knowledge: Knowledge) -> None:
    visit = visit_of(knowledge, turns_of_text(script.script))
    note = draft_note(knowledge, visit, (), transcript=b"", as_of="2026-01-01")
    text = "\n".join(line.text for line in note.lines)
    assert [words for words in script.gold.keep if words not in text] == []


@pytest.mark.parametrize("script", scripts(), ids=lambda s: s.name)
def test_what_the_patient_said_is_in_the_note_or_in_the_list_of_what_is_not(
    script: Script, knowledge: Knowledge
) -> None:
    note = note_of(knowledge, script)
    held = [p for line in note.lines for p in line.places] + [s.place for s in note.left_out]
    for number, turn in enumerate(turns_of_text(script.script)):
        if turn.role == "clinician":
            continue
        for line in sentences(turn.text, number):
            if len(line) > 1:
                start, end = line[0].start, line[-1].end
                assert any(p.turn == turn.id and p.start < end and start < p.end for p in held), turn.text[start:end]


@pytest.mark.parametrize("script", scripts(), ids=lambda s: s.name)
def test_a_dose_is_the_one_the_scripts_author_wrote_down(script: Script, knowledge: Knowledge) -> None:
    visit = visit_of(knowledge, turns_of_text(script.script))
    for m in visit.medicines:
        if m.dose:
            said = [str(dose) for name, dose in script.gold.drugs.items() if m.name.lower() in name]
            arguable = m.name.lower() in {*script.gold.either_drugs, *script.gold.stopped}
            assert arguable or [FIGURE.findall(dose) for dose in said] == [FIGURE.findall(m.dose)], m.name


@pytest.mark.parametrize("script", scripts(), ids=lambda s: s.name)
def test_a_medicine_of_a_plan_an_allergy_or_somebody_else_is_not_taken(script: Script, knowledge: Knowledge) -> None:
    visit = visit_of(knowledge, turns_of_text(script.script))
    taken = {m.name.lower() for m in visit.medicines if m.current}
    assert taken & set(script.gold.said_not_taken) - set(script.gold.drugs) == set()
