"""Checks on families: links without cycles, contradictions or more prevalence than the child has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from hickam.knowledge.issues import Issue
from hickam.model.condition import Condition
from hickam.model.pack import Pack

MAX_MEMBERS = 8
MAX_EXPLAINED = 0.8
"""Parents may explain at most this share of a child's prevalence; above it the child reasons backwards."""


def check_families(pack: Pack) -> Iterator[Issue]:
    """All family checks."""
    yield from _check_cycles(pack)
    members: dict[str, list[str]] = defaultdict(list)
    for name, item in pack.conditions.items():
        if item.family:
            members[item.family].append(name)
        yield from _check_contradiction(name, item, pack)
        yield from _check_explained(name, item, pack)
    for family, names in members.items():
        if len(names) > MAX_MEMBERS:
            yield Issue(
                file=f"conditions/{names[0]}.yaml",
                path="family",
                what=f"{family!r} has {len(names)} members",
                why=f"all joint states of a family are listed; {MAX_MEMBERS} is the limit for a fast answer",
                fix="split the family where the links are weakest",
            )


def _check_contradiction(name: str, item: Condition, pack: Pack) -> Iterator[Issue]:
    parents = {parent.condition for parent in item.parents}
    both = parents & set(item.excludes)
    for other in item.excludes:
        there = pack.conditions.get(other)
        if there and any(parent.condition == name for parent in there.parents):
            both.add(other)
    if both:
        yield Issue(
            file=f"conditions/{name}.yaml",
            path="excludes",
            what=f"{sorted(both)} is both a parent and excluded",
            why="a condition cannot bring about what it rules out",
            fix="keep one of the two",
        )
    if item.cause_only and (item.parents or item.excludes):
        yield Issue(
            file=f"conditions/{name}.yaml",
            path="cause_only",
            what="a cause-only condition with links",
            why="it exists only as a cause and cannot be present with others",
            fix="drop the links or cause_only",
        )


def _check_explained(name: str, item: Condition, pack: Pack) -> Iterator[Issue]:
    links = [(pack.conditions.get(p.condition), p.rho.triple[0]) for p in item.parents]
    inside = [(parent, rho) for parent, rho in links if parent and parent.family and parent.family == item.family]
    if not item.prior or not inside:
        return
    for age, sex in ((30, "female"), (60, "male"), (75, "female")):
        own = _prior(item, age, sex, pack)
        explained = sum(_prior(parent, age, sex, pack) * rho for parent, rho in inside)
        if explained > MAX_EXPLAINED * own * 1.001 and explained > 0:
            yield Issue(
                file=f"conditions/{name}.yaml",
                path="parents",
                what=f"at {age} ({sex}) its parents explain {explained:.3g} of a prevalence of {own:.3g}",
                why=f"above {MAX_EXPLAINED:.0%} the condition reasons backwards to rare parents",
                fix="lower rho or the parents' priors, or raise this prior; check all of them in the sources",
            )
            return


def _prior(item: Condition, age: float, sex: str, pack: Pack) -> float:
    if item.prior:
        row = next((row for row in item.prior.rows if row.applies(age, sex)), None)
        value = row.triple[0] if row else 0.0
        return value * pack.manifest.window_days / 365 if item.prior.measure == "incidence_per_year" else value
    if item.exposure and (factor := pack.findings.get(item.exposure.factor)):
        row = next((row for row in factor.background if row.applies(age, sex)), None)
        return (row.triple[0] if row else 0.0) * item.exposure.share.triple[0]
    return 0.0


def cycles(links: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Every chain of links that comes back to where it began, its first name repeated at the end."""
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if name in trail:
            yield (*trail[trail.index(name) :], name)
        elif name not in done:
            done.add(name)
            for other in links.get(name, ()):
                yield from visit(other, (*trail, name))

    for name in links:
        yield from visit(name, ())


def _check_cycles(pack: Pack) -> Iterator[Issue]:
    links = {c.id: [parent.condition for parent in c.parents] for c in pack.conditions.values()}
    for cycle in cycles(links):
        yield Issue(
            file=f"conditions/{cycle[0]}.yaml",
            path="parents",
            what=f"a cycle: {' → '.join(cycle)}",
            why="a condition cannot be among its own causes",
            fix="remove the link the sources do not support",
        )
    for cycle in cycles({f.id: f.implies for f in pack.findings.values()}):
        yield Issue(
            file=f"findings/{cycle[0]}.yaml",
            path="implies",
            what=f"a cycle: {' → '.join(cycle)}",
            why="findings that imply each other are one finding, counted twice",
            fix="keep the implication that always holds, or make them one finding",
        )
