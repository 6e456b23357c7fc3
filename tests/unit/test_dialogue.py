"""Dialogue to findings: small dialogues, what they say, and what they must not be taken to say."""

from __future__ import annotations

import pytest
from dialogues import read, stated

from hickam.intake.dialogue import turns_of_text
from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.spoken import sentences
from hickam.intake.errors import IntakeError
from hickam.services.knowledge import Knowledge
from hickam.services.scribe import visit_of


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("one forty over ninety", "140/90"),
        ("a hundred and eighteen over seventy-two", "118/72"),
        ("two point nine", "2.9"),
        ("nought point eight five", "0.85"),
        ("thirty-six point eight", "36.8"),
        ("two thousand four hundred", "2400"),
        ("one oh five", "105"),
        ("five milligrams", "5 mg"),
        ("a gram", "1 g"),
        ("three and a half centimetres", "3.5 centimetres"),
        ("twenty-two units", "22 units"),
        ("two five milligrams", "two five milligrams"),
        ("co-codamol, thirty five hundreds", "co-codamol, thirty five hundreds"),
        ("one night it's one, one night it's the other", "one night it's one, one night it's the other"),
        ("um, the- the calf, it did n't , uh, swell", "the calf, it didn't, swell"),
    ],
)
def test_numbers_are_figures_where_they_can_mean_one_thing_only(spoken: str, written: str) -> None:
    assert " ".join(w.text for line in sentences(spoken, 0) for w in line) == written


def test_each_spoken_word_keeps_its_place() -> None:
    text = "It was um two point nine, I think."
    for word in sentences(text, 0)[0]:
        assert word.text.strip(".,") in ("2.9", text[word.start : word.end].strip(".,"))
    figure = next(w for w in sentences(text, 0)[0] if w.bare == "2.9")
    assert text[figure.start : figure.end] == "two point nine,"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("No.", "no"),
        ("Uh-huh.", "yes"),
        ("Mm-hmm, it settles her.", "yes"),
        ("A bit, yeah.", "yes"),
        ("She says no.", "no"),
        ("Not that I know of.", "no"),
        ("No headaches.", ""),
        ("Not really.", "doubtful"),
        ("I think so.", "doubtful"),
        ("Hmm, I'm not sure.", "doubtful"),
        ("I wouldn't say so.", "doubtful"),
        ("Like sandpaper.", "yes"),
        ("Loads.", "yes"),
        ("A lot better.", ""),
        ("Had it for years.", "yes"),
        ("They put me on a pill for it.", "yes"),
        ("Got that checked, all clear.", ""),
        ("Had that looked at, nothing there.", ""),
        ("No, I don't take anything for it.", "no"),
        ("I don't take anything for it.", ""),
        ("Like what?", ""),
        ("It does now.", "yes"),
        ("Nothing in the left.", ""),
        ("It wakes me up.", ""),
        ("Not a wink.", "no"),
        ("Not that I've noticed.", "no"),
        ("None that I know of.", "no"),
        ("Makes no difference.", "no"),
        ("I did think so, but no.", "no"),
        ("Used to.", "no"),
        ("I used to run.", ""),
        ("Those as well.", "yes"),
        ("Only when I've had a drink.", "yes"),
        ("Only on the left.", ""),
        ("Same place, yeah, it's gone dead.", "yes"),
        ("Slowly.", "yes"),
        ("No and no.", "no"),
        ("No sir, normal.", "no"),
        ("Never in my life.", "no"),
        ("There's one on my heel.", "yes"),
        ("That's the worst.", "yes"),
    ],
)
def test_what_a_reply_answers(reply: str, answer: str) -> None:
    assert read_reply(sentences(reply, 0)[0]).answer == answer


