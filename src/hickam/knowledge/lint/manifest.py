"""Checks on pack.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.knowledge.issues import Issue
from hickam.model.pack import Pack


def check_manifest(pack: Pack) -> Iterator[Issue]:
    """Visit shares add up; every setting has a share of unexplained visits; the core history and visit words exist."""
    total = sum(visit.share for visit in pack.manifest.visits)
    if abs(total - 1) > 0.005:
        yield Issue(
            file="pack.yaml",
            path="visits",
            what=f"the shares of visits add up to {total:.3f}",
            why="an unknown age or sex is averaged over them",
            fix="make them add up to 1",
        )
    for setting in pack.manifest.settings:
        share = pack.manifest.unexplained.get(setting)
        if share is None or not 0 < share < 1:
            yield Issue(
                file="pack.yaml",
                path=f"unexplained.{setting}",
                what=f"the unexplained share is {share}",
                why="no pack explains every patient; a share of 0 would force a diagnosis",
                fix="write a share between 0 and 1, for instance 0.10",
            )
    yield from _check_background(pack)
    yield from _check_visit_words(pack)


def _check_visit_words(pack: Pack) -> Iterator[Issue]:
    """Wordings of visits stand for yes/no findings that exist."""
    for table in pack.manifest.visit_words.__struct_fields__:
        for name in getattr(pack.manifest.visit_words, table):
            finding = pack.findings.get(name)
            if finding is None or finding.type != "yes_no":
                yield Issue(
                    file="pack.yaml",
                    path=f"visit_words.{table}.{name}",
                    what=f"{name!r} is no yes/no finding of this pack",
                    why="a question or sign told in these words would say nothing",
                    fix="correct the id or remove the line",
                )


def _check_background(pack: Pack) -> Iterator[Issue]:
    """The questions with several answers: each finding exists, is yes/no, and is asked once."""
    seen: set[str] = set()
    for question in pack.manifest.background:
        for name in question.findings:
            finding = pack.findings.get(name)
            wrong = (
                f"the finding {name!r} does not exist"
                if finding is None
                else f"{name!r} is not a yes/no finding"
                if finding.type != "yes_no"
                else f"{name!r} is asked twice"
                if name in seen
                else ""
            )
            seen.add(name)
            if wrong:
                yield Issue(
                    file="pack.yaml",
                    path=f"background.{question.id}",
                    what=wrong,
                    why="the interview asks it of everyone",
                    fix="correct the id or remove it",
                )
