"""Simulated cohorts for urgency: how often ordinary patients are sent in a hurry, and dangerous ones are not.

Patients are drawn from the pack as it stands, without the recording error of notes. Each has answered, truthfully, what
the interview asks of everyone (core history, red-flag screen, recent events, past illness, medicines), the five
questions that the engine thinks best, and those that settle a red flag; ``examined`` lets the engine choose a few signs
as well. The level is that of the full assessment.
An ordinary patient has a cause that needs no hurry and no dangerous condition besides.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np
from msgspec.structs import replace

from hickam.clinic.urgency import settling
from hickam.clinic.view import CaseView
from hickam.inference.cohort import Cohort, draw_cohort
from hickam.inference.network import compile_network
from hickam.model.assessment import Assessment
from hickam.model.case import Case, Observation
from hickam.model.condition import LEVELS, Level
from hickam.model.pack import Pack, Setting
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.services.triage import as_beliefs

SEED = 12
FOCUSED = 5
EXAMINATION = 5
URGENT: tuple[Level, ...] = ("emergency", "same_day")
ORDINARY: tuple[Level, ...] = ("self_care", "routine")
PLAIN = Options(draws=0, explain=False, steps=0)


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """An ordinary patient sent in a hurry: the true cause, the level, and the first reason for it.

    ``meant``: a rule written for this very cause fired (a fracture that cannot bear weight), so the alarm is right.
    """

    cause: str
    level: Level
    reason: str
    meant: bool = False


class Ordinary(msgspec.Struct, frozen=True, kw_only=True):
    """Ordinary patients by the level they were given, and every alarm."""

    patients: int
    levels: dict[Level, int]
    alarms: tuple[Alarm, ...]

    @property
    def share(self) -> float:
        """Share falsely sent the same day or to an emergency department: by no rule meant for their own cause."""
        return sum(not alarm.meant for alarm in self.alarms) / self.patients


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A dangerous patient not sent in a hurry. ``signs``: the condition's own frequent findings that this patient was
    asked about, and how many of them were there."""

    level: Level
    cause: float
    threshold: float
    leading: str
    signs: tuple[int, int]


class Urgent(msgspec.Struct, frozen=True, kw_only=True):
    """The cohort of one dangerous condition."""

    condition: str
    harm: Level
    patients: int
    caught: int
    misses: tuple[Miss, ...]

    @property
    def share(self) -> float:
        """Share seen the same day or sooner."""
        return self.caught / max(self.patients, 1)


def core_items(pack: Pack) -> tuple[str, ...]:
    """The core history in its order."""
    core = sorted((f for f in pack.findings.values() if f.core_history), key=lambda f: (f.core_history, f.id))
    return tuple(f.id for f in core)


def ordinary_cohort(
    knowledge: Knowledge, patients: int = 300, examined: bool = False, setting: Setting = "primary_care"
) -> Ordinary:
    """Patients whose cause needs no hurry, screened for red flags."""
    pack, network = knowledge.pack, compile_network(knowledge.pack)
    causes = tuple(item.id for item in pack.conditions.values() if item.urgency in ORDINARY and not item.do_not_miss)
    hurried = tuple(c.id for c in pack.conditions.values() if c.do_not_miss and c.do_not_miss.harm in URGENT)
    cohort = draw_cohort(network, 2 * patients, SEED, setting, caused_by=causes)
    rows = np.random.default_rng(SEED).permutation(np.flatnonzero(~cohort.anyone_with(hurried)))[:patients]
    levels: Counter[Level] = Counter()
    alarms = []
    for row in rows.tolist():
        answer = assess(knowledge, asked_case(knowledge, cohort, row, examined), PLAIN)
        levels[answer.urgency.level] += 1
        if answer.urgency.level in URGENT:
            cause = network.conditions[int(cohort.cause[row])]
            reasons = [r for r in answer.urgency.reasons if r.level in URGENT]
            rules = [pack.rules[r.rule] for r in reasons if r.rule in pack.rules]
            alarms.append(
                Alarm(
                    cause=cause,
                    level=answer.urgency.level,
                    reason=reasons[0].rule or reasons[0].condition,
                    meant=any(cause in rule.conditions for rule in rules),
                )
            )
    return Ordinary(patients=len(rows), levels={level: levels[level] for level in LEVELS}, alarms=tuple(alarms))


