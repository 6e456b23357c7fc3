"""Many hypothetical answers at once: the kernel's table for one case, and what each answer changes in it.

A *form* is a product over conditions (an absent finding; one end of a range; a changed prior; a condition taken as
present). Its unnormalised masses follow from the case's tables by touching only the rows it names. An outcome is a
weighted difference of two forms: present = everything - absent. So hundreds of findings need no kernel call each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hickam.inference.kernel import Expanded, Problem, expand, plan_for
from hickam.inference.layout import Floats, Ints
from hickam.inference.priors import bits
from hickam.inference.query import Query
from hickam.inference.terms import TINY, Plan, product_table

FORMS = 500
"""Usual number of forms: tiers are cut for tables so wide."""


@dataclass(frozen=True, eq=False)
class Entries:
    """What forms touch: entry e multiplies ``scale`` into column ``column`` of form ``form``; ``rest`` [E] is then the
    weight of that condition's absence (1 - pi; ignored in blocks).

    Entries are sorted by form, one for each (form, column). ``changed``: block, forms that change its state
    probabilities, and to what [forms, 2^k]. ``start`` [forms] constants.
    """

    start: Floats
    form: Ints
    column: Ints
    scale: Floats
    rest: Floats
    changed: tuple[tuple[int, Ints, Floats], ...]


@dataclass(frozen=True, eq=False)
class Unnormalised:
    """Masses of each form: ``z`` [F], ``cause`` [F, C + K + 1] (columns, known, unexplained), ``present`` [F, C]."""

    z: Floats
    cause: Floats
    present: Floats


@dataclass(frozen=True, eq=False)
class Tables:
    """One case expanded: for each tier ``factors`` [rows, terms] of the items alone and ``total`` [rows, terms], the
    normaliser of each row's condition (1 for cause-only ones) or block."""

    query: Query
    problem: Problem
    plan: Plan
    expanded: Expanded
    factors: tuple[Floats, ...]
    total: tuple[Floats, ...]


def tables_of(query: Query, problem: Problem) -> Tables:
    """Expand one case for many forms."""
    plan = plan_for(problem, FORMS)
    expanded = expand(problem, plan)
    rows, factors, totals = expanded.rows, [], []
    for tier in plan.tiers:
        plus = None if rows.plus is None else rows.plus[: tier.size, tier.rows]
        x = product_table(np.ones((len(tier.rows), 1)), rows.minus[: tier.size, tier.rows], plus, 1)[..., 0]
        total = rows.start[tier.rows] * x
        total[: tier.singles] += rows.rest[tier.rows[: tier.singles]]
        total[tier.singles : tier.outside] = 1
        total[tier.outside :] = tier.by_block(total[tier.outside :])[tier.unit]
        factors.append(x)
        totals.append(total)
    return Tables(query, problem, plan, expanded, tuple(factors), tuple(totals))


def evaluate(tables: Tables, entries: Entries) -> Unnormalised:
    """Unnormalised masses of all forms."""
    plan, expanded, problem = tables.plan, tables.expanded, tables.problem
    count = len(entries.start)
    parts = []
    weight, y = np.ones((count, 1)), np.zeros((count, 1))
    for k, tier in enumerate(plan.tiers):
        alone = _Alone(tables, entries, k)
        families = [_Family(tables, entries, k, unit) for unit in range(len(tier.starts))]
        ratio, shift = alone.change(count, 1 << tier.size)
        for family in families:
            family.change(ratio, shift)
        weight, y = _spread(weight, ratio, np.multiply), _spread(y, shift, np.add)
        parts.append((alone, families))
    weight *= expanded.s[:, 0]
    sy = weight * (y + expanded.y[:, 0])
    z, total = sy.sum(axis=1), weight.sum(axis=1)[:, None]
    width = len(problem.q[0])
    masses = _Masses(np.empty((count, width)), np.empty((count, width)))
    for tier, (alone, families) in zip(reversed(plan.tiers), reversed(parts), strict=True):
        weight, sy = _gathered(weight, tier.size), _gathered(sy, tier.size)
        alone.collect(weight, sy, masses)
        for family in families:
            family.collect(weight, sy, problem.q[0], masses)
    start = entries.start[:, None]
    cause = np.concatenate([masses.cause, total * problem.fact_q, total * problem.q0], axis=1)
    return Unnormalised(z * entries.start, cause * start, masses.present * start)


def _spread(low: Floats, high: Floats, combine: np.ufunc) -> Floats:
    """Values over the first items combined with values over more of them. [F, terms of high]"""
    wide = combine(low[:, None], high.reshape(len(low), -1, low.shape[1]))
    return np.asarray(wide).reshape(high.shape)


def _gathered(values: Floats, size: int) -> Floats:
    """Sum over the terms that agree in the first items. [F, 2^size]"""
    if values.shape[1] == 1 << size:
        return values
    return np.asarray(values.reshape(len(values), -1, 1 << size).sum(axis=1))


@dataclass(frozen=True, eq=False)
class _Masses:
    """Results being filled in: ``cause``, ``present`` [F, C]."""

    cause: Floats
    present: Floats


