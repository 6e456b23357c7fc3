"""Unit: structured input, odd input, leftovers, spelling, storage, speed."""

from __future__ import annotations

import time

import pytest
from intake_pack import small_pack, vocabulary

from hickam.intake import (
    IntakeError,
    build_vocabulary,
    case_from_json,
    decode,
    encode,
    parse,
    suggest,
    understood_nothing,
)


def test_structured_input() -> None:
    case = case_from_json(
        {
            "age": 70,
            "sex": "F",
            "setting": "emergency",
            "present": ["leg swelling", "calf_tenderness", "quality=cramp"],
            "absent": ["cough"],
            "values": {"potassium": 2.9, "TSH": 12, "fever": False},
            "known_conditions": [{"id": "hypothyroidism", "status": "active"}, "PAD"],
            "medications": [{"name": "simvastatin", "dose": "40 mg"}, "unheardofol"],
            "ruled_out": ["DVT"],
        },
        vocabulary(),
    )
    assert (case.age, case.sex, case.setting, case.completeness) == (70.0, "female", "emergency", 1.0)
    states = {o.finding: (o.state, o.values) for o in case.observations}
    assert states["leg_swelling"] == ("present", ())
    assert states["quality"] == ("present", ("cramp",))
    assert states["cough"] == ("absent", ())
    assert states["potassium"] == ("present", ("k_low",))
    assert states["tsh"] == ("present", ("tsh_gt_10",))
    assert states["fever"] == ("absent", ())
    assert states["takes_statin"] == ("present", ())
    assert [(f.condition, f.status) for f in case.facts] == [
        ("hypothyroidism", "active"),
        ("peripheral_artery_disease", "unknown"),
    ]
    assert [f.condition for f in case.ruled_out] == ["deep_vein_thrombosis"]


def test_given_findings_go_before_the_text() -> None:
    case = case_from_json({"text": "She has fever and a cough.", "absent": ["fever"]}, vocabulary())
    states = {o.finding: o.state for o in case.observations}
    assert states == {"fever": "absent", "cough": "present"}


@pytest.mark.parametrize(
    ("obj", "where", "words"),
    [
        ([], "case", "list"),
        ({"agee": 4}, "agee", "not known"),
        ({"age": "old"}, "age", "'old'"),
        ({"age": 240}, "age", "240"),
        ({"sex": "x"}, "sex", "'x'"),
        ({"setting": "moon"}, "setting", "primary_care"),
        ({"present": "cough"}, "present", "list"),
        ({"present": ["palpitatons"]}, "present[0]", "palpitations"),
        ({"values": {"potassium": 290}}, "values.potassium", "290"),
        ({"values": {"nonsense": 3}}, "values.nonsense", "potassium"),
        ({"values": {"quality": "purple"}}, "values.quality", "cramp"),
        ({"known_conditions": ["zzz"]}, "known_conditions[0]", "zzz"),
        ({"text": 4}, "text", "int"),
        ({"medications": [{}]}, "medications[0]", "name"),
        ({"known_conditions": [{"id": "hypothyroidism", "status": "odd"}]}, "known_conditions[0]", "controlled"),
    ],
)
def test_refusals_say_where_what_why_and_how(obj: object, where: str, words: str) -> None:
    with pytest.raises(IntakeError) as e:
        case_from_json(obj, vocabulary())
    assert e.value.where == where
    assert words in str(e.value)
    assert all(e.value.as_data().values())


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00\x01\x02", "🦵🦵 😭", "????", "[[[(((", "a", "1", "\n\n\n", "K", "no", "\ud800"]
)
def test_odd_text_is_no_error(text: str) -> None:
    case = parse(text, vocabulary())
    assert understood_nothing(case)


def test_other_languages_are_named() -> None:
    assert any(
        n.startswith("language")
        for n in parse(
            "J'ai des douleurs dans la jambe gauche depuis trois jours et je ne dors plus", vocabulary()
        ).notes
    )
    assert any(n.startswith("language") for n in parse("У меня болит левая нога уже три дня", vocabulary()).notes)
    assert not any(
        n.startswith("language") for n in parse("Severe calf pain, left, worse on walking. Smoker.", vocabulary()).notes
    )


def test_no_leg() -> None:
    case = parse("I have had a cough and fever for a week", vocabulary())
    assert case.complaint == "any"
    assert any("leg" in n for n in case.notes)


def test_leftovers_are_named_and_suggestions_given() -> None:
    case = parse("Calf cramps at night and a wobbly purple elbow.", vocabulary())
    assert [s.text for s in case.not_understood] == ["wobbly purple elbow"]
    assert suggest("palpitatons", vocabulary())[0] == "palpitations"
    assert suggest("xqzw", vocabulary()) == []


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [
        ("Since Friday both thighs ache.", "Since Friday", []),
        ("Knocked my shin on a gizmo yesterday, it hurts.", "yesterday", ["Knocked my shin on a gizmo"]),
    ],
)
def test_a_date_that_was_read_is_no_leftover_and_hides_no_word_before_it(text: str, span: str, left: list[str]) -> None:
    case = parse(text, vocabulary())
    assert [o.span.text for o in case.observations if o.finding == "onset_days" and o.span] == [span]
    assert [s.text for s in case.not_understood] == left


@pytest.mark.parametrize(
    "text", ["leg oedema", "leg edema", "HAEMOPTYSIS", "hemoptysis", "swollen legs", "oedema of the leg", "dyspnea"]
)
def test_spelling_and_inflection(text: str) -> None:
    assert not understood_nothing(parse(text, vocabulary()))


def test_abbreviations_that_are_words_need_capitals() -> None:
    assert parse("known PAD", vocabulary()).facts
    assert not parse("i sat on a pad", vocabulary()).facts


def test_vocabulary_survives_storage() -> None:
    v = decode(encode(build_vocabulary(small_pack())))
    text = "62M, left calf cramps at night, K 2.9, on simvastatin, no fever"
    assert parse(text, v) == parse(text, vocabulary())


def test_time_is_linear() -> None:
    piece = "Left calf cramps at night, no fever, cough or swelling; K 2.9. Her dad had a clot. Is it a clot? "
    v = vocabulary()
    spent = []
    for n in (200, 800):
        start = time.process_time()
        parse(piece * n, v)
        spent.append(time.process_time() - start)
    assert spent[1] < 12 * spent[0] + 0.5
    case = parse(piece * 12_000, v)
    assert any(n.startswith("length") for n in case.notes)
