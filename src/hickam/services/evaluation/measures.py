"""Measures of ranked, probabilistic answers with a level of urgency, with their uncertainty.

* top-k, MRR: whether and where the true diagnosis is listed. NDCG at 10: 1 / log2(1 + rank), nought beyond 10;
  the one true diagnosis is the only relevant entry (Järvelin and Kekäläinen 2002, ACM TOIS 20:422).
* Brier: sum over the causes of (probability - truth) squared, 0 best, 2 worst (Brier 1950); its skill is the
  part of the case mix's Brier (same age, sex and setting, nothing else known) that the findings remove.
* Calibration error: mean over predictions of the distance between predicted and observed in their bin.
* Urgency: the level given against the level wanted; *under* is lower than wanted.

Shares carry Wilson's 95 % interval, means a bootstrap one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from hickam.inference.layout import Floats
from hickam.model.condition import LEVELS

DEPTHS = (1, 3, 5, 10)
BINS = 10
RESAMPLES = 1000
URGENT = LEVELS.index("same_day")
AGES = ((0, 18), (18, 40), (40, 65), (65, 80), (80, 200))


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """One case scored. ``rank`` None: not listed. ``gold``: probability given to the truth. ``pairs``: (probability,
    whether true) of the leading cause and then of every other listed at 1 % or more. ``urgency_gold`` '': not known."""

    id: str
    rank: int | None
    gold: float
    brier: float
    brier_alone: float
    pairs: tuple[tuple[float, bool], ...]
    urgency: str = ""
    urgency_gold: str = ""
    age: float | None = None
    sex: str | None = None
    pregnant: bool = False


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A share or mean with its 95 % interval."""

    value: float
    low: float
    high: float


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions of one bin: how many, their mean, how often they came true (with interval)."""

    count: int
    predicted: float
    observed: Value


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration curve; ``lean`` mean of observed - predicted (above nought: under-confident)."""

    of: str
    error: float
    lean: float
    bins: tuple[Bin, ...]


class Urgency(msgspec.Struct, frozen=True, kw_only=True):
    """``table[wanted][given]`` counts in the order of ``levels``."""

    levels: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    cases: int
    exact: Value
    under: Value
    over: Value
    sent_away: int


class Subgroup(msgspec.Struct, frozen=True, kw_only=True):
    """The same measures in a part of the cases."""

    name: str
    cases: int
    top1: Value
    top3: Value
    mrr: float
    brier: float
    under: Value | None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How often the 90 % intervals hold the answer of a pack drawn from the same intervals; answers about one patient
    are no independent evidence, so that the interval is of patients."""

    patients: int
    answers: int
    inside: Value


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything measured on one set of cases."""

    cases: int
    top: dict[str, Value]
    mrr: Value
    ndcg: Value
    brier: Value
    skill: float
    curves: tuple[Curve, ...]
    urgency: Urgency | None
    subgroups: tuple[Subgroup, ...]
    coverage: Coverage | None = None


def measure(scored: Sequence[Scored], coverage: Coverage | None = None) -> Measures:
    """All measures of at least one scored case."""
    alone = float(np.mean([one.brier_alone for one in scored]))
    brier = mean([one.brier for one in scored])
    return Measures(
        cases=len(scored),
        top={str(k): top(scored, k) for k in DEPTHS},
        mrr=mean([1 / one.rank if one.rank else 0.0 for one in scored]),
        ndcg=mean([_gain(one.rank) for one in scored]),
        brier=brier,
        skill=1 - brier.value / alone if alone > 0 else 0.0,
        curves=(
            curve("leading cause", [one.pairs[0] for one in scored if one.pairs]),
            curve("every cause at 1 % or more", [pair for one in scored for pair in one.pairs if pair[0] >= 0.01]),
        ),
        urgency=urgency(scored),
        subgroups=subgroups(scored),
        coverage=coverage,
    )


def top(scored: Sequence[Scored], k: int) -> Value:
    """Share of the cases whose true diagnosis is among the first k."""
    return share(sum(one.rank is not None and one.rank <= k for one in scored), len(scored))


def _gain(rank: int | None) -> float:
    return 1 / math.log2(1 + rank) if rank is not None and rank <= 10 else 0.0


