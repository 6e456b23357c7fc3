"""Run a pack's own vignettes and say which do not give what their author argued they must."""

from __future__ import annotations

import msgspec

from hickam.intake.structured import case_from_json
from hickam.model.assessment import Assessment
from hickam.model.condition import LEVELS
from hickam.model.pack import Expect, PackCase
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge


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
    parsed = case_from_json({k: v for k, v in data.items() if v not in (None, "", [], {})}, knowledge.vocabulary)
    answer = assess(knowledge, parsed, Options(draws=0, explain=False, steps=0))
    return compare_answer(answer, case.expect)


def compare_answer(answer: Assessment, expect: Expect) -> list[str]:
    """Problems of one answer against one expectation."""
    ranks = {c.condition.id: c.rank for c in answer.differential}
    chances = {c.condition.id: c.cause.value for c in answer.differential}
    first = answer.differential[0].condition.id
    problems = []
    if expect.top and first != expect.top:
        problems.append(f"first is {first}, not {expect.top} (rank {ranks.get(expect.top, '-')})")
    for name, most in expect.in_top.items():
        if ranks.get(name, 10**6) > most:
            problems.append(f"{name} has rank {ranks.get(name, '-')}, expected {most} or better")
    shown = {c.condition.id for c in answer.differential if c.danger and c.danger.state == "above_threshold"}
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
    return problems + _urgency_problems(answer, expect)


def _urgency_problems(answer: Assessment, expect: Expect) -> list[str]:
    level = LEVELS.index(answer.urgency.level)
    fired = {reason.rule for reason in answer.urgency.reasons}
    problems = []
    if expect.urgency and answer.urgency.level != expect.urgency:
        problems.append(f"urgency is {answer.urgency.level}, not {expect.urgency}")
    if expect.urgency_at_least and level < LEVELS.index(expect.urgency_at_least):
        problems.append(f"urgency is {answer.urgency.level}, expected at least {expect.urgency_at_least}")
    if expect.urgency_at_most and level > LEVELS.index(expect.urgency_at_most):
        problems.append(f"urgency is {answer.urgency.level}, expected at most {expect.urgency_at_most}")
    problems += [f"the rule {rule} did not fire" for rule in expect.rules if rule not in fired]
    problems += [f"the rule {rule} fired" for rule in expect.not_rules if rule in fired]
    return problems
