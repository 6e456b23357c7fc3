"""Editorial review from the command line, on a copied pack: who may approve what, and what the records are worth."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from packs.mini_pack import mini_files, write_pack

from hickam.interfaces.cli.main import main

ANN = ("--by", "Ann Reviewer", "--role", "vascular surgeon")
BEN = ("--by", "Ben Second", "--role", "general practitioner")
EDITOR = ("--by", "Eve Editor")
UNTIL = ("--next-review", "2027-06-01")
ARTERIAL, WATER = "conditions/arterial", "drugs/water"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HICKAM_CACHE", str(tmp_path / "cache"))
    return write_pack(tmp_path / "mini", mini_files())


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--pack", str(root)] if arguments[0] == "review" else list(arguments))
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def reference(run: Run, item: str) -> str:
    """The item with the digits of the content that the reviewer has read."""
    return run("review", "show", item)[1].splitlines()[0].split()[0]


def approve(run: Run, item: str, *people: tuple[str, ...]) -> str:
    for who in people:
        assert run("review", "take", item, *who)[0] == 0
        code, out, err = run("review", "approve", reference(run, item), *who, *UNTIL)
        assert code == 0, err
    return out


def edit(root: Path, item: str, before: str, after: str) -> None:
    path = root / f"{item}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_everything_begins_as_submitted_and_shipped_packs_record_no_review(run: Run) -> None:
    _, out, _ = run("review", "list")
    assert f"{ARTERIAL}@" in out
    assert "submitted [two reviewers]" in out
    assert "approved" not in out
    shipped = Path(__file__).parents[2] / "packs"
    assert list(shipped.glob("*/reviews.jsonl")) == []
    assert list(shipped.glob("*/reviewed")) == []


def test_an_ordinary_item_needs_one_reviewer_and_an_edit_takes_the_approval_away(run: Run, root: Path) -> None:
    assert "approved by Ann Reviewer (vascular surgeon)" in approve(run, WATER, ANN)
    assert "drugs/water@" in run("review", "list", "--state", "approved")[1]
    edit(root, WATER, "furosemide", "bumetanide")
    assert run("review", "list", "--state", "approved")[1].startswith("0 shown")
    edit(root, WATER, "bumetanide", "furosemide")
    assert run("review", "list", "--state", "approved")[1].startswith("drugs/water@")


def test_what_must_not_be_missed_needs_two_different_people(run: Run, root: Path) -> None:
    assert "one of the two reviewers it needs" in approve(run, ARTERIAL, ANN)
    assert "one of the two reviewers" in approve(run, ARTERIAL, ("--by", "ann  reviewer", "--role", "surgeon"))
    assert approve(run, ARTERIAL, BEN).count("approved by") == 1
    assert run("review", "list", "--state", "approved")[1].startswith(f"{ARTERIAL}@")
    _, counted, _ = run("pack", "stats", "--pack", str(root))
    assert re.search(r"approved items +1\n", counted)
    assert "mini 0.0.1: under review" in counted


@pytest.mark.parametrize("item", ["rules/cold_leg", "findings/absent_pulses", "findings/on_exertion"])
def test_a_red_flag_and_the_findings_it_listens_to_need_two_people(run: Run, root: Path, item: str) -> None:
    names = [path.stem for path in (root / "rules").glob("*.yaml")]
    item = f"rules/{names[0]}" if item.startswith("rules") else item
    assert "one of the two reviewers it needs" in approve(run, item, ANN)


def test_an_editor_does_not_approve_their_own_work(run: Run, root: Path) -> None:
    approve(run, WATER, ANN)
    edit(root, WATER, "furosemide", "bumetanide")
    code, _, err = run("review", "take", WATER, *BEN)
    assert (code, "nobody has said by whom" in err) == (2, True)
    assert run("review", "submit", WATER, *EDITOR, "--comment", "sold under this name")[0] == 0
    code, _, err = run("review", "take", WATER, *EDITOR)
    assert (code, "nobody approves their own work" in err) == (2, True)
    approve(run, WATER, BEN)


def test_an_editor_on_the_way_to_a_content_is_barred_from_it(run: Run, root: Path) -> None:
    approve(run, WATER, ANN)
    edit(root, WATER, "furosemide", "bumetanide")
    run("review", "submit", WATER, *EDITOR, "--comment", "first half")
    edit(root, WATER, "Water tablet", "Diuretic")
    run("review", "submit", WATER, "--by", "Fay Other", "--comment", "second half")
    code, _, err = run("review", "take", WATER, *EDITOR)
    assert (code, "Eve Editor edited" in err) == (2, True)


def test_a_forged_line_by_the_editor_counts_for_nothing(run: Run, root: Path) -> None:
    run("review", "submit", WATER, *EDITOR, "--comment", "as it is")
    digits = json.loads((root / "reviews.jsonl").read_text())["hash"]
    line = {"item": WATER, "hash": digits, "by": "eve editor", "on": "2026-11-22", "outcome": "approved",
            "role": "editor", "next_review": "2027-01-01"}  # fmt: skip
    with (root / "reviews.jsonl").open("a") as log:
        log.write(json.dumps(line) + "\n")
    assert run("review", "list", "--state", "approved")[1].startswith("0 shown")


def test_the_drafter_does_not_approve_and_the_mark_stays(run: Run, root: Path) -> None:
    files = mini_files()
    files["pack.yaml"]["drafted_by"] = "AI"
    write_pack(root, files)
    code, _, err = run("review", "take", WATER, "--by", "ai", "--role", "model")
    assert (code, "drafted it" in err) == (2, True)
    _, listed, _ = run("review", "list")
    for line in listed.splitlines()[:-1]:
        approve(run, line.split("@")[0], ANN, BEN)
    _, shown, _ = run("review", "show", WATER)
    assert shown.splitlines()[1].startswith("drafted by AI; approved by Ann Reviewer")
    answer = json.loads(run("assess", "cramp on exertion, 60", "--pack", str(root), "--format", "json")[1])
    assert (answer["pack"]["review_state"], answer["pack"]["drafted_by"]) == ("approved", "AI")
    assert "drafted by AI; approved" in run("assess", "cramp on exertion, 60", "--pack", str(root))[1]


def test_sending_back_cancels_approvals_and_waits_for_the_editor(run: Run) -> None:
    approve(run, ARTERIAL, ANN)
    assert run("review", "return", ARTERIAL, *BEN, "--comment", "the threshold has no source")[0] == 0
    assert run("review", "list", "--state", "returned")[1].startswith(f"{ARTERIAL}@")
    code, _, err = run("review", "take", ARTERIAL, *BEN)
    assert (code, "sent back" in err) == (2, True)
    assert run("review", "submit", ARTERIAL, *EDITOR, "--comment", "source added")[0] == 0
    assert "one of the two" in approve(run, ARTERIAL, BEN)


def test_an_approval_is_of_the_content_that_was_read(run: Run, root: Path) -> None:
    run("review", "take", WATER, *ANN)
    read = reference(run, WATER)
    edit(root, WATER, "furosemide", "bumetanide")
    code, _, err = run("review", "approve", read, *ANN, *UNTIL)
    assert (code, "has no content" in err) == (2, True)
    code, _, err = run("review", "approve", WATER, *ANN, *UNTIL)
    assert (code, "no content hash" in err) == (2, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"--role": " "}, "without a role"),
        ({"--next-review": "soon"}, "next review"),
        ({"--next-review": "2026-01-01"}, "not within five years"),
        ({"--next-review": "2206-01-01"}, "not within five years"),
        ({"--by": " "}, "nobody is named"),
        ({"--on": "2999-01-01"}, "in the future"),
        ({"--on": "yesterday"}, "not a date"),
    ],
)
def test_an_incomplete_approval_is_refused_and_nothing_is_recorded(
    run: Run, root: Path, change: dict[str, str], words: str
) -> None:
    run("review", "take", WATER, *ANN)
    before = (root / "reviews.jsonl").read_bytes()
    given = {"--by": "Ann Reviewer", "--role": "surgeon", "--next-review": "2027-06-01", **change}
    code, _, err = run("review", "approve", reference(run, WATER), *(part for pair in given.items() for part in pair))
    assert (code, words in err) == (2, True), err
    assert (root / "reviews.jsonl").read_bytes() == before


def test_due_reviews_are_listed_and_the_earlier_of_two_dates_counts(run: Run) -> None:
    run("review", "take", ARTERIAL, *ANN)
    run("review", "approve", reference(run, ARTERIAL), *ANN, "--next-review", "2027-03-01")
    run("review", "approve", reference(run, ARTERIAL), *BEN, "--next-review", "2027-09-01")
    assert run("review", "due", "--as-of", "2026-12-01")[1].startswith("0 to be reviewed")
    _, out, _ = run("review", "due", "--as-of", "2027-03-02")
    assert out.startswith(f"2027-03-01  {ARTERIAL} (overdue)")


def test_the_difference_is_word_by_word_against_the_last_approved_content(run: Run, root: Path) -> None:
    approve(run, ARTERIAL, ANN, BEN)
    edit(root, ARTERIAL, "Narrow arteries.", "Narrow leg arteries.")
    _, out, _ = run("review", "show", ARTERIAL)
    assert "Narrow {+leg +}arteries." in out
    assert "smith-2001: Smith J. A study." in out
    assert "0 of 1 cases change" in out


def test_a_change_of_numbers_shows_the_case_it_turns(run: Run, root: Path) -> None:
    changed = root.parent / "changed.yaml"
    condition = mini_files()["conditions/arterial.yaml"]
    condition["urgency"] = "self_care"
    condition["do_not_miss"] = None
    condition["findings"] = [{"finding": "on_exertion", "value": [0.02, 0.01, 0.05], "basis": "estimate"},
                             condition["findings"][1]]  # fmt: skip
    changed.write_text(json.dumps(condition))
    code, out, err = run("review", "submit", ARTERIAL, *EDITOR, "--comment", "a slip", "--file", str(changed))
    assert code == 0, err
    _, out, _ = run("review", "show", f"{ARTERIAL}@proposed")
    assert "1 of 1 cases change" in out
    assert "no longer as expected: first is low_potassium, not arterial" in out
    assert "- [-arterial" not in out.split("CONTENT")[0]
    assert "proposed change, submitted" in run("review", "list", "--state", "proposed")[1]
    assert "Narrow arteries" in run("article", "condition", "arterial", "--pack", str(root))[1]


def test_a_proposal_that_breaks_the_pack_is_refused(run: Run, root: Path) -> None:
    broken = root.parent / "broken.yaml"
    condition = mini_files()["conditions/arterial.yaml"]
    condition["findings"][0]["finding"] = "nobody_knows"
    broken.write_text(json.dumps(condition))
    code, _, err = run("review", "submit", ARTERIAL, *EDITOR, "--comment", "a slip", "--file", str(broken))
    assert (code, "nobody_knows" in err) == (2, True)
    assert not (root / "proposals").exists()
    whole = root.parent / "whole.yaml"
    whole.write_text(json.dumps({**mini_files()["conditions/arterial.yaml"], "summary": "Narrow."}))
    assert run("review", "submit", ARTERIAL, "--by", " ", "--comment", "x", "--file", str(whole))[0] == 2
    assert not (root / "proposals").exists()
    for outside in ("conditions/../../evil", "../evil", "conditions/", "nowhere/x"):
        code, _, _ = run("review", "submit", outside, *EDITOR, "--comment", "x", "--file", str(broken))
        assert code == 2
    assert not (root.parent / "evil.yaml").exists()


def test_half_a_line_of_a_killed_program_is_not_a_record_and_the_next_is_whole(run: Run, root: Path) -> None:
    run("review", "take", WATER, *ANN)
    with (root / "reviews.jsonl").open("ab") as log:
        log.write(b'{"item":"drugs/water","hash":"ab')
    assert run("review", "list", "--state", "under_review")[1].startswith("drugs/water@")
    approve(run, WATER, ANN)
    lines = [json.loads(line) for line in (root / "reviews.jsonl").read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["under_review", "under_review", "approved"]


@pytest.mark.parametrize(
    "line",
    [
        '{"item":"drugs/water"}',
        "[]",
        '{"item":"drugs/water","hash":"x","by":"A","on":"2026-11-22","outcome":"approved"}',
        '{"item":"drugs/water","hash":"' + "a" * 64 + '","by":"A","on":"2026-11-22","outcome":"approved"}',
    ],
)
def test_a_line_that_says_too_little_is_refused_by_the_linter_and_by_every_answer(
    run: Run, root: Path, line: str
) -> None:
    (root / "reviews.jsonl").write_text(line + "\n")
    assert run("pack", "lint", "--pack", str(root))[0] == 1
    code, _, err = run("assess", "cramp on exertion", "--pack", str(root))
    assert (code, "reviews.jsonl › line 1" in err) == (2, True)


def test_two_processes_at_once_lose_nothing(root: Path) -> None:
    code = "import sys; from hickam.interfaces.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "review", "take"]
    people = [f"Person {letter}" for letter in "ABCD"]
    running = [
        subprocess.Popen(
            [*command, WATER, "--by", who, "--role", "gp", "--pack", str(root)],
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
        )
        for who in people
    ]
    assert [process.wait(120) for process in running] == [0] * len(people)
    lines = [json.loads(line) for line in (root / "reviews.jsonl").read_text().splitlines()]
    assert sorted(line["by"] for line in lines) == people


def test_a_pack_that_cannot_be_written_says_so(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("hickam.knowledge.review_files.os.open", refuse)
    code, _, err = run("review", "take", WATER, *ANN)
    assert (code, "work on a copy of the pack" in err) == (2, True)


def test_two_versions_are_compared_by_items_reviews_and_cases(run: Run, root: Path, tmp_path: Path) -> None:
    approve(run, WATER, ANN)
    files = mini_files()
    del files["drugs/water.yaml"]
    files["conditions/arterial.yaml"]["summary"] = "Narrow leg arteries."
    rule = next(name for name in files if name.startswith("rules/"))
    del files[rule]
    other = write_pack(tmp_path / "other", files)
    code, out, _ = run("pack", "diff", str(root), str(other), "--words")
    assert code == 0
    assert "removed  drugs/water" in out
    assert "REVIEWS LOST: 2" in out
    assert f"DANGER REMOVED: {rule.removesuffix('.yaml')}" in out
    assert "Narrow {+leg +}arteries." in out
    assert "cases change" in out
