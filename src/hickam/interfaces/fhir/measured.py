"""Measured values of a record: units, bounds, the specimen they were measured in, and what the pack reads off them."""

from __future__ import annotations

import re

import msgspec
from msgspec.structs import replace

from hickam.intake.assemble import from_reading
from hickam.intake.readings import Reading
from hickam.interfaces.fhir import elements as e
from hickam.interfaces.fhir.gathered import Gathered
from hickam.interfaces.fhir.systems import INTERPRETATION
from hickam.interfaces.fhir.units import UnitError, in_pack_unit
from hickam.model.case import Observation, Span

NOWHERE = Span(text="", start=0, end=0)
D_DIMER_UNITS = "48066-5"
"""LOINC's D-dimer in D-dimer units; its unit string often says ng/mL only, and one of them is two of the pack's FEU."""
_SPECIMEN = re.compile(
    r"\b(urin\w*|csf|cerebral spinal|cerebrospinal|dialys\w+|pleural|peritoneal|ascit\w+|synovial|body fluid|sweat"
    r"|saliva|stool|faec\w+|feces|fecal|hair|gastric|semen|amniotic|cord blood|bronchial|drain\w*"
    r"|goal|target|intake|dietary)\b",
    re.I,
)
"""Specimens other than blood (potassium in urine is no serum potassium, however its text is shortened), and numbers
that are no result."""
WORDS = {"H": "high", "HH": "high", "HU": "high", "L": "low", "LL": "low", "LU": "low", "N": "normal"}


def measured(part: e.ObservationValue, id: str, g: Gathered) -> tuple[list[Observation], str]:
    """What a measured value says: ranges and limits; a bare 'high' says only that."""
    measurement = g.knowledge.pack.measurements[id]
    quantity = part.value_quantity
    if quantity is None and part.value_ratio and part.value_ratio.numerator and part.value_ratio.denominator:
        quantity = _quotient(part.value_ratio.numerator, part.value_ratio.denominator)
    if quantity is None:
        if part.value_string or part.value_codeable_concept:
            return [], "it has no number that can be read"
        word = next((WORDS[c] for i in part.interpretation for c in i.codes({INTERPRETATION}) if c in WORDS), "")
        if not word:
            return [], "it has no number that can be read"
        return of_reading(id, None, word, g), "no range of this pack says 'high', 'low' or 'normal' of it"
    try:
        value = in_pack_unit(_d_dimer_units(quantity, part), measurement)
    except UnitError as error:
        return [], str(error)
    found = of_reading(id, value, "", g)
    if quantity.comparator:
        beyond = measurement.plausible[0 if quantity.comparator in ("<", "<=") else 1]
        if said(found) != said(of_reading(id, beyond, "", g)):
            return [], f"a value with '{quantity.comparator}' may lie in several ranges"
    return found, "this pack reads nothing off this value"


def other_specimen(part: e.ObservationValue, whole: e.Observation, id: str, g: Gathered) -> str:
    """Why a number with these words is not the blood value they may sound like; '' when nothing speaks against it.
    ``id``: the measurement that the words name, '' for none."""
    if part.value_quantity is None or (id and _SPECIMEN.search(g.knowledge.pack.measurements[id].name)):
        return ""
    words = [*part.code.words(), *whole.code.words()]
    if whole.specimen is not None:
        words.append(whole.specimen.display)
        try:
            found = msgspec.convert(g.resolve(whole.specimen.reference) or {}, e.Specimen)
        except msgspec.ValidationError:
            return "its specimen cannot be read"
        words += found.type.words() if found.type else []
    return "it was not measured in blood" if any(_SPECIMEN.search(w) for w in words) else ""


def _d_dimer_units(quantity: e.Quantity, part: e.ObservationValue) -> e.Quantity:
    """The quantity with its unit in full when the code or the words, not the unit, say that it is D-dimer units."""
    unit = quantity.code or quantity.unit
    told = any(c.code == D_DIMER_UNITS for c in part.code.coding) or any("DDU" in w for w in part.code.words())
    return replace(quantity, code=f"{unit}{{DDU}}") if told and "DDU" not in unit else quantity


def _quotient(over: e.Quantity, under: e.Quantity) -> e.Quantity | None:
    if over.value is None or not under.value or (over.code or over.unit) != (under.code or under.unit):
        return None
    return e.Quantity(value=over.value / under.value, code="1")


def of_reading(id: str, value: float | None, word: str, g: Gathered) -> list[Observation]:
    """What a number or a level says about findings, with limits for the patient's age and sex."""
    reading = Reading(id, value, word, 0, NOWHERE, 0, 0, False)
    return [replace(o, span=None) for o in from_reading(reading, g.knowledge.vocabulary, g.age, g.sex)]


def said(found: list[Observation]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Observations reduced to what they say, to be compared."""
    return [(o.finding, o.state, o.values) for o in found]
