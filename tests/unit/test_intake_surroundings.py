"""Words that mean another thing in their surroundings, met in case reports and letters of patients."""

from __future__ import annotations

import pytest
from leg_cramps_words import vocabulary

from hickam.intake.reading import parse


def told(story: str) -> dict[str, str]:
    """Finding to state of what the text states; what merely follows from it is left out."""
    return {o.finding: o.state for o in parse(story, vocabulary()).observations if o.how != "implied"}


@pytest.mark.parametrize(
    ("story", "finding"),
    [
        ("My legs hurt. I eat a lot of red meat.", "leg_redness"),
        ("Leg pain like a trapped nerve.", "anxiety_panic"),
        ("Pain along the bottom of his foot.", "site_buttock_hip"),
        ("Leg pain. One glass of wine a night.", "alcohol_heavy"),
        ("I went on a hard hike and my calf hurts.", "visible_hardening"),
        ("Swelling of the left leg for 2 years, coming and going.", "sudden_attacks"),
        ("I thought I'd pulled a muscle, but the calf swelled.", "after_injury"),
        ("Leg pain. I'm not overweight, don't smoke and very active.", "inactive_sedentary"),
        ("My legs are big, it runs in the family.", "family_cramps"),
        ("Sore feet. I have always been active with tennis and running.", "on_exertion"),
        ("Weak legs; she fell while walking at home.", "on_exertion"),
        ("Limp. X-rays of the left hip and knee are normal.", "hip_rotation_painful_limited"),
        ("Limp, left leg. Neutrophils 30 %.", "leucocytosis"),
        ("Weak thighs. Simvastatin at a stable dose.", "progressive"),
        ("Both my calves ache, the right worse.", "unilateral"),
        ("His legs ache, mainly the right.", "unilateral"),
        ("Lifting my hands over my head hurts.", "headache"),
        ("He woke this morning and won't walk, both calves hurt.", "timing_night"),
        ("Calf cramps. Can I take magnesium?", "takes_magnesium_supplement"),
        ("Leg cramps, relieved sitting.", "at_rest"),
        ("My leg hurts, I could barely put weight on it.", "weight_gain"),
        ("They measured both calves. My right calf is sore.", "bilateral"),
        ("My calf hurts. It eases once I start walking.", "on_exertion"),
        ("My heel hurts. The pain goes off when I walk.", "on_exertion"),
        ("My legs ache. My face was swollen this morning.", "leg_swelling"),
        ("My legs ache. My left hand is swollen.", "leg_swelling_unilateral"),
        ("My foot hurts. He wears a red sock on it.", "leg_redness"),
        ("My legs ache and I have a weak bladder.", "muscle_weakness"),
        ("My legs ache. My wife feels faint when she stands.", "orthostatic_dizziness"),
        ("Calf pain so bad he cannot walk after a match.", "unable_to_walk"),
        ("Weak legs. I was very fit until 60.", "exercise_intolerance"),
        ("I have to use my arms to get up from a chair.", "arm_weakness"),
        ("My big toe is numb.", "podagra"),
        ("My calf hurts less when I walk.", "on_exertion"),
        ("Calf pain. I was on a long flight last week.", "worse_when_sitting_car"),
        ("Pain down my leg when I cough.", "cough"),
        ("The cramp moves from one leg to the other.", "unilateral"),
        ("My feet are odd, I can't feel hot and cold.", "fever"),
        ("Weak legs. I keep pulling muscles in my shoulder.", "after_injury"),
        ("My calves ache. I'm not in good health.", "diabetes"),
        ("My calf aches. My brother is fit and well.", "family_pad_cvd"),
        ("Calf pain. Vital signs are not normal.", "fever"),
        ("Cramps at night for years. The next day my calf is sore.", "onset_days"),
        ("Calf pain on walking. When I stop, it goes numb and white.", "rest_relief"),
        ("Calf pain on walking. If I stop it goes on all night.", "rest_relief"),
        ("The pulse is felt on both sides, the leg aches.", "unilateral"),
        ("My dad has restless legs. He walks the floor at night.", "family_rls"),
        ("My calf aches when I walk and is fine within a minute of stopping.", "duration_seconds_minutes"),
        ("I drink a lot of water. Calf cramps.", "alcohol_heavy"),
        ("I'm drinking a lot and passing water. Calf cramps.", "alcohol_heavy"),
        ("I had a knee replacement 5 years ago, fine since then. My calf hurts.", "onset_years"),
        ("I've been walking every day to be more active. My calf hurts.", "frequent_attacks"),
        ("My son has a limp. The GP says growing pains.", "progressive"),
        ("Lifting a spoon felt like running a marathon. My calf is weak.", "during_prolonged_exercise"),
        ("The shin gets so tight that I can hardly move my foot.", "inactive_sedentary"),
        ("I have severe muscle pain in my calf.", "muscle_pain_widespread"),
        ("My leg is sore, I can't bear weight on it.", "severe_pain"),
        ("When I put my feet up I saw that my leg had doubled in size.", "elevation_relief"),
        ("The toes on both feet go numb.", "prolonged_standing_worse"),
        ("At first it wasn't painful but now my calf hurts when I walk.", "painless_symptom"),
        ("The calf stiffened up, it wasn't that sore.", "painless_symptom"),
        ("My thigh muscle got weak and thin.", "weight_loss"),
        ("I woke up one morning with a sore hip.", "timing_night"),
        ("I've been keeping up a fitness thing. My calf aches.", "timing_night"),
        ("Trouble breathing when lying down, and my legs twitch.", "at_rest"),
        ("Pain shoots from my lower back down my left leg.", "site_calf"),
        ("I'm sure I hurt my leg with my new heels.", "site_heel_achilles"),
        ("My calf was sore. The doctor felt it and told me it wasn't a clot.", "abnormal_duplex_dvt"),
        ("I've been stretching the calf. Now there is pain behind my knee.", "stretch_relief"),
        ("Walking down off the tee something hit me in the calf.", "stretch_relief"),
        ("Something hit me in the calf like a hot stone.", "leg_warmth"),
        ("Last fall my calf began to ache.", "falls"),
        ("I carried on walking round town. My calf hurts.", "on_exertion"),
        ("My knee is sore, doing a high kick.", "recent_surgery"),
        ("Had an op on my lower back five years or so ago. My calf aches.", "recent_surgery"),
        ("Swollen from the knee to the foot, the right leg.", "joint_swelling"),
        ("If I'm on my feet all day I get cramp and then I can't feel my feet at all.", "limb_sensory_loss_acute"),
        ("My calf had been fine in the last months of a pregnancy, now it aches.", "pregnant"),
        ("At first it was like a small bruise in my calf.", "bruising_calf"),
        ("I walked in my room for three hours. My legs crawl.", "onset_days"),
    ],
)
def test_is_not_what_it_sounds_like(story: str, finding: str) -> None:
    assert told(story).get(finding) != "present"


