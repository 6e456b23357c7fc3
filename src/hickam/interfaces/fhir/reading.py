"""A FHIR R4 Bundle to a Case: every resource is either used, and what it gave points to it, or listed with the reason.

Present (``valueBoolean`` true, POS, a measured value), absent (false, NEG) and unknown (``dataAbsentReason``) stay
apart; unknown is not asked. What is in error, refuted, only proposed, superseded or too old does not count. A bundle
about two patients is refused: their findings would be mixed.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from hickam.errors import HickamError
from hickam.intake.assemble import settle
from hickam.intake.reading import parse
from hickam.interfaces.fhir import elements as e
from hickam.interfaces.fhir.gathered import Gathered, Ignored, server_of
from hickam.interfaces.fhir.newest import current_only
from hickam.interfaces.fhir.read_history import read_allergy, read_condition, read_medicine, refuted_only
from hickam.interfaces.fhir.read_observations import read_observation
from hickam.interfaces.fhir.read_response import read_response
from hickam.interfaces.fhir.read_visit import read_encounter, read_patient, read_story
from hickam.interfaces.fhir.systems import AGE, BUNDLE, CASE_TAG
from hickam.model.case import Case, Conflict, Observation, Span
from hickam.services.knowledge import Knowledge

READERS: dict[str, tuple[type[Any], Callable[[Any, str, Gathered], None]]] = {
    "Patient": (e.Patient, read_patient),
    "Encounter": (e.Encounter, read_encounter),
    "Observation": (e.Observation, read_observation),
    "Condition": (e.Condition, read_condition),
    "MedicationStatement": (e.Medicine, read_medicine),
    "MedicationRequest": (e.Medicine, read_medicine),
    "AllergyIntolerance": (e.AllergyIntolerance, read_allergy),
    "QuestionnaireResponse": (e.QuestionnaireResponse, read_response),
    "DocumentReference": (e.DocumentReference, read_story),
}
LOOKED_UP = ("Medication",)
"""Types that are read where another resource points to them."""
MAY_BE_EMPTY = ("Patient", "Encounter", "QuestionnaireResponse")
MOST_ENTRIES = 20_000
ALONE = "the resource"
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
"""What R4 allows as an id."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a record gave: the case, the resources it came from, and every other one with the reason.

    A resource with components can be in both lists: one part used, another not.
    """

    case: Case
    used: tuple[str, ...]
    ignored: tuple[Ignored, ...]


def read_fhir(
    data: object,
    knowledge: Knowledge,
    as_of: str,
    *,
    age: float | None = None,
    sex: str | None = None,
    setting: str | None = None,
) -> Read:
    """The case of a Bundle, or of one resource, on the day ``as_of``; what is given outright goes before the record.

    Raises HickamError when the whole cannot be used: not a Bundle or a readable resource, two patients.
    """
    gathered = Gathered(knowledge, datetime.date.fromisoformat(as_of))
    entries = _entries(data)
    gathered.resources = _by_reference(entries)
    _one_patient(entries, gathered)
    gathered.verbatim = _is_own_case(data)
    unread: Counter[str] = Counter()
    for place, full_url, resource in sorted(entries, key=_turn):
        kind = _kind(resource)
        if kind not in ("Patient", "Encounter") and not _tells_age(resource):
            gathered.given(age, sex, setting)
        if not kind:
            gathered.ignore(place, "it has no resourceType")
        elif kind in READERS:
            _read_one(kind, resource, gathered.only(_pointer(place, full_url, resource), place), full_url, gathered)
        elif kind in LOOKED_UP and resource.get("status") == "entered-in-error":
            gathered.ignore(_pointer(place, full_url, resource), "it is entered-in-error")
        elif kind in LOOKED_UP:
            gathered.used.append(_pointer(place, full_url, resource))
        else:
            unread[kind] += 1
    for kind, count in sorted(unread.items()):
        gathered.ignore(kind, f"{count} of this type: nothing in a case is read from it")
    current_only(gathered)
    refuted_only(gathered)
    gathered.given(age, sex, setting)
    dropped = {i.resource for i in gathered.ignored}
    used = tuple(name for name in dict.fromkeys(gathered.used) if name not in dropped)
    return Read(case=_case(gathered), used=used, ignored=tuple(gathered.ignored))


def _entries(data: object) -> list[tuple[str, str, dict[str, Any]]]:
    """(place, fullUrl, resource) of every entry."""
    if not isinstance(data, dict):
        raise _refused("it is not a JSON object", "send a Bundle")
    if data.get("resourceType") != "Bundle":
        if _kind(data) not in READERS:
            raise _refused(
                f"a {_shown(data.get('resourceType'))} cannot be read as a case",
                f"send a Bundle of {', '.join(READERS)}",
            )
        return [(ALONE, "", data)]
    given = data.get("entry", [])
    if not isinstance(given, list):
        raise _refused("Bundle.entry is not a list", "send Bundle.entry as a list of {resource}")
    if len(given) > MOST_ENTRIES:
        raise _refused(f"{len(given):,} entries; the limit is {MOST_ENTRIES:,}", "send the part about this visit")
    found: list[tuple[str, str, dict[str, Any]]] = []
    for i, entry in enumerate(given):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            found.append((f"entry[{i}]", "", {}))
            continue
        url = entry.get("fullUrl", "")
        found.append((f"entry[{i}]", url if isinstance(url, str) else "", resource))
    return found


def _kind(resource: dict[str, Any]) -> str:
    """The resource's type; '' when it names none."""
    kind = resource.get("resourceType")
    return kind if isinstance(kind, str) and kind.isalpha() else ""


