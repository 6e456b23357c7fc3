"""A release: approved changes become a version, the changelog says who is affected, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from functional.test_review import ANN, ARTERIAL, BEN, EDITOR, UNTIL, Run, approve, edit, root, run
from packs.mini_pack import mini_files, write_pack

from hickam.knowledge.loading import load_pack
from hickam.knowledge.review_files import write_whole
from hickam.knowledge.standing import states

__all__ = ["root", "run"]
BY = ("--by", "Rita Release", "--on", "2026-11-20")


def propose(run: Run, root: Path, item: str, content: dict[str, Any], *people: tuple[str, ...]) -> None:
    """A change, approved by these people."""
    file = root.parent / "change.yaml"
    file.write_text(json.dumps(content))
    code, out, err = run("review", "submit", item, *EDITOR, "--comment", "clearer words", "--file", str(file))
    assert code == 0, err
    reference = out.split(":")[0]
    for who in people:
        assert run("review", "take", reference, *who)[0] == 0
        assert run("review", "approve", reference, *who, *UNTIL)[0] == 0


def arterial(**parts: Any) -> dict[str, Any]:
    return {**mini_files()["conditions/arterial.yaml"], **parts}


def test_approved_changes_become_a_version_and_keep_their_approval(run: Run, root: Path) -> None:
    propose(run, root, ARTERIAL, arterial(summary="Narrow leg arteries."), ANN, BEN)
    propose(run, root, "drugs/water", {**mini_files()["drugs/water.yaml"], "members": ["bumetanide"]})
    code, _, err = run("review", "release", "0.1.0", *BY)
    assert code == 0, err
    pack = load_pack(root)
    assert (pack.manifest.version, pack.manifest.updated) == ("0.1.0", "2026-11-20")
    assert pack.conditions["arterial"].summary == "Narrow leg arteries."
    assert pack.drugs["water"].members == ("furosemide",)  # not approved: stays proposed
    assert states(pack)[ARTERIAL] == "approved"
    written = (root / "CHANGELOG.md").read_text()
    assert "## 0.1.0 (2026-11-20)" in written
    assert "Released by Rita Release. No answer to any of 1 cases changes." in written
    assert "`conditions/arterial`: clearer words (Eve Editor; approved by Ann Reviewer (vascular surgeon)" in written
    assert [path.name.split("@")[0] for path in (root / "proposals").rglob("*.yaml")] == ["water"]
    assert run("pack", "lint", "--pack", str(root))[0] == 0


def test_the_changelog_names_the_patients_whose_answer_changes(run: Run, root: Path) -> None:
    content = arterial(urgency="self_care", do_not_miss=None)
    content["findings"] = [
        {"finding": "on_exertion", "value": [0.02, 0.01, 0.05], "basis": "estimate"},
        content["findings"][1],
    ]
    propose(run, root, ARTERIAL, content, ANN, BEN)
    _, out, _ = run("review", "release", "0.1.0", *BY, "--dry-run")
    assert "1 of 1 cases are answered otherwise" in out
    assert "Exertional pain without pulses is arterial: " in out
    assert "most likely arterial → low potassium" in out
    assert load_pack(root).manifest.version == "0.0.1"
    assert not (root / "CHANGELOG.md").exists()


@pytest.mark.parametrize("written", [1, 2, 3])
def test_a_release_that_was_killed_is_finished_by_another(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    propose(run, root, ARTERIAL, arterial(summary="Narrow leg arteries."), ANN, BEN)
    propose(
        run,
        root,
        "conditions/low_potassium",
        {**mini_files()["conditions/low_potassium.yaml"], "summary": "Little."},
        ANN,
        BEN,
    )
    whole, done = write_whole, list[Path]()

    def killed(path: Path, data: bytes) -> None:
        if len(done) == written:  # the changelog, the first item, the second
            raise KeyboardInterrupt
        done.append(path)
        whole(path, data)

    monkeypatch.setattr("hickam.services.editorial.release.write_whole", killed)
    assert run("review", "release", "0.1.0", *BY)[0] == 130
    assert load_pack(root).manifest.version == "0.0.1"
    monkeypatch.setattr("hickam.services.editorial.release.write_whole", whole)
    assert run("review", "release", "0.1.0", *BY)[0] == 0
    pack = load_pack(root)
    assert (pack.conditions["arterial"].summary, pack.conditions["low_potassium"].summary) == (
        "Narrow leg arteries.",
        "Little.",
    )
    assert (root / "CHANGELOG.md").read_text().count("## 0.1.0") == 1
    assert list((root / "proposals").rglob("*.yaml")) == []


def test_a_change_made_from_a_content_that_is_gone_is_refused(run: Run, root: Path) -> None:
    propose(run, root, ARTERIAL, arterial(summary="Narrow leg arteries."), ANN, BEN)
    edit(root, ARTERIAL, "Limb loss.", "Loss of the limb.")
    code, _, err = run("review", "release", "0.1.0", *BY)
    assert (code, "not in the pack any more" in err) == (2, True)


@pytest.mark.parametrize("version", ["0.0.1", "0.0.0", "1", "new", "0.1.0-rc"])
def test_a_version_comes_after_the_last(run: Run, version: str) -> None:
    code, _, err = run("review", "release", version, *BY)
    assert (code, "does not come after" in err) == (2, True)


def test_a_change_sent_back_and_submitted_again_is_still_the_change_it_was(run: Run, root: Path) -> None:
    propose(run, root, ARTERIAL, arterial(summary="Narrow leg arteries."), ANN)
    reference = f"{ARTERIAL}@proposed"
    assert run("review", "return", reference, *BEN, "--comment", "which arteries?")[0] == 0
    assert run("review", "submit", reference, *EDITOR, "--comment", "those of the leg")[0] == 0
    for who in (ANN, BEN):
        assert run("review", "take", reference, *who)[0] == 0
        digits = run("review", "show", reference)[1].split()[0]
        assert run("review", "approve", digits, *who, *UNTIL)[0] == 0
    assert run("review", "release", "0.1.0", *BY)[0] == 0


def test_a_release_of_nothing_is_refused(run: Run, root: Path) -> None:
    propose(run, root, ARTERIAL, arterial(summary="Narrow leg arteries."), ANN)
    code, _, err = run("review", "release", "0.1.0", *BY)
    assert (code, "no proposed change is approved" in err) == (2, True)


def test_files_edited_by_hand_are_released_against_the_last_version(run: Run, root: Path, tmp_path: Path) -> None:
    last = write_pack(tmp_path / "last", mini_files())
    edit(root, ARTERIAL, "Narrow arteries.", "Narrow leg arteries.")
    code, out, _ = run("review", "release", "0.1.0", *BY, "--previous", str(last))
    assert code == 0
    assert "`conditions/arterial`: edited by hand, submitted" in out
    rule = next((root / "rules").glob("*.yaml"))
    rule.unlink()
    code, _, err = run("review", "release", "0.2.0", *BY, "--previous", str(last))
    assert (code, "dangerous content of the last version is gone" in err) == (2, True)
    removes = ("--removes", f"rules/{rule.stem}")
    code, out, _ = run("review", "release", "0.2.0", *BY, "--previous", str(last), *removes)
    assert (code, f"`rules/{rule.stem}`: taken out" in out) == (0, True)


def test_a_release_that_loses_reviews_is_refused(run: Run, root: Path, tmp_path: Path) -> None:
    approve(run, "drugs/water", ANN)
    last = tmp_path / "last"
    write_pack(last, mini_files())
    (last / "reviews.jsonl").write_bytes((root / "reviews.jsonl").read_bytes())
    (root / "reviews.jsonl").unlink()
    code, _, err = run("review", "release", "0.1.0", *BY, "--previous", str(last))
    assert (code, "2 review records are gone" in err) == (2, True)


def test_a_source_is_put_in_its_place(run: Run, root: Path) -> None:
    (root / "sources" / "more.yaml").write_text(
        "jones-1999:\n  title: Before\n  pmid: '2'\n  kind: cohort\nsmith-2002:\n  title: After\n  pmid: '3'\n  kind: web\n"
    )
    propose(run, root, "sources/jones-1999", {"title": "Legs", "kind": "cohort", "year": 1999, "pmid": "2"}, ANN)
    assert run("review", "release", "0.1.0", *BY)[0] == 0
    pack = load_pack(root)
    assert (pack.sources["jones-1999"].title, pack.sources["smith-2002"].title) == ("Legs", "After")
    assert states(pack)["sources/jones-1999"] == "approved"
