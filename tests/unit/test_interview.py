"""The interview on the shipped pack: order, words, what is never asked, back, resume; and the command on piped lines."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from hickam.errors import HickamError
from hickam.interfaces.cli.main import main
from hickam.model.finding import Finding
from hickam.services.interview import (
    AnswerError,
    Choice,
    Question,
    State,
    Value,
    answer,
    back,
    begin,
    case_of,
    next_question,
    progress,
    read_answer,
    resume,
    to_json,
)
from hickam.services.interview_questions import asked_by
from hickam.services.interview_state import exclusive, open_findings
from hickam.services.knowledge import Knowledge

NIGHT = "I am a 70-year-old woman and get cramps in my calf at night"


def reply(question: Question, yes: frozenset[str] = frozenset()) -> Value:
    """Yes to the findings named, no to all others, not known to values and numbers."""
    there = tuple(f for f in question.findings if f in yes)
    if question.kind == "screen":
        return there
    if question.kind == "choice" and len(question.findings) > 1:
        return there[0] if there else "none"
    if question.kind == "yes_no":
        return "yes" if there else "no"
    return "unknown"


def whole(knowledge: Knowledge, state: State, yes: frozenset[str] = frozenset()) -> tuple[State, list[Question]]:
    """The interview to its end, and what was asked."""
    asked = []
    while (question := next_question(knowledge, state)) is not None:
        asked.append(question)
        state = answer(state, question.id, reply(question, yes))
    return state, asked


def states(knowledge: Knowledge, state: State) -> dict[str, str]:
    """Finding -> state in the case."""
    return {o.finding: o.state for o in case_of(knowledge, state).observations}


def test_from_nothing_it_asks_for_the_story_then_age_and_sex(knowledge: Knowledge) -> None:
    _, asked = whole(knowledge, begin(knowledge, reader="patient"))
    assert [q.kind for q in asked[:3]] == ["story", "age", "sex"]


def test_a_story_with_age_and_sex_leaves_them_out(knowledge: Knowledge) -> None:
    _, asked = whole(knowledge, begin(knowledge, NIGHT, reader="patient"))
    assert not [q for q in asked if q.part == "person"]
    assert "timing_night" not in {f for q in asked for f in q.findings}


def test_core_history_comes_first_then_one_danger_screen_then_the_rest(knowledge: Knowledge) -> None:
    _, asked = whole(knowledge, begin(knowledge, NIGHT, reader="patient"), frozenset({"stretch_relief"}))
    parts = [q.part for q in asked]
    order = ["core_history", "danger_screen", "background", "focused"]
    assert parts == sorted(parts, key=order.index)
    assert parts.count("danger_screen") == 1
    core = [knowledge.pack.findings[f].core_history for q in asked if q.part == "core_history" for f in q.findings[:1]]
    assert core
    assert all(q.why for q in asked)


def test_the_answered_screen_settles_the_urgency(knowledge: Knowledge) -> None:
    state, _ = whole(knowledge, begin(knowledge, NIGHT, reader="patient"))
    known = states(knowledge, state)
    assert all(f.id in known for f in knowledge.pack.findings.values() if f.red_flag_screen)


def test_a_sign_nobody_is_sure_of_stays_not_asked(knowledge: Knowledge) -> None:
    state = answer(begin(knowledge, NIGHT), "screen:fever|dyspnoea|chest_pain", ("fever", "?dyspnoea"))
    known = states(knowledge, state)
    assert (known.get("fever"), known.get("dyspnoea"), known.get("chest_pain")) == ("present", None, "absent")
    assert "dyspnoea" not in open_findings(knowledge, state)


def test_what_an_answer_implies_is_not_asked(knowledge: Knowledge) -> None:
    for name, finding in knowledge.pack.findings.items():
        for implied in finding.implies:
            yes = answer(begin(knowledge, ""), name, "yes") if finding.type == "yes_no" else None
            if yes is not None:
                assert implied not in open_findings(knowledge, yes)
            if knowledge.pack.findings[implied].type == "yes_no":
                assert name not in open_findings(knowledge, answer(begin(knowledge, ""), implied, "no"))


def test_findings_that_exclude_each_other_are_one_question(knowledge: Knowledge) -> None:
    state = begin(knowledge, "", age=50, sex="male")
    among = open_findings(knowledge, state)
    together = {f.id for f in exclusive(knowledge, among["onset_days"], among)}
    assert {"onset_days", "onset_weeks_months", "onset_years"} <= together
    chosen = answer(state, "onset_days|onset_weeks_months|onset_years", "onset_years")
    assert states(knowledge, chosen)["onset_years"] == "present"
    assert states(knowledge, chosen)["onset_days"] == "absent"
    assert set(states(knowledge, answer(state, "onset_days|onset_years", "none")).values()) == {"absent"}


def test_only_questions_that_can_concern_the_patient(knowledge: Knowledge) -> None:
    _, asked = whole(knowledge, begin(knowledge, "", age=60, sex="male", reader="patient"))
    pack = knowledge.pack
    for name in (f for q in asked for f in q.findings):
        finding: Finding = pack.findings[name]
        assert finding.only_sex in ("any", "male")
        assert finding.only_age[0] <= 60 <= finding.only_age[1]
        assert finding.kind in ("history", "risk_factor")


def test_patients_are_asked_in_their_words(knowledge: Knowledge) -> None:
    _, asked = whole(knowledge, begin(knowledge, "", age=60, sex="female", reader="patient"))
    pack = knowledge.pack
    for question in asked:
        names = question.findings
        if len(names) == 1 and question.kind != "screen":
            assert question.text == (pack.findings[names[0]].lay_question or question.text)
            assert "the patient" not in question.text.lower()
        elif question.kind != "choice" or len(names) > 1:
            shown = {c.id: c.name for c in question.choices}
            assert all(shown[name] == pack.findings[name].lay_name for name in names)


def test_clinicians_are_offered_examination(knowledge: Knowledge) -> None:
    yes = frozenset({"rest_relief", "on_exertion", "only_on_exertion"})
    story = "62-year-old man, calf pain on walking"
    _, asked = whole(knowledge, begin(knowledge, story, reader="clinician"), yes)
    kinds = {knowledge.pack.findings[f].kind for q in asked for f in q.findings}
    assert kinds & {"examination", "test"}


def test_back_undoes_and_a_later_answer_replaces(knowledge: Knowledge) -> None:
    start = begin(knowledge, "", age=50, sex="male")
    assert back(start) == start
    yes = answer(start, "fever", "yes")
    assert back(yes) == start
    no = answer(yes, "fever", "no")
    assert states(knowledge, no)["fever"] == "absent"
    assert states(knowledge, back(no))["fever"] == "present"


def test_an_answer_goes_before_the_story(knowledge: Knowledge) -> None:
    state = begin(knowledge, NIGHT)
    assert states(knowledge, state)["timing_night"] == "present"
    assert states(knowledge, answer(state, "timing_night", "no"))["timing_night"] == "absent"


def test_a_saved_interview_goes_on_where_it_stopped(knowledge: Knowledge) -> None:
    state = begin(knowledge, NIGHT, reader="patient")
    for _ in range(4):
        question = next_question(knowledge, state)
        assert question is not None
        state = answer(state, question.id, reply(question))
    again = resume(knowledge, to_json(state))
    assert again == state
    assert next_question(knowledge, again) == next_question(knowledge, state)
    assert progress(knowledge, again) == progress(knowledge, state)


@pytest.mark.parametrize(
    ("question", "value"),
    [("no_such_finding", "yes"), ("fever", "perhaps"), ("fever", 39.0), ("quality", "yes"), ("potassium", 900.0)],
)
def test_answers_that_do_not_fit_are_refused(knowledge: Knowledge, question: str, value: Value) -> None:
    state = answer(begin(knowledge, ""), question, value)
    with pytest.raises(HickamError, match="what to do"):
        resume(knowledge, to_json(state))


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[1]", b'{"pack": "x", "answers": [{"question": 1}]}'])
def test_a_file_that_is_no_interview_is_refused_in_words(knowledge: Knowledge, data: bytes) -> None:
    with pytest.raises(HickamError, match="the saved interview"):
        resume(knowledge, data)


def test_a_number_also_answers_what_is_read_off_it(knowledge: Knowledge) -> None:
    state = answer(begin(knowledge, "", age=70, sex="male"), "potassium", 2.4)
    found = next(o for o in case_of(knowledge, state).observations if o.finding == "potassium")
    assert (found.value, found.unit, len(found.values)) == (2.4, knowledge.pack.measurements["potassium"].unit, 1)


def test_the_question_names_its_findings() -> None:
    assert asked_by("screen:a|b") == ("a", "b")
    assert asked_by("a|b") == ("a", "b")
    assert asked_by("a") == ("a",)


def _question(kind: str, *names: str) -> Question:
    choices = tuple(Choice(id=name, name=name.replace("_", " ")) for name in names)
    return Question(id="x", kind=kind, part="focused", text="?", why="", choices=choices, low=0, high=120)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "typed", "value"),
    [
        (_question("yes_no"), "Y", "yes"),
        (_question("yes_no"), "no, never", "no"),
        (_question("yes_no"), "I don’t know", "unknown"),
        (_question("age"), "70 years", 70.0),
        (_question("number"), "2,9", 2.9),
        (_question("sex", "female", "male"), "m", "male"),
        (_question("sex", "female", "male"), "woman", "female"),
        (_question("choice", "both_legs", "one_leg", "none"), "2", "one_leg"),
        (_question("choice", "both_legs", "one_leg", "none"), "both", "both_legs"),
        (_question("choice", "both_legs", "one_leg", "none"), "neither", "none"),
        (_question("screen", "fever", "dark_urine"), "2, 1", ("dark_urine", "fever")),
        (_question("screen", "fever", "dark_urine"), "1 and ?2", ("fever", "?dark_urine")),
        (_question("screen", "fever", "dark_urine"), "none", ()),
        (_question("screen", "fever", "dark_urine"), "?", "unknown"),
        (_question("story"), " my leg hurts ", "my leg hurts"),
    ],
)
def test_typed_answers(question: Question, typed: str, value: Value) -> None:
    assert read_answer(question, typed) == value


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (_question("yes_no"), "perhaps"),
        (_question("yes_no"), ","),
        (_question("yes_no"), ""),
        (_question("age"), "130"),
        (_question("age"), "old"),
        (_question("choice", "a", "b"), "3"),
        (_question("choice", "left_leg", "left_foot"), "left"),
        (_question("screen", "fever", "dark_urine"), "7"),
        (_question("screen", "fever", "dark_urine"), "1 ?"),
        (_question("screen", "fever", "dark_urine"), "all of it"),
    ],
)
def test_unreadable_answers_give_a_hint(question: Question, typed: str) -> None:
    with pytest.raises(AnswerError, match=r"give|answer|outside"):
        read_answer(question, typed)


def talk(monkeypatch: pytest.MonkeyPatch, lines: str, *arguments: str) -> int:
    """The command with these lines on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    return main(["interview", *arguments])


