"""Ranged findings as noisy-MAX ladders: severity on the low side and on the high side (inference notes, section 3).

The low ladder is decided first: with F_j = P(low severity <= j), P(low range j) = F_j - F_(j-1). Given not low, the
high ladder does the same with G_k, so P(high range k) = F_0 (G_k - G_(k-1)) and P(normal) = F_0 G_0. Each condition
present multiplies F_j by phi_j = min(1, F_j(d) / F_j(background)), made monotone, and so for G. All ranges add up to
1 for every set of conditions, and every range is a difference of at most two product forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RangeForms:
    """Forms of one finding; range r has probability weight[r] * (form[up[r]] - form[down[r]]), down -1 = nothing."""

    levels: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    base: tuple[float, ...]
    up: list[int]
    down: list[int]
    weight: list[float]
    background: list[float]

    def phi(self, shares: Sequence[float]) -> list[float]:
        """Factor of each form for a condition with these shares over the ranges (1 = does nothing)."""
        low = _ratios(self._cumulative(shares, self.low), self._cumulative(self.base, self.low))
        high = _ratios(self._conditional(shares), self._conditional(self.base))
        first = low[0] if low else 1.0
        return [1.0, *low, *(first * x for x in high)]

    def _cumulative(self, shares: Sequence[float], ladder: tuple[int, ...]) -> list[float]:
        """P(severity <= j) for j = 0 .. last - 1."""
        return [1 - sum(_mass(self.levels, shares, level) for level in ladder[j:]) for j in range(len(ladder))]

    def _conditional(self, shares: Sequence[float]) -> list[float]:
        not_low = 1 - sum(_mass(self.levels, shares, level) for level in self.low)
        return [1 - (1 - x) / not_low for x in self._cumulative(shares, self.high)]


def range_forms(levels: Sequence[int], base: Sequence[float]) -> RangeForms:
    """Ladders for ranges with these levels (0 normal) and background shares."""
    if 0 not in levels:
        raise ValueError("a ranged finding needs a range of level 0")
    low = tuple(sorted({x for x in levels if x < 0}, reverse=True))
    high = tuple(sorted({x for x in levels if x > 0}))
    draft = RangeForms(tuple(levels), low, high, tuple(base), [], [], [], [])
    low_bg, high_bg = draft._cumulative(base, low), draft._conditional(base)
    first = low_bg[0] if low_bg else 1.0
    draft.background.extend([1.0, *low_bg, *(first * x for x in high_bg)])
    for level, share in zip(levels, base, strict=True):
        up, down = _ends(level, low, high)
        draft.up.append(up)
        draft.down.append(down)
        draft.weight.append(share / _mass(levels, base, level))
    return draft


def _ends(level: int, low: tuple[int, ...], high: tuple[int, ...]) -> tuple[int, int]:
    """Local forms whose difference is this level. Form 0 = 1; 1..J = F_0..F_(J-1); then F_0 G_0 .. F_0 G_(K-1)."""
    lows, highs = len(low), len(high)
    not_low = 1 if lows else 0
    if level == 0:
        return (1 + lows if highs else not_low), -1
    if level < 0:
        j = low.index(level) + 1
        return (0 if j == lows else 1 + j), j
    k = high.index(level) + 1
    return (not_low if k == highs else 1 + lows + k), lows + k


def _mass(levels: Sequence[int], shares: Sequence[float], level: int) -> float:
    return sum(share for here, share in zip(levels, shares, strict=True) if here == level)


def _ratios(numerator: Sequence[float], denominator: Sequence[float]) -> list[float]:
    ratios = [max(min(1.0, a / b), 1e-9) for a, b in zip(numerator, denominator, strict=True)]
    for j in range(len(ratios) - 2, -1, -1):
        ratios[j] = min(ratios[j], ratios[j + 1])
    return ratios
