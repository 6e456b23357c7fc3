"""Numbers as a pack states them: value, interval, population, source, basis.

A ``Number`` is a probability, rate or odds ratio with a 95 % interval. Which of the three it is follows from
the field that holds it. A ``Shares`` is a distribution over the named values of one finding.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec

Basis = Literal["direct", "derived", "extrapolated", "estimate"]
Sex = Literal["any", "female", "male"]
Age = Annotated[float, msgspec.Meta(ge=0, le=120)]
Sources = tuple[str, ...]

WIDE_SIGMA = {"direct": 0.25, "derived": 0.4, "extrapolated": 0.55, "estimate": 0.7}
"""Standard deviation on the logit (or log odds ratio) scale for a number whose pack entry has no interval."""


class Provenance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a number comes from.

    ``direct``: the source states this number for this population. ``derived``: arithmetic on numbers the source
    states; ``why`` holds the arithmetic. ``extrapolated``: the source states it for another population.
    ``estimate``: the author's judgement; no source needed, ``why`` welcome, the interval wide.
    """

    basis: Basis
    source: str = ""
    locator: str = ""
    population: str = ""
    why: str = ""


class Number(Provenance, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number: either ``value: [best, low, high]`` or ``counts: [events, of]`` (Wilson 95 % interval).

    ``age`` (inclusive years) and ``sex`` say to whom it applies, where a list of numbers is stratified.
    """

    value: tuple[float, float, float] | None = None
    counts: tuple[int, int] | None = None
    age: tuple[Age, Age] = (0.0, 120.0)
    sex: Sex = "any"

    @property
    def best(self) -> float:
        """The point value."""
        return self.triple[0]

    @property
    def triple(self) -> tuple[float, float, float]:
        """(best, low, high); a count is turned into a proportion with its Wilson interval."""
        if self.value is not None:
            return self.value
        if self.counts is None:
            raise ValueError("a number needs value or counts")
        return wilson(*self.counts)

    def applies(self, age: float, sex: str) -> bool:
        """Whether this stratum holds for a person of this age (years) and sex ('female' or 'male')."""
        return self.age[0] <= math.floor(age) <= self.age[1] and self.sex in ("any", sex)


class Shares(Provenance, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Probabilities of the named values of one finding: given outright, or as mean and SD of a measurement."""

    shares: dict[str, float] = {}
    mean: float | None = None
    sd: float | None = None


def wilson(events: int, of: int, z: float = 1.96) -> tuple[float, float, float]:
    """Proportion and Wilson score interval (Wilson 1927); the point is the plain proportion.

    >>> [round(x, 3) for x in wilson(17, 50)]
    [0.34, 0.224, 0.478]
    """
    if of <= 0 or not 0 <= events <= of:
        raise ValueError(f"{events} events of {of}")
    p = events / of
    denominator = 1 + z * z / of
    centre = (p + z * z / (2 * of)) / denominator
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / denominator
    return p, max(0.0, centre - half), min(1.0, centre + half)
