"""What has been read of a record so far."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, cast

import msgspec

from hickam.interfaces.fhir.codes import CodeIndex
from hickam.interfaces.fhir.elements import Extension, Identifier, Reference
from hickam.interfaces.fhir.systems import extension_url
from hickam.model.case import Allergy, Conflict, Fact, Medication, Observation, Span
from hickam.model.pack import Setting
from hickam.services.knowledge import Knowledge

RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")
_ABSOLUTE = re.compile(rf"(https?://.+/){RELATIVE.pattern}")


def server_of(url: str) -> str:
    """The address of the FHIR server in the URL of a resource; '' when it is not one.

    >>> server_of("https://ehr.example/fhir/Patient/p1"), server_of("urn:uuid:1")
    ('https://ehr.example/fhir/', '')
    """
    found = _ABSOLUTE.fullmatch(url)
    return found.group(1) if found else ""


class Ignored(msgspec.Struct, frozen=True, kw_only=True):
    """A resource, or a kind of resource, that does not count, and why."""

    resource: str
    reason: str


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """An observation with its day, None when the record gives none (it counts as now), and its instant if given.
    ``rank``: of equally new results the higher counts, a correction before a final one, that before a preliminary."""

    observations: tuple[Observation, ...]
    key: str
    kind: str
    day: datetime.date | None
    moment: datetime.datetime | None
    pointer: str
    rank: int = 1


@dataclass
class Gathered:
    """Filled by the readers, one resource after the other."""

    knowledge: Knowledge
    today: datetime.date
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    contained: dict[str, dict[str, Any]] = field(default_factory=dict)
    patient_names: set[str] = field(default_factory=set)
    identifiers: list[Identifier] = field(default_factory=list)
    home: str = ""
    verbatim: bool = False
    age: float | None = None
    sex: Literal["female", "male"] | None = None
    setting: Setting = "primary_care"
    complaint: Literal["leg", "any"] | None = None
    text: str | None = None
    words: list[tuple[str, str]] = field(default_factory=list)
    dated: list[Dated] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    ruled_out: list[Fact] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    not_understood: list[Span] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    completeness: float | None = None
    ignored: list[Ignored] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    pointers: set[str] = field(default_factory=set)

    @cached_property
    def codes(self) -> CodeIndex:
        """Codes of the pack."""
        return CodeIndex(self.knowledge.pack)

    def amount(self) -> tuple[object, ...]:
        """How much there is: it changes when a resource gave something or was listed."""
        lists = (
            self.dated,
            self.observations,
            self.facts,
            self.ruled_out,
            self.medications,
            self.allergies,
            self.conflicts,
        )
        more = (self.words, self.notes, self.ignored)
        return (*(len(x) for x in (*lists, *more)), self.age, self.text)

    def only(self, pointer: str, place: str) -> str:
        """The pointer; with its place when another resource of the record has the same one."""
        same = pointer in self.pointers
        self.pointers.add(pointer)
        return f"{pointer} ({place})" if same else pointer

    def ignore(self, resource: str, reason: str) -> None:
        """List a resource as not used."""
        self.ignored.append(Ignored(resource=resource, reason=reason))

    def is_about_patient(self, reference: str, full_url: str) -> bool:
        """Whether a subject is the patient: the Bundle's, or the one the first subject names when it holds none.

        A relative reference is of the server of the entry's ``full_url``, as FHIR resolves it; the same id on another
        server is another person.
        """
        if not reference:
            return True
        name, base = reference.split("/_history/")[0], server_of(full_url)
        if not self.patient_names:
            self.home = base
        if self.home and base and RELATIVE.fullmatch(name):
            name = base + name
        if not self.patient_names:
            self.patient_names = {name}
        return name in self.patient_names

    def may_be_numbered(self, subject: Reference) -> bool:
        """Whether a subject's type and number do not speak against the patient: a number in a system in which the
        Patient has another is somebody else's."""
        if subject.type.rsplit("/", maxsplit=1)[-1] not in ("", "Patient"):
            return False
        given = subject.identifier
        if given is None or not given.value:
            return True
        same = {i.value for i in self.identifiers if i.system == given.system}
        return given.value in same or (bool(subject.reference) and not same)

    def resolve(self, reference: str) -> dict[str, Any] | None:
        """The resource a reference points to, contained or in the Bundle."""
        return self.contained.get(reference) or self.resources.get(reference)

    def given(self, age: float | None, sex: str | None, setting: str | None) -> None:
        """What the caller says outright goes before the record."""
        self.age = self.age if age is None else age
        self.sex = self.sex if sex is None else cast("Literal['female', 'male']", sex)
        self.setting = self.setting if setting is None else cast("Setting", setting)


def extension(extensions: list[Extension], name: str) -> Extension | None:
    """The first of our extensions of this name."""
    return next((x for x in extensions if x.url == extension_url(name)), None)


def text_extension(extensions: list[Extension], name: str) -> str:
    """Its string or code; '' when there is none."""
    found = extension(extensions, name)
    return (found.value_string or found.value_code or "") if found else ""


def span_of(extensions: list[Extension]) -> Span | None:
    """The words of the story a resource came from."""
    found = extension(extensions, "span")
    return _span(found) if found else None


def spans_of(extensions: list[Extension], name: str) -> list[Span]:
    """All spans under this name."""
    found = [_span(x) for x in extensions if x.url == extension_url(name)]
    return [s for s in found if s is not None]


def _span(found: Extension) -> Span | None:
    parts = {x.url: x for x in found.extension}
    if not {"text", "start", "end"} <= set(parts):
        return None
    start, end = parts["start"].value_integer, parts["end"].value_integer
    if start is None or end is None:
        return None
    return Span(text=parts["text"].value_string or "", start=start, end=end)
