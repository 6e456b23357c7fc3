"""Who, where and why: Patient, Encounter, and the story of a case that this program wrote."""

from __future__ import annotations

import base64
import binascii
from typing import Literal, cast, get_args

from hickam.interfaces.fhir.dates import as_date, is_after, years_between
from hickam.interfaces.fhir.elements import DocumentReference, Encounter, Patient
from hickam.interfaces.fhir.gathered import Gathered, extension, spans_of, text_extension
from hickam.interfaces.fhir.systems import COMPLAINTS, SETTINGS, extension_url
from hickam.model.pack import Setting

OLDEST = 120


def read_patient(patient: Patient, pointer: str, g: Gathered) -> None:
    """Age on the day of the answer, and sex; anything but female or male says nothing."""
    g.identifiers = patient.identifier
    if patient.gender in ("female", "male"):
        g.sex = cast("Literal['female', 'male']", patient.gender)
    elif patient.gender:
        g.notes.append("record: the gender given is neither female nor male, so the sex counts as not known")
    if patient.deceased_boolean or patient.deceased_date_time:
        g.notes.append("record: the patient is recorded as dead")
    if not patient.birth_date:
        return
    born = as_date(patient.birth_date)
    age = None if born is None else years_between(born, g.today)
    if age is None or not 0 <= age <= OLDEST:
        g.ignore(f"{pointer}.birthDate", "it is not a date that gives an age from 0 to 120 years")
        return
    g.age = float(age)
    if len(patient.birth_date) < len("2000-01-01"):
        g.notes.append("record: the birth date is only partly given, so the age may be a year off")


def read_encounter(visit: Encounter, pointer: str, g: Gathered) -> None:
    """Setting, and the reason for the visit in words, which is read like a story."""
    if visit.status in ("entered-in-error", "cancelled"):
        g.ignore(pointer, f"its status is {visit.status}")
        return
    ended = as_date(visit.period.end) if visit.period else None
    if ended is not None and ended < g.today:
        g.ignore(pointer, f"the visit ended on {ended}, so it is not this one")
        return
    if visit.period and is_after(visit.period.start, g.today):
        g.ignore(pointer, "the visit begins after the day of this answer, so it is not this one")
        return
    began = as_date(visit.period.start) if visit.period else None
    if began is not None and (g.today - began).days > g.knowledge.pack.manifest.window_days and not g.verbatim:
        g.ignore(pointer, f"the visit began on {began}, before the period the pack speaks of")
        return
    if visit.status == "finished" and ended is None and (began is None or began < g.today):
        g.ignore(pointer, "the visit is finished, so it is not this one")
        return
    own = [c.code for t in visit.type for c in t.coding if c.system == SETTINGS and c.code in get_args(Setting)]
    if own:
        g.setting = cast("Setting", own[0])
    elif visit.encounter_class is not None and visit.encounter_class.code == "EMER":
        g.setting = "emergency"
    for reason in visit.reason_code:
        for coding in reason.coding:
            if coding.system == COMPLAINTS and coding.code in ("leg", "any"):
                g.complaint = cast("Literal['leg', 'any']", coding.code)
    if not g.verbatim:
        g.words.extend(
            (pointer, f"{words[0].rstrip('.')}.") for reason in visit.reason_code if (words := reason.words())
        )
    given = extension(visit.extension, "completeness")
    if given is not None and given.value_decimal is not None and 0 <= given.value_decimal <= 1:
        g.completeness = given.value_decimal
    for note in visit.extension:
        if note.url == extension_url("note") and note.value_string:
            g.notes.append(note.value_string)
    g.not_understood.extend(spans_of(visit.extension, "not-understood"))


def read_story(document: DocumentReference, pointer: str, g: Gathered) -> None:
    """The story this program attached to a case. Other documents are not read: they may be of any time."""
    if not text_extension(document.extension, "story"):
        g.ignore(pointer, "documents are not read; what is in them may be of any time")
        return
    if document.status != "current":
        g.ignore(pointer, f"its status is {document.status}")
        return
    try:
        g.text = base64.b64decode(document.content[0].attachment.data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, IndexError):
        g.ignore(pointer, "its attachment is not text in base 64")
