"""A quantity of a record in the pack's unit.

A unit the pack lists is converted by the pack's own factor, which knows the substance (mg/dL of calcium). Any other
UCUM unit of the same dimension is first converted to a listed one by ucumvert (UCUM grammar on Pint). Equivalents are
never converted by dimension: a milliequivalent of calcium is half a millimole, and only the pack says so.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from hickam.intake.measures import normal_unit
from hickam.interfaces.fhir.elements import Quantity
from hickam.interfaces.fhir.systems import UCUM
from hickam.model.finding import Measurement

_ANNOTATION = re.compile(r"\{([^{}]*)\}")
SPELT = {
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[degF]": "°F",
    "mL/min/{1.73_m2}": "mL/min/1.73 m2",
    "mL/min/1.73.m2": "mL/min/1.73 m2",
    "{ratio}": "ratio",
    "1": "ratio",
    "[iU]/L": "IU/L",
    "[IU]/L": "IU/L",
    "m[IU]/L": "mU/L",
    "m[iU]/L": "mU/L",
    "u[IU]/mL": "mU/L",
    "u[iU]/mL": "mU/L",
    "{xULN}": "xULN",
    "[in_i]": "in",
    "ng/mL{D-DU}": "ng/mL DDU",
    "ng/mL{DDU}": "ng/mL DDU",
}
"""UCUM codes whose usual spelling the pack lists."""
_EQUIVALENTS = re.compile(r"\beq\b|(?<![A-Za-z])[mu]?eq(?![A-Za-z])")


def spellings(measurement: Measurement) -> dict[tuple[float, float], list[str]]:
    """Units the pack lists, by (factor, offset) into its own unit."""
    found: dict[tuple[float, float], list[str]] = {}
    own = (measurement.unit, *measurement.codes.get("ucum", ()))
    for name, scale in (*((name, (1.0, 0.0)) for name in own), *measurement.units.items()):
        if name not in found.setdefault(scale, []):
            found[scale].append(name)
    return found


class UnitError(ValueError):
    """The quantity cannot be put into the pack's unit; the text says why and holds no value."""


def in_pack_unit(quantity: Quantity, measurement: Measurement) -> float:
    """The number in ``measurement.unit``. Raises UnitError."""
    if quantity.value is None or not math.isfinite(quantity.value):
        raise UnitError("it has no number")
    given = quantity.code if quantity.system in ("", UCUM) and quantity.code else quantity.unit or quantity.code
    if not given.strip() and measurement.unit == "ratio":
        given = "1"
    if not given.strip():
        raise UnitError("it has no unit, and a wrong unit gives a wrong answer")
    factor, offset = _factor(given.strip(), measurement)
    if quantity.code and _contradicts(quantity.unit, (factor, offset), measurement):
        raise UnitError("its unit in words and in code are not the same unit")
    value = quantity.value * factor + offset
    low, high = measurement.plausible
    if not low <= value <= high:
        raise UnitError(f"it is not possible in {given} ({low:g} to {high:g} {measurement.unit})")
    return value


def _listed(measurement: Measurement) -> dict[str, tuple[float, float]]:
    """Units the pack lists, as they are compared."""
    listed = {normal_unit(measurement.unit): (1.0, 0.0)}
    listed |= {normal_unit(name): scale for name, scale in measurement.units.items()}
    if measurement.id == "temperature":
        listed |= {normal_unit("°F"): (5 / 9, -160 / 9)}
    return listed


def _contradicts(words: str, scale: tuple[float, float], measurement: Measurement) -> bool:
    """Whether the unit shown to people is another listed one than that of the code; words that are not listed, and
    'ng/mL' of D-dimer, say nothing."""
    told = None if _annotations_matter(measurement) else _listed(measurement).get(normal_unit(words.strip()))
    return told is not None and not all(
        math.isclose(a, b, rel_tol=0.01, abs_tol=0.01) for a, b in zip(told, scale, strict=True)
    )


def _factor(given: str, measurement: Measurement) -> tuple[float, float]:
    listed = _listed(measurement)
    plain = _ANNOTATION.sub("", given)
    spellings = [given, given.replace("*", "^"), SPELT.get(given, ""), _ANNOTATION.sub(r" \1", given)]
    if not _annotations_matter(measurement):
        spellings += [plain, plain.replace("*", "^"), SPELT.get(plain, "")]
    for spelling in spellings:
        known = listed.get(normal_unit(spelling)) if spelling.strip() else None
        if known is not None:
            return known
    if _EQUIVALENTS.search(given) or (_ANNOTATION.search(given) and _annotations_matter(measurement)):
        raise UnitError(f"the unit {given} is not listed for {measurement.name}")
    return _by_dimension(plain or given, measurement)


def _annotations_matter(measurement: Measurement) -> bool:
    """Whether words after a unit change the number (D-dimer: FEU or DDU)."""
    return any(name.endswith((" DDU", " FEU")) for name in measurement.units)


def _by_dimension(given: str, measurement: Measurement) -> tuple[float, float]:
    """Factor through the first listed unit of the same dimension."""
    own = list(measurement.codes.get("ucum", ()))
    for name in (*own, measurement.unit, *measurement.units):
        if _EQUIVALENTS.search(name):
            continue
        ratio = _ratio(given, name)
        if ratio is not None:
            scale, offset = (1.0, 0.0) if name in (*own, measurement.unit) else measurement.units[name]
            return ratio * scale, offset
    raise UnitError(f"the unit {given} does not fit {measurement.name} ({measurement.unit})")


@lru_cache(maxsize=512)
def _ratio(given: str, wanted: str) -> float | None:
    """How many ``wanted`` one ``given`` is; None when they do not convert or are not UCUM."""
    registry = _registry()
    try:
        ratio = float((1.0 * _unit(registry, given)).to(_unit(registry, wanted)).magnitude)
    except Exception:  # lark, pint and arithmetic errors of many kinds: all mean "not a unit we can convert"
        return None
    return ratio if math.isfinite(ratio) and ratio > 0 else None


def _unit(registry: Any, code: str) -> Any:
    made = registry.from_ucum(code)
    if getattr(made, "dimensionless", False) or not hasattr(made, "to"):
        raise ValueError("no dimension")
    if "degree" in str(made.units):
        raise ValueError("an offset unit")
    return made


@lru_cache(maxsize=1)
def _registry() -> Any:
    """The registry costs a second to build, so only units the pack does not list pay for it."""
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()
