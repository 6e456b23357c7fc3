"""A pack's patient-facing words in another language: one file an item, written and reviewed by people."""

from __future__ import annotations

import msgspec

from hickam.model.condition import TellInPerson
from hickam.model.finding import Text
from hickam.model.pack import Exercise

FIELDS: dict[str, tuple[str, ...]] = {
    "conditions": ("lay_name", "patient_text", "tell_in_person"),
    "findings": ("lay_name", "lay_question", "values"),
    "rules": ("lay_sentence",),
    "drugs": ("lay_name",),
    "treatments": ("lay_name", "exercises"),
    "tests": ("lay_name",),
    "clinicians": ("lay_name",),
}
"""Folder -> the fields of its items that a patient reads."""


class Translation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """languages/<code>/<folder>/<id>.yaml. ``of`` is the hash of the English words that were translated: when those
    change, the translation is out of date and no longer used. ``values``: lay names by value id."""

    of: Text
    lay_name: str = ""
    lay_question: str = ""
    lay_sentence: str = ""
    patient_text: tuple[str, ...] = ()
    tell_in_person: TellInPerson | None = None
    values: dict[str, str] = {}
    exercises: tuple[Exercise, ...] = ()