def share(count: int, of: int) -> Value:
    """A share with Wilson's 95 % interval (Wilson 1927); the whole range where there is nothing to count."""
    if not of:
        return Value(value=0.0, low=0.0, high=1.0)
    z, p = 1.96, count / of
    centre = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Value(value=p, low=max(0.0, min(centre - half, p)), high=min(1.0, max(centre + half, p)))


def mean(values: Sequence[float]) -> Value:
    """A mean with a 95 % bootstrap interval (percentiles, fixed seed)."""
    return ratio(values, [1.0] * len(values))


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Value:
    """Sum of the parts over that of the wholes, with a 95 % bootstrap interval over the pairs."""
    part: Floats = np.asarray(parts, dtype=np.float64)
    whole: Floats = np.asarray(wholes, dtype=np.float64)
    rng = np.random.default_rng(1)
    rows = [rng.integers(0, len(part), len(part)) for _ in range(RESAMPLES)]
    low, high = np.percentile([part[some].sum() / whole[some].sum() for some in rows], [2.5, 97.5]).tolist()
    return Value(value=float(part.sum() / whole.sum()), low=low, high=high)


def curve(of: str, pairs: Sequence[tuple[float, bool]]) -> Curve:
    """Predicted against observed in ten equal bins; empty bins are left out."""
    predicted = np.array([p for p, _ in pairs])
    truth = np.array([t for _, t in pairs], dtype=np.float64)
    place = np.minimum((predicted * BINS).astype(np.int64), BINS - 1)
    bins = []
    error = 0.0
    for b in range(BINS):
        inside = place == b
        count = int(inside.sum())
        if count:
            p, right = float(predicted[inside].mean()), int(truth[inside].sum())
            bins.append(Bin(count=count, predicted=p, observed=share(right, count)))
            error += count * abs(p - right / count)
    total = max(len(pairs), 1)
    lean = float(truth.mean() - predicted.mean()) if pairs else 0.0
    return Curve(of=of, error=error / total, lean=lean, bins=tuple(bins))


def urgency(scored: Sequence[Scored]) -> Urgency | None:
    """Levels given against levels wanted; None where no case says what is wanted."""
    pairs = [(LEVELS.index(s.urgency_gold), LEVELS.index(s.urgency)) for s in scored if s.urgency_gold and s.urgency]
    if not pairs:
        return None
    table = np.zeros((len(LEVELS), len(LEVELS)), dtype=np.int64)
    for wanted, given in pairs:
        table[wanted, given] += 1
    n = len(pairs)
    return Urgency(
        levels=tuple(LEVELS),
        table=tuple(tuple(int(count) for count in row) for row in table),
        cases=n,
        exact=share(sum(a == b for a, b in pairs), n),
        under=share(sum(given < wanted for wanted, given in pairs), n),
        over=share(sum(given > wanted for wanted, given in pairs), n),
        sent_away=sum(wanted >= URGENT > given for wanted, given in pairs),
    )


def subgroups(scored: Sequence[Scored]) -> tuple[Subgroup, ...]:
    """By age, sex and pregnancy; empty groups are left out."""
    groups: list[tuple[str, Callable[[Scored], bool]]] = [
        (f"age {low} to {high - 1}" if high < 200 else f"age {low} or more", _aged(low, high)) for low, high in AGES
    ]
    groups += [("age not given", lambda one: one.age is None)]
    groups += [("female", lambda one: one.sex == "female"), ("male", lambda one: one.sex == "male")]
    groups += [("sex not given", lambda one: one.sex is None), ("pregnant", lambda one: one.pregnant)]
    found = []
    for name, belongs in groups:
        inside = [one for one in scored if belongs(one)]
        if inside:
            levels = urgency(inside)
            found.append(
                Subgroup(
                    name=name,
                    cases=len(inside),
                    top1=top(inside, 1),
                    top3=top(inside, 3),
                    mrr=float(np.mean([1 / one.rank if one.rank else 0.0 for one in inside])),
                    brier=float(np.mean([one.brier for one in inside])),
                    under=levels.under if levels else None,
                )
            )
    return tuple(found)


def _aged(low: float, high: float) -> Callable[[Scored], bool]:
    return lambda one: one.age is not None and low <= one.age < high
