"""Many hypothetical answers at once: the kernel's table for one case, and what each answer changes in it.

A *form* is a product over conditions (an absent finding; one end of a range; a changed prior; a condition taken as
present). Its unnormalised masses follow from the case's tables by touching only the rows it names. An outcome is a
weighted difference of two forms: present = everything - absent. So hundreds of findings need no kernel call each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hickam.inference.kernel import Expanded, Problem, expand, plan_for
from hickam.inference.layout import Floats, Ints
from hickam.inference.priors import bits
from hickam.inference.query import Query
from hickam.inference.terms import TINY, Plan, product_table

FORMS = 30
"""Tiers are cut as for so many rows: there are hundreds of forms, but few reach the tiers of many terms. Measured."""


@dataclass(frozen=True, eq=False)
class Entries:
    """What forms touch: entry e multiplies ``scale`` into column ``column`` of form ``form``; ``rest`` [E] is then the
    weight of that condition's absence (1 - pi; ignored in blocks). One entry for each (form, column), in any order.

    ``changed``: block, forms that change its state probabilities, and to what [forms, 2^k]. ``start`` [forms] factors.
    """

    start: Floats
    form: Ints
    column: Ints
    scale: Floats
    rest: Floats
    changed: tuple[tuple[int, Ints, Floats], ...]

    def taken(self, at: Ints) -> Entries:
        """Some entries, in this order."""
        return replace(self, form=self.form[at], column=self.column[at], scale=self.scale[at], rest=self.rest[at])


@dataclass(frozen=True, eq=False)
class Unnormalised:
    """Masses of each form: ``z`` [F], ``cause`` [F, C + K + 1] (columns, known, unexplained), ``present`` [F, C]."""

    z: Floats
    cause: Floats
    present: Floats


@dataclass(frozen=True, eq=False)
class Tables:
    """One case expanded: for each tier ``factors`` [rows, terms] of the items alone and ``total`` [rows, terms], the
    normaliser of each row's condition (1 for cause-only ones) or block. ``tier_of`` [C]: number of a column's tier."""

    query: Query
    problem: Problem
    plan: Plan
    expanded: Expanded
    factors: tuple[Floats, ...]
    total: tuple[Floats, ...]
    tier_of: Ints


def tables_of(query: Query, problem: Problem) -> Tables:
    """Expand one case for many forms."""
    plan = plan_for(problem, FORMS)
    expanded = expand(problem, plan)
    rows, factors, totals = expanded.rows, [], []
    outside, tier_of = len(expanded.rows.rest), np.zeros(len(expanded.rows.rate), dtype=np.int64)
    for k, tier in enumerate(plan.tiers):
        tier_of[tier.rows] = k
        plus = None if rows.plus is None else rows.plus[: tier.size, tier.rows]
        x = product_table(np.ones((len(tier.rows), 1)), rows.minus[: tier.size, tier.rows], plus, 1)[..., 0]
        total = rows.start[tier.rows] * x
        total[: tier.singles] += rows.rest[tier.rows[: tier.singles]]
        total[tier.singles : tier.outside] = 1
        total[tier.outside :] = tier.by_block(total[tier.outside :])[tier.unit]
        factors.append(x)
        totals.append(total)
    first = np.flatnonzero(plan.states.local[plan.representative] == 0)
    of_members = np.repeat(tier_of[outside + first], np.array(problem.columns.sizes, dtype=np.int64))
    tier_of = np.concatenate([tier_of[:outside], of_members])
    return Tables(query, problem, plan, expanded, tuple(factors), tuple(totals), tier_of)


def evaluate(tables: Tables, entries: Entries) -> Unnormalised:
    """Unnormalised masses of all forms. A form is worked out over the items up to the last that concerns what it
    touches; of conditions that need more, sums over the further items serve all forms. So most forms have few terms."""
    order, active, sorted_entries = _by_reach(tables, entries)
    layers = [_Layer(tables, sorted_entries, k) for k in range(len(tables.plan.tiers))]
    held = []
    weight, shift = entries.start[order][:, None], np.zeros((len(order), 1))
    for layer, count in zip(layers, active, strict=True):
        ratio, moved = layer.change(count)
        weight, shift = _spread(weight[:count], ratio, np.multiply), _spread(shift[:count], moved, np.add)
        held.append((weight, shift))
    place, problem = np.argsort(order), tables.problem
    z, total, cause, present = (part[place] for part in _masses(tables, layers, held))
    return Unnormalised(z, np.concatenate([cause, total * problem.fact_q, total * problem.q0], axis=1), present)


def _by_reach(tables: Tables, entries: Entries) -> tuple[Ints, list[int], Entries]:
    """Forms in the order of the last tier they touch, the last first; how many reach each tier; entries so sorted."""
    plan = tables.plan
    reach = np.zeros(len(entries.start), dtype=np.int64)
    np.maximum.at(reach, entries.form, tables.tier_of[entries.column])
    outside = len(tables.expanded.rows.rest)
    for block, forms, _ in entries.changed:
        reach[forms] = np.maximum(reach[forms], tables.tier_of[outside + plan.states.start[block]])
    order = np.argsort(-reach, kind="stable")
    place = np.argsort(order)
    moved = entries.taken(np.argsort(place[entries.form], kind="stable"))
    changed = tuple((block, place[forms], prob) for block, forms, prob in entries.changed)
    active = np.cumsum(np.bincount(reach, minlength=len(plan.tiers))[::-1])[::-1].tolist()
    return order, active, replace(moved, form=place[moved.form], changed=changed)


def _masses(
    tables: Tables, layers: list[_Layer], held: list[tuple[Floats, Floats]]
) -> tuple[Floats, Floats, Floats, Floats]:
    """z [F], summed weight [F, 1], cause, present [F, C] of the forms in the order of their reach."""
    s = tables.expanded.s.T
    sy = s * tables.expanded.y.T
    width = (len(held[0][0]), tables.problem.q.shape[1])
    cause, present = np.empty(width), np.empty(width)
    w = wy = s[:0]
    above = _Effects(np.zeros(0, dtype=np.int64), w, w, w)
    for layer, (weight, shift) in zip(reversed(layers), reversed(held), strict=True):
        size, before = layer.size, len(w)
        s, sy, w, wy = (_gathered(values, size) for values in (s, sy, w, wy))
        above = above.gathered(size)
        own, shifted = weight[before:], weight[before:] * shift[before:]
        cause[before : len(weight), above.columns] = own @ above.cause.T
        present[before : len(weight), above.columns] = own @ above.weight.T + shifted @ above.rates.T
        w, wy = np.concatenate([w, own * s]), np.concatenate([wy, own * sy + shifted * s])
        here = layer.effects()
        cause[: len(w), here.columns] = w @ here.cause.T
        present[: len(w), here.columns] = wy @ here.rates.T + w @ here.weight.T
        layer.collect(w, wy, cause, present)
        above = above.joined(here, s, sy)
    return wy.sum(axis=1), w.sum(axis=1, keepdims=True), cause, present


def _spread(low: Floats, high: Floats, combine: np.ufunc) -> Floats:
    """Values over the first items combined with values over more of them. [F, terms of high]"""
    wide = combine(low[:, None], high.reshape(len(low), high.shape[1] // low.shape[1], low.shape[1]))
    return np.asarray(wide).reshape(high.shape)


def _gathered(values: Floats, size: int) -> Floats:
    """Sum over the terms that agree in the first items. [F, 2^size]"""
    if values.shape[1] == 1 << size:
        return values
    return np.asarray(values.reshape(len(values), values.shape[1] >> size, 1 << size).sum(axis=1))


@dataclass(frozen=True, eq=False)
class _Effects:
    """What unit weight of a term brings each column [columns, terms]: ``cause`` mass as the cause, ``weight`` mass as
    present, and ``rates`` further mass as present for every unit of the term's causal rate."""

    columns: Ints
    cause: Floats
    rates: Floats
    weight: Floats

    def gathered(self, size: int) -> _Effects:
        """Summed over the terms that agree in the first items."""
        return _Effects(self.columns, *(_gathered(part, size) for part in (self.cause, self.rates, self.weight)))

    def joined(self, other: _Effects, s: Floats, sy: Floats) -> _Effects:
        """With another tier's columns, weighed by the case's own terms."""
        weighed = (s * other.cause, s * other.rates, sy * other.rates + s * other.weight)
        parts = zip((self.cause, self.rates, self.weight), weighed, strict=True)
        return _Effects(np.concatenate([self.columns, other.columns]), *(np.concatenate(pair) for pair in parts))


