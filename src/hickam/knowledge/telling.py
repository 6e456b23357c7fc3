"""The pack as a patient reads it before a clinician has told them serious news face to face."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from hickam.model.case import Case
from hickam.model.condition import Condition
from hickam.model.pack import Pack


def withheld(pack: Pack, case: Case) -> dict[str, Condition]:
    """Conditions that a clinician tells face to face and that this patient is not known to have."""
    known = {fact.condition for fact in case.facts}
    return {item.id: item for item in pack.conditions.values() if item.tell_in_person and item.id not in known}


def until_told(pack: Pack, untold: Mapping[str, Condition]) -> Pack:
    """The pack with the words of ``tell_in_person`` in place of the plain names and texts of these conditions."""
    changed = {
        name: replace(pack.conditions[name], lay_name=told.lay_name, patient_text=told.patient_text)
        for name in untold
        if (told := pack.conditions[name].tell_in_person)
    }
    return replace(pack, conditions={**pack.conditions, **changed})
