"""Wordings that once turned a danger round: worry, a lost pulse, units, numbers that are no age, signs of a laboratory."""

from __future__ import annotations

import pytest
from leg_cramps_words import vocabulary

from hickam.intake.reading import parse
from hickam.model.case import Case


def read(story: str) -> Case:
    return parse(story, vocabulary())


def states(story: str) -> dict[str, str]:
    return {o.finding: o.state for o in read(story).observations}


@pytest.mark.parametrize(
    ("story", "finding", "state"),
    [
        ("I am worried that my leg is swollen, red and hot since yesterday.", "leg_redness", "present"),
        ("My calf is swollen and I am short of breath.", "dyspnoea", "present"),
        ("I'm worried because my calf is swollen and I am short of breath.", "dyspnoea", "present"),
        ("My calf is swollen and I have chest pain, should I be worried?", "chest_pain", "present"),
        ("I'm scared my foot is cold and blue.", "cold_foot_symptom", "present"),
        ("Is it dangerous that my foot is cold and white?", "pale_leg", "present"),
        ("What should I do if my leg is swollen?", "leg_swelling_unilateral", "present"),
        ("My leg: it is not swollen, red or hot.", "leg_redness", "absent"),
        ("Leg without pulse, cold.", "cool_leg", "present"),
        ("I couldn't feel my leg this morning.", "limb_sensory_loss_acute", "present"),
        ("My calf hurt and I couldnt move my toes.", "limb_motor_loss_acute", "present"),
        ("Sudden L leg pain 3h ago, cold, pale, paraesthesia.", "pale_leg", "present"),
        ("Sudden leg pain, cold and pale.", "pale_leg", "present"),
        ("Left foot: no pulse, cold, pale.", "pale_leg", "present"),
        ("Pulses not palpable left foot, cool.", "cool_leg", "present"),
        ("Leg pain and a rash that does not fade, fever.", "fever", "present"),
        ("Leg cramps. She does not have fever, cough or swelling.", "cough", "absent"),
        ("No swelling, cold or pale leg.", "pale_leg", "absent"),
        ("Cramps. My calf hurts much worse when I pull my toes up.", "pain_passive_stretch", "present"),
        ("The cramp eases when I pull my toes up.", "stretch_relief", "present"),
        ("Rest pain in the left forefoot relieved by hanging the leg over the bed.", "at_rest", "present"),
        ("Leg cramps. K+ 6.8, palpitations.", "potassium", "present"),
        ("Leg cramps, potassium came back as 7.1.", "potassium", "present"),
        ("For my leg cramps I took 60 quinine tablets this morning.", "medicine_overdose", "present"),
        ("I have swallowed forty of my potassium tablets, leg cramps.", "medicine_overdose", "present"),
        ("He's gone off his legs since yesterday, leg pain.", "unable_to_walk", "present"),
        ("Pain. L calf > R calf by 3 cm.", "calf_circumference_difference", "present"),
        ("Sore left calf. Left calf 38 cm, right calf 34 cm.", "calf_circumference_difference", "present"),
        ("Sore left calf. Left calf 38 cm, right calf 34 cm.", "unilateral", "present"),
        ("Sore calf, 1 cm larger than the other calf, calves 35 and 36 cm.", "calf_circumference_difference", "absent"),
        ("The calf is not swollen, not red, not hot.", "leg_redness", "absent"),
        ("Leg pain after botox? No after epidural 3 days ago, fever, back pain, can't pee.", "fever", "present"),
        ("My thighs ache on the statin. Pee looks dark like tea today.", "dark_urine", "present"),
        ("I get so far, my calf grips, I stand for two minutes, then off I go again.", "rest_relief", "present"),
        ("Calf hurts. I can't stand.", "unable_to_walk", "present"),
        ("Legs weak today, numb to umbilicus, not passed urine.", "sensory_level", "present"),
        ("Legs weak today, numb to umbilicus, not passed urine.", "urinary_retention_incontinence", "present"),
        ("Granddad 85 care home, legs cramping, confused, na 118.", "sodium", "present"),
        ("Granddad 85 care home, legs cramping, confused, na 118.", "confusion", "present"),
        ("Leg cramps, weak getting out of a chair.", "proximal_weakness", "present"),
        ("My legs cramp. I can't get up from a low chair anymore.", "proximal_weakness", "present"),
        ("The calf is not swollen, not red, not hot.", "leg_warmth", "absent"),
    ],
)
def test_dangers_are_read_as_told(story: str, finding: str, state: str) -> None:
    assert states(story).get(finding) == state


