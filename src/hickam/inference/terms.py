"""The signed terms of a batch, each condition only over the findings that concern it.

m two-term items expand into 2^m terms S; bit i of S says that item i takes its minus form. Most conditions hang on one
of the items or on none, so a table of all conditions over all terms would be mostly copies. Items are put in order of
how many conditions hang on them, the busiest first; a condition then needs only the terms of the items up to its last
one. A *tier* is a set of conditions with the same first j items: its tables have 2^j terms. On the leg cramps pack this
is 4 times less work than full tables at four positive findings, 14 times at eight, 27 times at twelve.

A block of linked conditions is one variable with 2^k states. Members that no item touches are summed out first: states
that agree in the touched members share one *representative*, the state without any of the others.

Axes are [rows of a table, terms, rows of the batch]: the batch comes last, so that array operations run along it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.inference.layout import Bools, Floats, Ints
from hickam.inference.priors import bits

Array = NDArray[Any]
SMALL = 4_000
"""A tier with fewer table elements than this joins the next one: array calls would cost more than they save."""
WIDE = 16
"""Rows of a batch from which blocks are worth a call each."""
TINY = 1e-300
"""Below this a weight counts as this, so that its logarithm exists."""


@dataclass(frozen=True, eq=False)
class StateMap:
    """All states of all blocks, one after the other: T states, D block columns.

    ``member`` [T, D] 1 where the state has the member; ``block`` [T]; ``first`` [blocks] the state with nobody;
    ``local`` [T] state within its block; ``code`` [D] bit of a member in ``local``; ``start`` [blocks] first column;
    ``parts``: the states and the columns of each block.
    """

    member: Floats
    block: Ints
    first: Ints
    local: Ints
    code: Ints
    start: Ints
    parts: tuple[tuple[slice, slice], ...]

    def of_members(self, values: Array) -> Array:
        """Sum over the members of each state; [D, B] -> [T, B]."""
        return self._product(self.member, values, self.parts)

    def by_member(self, values: Array) -> Array:
        """Sum over the states with each member; [T, B] -> [D, B]."""
        return self._product(self.member.T, values, tuple((d, t) for t, d in self.parts))

    @staticmethod
    def _product(table: Array, values: Array, parts: tuple[tuple[slice, slice], ...]) -> Array:
        """Table times values; for a wide batch block by block, which is less arithmetic and more calls."""
        table = table.astype(values.dtype, copy=False)
        if values.shape[1] < WIDE:
            return np.asarray(table @ values)
        result = np.empty((len(table), values.shape[1]), values.dtype)
        for out, inner in parts:
            np.matmul(table[out, inner], values[inner], out=result[out])
        return result


@lru_cache(maxsize=64)
def state_map(sizes: tuple[int, ...]) -> StateMap:
    """States of blocks of so many members."""
    ks = np.array(sizes, dtype=np.int64)
    first, start = np.cumsum(2**ks) - 2**ks, np.cumsum(ks) - ks
    member = np.zeros((int((2**ks).sum()), int(ks.sum())))
    ends = zip(ks.tolist(), first.tolist(), start.tolist(), strict=True)
    parts = tuple((slice(t, t + 2**k), slice(d, d + k)) for k, t, d in ends)
    for k, (t, d) in zip(sizes, parts, strict=True):
        member[t, d] = bits(k)
    block = np.repeat(np.arange(len(ks)), 2**ks)
    code = 2 ** (np.arange(int(ks.sum())) - np.repeat(start, ks))
    return StateMap(member, block, first, np.arange(len(block)) - first[block], code, start, parts)


@dataclass(frozen=True, eq=False)
class Tier:
    """Table rows that need the first ``size`` items: ``singles`` that stand alone, cause-only ones up to ``outside``,
    then representatives of states. ``starts`` [blocks]: the first of each block among them; ``unit`` [states] its
    block, counted within the tier."""

    size: int
    rows: Ints
    singles: int
    outside: int
    starts: Ints
    unit: Ints

    def by_block(self, values: Array) -> Array:
        """Sum over the representatives of each block; [states, ...] -> [blocks, ...]."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))