class _Alone:
    """Columns of one tier outside blocks: as they are, and the entries that change them (E of them)."""

    def __init__(self, tables: Tables, entries: Entries, k: int) -> None:
        rows, tier, layer = tables.expanded.rows, tables.plan.tiers[k], tables.expanded.layers[k]
        self.columns = tier.rows[: tier.outside]
        self.only = np.arange(tier.outside) >= tier.singles
        self.R, self.rate = layer.R[: tier.outside, :, 0], rows.rate[self.columns, 0]
        self.own = self.R * self.R * self.rate[:, None]
        place = np.full(tables.problem.q.shape[1], -1)
        place[self.columns] = np.arange(tier.outside)
        use = np.flatnonzero(place[entries.column] >= 0)
        self.form, self.at = entries.form[use], place[entries.column[use]]
        start = rows.start[entries.column[use], 0] * entries.scale[use]
        x = tables.factors[k][self.at] * start[:, None]
        normal = np.where(self.only[self.at, None], 1.0, x + entries.rest[use, None])
        self.ratio = normal / tables.total[k][self.at]
        self.new = x / normal

    def change(self, forms: int, terms: int) -> tuple[Floats, Floats]:
        """Factor on the weight and shift of y of every form. [F, terms] each"""
        ratio, shift = np.ones((forms, terms)), np.zeros((forms, terms))
        starts = np.flatnonzero(np.diff(self.form, prepend=-1))
        if len(starts):
            moved = (self.new - self.R[self.at]) * self.rate[self.at, None]
            ratio[self.form[starts]] = np.multiply.reduceat(self.ratio, starts, axis=0)
            shift[self.form[starts]] = np.add.reduceat(moved, starts, axis=0)
        return ratio, shift

    def collect(self, weight: Floats, sy: Floats, masses: _Masses) -> None:
        """Masses of these columns from the weights of every form."""
        cause = weight @ self.R.T
        cause[self.form, self.at] = np.einsum("es,es->e", weight[self.form], self.new)
        cause *= self.rate
        there = sy @ self.R.T - weight @ self.own.T
        own = self.new * self.rate[self.at, None]
        there[self.form, self.at] = np.einsum("es,es->e", sy[self.form] - weight[self.form] * own, self.new)
        there[:, self.only] = 0
        masses.cause[:, self.columns], masses.present[:, self.columns] = cause, there + cause


class _Family:
    """One block, as it is and under the ``forms`` [f] that touch it.

    ``weights`` [f, 2^k] of its states; row 0 is the case itself. ``total``, ``y`` [f, terms]: normaliser and causal
    rate.
    """

    def __init__(self, tables: Tables, entries: Entries, k: int, unit: int) -> None:
        plan, rows, tier = tables.plan, tables.expanded.rows, tables.plan.tiers[k]
        outside = len(rows.rest)
        inside = np.flatnonzero(tier.unit == unit) + tier.outside
        number = int(plan.states.block[plan.representative[tier.rows[inside[0]] - outside]])
        states, members = plan.states.parts[number]
        self.columns = np.arange(members.start, members.stop) + outside
        self.rate, self.factors = rows.state_rate[states, 0], tables.factors[k][inside]
        self.share = plan.share[states] - plan.share[states.start]
        now = rows.prior[states, 0]
        self.forms, scales = _scales(entries, self.columns)
        x0 = now / np.maximum(tables.problem.states[0, states], TINY)
        changed = [(forms, x0 * prob) for block, forms, prob in entries.changed if block == number]
        self.weights = np.concatenate([now[None], now * scales, *(weights for _, weights in changed)])
        self.forms = np.concatenate([[0], self.forms, *(forms for forms, _ in changed)])
        alike = (self.share[:, None] == np.arange(len(inside))).astype(np.float64)
        self.total = (self.weights @ alike) @ self.factors
        self.y = ((self.weights * self.rate) @ alike) @ self.factors / self.total

    def change(self, ratio: Floats, shift: Floats) -> None:
        """Bring the factor on the weight and the shift of y of every form up to date. [F, terms] each"""
        ratio[self.forms] *= self.total / self.total[0]
        shift[self.forms] += self.y - self.y[0]

    def collect(self, weight: Floats, sy: Floats, q: Floats, masses: _Masses) -> None:
        """Masses of the members from the weights of every form."""
        member = bits(len(self.columns)).astype(np.float64)
        here = self.weights[0, :, None] * member  # untouched forms: what each representative has of each member
        alike = (np.arange(len(self.factors))[:, None] == self.share).astype(np.float64)
        cause, there = self._each(weight, sy, self.total[0], self.y[0])
        present = there @ (alike @ here) + cause @ (alike @ (here * self.rate[:, None]))
        caused = cause @ (alike @ here)
        cause, there = self._each(weight[self.forms], sy[self.forms], self.total, self.y)
        by_state = self.weights * cause[:, self.share]
        caused[self.forms] = by_state @ member
        present[self.forms] = (self.weights * there[:, self.share] + self.rate * by_state) @ member
        masses.cause[:, self.columns], masses.present[:, self.columns] = caused * q[self.columns], present

    def _each(self, weight: Floats, sy: Floats, total: Floats, y: Floats) -> tuple[Floats, Floats]:
        """For each representative, before its own weight: s / total, and s (y - own) / total. [., r]"""
        part = weight / total
        return part @ self.factors.T, (sy / total - part * y) @ self.factors.T


def _scales(entries: Entries, columns: Ints) -> tuple[Ints, Floats]:
    """Forms that touch members of a block, and the product over the members present in each state. [f], [f, 2^k]"""
    inside = np.flatnonzero((entries.column >= columns[0]) & (entries.column <= columns[-1]))
    form, member = entries.form[inside], entries.column[inside] - columns[0]
    row = np.cumsum(np.diff(form, prepend=-1) != 0) - 1
    scale = np.ones((row.max(initial=-1) + 1, len(columns)))
    scale[row, member] = entries.scale[inside]
    table = np.ones((len(scale), 1 << len(columns)))
    for i in range(len(columns)):
        np.multiply(table[:, : 1 << i], scale[:, i, None], out=table[:, 1 << i : 2 << i])
    return form[np.flatnonzero(np.diff(form, prepend=-1))], table
