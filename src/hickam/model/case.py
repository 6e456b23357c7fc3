"""A case: what is known of one patient at one time."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

from hickam.model.pack import Setting

State = Literal["present", "absent"]
Status = Literal["active", "controlled", "past", "unknown"]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The words a finding came from: characters start..end (end exclusive) of the case's text."""

    text: str
    start: int
    end: int


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One finding with its state. Not asked = no observation at all.

    ``values``: for a categorical finding, the value or the set of values that fit what was said. ``value`` and
    ``unit``: the measured number in the measurement's unit; for a ranged finding ``values`` holds the range id.
    ``side``: left, right, both or ''. ``how``: how it was recognised (phrase, measurement, drug, implied, coded).
    ``resource``: the part of a record it was read from (Observation/k1), '' when it came from words or was given.
    """

    finding: str
    state: State
    values: tuple[str, ...] = ()
    value: float | None = None
    unit: str = ""
    side: Literal["", "left", "right", "both"] = ""
    span: Span | None = None
    how: str = "given"
    resource: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A condition known to be present; ``resource``: the part of a record that says so."""

    condition: str
    status: Status = "unknown"
    span: Span | None = None
    resource: str = ""


class Medication(msgspec.Struct, frozen=True, kw_only=True):
    """A drug the patient takes: the words used, the pack drug it is (or ''), current or stopped."""

    name: str
    drug: str = ""
    dose: str = ""
    current: bool = True
    span: Span | None = None
    resource: str = ""


class Allergy(msgspec.Struct, frozen=True, kw_only=True):
    """An allergy or intolerance: the words used, the pack drug they name (or ''), whether it is confirmed."""

    name: str
    drug: str = ""
    confirmed: bool = True
    span: Span | None = None
    resource: str = ""


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Two statements that contradict each other; the finding counts as not asked until it is settled."""

    finding: str
    spans: tuple[Span, ...]
    sentence: str


ADULT = 18.0
"""Years from which a patient is not a child."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known. ``complaint``: 'leg' when some leg symptom is in the story, 'any' otherwise.

    ``completeness`` is 0..1: how surely a condition or exposure would have been mentioned (words in the story,
    1 for a complete problem list). ``grown_up``: no age is told, and by the words the patient is an adult.
    """

    age: float | None = None
    sex: Literal["female", "male"] | None = None
    setting: Setting = "primary_care"
    complaint: Literal["leg", "any"] = "leg"
    text: str = ""
    observations: tuple[Observation, ...] = ()
    facts: tuple[Fact, ...] = ()
    ruled_out: tuple[Fact, ...] = ()
    medications: tuple[Medication, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    not_understood: tuple[Span, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()
    completeness: float = 1.0
    grown_up: bool = False


def without_words(case: Case) -> Case:
    """What is known, without the words it was read from, those that were not understood, and the notes about them."""
    return replace(
        case,
        text="",
        observations=tuple(replace(o, span=None) for o in case.observations),
        facts=tuple(replace(f, span=None) for f in case.facts),
        ruled_out=tuple(replace(f, span=None) for f in case.ruled_out),
        medications=tuple(replace(m, span=None) for m in case.medications),
        conflicts=tuple(replace(c, spans=()) for c in case.conflicts),
        not_understood=(),
        notes=(),
    )
