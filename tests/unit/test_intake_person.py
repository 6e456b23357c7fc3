"""Unit: age, sex, pregnancy, who the patient is."""

from __future__ import annotations

import pytest
from intake_pack import vocabulary

from hickam.intake import parse


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("62-year-old man with cramps", 62, "male"),
        ("62M cramps", 62, "male"),
        ("A 7 year old girl", 7, "female"),
        ("I'm 34 and my legs hurt", 34, None),
        ("boy aged 7", 7, "male"),
        ("My little lad is two and a half", 2.5, "male"),
        ("A baby, 3 months old", 0.25, None),
        ("Woman in her forties with cramps", 45, "female"),
        ("Woman of 37.", 37, "female"),
        ("59 and a bit of a fitness fanatic", 59, None),
        ("Writing for my wife who is 68. Her legs cramp.", 68, "female"),
        ("My daughter is 53 and gets twitches", 53, "female"),
        ("Nick, 41. I was running", 41, None),
        ("63 here. My leg hurts", 63, None),
        ("Seventeen weeks pregnant here", None, "female"),
        ("He has cramps and his leg swells", None, "male"),
        ("Temperature 99 F in a man", None, "male"),
        ("cramps for 20 years", None, None),
        ("forty-two year old woman", 42, "female"),
        ("My mother had cramps. I am 50.", 50, None),
        ("My mother 80 had a clot. I have a swollen calf.", None, None),
        ("My dad 71 had a stent, he stops every 100m as his calf seizes up", 71, "male"),
        ("I walk 50m and then my calf cramps", None, None),
        ("He can walk about 80m before his calf cramps", None, "male"),
        ("56m with cramps", 56, "male"),
        ("Calf pain after 80m, relieved by rest", None, None),
        ("My leg hurts, I smoke 20, no fever", None, None),
        ("Hiya, bit of an odd one. My leg hurts", None, None),
        ("Bit worried. Dads 81 and his leg is cold", 81, "male"),
        ("Leg cramps every summer since I was 40", None, None),
        ("My dad had a bad back for years, now his calves burn", None, "male"),
        ("65 man, heavy legs", 65, "male"),
        ("Male 52 cramps", 52, "male"),
        ("Man 3 days calf pain", None, "male"),
        ("Calf pain on hills, 20 cigarettes a day, 61", 61, None),
        ("Calf cramps, gone in 5 mins. 27 keen cyclist", 27, None),
        ("My boy 4 won't walk", 4, "male"),
        ("My son 5 nights in a row with leg pain", None, "male"),
    ],
)
def test_age_and_sex(text: str, age: float | None, sex: str | None) -> None:
    case = parse(text, vocabulary())
    assert (case.age, case.sex) == (age, sex)


def test_impossible_age_is_said_and_not_used() -> None:
    case = parse("A 240-year-old man with cramps", vocabulary())
    assert case.age is None
    assert any("240" in n for n in case.notes)


def test_given_age_and_sex_go_first_and_a_difference_is_said() -> None:
    case = parse("62-year-old man", vocabulary(), age=40, sex="female")
    assert (case.age, case.sex) == (40, "female")
    assert len([n for n in case.notes if "was used" in n]) == 2


@pytest.mark.parametrize(
    "text",
    ["I am 17 weeks pregnant with calf cramps", "woman, third pregnancy, 32 weeks, calf cramp", "she is pregnant"],
)
def test_pregnancy(text: str) -> None:
    case = parse(text, vocabulary())
    assert case.sex == "female"
    assert any(o.finding == "pregnant" and o.state == "present" for o in case.observations)


def test_relatives_of_the_writer_and_of_the_patient() -> None:
    case = parse(
        "Writing for my wife who is 68. She has cramps in the calf at night. Her dad had diabetes.", vocabulary()
    )
    found = {o.finding for o in case.observations if o.state == "present"}
    assert {"quality", "timing_night"} <= found
    assert "diabetes" not in found
