"""The command line as a user meets it: what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from hickam.interfaces.cli.main import main
from hickam.model.assessment import Assessment

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """(exit code, standard output, standard error)."""
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def assess_json(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> dict[str, object]:
    """The JSON answer."""
    assert main(["assess", *arguments, "--format", "json", "--as-of", "2026-01-02"]) == 0
    answer: dict[str, object] = json.loads(capsysbinary.readouterr().out)
    return answer


def test_the_text_answer_leads_with_urgency_and_pad(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "assess", STORY)
    assert code == 0
    assert out.index("URGENCY") < out.index("DIFFERENTIAL") < out.index("NEXT") < out.index("REFERENCES")
    first = out[out.index("MOST LIKELY") :].splitlines()[1]
    assert "Peripheral artery disease" in first
    assert "pending human review" in out
    assert "\x1b[" not in out


def test_the_screen_is_short_and_counts_what_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    _, short, _ = run(capsys, "assess", "examples/claudication.txt")
    _, whole, _ = run(capsys, "assess", "examples/claudication.txt", "--full")
    acted_on = short[: short.index("\nUNDERSTOOD")].splitlines()
    assert len(acted_on) <= 65
    assert "more lines with --full" in short
    assert len(whole.splitlines()) > len(short.splitlines())
    cited = {int(n) for group in re.findall(r"\[([\d,]+)\]", short.split("REFERENCES")[0]) for n in group.split(",")}
    listed = {int(n) for n in re.findall(r"^  \[(\d+)\]", short.split("REFERENCES")[1], re.MULTILINE)}
    assert cited == listed


@pytest.mark.parametrize("story", ["my leg hurts", "leg red. leg not red", "62 year old man, leg pain"])
def test_a_leg_pain_without_a_finding_is_answered(capsys: pytest.CaptureFixture[str], story: str) -> None:
    code, out, _ = run(capsys, "assess", story)
    assert code == 0
    assert "MOST LIKELY" in out


def test_the_json_answer_matches_its_schema(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = assess_json(capsysbinary, STORY)
    jsonschema.Draft202012Validator(msgspec.json.schema(Assessment)).validate(answer)
    assert answer["schema"] == "hickam.assessment/1"
    assert answer["as_of"] == "2026-01-02"
    differential = answer["differential"]
    assert isinstance(differential, list)
    assert differential[0]["condition"]["id"] == "peripheral_artery_disease"
    assert differential[0]["tier"] == "most_likely"
    assert [c["rank"] for c in differential] == list(range(1, len(differential) + 1))


def test_every_finding_points_to_its_words(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = assess_json(capsysbinary, STORY)
    case = answer["case"]
    assert isinstance(case, dict)
    spans = [f["source"] for f in case["findings"] if f["source"]]
    assert spans
    assert all(STORY[s["start"] : s["end"]] == s["text"] for s in spans)


def test_explain_adds_up_and_names_sources(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "assess", STORY, "--explain", "peripheral artery disease")
    assert code == 0
    assert "the full working" in out
    terms = [float(line.split(" dB")[0]) for line in out.splitlines() if " dB  " in line]
    assert terms[-1] == pytest.approx(sum(terms[:-1]), abs=0.1 * len(terms))


def test_what_would_overturn_the_answer_is_printed_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    _, plain, _ = run(capsys, "assess", STORY)
    code, out, _ = run(capsys, "assess", STORY, "--overturn")
    assert code == 0
    assert "What would overturn the answer" not in plain
    told = out.partition("What would overturn the answer")[2]
    assert " before " in told
    assert "would have to be" in told


def test_explain_refuses_an_unknown_condition(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "assess", STORY, "--explain", "zebra pox")
    assert code == 2
    assert "is not one condition of this pack" in err
    assert "zebra pox" not in err  # what was sent is not repeated in errors
    assert "peripheral_artery_disease" in err


def test_the_patient_reads_words_not_decibans(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "assess", STORY, "--reader", "patient")
    assert code == 0
    assert " dB" not in out
    assert "Of 100 people" in out
    assert "When to get help at once" in out


@pytest.mark.parametrize(
    ("story", "code"),
    [
        ("", 2),
        ("   \n ", 2),
        ("\x00\x01\x02", 2),
        ("🦵🦵🦵", 3),
        ("The weather was lovely and the train was late.", 3),
        ("Das Wetter ist schön und der Zug hatte Verspätung.", 3),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(capsys: pytest.CaptureFixture[str], story: str, code: int) -> None:
    found, out, err = run(capsys, "assess", story)
    assert (found, out) == (code, "")
    assert "what to do" in err


def test_a_text_of_one_megabyte_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "long.txt"
    path.write_text("My leg cramps at night. " * 45_000)
    code, out, err = run(capsys, "assess", str(path))
    assert (code, out) == (2, "")
    assert "the limit is" in err


def test_binary_and_missing_files_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "photo.txt"
    path.write_bytes(b"\xff\xd8\xff\xe0 leg cramp")
    assert run(capsys, "assess", str(path))[0] == 2
    code, _, err = run(capsys, "assess", str(tmp_path / "nothing.txt"))
    assert code == 2
    assert "no such file" in err


def test_an_impossible_age_is_said_and_not_used(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = assess_json(capsysbinary, "240-year-old man with calf cramps at night")
    case = answer["case"]
    assert isinstance(case, dict)
    assert case["age"] is None
    assert any("240" in note for note in case["notes"])


def test_contradictory_pulses_are_shown_and_count_as_not_asked(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = assess_json(capsysbinary, "Man of 60 with calf cramp. Pedal pulses absent. Pedal pulses normal.")
    case = answer["case"]
    assert isinstance(case, dict)
    assert any(conflict["finding"] == "absent_pedal_pulses" for conflict in case["conflicts"])
    assert all(finding["id"] != "absent_pedal_pulses" for finding in case["findings"])


def test_words_not_understood_are_shown_back(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "assess", "Woman of 70, night cramps in the calf, also a sense of florbing grimbles.")
    assert "not understood" in out
    assert "florbing" in out
    assert "grimbles" in out


def test_a_case_as_data(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({
        "age": 70, "sex": "male", "present": ["on_exertion", "rest_relief", "site_calf"], "absent": ["back_pain"],
        "values": {"ankle_brachial_index": 0.6},
    }))  # fmt: skip
    answer = assess_json(capsysbinary, str(path))
    differential = answer["differential"]
    assert isinstance(differential, list)
    assert differential[0]["condition"]["id"] == "peripheral_artery_disease"


def test_an_unknown_finding_in_data_is_refused_with_a_suggestion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"present": ["exertional_leg"]}))
    code, _, err = run(capsys, "assess", str(path))
    assert code == 2
    assert "on_exertion" in err


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Stdin:
        buffer = io.BytesIO(STORY.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    code, out, _ = run(capsys, "assess", "-")
    assert code == 0
    assert "Peripheral artery disease" in out


def test_bad_usage_and_bad_date(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["assess"])
    assert caught.value.code == 2
    capsys.readouterr()
    assert run(capsys, "assess", STORY, "--as-of", "yesterday")[0] == 2
    assert run(capsys, "assess", STORY, "--pack", "no_such_pack")[0] == 2


def test_nothing_but_the_answer_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HICKAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    secret = "Woman of 70 with night cramps in the calf, called Zenobia Quill."
    assert run(capsys, "assess", secret)[0] == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert all(path.parent.name == "cache" for path in written)
    assert all(b"Zenobia" not in path.read_bytes() for path in written)


def test_show_stats_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "show", "peripheral_artery_disease"]) == 0
    assert main(["pack", "stats"]) == 0
    assert main(["pack", "schema", "assessment"]) == 0
    assert main(["pack", "show", "nothing_like_this"]) == 2


def test_each_resource_of_a_record_is_used_or_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(Path("examples/record.json").read_text())
    assert main(["fhir", "read", "examples/record.json", "--as-of", "2026-11-22"]) == 0
    told = capsys.readouterr().out
    for resource in (entry["resource"] for entry in record["entry"]):
        name = f"{resource['resourceType']}/{resource['id']}:"
        assert f"  {name}" in told or resource["resourceType"] == "Immunization", name


def test_a_form_sent_alone_points_to_its_questions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answers = [
        {"linkId": "age", "answer": [{"valueDecimal": 71}]},
        {"linkId": "on_exertion", "answer": [{"valueBoolean": False}]},
    ]
    form = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": answers}
    (tmp_path / "response.json").write_text(json.dumps(form))
    assert main(["fhir", "read", str(tmp_path / "response.json")]) == 0
    told = capsys.readouterr().out
    assert "  QuestionnaireResponse#on_exertion: absent brought on by walking or exercise" in told
    assert "at the resource" not in told