def _turn(entry: tuple[str, str, dict[str, Any]]) -> int:
    """Who and where first, since limits of tests depend on age and sex; otherwise as the record has it."""
    kind = _kind(entry[2])
    return 0 if kind in ("Patient", "Encounter") else 1 if _tells_age(entry[2]) else 2


def _tells_age(resource: dict[str, Any]) -> bool:
    code = resource.get("code") if resource.get("resourceType") == "Observation" else None
    codings = code.get("coding") if isinstance(code, dict) else None
    return isinstance(codings, list) and any(isinstance(c, dict) and c.get("code") == AGE for c in codings)


def _by_reference(entries: list[tuple[str, str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    found = {}
    for _, url, resource in entries:
        kind, id = resource.get("resourceType"), resource.get("id")
        if isinstance(kind, str) and isinstance(id, str):
            found[f"{kind}/{id}"] = resource
        if url:
            found[url] = resource
    return found


def _pointer(place: str, url: str, resource: dict[str, Any]) -> str:
    """How an answer points to the resource: Type/id, else its full URL, else its place (sent alone: its type)."""
    kind, id = _kind(resource), resource.get("id")
    if isinstance(id, str) and ID.fullmatch(id):
        return f"{kind}/{id}"
    if url.startswith("urn:uuid:"):
        return url
    return kind if place == ALONE else f"{kind} at {place}"


def _one_patient(entries: list[tuple[str, str, dict[str, Any]]], gathered: Gathered) -> None:
    patients = [(url, r) for _, url, r in entries if r.get("resourceType") == "Patient"]
    if len(patients) > 1:
        raise HickamError(
            code="two-patients",
            where="Bundle",
            what=f"it holds {len(patients)} patients",
            why="the findings of several people would be mixed into one case",
            fix="send one Bundle for each patient",
        )
    servers = {server_of(url) for _, url, _ in entries} - {""}
    for url, patient in patients:
        name = f"Patient/{patient.get('id')}"
        gathered.home = server_of(url) or (servers.pop() if len(servers) == 1 else "")
        gathered.patient_names = {url, name, gathered.home + name} - {""}


def _read_one(kind: str, resource: dict[str, Any], pointer: str, full_url: str, gathered: Gathered) -> None:
    shape, read = READERS[kind]
    try:
        typed = msgspec.convert(resource, shape)
    except msgspec.ValidationError as error:
        gathered.ignore(pointer, f"it does not fit R4: {error}")
        return
    except RecursionError:
        gathered.ignore(pointer, "it is nested too deeply")
        return
    if typed.modifier_extension or typed.implicit_rules:
        gathered.ignore(pointer, "it carries a modifier that changes its meaning and is not understood")
        return
    subject = getattr(typed, "subject", None) or getattr(typed, "patient", None)
    if subject is not None and not (
        gathered.is_about_patient(subject.reference, full_url) and gathered.may_be_numbered(subject)
    ):
        gathered.ignore(pointer, "it is about somebody or something else than the patient")
        return
    gathered.contained = {f"#{c.get('id')}": c for c in typed.contained}
    before = gathered.amount()
    read(typed, pointer, gathered)
    if gathered.amount() == before and kind not in MAY_BE_EMPTY:
        gathered.ignore(pointer, "it says nothing that a case is made of")
    else:
        gathered.used.append(pointer)


def _is_own_case(data: object) -> bool:
    meta = data.get("meta") if isinstance(data, dict) else None
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(tags, list) and any(
        isinstance(t, dict) and t.get("system") == BUNDLE and t.get("code") == CASE_TAG for t in tags
    )


def _case(g: Gathered) -> Case:
    """The parts put together; the visit's words are read last and yield to what the record gives as data."""
    vocabulary = g.knowledge.vocabulary
    once = len({o.finding for o in g.observations}) == len(g.observations)
    as_it_stood: tuple[list[Observation], list[Conflict], list[str]] = (list(g.observations), [], [])
    settled, new, notes = as_it_stood if g.verbatim and once else settle(g.observations, vocabulary)
    conflicts = [*g.conflicts, *new]
    disputed = {c.finding for c in conflicts}
    settled = [o for o in settled if o.finding not in disputed]
    text = g.text or ""
    case = Case(
        age=g.age,
        sex=g.sex,
        setting=g.setting,
        complaint=g.complaint or "any",
        text=text,
        observations=tuple(settled),
        facts=tuple({f.condition: f for f in reversed(g.facts)}.values())[::-1],
        ruled_out=tuple({f.condition: f for f in g.ruled_out}.values()),
        medications=tuple(g.medications),
        allergies=tuple(g.allergies),
        not_understood=tuple(g.not_understood),
        conflicts=tuple(conflicts),
        notes=(*g.notes, *notes, *(f"record: {i.resource} not used: {i.reason}" for i in g.ignored)),
        completeness=_completeness(g),
    )
    told = " ".join(words for _, words in g.words)
    if g.verbatim or not told:
        return replace(case, complaint=g.complaint or _complaint(g, case))
    return _with_words(case, told, g)


def _completeness(g: Gathered) -> float:
    """How surely a disease would have been told: a problem list tells, a bundle of laboratory values does not."""
    if g.completeness is not None:
        return g.completeness
    return 1.0 if any(name.startswith("Condition/") for name in g.used) else 0.0


def _with_words(case: Case, told: str, g: Gathered) -> Case:
    """Add what the reason for the visit says; each finding points to the resource whose words it came from."""
    said = parse(told, g.knowledge.vocabulary, age=case.age, sex=case.sex, setting=case.setting)
    starts, at = [], 0
    for pointer, words in g.words:
        starts.append((at, pointer))
        at += len(words) + 1

    def where(span: Span | None) -> str:
        return next((p for start, p in reversed(starts) if start <= (span.start if span else 0)), "")

    known = {o.finding for o in case.observations} | {c.finding for c in case.conflicts}
    listed = {f.condition for f in (*case.facts, *case.ruled_out)}
    case = replace(
        case,
        age=case.age if case.age is not None else said.age,
        sex=case.sex or said.sex,
        text=told,
        observations=(
            *case.observations,
            *(replace(o, resource=where(o.span)) for o in said.observations if o.finding not in known),
        ),
        facts=(*case.facts, *(replace(f, resource=where(f.span)) for f in said.facts if f.condition not in listed)),
        ruled_out=(
            *case.ruled_out,
            *(replace(f, resource=where(f.span)) for f in said.ruled_out if f.condition not in listed),
        ),
        medications=(*case.medications, *(replace(m, resource=where(m.span)) for m in said.medications)),
        allergies=(*case.allergies, *(replace(a, resource=where(a.span)) for a in said.allergies)),
        completeness=max(case.completeness, said.completeness),
        not_understood=said.not_understood,
        conflicts=(*case.conflicts, *(c for c in said.conflicts if c.finding not in known)),
        notes=(*case.notes, *(n for n in said.notes if not n.startswith("complaint:"))),
    )
    return replace(case, complaint=g.complaint or ("leg" if said.complaint == "leg" else _complaint(g, case)))


def _complaint(g: Gathered, case: Case) -> Any:
    """'leg' when some leg symptom is recorded; otherwise the patient comes for anything."""
    findings = g.knowledge.pack.findings
    episode = any(findings[o.finding].about == "episode" for o in case.observations if o.state == "present")
    return "leg" if episode else "any"


def _refused(what: str, fix: str) -> HickamError:
    return HickamError(code="bad-fhir", where="FHIR", what=what, why="the record cannot be read as a case", fix=fix)


def _shown(name: object) -> str:
    """A resource type as given, if it is one; anything else is not repeated."""
    return name if isinstance(name, str) and name.isalpha() and len(name) < 40 else "thing of unknown type"
