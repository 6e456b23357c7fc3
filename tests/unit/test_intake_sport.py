"""Sport and injuries as people tell them: where, which side, since when, what sport does and does not bring on."""

from __future__ import annotations

import pytest

from hickam.intake.reading import parse
from hickam.services.knowledge import open_knowledge

VOCABULARY = open_knowledge().vocabulary


def states(text: str) -> dict[str, str]:
    return {o.finding: o.state for o in parse(text, VOCABULARY).observations}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Every few weeks my left calf goes again.", "site_calf"),
        ("Every few weeks my left calf goes again.", "unilateral"),
        ("When I go hard the left thigh loses all power.", "site_thigh"),
        ("My calf is up like a balloon. Bruise near the ankle now.", "site_calf"),
        ("R medial gastroc pain.", "unilateral"),
        ("My calf tightens. Bike is fine. This has been since last summer.", "onset_weeks_months"),
        ("My thigh burns on a climb. Been creeping in for 18 months.", "onset_years"),
        ("Started after Christmas, year before last. My legs ache.", "onset_years"),
        ("Did a spin class on sunday, now tues my thighs are sore.", "onset_days"),
        ("My shin used to hurt only at mile five, now it hurts walking to the bus.", "progressive"),
        ("Morning stiffness of the knees 45 minutes.", "morning_stiffness"),
        ("Calf pain. Has to stop; settles within 5 min.", "rest_relief"),
        ("Playing tennis, felt a sudden pain in the calf.", "on_exertion"),
        ("Calf pain. Aggs: hills, sprinting.", "on_exertion"),
        ("My knee hurts after every cross country session and after rugby.", "on_exertion"),
        ("It was as if someone had booted me in the calf.", "pop_or_snap"),
        ("First mile it hurts, then it wears off and I forget about it.", "first_step_pain"),
        ("Heel pain. Getting out of bed it's like treading on lego.", "first_step_pain"),
        ("Sore toe, can't have the duvet on it.", "touch_worse"),
        ("I tripped on the rug yesterday, knee hurts.", "after_injury"),
        ("My calf hurts. If it's not the left it's the right.", "alternating_sides"),
    ],
)
def test_told(text: str, finding: str) -> None:
    assert states(text).get(finding) == "present"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Calf pain on running. Bike is fine.", "pedal_cycling_trigger"),
        ("Walking is bad, fine on the exercise bike, shin pain.", "pedal_cycling_trigger"),
        ("Heel pain. Mornings are OK.", "first_step_pain"),
        ("Back pain down the leg, standing at the bar no problem.", "standing_worse"),
        ("Stiff knees when I get up but only for five minutes.", "morning_stiffness"),
        ("My calf went. Not a pop or anything.", "pop_or_snap"),
        ("Sore shins, not one spot, more all down the shin.", "focal_tibial_tenderness"),
        ("My calf aches, I hadn't done anything.", "after_injury"),
    ],
)
def test_denied(text: str, finding: str) -> None:
    assert states(text).get(finding) == "absent"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Cramps in bed. My right hip was replaced in 2015.", "unilateral"),
        ("Cramps in bed. Motor function intact in both legs.", "bilateral"),
        ("I had water up to my ankles. My back hurts.", "site_ankle"),
        ("Restless at night and then dead on my feet all day.", "standing_occupation"),
        ("Torn calf. I can put my finger on the spot, above the heel.", "focal_tibial_tenderness"),
        ("The bottom of my right heel hurts.", "site_buttock_hip"),
        ("Heel pain when I swing my legs out of bed.", "dependency_relief"),
        ("Heel pain when I get up after sitting.", "sitting_worse"),
        ("Knee pain, cannot sit cross legged.", "sitting_worse"),
        ("Shin sore, a hands width above the ankle.", "site_hands_arms"),
        ("Painful toe, I am walking on my heel.", "weak_dorsiflexion_big_toe"),
        ("Sore arches, my shoes wear down on the inner side.", "fatigue"),
        ("Shin pain. Physio, insoles, rest for 2 months.", "onset_weeks_months"),
        ("I used to get leg cramps every few weeks, now I only get them in summer.", "progressive"),
    ],
)
def test_left_alone(text: str, finding: str) -> None:
    assert finding not in states(text)
