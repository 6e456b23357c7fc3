"""Checks on terms, wherever a pack uses them: rules, exclusions, pitfalls, limits of tests."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.knowledge.issues import Issue
from hickam.model.pack import Pack
from hickam.model.terms import Term, parse_term


def check_term(file: str, path: str, text: str, pack: Pack) -> Iterator[Issue]:
    """The term can be read and names something that exists."""
    try:
        term = parse_term(text)
    except ValueError as error:
        yield Issue(file=file, path=path, what=str(error), why="it could never hold", fix="rewrite the term")
        return
    if (problem := _unknown(term, pack)) is not None:
        yield Issue(
            file=file, path=path, what=f"{text!r}: {problem}", why="it could never hold", fix="correct the name"
        )


def _unknown(term: Term, pack: Pack) -> str | None:
    if term.kind == "finding" and term.name not in pack.findings:
        return f"no finding {term.name!r}"
    if term.kind == "value":
        finding = pack.findings.get(term.name)
        values = {v.id for v in finding.values} | {r.id for r in finding.ranges} if finding else set()
        return None if term.value in values else f"no value {term.value!r} of a finding {term.name!r}"
    if term.kind == "measurement" and term.name not in pack.measurements:
        return f"no measurement {term.name!r}"
    if term.kind in ("known", "suspected") and term.name not in pack.conditions:
        return f"no condition {term.name!r}"
    if term.kind == "takes" and term.name not in pack.drugs:
        return f"no drug {term.name!r}"
    if term.kind == "sex" and term.value not in ("female", "male"):
        return "sex is female or male"
    return None
