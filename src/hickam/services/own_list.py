"""A clinician's own list beside the answer's: agreement, what only one names, names the pack does not know."""

from __future__ import annotations

import msgspec

from hickam.intake.leftover import suggest
from hickam.intake.vocabulary import Vocabulary, lookup
from hickam.model.assessment import Assessment, Candidate, Tier
from hickam.model.pack import Pack

CLEAR = 1.0
"""Decibans below which a finding is not named as speaking for or against."""


class OwnLine(msgspec.Struct, frozen=True, kw_only=True):
    """A condition of the person's own list. ``rank`` 0 and ``cause`` None: the answer gives it less than 0.1 %."""

    said: str
    place: int
    id: str
    name: str
    rank: int
    tier: Tier
    cause: float | None
    against: tuple[str, ...]


class Omitted(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that the answer lists and the person did not; ``related``: what they named that is linked with it."""

    id: str
    name: str
    rank: int
    tier: Tier
    cause: float
    support: tuple[str, ...]
    related: tuple[str, ...]


class UnknownName(msgspec.Struct, frozen=True, kw_only=True):
    """A name that is no condition of the pack, and the conditions whose names are like it."""

    said: str
    near: tuple[str, ...]


class ListComparison(msgspec.Struct, frozen=True, kw_only=True):
    """Both lists side by side. Neither is the truth."""

    agreed: tuple[OwnLine, ...]
    only_own: tuple[OwnLine, ...]
    omitted: tuple[Omitted, ...]
    unknown: tuple[UnknownName, ...]


def beside(pack: Pack, vocabulary: Vocabulary, answer: Assessment, own: list[str]) -> ListComparison:
    """The person's list, in their order of likelihood, compared with an answer. A condition named twice counts once."""
    named: dict[str, str] = {}
    unknown = []
    for said in own:
        id = condition_named(said, pack, vocabulary)
        if id:
            named.setdefault(id, said)
        else:
            unknown.append(UnknownName(said=said, near=_near(said, pack, vocabulary)))
    listed = {c.condition.id: c for c in answer.differential}
    lines = [_own_line(pack, id, said, place, listed.get(id)) for place, (id, said) in enumerate(named.items(), 1)]
    return ListComparison(
        agreed=tuple(line for line in lines if line.tier != "unlisted"),
        only_own=tuple(line for line in lines if line.tier == "unlisted"),
        omitted=tuple(
            _omitted(c, named, pack)
            for c in answer.differential
            if c.tier != "unlisted" and c.condition.id not in named
        ),
        unknown=tuple(unknown),
    )


def condition_named(said: str, pack: Pack, vocabulary: Vocabulary) -> str:
    """Id of the condition of this id, name or synonym, or as it is mentioned in a story; '' for none."""
    key = said.lower().replace("_", " ").strip()
    for c in pack.conditions.values():
        names = (c.id.replace("_", " "), c.name, c.name.split(" (")[0], c.lay_name, *c.synonyms)
        if key in {name.lower() for name in names}:
            return c.id
    hits = lookup(vocabulary, said, ("condition", "mention"))
    return hits[0].id if hits else ""


def _near(said: str, pack: Pack, vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(pack.conditions[id].name for id in suggest(said, vocabulary, limit=6) if id in pack.conditions)[:3]


def _own_line(pack: Pack, id: str, said: str, place: int, found: Candidate | None) -> OwnLine:
    return OwnLine(
        said=said,
        place=place,
        id=id,
        name=pack.conditions[id].name,
        rank=found.rank if found else 0,
        tier=found.tier if found else "unlisted",
        cause=found.cause.value if found else None,
        against=_findings(found, -1) if found else (),
    )


def _omitted(candidate: Candidate, named: dict[str, str], pack: Pack) -> Omitted:
    linked = [r.id for r in (*candidate.parents, *candidate.children) if r.id in named]
    return Omitted(
        id=candidate.condition.id,
        name=candidate.condition.name,
        rank=candidate.rank,
        tier=candidate.tier,
        cause=candidate.cause.value,
        support=_findings(candidate, 1),
        related=tuple(pack.conditions[id].name for id in linked),
    )


def _findings(candidate: Candidate, sign: int) -> tuple[str, ...]:
    """What weighs most for (1) or against (-1) it, in a few words."""
    return tuple(c.label for c in candidate.contributions if sign * c.decibans >= CLEAR)[:3]
