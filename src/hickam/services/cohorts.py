"""Simulated cohorts for urgency: how often ordinary patients are sent in a hurry, and dangerous ones are not.

Patients are drawn from the pack as it stands, without the recording error of notes. Each tells the first complaint and
goes through the interview to its end, with true answers; nobody is examined or tested. The level is that of the full
assessment.
An ordinary patient has a cause that needs no hurry and no dangerous condition besides.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np

from hickam.inference.cohort import Cohort, draw_cohort
from hickam.inference.network import compile_network
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.condition import LEVELS, Level
from hickam.model.pack import Pack, Setting
from hickam.services.assess import Options, assess
from hickam.services.interview import Question, Value, answer, begin, case_of, next_question
from hickam.services.interview_state import consequences
from hickam.services.knowledge import Knowledge

SEED = 12
BEGINNING = ("after_injury", "pop_or_snap")
"""Told with the first complaint, beside what it feels like and one place: nobody leaves out the fall."""
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


def ordinary_cohort(knowledge: Knowledge, patients: int = 300, setting: Setting = "primary_care") -> Ordinary:
    """Patients whose cause needs no hurry, screened for red flags."""
    pack, network = knowledge.pack, compile_network(knowledge.pack)
    causes = tuple(item.id for item in pack.conditions.values() if item.urgency in ORDINARY and not item.do_not_miss)
    hurried = tuple(c.id for c in pack.conditions.values() if c.do_not_miss and c.do_not_miss.harm in URGENT)
    cohort = draw_cohort(network, 2 * patients, SEED, setting, caused_by=causes)
    rows = np.random.default_rng(SEED).permutation(np.flatnonzero(~cohort.anyone_with(hurried)))[:patients]
    levels: Counter[Level] = Counter()
    alarms = []
    for row in rows.tolist():
        answer = assess(knowledge, asked_case(knowledge, cohort, row), PLAIN)
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
            case = asked_case(knowledge, cohort, row)
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


def asked_case(knowledge: Knowledge, cohort: Cohort, row: int) -> Case:
    """One patient at the end of the interview: what was told at first, then every question with a true answer."""
    start = cohort.case(row, ("quality",))
    state = begin(knowledge, "", age=start.age, sex=start.sex, setting=start.setting, reader="patient")
    state = answer(state, "quality", start.observations[0].values[0])
    places = [name for name in knowledge.pack.findings if name.startswith("site_") and cohort.has(name)[row]]
    for name in (*places[:1], *(name for name in BEGINNING if cohort.has(name)[row])):
        state = answer(state, name, "yes")
    while (question := next_question(knowledge, state)) is not None:
        state = answer(state, question.id, truth(knowledge, cohort, row, question))
    return case_of(knowledge, state)


def truth(knowledge: Knowledge, cohort: Cohort, row: int, question: Question) -> Value:
    """What this patient answers: of findings that exclude each other the one drawn, and no part without its whole."""
    if question.kind == "screen":
        return _several(knowledge, cohort, row, question.findings)
    if len(question.findings) > 1:
        return (*question.findings, "none")[int(cohort.which(question.findings)[row])]
    label = cohort.labels(question.id)[int(cohort.state(question.id)[row])]
    return {"present": "yes", "absent": "no"}.get(label, label)


def _several(knowledge: Knowledge, cohort: Cohort, row: int, findings: tuple[str, ...]) -> tuple[str, ...]:
    """Those of several findings that are present, none of which rules out another."""
    follows = consequences(knowledge)
    there: list[str] = []
    for name in findings:
        whole = next((f for f in knowledge.pack.findings[name].implies if f in findings), None)
        present = cohort.has_within(name, whole)[row] if whole else cohort.has(name)[row]
        if present and not any(name in follows[other][1] or other in follows[name][1] for other in there):
            there += [f for f in (name, whole) if f and f not in there]
    return tuple(there)
