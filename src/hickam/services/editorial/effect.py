"""What a change does: every case of the pack, and of the case files beside it, before and after.

A case is weighed as ``hickam assess`` weighs it, without words and intervals: a few milliseconds each. The results of
the pack as it stands are kept in the cache, so only the changed pack is weighed while an editor waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hickam.intake.errors import IntakeError
from hickam.knowledge.cache import cached, code_key
from hickam.model.assessment import Tier
from hickam.model.case import Case
from hickam.model.condition import LEVELS, Level
from hickam.model.pack import Expect
from hickam.services.evaluation.cases import case_of, read_cases
from hickam.services.knowledge import Knowledge
from hickam.services.outcomes import Outcome, outcome_of
from hickam.services.pack_cases import as_case, problems_of

EVALUATION = "evaluation"
"""Folder of a pack for a site's own case files (``*.jsonl``, as ``hickam evaluate`` reads them)."""
OUTCOME_CODE = ("clinic", "services")


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one case gave. ``places``: of the conditions it expects; ``rests_on``: findings and drugs heard, conditions
    listed, rules that gave the urgency, as items. ``problems``: what its author expected otherwise; ``refused``: why
    it could not be read."""

    file: str
    name: str
    level: Level | None = None
    provisional: bool = False
    leading: str = ""
    chance: float = 0.0
    tiers: dict[str, Tier] = {}
    places: dict[str, int] = {}
    rests_on: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    known_miss: bool = False
    refused: str = ""


class CaseChange(msgspec.Struct, frozen=True, kw_only=True):
    """One case whose result is another one. Pairs are (before, after). ``lowered``: the urgency is less than it was."""

    file: str
    name: str
    level: tuple[str, str] | None = None
    lowered: bool = False
    leading: tuple[str, str] | None = None
    tiers: tuple[tuple[str, str, str], ...] = ()
    places: tuple[tuple[str, int, int], ...] = ()
    new_problems: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``cases`` compared, those that change. ``conditions``: those whose tier changes in any case."""

    cases: int
    changes: tuple[CaseChange, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Ids of the conditions whose tier changes in any case."""
        return tuple(dict.fromkeys(name for change in self.changes for name, _, _ in change.tiers))

    @property
    def worse(self) -> tuple[CaseChange, ...]:
        """Cases whose urgency falls, or whose author argued for what is lost."""
        return tuple(change for change in self.changes if change.lowered or change.new_problems)


def effect(before: Knowledge, after: Knowledge, files: tuple[Path, ...] = ()) -> Effect:
    """Compare two packs over the cases of the second, of the folder ``evaluation`` and of ``files``."""
    old = {(record.file, record.name): record for record in case_records(before, files)}
    new = case_records(after, files)
    pairs = [(old[key], record) for record in new if (key := (record.file, record.name)) in old]
    changes = [change for one, other in pairs if (change := compare(one, other)) is not None]
    changes.sort(key=lambda change: (not change.lowered, not change.new_problems, change.file, change.name))
    return Effect(cases=len(pairs), changes=tuple(changes))


def case_records(knowledge: Knowledge, files: tuple[Path, ...] = ()) -> list[CaseRecord]:
    """What every case gives; kept in the cache for a pack that stands in a folder."""
    named = (*sorted((knowledge.root / EVALUATION).glob("*.jsonl")), *files)

    def build() -> bytes:
        return msgspec.msgpack.encode(list(_records(knowledge, named)))

    if not knowledge.key:
        return msgspec.msgpack.decode(build(), type=list[CaseRecord])
    digest = hashlib.sha256(f"{knowledge.key}{code_key(OUTCOME_CODE)}".encode())
    for path in named:
        digest.update(path.read_bytes())
    return cached(digest.hexdigest(), "cases", build, lambda data: msgspec.msgpack.decode(data, type=list[CaseRecord]))


def cases_resting_on(knowledge: Knowledge, item: str, files: tuple[Path, ...] = ()) -> list[CaseRecord]:
    """The cases in which the item has a part: its finding or drug is heard, its condition listed, its rule fires."""
    wanted = {item}
    if item.startswith("measurements/"):
        measured = item.partition("/")[2]
        wanted = {f"findings/{f.id}" for f in knowledge.pack.findings.values() if f.measurement == measured}
    return [record for record in case_records(knowledge, files) if wanted & set(record.rests_on)]


def compare(before: CaseRecord, after: CaseRecord) -> CaseChange | None:
    """What is another result, None where nothing is."""
    names = dict.fromkeys((*before.tiers, *after.tiers))
    tiers = tuple(
        (name, was, now)
        for name in names
        if (was := before.tiers.get(name, "unlisted")) != (now := after.tiers.get(name, "unlisted"))
    )
    places = tuple(
        (name, before.places[name], place)
        for name, place in after.places.items()
        if before.places.get(name, place) != place
    )
    change = CaseChange(
        file=after.file,
        name=after.name,
        level=(before.level or "refused", after.level or "refused") if before.level != after.level else None,
        lowered=_step(after.level) < _step(before.level),
        leading=(before.leading, after.leading) if before.leading != after.leading else None,
        tiers=tiers,
        places=places,
        new_problems=tuple(problem for problem in after.problems if problem not in before.problems),
        mended=tuple(problem for problem in before.problems if problem not in after.problems),
    )
    same = CaseChange(file=after.file, name=after.name)
    return None if change == same else change


def _step(level: Level | None) -> int:
    return LEVELS.index(level) if level else -1


def _records(knowledge: Knowledge, files: tuple[Path, ...]) -> Iterator[CaseRecord]:
    for stem, listed in knowledge.pack.cases.items():
        for case in listed:
            file = f"cases/{stem}.yaml"
            try:
                read = as_case(knowledge, case)
            except IntakeError as error:
                yield CaseRecord(file=file, name=case.name, refused=error.what, problems=(f"refused: {error.what}",))
                continue
            yield _record(knowledge, file, case.name, read, case.expect, bool(case.known_miss))
    for path in files:
        for gold in read_cases(path):
            read = case_of(knowledge, gold, "primary_care")
            yield _record(knowledge, path.name, gold.id, read, Expect(), known_miss=False)


def _record(knowledge: Knowledge, file: str, name: str, case: Case, expect: Expect, known_miss: bool) -> CaseRecord:
    found = outcome_of(knowledge, case)
    leading = found.beliefs.ranked[0]
    expected = dict.fromkeys((*((expect.top,) if expect.top else ()), *expect.in_top, *expect.do_not_miss))
    return CaseRecord(
        file=file,
        name=name,
        level=found.urgency.level,
        provisional=found.urgency.provisional,
        leading=leading,
        chance=found.beliefs.cause[leading],
        tiers=found.tiers,
        places={name: found.place(name) for name in expected if name in found.beliefs.cause},
        rests_on=_rests_on(found, case),
        problems=tuple(problems_of(knowledge, expect, found)),
        known_miss=known_miss,
    )


def _rests_on(found: Outcome, case: Case) -> tuple[str, ...]:
    heard = [f"findings/{observation.finding}" for observation in case.observations]
    drugs = [f"drugs/{taken.drug}" for taken in case.medications if taken.drug]
    rules = [f"rules/{reason.rule}" for reason in found.urgency.reasons if reason.rule]
    listed = [f"conditions/{name}" for name in (*found.tiers, *(fact.condition for fact in case.facts))]
    return tuple(dict.fromkeys((*listed, *heard, *drugs, *rules)))
