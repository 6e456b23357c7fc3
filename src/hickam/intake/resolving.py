"""Names and values of structured input, each resolved to what the pack knows by it, or refused in words."""

from __future__ import annotations

from typing import NoReturn, cast, get_args

from hickam.intake.assemble import from_reading, ranges_for
from hickam.intake.errors import IntakeError
from hickam.intake.leftover import suggest
from hickam.intake.measures import value_with_unit
from hickam.intake.readings import Reading
from hickam.intake.vocabulary import Entry, Vocabulary, lookup
from hickam.model.case import Fact, Observation, Span, State, Status


def refuse(where: str, what: str, why: str, fix: str) -> NoReturn:
    """Raise IntakeError: where in the input, what is wrong, why it matters, what to do."""
    raise IntakeError(where=where, what=what, why=why, fix=fix)


def resolve_finding(name: str, state: State, vocabulary: Vocabulary, where: str = "") -> Observation:
    """What a name said to be present or absent says."""
    where = where or state
    entry = _finding(name, where, vocabulary)
    told = vocabulary.findings[entry.id]
    if not entry.value and told.type != "yes_no" and state == "present" and entry.kind != "absent":
        refuse(
            where,
            f"'{entry.id}' needs a value",
            "without one it says nothing",
            f"Use {entry.id}=… with one of: {', '.join(told.values or tuple(r[0] for r in told.ranges))}",
        )
    turned = entry.kind == "absent"
    final: State = state if not turned else ("absent" if state == "present" else "present")
    return Observation(
        finding=entry.id, state=final, values=(entry.value,) if entry.value else (), span=None, how="given"
    )


def _finding(name: str, where: str, vocabulary: Vocabulary) -> Entry:
    id, _, value = name.partition("=")
    f = vocabulary.findings.get(id.strip())
    if f is not None:
        value = value.strip()
        if value and value not in f.values and value not in {r[0] for r in f.ranges}:
            refuse(
                where,
                f"{id} has no value '{value}'",
                "it would be lost",
                f"Use one of: {', '.join(f.values or tuple(r[0] for r in f.ranges))}",
            )
        return Entry("value" if value else "finding", id.strip(), value)
    hits = lookup(vocabulary, name, ("finding", "absent", "value"))
    if hits:
        return hits[0]
    near = suggest(name, vocabulary)
    near = [n for n in near if n in vocabulary.findings]
    refuse(
        where,
        f"no finding is called '{name}'",
        "it would be lost in silence",
        f"Did you mean: {', '.join(near)}?" if near else "See the list of findings",
    )


def resolve_value(
    name: str, value: object, vocabulary: Vocabulary, age: float | None, sex: str | None
) -> list[Observation]:
    """What a measured or stated value says of a patient of this age and sex."""
    where = f"values.{name}"
    f = vocabulary.findings.get(name)
    if isinstance(value, bool):
        entry = _finding(name, where, vocabulary)
        if vocabulary.findings[entry.id].type != "yes_no":
            refuse(where, f"{name} is not answered by yes or no", "it would say nothing", "Give a number or a range")
        return [Observation(finding=entry.id, state="present" if value else "absent", how="given")]
    numeric = isinstance(value, str) and any(c.isdigit() for c in value)
    if numeric and f is not None and value in (*f.values, *(r[0] for r in f.ranges)):
        numeric = False
    if f is not None and isinstance(value, str | list | tuple) and not numeric:
        chosen = (value,) if isinstance(value, str) else tuple(str(v) for v in value)
        allowed = f.values or tuple(r[0] for r in f.ranges)
        if chosen in (("normal",), ("high",), ("low",), ("raised",), ("borderline",)) and f.ranges:
            words = "high" if chosen == ("raised",) else chosen[0]
            chosen = ranges_for(f, Reading(f.measurement, None, words, 0, Span(text="", start=0, end=0), 0, 0, False))
        for v in chosen:
            if v not in allowed:
                refuse(
                    where, f"'{v}' is not a value of {name}", "it would be lost", f"Use one of: {', '.join(allowed)}"
                )
        return [Observation(finding=name, state="present", values=chosen, how="given")]
    measurement = name if name in vocabulary.measurements else f.measurement if f is not None and f.measurement else ""
    if not measurement:
        hits = lookup(vocabulary, name, ("measurement",))
        measurement = hits[0].id if hits else ""
    if not measurement:
        refuse(
            where,
            f"no measurement is called '{name}'",
            "it would be lost in silence",
            f"Use one of: {', '.join(sorted(vocabulary.measurements))}",
        )
    if numeric:
        converted = value_with_unit(str(value), vocabulary.measurements[measurement])
        if isinstance(converted, str):
            q = vocabulary.measurements[measurement]
            refuse(
                where, converted, "a wrong unit gives a wrong answer", f"Use one of: {', '.join([q.unit, *q.units])}"
            )
        value = converted
    if not isinstance(value, int | float):
        refuse(
            where,
            f"{value!r} is not a number",
            "a measurement is a number",
            f"Give it in {vocabulary.measurements[measurement].unit}",
        )
    q = vocabulary.measurements[measurement]
    if not q.plausible[0] <= value <= q.plausible[1]:
        refuse(
            where,
            f"{value:g} {q.unit} is not possible ({q.plausible[0]:g} to {q.plausible[1]:g})",
            "a wrong unit gives a wrong answer",
            f"Give it in {q.unit}",
        )
    reading = Reading(measurement, float(value), "", 0, Span(text="", start=0, end=0), 0, 0, False)
    return [
        Observation(finding=o.finding, state=o.state, values=o.values, value=o.value, unit=o.unit, how="given")
        for o in from_reading(reading, vocabulary, age, sex)
    ]


def resolve_condition(name: str, status: str, where: str, vocabulary: Vocabulary) -> Fact:
    """A condition by id or name, with its status."""
    if status not in get_args(Status):
        refuse(
            where,
            f"status {status!r} is not known",
            "it changes what the condition explains",
            f"Use one of: {', '.join(get_args(Status))}",
        )
    id = name if name in vocabulary.conditions else ""
    if not id:
        hits = lookup(vocabulary, name, ("condition", "mention"))
        id = hits[0].id if hits else ""
    if not id:
        near = [n for n in suggest(name, vocabulary, limit=5) if n in vocabulary.conditions]
        refuse(
            where,
            f"no condition is called '{name}'",
            "it would be lost in silence",
            f"Did you mean: {', '.join(near)}?" if near else "Leave it out or put it in the text",
        )
    return Fact(condition=id, status=cast("Status", status))


def resolve_medicine(name: str, vocabulary: Vocabulary) -> tuple[str, list[Observation]]:
    """The pack's drug ('' when it knows none of that name), and what taking it says."""
    hits = [e.id for e in lookup(vocabulary, name, ("drug", "class"))]
    drug = name if name in vocabulary.drugs else hits[0] if hits else ""
    factors = vocabulary.drugs[drug].factors if drug else ()
    return drug, [Observation(finding=f, state="present", how="drug") for f in factors if f in vocabulary.findings]
