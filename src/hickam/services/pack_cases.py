"""Run a pack's own vignettes and say which do not give what their author argued they must."""

from __future__ import annotations

import msgspec

from hickam.clinic.urgency import unmet
from hickam.intake.structured import case_from_json
from hickam.model.case import Case
from hickam.model.condition import LEVELS, Level
from hickam.model.pack import Expect, Pack, PackCase
from hickam.services.knowledge import Knowledge
from hickam.services.outcomes import Outcome, outcome_of


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """One vignette: empty ``problems`` means as expected, or a miss that is known and says why."""

    file: str
    name: str
    problems: tuple[str, ...]
    known_miss: str = ""


def run_cases(knowledge: Knowledge) -> list[CaseResult]:
    """Every vignette of the pack."""
    return [
        _result(f"cases/{stem}.yaml", case, check_case(knowledge, case))
        for stem, cases in knowledge.pack.cases.items()
        for case in cases
    ]


def _result(file: str, case: PackCase, problems: list[str]) -> CaseResult:
    if not case.known_miss:
        return CaseResult(file=file, name=case.name, problems=tuple(problems))
    left = () if problems else ("comes out as expected now: remove known_miss",)
    return CaseResult(file=file, name=case.name, problems=left, known_miss=case.known_miss)


def check_case(knowledge: Knowledge, case: PackCase) -> list[str]:
    """What differs from the expectation, in words."""
    return problems_of(knowledge, case.expect, outcome_of(knowledge, as_case(knowledge, case)))


def as_case(knowledge: Knowledge, case: PackCase) -> Case:
    """The vignette as intake reads it."""
    data = {
        "age": case.age,
        "sex": case.sex,
        "setting": case.setting,
        "text": case.text,
        "present": list(case.present),
        "absent": list(case.absent),
        "values": case.values,
        "known_conditions": list(case.known),
    }
    return case_from_json({k: v for k, v in data.items() if v not in (None, "", [], {})}, knowledge.vocabulary)


def unmet_parts(pack: Pack, found: Outcome) -> dict[str, int]:
    """Rule id -> how many of its parts this case does not fulfil; 0 when it holds, 1 when the case is just short."""
    return {rule.id: unmet(rule, found.view, found.beliefs) for rule in pack.rules.values()}


def problems_of(knowledge: Knowledge, expect: Expect, found: Outcome) -> list[str]:
    """Problems of one outcome against one expectation."""
    chances, first = found.beliefs.cause, found.beliefs.ranked[0]
    problems = []
    if expect.top and first != expect.top:
        problems.append(f"first is {first}, not {expect.top} (rank {found.place(expect.top)})")
    for name, most in expect.in_top.items():
        if (place := found.place(name)) > most:
            problems.append(f"{name} has rank {place}, expected {most} or better")
    shown = {danger.condition.id for danger in found.dangers if danger.shown}
    problems += [f"{name} is not shown as do-not-miss" for name in expect.do_not_miss if name not in shown]
    problems += [
        f"{name} has {chances.get(name, 0):.3f}, expected at least {least}"
        for name, least in expect.cause_at_least.items()
        if chances.get(name, 0) < least
    ]
    problems += [
        f"{name} has {chances.get(name, 0):.3f}, expected at most {most}"
        for name, most in expect.cause_at_most.items()
        if chances.get(name, 0) > most
    ]
    return problems + _urgency_problems(found.urgency.level, expect) + _rule_problems(knowledge.pack, found, expect)


def _urgency_problems(found: Level, expect: Expect) -> list[str]:
    level = LEVELS.index(found)
    problems = []
    if expect.urgency and found != expect.urgency:
        problems.append(f"urgency is {found}, not {expect.urgency}")
    if expect.urgency_at_least and level < LEVELS.index(expect.urgency_at_least):
        problems.append(f"urgency is {found}, expected at least {expect.urgency_at_least}")
    if expect.urgency_at_most and level > LEVELS.index(expect.urgency_at_most):
        problems.append(f"urgency is {found}, expected at most {expect.urgency_at_most}")
    return problems


def _rule_problems(pack: Pack, found: Outcome, expect: Expect) -> list[str]:
    """Rules of either kind that should hold and do not, or should not and do."""
    parts = unmet_parts(pack, found) if expect.rules or expect.not_rules else {}
    problems = [f"the rule {rule} did not fire" for rule in expect.rules if parts.get(rule) != 0]
    return problems + [f"the rule {rule} fired" for rule in expect.not_rules if parts.get(rule) == 0]