@pytest.mark.parametrize(
    ("question", "reply", "finding", "state"),
    [
        ("Any diabetes?", "Diabetes? No. That was my wife.", "diabetes", "absent"),
        ("You've got Crohn's disease, haven't you?", "Yes.", "crohn_disease", "present"),
        ("So he's diabetic.", "Oh yes, years.", "diabetes", "present"),
        ("You're diabetic.", "Twenty years this March.", "diabetes", "present"),
        ("You're diabetic.", "No, I'm not.", "diabetes", None),
        ("You're diabetic.", "That's wrong.", "diabetes", None),
        ("Any diabetes?", "No, I don't take anything for that.", "diabetes", "absent"),
        ("Is your skin dry?", "Like sandpaper.", "dry_skin", "present"),
        ("Any high cholesterol?", "They put me on a pill for it.", "hyperlipidaemia", "present"),
        ("Is it worse in the evening?", "Evenings, definitely.", "evening_worse", "present"),
        ("And if you stop?", "Goes off in a couple of minutes.", "rest_relief", "present"),
        ("And if you just stand still?", "Doesn't touch it.", "rest_relief", "absent"),
        ("And if you stop?", "Gone in a minute.", "rest_relief", "present"),
        ("And if you rest?", "Goes on all night.", "rest_relief", None),
        ("And when you stop?", "It goes numb.", "rest_relief", None),
        ("How about leaning on a shopping trolley?", "Oh, that's easier.", "sit_or_bend_relief", "present"),
        ("And what stops you?", "The calf.", "site_calf", "present"),
        ("And the feet?", "They go as well.", "site_foot_toes", "present"),
        ("And the feet?", "No, they're fine.", "site_foot_toes", None),
        ("Any tingling in your hands or feet?", "Feet.", "paraesthesia_feet", "present"),
        ("Any tingling in your hands or feet?", "Feet.", "paraesthesia_hands", None),
        ("Waterworks okay?", "All fine.", "urinary_retention_incontinence", "absent"),
        ("How's your balance?", "Useless in the dark.", "balance_problem", "present"),
        ("How's your balance?", "It's fine.", "balance_problem", "absent"),
        ("How's your balance?", "I do yoga.", "balance_problem", None),
        ("Is he steady on his feet?", "No.", "balance_problem", "present"),
        ("Can you put weight on it?", "Yes.", "unable_to_walk", "absent"),
        ("Does it hurt to put weight on it?", "No.", "unable_to_walk", None),
        ("Any trouble sleeping?", "No.", "insomnia", "absent"),
        ("Are you sleeping?", "Not a wink.", "insomnia", "present"),
        (
            "Sugar, cholesterol, blood pressure?",
            "Cholesterol and blood pressure. Not sugar.",
            "hypertension",
            "present",
        ),
        ("Sugar, cholesterol, blood pressure?", "Cholesterol and blood pressure. Not sugar.", "diabetes", "absent"),
        ("Sugar, cholesterol, blood pressure?", "Just the cholesterol.", "hypertension", "absent"),
        ("Are you breathless, or dizzy when you get up?", "Dizzy, yes. Not breathless.", "dyspnoea", "absent"),
        ("Have you or anyone in the family had a clot?", "Not me. My aunt did.", "previous_dvt_pe", "absent"),
        ("Have you or anyone in the family had a clot?", "Not me. My aunt did.", "thrombophilia_family_vte", "present"),
        ("Anyone in the family with heart trouble?", "No.", "coronary_or_stroke_history", None),
        ("Any heavy exercise you're not used to?", "Me? No.", "heavy_unaccustomed_exercise", "absent"),
        ("Back pain?", "Used to. Not any more.", "back_pain", "absent"),
        ("Are your feet cold?", "Left one.", "cold_foot_symptom", "present"),
        ("One thigh?", "Both.", "bilateral", "present"),
        ("Just the one side?", "Either.", "alternating_sides", "present"),
        ("Do you smoke?", "Packed it in, ninety-eight.", "smoker_former", "present"),
        ("Are you dizzy when you stand up? I'm thinking of the scaffold.", "Never.", "orthostatic_dizziness", "absent"),
        ("Periods?", "Fine.", "heavy_menses", "absent"),
        ("Periods?", "Terrible.", "heavy_menses", None),
        ("How are you in yourself?", "I'm all right. Bit down since the breakup.", "low_mood", None),
        ("Is the foot cold?", "Warm as toast.", "cold_foot_symptom", "absent"),
        ("Are your feet burning at all?", "Not burning.", "burning_feet", "absent"),
        ("Tingling?", "In my fingers, a bit.", "paraesthesia_feet", None),
        ("Which side?", "Right.", "unilateral", "present"),
        ("Both?", "Both.", "bilateral", "present"),
        ("Lift the leg for me. Does that hurt?", "No.", "straight_leg_raise_positive", "absent"),
        ("Bladder and bowels under control?", "Yes.", "urinary_retention_incontinence", "absent"),
        (
            "Have you had a clot, or anyone close to you?",
            "My mum, in her lung. I haven't.",
            "previous_dvt_pe",
            "absent",
        ),
        ("Have you thought of harming yourself?", "Not now. I did in the summer.", "suicidal_thoughts", None),
    ],
)
def test_few_words_are_read_with_their_question(
    knowledge: Knowledge, question: str, reply: str, finding: str, state: str | None
) -> None:
    assert stated(read(knowledge, f"D: {question}", f"P: {reply}")).get(finding) == state


