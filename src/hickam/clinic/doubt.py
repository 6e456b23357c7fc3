"""What is in doubt counts at its worst for urgency: a sign both told and denied, an age that nobody gave.

For the probabilities a disputed sign stays 'not asked' and a missing age is averaged over. Both would let the level
fall below what the truth may need, so the level is the highest over the ways in which the doubt may be settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from hickam.model.assessment import Reason, Urgency
from hickam.model.case import Case, Observation
from hickam.model.condition import LEVELS
from hickam.model.pack import Pack

CHILD = 10.0
ADULTS = (25.0, 40.0, 55.0, 70.0, 85.0)
"""Ages tried when none was given: one in each band in which the causes of leg complaints differ. A small child's story
says so, since someone else tells it; who takes a medicine of the pack, or is grown up by the words, is no child."""
DISPUTED = "disputed:"
UNKNOWN_AGE = "unknown_age"


@dataclass(frozen=True)
class Settled:
    """One way in which a doubt may be settled: the case then, and the words for it."""

    case: Case
    rule: str
    because: str
    lay_because: str


def settlements(pack: Pack, case: Case) -> list[Settled]:
    """Each disputed sign as present, all of them together, and each age that the patient may have.

    A disputed sign is tried at every age when the age is missing too.
    """
    ways = [Settled(case=case, rule="", because="", lay_because="")]
    disputed = [c.finding for c in case.conflicts if pack.findings[c.finding].type == "yes_no"]
    for names in [(name,) for name in disputed] + ([tuple(disputed)] if len(disputed) > 1 else []):
        said = " and ".join(pack.findings[name].name for name in names)
        own = " and ".join(pack.findings[name].lay_name for name in names)
        ways.append(
            Settled(
                case=as_if_present(pack, case, names),
                rule=DISPUTED + ",".join(names),
                because=f"Both told and denied, and counted as present until it is settled: {said}.",
                lay_because=f"What was said about this is not clear, so we count it as there: {own}.",
            )
        )
    if case.age is not None:
        return ways[1:]
    return ways[1:] + [
        Settled(
            case=replace(way.case, age=age),
            rule=way.rule or UNKNOWN_AGE,
            because=" ".join(x for x in (way.because, f"The age is not known; at {age:g} years:") if x),
            lay_because=way.lay_because or "We do not know the age, and this can matter.",
        )
        for way in ways
        for age in _ages(pack, case)
    ]


def _ages(pack: Pack, case: Case) -> tuple[float, ...]:
    by_drug = {factor for drug in pack.drugs.values() for factor in drug.factors}
    takes = any(m.drug for m in case.medications) or any(
        o.state == "present" and o.finding in by_drug for o in case.observations
    )
    told = [pack.findings[o.finding].only_age for o in case.observations if o.state == "present"]
    fitting = (a for a in (CHILD, *ADULTS) if all(lo <= a <= hi for lo, hi in told))
    ages = tuple(a for a in fitting if a > CHILD or not (takes or case.grown_up))
    return ages or (CHILD, *ADULTS)


def as_if_present(pack: Pack, case: Case, names: Sequence[str]) -> Case:
    """The case with these findings present, with all that their presence implies, whatever else was said of them."""
    yes, queue = set(names), list(names)
    while queue:
        new = [f for f in pack.findings[queue.pop()].implies if f in pack.findings and f not in yes]
        yes.update(new)
        queue.extend(new)
    no = {f for name in yes for f in pack.findings[name].implies_absent} - yes
    kept = tuple(o for o in case.observations if o.finding not in yes | no)
    said = tuple(Observation(finding=name, state="present", how="implied") for name in pack.findings if name in yes)
    denied = tuple(Observation(finding=name, state="absent", how="implied") for name in pack.findings if name in no)
    conflicts = tuple(c for c in case.conflicts if c.finding not in yes | no)
    return replace(case, observations=(*kept, *said, *denied), conflicts=conflicts)


def hold(level: Urgency, doubts: Sequence[tuple[Settled, Urgency]]) -> Urgency:
    """The level as told, or a higher one that a doubt may need, with the reason; never a lower one."""
    worst = max((LEVELS.index(found.level) for _, found in doubts), default=0)
    if worst <= LEVELS.index(level.level):
        return level
    reasons: dict[str, Reason] = {}
    for way, found in doubts:
        if LEVELS.index(found.level) == worst and way.rule not in reasons:
            first = found.reasons[0]
            reasons[way.rule] = Reason(
                sentence=f"{way.because} {first.sentence}",
                lay_sentence=f"{way.lay_because} {first.lay_sentence}",
                level=first.level,
                rule=way.rule,
                condition=first.condition,
                sources=first.sources,
            )
    highest = next(found for _, found in doubts if LEVELS.index(found.level) == worst)
    return replace(
        level,
        level=highest.level,
        sentence=level.sentence.replace(_words(level), _words(highest), 1),
        reasons=(*reasons.values(), *level.reasons),
    )


def _words(level: Urgency) -> str:
    """The level's own words, without what makes it provisional."""
    return level.sentence.partition(" (provisional")[0]
