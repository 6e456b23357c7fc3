"""The plan is for this patient: drugs by any name, their interactions, tests not worth doing, pitfalls that apply."""

from __future__ import annotations

import pytest

from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

QUICK = Options(draws=0, explain=False, steps=0)
NIGHT = "72-year-old woman, cramps in both calves at night, for years, lasting a minute, stretching helps. "


def _answer(knowledge: Knowledge, text: str) -> Assessment:
    return assess(knowledge, parse(text, knowledge.vocabulary), QUICK)


@pytest.mark.parametrize(
    ("said", "drug"),
    [
        ("atorvastatin 40 mg", "Statins"),
        ("Lipitor", "Statins"),
        ("a statin", "Statins"),
        ("atorvastatn", "Statins"),
        ("bendroflumethiazide", "Thiazide and thiazide-like diuretics"),
        ("water tablets", "Thiazide and thiazide-like diuretics"),
        ("salbutamol", ""),
        ("Ventolin", ""),
    ],
)
def test_a_drug_is_reviewed_by_name_brand_class_or_misspelt(knowledge: Knowledge, said: str, drug: str) -> None:
    found = _answer(knowledge, NIGHT + f"Takes {said}.").medication_review
    assert found
    for entry in found:
        assert entry.action
        assert "stop" not in entry.action.lower() or "prescriber" in entry.action.lower()
        assert entry.effects
        assert entry.sources
    if drug:
        assert drug in {entry.drug for entry in found}


def test_a_danger_that_is_not_excluded_forbids_what_another_cause_is_treated_with(knowledge: Knowledge) -> None:
    ache = "I'm 74. For two months a dull ache in the front of my right thigh, worse when I walk. I never fell. "
    said = {part.text: part.because for part in _answer(knowledge, ache + "I take alendronic acid.").cautions}
    forbidden = [text for text in said if text.startswith("Physiotherapy: Not before films of both whole femurs")]
    assert [said[text] for text in forbidden] == [("Atypical femoral fracture, not excluded",)]
    without = _answer(knowledge, ache).cautions
    assert not any("femurs" in part.text for part in without)


def test_a_danger_far_behind_the_likely_cause_is_looked_for_and_not_treated(knowledge: Knowledge) -> None:
    found = _answer(
        knowledge,
        "I fell off a ladder two hours ago and can't put any weight on my right leg, it is swollen above the ankle.",
    )
    assert not {item.condition for item in found.management} & {"deep_vein_thrombosis", "pulmonary_embolism"}
    assert "X-ray" in " ".join(step.test for step in found.workup[:3])


def test_strength_comes_with_its_interval(knowledge: Knowledge) -> None:
    found = _answer(knowledge, NIGHT + "Takes a statin.").medication_review
    ratio = next(entry.odds_ratio for entry in found if entry.drug == "Statins")
    assert ratio is not None
    assert ratio.low < ratio.value < ratio.high


def test_a_named_drug_is_not_reviewed_again_as_its_class(knowledge: Knowledge) -> None:
    found = _answer(knowledge, NIGHT + "Takes bendroflumethiazide, a water tablet.").medication_review
    assert [entry.drug for entry in found].count("Thiazide and thiazide-like diuretics") == 1
    assert "Loop diuretics" not in {entry.drug for entry in found}


def test_two_drugs_of_the_patient_that_harm_each_other_are_named_once(knowledge: Knowledge) -> None:
    cautions = _answer(knowledge, NIGHT + "Takes simvastatin and clarithromycin.").cautions
    found = [c for c in cautions if set(c.because) == {"Statins", "Macrolide antibiotics"}]
    assert len(found) == 1
    assert found[0].sources
    alone = _answer(knowledge, NIGHT + "Takes simvastatin.").cautions
    assert not [c for c in alone if "Macrolide antibiotics" in c.because]


def test_a_suggested_treatment_that_meets_a_drug_of_the_patient_is_cautioned(knowledge: Knowledge) -> None:
    text = NIGHT + "Takes atenolol and simvastatin."
    assert any("diltiazem" in c.text.lower() for c in _answer(knowledge, text).cautions)