@dataclass(frozen=True, eq=False)
class Plan:
    """Which table rows need which items. Rows: b columns outside blocks, then r representatives of states.

    ``order`` [m] items, busiest first, as ``Rows`` has them; ``representative`` [r] states; ``share`` [T]
    representative of each state; ``elements``: table elements for one row of the batch.
    """

    order: Ints
    tiers: tuple[Tier, ...]
    states: StateMap
    representative: Ints
    share: Ints
    elements: int

    def represented(self, values: Array) -> Array:
        """Sum over the states each representative stands for; [T, B] -> [r, B]."""
        if values.shape[1] == 1 and values.dtype == np.float64:
            return np.bincount(self.share, values[:, 0], len(self.representative))[:, None]
        result = np.empty((len(self.representative), values.shape[1]), values.dtype)
        for here, states, alike in self._alike:
            np.matmul(alike.astype(values.dtype, copy=False), values[states], out=result[here])
        return result

    @cached_property
    def _alike(self) -> list[tuple[slice, slice, Floats]]:
        """Of each block its representatives, its states, and 1 where the one stands for the other."""
        parts = []
        for states, _ in self.states.parts:
            first, last = int(self.share[states.start]), int(self.share[states].max()) + 1
            alike = np.arange(first, last)[:, None] == self.share[states]
            parts.append((slice(first, last), states, alike.astype(np.float64)))
        return parts


def plan_of(links: Bools, single: int, cause_only: int, sizes: tuple[int, ...], rows: int) -> Plan:
    """Tiers for a batch of so many rows whose items touch these columns; links [m, C]."""
    b, states = single + cause_only, state_map(sizes)
    by_unit, masks = links, np.zeros(0, dtype=np.int64)
    if sizes:
        in_blocks = np.logical_or.reduceat(links[:, b:], states.start, axis=1)
        by_unit = np.concatenate([links[:, :b], in_blocks], axis=1)
        masks = np.add.reduceat(links[:, b:].any(axis=0) * states.code, states.start)
    local = states.local & masks[states.block]
    represents = local == states.local
    representative = np.flatnonzero(represents)
    block = states.block[representative]
    weight = np.concatenate([np.ones(b), np.bincount(block, minlength=len(sizes))])
    order = np.argsort(-(by_unit @ weight), kind="stable")
    last = (by_unit[order] * np.arange(1, len(order) + 1)[:, None]).max(axis=0, initial=0)
    level = np.concatenate([last[:b], last[b + block]])
    ends = _sizes(np.bincount(level, minlength=len(order) + 1).tolist(), rows)
    tiers = _tiers(level, ends, representative == states.first[block], single, b)
    elements = len(local) + sum(len(tier.rows) << tier.size for tier in tiers)
    share = (np.cumsum(represents) - 1)[states.first[states.block] + local]
    return Plan(order, tiers, states, representative, share, elements)


def _tiers(level: Ints, ends: list[tuple[int, int]], starts: Bools, single: int, outside: int) -> tuple[Tier, ...]:
    """Table rows by level; ``ends`` as of ``_sizes``; ``starts`` [r]: the representative is the first of its block."""
    tiers = []
    for low, size in ends:
        rows = np.flatnonzero((level >= low) & (level <= size) if low else level <= size)
        a, b = rows.searchsorted((single, outside)).tolist()
        first = starts[rows[b:] - outside]
        tiers.append(Tier(size, rows, a, b, first.nonzero()[0], first.cumsum() - 1))
    return tuple(tiers)


def _sizes(count: list[int], rows: int) -> list[tuple[int, int]]:
    """(lowest level, number of items) of each tier, from the number of table rows whose last item is 0, 1, .. m."""
    found, low, carried = [], 0, 0
    for size, more in enumerate(count):
        carried += more
        if (carried << size) * rows >= SMALL or size == len(count) - 1:
            found.append((low, size))
            low, carried = size + 1, 0
    return found


@dataclass(frozen=True, eq=False)
class Rows:
    """What every table row starts from, batch last (B may be 1 where all rows of the batch share).

    ``start`` [b + r, B]: pi x0 of a column, summed probability of the states a representative stands for; ``rate``
    [b + r, B] consulting rate, in the mean over those states; ``rest`` [b, B] 1 - pi; ``minus``, ``plus``
    [m, b + r, B] factors of the two forms of each item, busiest first (``plus`` None when no item has one).
    ``prior``, ``state_rate`` [T, B]: all states, x0 included, and the rate of their members together; ``inside``
    [D, B] rate of each member.
    """

    start: Array
    rate: Array
    rest: Array
    minus: Array
    plus: Array | None
    prior: Array
    state_rate: Array
    inside: Array


def rows_of(plan: Plan, pi: Array, x0: Array, q: Array, states: Array, minus: Array, plus: Array | None) -> Rows:
    """pi, x0, q [C, B]; states [T, B]; minus, plus [m, C, B] in the order of the items."""
    member, minus = plan.states.member, minus[plan.order]
    plus = None if plus is None else plus[plan.order]
    b = len(pi) - member.shape[1]
    start, rest, rate = pi[:b] * x0[:b], 1 - pi[:b], q
    prior = state_rate = states
    if len(states):
        prior = states * np.exp(plan.states.of_members(np.log(np.maximum(x0[b:], TINY))))
        state_rate = plan.states.of_members(q[b:])
        mass = plan.represented(prior)
        mean = plan.represented(prior * state_rate) / np.maximum(mass, TINY)
        start, rate = _below(start, mass), _below(q[:b], mean)
        held = member[plan.representative].astype(x0.dtype, copy=False)
        minus = _with_states(minus, b, held)
        plus = None if plus is None else _with_states(plus, b, held)
    return Rows(start, rate, rest, minus, plus, prior, state_rate, q[b:])


