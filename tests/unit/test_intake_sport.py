"""Sport and injuries as people tell them: where, which side, since when, what sport does and does not bring on."""

from __future__ import annotations

import pytest
from leg_cramps_words import vocabulary

from hickam.intake import parse


def states(text: str) -> dict[str, str]:
    return {o.finding: o.state for o in parse(text, vocabulary()).observations}


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
        ("Sore toe, can't even have the duvet on it.", "touch_worse"),
        ("I tripped on the rug yesterday, knee hurts.", "after_injury"),
        ("My calf hurts. If it's not the left it's the right.", "alternating_sides"),
        ("Groin pain on the left.", "unilateral"),
        ("Both ankles are like balloons by evening.", "bilateral"),
        ("Tug in my left hammy.", "site_hamstring"),
        ("Achey ankle. 7 weeks.", "onset_weeks_months"),
        ("Had it 3 yrs, ibuprofen helps. Groin pain.", "onset_years"),
        ("13 yo boy, BMI 31, 4/52 L knee & thigh pain.", "onset_weeks_months"),
        ("Squats on Sat. Sunday couldn't bend, today my legs are swollen.", "onset_days"),
        ("Sprinting for the train. Crack. My calf.", "pop_or_snap"),
        ("A kick to the shin at football, it is sore.", "recent_leg_trauma"),
        ("A hard sore rope on the inner calf.", "tender_cord_superficial"),
        ("The foot and up to the shin is scarlet.", "leg_redness"),
        ("Thigh looks fatter as well compared to the good leg.", "leg_swelling_unilateral"),
        ("My hip hurts, my husband has to do my shoe laces.", "hip_rotation_painful_limited"),
        ("My toes go fizzy.", "paraesthesia_feet"),
        ("I play squash and I'm crippled the next day, heel pain.", "after_exercise"),
        ("My shins are worse on hard ground.", "on_exertion"),
        ("Knee has been fat for two months.", "joint_swelling"),
        ("For two months the bone below her knee sticks out.", "onset_weeks_months"),
        ("He did something to his ankle at the race yesterday, it hurts.", "onset_days"),
        ("I felt a pop in the calf. That was Thursday.", "onset_days"),
        ("My thighs ached going upstairs. Both sides.", "bilateral"),
        ("Calf cramp on the treadmill. Foot goes white, settles in 3 minutes.", "rest_relief"),
        ("I walk the hills and then I pay that evening, heel pain.", "after_exercise"),
        ("Now a bruise round the ankle, calf pain.", "calf_bruising_ankle"),
        ("She is 5 and limps every morning, puffy knee.", "morning_stiffness"),
        ("Both legs go like bricks on runs.", "visible_hardening"),
        ("Knee the size of a football since Tuesday.", "joint_swelling"),
        ("Knee the size of a football since Tuesday.", "onset_days"),
        ("200 squats on Friday. It's Monday, thighs sore.", "onset_days"),
        ("The heel is like standing on a tack till I've been to the loo.", "site_heel_achilles"),
        ("Hurt my calf hitting a volley in a match.", "on_exertion"),
        ("Every parkrun, the same pain in the shin.", "on_exertion"),
        ("Sore shins after hiking.", "heavy_unaccustomed_exercise"),
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
        ("My foot won't come up. Can push down no problem.", "weak_plantarflexion"),
        ("Sore vein in the calf, leg is its usual size.", "leg_swelling_unilateral"),
        ("Shin pain but fine lying down.", "at_rest"),
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
        ("Sciatica, the ball of the foot tingles.", "saddle_numbness"),
        ("I don't notice it once I am on the hill, heel pain.", "unaware_of_movements"),
        ("He hobbles flat footed, sore heel.", "flat_feet_sign"),
        ("Arthritic knee, had it drained twice, hurts.", "fatigue"),
        ("Sore heels, ok in trainers with a gel pad.", "morning_stiffness"),
        ("Landing from a jump is worst for her knee.", "after_injury"),
        ("Swollen leg, it doesn't go down at night.", "timing_night"),
        ("Leg swollen, can't pinch the skin on the toe.", "hand_weakness"),
        ("Hurt my back at the gym, now leg cramps at night.", "on_exertion"),
        ("My legs ache at night. At football practice I am fine.", "on_exertion"),
        ("A patch above the ankle is the colour of tea, legs ache.", "dark_urine"),
        ("It hurts since I danced after my daughter's wedding, hip pain.", "postpartum"),
        ("Legs swell something shocking.", "severe_pain"),
        ("Marathon training block, mileage up, sore shins.", "constipation"),
        ("The cramp kicks in and my calf goes hard.", "after_injury"),
        ("Since the foot drop on the left my leg aches.", "recent_leg_trauma"),
        ("A week ago I did my calf at football.", "progressive"),
        ("Dead leg after a knee in the thigh.", "numbness_feet"),
        ("DVT in the left calf on duplex.", "previous_dvt_pe"),
        ("My leg hurts and I could not fall asleep.", "after_injury"),
        ("Saw the GP yesterday. My legs ache.", "onset_days"),
        ("Heels killing him, fine on Monday after rest.", "onset_days"),
        ("The shin ache is there for a day or so afterwards.", "onset_days"),
        ("Numb spells of the legs, about six weeks and then it goes.", "onset_weeks_months"),
        ("Lady 67 yrs. Calf cramps.", "onset_years"),
        ("Calf pain, the cross trainer I can do all day.", "alcohol_heavy"),
        ("Ache outside of the right thigh.", "lateral_thigh_sensory_loss"),
        ("Dropped it on my foot at work, it hurts.", "standing_occupation"),
        ("Sore quads, going downstairs on my bum.", "site_buttock_hip"),
        ("Feels like I've run a marathon, legs ache.", "during_prolonged_exercise"),
        ("Felt as if kicked in the back of the calf.", "recent_leg_trauma"),
        ("My legs were a mess after my pregnancies, veins ache.", "pregnant"),
        ("Cramps in hands and feet and tingling round the mouth.", "paraesthesia_feet"),
        ("I used to get leg cramps every few weeks, now I only get them in summer.", "progressive"),
        ("My brother was sprinting. Crack. My legs ache at night.", "pop_or_snap"),
    ],
)
def test_left_alone(text: str, finding: str) -> None:
    assert finding not in states(text)
