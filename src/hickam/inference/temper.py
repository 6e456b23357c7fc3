"""Correlated findings: exponents on link parameters within a correlation group (inference notes, section 2)."""

from __future__ import annotations

import numpy as np

from hickam.inference.layout import Floats, Ints

NEUTRAL = 1e-9
"""A log likelihood ratio this small is rounding: the finding says nothing of the condition and counts as no member."""


def exponents(logs: Floats, phi: float) -> Floats:
    """Exponent of each finding for each condition: [members, n] from the log likelihood ratios [members, n].

    Per condition, positive members sorted down and negative members sorted up have cumulative sums CP and CN;
    v(a, b) = (CP_a + CN_b) / (1 + (a + b - 1) phi); (a*, b*) = argmin_b argmax_a v. The kept members get
    1 / (1 + (a* + b* - 1) phi), the others 0. Plain tempering of all members is not monotone: a weak supporting
    finding would take away from the strong ones more than it brings.
    """
    logs = np.where(np.abs(logs) < NEUTRAL, 0.0, logs)
    members, n = logs.shape
    down, positives, high = _ladder(np.maximum(logs, 0.0))
    up, negatives, low = _ladder(np.maximum(-logs, 0.0))
    count = np.arange(members + 1)
    size = np.maximum(count[:, None] + count[None, :] - 1, 0) * phi + 1  # [a, b]
    v = (high[:, None, :] - low[None, :, :]) / size[:, :, None]
    v = np.where(count[:, None, None] <= positives, v, -np.inf)
    best_a = v.argmax(axis=0)  # [b, n]
    top = np.where(count[:, None] <= negatives, v.max(axis=0), np.inf)
    b = top.argmin(axis=0)
    a = best_a[b, np.arange(n)]
    alpha = 1 / (1 + np.maximum(a + b - 1, 0) * phi)
    kept = ((logs > 0) & (down < a)) | ((logs < 0) & (up < b))
    result: Floats = np.where(kept, alpha, np.where(logs == 0, 1.0, 0.0))
    return result


def _ladder(strength: Floats) -> tuple[Ints, Ints, Floats]:
    """Rank of each member (0 = strongest), number of members above 0, cumulative sums [members + 1, n]."""
    order = np.argsort(-strength, axis=0, kind="stable")
    rank: Ints = np.empty(order.shape, dtype=np.int64)
    np.put_along_axis(rank, order, np.arange(len(strength))[:, None], axis=0)
    total = np.zeros((len(strength) + 1, strength.shape[1]))
    np.cumsum(np.take_along_axis(strength, order, axis=0), axis=0, out=total[1:])
    count: Ints = (strength > 0).sum(axis=0)
    return rank, count, total
