"""``hickam scribe`` from transcript to signed letter, and the measured quality of the reading."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from visits_on_disk import scripts

from hickam.interfaces.cli.main import main
from hickam.services.knowledge import open_knowledge
from hickam.services.scribe_evaluation import tally


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    path = tmp_path / "visit.txt"
    path.write_text(next(s.script for s in scripts("building") if s.name == "drink_falls_driving"))
    return path


def test_read_numbers_what_was_heard_with_its_words(transcript: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scribe", "read", str(transcript)]) == 0
    out = capsys.readouterr().out
    assert "heavy alcohol use  “bottle of vodka a day,” t12" in out
    assert "Thiamine 100 mg" in out


def test_the_way_from_transcript_to_letter_needs_a_signature(
    transcript: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = tmp_path / "note.json"
    assert main(["scribe", "note", str(transcript), "--confirm", "all", "--format", "json", "--out", str(note)]) == 0
    assert note.stat().st_mode & 0o077 == 0
    letter = ["scribe", "document", str(note), "--kind", "referral", "--format", "markdown"]
    assert main(letter) == 2
    assert "nobody has signed" in capsys.readouterr().err
    assert main(["scribe", "sign", str(note), "--name", "Dr Test", "--role", "GP"]) == 0
    capsys.readouterr()
    assert main(letter) == 0
    assert "Thiamine 100 mg" in capsys.readouterr().out
    assert main(["scribe", "show", str(note)]) == 0
    assert "Signed by Dr Test, GP" in capsys.readouterr().out
    note.write_text(note.read_text().replace("Thiamine", "Thiazine"))
    assert main(letter) == 2
    assert "changed after it was signed" in capsys.readouterr().err


def test_a_signed_note_is_kept_with_who_when_and_hash(
    transcript: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    note = tmp_path / "note.json"
    main(["scribe", "note", str(transcript), "--confirm", "all", "--format", "json", "--out", str(note)])
    keep = ["scribe", "keep", str(note), "--patient", "P 4711"]
    assert main(keep) == 2
    assert "nobody has signed" in capsys.readouterr().err
    main(["scribe", "sign", str(note), "--name", "Dr Test", "--role", "GP"])
    signature = json.loads((tmp_path / "note.json.signature").read_text())
    capsys.readouterr()
    assert main(keep) == 0
    document = capsys.readouterr().out.split()[0]
    assert main(["document", "show", document]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"Signed by Dr Test, GP, {signature['signed_at']}" in printed
    assert f"Signed by Dr Test on {signature['signed_at'][:16].replace('T', ' ')} UTC" in printed
    assert hashlib.sha256(note.read_bytes()).hexdigest() in printed
    assert main(["case", "list", "--patient", "P 4711"]) == 0
    assert "Visit of" in capsys.readouterr().out
    assert main(["store", "verify"]) == 0
    note.write_text(note.read_text().replace("Thiamine", "Thiazine"))
    assert main(keep) == 2
    assert "changed after it was signed" in capsys.readouterr().err


def test_what_is_not_confirmed_is_not_stated(transcript: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scribe", "note", str(transcript), "--confirm", "1-3", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    note, heard = out.split("## Heard, not confirmed, not in the note")
    assert "Thiamine" not in note
    assert "Thiamine" in heard
    assert "I drive the van for work" in note


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["note", "T", "--confirm", "99"], "no such number"),
        (["note", "T", "--confirm", "x"], "no number of a finding"),
        (["sign", "T", "--name", "A"], "not the note of a visit"),
        (["read", "/no/such"], "no such file"),
        (["evaluate", "/no/such"], "nothing to measure"),
    ],
)
def test_bad_input_is_said_in_words(
    arguments: list[str], words: str, transcript: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scribe", *(str(transcript) if a == "T" else a for a in arguments)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "code"), [(b"", 2), (b"\xff\xfe\x00", 2), (b"{}", 2), (b'{"schema": 1}', 2), (b"Doctor: Hello.", 3)]
)
def test_a_transcript_that_says_nothing_ends_in_words(
    content: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    assert main(["scribe", "read", str(path)]) == code
    assert "what to do" in capsys.readouterr().err or code == 2


def test_the_json_of_a_visit_names_turns_and_characters(transcript: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scribe", "read", str(transcript), "--format", "json"]) == 0
    visit = json.loads(capsys.readouterr().out)
    text = visit["case"]["text"]
    spans = [o["span"] for o in visit["case"]["observations"] if o["span"]]
    assert spans
    assert all(text[s["start"] : s["end"]] == s["text"] for s in spans)


def test_the_written_visits_are_read_nearly_as_well_as_when_they_were_measured() -> None:
    knowledge = open_knowledge("leg_cramps")
    for group in ("building", "held_apart"):
        found = tally(knowledge, group, scripts(group))
        assert found.f1 >= 0.88
        assert found.drugs[2] == 0


def test_there_are_enough_visits_and_some_of_them_apart() -> None:
    assert len(scripts("building")) >= 30
    assert len(scripts("held_apart")) >= 12