def test_the_command_asks_reads_and_assesses(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert talk(monkeypatch, "perhaps\n3\nwhy\nn\n", NIGHT, "--reader", "patient") == 0
    out = capsys.readouterr().out
    assert "Not understood: give a number" in out
    assert "asked of everyone" in out
    assert "so far: " in out
    assert "Stopped here" in out
    assert "What it may be" in out
    assert "dB" not in out


def test_the_command_keeps_and_resumes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "interview.json"
    assert talk(monkeypatch, "1\nback\n3\nn\nstop\n", NIGHT, "--save", str(file)) == 0
    asked = capsys.readouterr().out
    assert [a["value"] for a in json.loads(file.read_text())["answers"]] == ["onset_years", "no"]
    assert file.stat().st_mode & 0o077 == 0
    assert talk(monkeypatch, "", "--resume", str(file)) == 0
    resumed = capsys.readouterr().out
    last = [line for line in asked.splitlines() if line.startswith("Question")][-1]
    assert last in resumed


def test_the_json_answer_stands_alone(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert talk(monkeypatch, "3\n", NIGHT, "--format", "json") == 0
    captured = capsysbinary.readouterr()
    assert json.loads(captured.out)["schema"] == "hickam.assessment/1"
    assert b"Question 1" in captured.err


def test_nothing_said_is_no_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert talk(monkeypatch, "") == 3
    assert "Nothing was answered" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("x", "--resume", "y"), ("--age", "200"), ("--resume", "/no/such/file")])
def test_bad_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert talk(monkeypatch, "", *arguments) == 2
    assert "hickam: " in capsys.readouterr().err
