"""Checks on what articles are made of: the texts of pack.yaml and the layout in presentation.yaml."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator

from hickam.knowledge.issues import Issue
from hickam.model.pack import Pack

ARTICLE_PARTS = (
    "definition",
    "categories",
    "distinguishing",
    "history",
    "examination",
    "laboratory",
    "imaging",
    "management",
    "prevention",
    "pitfalls",
    "statistics",
    "causes_and_risk_factors",
    "symptoms",
    "when_to_seek_help",
    "diagnosis",
    "treatment",
    "prevention_in_plain_words",
    "who_to_see",
    "first_visit",
    "tests_by_suspicion",
    "treatments_by_cause",
)
"""The parts that articles place; docs/reference/pack-format.md says in which article."""


def check_articles(pack: Pack) -> Iterator[Issue]:
    """Every part is one that an article places; a pack with articles has them all, a date and a word on feedback."""
    manifest, file = pack.manifest, "pack.yaml"
    for part in manifest.articles:
        if part not in ARTICLE_PARTS:
            fix = f"one of: {', '.join(ARTICLE_PARTS)}"
            yield _issue(file, f"articles.{part}", "no article has this part", fix)
    if not manifest.articles:
        return
    for part in ARTICLE_PARTS:
        if not manifest.articles.get(part):
            yield _issue(file, f"articles.{part}", "the part is missing", "write it, with sources", warning=True)
    if not manifest.feedback:
        yield _issue(file, "feedback", "it is missing", "say how a reader can report a mistake", warning=True)
    try:
        datetime.date.fromisoformat(manifest.updated)
    except ValueError:
        fix = "write YYYY-MM-DD, the day the content was last changed"
        yield _issue(file, "updated", f"{manifest.updated!r} is not a date", fix)


def check_presentation(pack: Pack) -> Iterator[Issue]:
    """Names exist; a grouped condition is in its category and in one group; no condition or clinician is left out."""
    layout, file = pack.presentation, "presentation.yaml"
    placed = Counter(name for group in layout.groups for name in group.conditions)
    yield from _unknown("groups", placed, pack.conditions, "condition")
    for name, count in placed.items():
        if count > 1:
            yield _issue(file, "groups", f"{name!r} is in {count} groups", "keep it in one")
    for group in layout.groups:
        for name in group.conditions:
            category = pack.conditions[name].category if name in pack.conditions else group.category
            if category != group.category:
                yield _issue(file, f"groups.{group.title}", f"{name!r} has the category {category}", "move it")
    if layout.groups:
        for name in sorted(set(pack.conditions) - set(placed)):
            yield _issue(file, "groups", f"{name!r} is in no group", "add it to a group of its category", warning=True)
    clinicians = [name for system in layout.clinicians for name in system.clinicians]
    yield from _unknown("clinicians", clinicians, pack.clinicians, "clinician")
    yield from _check_comparison(pack)


def _check_comparison(pack: Pack) -> Iterator[Issue]:
    comparison, file = pack.presentation.comparison, "presentation.yaml"
    if comparison is None:
        return
    rows = [row.condition for row in comparison.rows]
    yield from _unknown("comparison.conditions", {*comparison.conditions, *rows}, pack.conditions, "condition")
    yield from _unknown("comparison.findings", comparison.findings, pack.findings, "finding")
    for name in comparison.findings:
        if name in pack.findings and pack.findings[name].type != "yes_no":
            yield _issue(file, "comparison.findings", f"{name!r} is not a yes/no finding", "compare a yes/no finding")
    for row in comparison.rows:
        if set(row.cells) != set(comparison.columns):
            place = f"comparison.rows.{row.condition}"
            yield _issue(file, place, "its cells are not those of the columns", f"fill {', '.join(comparison.columns)}")


def _unknown(path: str, names: Iterable[str], known: Iterable[str], kind: str) -> Iterator[Issue]:
    for name in sorted(set(names) - set(known)):
        yield _issue("presentation.yaml", path, f"no {kind} {name!r}", "correct the id or remove it")


def _issue(file: str, path: str, what: str, fix: str, *, warning: bool = False) -> Issue:
    why = "the article would be incomplete or name nothing"
    return Issue(file=file, path=path, what=what, why=why, fix=fix, severity="warning" if warning else "error")
