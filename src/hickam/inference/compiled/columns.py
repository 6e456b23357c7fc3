"""Conditions that stand alone, over the signed terms of one row (``kernel``, ``terms``).

A condition needs the terms of the items up to the last one that touches it; level j holds what needs the first j items,
2^j terms. The levels are put together once, and summed apart again for the conditions' chances.
"""

from __future__ import annotations

from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Row, Terms
from hickam.inference.flat import Shape
from hickam.inference.layout import Bools, Floats, Ints


@compiled
def put_in_order(row: Row, i: int, m: int) -> None:
    """Item i among the m items before it, the one on which most hangs first."""
    at = m
    while at > 0 and row.weight[row.two[at - 1]] < row.weight[i]:
        row.two[at] = row.two[at - 1]
        at -= 1
    row.two[at] = i


@compiled
def column(start: float, d: int, level: int, row: Row, x: Floats) -> None:
    """Start times the factor of one condition in 2^level terms (bit j set: the minus form of item j)."""
    x[0] = start
    for j in range(level):
        i, size = row.two[j], 1 << j
        phi = row.phi_minus[i, d]
        for t in range(size):
            x[size + t] = x[t] * phi
        if row.moved[i]:
            phi = row.phi_plus[i, d]
            for t in range(size):
                x[t] *= phi


@compiled
def weigh_columns(shape: Shape, row: Row, terms: Terms, m: int) -> int:
    """R of every condition; products and causal rates of every level. Lists the conditions that items touch; returns
    their number."""
    terms.fac[: 2 << m] = 1.0
    terms.y[: 2 << m] = 0.0
    fac, y = _untouched(shape.block, shape.cause_only, row.level, row.pi, row.x0, row.q, terms.share)
    terms.fac[1], terms.y[1] = fac, y
    count = _list_touched(shape, row, m, terms)
    for c in range(count):
        d = terms.listed[c]
        pi, q, level = row.pi[d], row.q[d], row.level[d]
        size = 1 << level
        R = terms.R[d, :size]
        column(pi * row.x0[d], d, level, row, R)
        if shape.cause_only[d]:
            _add(q, R, terms.y[size : 2 * size])
        else:
            _normalise(q, 1 - pi, R, terms.fac[size : 2 * size], terms.y[size : 2 * size])
    return count


@compiled
def _list_touched(shape: Shape, row: Row, m: int, terms: Terms) -> int:
    """Conditions outside blocks that items touch, by level, so that loops of one length follow each other; a branch
    on what cannot be foreseen costs more than the arithmetic. Returns their number."""
    count, found, start = 0, terms.found, terms.start
    for d in range(len(row.level)):
        found[count] = d
        count += (row.level[d] > 0) & (shape.block[d] < 0)
    start[: m + 2] = 0
    for c in range(count):
        start[row.level[found[c]] + 1] += 1
    for level in range(1, m + 1):
        start[level + 1] += start[level]
    for c in range(count):
        level = row.level[found[c]]
        terms.listed[start[level]] = found[c]
        start[level] += 1
    return count


@compiled
def _untouched(
    block: Ints, cause_only: Bools, level: Ints, pi: Floats, x0: Floats, q: Floats, share: Floats
) -> tuple[float, float]:
    """Shares of all conditions as if no item touched them; product and causal rate of those that none does."""
    fac, y = 1.0, 0.0
    for d in range(len(pi)):
        top = pi[d] * x0[d]
        own = 1.0 if cause_only[d] else top + (1 - pi[d])
        share[d] = top / own
        alone = (block[d] < 0) & (level[d] == 0)
        fac *= own if alone else 1.0
        y += q[d] * share[d] if alone else 0.0
    return fac, y


@compiled
def _add(q: float, R: Floats, y: Floats) -> None:
    for t in range(len(R)):
        y[t] += q * R[t]


@compiled
def _normalise(q: float, rest: float, R: Floats, fac: Floats, y: Floats) -> None:
    for t in range(len(R)):
        own = R[t] + rest
        share = R[t] / own
        R[t] = share
        fac[t] *= own
        y[t] += q * share


@compiled
def put_together(row: Row, terms: Terms, m: int, known: float) -> tuple[float, float, float]:
    """Signed weights s and causal rates y of all terms, then their sums for every level.

    Returns Z = s . y, sum of s, and sum of absolute s y."""
    fac, y, s, sy = terms.fac, terms.y, terms.s, terms.sy
    y[1] += known
    for j in range(m):
        size = 1 << j
        for t in range(size):
            fac[2 * size + t] *= fac[size + t]
            y[2 * size + t] += y[size + t]
        for t in range(size):
            fac[3 * size + t] *= fac[size + t]
            y[3 * size + t] += y[size + t]
    most = 1 << m
    s[most] = 1.0
    for j in range(m):
        size, plus, minus = 1 << j, row.plus[row.two[j]], -row.minus[row.two[j]]
        for t in range(most, most + size):
            s[size + t] = s[t] * minus
            s[t] *= plus
    z = total = absolute = 0.0
    for t in range(most, 2 * most):
        s[t] *= fac[t]
        sy[t] = s[t] * y[t]
        z += sy[t]
        total += s[t]
        absolute += abs(sy[t])
    for j in range(m - 1, -1, -1):
        size = 1 << j
        for t in range(size, 2 * size):
            s[t] = s[size + t] + s[2 * size + t]
            sy[t] = sy[size + t] + sy[2 * size + t]
    return z, total, absolute


@compiled
def marginals(shape: Shape, row: Row, terms: Terms, count: int, z: float, cause: Floats, present: Floats) -> None:
    """P(cause) and P(present) of every condition outside blocks; ``count`` as ``weigh_columns`` gave it."""
    _untouched_marginals(shape.cause_only, row.q, terms.share, terms.s[1] / z, cause, present)
    one = 1 / z
    for c in range(count):
        d = terms.listed[c]
        q, size = row.q[d], 1 << row.level[d]
        u, v, w = _weighed(terms.R[d, :size], terms.s[size : 2 * size], terms.sy[size : 2 * size])
        cause[d] = unit(q * u * one)
        present[d] = cause[d] if shape.cause_only[d] else unit((v + q * (u - w)) * one)


@compiled
def _untouched_marginals(
    cause_only: Bools, q: Floats, share: Floats, total: float, cause: Floats, present: Floats
) -> None:
    for d in range(len(q)):
        caused = q[d] * share[d] * total
        cause[d] = unit(caused)
        present[d] = unit(caused if cause_only[d] else share[d] + (1 - share[d]) * caused)


@compiled
def _weighed(R: Floats, s: Floats, sy: Floats) -> tuple[float, float, float]:
    """Sums of s R, s y R and s R^2."""
    u = v = w = 0.0
    for t in range(len(R)):
        part = s[t] * R[t]
        u += part
        v += sy[t] * R[t]
        w += part * R[t]
    return u, v, w


@compiled
def unit(p: float) -> float:
    """Rounding kept within 0 and 1."""
    return min(max(p, 0.0), 1.0)
