"""Unit: readings that would be dangerous to get wrong, with the leg cramps pack.

One row: a text; what must be present, absent, and must not be stated as present. A name with ``=`` is a value.
Facts, people and numbers have tables of their own.
"""

from __future__ import annotations

import pytest
from leg_cramps_words import vocabulary

from hickam.intake import IntakeError, case_from_json, parse, understood_nothing
from hickam.model.case import Case
from hickam.services.knowledge import open_knowledge


def read(text: str) -> Case:
    return parse(text, vocabulary())


def present(case: Case) -> set[str]:
    found = [o for o in case.observations if o.state == "present"]
    return {o.finding for o in found} | {f"{o.finding}={v}" for o in found for v in o.values}


def absent(case: Case) -> set[str]:
    return {o.finding for o in case.observations if o.state == "absent"}


POLARITY = [
    ("Her left calf hurts. -fever, -swelling, -SOB", "", "fever leg_swelling dyspnoea", ""),
    ("Calf pain, (-) edema", "site_calf", "leg_swelling", ""),
    ("calf pain, oedema (-)", "", "leg_swelling", ""),
    ("leg cramps -worse at night", "quality=cramp timing_night", "", ""),
    ("He does not deny calf swelling", "leg_swelling_unilateral", "", ""),
    ("I wasn't able to feel a pulse in my foot, leg cold", "absent_pedal_pulses cool_leg", "", ""),
    ("Calf pain worse at night and not relieved by stretching", "timing_night", "stretch_relief", ""),
    ("no cold foot, no numbness, no weakness, calf cramps", "quality=cramp", "cold_foot_symptom muscle_weakness", ""),
    ("No fever, leg cramps", "quality=cramp", "fever", ""),
    ("no redness, leg cold", "cool_leg", "leg_redness", ""),
    ("denies fever, leg swelling, chest pain", "", "fever leg_swelling chest_pain", ""),
    ("No calf swelling, tenderness or redness", "", "leg_swelling_unilateral leg_redness", ""),
    ("My baby will not move her left leg since this morning", "sudden_onset", "", ""),
    ("cannot concentrate, low mood, pain in legs", "low_mood", "", ""),
    ("cannot walk, calf tender", "unable_to_walk calf_tenderness", "", ""),
    ("could not sleep and next morning could not move his arms and legs", "attacks_of_paralysis", "", ""),
    ("Never had cramps until she started indapamide", "quality=cramp takes_thiazide", "", ""),
    ("takes three drugs, none a diuretic; leg cramps", "quality=cramp", "takes_diuretic", ""),
    ("EMG shows no denervation, twitching calves", "fasciculations", "", ""),
    ("No urge to move in the evening, leg cramps", "", "", "evening_worse"),
    ("Any fever? Yes. Calf swelling? No.", "fever", "leg_swelling_unilateral", ""),
]
OTHERS = [
    ("leg cramps, wife worried it's cancer", "quality=cramp", "", "cancer_active"),
    ("worried about her diabetes, leg cramps", "diabetes", "", ""),
    ("leg cramps, can I take quinine", "", "", "takes_quinine"),
    ("leg cramps, trying to get pregnant", "", "", "pregnant"),
    ("statin was stopped last year, leg cramps", "", "", "takes_statin"),
    ("leg cramps. refuses atorvastatin", "", "", "takes_statin"),
    ("calf sore, flying to Spain next week", "", "", "immobility_travel"),
    ("operation next week, leg cramps", "", "", "recent_surgery"),
    ("leukaemia in remission, leg cramps", "", "", "leukaemia_lymphoma"),
    ("my friend coughed up blood. my calf hurts", "site_calf", "", "haemoptysis"),
    ("diabetes runs in the family. leg cramps", "quality=cramp", "", "diabetes"),
    ("varicose veins in my mother. I get leg cramps", "quality=cramp", "", "varicose_veins"),
    ("my cat has diabetes. I have leg cramps", "", "", "diabetes"),
    ("My mother is on furosemide. I have leg cramps", "", "", "takes_loop_diuretic"),
    ("My sister takes simvastatin. I have leg cramps", "", "", "takes_statin"),
    ("My husband has restless legs and I have leg cramps", "quality=cramp family_rls", "", "quality=urge_to_move"),
    ("I'm 45, my mother has PAD, calf pain on walking", "site_calf family_pad_cvd", "", ""),
    ("My mother had a clot. My calf is swollen.", "thrombophilia_family_vte leg_swelling_unilateral", "", ""),
    ("bad cramps in both calves. My husband, 60, has diabetes", "quality=cramp", "", "diabetes"),
]
SIGNS = [
    ("worried I have a blood clot, calf is swollen and hot", "leg_swelling_unilateral", "", ""),
    ("Swollen left leg?", "leg_swelling_unilateral", "", ""),
    ("Hb 60, leg cramps", "anaemia", "", ""),
    ("calf swollen x3d", "onset_days", "", ""),
    ("leg is cold and white", "cool_leg pale_leg", "", ""),
    ("my leg turned white and cold", "cool_leg pale_leg", "", ""),
    ("leg is cold, pale, numb, no pulses", "cool_leg pale_leg absent_pedal_pulses", "", ""),
    ("leg painful, no pulses below the groin", "absent_pedal_pulses", "", ""),
    ("can't feel pulses in left foot, calf pain", "absent_pedal_pulses", "", ""),
    ("ulcer on the big toe, pulses absent", "leg_ulcer_gangrene absent_pedal_pulses", "", ""),
    ("white toes, leg pain", "pale_leg", "", ""),
    ("my leg is blue", "mottled_cyanotic", "", ""),
    ("calf is red and hot", "leg_redness leg_warmth", "", ""),
    ("blue and red broken veins on my calves", "telangiectasia_spider_veins", "", "leg_redness"),
    ("left calf swollen and tender with pitting oedema", "pitting_oedema_unilateral", "", "pitting_oedema_bilateral"),
    ("pitting oedema of both legs", "pitting_oedema_bilateral", "", "pitting_oedema_unilateral"),
    ("agony when someone moves my toes", "pain_passive_stretch", "", "toe_movements_involuntary"),
    ("my pee is a normal colour, thighs sore", "", "", "dark_urine"),
    ("His right hand shakes at rest, legs stiff", "rest_tremor", "", "at_rest"),
    ("I don't know, but my leg is red", "leg_redness", "", "site_buttock_hip"),
    ("I am florbing my calves, leg cramps", "quality=cramp", "", "heavy_menses"),
    ("leg pain. Compression helps", "", "", "elevation_relief"),
    ("leg pain at most 5/10", "", "", "timing_night"),
    ("hardly any urine, leg cramps", "reduced_urine", "", ""),
    ("leg cramps, not diabetic", "", "diabetes", "hba1c_glucose_high"),
    ("LLE pain", "unilateral", "", ""),
]
TIMES = [
    ("I gave birth nine days ago, calf sore", "postpartum", "", "onset_days"),
    ("had a baby last week, one calf hurts", "postpartum", "", "onset_days"),
    ("leg pain since my baby was born 2 years ago", "", "", "postpartum"),
    ("Knee replacement eleven days ago, calf is swollen", "recent_surgery", "", "onset_days"),
    ("knee replacement six years ago, calf cramps", "", "", "recent_surgery"),
    ("tick bite 3 weeks ago, leg pain", "", "", "onset_weeks_months"),
    ("leg pain worse than yesterday", "", "", "onset_days"),
    ("leg pain on my mile walk every morning", "", "", "onset_days"),
    ("tingling feet for five days", "onset_days", "", ""),
    ("could walk 300 m until four days ago. Since then the foot hurts all the time", "onset_days", "", ""),
    ("Calf cramp woke me at four. A bit sore next day", "quality=cramp", "", "onset_days"),
    ("K 4.1 mmol/L, cramps in legs", "", "", "unilateral"),
    ("Constant pain in the thigh, wakes me at night", "night_pain_wakes_constant", "", ""),
]


