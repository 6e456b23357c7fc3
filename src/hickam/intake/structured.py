"""Structured input: a JSON object with findings, values and conditions by id or by name, to a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast, get_args

import msgspec

from hickam.intake.assemble import settle
from hickam.intake.reading import parse
from hickam.intake.resolving import refuse, resolve_condition, resolve_finding, resolve_medicine, resolve_value
from hickam.intake.vocabulary import Vocabulary, build_vocabulary
from hickam.model.case import Allergy, Case, Fact, Medication, Observation, State
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
    data = _parts(obj)
    told = _told(data, vocabulary)
    given = _findings(data, vocabulary, told.age, told.sex)
    _one_sex(sex_of(data.get("sex")), given)
    facts, ruled_out = (_conditions(data, key, vocabulary) for key in ("known_conditions", "ruled_out"))
    medicines, from_drugs = _medicines(data, vocabulary)
    allergies = _allergies(data, vocabulary)
    observations, conflicts, notes = settle([*given, *from_drugs], vocabulary)
    unknown = [
        f"'{m.name}' is not a medicine the pack knows; it was kept but says nothing" for m in medicines if not m.drug
    ]
    outright = Case(
        age=told.age,
        sex=told.sex,
        setting=told.setting,
        complaint=_complaint(data, observations, told, vocabulary),
        text=told.text,
        observations=tuple(observations),
        facts=facts,
        ruled_out=ruled_out,
        medications=tuple(medicines),
        allergies=tuple(allergies),
        conflicts=tuple(conflicts),
        notes=(*notes, *unknown),
    )
    return _with_story(outright, told, {o.finding for o in given})


def _parts(obj: object) -> Mapping[str, Any]:
    """The object, all of whose parts are known."""
    if not isinstance(obj, Mapping):
        refuse(
            "case",
            f"a {type(obj).__name__} was given",
            "a case is an object with named parts",
            'Send {"text": "..."} or {"present": [...]}',
        )
    data = cast("Mapping[str, Any]", obj)
    for key in data:
        if key not in KEYS:
            why = "a misspelt part would be lost in silence"
            refuse(str(key), "this part is not known", why, f"Use one of: {', '.join(KEYS)}")
    return data


def _told(data: Mapping[str, Any], vocabulary: Vocabulary) -> Case:
    """What the story says, for a patient of the age, sex and setting that are given."""
    age, sex = _age(data.get("age")), sex_of(data.get("sex"))
    setting = choice_of("setting", data.get("setting"), "primary_care")
    text = "" if data.get("text") is None else data["text"]
    if not isinstance(text, str):
        refuse("text", f"a {type(text).__name__} was given", "only words can be read", "Send the story as one string")
    case = parse(
        text, vocabulary, age=age, sex=cast("Literal['female', 'male'] | None", sex), setting=cast("Setting", setting)
    )
    return msgspec.structs.replace(case, text=text)


def _one_sex(sex: str | None, given: list[Observation]) -> None:
    for o in given:
        if sex == "male" and o.finding in ("pregnant", "postpartum") and o.state == "present":
            refuse("sex", f"male was given with '{o.finding}' present", "one of the two is wrong", "Correct one")


def _complaint(
    data: Mapping[str, Any], observations: list[Observation], told: Case, vocabulary: Vocabulary
) -> Literal["leg", "any"]:
    """As given; else 'leg' when a leg symptom is given or told, or nothing is told."""
    complaint = choice_of("complaint", data.get("complaint"), "")
    if not complaint:
        episode = any(vocabulary.findings[o.finding].about == "episode" for o in observations if o.state == "present")
        complaint = "leg" if episode or (told.text and told.complaint == "leg") or not told.text else "any"
    return cast("Literal['leg', 'any']", complaint)


def _with_story(outright: Case, told: Case, fixed: set[str]) -> Case:
    """What is given outright, and what only the story says. ``fixed``: findings given by name or value."""
    blocked = {o.finding for o in outright.observations} | {c.finding for c in outright.conflicts} | fixed
    listed = {f.condition for f in (*outright.facts, *outright.ruled_out)}
    named = {a.name.lower() for a in outright.allergies}
    notes = [n for n in told.notes if not (n.startswith("complaint:") and outright.complaint == "leg")]
    return msgspec.structs.replace(
        outright,
        observations=(*outright.observations, *(o for o in told.observations if o.finding not in blocked)),
        facts=(*outright.facts, *(f for f in told.facts if f.condition not in listed)),
        ruled_out=(*outright.ruled_out, *(f for f in told.ruled_out if f.condition not in listed)),
        medications=(*outright.medications, *told.medications),
        allergies=(*outright.allergies, *(a for a in told.allergies if a.name.lower() not in named)),
        not_understood=told.not_understood,
        conflicts=(*outright.conflicts, *(c for c in told.conflicts if c.finding not in fixed)),
        notes=tuple(dict.fromkeys([*notes, *outright.notes])),
        completeness=told.completeness if told.text else 1.0,
    )


def _age(value: object) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 120:
        refuse(
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
        refuse(
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
        refuse(
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
        refuse(key, f"a {type(value).__name__} was given", "several may be named", "Send a list, even of one")
    return list(value)


def _findings(data: Mapping[str, Any], vocabulary: Vocabulary, age: float | None, sex: str | None) -> list[Observation]:
    out: list[Observation] = []
    states: tuple[tuple[str, State], ...] = (("present", "present"), ("absent", "absent"))
    for key, state in states:
        for i, name in enumerate(_list(data, key)):
            if not isinstance(name, str):
                refuse(f"{key}[{i}]", f"{name!r} is not a name", "it would be lost in silence", "Send the id as text")
            out.append(resolve_finding(name, state, vocabulary, f"{key}[{i}]"))
    values = data.get("values") or {}
    if not isinstance(values, Mapping):
        refuse("values", f"a {type(values).__name__} was given", "each value needs its name", 'Send {"potassium": 2.9}')
    for name, value in values.items():
        out.extend(resolve_value(str(name), value, vocabulary, age, sex))
    return _with_sides(out, data.get("sides") or {})


def _with_sides(observations: list[Observation], sides: object) -> list[Observation]:
    """The observations with the side that was given for some of them."""
    if not isinstance(sides, Mapping):
        refuse(
            "sides", f"a {type(sides).__name__} was given", "each side needs its finding", 'Send {"site_calf": "left"}'
        )
    named = cast("Mapping[str, Literal['left', 'right', 'both']]", sides)
    present = {o.finding for o in observations if o.state == "present"}
    for name, side in named.items():
        if side not in SIDES:
            refuse(f"sides.{name}", f"{side!r} is not a side", "it would be lost", f"Use one of: {', '.join(SIDES)}")
        if name not in present:
            why = "a side belongs to a finding"
            refuse(f"sides.{name}", "no such finding is given as present", why, "Name it under 'present' by its id")
    return [msgspec.structs.replace(o, side=named.get(o.finding, o.side)) for o in observations]


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


def _known_keys(item: object, allowed: Sequence[str], where: str) -> None:
    """Refuse what is neither a name nor an object with known parts."""
    if isinstance(item, Mapping):
        for k in cast("Mapping[object, object]", item):
            if k not in allowed:
                refuse(
                    f"{where}.{k}",
                    "this part is not known",
                    "it would be lost in silence",
                    f"Use: {', '.join(allowed)}",
                )
    elif not isinstance(item, str):
        refuse(where, f"{item!r} is not a name", "it would be lost in silence", "Send the name as text")


def _medicines(data: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[list[Medication], list[Observation]]:
    medicines: list[Medication] = []
    observations: list[Observation] = []
    for i, item in enumerate(_list(data, "medications")):
        _known_keys(item, ("drug", "name", "dose", "current"), f"medications[{i}]")
        name = str((item.get("drug") or item.get("name") or "") if isinstance(item, Mapping) else item).strip()
        if not name:
            refuse(
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
            refuse(
                f"allergies[{i}]",
                "no name was given",
                "an allergy needs a name",
                'Send "penicillin" or {"name": "penicillin", "confirmed": false}',
            )
        confirmed = bool(item.get("confirmed", True)) if isinstance(item, Mapping) else True
        found.append(Allergy(name=name, drug=resolve_medicine(name, vocabulary)[0], confirmed=confirmed))
    return found
