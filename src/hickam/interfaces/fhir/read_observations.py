"""Observations: findings, measurements and their age."""

from __future__ import annotations

import re

from msgspec.structs import replace

from hickam.intake.assemble import ranges_for
from hickam.intake.reading import parse
from hickam.intake.readings import Reading
from hickam.intake.vocabulary import lookup
from hickam.interfaces.fhir import elements as e
from hickam.interfaces.fhir.dates import When, as_date, as_moment, is_after
from hickam.interfaces.fhir.gathered import Dated, Gathered, extension, span_of, spans_of, text_extension
from hickam.interfaces.fhir.measured import NOWHERE, WORDS, measured, other_specimen
from hickam.interfaces.fhir.read_history import DENIED, is_denied_test, stated
from hickam.interfaces.fhir.systems import (
    AGE,
    CHIEF_COMPLAINT,
    HISTORY,
    INTERPRETATION,
    LOINC_NAMES,
    YES_NO,
    extension_url,
    own,
)
from hickam.model.case import Conflict, Observation
from hickam.model.finding import Finding

DONE = frozenset({"final", "preliminary", "amended", "corrected", "unknown"})
NOT_DONE = frozenset({"entered-in-error", "cancelled", "registered"})
YES = frozenset({"y", "yes", "true", "present", "positive", "pos", "la33-6"})
NO = frozenset({"n", "no", "false", "absent", "negative", "neg", "none", "not present", "not detected", "la32-8"})
UNKNOWN = frozenset({"unk", "unknown", "asku", "nask", "not asked", "not known", "la12688-0"})
_DOUBTFUL = re.compile(
    r"\b(unknown|possibl[ey]|possibility|uncertain|unsure|not (known|sure|certain)|suspected)\b", re.I
)
"""A coded value with such a word ("Possible pregnancy", "Unknown if ever smoked") does not say what is the case."""
_DENIES = re.compile(r"(no|not|denies|denied|without|absence of|absent)\b", re.I)
DENIALS = frozenset({"nil", "none seen", "none found", "denies", "denied", "not seen", "not found"})
_GRADE = re.compile(
    r"(very )?(mild|moderate|severe|slight|marked|minimal|intense|constant|intermittent|occasional|frequent|daily|left"
    r"|right|both|bilateral|pitting|worse|\+{1,4}|grade [1-4])( (mild|moderate|severe|left|right|both|sides?|pitting"
    r"|leg|calf|ankle|foot|\+{1,4}))*",
    re.I,
)
"""Values that say how much or where, of an observation that is named as a finding."""
SMOKING_STATUS = "72166-2"
SMOKING = {
    "never": "never smoked",
    "former": "ex-smoker, not a current smoker",
    "ex-": "ex-smoker, not a current smoker",
    "smoker": "current smoker",
}
"""Words of the values of LOINC 72166-2 (Tobacco smoking status), the first that fits, as a story would have it."""
PREGNANCY_STATUS = "82810-3"
STATUSES = {SMOKING_STATUS: "tobacco smoking status", PREGNANCY_STATUS: "pregnancy status"}
"""LOINC codes whose values, not whose names, say what is the case; the name for a code that comes without words."""


def read_observation(item: e.Observation, pointer: str, g: Gathered) -> None:
    """One Observation and its components; each either gives something or is listed."""
    if item.status in NOT_DONE:
        g.ignore(pointer, f"its status is {item.status}")
        return
    if item.status not in DONE:
        g.ignore(pointer, "its status is not one of R4")
        return
    if item.focus:
        g.ignore(pointer, "its focus is somebody or something else than the patient")
        return
    given = item.effective_date_time or item.effective_instant or item.issued
    if item.effective_period is not None:
        given = item.effective_period.end or item.effective_period.start or given
    day, moment = as_date(given), as_moment(given)
    if given and day is None:
        g.ignore(pointer, "its date cannot be read, so it may be of any time")
        return
    if is_after(given, g.today):
        g.ignore(pointer, "its date is after the day of this answer")
        return
    when = (None if day is None else min(day, g.today), moment)
    if _age(item, pointer, g) or _dispute(item, g):
        return
    whole = _has_value(item) or not (item.component or item.has_member)
    if whole:
        _one(item, item, pointer, when, g)
    for i, part in enumerate(item.component):
        _one(part, item, f"{pointer}.component[{i}]", when, g)
    if not whole and not item.component:
        g.ignore(pointer, "it is only a group; its members are read by themselves")


def _has_value(item: e.ObservationValue) -> bool:
    return bool(item.values() or item.data_absent_reason)


def _age(item: e.Observation, pointer: str, g: Gathered) -> bool:
    """An age told as an observation, used when no birth date gives it."""
    if AGE not in item.code.codes(LOINC_NAMES):
        return False
    quantity = item.value_quantity
    if quantity is None or quantity.value is None or quantity.code not in ("a", "") or not 0 <= quantity.value <= 120:
        g.ignore(pointer, "it is not an age from 0 to 120 years")
    elif g.age is None:
        g.age = quantity.value
    return True