@pytest.mark.parametrize(("text", "is_present", "is_absent", "not_present"), [*POLARITY, *OTHERS, *SIGNS, *TIMES])
def test_what_is_read(text: str, is_present: str, is_absent: str, not_present: str) -> None:
    case = read(text)
    told, denied = present(case), absent(case)
    assert set(is_present.split()) <= told, (sorted(told), case.notes)
    assert set(is_absent.split()) <= denied, (sorted(denied), case.notes)
    assert not told & {*not_present.split(), *is_absent.split()}
    assert not denied & set(is_present.split())


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Calf pain ?DVT", set()),
        ("Swollen calf, DVT/PE?", set()),
        ("calf pain, DVT unlikely", set()),
        ("back pain ?CES", set()),
        ("anxious about ALS, leg cramps", set()),
        ("GP thinks sciatica. leg pain", set()),
        ("scan shows likely DVT", set()),
        ("Father with diabetes and PAD; patient has leg cramps", set()),
        ("Known peripheral arterial disease, leg pain", {"peripheral_artery_disease"}),
    ],
)
def test_known_conditions(text: str, facts: set[str]) -> None:
    assert {f.condition for f in read(text).facts} == facts


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("CK 25,000 U/L leg pain", None, None),
        ("Father with diabetes and PAD in his sixties; patient has leg cramps", None, None),
        ("My husband has restless legs and I have leg cramps", None, None),
        ("varicose veins in my mother. I get leg cramps", None, None),
        ("bad cramps in both calves. My husband, 60, has diabetes", None, None),
        ("My husband 74 has leg cramps", 74, "male"),
        ("My dad 79 gets leg cramps", 79, "male"),
    ],
)
def test_whose_age_and_sex(text: str, age: float | None, sex: str | None) -> None:
    case = read(text)
    assert (case.age, case.sex) == (age, sex)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CK 12.000, leg pain", "creatine_kinase=ck_gt_50"),
        ("CK 12k, leg pain", "creatine_kinase=ck_gt_50"),
        ("K 2,4 leg cramps", "potassium=k_lt_2_5"),
        ("BP 120/80, K 3,1, CK 450 u/l", "potassium=k_3_0_3_3"),
        ("ABI 0,4 calf pain", "abi=abi_lt_0_5"),
        ("ABI R 0.45 L 0.9", "abi=abi_lt_0_5"),
        ("ABI left 1.1, right 0.6, calf pain", "abi=abi_0_5_0_7"),
        ("leg red, 38.9C", "fever"),
        ("leg red, 101.5F", "fever"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert value in present(read(text))


@pytest.mark.parametrize("text", ["leg pain", "my leg hurts"])
def test_a_leg_that_hurts_is_a_complaint(text: str) -> None:
    case = read(text)
    assert case.complaint == "leg"
    assert not understood_nothing(case)


@pytest.mark.parametrize(
    ("values", "finding", "value"),
    [
        ({"potassium": "2.9 mEq/L"}, "potassium", 2.9),
        ({"calcium": "6.8 mg/dL"}, "calcium", 1.7),
        ({"ankle_brachial_index": "0.6"}, "abi", 0.6),
        ({"creatine_kinase": "12,000 U/L"}, "creatine_kinase", 60),
        ({"temperature": "101.5 F"}, "fever", 38.6),
    ],
)
def test_values_as_text_with_a_unit(values: dict[str, str], finding: str, value: float) -> None:
    case = case_from_json({"values": values}, vocabulary())
    told = next(o for o in case.observations if o.finding == finding)
    assert told.value == pytest.approx(value, abs=0.05)


@pytest.mark.parametrize(
    "data",
    [
        {"values": {"potassium": True}},
        {"values": {"potassium": "2.9 furlongs"}},
        {"present": ["quality"]},
        {"present": [3]},
        {"known_conditions": [{"id": "hypothyroidism", "stat": "past"}]},
        {"medications": [3, None]},
        {"text": False},
        {"sex": "male", "present": ["pregnant"]},
    ],
)
def test_what_would_be_lost_in_silence_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(IntakeError):
        case_from_json(data, vocabulary())


def test_an_impossible_age_is_refused_and_an_unknown_medicine_noted() -> None:
    with pytest.raises(IntakeError):
        parse("leg cramps", vocabulary(), age=400)
    case = case_from_json({"medications": ["zzzz"]}, vocabulary())
    assert any("zzzz" in n for n in case.notes)


def test_a_contradiction_given_as_data_names_the_finding() -> None:
    case = case_from_json({"present": ["fever"], "absent": ["fever"]}, vocabulary())
    assert "()" not in case.conflicts[0].sentence


def test_words_in_dispute_deny_nothing_else() -> None:
    case = read("calf pain, pulses absent, pulses normal")
    assert {c.finding for c in case.conflicts} == {"absent_pedal_pulses"}
    assert not {"absent_pedal_pulses", "reduced_pulses"} & (present(case) | absent(case))


def test_the_place_of_the_pain_is_kept_beside_an_examination() -> None:
    assert "site_calf" in present(read("calf pain, pulse 80"))
    assert "site_calf" not in present(read("no calf pain, pulse 80"))


@pytest.mark.parametrize(
    "text",
    [
        "On simvastatin, using Fucidin cream, calf cramps",
        "Simvastatin. Ketoconazole 2% shampoo for the scalp. Calf cramps",
        "simvastatin and hydrocortisone ointment, calf cramps",
        "simvastatin, prednisolone eye drops, calf cramps",
    ],
)
def test_what_is_put_on_the_skin_is_not_taken(text: str) -> None:
    case = read(text)
    assert {m.drug for m in case.medications if m.drug} == {"statins"}
    assert "takes_corticosteroid" not in present(case)


def test_a_tablet_beside_a_cream_is_taken() -> None:
    case = read("Takes prednisolone 5 mg, and a cream for the rash. Calf cramps")
    assert {m.drug for m in case.medications} == {"corticosteroids_systemic"}


def test_a_story_is_read_wherever_it_is_cut_off() -> None:
    """While it is typed or dictated a story ends at any word: 'my calf hurts on the left' was a crash."""
    stories = [case.text for cases in open_knowledge().pack.cases.values() for case in cases if len(case.text) > 40]
    for story in [*stories[:: len(stories) // 20], "My calf hurts on the left leg, worse at night on both sides than"]:
        words = story.split(" ")
        for end in range(1, len(words)):
            text = " ".join(words[:end])
            assert parse(text, vocabulary()).text == text