class _Layer:
    """One tier: what its columns do as they are, and what the entries change."""

    def __init__(self, tables: Tables, entries: Entries, k: int) -> None:
        tier = tables.plan.tiers[k]
        self.size = tier.size
        mine = entries.taken(np.flatnonzero(tables.tier_of[entries.column] == k))
        families = (_Family(tables, mine, k, unit) for unit in range(len(tier.starts)))
        self.parts: list[_Alone | _Family] = [_Alone(tables, mine, k), *families]

    def change(self, forms: int) -> tuple[Floats, Floats]:
        """Factor on the weight and shift of y of the first forms. [forms, terms] each"""
        ratio, shift = np.ones((forms, 1 << self.size)), np.zeros((forms, 1 << self.size))
        for part in self.parts:
            part.change(ratio, shift)
        return ratio, shift

    def effects(self) -> _Effects:
        """Of the columns as they are."""
        parts = [part.effects() for part in self.parts]
        return _Effects(*(np.concatenate([getattr(x, name) for x in parts]) for name in _Effects.__annotations__))

    def collect(self, weight: Floats, sy: Floats, cause: Floats, present: Floats) -> None:
        """Masses of what the entries change, from the weights of the forms that reach this tier."""
        for part in self.parts:
            part.collect(weight, sy, cause, present)