def _dispute(item: e.Observation, g: Gathered) -> bool:
    """A finding that this program recorded as told both ways."""
    found = extension(item.extension, "conflict")
    named = g.codes.find(item.code)
    if found is None or found.value_string is None or named is None or named.folder != "findings":
        return False
    spans = tuple(spans_of(item.extension, "span"))
    g.conflicts.append(Conflict(finding=named.id, spans=spans, sentence=found.value_string))
    return True


def _one(part: e.ObservationValue, whole: e.Observation, pointer: str, when: When, g: Gathered) -> None:
    if len(part.values()) > 1:
        g.ignore(pointer, "it has several values where R4 allows one")
        return
    if part.data_absent_reason is not None:
        g.ignore(pointer, "its value is said to be unknown, which is the same as not asked")
        return
    named = g.codes.find(part.code)
    if named is None:
        found, kind, key, why = _by_words(part, whole, g)
        if not found:
            g.ignore(pointer, why)
            return
    elif named.folder == "measurements":
        found, why = measured(part, named.id, g)
        kind, key = "test", named.id
    elif named.folder == "findings":
        finding = g.knowledge.pack.findings[named.id]
        found, why = _finding(part, whole, finding, g)
        kind, key = finding.kind, named.id
    else:
        found, why, kind, key = [], "an observation does not say that somebody has a disease", "", ""
    if not found:
        g.ignore(pointer, why)
        return
    side = _side(whole, text_extension(whole.extension, "side"))
    kept = tuple(replace(o, resource=pointer, side=o.side or side) for o in found)
    rank = 2 if whole.status in ("amended", "corrected") else 1 if whole.status == "final" else 0
    day, moment = when
    g.dated.append(Dated(observations=kept, key=key, kind=kind, day=day, moment=moment, pointer=pointer, rank=rank))


def _side(whole: e.Observation, given: str) -> str:
    words = given or (" ".join(whole.body_site.words()).lower() if whole.body_site else "")
    sides = [side for side in ("both", "left", "right") if side in words or (side == "both" and "bilateral" in words)]
    return "both" if {"left", "right"} <= set(sides) else sides[0] if sides else ""


def _finding(
    part: e.ObservationValue, whole: e.Observation, finding: Finding, g: Gathered
) -> tuple[list[Observation], str]:
    """A coded finding with its state, value or number."""
    how = text_extension(whole.extension, "how") or "coded"
    span = span_of(whole.extension)
    allowed = {v.id: v.id for v in finding.values} | {r.id: r.id for r in finding.ranges}
    if finding.type == "yes_no":
        state = _state(part, g)
        if state == "unknown":
            return [], "it is answered as unknown, which is the same as not asked"
        if not state:
            return [], "it says neither yes nor no"
        value, unit = _number(part, whole)
        return [Observation(finding=finding.id, state=state, value=value, unit=unit, span=span, how=how)], ""  # type: ignore[arg-type]
    chosen = _values(part, whole, finding, g)
    if not chosen and part.value_quantity is not None and finding.measurement:
        return measured(part, finding.measurement, g)
    if not chosen or not set(chosen) <= set(allowed):
        return [], f"its value is not one of {finding.name}"
    value, unit = _number(part, whole)
    state = "absent" if text_extension(whole.extension, "state") == "absent" else "present"
    return [Observation(finding=finding.id, state=state, values=chosen, value=value, unit=unit, span=span, how=how)], ""  # type: ignore[arg-type]


def _number(part: e.ObservationValue, whole: e.Observation) -> tuple[float | None, str]:
    """The number a finding of ours was read from."""
    found = extension(whole.extension, "value")
    if found is not None and found.value_decimal is not None:
        return found.value_decimal, text_extension(whole.extension, "unit")
    return None, ""


def _values(part: e.ObservationValue, whole: e.Observation, finding: Finding, g: Gathered) -> tuple[str, ...]:
    """Values of a categorical or ranged finding, by our codes or by their names."""
    listed = [x.value_code for x in whole.extension if x.url == extension_url("range") and x.value_code]
    if listed:
        return tuple(listed)
    if part.value_codeable_concept is None:
        said = part.value_string or ""
        words = [said] if said else []
    else:
        system = own(g.knowledge.pack.manifest.id, f"findings:{finding.id}")
        codes = part.value_codeable_concept.codes({system})
        if codes:
            return tuple(codes)
        words = part.value_codeable_concept.words()
    names = {n.lower(): v.id for v in finding.values for n in (v.id, v.name, v.lay_name, *v.synonyms) if n}
    names |= {n.lower(): r.id for r in finding.ranges for n in (r.id, r.name)}
    for word in words:
        if word.lower() in names:
            return (names[word.lower()],)
    hits = [hit.value for w in words for hit in lookup(g.knowledge.vocabulary, w, ("value",)) if hit.id == finding.id]
    if hits:
        return (hits[0],)
    levels = [WORDS[c] for i in part.interpretation for c in i.codes({INTERPRETATION}) if c in WORDS]
    if levels and finding.ranges:
        told = g.knowledge.vocabulary.findings[finding.id]
        return ranges_for(told, Reading(finding.measurement, None, levels[0], 0, NOWHERE, 0, 0, False))
    return ()


