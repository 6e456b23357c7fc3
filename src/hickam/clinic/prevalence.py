"""Population prior of each condition at one age and sex, for the rare tier."""

from __future__ import annotations

from hickam.model.case import Case
from hickam.model.numbers import Number
from hickam.model.pack import Pack


def prevalence(pack: Pack, case: Case, condition: str) -> float:
    """Probability of having the condition (acute: within the window), averaged over an unknown age or sex."""
    item = pack.conditions[condition]
    if item.prior is not None:
        value = _mean(pack, item.prior.rows, case)
        return value * pack.manifest.window_days / 365 if item.prior.measure == "incidence_per_year" else value
    if item.exposure is not None:
        return _mean(pack, pack.findings[item.exposure.factor].background, case) * item.exposure.share.best
    return 0.0


def _mean(pack: Pack, rows: tuple[Number, ...], case: Case) -> float:
    total = weight = 0.0
    for visit in pack.manifest.visits:
        if case.sex not in (None, visit.sex) or (
            case.age is not None and not visit.age[0] <= case.age < visit.age[1] + 1
        ):
            continue
        age = case.age if case.age is not None else sum(visit.age) / 2
        row = next((row for row in rows if row.applies(age, visit.sex)), None)
        total += visit.share * (row.best if row else 0.0)
        weight += visit.share
    return total / weight if weight else 0.0
