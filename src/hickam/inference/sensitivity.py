"""How far one number of the pack would have to move until another cause is as likely as the leading one.

One number at a time, everything else as it is, and exact: the number is changed in the compiled network and the whole
posterior worked out again, correlation groups, blocks and the unexplained share included. A probability moves on the
logit scale (all age bands of a prior or background together), an odds ratio on the log scale; these are the scales of
its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from hickam.inference.kernel import posterior
from hickam.inference.layout import CATEGORICAL, RANGED, Floats, Network
from hickam.inference.query import build_query
from hickam.inference.reading import CaseView, read_case
from hickam.model.case import Case

Kind = Literal["prior", "consulting", "finding", "background", "risk"]
FAR = 5.0
"""Spreads (standard deviations on the number's own scale) beyond which a move is not looked for."""
Z90 = 1.645
CLOSE = 1e-9
STEPS = 40
STRAIGHT = 12
"""Steps by secant before halving."""


@dataclass(frozen=True)
class Number:
    """One uncertain number: what it is about, its value in this case, and its spread on its own scale."""

    kind: Kind
    condition: str
    finding: str
    value: float
    sigma: float


@dataclass(frozen=True)
class Crossing:
    """``needed``: the value at which both causes are equally likely; ``low`` to ``high`` its 90 % interval."""

    number: Number
    needed: float
    low: float
    high: float

    @property
    def within(self) -> bool:
        """Whether the interval of the number reaches that far."""
        return self.low <= self.needed <= self.high

    @property
    def distance(self) -> float:
        """How many spreads away; infinite for a number without spread."""
        moved = abs(_scale(self.needed, self.number.kind) - _scale(self.number.value, self.number.kind))
        return moved / self.number.sigma if self.number.sigma > 0 else math.inf


Changed = Callable[[float], Network]


def crossings(network: Network, case: Case, leader: str, rival: str) -> list[Crossing]:
    """Numbers of the two conditions that by themselves make them equally likely within FAR spreads, nearest first."""
    view = read_case(network, case)
    pair = network.condition_index[leader], network.condition_index[rival]
    start, found = _log_odds(network, view, pair), []
    for number, changed in _numbers(network, view, pair):
        reach = FAR * number.sigma
        shift = _root(lambda t, changed=changed: _log_odds(changed(t), view, pair), start, reach)  # type: ignore[misc]
        if shift is not None:
            found.append(
                Crossing(
                    number=number,
                    needed=_moved(number, shift),
                    low=_moved(number, -Z90 * number.sigma),
                    high=_moved(number, Z90 * number.sigma),
                )
            )
    return sorted(found, key=lambda c: (c.distance, c.number.kind, c.number.finding, c.number.condition))


def number_count(network: Network, case: Case, leader: str, rival: str) -> int:
    """How many numbers of the two conditions this case uses."""
    pair = network.condition_index[leader], network.condition_index[rival]
    return len(_numbers(network, read_case(network, case), pair))


def log_odds(network: Network, case: Case, leader: str, rival: str) -> float:
    """ln of P(cause leader) / P(cause rival)."""
    pair = network.condition_index[leader], network.condition_index[rival]
    return _log_odds(network, read_case(network, case), pair)


def moved_network(network: Network, case: Case, number: Number, value: float) -> Network:
    """The network with one number at another value. Raises ValueError when the case does not use the number."""
    pair = network.condition_index[number.condition], network.condition_index[number.condition]
    for found, changed in _numbers(network, read_case(network, case), pair):
        if (found.kind, found.condition, found.finding) == (number.kind, number.condition, number.finding):
            return changed(_scale(value, number.kind) - _scale(found.value, number.kind))
    raise ValueError(f"the case does not use the number {number}")


def _log_odds(network: Network, view: CaseView, pair: tuple[int, int]) -> float:
    cause = posterior(build_query(network, view)).cause
    return math.log(max(cause[pair[0]], 1e-300)) - math.log(max(cause[pair[1]], 1e-300))


def _root(gap: Callable[[float], float], start: float, reach: float) -> float | None:
    """Shift at which the gap changes its sign, the one nearer to no shift; None when neither direction reaches it.

    Regula falsi with the Illinois step, since the gap is nearly linear in the shift; then halving, for the jumps that
    the exponents of a correlation group make when a finding begins to argue the other way.
    """
    found = []
    for end in (-reach, reach):
        a, fa, b, fb = 0.0, start, end, gap(end)
        if fa * fb > 0:
            continue
        for step in range(STEPS):
            slope = fb != fa and step < STRAIGHT
            middle = b - fb * (b - a) / (fb - fa) if slope else (a + b) / 2
            fm = gap(middle)
            if abs(fm) < CLOSE:
                b = middle
                break
            if fm * fb < 0:
                a, fa = b, fb
            elif slope:
                fa /= 2
            b, fb = middle, fm
        found.append(b)
    return min(found, key=abs, default=None)


def _numbers(network: Network, view: CaseView, pair: tuple[int, int]) -> list[tuple[Number, Changed]]:
    """The numbers of two conditions that this case uses, each with the network it makes when shifted."""
    found: list[tuple[Number, Changed]] = []
    for c in dict.fromkeys(pair):
        name = network.conditions[c]
        if c not in view.facts and network.exposure[c] < 0:
            value = float(view.weights @ network.prior[view.strata, c])
            sigma = float(view.weights @ network.prior_sigma[view.strata, c])
            found.append((Number("prior", name, "", value, sigma), _entry(network, "prior", (slice(None), c))))
        kappa = float(network.kappa[view.complaint, c])
        sigma = float(network.kappa_sigma[view.complaint, c])
        found.append((Number("consulting", name, "", kappa, sigma), _entry(network, "kappa", (view.complaint, c))))
        for row in np.flatnonzero(network.mod_condition == c).tolist():
            factor = int(network.mod_factor[row])
            if factor in view.risk and c not in view.facts:
                ratio = math.exp(float(network.mod_log_or[row]))
                number = Number("risk", name, network.findings[factor], ratio, float(network.mod_sigma[row]))
                found.append((number, _log_entry(network, row)))
    return found + _finding_numbers(network, view, pair)


def _finding_numbers(network: Network, view: CaseView, pair: tuple[int, int]) -> list[tuple[Number, Changed]]:
    """P(finding | condition) of everything seen; backgrounds where at least one of the two says nothing of its own."""
    found: list[tuple[Number, Changed]] = []
    for seen in view.seen:
        f, name = seen.finding, network.findings[seen.finding]
        if network.kind[f] == RANGED:
            continue
        categorical = network.kind[f] == CATEGORICAL
        ptr, condition = (
            (network.row_ptr, network.row_condition) if categorical else (network.link_ptr, network.link_condition)
        )
        rows = {int(condition[i]): i for i in range(int(ptr[f]), int(ptr[f + 1]))}
        for c in dict.fromkeys(pair):
            row = rows.get(c)
            if row is None:
                continue
            owner = network.conditions[c]
            if categorical and seen.values is not None:
                at = int(network.row_share[row]) + np.arange(len(seen.values))
                value = float(network.share[at[seen.values]].sum())
                sigma = float(network.row_sigma[row])
                if 0 < value < 1:
                    found.append((Number("finding", owner, name, value, sigma), _shares(network, at, seen.values)))
            elif not categorical:
                value, sigma = float(network.link_value[row]), float(network.link_sigma[row])
                found.append((Number("finding", owner, name, value, sigma), _entry(network, "link_value", row)))
        if not categorical and any(c not in rows for c in pair):
            value = float(view.weights @ network.background[view.strata, f])
            sigma = float(view.weights @ network.background_sigma[view.strata, f])
            found.append(
                (Number("background", "", name, value, sigma), _entry(network, "background", (slice(None), f)))
            )
    return [(number, changed) for number, changed in found if 0 < number.value < 1]


def _entry(network: Network, field: str, index: Any) -> Changed:
    """Shift probabilities of one array on the logit scale."""

    def changed(t: float) -> Network:
        values = np.array(getattr(network, field))
        values[index] = _shift(values[index], t)
        change: dict[str, Any] = {field: values}
        return replace(network, **change)

    return changed


def _log_entry(network: Network, row: int) -> Changed:
    def changed(t: float) -> Network:
        values = np.array(network.mod_log_or)
        values[row] += t
        return replace(network, mod_log_or=values)

    return changed


def _shares(network: Network, at: Any, chosen: Any) -> Changed:
    """Shift the share of the values that fit; the others keep their proportions."""

    def changed(t: float) -> Network:
        values = np.array(network.share)
        inside, outside = at[chosen], at[~chosen]
        old = values[inside].sum()
        new = float(_shift(np.array(old), t))
        values[inside] *= new / old
        values[outside] *= (1 - new) / (1 - old)
        return replace(network, share=values)

    return changed


def _shift(p: Any, t: float) -> Floats:
    odds = np.exp(t) * p
    result: Floats = odds / (odds + (1 - p))
    return result


def _scale(value: float, kind: Kind) -> float:
    return math.log(value) if kind == "risk" else math.log(value) - math.log1p(-value)


def _moved(number: Number, t: float) -> float:
    if number.kind == "risk":
        return number.value * math.exp(t)
    return float(_shift(np.array(number.value), t))
