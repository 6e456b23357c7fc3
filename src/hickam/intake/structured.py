"""Structured input: a JSON object with findings, values and conditions by id or by name, to a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, cast, get_args

import msgspec

from hickam.intake.assemble import from_reading, ranges_for, settle
from hickam.intake.errors import IntakeError
from hickam.intake.leftover import suggest
from hickam.intake.measures import value_with_unit
from hickam.intake.reading import parse
from hickam.intake.readings import Reading
from hickam.intake.vocabulary import Entry, Vocabulary, build_vocabulary, lookup
from hickam.model.case import Allergy, Case, Fact, Medication, Observation, Span, State, Status
from hickam.model.pack import Pack, Setting

KEYS = (
    "age",
    "sex",
    "setting",
    "complaint",
    "text",
    "present",
    "absent",
    "values",
    "sides",
    "known_conditions",
    "medications",
    "allergies",
    "ruled_out",
)
SIDES = ("left", "right", "both")
SEXES = {"female": "female", "male": "male", "f": "female", "m": "male", "woman": "female", "man": "male"}


def case_from_json(obj: object, pack: Pack | Vocabulary) -> Case:
    """The case an object describes. Raises IntakeError (where, what, why, fix) on anything it cannot place.

    Keys: age, sex, setting, complaint, text, present, absent, values, sides, known_conditions, medications,
    allergies, ruled_out; all optional.
    What is given outright goes before what ``text`` says.
    """
    vocabulary = pack if isinstance(pack, Vocabulary) else build_vocabulary(pack)
    if not isinstance(obj, Mapping):
        _refuse(
            "case",
            f"a {type(obj).__name__} was given",
            "a case is an object with named parts",
            'Send {"text": "..."} or {"present": [...]}',
        )
    data = cast("Mapping[str, Any]", obj)
    for key in data:
        if key not in KEYS:
            _refuse(
                str(key),
                "this part is not known",
                "a misspelt part would be lost in silence",
                f"Use one of: {', '.join(KEYS)}",
            )
    age = _age(data.get("age"))
    sex = sex_of(data.get("sex"))
    setting = choice_of("setting", data.get("setting"), "primary_care")
    text = "" if data.get("text") is None else data["text"]
    if not isinstance(text, str):
        _refuse("text", f"a {type(text).__name__} was given", "only words can be read", "Send the story as one string")
    case = parse(
        text, vocabulary, age=age, sex=cast("Literal['female', 'male'] | None", sex), setting=cast("Setting", setting)
    )
    given = _findings(data, vocabulary, case.age, case.sex)
    if sex == "male":
        for o in given:
            if o.finding in ("pregnant", "postpartum") and o.state == "present":
                _refuse("sex", f"male was given with '{o.finding}' present", "one of the two is wrong", "Correct one")
    facts = _conditions(data, "known_conditions", vocabulary)
    ruled_out = _conditions(data, "ruled_out", vocabulary)
    medicines, from_drugs = _medicines(data, vocabulary)
    allergies = _allergies(data, vocabulary)
    named = {a.name.lower() for a in allergies}
    unknown = [
        f"'{m.name}' is not a medicine the pack knows; it was kept but says nothing" for m in medicines if not m.drug
    ]
    fixed = {o.finding for o in given}
    observations, conflicts, notes = settle([*given, *from_drugs], vocabulary)
    blocked = {o.finding for o in observations} | {c.finding for c in conflicts}
    told = [o for o in case.observations if o.finding not in blocked and o.finding not in fixed]
    complaint = choice_of("complaint", data.get("complaint"), "")
    if not complaint:
        episode = any(vocabulary.findings[o.finding].about == "episode" for o in observations if o.state == "present")
        complaint = "leg" if episode or (text and case.complaint == "leg") or not text else "any"
    kept = [n for n in case.notes if not (n.startswith("complaint:") and complaint == "leg")]
    excluded = {f.condition for f in ruled_out}
    known = {f.condition for f in facts}
    return Case(
        age=case.age,
        sex=case.sex,
        setting=case.setting,
        complaint=cast("Literal['leg', 'any']", complaint),
        text=text,
        observations=(*observations, *told),
        facts=(*facts, *(f for f in case.facts if f.condition not in known | excluded)),
        ruled_out=(*ruled_out, *(f for f in case.ruled_out if f.condition not in excluded | known)),
        medications=(*medicines, *case.medications),
        allergies=(*allergies, *(a for a in case.allergies if a.name.lower() not in named)),
        not_understood=case.not_understood,
        conflicts=(*conflicts, *(c for c in case.conflicts if c.finding not in fixed)),
        notes=tuple(dict.fromkeys([*kept, *notes, *unknown])),
        completeness=case.completeness if text else 1.0,
    )


def _refuse(where: str, what: str, why: str, fix: str) -> NoReturn:
    raise IntakeError(where=where, what=what, why=why, fix=fix)


def _age(value: object) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 120:
        _refuse(
            "age",
            f"{value!r} is not an age in years from 0 to 120",
            "age sets how common each condition is",
            "Give a number, or leave it out",
        )
    return float(value)


def sex_of(value: object) -> str | None:
    """The sex a word names; None where none is given."""
    if value is None or value == "":
        return None
    sex = SEXES.get(str(value).strip().lower())
    if sex is None:
        _refuse(
            "sex",
            f"{value!r} is not understood",
            "sex sets how common each condition is",
            "Give 'female' or 'male', or leave it out",
        )
    return sex


CHOICES: dict[str, tuple[str, ...]] = {"setting": get_args(Setting), "complaint": ("leg", "any")}


def choice_of(key: str, value: object, default: str) -> str:
    """The setting or complaint a word names."""
    options = CHOICES[key]
    if value is None or value == "":
        return default
    if value not in options:
        _refuse(
            key,
            f"{value!r} is not one of the choices",
            "it changes what is likely",
            f"Use one of: {', '.join(options)}",
        )
    return str(value)


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        _refuse(key, f"a {type(value).__name__} was given", "several may be named", "Send a list, even of one")
    return list(value)


def _findings(data: Mapping[str, Any], vocabulary: Vocabulary, age: float | None, sex: str | None) -> list[Observation]:
    out: list[Observation] = []
    states: tuple[tuple[str, State], ...] = (("present", "present"), ("absent", "absent"))
    for key, state in states:
        for i, name in enumerate(_list(data, key)):
            if not isinstance(name, str):
                _refuse(f"{key}[{i}]", f"{name!r} is not a name", "it would be lost in silence", "Send the id as text")
            out.append(resolve_finding(name, state, vocabulary, f"{key}[{i}]"))
    values = data.get("values") or {}
    if not isinstance(values, Mapping):
        _refuse(
            "values", f"a {type(values).__name__} was given", "each value needs its name", 'Send {"potassium": 2.9}'
        )
    for name, value in values.items():
        out.extend(resolve_value(str(name), value, vocabulary, age, sex))
    return _with_sides(out, data.get("sides") or {})


def _with_sides(observations: list[Observation], sides: object) -> list[Observation]:
    """The observations with the side that was given for some of them."""
    if not isinstance(sides, Mapping):
        _refuse(
            "sides", f"a {type(sides).__name__} was given", "each side needs its finding", 'Send {"site_calf": "left"}'
        )
    named = cast("Mapping[str, Literal['left', 'right', 'both']]", sides)
    present = {o.finding for o in observations if o.state == "present"}
    for name, side in named.items():
        if side not in SIDES:
            _refuse(f"sides.{name}", f"{side!r} is not a side", "it would be lost", f"Use one of: {', '.join(SIDES)}")
        if name not in present:
            why = "a side belongs to a finding"
            _refuse(f"sides.{name}", "no such finding is given as present", why, "Name it under 'present' by its id")
    return [msgspec.structs.replace(o, side=named.get(o.finding, o.side)) for o in observations]


def resolve_finding(name: str, state: State, vocabulary: Vocabulary, where: str = "") -> Observation:
    """What a name said to be present or absent says."""
    where = where or state
    entry = _finding(name, where, vocabulary)
    told = vocabulary.findings[entry.id]
    if not entry.value and told.type != "yes_no" and state == "present" and entry.kind != "absent":
        _refuse(
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
            _refuse(
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
    _refuse(
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
            _refuse(where, f"{name} is not answered by yes or no", "it would say nothing", "Give a number or a range")
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
                _refuse(
                    where, f"'{v}' is not a value of {name}", "it would be lost", f"Use one of: {', '.join(allowed)}"
                )
        return [Observation(finding=name, state="present", values=chosen, how="given")]
    measurement = name if name in vocabulary.measurements else f.measurement if f is not None and f.measurement else ""
    if not measurement:
        hits = lookup(vocabulary, name, ("measurement",))
        measurement = hits[0].id if hits else ""
    if not measurement:
        _refuse(
            where,
            f"no measurement is called '{name}'",
            "it would be lost in silence",
            f"Use one of: {', '.join(sorted(vocabulary.measurements))}",
        )
    if numeric:
        converted = value_with_unit(str(value), vocabulary.measurements[measurement])
        if isinstance(converted, str):
            q = vocabulary.measurements[measurement]
            _refuse(
                where, converted, "a wrong unit gives a wrong answer", f"Use one of: {', '.join([q.unit, *q.units])}"
            )
        value = converted
    if not isinstance(value, int | float):
        _refuse(
            where,
            f"{value!r} is not a number",
            "a measurement is a number",
            f"Give it in {vocabulary.measurements[measurement].unit}",
        )
    q = vocabulary.measurements[measurement]
    if not q.plausible[0] <= value <= q.plausible[1]:
        _refuse(
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


def _conditions(data: Mapping[str, Any], key: str, vocabulary: Vocabulary) -> tuple[Fact, ...]:
    out: dict[str, Fact] = {}
    for i, item in enumerate(_list(data, key)):
        where = f"{key}[{i}]"
        _known_keys(item, ("id", "name", "status"), where)
        name = str((item.get("id") or item.get("name") or "") if isinstance(item, Mapping) else item)
        status = item.get("status", "unknown") if isinstance(item, Mapping) else "unknown"
        fact = resolve_condition(name, str(status), where, vocabulary)
        out[fact.condition] = fact
    return tuple(out.values())


def resolve_condition(name: str, status: str, where: str, vocabulary: Vocabulary) -> Fact:
    """A condition by id or name, with its status."""
    if status not in get_args(Status):
        _refuse(
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
        _refuse(
            where,
            f"no condition is called '{name}'",
            "it would be lost in silence",
            f"Did you mean: {', '.join(near)}?" if near else "Leave it out or put it in the text",
        )
    return Fact(condition=id, status=cast("Status", status))


def _known_keys(item: object, allowed: Sequence[str], where: str) -> None:
    """Refuse what is neither a name nor an object with known parts."""
    if isinstance(item, Mapping):
        for k in cast("Mapping[object, object]", item):
            if k not in allowed:
                _refuse(
                    f"{where}.{k}",
                    "this part is not known",
                    "it would be lost in silence",
                    f"Use: {', '.join(allowed)}",
                )
    elif not isinstance(item, str):
        _refuse(where, f"{item!r} is not a name", "it would be lost in silence", "Send the name as text")


def _medicines(data: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[list[Medication], list[Observation]]:
    medicines: list[Medication] = []
    observations: list[Observation] = []
    for i, item in enumerate(_list(data, "medications")):
        _known_keys(item, ("drug", "name", "dose", "current"), f"medications[{i}]")
        name = str((item.get("drug") or item.get("name") or "") if isinstance(item, Mapping) else item).strip()
        if not name:
            _refuse(
                f"medications[{i}]",
                "no name was given",
                "a medicine needs a name",
                'Send "simvastatin" or {"name": "simvastatin", "dose": "40 mg"}',
            )
        dose = str(item.get("dose", "")) if isinstance(item, Mapping) else ""
        current = bool(item.get("current", True)) if isinstance(item, Mapping) else True
        drug, found = resolve_medicine(name, vocabulary)
        medicines.append(Medication(name=name, drug=drug, dose=dose, current=current))
        if current:
            observations.extend(found)
    return medicines, observations


def _allergies(data: Mapping[str, Any], vocabulary: Vocabulary) -> list[Allergy]:
    """Allergies by the medicine's name, or {"name": …, "confirmed": false}."""
    found = []
    for i, item in enumerate(_list(data, "allergies")):
        _known_keys(item, ("name", "confirmed"), f"allergies[{i}]")
        name = str(item.get("name") or "" if isinstance(item, Mapping) else item).strip()
        if not name:
            _refuse(
                f"allergies[{i}]",
                "no name was given",
                "an allergy needs a name",
                'Send "penicillin" or {"name": "penicillin", "confirmed": false}',
            )
        confirmed = bool(item.get("confirmed", True)) if isinstance(item, Mapping) else True
        found.append(Allergy(name=name, drug=resolve_medicine(name, vocabulary)[0], confirmed=confirmed))
    return found


def resolve_medicine(name: str, vocabulary: Vocabulary) -> tuple[str, list[Observation]]:
    """The pack's drug ('' when it knows none of that name), and what taking it says."""
    hits = [e.id for e in lookup(vocabulary, name, ("drug", "class"))]
    drug = name if name in vocabulary.drugs else hits[0] if hits else ""
    factors = vocabulary.drugs[drug].factors if drug else ()
    return drug, [Observation(finding=f, state="present", how="drug") for f in factors if f in vocabulary.findings]
