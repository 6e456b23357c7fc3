"""Names and values of structured input, each resolved to what the pack knows by it, or refused in words."""

from __future__ import annotations

from typing import NoReturn, cast, get_args

from hickam.intake.assemble import from_reading, ranges_for
from hickam.intake.errors import IntakeError
from hickam.intake.leftover import suggest
from hickam.intake.measures import value_with_unit
from hickam.intake.readings import Reading
from hickam.intake.vocabulary import Entry, FindingWords, Vocabulary, lookup
from hickam.model.case import Fact, Observation, Span, State, Status
from hickam.model.finding import Measurement


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
            f"Use {entry.id}=… with one of: {', '.join(_allowed(told))}",
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
        if value and value not in _allowed(f):
            _not_a_value(id.strip(), f, value, where)
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
    if isinstance(value, bool):
        return [_answered(name, value, where, vocabulary)]
    told = vocabulary.findings.get(name)
    named = told is not None and value in _allowed(told)
    numeric = isinstance(value, str) and any(c.isdigit() for c in value) and not named
    if told is not None and isinstance(value, str | list | tuple) and not numeric:
        chosen = (value,) if isinstance(value, str) else tuple(str(v) for v in value)
        return [Observation(finding=name, state="present", values=_values(name, told, chosen, where), how="given")]
    measured = vocabulary.measurements[_measurement(name, where, vocabulary)]
    number = _number(value_with_unit(str(value), measured) if numeric else value, measured, where)
    reading = Reading(measured.id, number, "", 0, Span(text="", start=0, end=0), 0, 0, False)
    return [
        Observation(finding=o.finding, state=o.state, values=o.values, value=o.value, unit=o.unit, how="given")
        for o in from_reading(reading, vocabulary, age, sex)
    ]


def _answered(name: str, yes: bool, where: str, vocabulary: Vocabulary) -> Observation:
    entry = _finding(name, where, vocabulary)
    if vocabulary.findings[entry.id].type != "yes_no":
        refuse(where, f"{name} is not answered by yes or no", "it would say nothing", "Give a number or a range")
    return Observation(finding=entry.id, state="present" if yes else "absent", how="given")


def _allowed(told: FindingWords) -> tuple[str, ...]:
    return told.values or tuple(r[0] for r in told.ranges)


def _values(name: str, told: FindingWords, chosen: tuple[str, ...], where: str) -> tuple[str, ...]:
    """Values of a finding by name; of a measured one also 'normal', 'high', 'low' and 'borderline'."""
    if len(chosen) == 1 and chosen[0] in ("normal", "high", "low", "raised", "borderline") and told.ranges:
        word = "high" if chosen[0] == "raised" else chosen[0]
        chosen = ranges_for(told, Reading(told.measurement, None, word, 0, Span(text="", start=0, end=0), 0, 0, False))
    for value in chosen:
        if value not in _allowed(told):
            _not_a_value(name, told, value, where)
    return chosen


def _not_a_value(name: str, told: FindingWords, value: str, where: str) -> NoReturn:
    allowed = f"Use one of: {', '.join(_allowed(told))}"
    refuse(where, f"'{value}' is not a value of {name}", "it would be lost", allowed)


def _measurement(name: str, where: str, vocabulary: Vocabulary) -> str:
    """The measurement of this name, or the one a finding of this name rests on."""
    told = vocabulary.findings.get(name)
    hits = lookup(vocabulary, name, ("measurement",))
    rests_on = (told.measurement if told else "") or (hits[0].id if hits else "")
    found = name if name in vocabulary.measurements else rests_on
    if not found:
        known = f"Use one of: {', '.join(sorted(vocabulary.measurements))}"
        refuse(where, f"no measurement is called '{name}'", "it would be lost in silence", known)
    return found


def _number(value: object, measured: Measurement, where: str) -> float:
    """A possible number in the measurement's own unit; a text says why its unit could not be read."""
    wrong = "a wrong unit gives a wrong answer"
    if isinstance(value, str):
        refuse(where, value, wrong, f"Use one of: {', '.join([measured.unit, *measured.units])}")
    if not isinstance(value, int | float):
        refuse(where, f"{value!r} is not a number", "a measurement is a number", f"Give it in {measured.unit}")
    low, high = measured.plausible
    if not low <= value <= high:
        possible = f"{value:g} {measured.unit} is not possible ({low:g} to {high:g})"
        refuse(where, possible, wrong, f"Give it in {measured.unit}")
    return float(value)


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
