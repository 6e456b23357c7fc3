"""What the engine answers: frozen records with ids as str and plain Python floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Of = Literal["cause", "present"]


@dataclass(frozen=True)
class Posterior:
    """Probabilities of one case.

    ``cause[id]``: probability that the condition brings the complaint; over all conditions and ``unexplained`` they
    add up to 1. ``present[id]``: probability that the patient has it (a fact: 1). ``complaint``: 'leg', or 'any'
    when ``cause`` means the reason for attendance. ``log_evidence``: ln of the case's weight, comparable between
    cases with the same age, sex, setting, facts and risk factors. ``approximated``: more findings than the exact
    kernel takes, so the least informative were turned into single-condition factors. ``cancellation``: sum of
    absolute terms over their sum (the engine recomputes in long double above 1e13).
    """

    cause: Mapping[str, float]
    present: Mapping[str, float]
    unexplained: float
    log_evidence: float
    approximated: bool
    cancellation: float
    complaint: Literal["leg", "any"]


@dataclass(frozen=True)
class Interval:
    """Point answer (from the pack's values) and 90 % interval; low <= value <= high always."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Intervals:
    """Intervals of every condition: how far the pack's knowledge supports the number."""

    cause: Mapping[str, Interval]
    present: Mapping[str, Interval]
    unexplained: Interval
    draws: int
    approximated: bool


@dataclass(frozen=True)
class Contribution:
    """What one finding, or one correlation group of findings, did to one condition, in decibans.

    ``decibans``: Shapley value. ``first_in``: effect on top of the prior alone; ``last_out``: effect on top of all
    others. ``kind``: how to word it: 'plain', 'redundant' (others already say the same), 'joint' (mostly together
    with ``partner``), 'depends' (the sign depends on what else is true). ``partner`` is the ``group`` of another
    contribution, set when ``kind`` is 'redundant' or 'joint'.
    """

    group: str
    findings: tuple[str, ...]
    decibans: float
    first_in: float
    last_out: float
    kind: Literal["plain", "redundant", "joint", "depends"]
    partner: str = ""


@dataclass(frozen=True)
class Contributions:
    """All contributions to one condition: ``prior`` + sum of decibans = ``total`` (10 log10 odds)."""

    condition: str
    of: Of
    prior: float
    total: float
    items: tuple[Contribution, ...]
    exact: bool


class Outcome(NamedTuple):
    """One possible answer to a finding: 'present', 'absent', or a value or range id; and how likely it is."""

    id: str
    probability: float


class Step(NamedTuple):
    """One finding not yet known: expected reduction of the decision loss, and that per unit of burden."""

    finding: str
    gain: float
    burden: float
    score: float


@dataclass(frozen=True)
class OutcomePosterior:
    """The posterior should this be the answer."""

    outcome: Outcome
    cause: Mapping[str, float]
    present: Mapping[str, float]
    unexplained: float