def urgent_cohorts(
    knowledge: Knowledge,
    patients: int = 20,
    conditions: tuple[str, ...] = (),
    examined: bool = False,
    setting: Setting = "primary_care",
) -> list[Urgent]:
    """For each condition that is an emergency or must be seen the same day: patients whose complaint it causes."""
    pack, network = knowledge.pack, compile_network(knowledge.pack)
    found = []
    for item in pack.conditions.values():
        rule = item.do_not_miss
        if rule is None or rule.harm not in URGENT or (conditions and item.id not in conditions):
            continue
        cohort = draw_cohort(network, patients, SEED, setting, caused_by=(item.id,))
        misses = []
        for row in range(patients):
            case = asked_case(knowledge, cohort, row, examined)
            answer = assess(knowledge, case, PLAIN)
            if answer.urgency.level not in URGENT:
                misses.append(_miss(pack, item.id, case, answer))
        found.append(
            Urgent(
                condition=item.id,
                harm=rule.harm,
                patients=patients,
                caught=patients - len(misses),
                misses=tuple(misses),
            )
        )
    return found


def _miss(pack: Pack, name: str, case: Case, answer: Assessment) -> Miss:
    item = pack.conditions[name]
    own = {e.finding for e in item.findings if e.as_number().value or e.counts}
    frequent = {f for f in own if next(e for e in item.findings if e.finding == f).as_number().best >= 0.4}
    asked = [o for o in case.observations if o.finding in frequent]
    candidate = next((c for c in answer.differential if c.condition.id == name), None)
    return Miss(
        level=answer.urgency.level,
        cause=candidate.cause.value if candidate else 0.0,
        threshold=item.do_not_miss.test_threshold.best if item.do_not_miss else 0.0,
        leading=answer.differential[0].condition.id,
        signs=(sum(o.state == "present" for o in asked), len(asked)),
    )


def asked_case(knowledge: Knowledge, cohort: Cohort, row: int, examined: bool) -> Case:
    """One patient after the fixed history, red-flag screen and the engine's own best questions (then signs)."""
    pack = knowledge.pack
    core = core_items(pack)
    screen = tuple(f.id for f in pack.findings.values() if f.red_flag_screen)
    background = tuple(name for question in pack.manifest.background for name in question.findings)
    asked = tuple(dict.fromkeys(core + screen + background))
    case = consistent(pack, cohort.case(row, asked))
    rounds = [(("history", "risk_factor"), FOCUSED), (("examination",), EXAMINATION if examined else 0)]
    for kinds, count in rounds:
        for _ in range(count):
            steps = knowledge.engine.next_steps(case).steps
            best = next((s.finding for s in steps if pack.findings[s.finding].kind in kinds), None)
            if best is None:
                break
            asked += (best,)
            case = consistent(pack, cohort.case(row, asked))
    while left := _settling(knowledge, case, asked):
        asked += left
        case = consistent(pack, cohort.case(row, asked))
    return case


def _settling(knowledge: Knowledge, case: Case, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Questions not yet asked of which one answer takes back a red flag that holds now."""
    engine, pack = knowledge.engine, knowledge.pack
    flags = settling(CaseView(pack, case), as_beliefs(engine.posterior(case), engine.k_only(case)))
    return tuple(name for name in flags if name not in asked and pack.findings[name].kind == "history")


def consistent(pack: Pack, case: Case) -> Case:
    """The case without answers that cannot concern the patient or that contradict an earlier answer."""
    kept: dict[str, Observation] = {}
    for observation in case.observations:
        item = pack.findings[observation.finding]
        fits_sex = item.only_sex in ("any", case.sex)
        fits_age = case.age is None or item.only_age[0] <= case.age <= item.only_age[1]
        clash = observation.state == "present" and any(
            other.state == "present" and item.id in pack.findings[other.finding].implies_absent
            for other in kept.values()
        )
        if fits_sex and fits_age:
            kept[item.id] = Observation(finding=item.id, state="absent") if clash else observation
    return replace(case, observations=tuple(kept.values()))
