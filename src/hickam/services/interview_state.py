"""The state of an interview as a value: the story, the answers in order, and the case they add up to.

What an implication settles either way is never asked: with no swelling of the leg there is no one-sided swelling.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from hickam.clinic.view import CaseView
from hickam.errors import HickamError
from hickam.intake.assemble import from_reading, settle
from hickam.intake.reading import parse
from hickam.intake.readings import Reading
from hickam.model.assessment import Reader
from hickam.model.case import Case, Observation, Span
from hickam.model.finding import Finding, Range
from hickam.model.pack import Setting
from hickam.services.interview_questions import Value, asked_by
from hickam.services.knowledge import Knowledge

PERSON = ("story", "age", "sex")
FOR_PATIENTS = ("history", "risk_factor")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; see ``interview_questions.Value``."""

    question: str
    value: Value


class State(msgspec.Struct, frozen=True, kw_only=True):
    """An interview so far. ``story`` None: not told yet and to be asked for; '': to be done without."""

    schema: Literal["hickam.interview/1"] = "hickam.interview/1"
    pack: str
    story: str | None = None
    age: float | None = None
    sex: Literal["female", "male"] | None = None
    setting: Setting = "primary_care"
    reader: Reader = "clinician"
    answers: tuple[Answer, ...] = ()


@lru_cache(maxsize=32)
def case_of(knowledge: Knowledge, state: State) -> Case:
    """Everything known: what was answered, what that implies, then what the story says."""
    told = _told(knowledge, state)
    given = [o for item in _last(state) for o in _observations(knowledge, item, told.age, told.sex)]
    settled, conflicts, _ = settle(given, knowledge.vocabulary)
    named = {o.finding for o in settled}
    observations = (*settled, *(o for o in told.observations if o.finding not in named))
    leg = not told.text or any(
        knowledge.pack.findings[o.finding].about == "episode" for o in settled if o.state == "present"
    )
    case = replace(
        told,
        complaint="leg" if leg else told.complaint,
        observations=observations,
        conflicts=(*conflicts, *(c for c in told.conflicts if c.finding not in named)),
        notes=tuple(n for n in told.notes if not (leg and n.startswith("complaint:"))),
    )
    return replace(case, observations=(*observations, *_denied_signs(knowledge, case)))


def open_findings(knowledge: Knowledge, state: State) -> dict[str, Finding]:
    """Findings that may be asked: for this reader, age and sex; not known, not implied either way, not asked before."""
    case = case_of(knowledge, state)
    view = CaseView(knowledge.pack, case)
    asked = {name for item in state.answers for name in asked_by(item.question)}
    return {
        f.id: f
        for f in knowledge.pack.findings.values()
        if f.id not in asked
        and view.state(f.id) is None
        and (state.reader != "patient" or f.kind in FOR_PATIENTS)
        and view.applies(f.only_sex, f.only_age)
        and not impossible(knowledge, view, f.id)
    }


def exclusive(knowledge: Knowledge, first: Finding, among: dict[str, Finding]) -> tuple[Finding, ...]:
    """``first`` and the open findings of its kind and group that exclude it and each other (pack order)."""
    if first.type != "yes_no":
        return (first,)
    chosen = [first]
    for other in among.values():
        alike = (other.type, other.kind, other.about, other.group) == (first.type, first.kind, first.about, first.group)
        if alike and all(_exclude(knowledge, other.id, one.id) for one in chosen):
            chosen.append(other)
    order = list(among)
    return tuple(sorted(chosen, key=lambda f: order.index(f.id)))


def impossible(knowledge: Knowledge, view: CaseView, finding: str) -> bool:
    """Whether its presence would imply what is known to be otherwise."""
    yes, no = consequences(knowledge)[finding]
    return any(view.state(f) is False for f in yes) or any(view.state(f) is True for f in no)