@pytest.mark.parametrize(
    ("story", "finding"),
    [
        ("Cramps. My calf hurts much worse when I pull my toes up.", "stretch_relief"),
        ("Rest pain in the left forefoot relieved by hanging the leg over the bed.", "rest_relief"),
        ("Calf pain a week after a fall.", "postpartum"),
        ("Leg cramps, lactate 1.2.", "postpartum"),
        ("A man with leg cramps, BP 130/40.", "pregnant"),
        ("Cramps came back when I went back on it.", "back_pain"),
        ("My legs cramp as I fall asleep.", "falls"),
        ("My feet burn at night, I can't stand the sheets on them.", "unable_to_walk"),
        ("Legs ache all over, brain fog.", "confusion"),
        ("Calf cramps at night, otherwise I'm fit and well.", "seizure"),
        ("Calf cramps, I took 40 mg 2 times.", "magnesium"),
        ("Burning feet, I have to put them in cold water.", "cold_provoked"),
        ("Calf cramps at night. Potassium was 7.1 last year.", "potassium"),
        ("Calf cramps at night, potassium 2.4 in 2019.", "potassium"),
        ("Calf cramps after I walked 30 cm and 25 cm.", "calf_circumference_difference"),
        ("Electric shocks in my toes.", "hypotension"),
        ("Wants quinine for cramps, her sister takes it.", "takes_quinine"),
        ("Hurts when I sit on hard chairs, leg pain, MRI of back normal.", "low_oxygen"),
        ("I've had the runs and leg cramps.", "endurance_athlete"),
        ("I take 20 mg tablets for leg cramps.", "medicine_overdose"),
        ("I took 28 tablets over a month for leg cramps.", "medicine_overdose"),
    ],
)
def test_what_was_not_said_is_not_read(story: str, finding: str) -> None:
    assert finding not in states(story)


@pytest.mark.parametrize(
    ("story", "age"),
    [
        ("leg cramps, Na 112", None),
        ("glucose 30, leg cramps", None),
        ("pain 8, at night, leg", None),
        ("ABI right 0.35, left 0.9, calf pain", None),
        ("Hair stylist, 45, leg cramps", 45),
        ("My leg cramps began at the age of 20. Now 45 and worse.", 45),
        ("81 y woman, calf cramps", 81),
        ("My husband's 54 and his calf cramps.", 54),
    ],
)
def test_a_laboratory_value_is_no_age(story: str, age: float | None) -> None:
    assert read(story).age == age


def test_magnesium_beside_a_conventional_calcium_is_low() -> None:
    found = {o.finding: o.values for o in read("Muscle cramps. Ca 6.9, Mg 1.1.").observations}
    assert found["magnesium"] == ("mg_0_4_0_5",)


@pytest.mark.parametrize("story", ["Calf twitches for weeks, I googled ALS.", "Legs twitch. I read about ALS online."])
def test_a_disease_looked_up_is_not_a_disease_known(story: str) -> None:
    assert not read(story).facts


@pytest.mark.parametrize(
    "words",
    [
        "Stops when standing still.",
        "It goes when he stands still.",
        "Gone when I stand still.",
        "A calf cramp on walking that eases on standing still.",
        "A calf cramp on walking that eases with rest.",
        "When standing still it stops.",
    ],
)
def test_relief_on_standing_still_is_not_pain_on_standing_or_relief_by_walking(words: str) -> None:
    found = {o.finding for o in read(f"Calf pain after walking 200 m. {words}").observations if o.state == "present"}
    assert "rest_relief" in found
    assert not found & {"standing_worse", "movement_relief"}


def test_pain_on_standing_still_stays_so() -> None:
    found = {o.finding for o in read("The calf hurts when I stand still.").observations if o.state == "present"}
    assert "standing_worse" in found
    assert "rest_relief" not in found


def test_a_childs_finding_is_not_read_in_an_adult() -> None:
    adult = read("45-year-old woman. Three days of pain in the calf.")
    assert "daytime_pain_child" not in {o.finding for o in adult.observations}
    assert any("meant of children" in note for note in adult.notes)
    child = read("7-year-old boy. Leg pain during the day.")
    assert "daytime_pain_child" in {o.finding for o in child.observations}


@pytest.mark.parametrize(
    ("text", "finding", "state"),
    [
        ("No swelling no redness, calf cramps at night.", "leg_redness", "absent"),
        ("No fever, limping.", "fever", "absent"),
        ("My neighbour's leg is swollen and red.", "leg_swelling_unilateral", "present"),
        ("Me mum has a swollen leg and she is breathless.", "dyspnoea", "present"),
        ("I was bitten by my cat on the shin, now it is red and swollen.", "leg_redness", "present"),
        ("37F G2P1 32/40 bilat nocturnal calf cramps.", "pregnant", "present"),
        ("28F, 10 days post LSCS, L leg swollen.", "postpartum", "present"),
        ("Swelling? none. Redness? none. My calf hurts.", "leg_swelling", "absent"),
        ("Calf pain on walking, nothing at night.", "timing_night", None),
        ("The girl refused to bear weight on her sore thigh.", "unable_to_walk", None),
        ("My leg goes dead when I sit.", "limb_sensory_loss_acute", None),
        ("Since my thighs feel like I have run a marathon I rest.", "endurance_athlete", None),
    ],
)
def test_who_and_what_is_denied(text: str, finding: str, state: str | None) -> None:
    assert states(text).get(finding) == state


def test_the_baby_s_age_is_not_the_mother_s() -> None:
    case = read("Am breastfeeding, baby is 5 days old, my calf is sore.")
    assert case.age is None
    assert "postpartum" in {o.finding for o in case.observations}
