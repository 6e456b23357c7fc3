"""Advice to a patient is safe for every cause still in question, and for this patient."""

from __future__ import annotations

import re

import pytest

from hickam.clinic.advice import _advises
from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.services.assess import Options, assess
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge

CLAUDICATION = "70-year-old man with calf cramp on walking 200 metres relieved by standing still"
NIGHT = "72-year-old man wakes with calf cramps three nights a week"
TWO = "60-year-old woman, calf pain when walking and at night, low back pain, better when sitting"


def answer(knowledge: Knowledge, story: str) -> Assessment:
    return assess(knowledge, parse(story, knowledge.vocabulary), Options(draws=0, steps=0, explain=False))


def advised(found: Assessment) -> str:
    return " ".join(text for part in found.patient_advice for text in part.texts)


def test_advice_that_an_open_danger_forbids_is_left_out(knowledge: Knowledge) -> None:
    safe = answer(knowledge, CLAUDICATION + ", no rest pain, foot pulses normal")
    assert safe.patient_advice[0].condition == "peripheral_artery_disease"
    assert "Walking a little further each day" in advised(safe)
    risky = answer(knowledge, CLAUDICATION + ", foot pulses absent, foot hurts at rest in bed")
    listed = {c.condition.id: c.tier for c in risky.differential}
    assert listed["chronic_limb_threatening_ischaemia"] in ("do_not_miss", "most_likely")
    assert "Walking a little further each day" not in advised(risky)


def test_advice_that_this_patient_cannot_take_is_left_out(knowledge: Knowledge) -> None:
    assert "Stretch your calves" in advised(answer(knowledge, NIGHT))
    taking = answer(knowledge, NIGHT + ", takes ciprofloxacin")
    assert "Stretch your calves" not in advised(taking)
    assert "Do not take quinine" in advised(taking)
    heat = "30-year-old roofer, calf and thigh cramps after hours of work in the heat with heavy sweating"
    assert "Sip a sports drink" in advised(answer(knowledge, heat))
    assert "Sip a sports drink" not in advised(answer(knowledge, heat + ", has heart failure"))


def test_each_likely_cause_has_its_own_words_with_an_if(knowledge: Knowledge) -> None:
    found = answer(knowledge, TWO)
    assert len(found.patient_advice) > 1
    assert not any(part.sure for part in found.patient_advice)
    case = parse(TWO, knowledge.vocabulary)
    page = write_document(knowledge, case, Wanted(kind="handout", form="text", as_of="2026-11-22")).decode()
    assert page.count("If it is this:") == len([part for part in found.patient_advice if not part.warns])
    assert [t for t in found.what_to_tell_the_patient if t.startswith("If it is this:")]


def test_what_an_open_danger_forbids_is_said(knowledge: Knowledge) -> None:
    story = "7-year-old boy, leg pains for a month, wakes at night, pale, bruises, fever, tired"
    found = answer(knowledge, story)
    warned = [text for part in found.patient_advice if part.warns for text in part.texts]
    assert "Do not give ibuprofen or aspirin until the blood result is known." in warned
    assert len(warned) == len(set(warned))
    case = parse(story, knowledge.vocabulary)
    page = write_document(knowledge, case, Wanted(kind="handout", form="text", as_of="2026-11-22")).decode()
    assert "Until this is clear:" in page
    assert not [text for text in warned if not text.startswith(("Do not", "Never"))]
    assert not [part for part in answer(knowledge, NIGHT).patient_advice if part.warns]


def test_a_warning_is_no_advice(knowledge: Knowledge) -> None:
    massage = knowledge.pack.treatments["massage_heat"]
    assert _advises("Moving, massage or a warm bath can help.", massage)
    assert not _advises("You may walk. Do not rub or massage the calf.", massage)
    assert not _advises("Do not have it massaged hard.", massage)
    assert not _advises("Your muscles cramp after sweating.", massage)


def test_no_advice_that_any_listed_cause_forbids(knowledge: Knowledge) -> None:
    """Over stories of many kinds: what a page advises is avoided by no likely cause and by no open danger."""
    pack = knowledge.pack
    told = [case.text for cases in pack.cases.values() for case in cases if len(case.text) > 30][:60]
    assert len(told) > 30
    for text in told:
        found = answer(knowledge, text)
        asked = {part.condition for part in found.patient_advice}
        asked |= {c.condition.id for c in found.differential if c.tier == "do_not_miss"}
        for part in found.patient_advice:
            for name in asked - {part.condition}:
                forbidden = {s.treatment for s in pack.conditions[name].management if s.line == "avoid" and s.treatment}
                forbidden |= {t.id for t in pack.treatments.values() if name in t.caution}
                for line in part.texts:
                    assert not [t for t in forbidden if _advises(line, pack.treatments[t])], (text, name, line)


@pytest.mark.parametrize("name", ["stretching", "massage_heat", "compression_stockings", "supervised_walking", "nsaid"])
def test_the_words_of_a_treatment_are_found_in_the_texts(knowledge: Knowledge, name: str) -> None:
    item = knowledge.pack.treatments[name]
    lines = [text for c in knowledge.pack.conditions.values() for text in c.patient_text]
    assert [w for w in item.advice_words if not any(re.search(rf"\b{re.escape(w)}", x, re.I) for x in lines)] == []