@lru_cache(maxsize=4)
def consequences(knowledge: Knowledge) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Finding -> what its presence makes present, and absent, step by step."""
    findings = knowledge.pack.findings
    found = {}
    for name in findings:
        yes, queue = {name}, [name]
        while queue:
            new = [f for f in findings[queue.pop()].implies if f in findings and f not in yes]
            yes.update(new)
            queue.extend(new)
        no = {f for y in yes for f in findings[y].implies_absent}
        found[name] = (frozenset(yes - {name}), frozenset(no))
    return found


def _exclude(knowledge: Knowledge, a: str, b: str) -> bool:
    table = consequences(knowledge)
    return a != b and (a in table[b][1] or b in table[a][1])


@lru_cache(maxsize=32)
def _parsed(knowledge: Knowledge, text: str, age: float | None, sex: Any, setting: Setting) -> Case:
    return parse(text, knowledge.vocabulary, age=age, sex=sex, setting=setting)


def _told(knowledge: Knowledge, state: State) -> Case:
    """The story as intake reads it, with age and sex as answered."""
    said = {item.question: item.value for item in _last(state) if item.question in PERSON and item.value != "unknown"}
    text = said.get("story", state.story or "")
    age, sex = said.get("age", state.age), said.get("sex", state.sex)
    if isinstance(age, str | tuple) or not isinstance(text, str) or sex not in (None, "female", "male"):
        raise _misfit("age, sex or story")
    return _parsed(knowledge, text, None if age is None else float(age), sex, state.setting)


def _last(state: State) -> list[Answer]:
    """The last answer to each question, in the order in which the questions were first asked."""
    return list({item.question: item for item in state.answers}.values())


def _observations(
    knowledge: Knowledge, item: Answer, age: float | None, sex: Literal["female", "male"] | None
) -> Iterable[Observation]:
    """What one answer says."""
    names, value = asked_by(item.question), item.value
    if names[0] in PERSON or value == "unknown":
        return []
    if any(name not in knowledge.pack.findings for name in names):
        raise _misfit(item.question)
    if isinstance(value, tuple):
        unsure = {name[1:] for name in value if name.startswith("?")}
        if not {name.removeprefix("?") for name in value} <= set(names):
            raise _misfit(item.question)
        return [_yes_no(name, name in value) for name in names if name not in unsure]
    if len(names) > 1:
        if value not in (*names, "none"):
            raise _misfit(item.question)
        return [_yes_no(name, name == value) for name in names]
    return one_answer(knowledge, knowledge.pack.findings[names[0]], value, age, sex)


def one_answer(
    knowledge: Knowledge, finding: Finding, value: str | float, age: float | None, sex: Literal["female", "male"] | None
) -> list[Observation]:
    """The observations of one answer to one finding: 'yes', 'no', a value or range id, or a number."""
    if isinstance(value, str):
        if finding.type == "yes_no" and value in ("yes", "no"):
            return [_yes_no(finding.id, value == "yes")]
        if value in {v.id for v in finding.values} | {r.id for r in finding.ranges}:
            return [Observation(finding=finding.id, state="present", values=(value,))]
        raise _misfit(finding.id)
    measurement = knowledge.pack.measurements.get(finding.measurement)
    if measurement is None or not measurement.plausible[0] <= value <= measurement.plausible[1]:
        raise _misfit(finding.id)
    reading = Reading(measurement.id, float(value), "", 0, Span(text="", start=0, end=0), 0, 0, False)
    found = from_reading(reading, knowledge.vocabulary, age, sex)
    return [replace(o, span=None) for o in found]


def with_answer(knowledge: Knowledge, case: Case, finding: Finding, outcome: str) -> Case:
    """The case with one more answer."""
    value: str | float = {"present": "yes", "absent": "no"}.get(outcome, outcome)
    places = [r.id for r in finding.ranges]
    if outcome in places:
        value = _inside(finding.ranges, places.index(outcome))
        measurement = knowledge.pack.measurements.get(finding.measurement)
        if measurement is not None:
            value = min(max(value, measurement.plausible[0]), measurement.plausible[1])
        else:
            value = outcome
    new = settle(one_answer(knowledge, finding, value, case.age, case.sex), knowledge.vocabulary)[0]
    known = {o.finding for o in case.observations}
    added: list[Observation] = [o for o in new if o.finding not in known]
    return replace(case, observations=(*case.observations, *added))


def _inside(ranges: tuple[Range, ...], place: int) -> float:
    """A number inside a range: its middle, or just beyond the limit of an open one."""
    below = ranges[place].below
    above = ranges[place - 1].below if place else None
    if below is None:
        return (above or 0.0) * 1.05
    return below * 0.95 if above is None else (above + below) / 2


def _yes_no(name: str, present: bool) -> Observation:
    return Observation(finding=name, state="present" if present else "absent")


def _denied_signs(knowledge: Knowledge, case: Case) -> list[Observation]:
    """Danger signs that cannot be present after what was denied, so that they do not keep the urgency provisional.

    Only these: an absence that follows from another one is not new evidence, and would be counted twice.
    """
    pack = knowledge.pack
    view = CaseView(pack, case)
    return [
        Observation(finding=f.id, state="absent", how="implied")
        for f in pack.findings.values()
        if f.red_flag_screen and view.state(f.id) is None and impossible(knowledge, view, f.id)
    ]


def _misfit(where: str) -> HickamError:
    return HickamError(
        code="bad-answer",
        where=where,
        what="this answer does not fit the question, or the knowledge no longer holds it",
        why="it would be lost in silence",
        fix="answer with yes, no, unknown, one of the choices, or a possible number; or begin the interview again",
    )
