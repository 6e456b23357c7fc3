"""hickam case, document and store, as a person uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hickam.interfaces.cli.main import main

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def run(capsys: Output, *arguments: str, code: int = 0) -> str:
    """What the command prints on standard output; on standard error where it refuses."""
    assert main(arguments) == code
    captured = capsys.readouterr()
    return captured.err if code == 2 else captured.out


def save(capsys: Output, *more: str) -> str:
    """Save the story; returns the case's id."""
    return run(capsys, "case", "save", STORY, "--as-of", "2026-01-02", *more).split()[0]


def test_assessing_stores_nothing(capsys: Output, tmp_path: Path) -> None:
    run(capsys, "assess", STORY)
    assert run(capsys, "case", "list") == ""
    assert "nothing has been saved" in run(capsys, "store", "status")
    assert "not-found" not in run(capsys, "case", "show", "abcdef", code=2)
    assert "nothing has been saved" in run(capsys, "store", "verify", code=2)
    assert not (tmp_path / "data").exists()


def test_a_saved_case_shows_the_answer_that_was_given(capsys: Output) -> None:
    printed = run(capsys, "assess", STORY, "--as-of", "2026-01-02")
    as_data = run(capsys, "assess", STORY, "--as-of", "2026-01-02", "--format", "json")
    case_id = save(capsys, "--patient", "P 1", "--title", "first")
    assert run(capsys, "case", "show", case_id[:8]) == printed
    assert json.loads(run(capsys, "case", "show", case_id, "--format", "json")) == json.loads(as_data)
    assert "P 1 · first · routine" in run(capsys, "case", "list", "--patient", "P 1")
    assert run(capsys, "case", "list", "--patient", "P") == ""


def test_versions_are_kept_compared_and_replayed(capsys: Output) -> None:
    case_id = save(capsys)
    run(capsys, "case", "save", STORY + " His foot is cold.", "--id", case_id, "--as-of", "2026-01-02")
    assert len(run(capsys, "case", "versions", case_id).splitlines()) == 2
    assert "not asked -> present" in run(capsys, "case", "compare", case_id, "1", "2")
    assert "to the last byte" in run(capsys, "case", "replay", case_id, "--version", "1")
    assert "it is now at version 2" in run(capsys, "case", "save", STORY, "--id", case_id, "--after", "1", code=2)
    run(capsys, "case", "erase", case_id)
    assert len(run(capsys, "case", "versions", case_id).splitlines()) == 2
    run(capsys, "case", "erase", case_id, "--yes")
    assert run(capsys, "case", "list") == ""


def test_an_answer_is_replayed_by_another_process(capsys: Output) -> None:
    case_id = save(capsys)
    program = [sys.executable, "-c", "from hickam.interfaces.cli.main import run; run()", "case", "replay", case_id]
    found = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (found.returncode, "to the last byte" in found.stdout) == (0, True), found


def test_a_document_from_draft_to_signature(capsys: Output, tmp_path: Path) -> None:
    case_id = save(capsys)
    document_id = run(capsys, "document", "draft", case_id, "--kind", "soap", "--as-of", "2026-01-02").split()[0]
    (tmp_path / "note.md").write_text(run(capsys, "document", "show", document_id, "--bare") + "\nSeen by me.\n")
    run(capsys, "document", "edit", document_id[:6], str(tmp_path / "note.md"))
    run(capsys, "document", "sign", document_id, "--name", "Dr A. Example")
    page = run(capsys, "document", "show", document_id)
    assert "Seen by me." in page
    assert "Signed by Dr A. Example" in page
    assert "it stays" in run(capsys, "document", "edit", document_id, str(tmp_path / "note.md"), code=2)
    run(capsys, "document", "show", document_id, "--format", "pdf", "--out", str(tmp_path / "note.pdf"))
    assert (tmp_path / "note.pdf").read_bytes().startswith(b"%PDF")
    amended = run(capsys, "document", "amend", document_id)
    assert f"amends {document_id}" in amended
    run(capsys, "document", "discard", amended.split()[0])
    assert len(run(capsys, "document", "list", case_id).splitlines()) == 1