def _state(part: e.ObservationValue, g: Gathered) -> str:
    """'present', 'absent', 'unknown' or '' when nothing is said."""
    if part.value_boolean is not None:
        return "present" if part.value_boolean else "absent"
    words: list[str] = [part.value_string] if part.value_string else []
    if part.value_codeable_concept is not None:
        words += part.value_codeable_concept.words()
        words += part.value_codeable_concept.codes({YES_NO, *LOINC_NAMES})
    for word in (w.strip().lower().rstrip(".") for w in words):
        for state, known in (("present", YES), ("absent", NO), ("unknown", UNKNOWN)):
            if word in known:
                return state
    if part.value_codeable_concept is not None and any(_DOUBTFUL.search(w) for w in words):
        return "unknown"
    for code in (c for i in part.interpretation for c in i.codes({INTERPRETATION})):
        if code in ("POS", "NEG"):
            return "present" if code == "POS" else "absent"
    return ""


def _by_words(part: e.ObservationValue, whole: e.Observation, g: Gathered) -> tuple[list[Observation], str, str, str]:
    """(observations, kind, key, reason) of an observation known only by its words, read as intake reads a story."""
    vocabulary = g.knowledge.vocabulary
    for name in part.code.words() or [STATUSES[c] for c in part.code.codes(LOINC_NAMES) if c in STATUSES]:
        numbers = lookup(vocabulary, name, ("measurement",))
        elsewhere = other_specimen(part, whole, numbers[0].id if numbers else "", g)
        if elsewhere:
            return [], "", "", elsewhere
        if numbers:
            found, why = measured(part, numbers[0].id, g)
            return found, "test", numbers[0].id, why
        hits = {hit.id for hit in lookup(vocabulary, name, ("finding",))}
        state = _state(part, g)
        if state == "unknown":
            return [], "", "", "it is answered as unknown, which is the same as not asked"
        if state == "absent" and not hits and _DENIES.match(name):
            return [], "", "", "it denies what is already denied, which can be meant either way"
        if len(hits) == 1 and state in ("present", "absent"):
            found = [Observation(finding=hits.pop(), state=state, how="phrase")]  # type: ignore[arg-type]
        else:
            by_value = state or STATUSES.keys() & set(part.code.codes(LOINC_NAMES))
            alone = [] if by_value else stated(parse(name, vocabulary, age=g.age, sex=g.sex), "")
            said = (
                stated(parse(s, vocabulary, age=g.age, sex=g.sex), "") for s in _sentences(name, state, part, alone)
            )
            found = next((f for f in said if f and not (alone and _only(f, alone) and not _is_graded(part))), [])
        if found and lookup(vocabulary, name, ("condition", "mention")):
            found = [o for o in found if not is_denied_test(o, g)]
            if not found:
                return [], "", "", DENIED
        if found:
            return found, g.knowledge.pack.findings[found[0].finding].kind, found[0].finding, ""
    return [], "", "", "neither its code nor its words name anything in this pack"


def _only(said: list[Observation], alone: list[Observation]) -> bool:
    """Whether a sentence says no more than the name of the observation: then its value was not understood."""
    return {(o.finding, o.state, o.values) for o in said} <= {(o.finding, o.state, o.values) for o in alone}


def _is_graded(part: e.ObservationValue) -> bool:
    """Whether the value says how much, and so that there is some."""
    words = [part.value_string] if part.value_string else []
    words += part.value_codeable_concept.words() if part.value_codeable_concept else []
    return any(_GRADE.fullmatch(w.strip()) for w in words)


def _sentences(name: str, state: str, part: e.ObservationValue, alone: list[Observation]) -> list[str]:
    """Ways to say an observation; of one whose name is a finding ``alone`` the value is not put before the name, where
    "no data fever" would deny it."""
    if part.value_boolean is not None or state:
        return [name] if state == "present" else [f"no {name}"]
    values = [part.value_string] if part.value_string else []
    if part.value_codeable_concept is not None:
        values += part.value_codeable_concept.words()
    if part.value_quantity is not None and part.value_quantity.value is not None:
        unit = part.value_quantity.unit or part.value_quantity.code
        values.append(f"{part.value_quantity.comparator}{part.value_quantity.value:g} {unit}".rstrip())
    if part.code.codes(LOINC_NAMES) and {CHIEF_COMPLAINT, HISTORY} & set(part.code.codes(LOINC_NAMES)):
        return values
    if PREGNANCY_STATUS in part.code.codes(LOINC_NAMES):
        return values
    if SMOKING_STATUS in part.code.codes(LOINC_NAMES):
        return [said for v in values for word, said in SMOKING.items() if word in v.lower()][:1]
    if alone:
        denied = any(v.strip(" .").lower() in DENIALS for v in values)
        return [f"no {name}"] if denied else [f"{name}: {v}" for v in values]
    return [s for v in values for s in (f"{name}: {v}", f"{v} {name}", v)]
