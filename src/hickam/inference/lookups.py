"""Number look-ups shared by the compiler and the reference: strata, intervals, ranges. No inference here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hickam.model.condition import Evidence
from hickam.model.finding import Finding
from hickam.model.numbers import WIDE_SIGMA, Number, Shares
from hickam.model.pack import Pack

SEXES = ("female", "male")
FLOOR = 2e-4
"""No range or value of a finding is less probable than this, whatever the condition (density tails are unknown)."""
MIXING = 0.005
"""Part of the background distribution mixed into each condition's distribution over ranges or values."""
LEAK = (1e-6, 0.95)
SENSITIVITY_MAX = 0.999
PRIOR_MAX = 0.999
CHILD_FLOOR = 0.05
"""A child keeps at least this part of its prevalence for cases without any listed parent (lint asks for 20 %)."""
PHI_DEFAULT = 0.4


def logit(p: float) -> float:
    """Log odds; p is kept off 0 and 1 by 1e-9.

    >>> round(logit(0.5), 3)
    0.0
    """
    p = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


def logit_sigma(number: Number, scale: float = 1.0) -> float:
    """Standard deviation on the logit scale from the 95 % interval; WIDE_SIGMA where there is no interval."""
    _, low, high = number.triple
    if not high > low:
        return WIDE_SIGMA[number.basis]
    return (logit(min(high * scale, 1.0)) - logit(max(low * scale, 1e-9))) / (2 * 1.96)


def log_sigma(number: Number) -> float:
    """Standard deviation on the log scale (odds ratios)."""
    _, low, high = number.triple
    if not high > low > 0:
        return WIDE_SIGMA[number.basis]
    return math.log(high / low) / (2 * 1.96)


def pick(rows: Sequence[Number], age: float, sex: str) -> Number:
    """The first row that applies; where none does (lint reports it) the nearest in age, same sex preferred."""
    for row in rows:
        if row.applies(age, sex):
            return row

    def distance(row: Number) -> tuple[bool, float]:
        return row.sex not in ("any", sex), max(row.age[0] - age, age - row.age[1], 0.0)

    return min(rows, key=distance)


def age_starts(pack: Pack) -> list[int]:
    """First whole year of every age band in which no stratified number of the pack changes."""
    starts = {0}
    for rows in _stratified(pack):
        for row in rows:
            starts.update((math.ceil(row.age[0]), math.floor(row.age[1]) + 1))
    return sorted(start for start in starts if 0 <= start <= 120)


def _stratified(pack: Pack) -> Iterable[tuple[Number, ...]]:
    for condition in pack.conditions.values():
        if condition.prior is not None:
            yield condition.prior.rows
    for finding in pack.findings.values():
        yield finding.background


def window_probability(measure: str, value: float, window_days: float) -> float:
    """Probability of having the condition in the window: prevalence as it is, incidence a year times window/365."""
    if measure == "incidence_per_year":
        value = value * window_days / 365.0
    return min(max(value, 0.0), PRIOR_MAX)


def t4_cdf(x: float) -> float:
    """Cumulative distribution of Student's t with 4 degrees of freedom (closed form).

    >>> round(t4_cdf(2.776445), 4)
    0.975
    """
    u = 1 + x * x / 4
    return 0.5 + 0.375 * (x / math.sqrt(u)) * (1 - x * x / (12 * u))


def shares_over(finding: Finding, stated: Shares | Evidence) -> list[float]:
    """Probabilities over the values or ranges of a finding, from shares or from mean and SD with t(4) tails.

    The SD is that of the measurement, so the scale of the t distribution (variance 2) is SD / sqrt(2).
    """
    if finding.type == "categorical":
        return _normalised([stated.shares.get(value.id, 0.0) for value in finding.values])
    if stated.shares or stated.mean is None or not stated.sd:
        return _normalised([stated.shares.get(item.id, 0.0) for item in finding.ranges])
    scale = stated.sd / math.sqrt(2.0)
    upper = [1.0 if item.below is None else t4_cdf((item.below - stated.mean) / scale) for item in finding.ranges]
    return _normalised([high - low for low, high in zip([0.0, *upper[:-1]], upper, strict=True)])


def background_shares(finding: Finding) -> list[float]:
    """Background distribution of a categorical or ranged finding, floored."""
    if finding.shares is None:
        raise ValueError(f"findings/{finding.id}: a {finding.type} finding needs background shares")
    return _normalised([max(p, FLOOR) for p in shares_over(finding, finding.shares)])


def condition_shares(finding: Finding, evidence: Evidence) -> list[float]:
    """Distribution of a categorical or ranged finding under one condition, with background mixed in and floored."""
    base = background_shares(finding)
    mixed = [(1 - MIXING) * p + MIXING * b for p, b in zip(shares_over(finding, evidence), base, strict=True)]
    return _normalised([max(p, FLOOR) for p in mixed])


def _normalised(values: Sequence[float]) -> list[float]:
    total = sum(values)
    if not total > 0:
        raise ValueError("shares add up to nothing")
    return [value / total for value in values]


def value_ids(finding: Finding) -> tuple[str, ...]:
    """Ids of the values or ranges; empty for a yes/no finding."""
    if finding.type == "categorical":
        return tuple(value.id for value in finding.values)
    return tuple(item.id for item in finding.ranges) if finding.type == "ranged" else ()


def clip(value: float, limits: tuple[float, float]) -> float:
    """Value kept within the limits."""
    return min(max(value, limits[0]), limits[1])


def group_phi(pack: Pack, name: str) -> float:
    """Correlation of a group of findings; 0.4 when the pack does not declare the group."""
    group = pack.manifest.groups.get(name)
    return PHI_DEFAULT if group is None else group.phi


def covered_by(pack: Pack, name: str) -> frozenset[str]:
    """Findings of the same correlation group that the presence of this yes/no finding implies, step by step.

    They say nothing more: P(foot drop and weakness) = P(foot drop). Tempering would count them as signs of their own
    and take weight from the one that tells causes apart."""
    group = pack.findings[name].group
    found: set[str] = set()
    waiting = [name] if group and pack.findings[name].type == "yes_no" else []
    while waiting:
        for other in pack.findings[waiting.pop()].implies:
            item = pack.findings.get(other)
            if item is not None and item.group == group and item.type == "yes_no" and other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found - {name})


def status_factor(pack: Pack, condition: str, status: str, kind: str) -> float:
    """Factor on the consulting rate ('complaint') or links ('findings') of a known condition by its status."""
    if status == "active":
        return 1.0
    own = _plain(pack.conditions[condition].controlled) if status == "controlled" else {}
    table = {str(key): _plain(value) for key, value in pack.manifest.status_factors.items()}
    return own.get(kind, table.get(status, {}).get(kind, 1.0))


def _plain(table: Mapping[Any, float]) -> dict[str, float]:
    return {str(key): float(value) for key, value in table.items()}