def test_tests_not_worth_doing_are_those_nothing_here_asks_for(knowledge: Knowledge) -> None:
    def stopped(text: str) -> set[str]:
        return {w.test for w in _answer(knowledge, text).workup if w.stage == "not_worth_it"}

    plain, diuretic = stopped(NIGHT), stopped(NIGHT + "Takes bendroflumethiazide.")
    assert "Sodium and potassium" in plain
    assert "Sodium and potassium" not in diuretic
    assert not stopped("60-year-old man, painful swollen left calf since two days, after an operation")


def test_a_pitfall_of_a_rule_is_shown_only_where_the_rule_holds(knowledge: Knowledge) -> None:
    def told(text: str) -> str:
        return " ".join(p.text for p in _answer(knowledge, text).pitfalls)

    assert "Most muscle symptoms on a statin" in told(NIGHT + "Takes a statin.")
    assert "Most muscle symptoms on a statin" not in told(NIGHT)


def test_a_pitfall_of_the_leading_cause_is_shown_only_to_whom_it_concerns(knowledge: Knowledge) -> None:
    story = "68-year-old man, smoker, hypertension. Cramping calf pain after 200 m of walking, gone within minutes of standing still. "

    def told(text: str) -> list[str]:
        return [p.text for p in _answer(knowledge, text).pitfalls]

    normal = "A normal ankle index in diabetes or great age does not exclude it."
    assert normal in told(story + "He has diabetes.")
    assert normal not in told(story)
    assert any(text.startswith("Normal pulses do not exclude it") for text in told(story + "Foot pulses normal."))


@pytest.mark.parametrize(
    ("told", "done", "never"),
    [
        (
            "3 yo limping, fever 39, won't bear weight R leg, thigh pain",
            "Washout or repeated aspiration",
            "see again in two days",
        ),
        (
            "31M, tibial fracture in cast, increasing calf pain out of proportion, pain on passive stretch, tingling",
            "Release all dressings to skin",
            "heparin at once",
        ),
        (
            "67M smoker, diabetes, calf pain walking 100m, now pain in the foot at night, ulcer toe",
            "Refer at once to a vascular team",
            "heparin at once",
        ),
        (
            "79F on furosemide, spironolactone, ramipril, digoxin; cramps legs, vomiting and diarrhoea x4d, muscle weakness",
            "Pause diuretic, renin-angiotensin drug",
            "hypertonic saline",
        ),
        (
            "Leg in plaster since Monday, pain worse by the hour, toes tingle, hurts like mad when the nurse bent my toes",
            "Release all dressings to skin",
            "heparin at once",
        ),
    ],
)
def test_what_is_done_first_is_for_the_danger_and_no_more_than_it_warrants(
    knowledge: Knowledge, told: str, done: str, never: str
) -> None:
    first = [item.step for item in _answer(knowledge, told).management if item.line == "first"]
    assert any(done in step for step in first[:2])
    assert not any(never in step for step in first[:2])


def test_a_warning_of_the_wrong_door_is_for_those_it_concerns(knowledge: Knowledge) -> None:
    def warned(told: str) -> str:
        return " ".join(text for to in _answer(knowledge, told).route.referrals for text in to.warnings)

    child = "7 year old boy, pain in one leg at night, limping, lost weight, pale and bruises"
    assert "child who will not walk" in warned(child)
    assert "compartment syndrome" not in warned(child)
    assert "compartment syndrome" in warned("31M tibial fracture in cast, calf pain out of proportion, tingling")


def test_the_tests_of_the_danger_come_first(knowledge: Knowledge) -> None:
    told = "48M back pain, both legs cramp and numb, can't pee since this morning, numb around the bottom"
    assert _answer(knowledge, told).workup[0].test.startswith("Ask directly about bladder, bowel, saddle")


def test_a_danger_that_is_only_to_be_looked_for_is_not_treated(knowledge: Knowledge) -> None:
    told = (
        "58-year-old man with Parkinson's disease on levodopa. Every morning on waking the left foot turns in and the "
        "toes curl painfully for half an hour until the first tablet works."
    )
    answer = _answer(knowledge, told)
    looked_for = "Acute limb ischaemia cannot be left"
    assert any(reason.sentence.startswith(looked_for) for reason in answer.urgency.reasons)
    assert not any("heparin" in item.step for item in answer.management)