def _with_states(phi: Array, b: int, held: Array) -> Array:
    """Factors of columns outside blocks and, for representatives, the product over their members. [m, b + r, B]"""
    touched = (phi[:, b:] != 1).any(axis=(0, 2))
    logs = np.log(np.maximum(phi[:, b:][:, touched], TINY))
    return _below(phi[:, :b], np.exp(held[:, touched] @ logs), axis=1)


def _below(upper: Array, lower: Array, axis: int = 0) -> Array:
    """One table below the other; a batch axis of 1 is repeated where the other is longer."""
    if upper.shape[-1] != lower.shape[-1]:
        batch = max(upper.shape[-1], lower.shape[-1])
        upper, lower = (np.broadcast_to(part, (*part.shape[:-1], batch)) for part in (upper, lower))
    return np.concatenate((upper, lower), axis=axis)


def product_table(start: Array, minus: Array, plus: Array | None, batch: int) -> Array:
    """Start [rows, B] times the factors of every term's items, minus and plus [m, rows, B]. [rows, 2^m, B]"""
    table = np.empty((len(start), 1 << len(minus), batch), dtype=start.dtype)
    table[:, 0] = start
    for i in range(len(minus)):
        size = 1 << i
        np.multiply(table[:, :size], minus[i, :, None], out=table[:, size : 2 * size])
        if plus is not None:
            table[:, :size] *= plus[i, :, None]
    return table


@dataclass(frozen=True, eq=False)
class Layer:
    """One tier evaluated. ``R`` [rows, terms, B]: chance of the condition or state within a term; ``rate`` [rows, B];
    ``family`` [blocks, terms, B]: causal rate of each block; ``fac``, ``y`` [terms, B]: product, sum over the tier."""

    tier: Tier
    R: Array
    rate: Array
    family: Array
    fac: Array
    y: Array

    def weighed(self, s: Array, sy: Array) -> tuple[Array, Array]:
        """u = sum of s R over terms, and v = sum of s R (y - what the row's own condition or block adds). [rows, B]"""
        b = self.tier.outside
        u, v = over_terms(self.R, s), over_terms(self.R, sy)
        v[:b] -= self.rate[:b] * over_terms(self.R[:b] * self.R[:b], s)
        if b < len(v):
            v[b:] -= np.einsum("rsb,rsb->rb", self.R[b:], (self.family * s)[self.tier.unit])
        return u, v


def over_terms(table: Array, weights: Array) -> Array:
    """Sum over terms; table [rows, terms, B], weights [terms, B]. [rows, B]"""
    if table.shape[2] == 1:
        return np.asarray(table[..., 0] @ weights)
    return np.asarray(np.einsum("rsb,sb->rb", table, weights))


def layer_of(plan: Plan, tier: Tier, rows: Rows, batch: int) -> Layer:
    """Evaluate one tier for a batch of so many rows."""
    plus = None if rows.plus is None else rows.plus[: tier.size, tier.rows]
    x = product_table(rows.start[tier.rows], rows.minus[: tier.size, tier.rows], plus, batch)
    a, b, rate = tier.singles, tier.outside, rows.rate[tier.rows]
    normal = x[:a] + rows.rest[tier.rows[:a], None]
    x[:a] /= normal
    fac, family = normal.prod(axis=0), x[:0]
    if b < len(x):
        total = tier.by_block(x[b:])
        x[b:] /= total[tier.unit]
        fac *= total.prod(axis=0)
        family = tier.by_block(rate[b:, None] * x[b:])
    y = np.einsum("rb,rsb->sb", rate, x)
    return Layer(tier, x, rate, family, fac, y)


def spread_terms(low: Array, high: Array, combine: np.ufunc) -> Array:
    """Values over the first items combined with values over more of them. [terms of high, B]"""
    return np.asarray(combine(low, high.reshape(-1, len(low), high.shape[-1]))).reshape(high.shape)


def gathered_terms(values: Array, size: int) -> Array:
    """Sum over the terms that agree in the first items. [2^size, B]"""
    return np.asarray(values.reshape(-1, 1 << size, values.shape[-1]).sum(axis=0))
