"""The course of an interview: what was likely, and how urgent it was, after each answer."""

from __future__ import annotations

from msgspec.structs import replace

from hickam.model.assessment import Assessment
from hickam.services.assess import Options, assess
from hickam.services.interview_questions import asked_by
from hickam.services.interview_state import PERSON, Answer, State, case_of
from hickam.services.knowledge import Knowledge
from hickam.writing.figures import CoursePoint

FOLLOWED = 4
"""How many of the causes that lead at the end are followed back."""


def interview_course(knowledge: Knowledge, state: State) -> tuple[CoursePoint, ...]:
    """One point for the beginning (story, age and sex as given) and one after each answer."""
    stages = [replace(state, answers=state.answers[:count]) for count in range(len(state.answers) + 1)]
    found = [_short(knowledge, stage) for stage in stages]
    own = state.reader == "patient"
    followed = [item.condition for item in found[-1].differential[:FOLLOWED]]
    points = []
    for place, answer in enumerate(found):
        chance = {item.condition.id: item.cause.value for item in answer.differential}
        points.append(
            CoursePoint(
                answer=_words(knowledge, state.answers[place - 1]) if place else "at the beginning",
                causes={c.lay_name if own else c.name: chance.get(c.id, 0.0) for c in followed},
                level=answer.urgency.level,
            )
        )
    return tuple(points)


def _short(knowledge: Knowledge, state: State) -> Assessment:
    return assess(knowledge, case_of(knowledge, state), Options(reader=state.reader, draws=0, explain=False, steps=0))


def _words(knowledge: Knowledge, item: Answer) -> str:
    """'low back pain: no', 'danger signs: none', 'age: 64'."""
    findings = knowledge.pack.findings
    names = asked_by(item.question)
    if names[0] in PERSON:
        return f"{names[0]}: {item.value}" if names[0] != "story" else "story"
    if isinstance(item.value, tuple):
        said = [findings[n].name for n in item.value if n in findings]
        danger = any(findings[n].red_flag_screen for n in names if n in findings)
        return f"{'danger signs' if danger else 'background'}: {', '.join(said) or 'none'}"
    if len(names) > 1:
        chosen = findings.get(str(item.value))
        return chosen.name if chosen else f"none of: {', '.join(findings[n].name for n in names if n in findings)}"
    finding = findings[names[0]]
    values = {value.id: value.name for value in finding.values} | {part.id: part.name for part in finding.ranges}
    return f"{finding.name}: {values.get(str(item.value), item.value)}"