class _Alone:
    """Columns of one tier outside blocks: as they are, and the entries that change them (E of them)."""

    def __init__(self, tables: Tables, entries: Entries, k: int) -> None:
        rows, tier, layer = tables.expanded.rows, tables.plan.tiers[k], tables.expanded.layers[k]
        self.columns = tier.rows[: tier.outside]
        self.R, self.rate = layer.R[: tier.outside, :, 0], rows.rate[self.columns]
        self.with_others = (np.arange(tier.outside) < tier.singles)[:, None]  # a cause-only one is there as the cause
        mine = entries.taken(np.flatnonzero(entries.column < len(rows.rest)))
        self.form, self.column = mine.form, mine.column
        self.at = np.searchsorted(self.columns, mine.column)
        x = tables.factors[k][self.at] * (rows.start[mine.column, 0] * mine.scale)[:, None]
        normal = np.where(self.with_others[self.at], x + mine.rest[:, None], 1.0)
        self.ratio = normal / tables.total[k][self.at]
        self.new = x / normal

    def change(self, ratio: Floats, shift: Floats) -> None:
        """Bring the factor on the weight and the shift of y of every form up to date. [F, terms] each"""
        starts = np.flatnonzero(np.diff(self.form, prepend=-1))
        if len(starts):
            forms, moved = self.form[starts], (self.new - self.R[self.at]) * self.rate[self.at]
            ratio[forms] = np.multiply.reduceat(self.ratio, starts, axis=0)
            shift[forms] = np.add.reduceat(moved, starts, axis=0)

    def effects(self) -> _Effects:
        """Of the columns as they are."""
        there, caused = self.R * self.with_others, self.R * self.rate
        return _Effects(self.columns, caused, there, caused * (1 - there))

    def collect(self, weight: Floats, sy: Floats, cause: Floats, present: Floats) -> None:
        """Masses of the columns that entries change."""
        weight, caused = weight[self.form], self.new * self.rate[self.at]
        cause[self.form, self.column] = mass = np.einsum("es,es->e", weight, caused)
        there = self.new * self.with_others[self.at]
        present[self.form, self.column] = mass + np.einsum("es,es->e", sy[self.form] - weight * caused, there)


