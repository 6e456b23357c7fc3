"""Dialogue to findings: summaries, several questions in one breath, answers beside the question, corrections."""

from __future__ import annotations

import pytest
from dialogues import read, stated

from hickam.intake.dialogue import turns_of_text
from hickam.services.knowledge import Knowledge
from hickam.services.scribe import visit_of

SUMMARY = "D: So cramp in both calves at night, no numbness and no back pain. "


@pytest.mark.parametrize("check", ["Have I got that right?", "Is that right?", "Does that sound right?"])
@pytest.mark.parametrize("answer", ["Yes.", "That's it exactly.", "In a nutshell."])
def test_what_is_summed_up_stands_when_the_answer_agrees(knowledge: Knowledge, check: str, answer: str) -> None:
    found = stated(read(knowledge, SUMMARY + check, f"P: {answer}"))
    assert found["timing_night"] == "present"
    assert found["numbness_feet"] == found["back_pain"] == "absent"


def test_nothing_missed_agrees_and_a_no_does_not(knowledge: Knowledge) -> None:
    assert stated(read(knowledge, SUMMARY + "Anything I've missed?", "P: No, that's it."))["numbness_feet"] == "absent"
    assert "numbness_feet" not in stated(read(knowledge, SUMMARY + "Is that right?", "P: No, not quite."))


def test_a_summary_in_one_sentence(knowledge: Knowledge) -> None:
    told = "D: So no numbness, no back pain, and the cramp comes at night, have I got that right?"
    found = stated(read(knowledge, "P: I get cramp in my calf.", told, "P: Yes."))
    assert found["numbness_feet"] == found["back_pain"] == "absent"
    assert found["timing_night"] == "present"


def test_a_plan_told_with_a_summary_is_none_of_it(knowledge: Knowledge) -> None:
    told = "D: So night cramps. If you had a fever we'd check for infection. Is that right?"
    found = stated(read(knowledge, told, "P: Yes."))
    assert found["timing_night"] == "present"
    assert "fever" not in found


@pytest.mark.parametrize("answer", ["No to all of those.", "None of those.", "No. No, no and no."])
def test_a_no_to_all_denies_every_question_before_it(knowledge: Knowledge, answer: str) -> None:
    found = stated(read(knowledge, "D: Any fever? Have you fainted? Any rash?", f"P: {answer}"))
    assert found["fever"] == found["syncope"] == found["rash"] == "absent"


def test_a_bare_no_denies_the_last_of_several_questions(knowledge: Knowledge) -> None:
    found = stated(read(knowledge, "D: Have you had a fever? Do you get chest pain?", "P: No."))
    assert found["chest_pain"] == "absent"
    assert "fever" not in found


def test_each_of_two_questions_has_its_own_sentence_of_the_answer(knowledge: Knowledge) -> None:
    found = stated(read(knowledge, "D: Is your mouth dry? Have you fainted?", "P: Mouth's like sandpaper. No."))
    assert found["dry_eyes_mouth"] == "present"
    assert found["syncope"] == "absent"


@pytest.mark.parametrize(
    ("asked", "answer", "finding", "state"),
    [
        ("How long does a cramp last?", "Ooh, two minutes?", "duration_seconds_minutes", "present"),
        (
            "When did it start?",
            "Well, it was about when I retired. So, what, three months?",
            "onset_weeks_months",
            "present",
        ),
        ("When did it begin?", "It was after Easter, ten weeks ago.", "onset_weeks_months", "present"),
        (
            "How long has it been going on?",
            "My grandson was born before that. Call it five years.",
            "onset_years",
            "present",
        ),
        (
            "How often do you get the cramps?",
            "It was once a month. Now it's every night.",
            "frequent_attacks",
            "present",
        ),
        ("How many times have you been sick?", "It's stopped now. About ten times.", "vomiting", "present"),
        ("And your periods, are they heavier?", "Much.", "heavy_menses", "present"),
        ("How's your weight?", "Up. A stone.", "weight_gain", "present"),
        ("Any change in the colour of your water?", "It was rather dark on Tuesday.", "dark_urine", "present"),
        ("What makes it worse?", "Walking. And when I sneeze it's like a shock.", "cough_sneeze_worse", "present"),
        ("Any leaking of urine?", "Bit of a dribble.", "urinary_retention_incontinence", "present"),
        ("Do you have back pain?", "I sleep like a log. No.", "back_pain", "absent"),
        ("Do the ankles swell?", "They did do, before the tablet. Not now.", "leg_swelling", "absent"),
        ("Stiff in the mornings?", "A minute or two, no more than usual.", "morning_stiffness", "absent"),
        ("Is the sugar well controlled?", "Yes.", "diabetes", "present"),
    ],
)
def test_answers_beside_the_question(knowledge: Knowledge, asked: str, answer: str, finding: str, state: str) -> None:
    told = ("P: I get cramp in my calf.", f"D: {asked}", f"P: {answer}")
    assert stated(read(knowledge, *told)).get(finding) == state


def test_not_every_night_denies_no_night(knowledge: Knowledge) -> None:
    told = ("P: The cramps wake me at night.", "D: Every night?", "P: No, two or three times a week.")
    found = stated(read(knowledge, *told))
    assert found["timing_night"] == found["frequent_attacks"] == "present"