def test_the_keeper_of_a_store(capsys: Output, tmp_path: Path) -> None:
    save(capsys, "--patient", "P 1")
    backup, copy = str(tmp_path / "backup.gz"), f"sqlite:///{tmp_path / 'copy.db'}"
    run(capsys, "store", "backup", backup)
    assert "restored and sound" in run(capsys, "store", "restore", backup, "--database", copy)
    verified = run(capsys, "store", "verify", "--database", copy)
    head = verified.split("head ")[1].split()[0]
    assert "sound" in run(capsys, "store", "verify", "--head", head)
    assert "1 problem" in run(capsys, "store", "verify", "--head", "0" * 63 + "1", code=1)
    assert "case.saved" in run(capsys, "store", "audit")
    run(capsys, "store", "export", "P 1", "--out", str(tmp_path / "all.zip"))
    assert (tmp_path / "all.zip").stat().st_mode & 0o777 == 0o600
    assert "1 case(s) would be erased" in run(capsys, "store", "erase", "P 1")
    assert "0 case(s)" in run(capsys, "store", "retention", "--days", "30")
    assert "1 case(s)" in run(capsys, "store", "retention", "--days", "0")
    assert "erased: 1 cases" in run(capsys, "store", "erase", "P 1", "--yes")
    assert "no case bears this name" in run(capsys, "store", "export", "P 1", "--out", str(tmp_path / "b.zip"), code=2)
    assert "sound" in run(capsys, "store", "verify")


def test_a_cold_start_does_not_load_the_store() -> None:
    program = (
        "import sys; from hickam.interfaces.cli.main import main; main(['assess', 'night cramps of the calf']);"
        "print([m for m in ('sqlalchemy', 'alembic', 'psycopg') if m in sys.modules], file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"


REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("case", "show", "CASE", "--version", "9"), "no such version"),
    (("case", "compare", "CASE", "1", "2147483647"), "no such version"),
    (("case", "save", "calf cramps", "--patient", "a\nb"), "control characters"),
    (("case", "save", "calf cramps", "--title", "x" * 201), "longer than 200"),
    (("case", "save", "calf \udcff cramps"), "not text"),
    (("case", "give", "CASE", "nobody"), "nobody of this name"),
    (("document", "draft", "CASE", "--kind", "result"), "no test result"),
    (("document", "sign", "DOCUMENT", "--name", "  "), "it is empty"),
    (("document", "sign", "DOCUMENT", "--name", "Dr A", "--after", "9"), "revision 1"),
    (("document", "edit", "DOCUMENT", "RANDOM"), "not UTF-8"),
    (("document", "edit", "DOCUMENT", "/no/file"), "No such file"),
    (("store", "retention", "--days", "-1"), "not between"),
    (("store", "retention", "--days", "99999999"), "not between"),
    (("store", "backup", "/no/folder/x"), "No such file"),
    (("store", "restore", "RANDOM", "--database", "sqlite:////tmp/none.db"), "no backup"),
    (("store", "verify", "--database", "sqlite:///RANDOM"), "not a database"),
    (("case", "list", "--database", "mysql://x"), "sqlite:////folder"),
)


def test_what_cannot_be_done_is_said_in_words(capsys: Output, tmp_path: Path) -> None:
    case_id = save(capsys)
    document_id = run(capsys, "document", "draft", case_id, "--kind", "soap").split()[0]
    random = tmp_path / "random"
    random.write_bytes(bytes(range(255, 100, -1)))
    names = {"CASE": case_id, "DOCUMENT": document_id}
    for words, said in REFUSED:
        given = [names.get(word, word.replace("RANDOM", str(random))) for word in words]
        found = run(capsys, *given, code=2)
        assert said in found, words
        assert "what to do" in found or "No such file" in found


@pytest.mark.parametrize("words", [("case", "list", "--patient"), ("store", "erase"), ("case", "show")])
def test_bytes_of_another_encoding_are_no_name(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as refused:
        main([*words, "a\udcff"])
    assert refused.value.code == 2


def test_a_story_of_which_nothing_is_understood_is_kept_and_says_so(capsys: Output) -> None:
    assert "nothing understood" in run(capsys, "case", "save", "zxcv qwer", code=3)
    case_id = run(capsys, "case", "list").split()[0]
    run(capsys, "case", "show", case_id, code=3)
    assert main(["case", "replay", case_id]) == 1
