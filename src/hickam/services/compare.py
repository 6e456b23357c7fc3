"""Two versions of a case side by side: what was told otherwise, how the differential and the urgency moved."""

from __future__ import annotations

import msgspec

from hickam.model.assessment import Assessment, Candidate, CaseOut, FindingOut, PackStamp
from hickam.model.records import CaseVersion
from hickam.services.saved_cases import answer_of

LEAST_MOVE = 0.01
"""A cause whose chance moved by less than a point and kept its rank and tier is not listed."""


class ToldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One thing told otherwise. ``before`` and ``after`` in words; '' is not asked or not mentioned."""

    kind: str
    id: str
    name: str
    before: str
    after: str


class CauseChange(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the differential; None where it was not listed."""

    id: str
    name: str
    before: float | None
    after: float | None
    rank_before: int | None
    rank_after: int | None
    tier_before: str
    tier_after: str


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two versions. ``urgency`` is '' where nothing was understood and so nothing answered."""

    version: int
    saved_at: str
    saved_by: str
    title: str
    pack: PackStamp | None
    engine_version: str
    urgency: str
    provisional: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """``same_knowledge``: both were answered by one engine from one pack, so what moved, moved by what was told."""

    case_id: str
    before: Side
    after: Side
    same_knowledge: bool
    told: tuple[ToldChange, ...]
    differential: tuple[CauseChange, ...]


def compare_versions(first: CaseVersion, second: CaseVersion) -> Comparison:
    """What differs, from the answers as they were given."""
    one, two = (answer_of(v.answer) if v.answer else None for v in (first, second))
    before, after = _side(first, one), _side(second, two)
    return Comparison(
        case_id=first.case_id,
        before=before,
        after=after,
        same_knowledge=before.pack == after.pack and before.engine_version == after.engine_version,
        told=_told(one.case if one else None, two.case if two else None),
        differential=_causes(one, two),
    )


def _side(version: CaseVersion, answer: Assessment | None) -> Side:
    return Side(
        version=version.number,
        saved_at=version.saved_at,
        saved_by=version.saved_by,
        title=version.title,
        pack=answer.pack if answer else None,
        engine_version=answer.engine_version if answer else "",
        urgency=answer.urgency.level if answer else "",
        provisional=bool(answer and answer.urgency.provisional),
    )


def _told(one: CaseOut | None, two: CaseOut | None) -> tuple[ToldChange, ...]:
    before, after = (_statements(case) if case else {} for case in (one, two))
    return tuple(
        ToldChange(
            kind=key[0],
            id=key[1],
            name=(after.get(key) or before[key])[0],
            before=before[key][1] if key in before else "",
            after=after[key][1] if key in after else "",
        )
        for key in dict.fromkeys((*before, *after))
        if before.get(key, ("", ""))[1] != after.get(key, ("", ""))[1]
    )


def _statements(case: CaseOut) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, id) -> (name, what is said of it)."""
    found = {("finding", f.id): (f.name, _finding_words(f)) for f in case.findings}
    found |= {("condition", k.id): (k.name, k.status) for k in case.known_conditions}
    found |= {("condition", k.id): (k.name, "ruled out") for k in case.ruled_out}
    found |= {
        ("medicine", m.drug or m.name.lower()): (
            m.name,
            " ".join(("takes" if m.current else "stopped", m.dose)).strip(),
        )
        for m in case.medications
    }
    person = {"age": case.age, "sex": case.sex, "setting": case.setting}
    return found | {
        ("person", name): (name, f"{value:g}" if isinstance(value, float) else value.replace("_", " "))
        for name, value in person.items()
        if value is not None
    }


def _finding_words(finding: FindingOut) -> str:
    if finding.value is None:
        return finding.state
    value = f"{finding.value:g}" if isinstance(finding.value, float) else finding.value
    return f"{finding.state}: {value} {finding.unit}".strip()


def _causes(one: Assessment | None, two: Assessment | None) -> tuple[CauseChange, ...]:
    """Most moved first."""
    before, after = ({c.condition.id: c for c in answer.differential} if answer else {} for answer in (one, two))
    changes = [_cause(name, before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before))]
    moved = [c for c in changes if _move(c) >= LEAST_MOVE or c.tier_before != c.tier_after]
    return tuple(sorted(moved, key=lambda c: -_move(c)))


def _cause(name: str, before: Candidate | None, after: Candidate | None) -> CauseChange:
    known = after or before
    assert known is not None
    return CauseChange(
        id=name,
        name=known.condition.name,
        before=before.cause.value if before else None,
        after=after.cause.value if after else None,
        rank_before=before.rank if before else None,
        rank_after=after.rank if after else None,
        tier_before=before.tier if before else "unlisted",
        tier_after=after.tier if after else "unlisted",
    )


def _move(change: CauseChange) -> float:
    return abs((change.after or 0.0) - (change.before or 0.0))
