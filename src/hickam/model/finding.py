"""Findings and measurements: what can be asked, examined or tested."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hickam.model.numbers import Number, Shares, Sources

FindingKind = Literal["history", "examination", "test", "risk_factor"]
About = Literal["episode", "patient", "risk"]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One named value of a categorical episode finding (``quality`` = cramp, ache, burning, ...)."""

    id: Text
    name: Text
    lay_name: str = ""
    synonyms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A yes/no finding read off a measurement (fever from temperature); between the two limits nothing is concluded."""

    measurement: Text
    present_at_least: float | None = None
    present_at_most: float | None = None
    absent_below: float | None = None
    absent_above: float | None = None
    age: tuple[float, float] = (0.0, 120.0)
    sex: Literal["any", "female", "male"] = "any"


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One named range of a measured finding. Ranges are listed from lowest to highest.

    ``below`` is the upper limit (exclusive), None for the last one. ``level`` is the severity: 0 for normal,
    1, 2, ... outward, negative on the low side and positive on the high side.
    """

    id: Text
    name: Text
    below: float | None = None
    level: int = 0


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that can be present, absent or not asked.

    ``about`` decides the mathematics: an *episode* finding depends on the cause; a *patient* finding depends on
    the conditions present (noisy-OR); a *risk* finding shifts priors.

    ``background``: patient finding: frequency in people with none of the pack's conditions (the leak);
    episode finding: usual frequency among visits for this complaint, used for every condition that states none;
    risk finding: frequency in the population. Stratified rows, first match wins.
    ``floor``: a case in which this danger sign is present is at least this urgent, whatever explains it.
    ``together``: word classes of pack.yaml; a word of each, in any order and near each other, says the finding too.
    ``together_absent``: the same for a telling that denies it ('cycling is no bother').
    ``shares``: the same for a categorical episode finding or a ranged patient finding.
    """

    id: Text
    name: Text
    lay_name: Text
    kind: FindingKind
    about: About
    type: Literal["yes_no", "categorical", "ranged"] = "yes_no"
    synonyms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    absent_phrases: tuple[str, ...] = ()
    together: tuple[tuple[Text, ...], ...] = ()
    together_absent: tuple[tuple[Text, ...], ...] = ()
    values: tuple[Value, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    measurement: str = ""
    ranges: tuple[Range, ...] = ()
    background: tuple[Number, ...] = ()
    shares: Shares | None = None
    question: str = ""
    lay_question: str = ""
    how_to: str = ""
    meaning: str = ""
    burden: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    group: str = ""
    implies: tuple[str, ...] = ()
    implies_absent: tuple[str, ...] = ()
    mentioned: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    only_sex: Literal["any", "female", "male"] = "any"
    only_age: tuple[float, float] = (0.0, 120.0)
    core_history: int = 0
    red_flag_screen: bool = False
    floor: Literal["", "emergency", "same_day", "soon", "routine"] = ""
    codes: dict[str, tuple[str, ...]] = {}
    sources: Sources = ()


class Measurement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A measured quantity: how it is written, its unit, other units (value_in_unit = value * factor + offset)."""

    id: Text
    name: Text
    labels: tuple[str, ...]
    unit: Text
    units: dict[str, tuple[float, float]] = {}
    plausible: tuple[float, float]
    unitless_ranges: dict[str, tuple[float, float]] = {}
    codes: dict[str, tuple[str, ...]] = {}