@pytest.mark.parametrize(
    ("story", "finding", "state"),
    [
        ("Only in one leg, cramp at night.", "unilateral", "present"),
        ("My leg hurts. Standing all day makes no difference.", "prolonged_standing_worse", "absent"),
        ("My legs hurt. I don't have to get up and walk about.", "walking_relief_night", "absent"),
        ("My legs hurt. My grandmother can't walk.", "unable_to_walk", None),
        ("My calf hurts. No ankle pain.", "site_ankle", "absent"),
        ("My calf hurts. No ankle pain at night.", "site_ankle", None),
        ("My calf hurts when I run, no calf pain otherwise.", "site_calf", "present"),
        ("My calf hurts. No ankle swelling.", "site_ankle", None),
        ("I have cramps. I get them in my calves.", "site_calf", "present"),
        ("My calf hurts. I take a statin at night.", "timing_night", None),
        ("My calf hurts. I work nights.", "timing_night", None),
        ("I get really bad leg cramps.", "unilateral", None),
        ("My leg is red and hot.", "leg_redness", "present"),
        ("Calf pain. I couldn't pass water and could barely walk.", "unable_to_walk", "present"),
        ("I can't get rid of the heel pain.", "site_heel_achilles", "present"),
        ("My legs used to swell now and then, but these days it is every day.", "leg_swelling", "present"),
        ("After a short distance I stop and wait for the pain in my calf to go.", "rest_relief", "present"),
        ("After a short distance I stop and wait for the pain in my calf to go.", "on_exertion", "present"),
        ("Numbness in the right side of my right thigh.", "lateral_thigh_sensory_loss", "present"),
        ("Tingling in my hands and feet.", "paraesthesia_feet", "present"),
        ("My calves cramp. I have had them on and off for the last fifteen years.", "onset_years", "present"),
        ("My leg hurts. It started in 2009.", "onset_years", "present"),
        ("A couple of days back my calf began to hurt.", "onset_days", "present"),
        ("Movement of the right hip is limited by pain.", "hip_rotation_painful_limited", "present"),
        ("Passive movement of the foot makes him cry out with pain.", "pain_passive_stretch", "present"),
        ("I'm a size 10 on top and a 20 on the bottom.", "legs_disproportionately_large", "present"),
        ("It felt as if someone had slammed a racket into my heel.", "pop_or_snap", "present"),
        ("Leg pain after landing badly off a jump.", "after_injury", "present"),
        ("I fell on my hands and knees and my knee is swollen.", "after_injury", "present"),
        ("I fell on my arm and then on my left leg.", "after_injury", "present"),
        ("Calf pain on walking. If I stop it goes.", "rest_relief", "present"),
        ("My calf cramps. My chest started aching and my heart is racing.", "chest_pain", "present"),
        ("Swelling of the left leg. No oedema elsewhere.", "leg_swelling_unilateral", "present"),
        ("I'm 45 and healthy, my calf hurts.", "diabetes", "absent"),
        ("I used to be healthy, then I got cancer. My calf hurts.", "diabetes", None),
        ("I was healthy until my operation. My calf hurts.", "diabetes", None),
        ("Type 2 diabetes, otherwise healthy. My calf hurts.", "diabetes", "present"),
        ("Cramps. No significant past medical history.", "hypertension", "absent"),
        ("My hands tingled. The next morning my feet felt numb.", "onset_days", "present"),
        ("Pain in my calf. Walking brought it on.", "on_exertion", "present"),
        ("I'm an active 70-year-old with calf pain on walking.", "on_exertion", "present"),
        ("A limp without pain and slightly numb toes.", "numbness_feet", "present"),
        ("Weak legs. I can hardly lift my arms to dry my hair.", "arm_weakness", "present"),
        ("My big toe was a bit tender, by bedtime red.", "podagra", "present"),
        ("Restless legs, better with walking.", "movement_relief", "present"),
        ("Leg cramps walking 200m.", "on_exertion", "present"),
        ("Foot pain at night, ulcer toe.", "leg_ulcer_gangrene", "present"),
        ("Sudden swelling back of knee and calf.", "leg_swelling_unilateral", "present"),
        ("I drink a lot of beer. Calf cramps.", "alcohol_heavy", "present"),
        ("He drinks a lot. Calf cramps.", "alcohol_heavy", "present"),
        ("I get calf cramps every night.", "frequent_attacks", "present"),
        ("My calf hurts like mad when I walk.", "on_exertion", "present"),
        ("It is an achy, growing pain in my calf.", "progressive", "present"),
        ("All my muscles ache, the calves too.", "muscle_pain_widespread", "present"),
        ("My calf hurts so much I can't bear it.", "severe_pain", "present"),
        ("My legs swell, it goes down when I put my feet up.", "elevation_relief", "present"),
        ("My legs ache when I've been on my feet all day.", "prolonged_standing_worse", "present"),
        ("I woke up one morning with a cramp in my calf.", "timing_night", "present"),
        ("The scan showed it wasn't a clot. My calf is sore.", "abnormal_duplex_dvt", "absent"),
        ("Stretching the calf eases it.", "stretch_relief", "present"),
        ("My leg is cramping and I had an op on my back two weeks ago.", "recent_surgery", "present"),
        ("When I woke I couldn't feel my leg at all.", "limb_sensory_loss_acute", "present"),
        ("It started in the summer, my knee hurting. Last night I woke up crying.", "onset_weeks_months", "present"),
        ("Since late last year I've had stabbing leg pains. A week ago I fell.", "onset_weeks_months", "present"),
        ("I get tightness in both calves right at the start of a run.", "unilateral", None),
        ("I'd twisted my right knee. Then I noticed an ache in my left calf.", "bilateral", None),
        ("Three weeks ago I started a tablet and since then I get cramps.", "onset_weeks_months", "present"),
    ],
)
def test_is_read(story: str, finding: str, state: str | None) -> None:
    assert told(story).get(finding) == state


@pytest.mark.parametrize(
    ("story", "known"),
    [
        ("Limp for weeks. The GP keeps saying growing pains.", ()),
        ("Back and leg pain; A&E said sciatica.", ()),
        ("I'm 40 and have an achy, growing pain in my hip.", ()),
        ("Leg pain. I was told I have sciatica.", ("lumbar_radiculopathy",)),
        ("My leg is swollen. The scan said DVT.", ("deep_vein_thrombosis",)),
    ],
)
def test_a_name_given_to_it_is_no_diagnosis(story: str, known: tuple[str, ...]) -> None:
    assert tuple(f.condition for f in parse(story, vocabulary()).facts) == known


def test_toes_are_of_one_foot_as_well() -> None:
    story = parse("Calf pain in a cast, pain on passive stretch of the toes.", vocabulary())
    assert "unilateral" not in {o.finding for o in story.observations}