def test_what_a_clinician_says_of_a_medicine_is_no_medicine_taken(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Quinine is not a good idea for you.", "P: My brother takes quinine for his.")
    assert [m.name for m in visit.medicines if m.current] == []


@pytest.mark.parametrize(
    ("told", "finding", "state"),
    [
        ("Quads four plus.", "weak_quadriceps", "present"),
        ("Quads five out of five.", "weak_quadriceps", "absent"),
        ("Push down like a pedal. That's weaker, four minus.", "weak_plantarflexion", "present"),
        ("Big toe up against my hand. Good.", "weak_dorsiflexion_big_toe", "absent"),
        ("He can stand on his toes.", "weak_plantarflexion", "absent"),
        ("He can't stand on his toes.", "weak_plantarflexion", "present"),
        ("The arches aren't high.", "pes_cavus", "absent"),
        ("Dorsalis pedis easily felt on both sides.", "absent_pedal_pulses", "absent"),
        ("I can't feel the popliteal on the left.", "absent_popliteal_pulse", "present"),
        ("Ankle jerk's gone on the right.", "reduced_ankle_reflex", "present"),
        ("Pull your foot up. Five. Push down. Three.", "weak_plantarflexion", "present"),
        ("It's hot to just under the knee.", "leg_warmth", "present"),
        ("Both calves soft, not tender, same size.", "calf_circumference_difference", "absent"),
        ("Your lips are dry and the skin stays up when I pinch it.", "dehydration_signs", "present"),
    ],
)
def test_signs_told_aloud_are_read(knowledge: Knowledge, told: str, finding: str, state: str) -> None:
    visit = read(knowledge, f"D: Let me examine you. {told}")
    assert stated(visit).get(finding) == state
    assert next(f.examined for f in visit.findings if f.finding == finding)


def test_a_companion_s_own_illness_is_not_the_patient_s(knowledge: Knowledge) -> None:
    visit = read(
        knowledge,
        "D: Has she had a clot?",
        "Daughter: No. I've got varicose veins and I had a clot after my son, but she never has.",
    )
    found = stated(visit)
    assert found.get("previous_dvt_pe") == "absent"
    assert not {"varicose_veins", "postpartum"} & found.keys()


def test_a_lone_figure_after_a_medicine_is_its_dose(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Any tablets?", "P: Just the fluoxetine. Twenty. And two milligrams of diazepam.")
    assert {m.name: m.dose for m in visit.medicines} == {"fluoxetine": "20", "diazepam": "2 mg"}


def test_a_sign_has_the_side_it_is_told_with(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Let me examine you. Ankle jerk's gone on the right. Vibration is lost in both feet.")
    sides = {f.finding: f.side for f in visit.findings}
    assert (sides["reduced_ankle_reflex"], sides["reduced_vibration"]) == ("right", "both")


@pytest.mark.parametrize(
    ("later", "listed", "taken"),
    [
        ("The ropinirole was my husband's.", False, False),
        ("The ropinirole you stopped at Easter.", True, False),
        ("They gave me ropinirole but I stopped that in August.", True, False),
        ("Not ropinirole, the other one.", True, False),
        ("I take ropinirole for my legs.", True, True),
        ("I stopped ropinirole for a week and I'm back on it.", True, True),
    ],
)
def test_a_medicine_that_is_put_right_is_not_taken(knowledge: Knowledge, later: str, listed: bool, taken: bool) -> None:
    visit = read(knowledge, "D: Which tablets?", "P: Metformin and ropinirole.", "D: Is that right?", f"P: {later}")
    named = {m.name.lower(): m.current for m in visit.medicines}
    assert ("ropinirole" in named, named.get("ropinirole", False)) == (listed, taken)
    assert named["metformin"]
    assert ("takes_dopamine_agonist" in {o.finding for o in visit.case.observations if o.state == "present"}) == taken


@pytest.mark.parametrize(
    "asked",
    [
        "Daughter: She asks if quinine would help, her neighbour swears by it.",
        "P: Would quinine help?",
        "P: Is quinine any good for it?",
        "P: What if I took quinine?",
    ],
)
def test_a_medicine_asked_about_is_not_taken(knowledge: Knowledge, asked: str) -> None:
    visit = read(knowledge, "D: Anything else?", asked, "D: We can talk about that.")
    assert not [m for m in visit.medicines if m.current]
    assert "takes_quinine" not in stated(visit)


def test_a_sign_told_beside_another_s_medicine_is_not_lost(knowledge: Knowledge) -> None:
    visit = read(knowledge, "P: My brother takes quinine but my calf is swollen and red.")
    assert stated(visit)["leg_swelling_unilateral"] == "present"
    assert [m.name for m in visit.medicines if m.current] == []


def test_signs_told_between_requests_are_examined(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Let's have your socks off. There's a sore on the big toe, black at the edge.", "P: Oh.")
    found = {f.finding: f.examined for f in visit.findings}
    assert found["leg_ulcer_gangrene"]


def test_a_question_counts_by_its_answer_alone(knowledge: Knowledge) -> None:
    asked = "D: Any fever?"
    assert stated(read(knowledge, asked, "P: No."))["fever"] == "absent"
    assert stated(read(knowledge, asked, "P: Yes."))["fever"] == "present"
    assert "fever" not in stated(read(knowledge, asked, "P: My calf hurts."))
    doubtful = read(knowledge, asked, "P: Not really.")
    assert "fever" not in stated(doubtful)
    assert [(a.finding, a.why) for a in doubtful.to_ask] == [("fever", "doubtful")]


def test_an_answer_links_to_question_and_reply(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Any fever?", "P: No.")
    assert [(p.turn, p.words) for p in visit.findings[0].places] == [("t1", "Any fever?"), ("t2", "No.")]


def test_no_answers_every_part_and_yes_to_a_list_is_asked_again(knowledge: Knowledge) -> None:
    asked = "D: Any fever, or weight loss?"
    denied = stated(read(knowledge, asked, "P: No, neither."))
    assert denied["fever"] == denied["weight_loss"] == "absent"
    visit = read(knowledge, asked, "P: Yes.")
    assert stated(visit) == {}
    assert {a.finding for a in visit.to_ask} == {"fever", "weight_loss"}


def test_only_the_last_of_two_questions_is_answered(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Have you had a fever? Do you smoke?", "P: No.")
    assert stated(visit) == {"smoker_current": "absent"}
    assert [(a.finding, a.why) for a in visit.to_ask] == [("fever", "no answer")]


def test_the_denied_head_of_a_question_does_not_deny_its_circumstances(knowledge: Knowledge) -> None:
    found = stated(read(knowledge, "D: Any sweats at night?", "P: No."))
    assert found.get("timing_night") is None


@pytest.mark.parametrize(
    ("said", "side"),
    [
        ("It's my right calf that hurts. No, wait, the left one.", "left"),
        ("My right calf has been sore. Sorry, left. I meant the left one.", "left"),
        ("My left calf hurts.", "left"),
    ],
)
def test_the_last_side_counts(said: str, side: str, knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: What is wrong?", f"P: {said}")
    assert {f.side for f in visit.findings if f.finding == "site_calf"} == {side}


@pytest.mark.parametrize(
    ("said", "dose"),
    [
        ("Simvastatin. I was on twenty, now it's eighty. No, forty. Simvastatin forty milligrams.", "40 mg"),
        ("Amlodipine, five milligrams.", "5 mg"),
        ("Amlodipine five.", "5"),
        ("Amlodipine two five milligrams.", ""),
    ],
)
def test_a_dose_is_written_only_as_it_was_said(said: str, dose: str, knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: What tablets do you take?", f"P: {said}")
    assert [m.dose for m in visit.medicines] == [dose]


def test_plans_explanations_and_advice_are_no_findings(knowledge: Knowledge) -> None:
    visit = read(
        knowledge,
        "P: My calf hurts when I walk.",
        "D: Sometimes this is a clot. If it swells or turns red, come back. We'll check your potassium.",
        "D: I'd like to start you on atorvastatin, eighty milligrams.",
    )
    assert set(stated(visit)) <= {"site_calf", "on_exertion", "quality"}
    assert visit.medicines == ()
    assert [s.topic for s in visit.statements if s.place.role == "clinician"] == ["plan"] * 4


def test_signs_told_aloud_are_examination_and_say_nothing_of_the_complaint(knowledge: Knowledge) -> None:
    visit = read(knowledge, "P: My calf hurts.", "D: Okay, on examination the ankle reflexes are absent. No oedema.")
    found = {f.finding: f for f in visit.findings}
    assert found["reduced_ankle_reflex"].examined
    assert "site_ankle" not in found
    assert "absent_pedal_pulses" not in found


def test_what_a_relative_has_is_not_the_patients(knowledge: Knowledge) -> None:
    visit = read(
        knowledge,
        "Doctor: What does your mother take?",
        "Daughter: Metformin, one gram. I take sertraline, that's mine.",
        "Doctor: Any cramps?",
        "Daughter: Yes, in her calves. I get restless legs.",
    )
    assert [m.name for m in visit.medicines] == ["Metformin"]
    assert "crawling_sensation" not in stated(visit)


def test_a_medicine_not_taken_any_more_is_stopped(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: What do you take?", "P: I am not taking Lipitor anymore. I take Zetia.")
    assert [(m.name, m.current) for m in visit.medicines] == [("Lipitor", False), ("Zetia", True)]


def test_how_long_is_no_age_and_denied_plans_deny_no_thoughts(knowledge: Knowledge) -> None:
    assert read(knowledge, "D: Are you diabetic?", "P: Yes, type two, twenty years.").case.age is None
    assert read(knowledge, "D: How long have you had diabetes?", "P: Twelve years.").case.age is None
    visit = read(knowledge, "D: Have you made any plans to end your life?", "P: No.")
    assert "suicidal_thoughts" not in stated(visit)
    assert [a.finding for a in visit.to_ask] == ["suicidal_thoughts"]


def test_some_tablets_denied_are_not_all_tablets_denied(knowledge: Knowledge) -> None:
    for asked in (
        "Any water tablets?",
        "Have you been taking the calcium tablets they gave you?",
        "Any other tablets?",
    ):
        visit = read(knowledge, f"D: {asked}", "P: No.")
        assert "takes_statin" not in {o.finding for o in visit.case.observations}


def test_an_allergy_is_no_medicine(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Any allergies?", "P: Penicillin.", "D: And what do you take?", "P: Ramipril.")
    assert [m.name for m in visit.medicines] == ["Ramipril"]


def test_what_the_answer_goes_on_to_say_beats_its_first_word(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Any swelling of the leg?", "P: Yes. Oh, I mean in my hand. The leg isn't swollen.")
    assert stated(visit)["leg_swelling"] == "absent"


def test_turns_without_names_are_told_apart_by_what_they_say() -> None:
    turns = turns_of_text("What is wrong?\nMy calf hurts.\nAny fever?\nNo.\nSo you need a scan.")
    assert [t.role for t in turns] == ["clinician", "patient", "clinician", "patient", "clinician"]
    assert not any(t.sure for t in turns)


def test_a_line_without_a_name_goes_on_with_the_speaker_before() -> None:
    turns = turns_of_text("Doctor: Hello.\nPatient: My calf\nhurts at night.\nDoctor: Oh dear.")
    assert [t.text for t in turns] == ["Hello.", "My calf hurts at night.", "Oh dear."]


@pytest.mark.parametrize("text", ["", "  \n ", "...", "\n\n--\n"])
def test_a_transcript_without_words_is_refused(text: str) -> None:
    with pytest.raises(IntakeError, match="no words"):
        turns_of_text(text)


@pytest.mark.parametrize(
    "text", ["Doctor:", "?", "a\x00b", "Patient: " + "no " * 5000, "[doctor] …\n[patient] !!!", "é" * 100]
)
def test_no_transcript_breaks_the_reader(text: str, knowledge: Knowledge) -> None:
    visit_of(knowledge, turns_of_text(text if any(c.isalnum() for c in text) else text + " x"))


@pytest.mark.parametrize(
    ("asked", "replied", "said"),
    [
        ("One leg or both?", "Both.", {"bilateral": "present"}),
        (
            "Any fever, chills or night sweats?",
            "Only the sweats.",
            {"fever": "absent", "rigors": "absent", "night_sweats": "present"},
        ),
        ("Bowels?", "I had an accident this morning.", {"bowel_incontinence": "present"}),
        ("And your waterworks?", "I can't empty properly.", {"urinary_retention_incontinence": "present"}),
        (
            "Can you pass water all right?",
            "Not since last night.",
            {"urinary_retention_incontinence": "present", "onset_days": "present"},
        ),
        ("And when you stop?", "It goes off in a minute.", {"rest_relief": "present"}),
        ("What helps?", "If I stretch it or rub it.", {"stretch_relief": "present", "rubbing_relief": "present"}),
        ("What helps?", "Nothing helps, I can't stretch it.", {}),
        ("Could you be pregnant?", "No chance.", {"pregnant": "absent"}),
        ("Your potassium this morning was two point eight.", "Oh.", {"potassium": "present"}),
        ("When did it start?", "On Saturday.", {"onset_days": "present"}),
        ("How often do you get them?", "Most nights.", {"timing_night": "present", "frequent_attacks": "present"}),
    ],
)
def test_a_short_answer_says_what_its_question_asks(
    knowledge: Knowledge, asked: str, replied: str, said: dict[str, str]
) -> None:
    assert stated(read(knowledge, f"Doctor: {asked}", f"Patient: {replied}")) == said
