"""P(cause) given only some of a case's findings, for hundreds of sets of findings from a few tables.

A positive finding that is left out of a set never takes its minus form: the set keeps those of the case's signed terms
in which only findings of the set do. The chance of a condition within a term is the same for all sets that agree in
what enters every term (absent findings, ranges); so such sets share one table, and each is a vector of weights over
its terms. Findings of the episode weigh causes and are in no term at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hickam.inference.kernel import CHUNK, Expanded, Problem, expand, part_of, plan_for
from hickam.inference.layout import Bools, Floats, Ints
from hickam.inference.terms import TINY, Plan, Rows, gathered_terms


class Masses(NamedTuple):
    """Of P patterns. ``cause`` [P, C]: mass of each column as the cause, before its rate q; ``total`` [P]: weight of
    all terms. ``most`` [P, C] and ``positive`` [P]: what they could at most be were no weight negative, from which
    rounding is judged."""

    cause: Floats
    total: Floats
    most: Floats
    positive: Floats


def masses_of(problem: Problem, row: Ints, held: Bools) -> Masses:
    """Pattern p is row ``row[p]`` of the problem (ascending) with only the two-term items ``held[p]`` [P, m]."""
    plan = plan_for(problem)
    minus = held[:, plan.order] @ (1 << np.arange(len(plan.order)))
    kept = (np.arange(1 << len(plan.order)) & ~minus[:, None]) == 0
    step = max(1, CHUNK // max(1, plan.elements))
    parts = []
    for first in range(0, int(row[-1]) + 1, step):
        here = slice(*np.searchsorted(row, [first, first + step]).tolist())
        table = expand(part_of(problem, slice(first, first + step)), plan)
        parts.append(_of_table(plan, table, row[here] - first, kept[here]))
    return Masses(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _of_table(plan: Plan, table: Expanded, row: Ints, kept: Bools) -> Masses:
    """The same for rows whose tables are there."""
    weights = table.s.T[row] * kept
    total, positive = weights.sum(axis=1), np.abs(weights).sum(axis=1)
    ends = np.searchsorted(row, np.arange(table.s.shape[1] + 1)).tolist()
    u, most = np.empty((len(table.rows.start), len(row))), np.empty((len(table.rows.start), len(ends) - 1))
    for tier, layer in zip(plan.tiers, table.layers, strict=True):
        low, chances = gathered_terms(weights.T, tier.size), np.ascontiguousarray(layer.R.transpose(2, 0, 1))
        here = [one @ low[:, a:b] for one, a, b in zip(chances, ends[:-1], ends[1:], strict=True)]
        u[tier.rows] = np.concatenate(here, axis=1)
        most[tier.rows] = chances.max(axis=2).T
    bound = _by_column(plan, table.rows, most, np.arange(len(ends) - 1)).T[row] * positive[:, None]
    return Masses(_by_column(plan, table.rows, u, row).T, total, bound, positive)


def _by_column(plan: Plan, rows: Rows, u: Floats, row: Ints) -> Floats:
    """From table rows to columns: a member of a block has its part of every state that it is in. [C, P]"""
    outside = len(rows.rest)
    if not len(plan.share):
        return u
    part = rows.prior / np.maximum(rows.start[outside:], TINY)[plan.share]
    members = plan.states.by_member(part[:, row] * u[outside:][plan.share])
    return np.concatenate([u[:outside], members])