class _Family:
    """One block, as it is and under the ``forms`` [f] that touch it.

    ``weights`` [1 + f, 2^k] of its states, first those of the case itself; ``total``, ``y`` [1 + f, terms]: normaliser
    and causal rate.
    """

    def __init__(self, tables: Tables, entries: Entries, k: int, unit: int) -> None:
        plan, rows, tier = tables.plan, tables.expanded.rows, tables.plan.tiers[k]
        outside = len(rows.rest)
        inside = np.flatnonzero(tier.unit == unit) + tier.outside
        number = int(plan.states.block[plan.representative[tier.rows[inside[0]] - outside]])
        states, members = plan.states.parts[number]
        self.columns = np.arange(members.start, members.stop) + outside
        self.rate, self.q = rows.state_rate[states, 0], tables.problem.q[0, self.columns]
        self.factors = tables.factors[k][inside]
        self.share = plan.share[states] - plan.share[states.start]
        self.member = bits(len(self.columns)).astype(np.float64)
        now = rows.prior[states, 0]
        forms, scales = _scales(entries, self.columns)
        x0 = now / np.maximum(tables.problem.states[0, states], TINY)
        changed = [(forms, x0 * prob) for block, forms, prob in entries.changed if block == number]
        self.weights = np.concatenate([now[None], now * scales, *(weights for _, weights in changed)])
        self.forms = np.concatenate([forms, *(forms for forms, _ in changed)])
        self.alike = (self.share[:, None] == np.arange(len(inside))).astype(np.float64)
        self.total = (self.weights @ self.alike) @ self.factors
        self.y = ((self.weights * self.rate) @ self.alike) @ self.factors / self.total

    def change(self, ratio: Floats, shift: Floats) -> None:
        """Bring the factor on the weight and the shift of y of every form up to date. [F, terms] each"""
        ratio[self.forms] *= self.total[1:] / self.total[0]
        shift[self.forms] += self.y[1:] - self.y[0]

    def effects(self) -> _Effects:
        """Of the members as they are."""
        here = (self.weights[0, :, None] * self.member).T
        there = (here @ self.alike) @ self.factors / self.total[0]
        caused = ((here * self.rate) @ self.alike) @ self.factors / self.total[0]
        return _Effects(self.columns, self.q[:, None] * there, there, caused - self.y[0] * there)

    def collect(self, weight: Floats, sy: Floats, cause: Floats, present: Floats) -> None:
        """Masses of the members under the forms that touch the block: s / total and s (y - own) / total by state."""
        total, weights, at = self.total[1:], self.weights[1:], np.ix_(self.forms, self.columns)
        part = weight[self.forms] / total
        caused = weights * (part @ self.factors.T)[:, self.share]
        there = weights * ((sy[self.forms] / total - part * self.y[1:]) @ self.factors.T)[:, self.share]
        cause[at] = caused @ self.member * self.q
        present[at] = (there + self.rate * caused) @ self.member


def _scales(entries: Entries, columns: Ints) -> tuple[Ints, Floats]:
    """Forms that touch members of a block, and the product over the members present in each state. [f], [f, 2^k]"""
    inside = np.flatnonzero((entries.column >= columns[0]) & (entries.column <= columns[-1]))
    form, member = entries.form[inside], entries.column[inside] - columns[0]
    first = np.diff(form, prepend=-1) != 0
    scale = np.ones((np.count_nonzero(first), len(columns)))
    scale[np.cumsum(first) - 1, member] = entries.scale[inside]
    table = np.ones((len(scale), 1 << len(columns)))
    for i in range(len(columns)):
        np.multiply(table[:, : 1 << i], scale[:, i, None], out=table[:, 1 << i : 2 << i])
    return form[first], table