def test_what_a_companion_does_for_the_patient_is_no_illness_of_hers(knowledge: Knowledge) -> None:
    told = ("D: Has he a temperature?", "Wife: I took it this morning and it was thirty-eight six.")
    visit = read(knowledge, *told)
    assert stated(visit)["fever"] == "present"


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("Clarithromycin, for my chest. That finished on Friday.", False),
        ("I was given metoclopramide but I don't take that now.", False),
        ("I take naproxen. They stopped my furosemide.", True),
    ],
)
def test_a_medicine_ended_in_the_next_sentence_is_not_taken(knowledge: Knowledge, told: str, taken: bool) -> None:
    assert read(knowledge, "D: Any medicines?", f"P: {told}").medicines[0].current is taken


def test_a_medicine_read_from_the_notes_stands_until_it_is_taken_back(knowledge: Knowledge) -> None:
    asked = "D: That's the indapamide, two point five milligrams, yes? Taking it every day?"
    visit = read(knowledge, asked, "P: Every morning with my tea.")
    assert [(m.name, m.dose) for m in visit.medicines] == [("indapamide", "2.5 mg")]
    assert not [m for m in read(knowledge, asked, "P: No, I stopped it.").medicines if m.current]


@pytest.mark.parametrize(
    ("lines", "name", "dose"),
    [
        (("D: And levothyroxine, a hundred?", "P: A hundred and twenty-five."), "levothyroxine", "125"),
        (("D: What do you take?", "P: Ramipril. Ten.", "Wife: It's five. They halved it."), "Ramipril", ""),
        (("D: What do you take?", "P: Ramipril. Ten. No, five, they halved it."), "Ramipril", "5"),
    ],
)
def test_a_dose_put_right_is_not_written_as_first_said(
    knowledge: Knowledge, lines: tuple[str, ...], name: str, dose: str
) -> None:
    assert [(m.name, m.dose) for m in read(knowledge, *lines).medicines] == [(name, dose)]


@pytest.mark.parametrize(
    "told",
    [
        "Quinine was mentioned. I haven't got it.",
        "I ran out of the quinine two weeks ago.",
        "They offered me quinine but I never took it.",
    ],
)
def test_a_medicine_mentioned_or_run_out_of_is_not_taken(knowledge: Knowledge, told: str) -> None:
    assert not [m for m in read(knowledge, "D: Any tablets?", f"P: {told}").medicines if m.current]


def test_what_an_allergy_question_names_is_no_medicine_taken(knowledge: Knowledge) -> None:
    visit = read(knowledge, "D: Allergic to anything?", "P: Penicillin brings me out in a rash.")
    assert visit.case.allergies
    assert not [m for m in visit.medicines if m.current]


@pytest.mark.parametrize(
    ("lines", "finding", "state"),
    [
        (("D: Are you passing urine?", "P: Hardly."), "reduced_urine", "present"),
        (
            ("D: Are you passing urine?", "P: Hardly.", "D: What colour is it?", "P: Really dark."),
            "dark_urine",
            "present",
        ),
        (("D: Any tingling?", "P: Round my mouth. And the tips of my fingers."), "paraesthesia_hands", "present"),
        (("D: Are your periods regular?", "P: I haven't had one since the summer."), "menstrual_irregular", "present"),
        (("D: How bad is the pain?", "P: Bad. Ten."), "severe_pain", "present"),
        (("D: Appetite?", "P: Can't fault it."), "poor_appetite", "absent"),
        (("D: Any family history of clots?", "P: Family, not that I know of."), "thrombophilia_family_vte", "absent"),
        (
            ("D: You've had a heart attack, is that right? Any chest pain?", "P: No."),
            "coronary_or_stroke_history",
            "present",
        ),
        (
            ("D: Let me examine you. Your legs look fine.", "D: I'll see you again; if you faint, ring us."),
            "syncope",
            "",
        ),
    ],
)
def test_answers_that_lean_on_what_was_said_before(
    knowledge: Knowledge, lines: tuple[str, ...], finding: str, state: str
) -> None:
    assert stated(read(knowledge, "P: I get cramp in my calf.", *lines)).get(finding, "") == state


def test_speakers_under_their_own_names_are_told_apart_by_who_asks(knowledge: Knowledge) -> None:
    turns = turns_of_text("Kath: Any fever?\nDean: No.\nMother: He was hot.\nKath: Any numbness?\nDean: Yes, my feet.")
    assert [turn.role for turn in turns] == ["clinician", "patient", "other", "clinician", "patient"]
    assert stated(visit_of(knowledge, turns))["numbness_feet"] == "present"


def test_a_mother_beside_a_doctor_stays_a_companion() -> None:
    assert [turn.role for turn in turns_of_text("Doctor: Any fever?\nMother: Yes.")] == ["clinician", "other"]


def test_one_place_that_is_fine_has_not_what_was_asked(knowledge: Knowledge) -> None:
    found = stated(read(knowledge, "D: Any numbness in the legs or the feet?", "P: Feet are fine."))
    assert found["numbness_feet"] == "absent"


def test_a_grade_is_the_movement_s_that_was_asked_for_last(knowledge: Knowledge) -> None:
    told = "D: Let me examine you. Big toe up against my hand. That's two out of five. Knee jerk, ankle jerk, both fine and equal."
    assert stated(read(knowledge, told))["weak_dorsiflexion_big_toe"] == "present"
