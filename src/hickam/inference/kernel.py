"""The exact kernel: Quickscore (Heckerman 1989) extended by the cause of the complaint, over a batch of rows.

Every positive patient finding is a difference of two product forms, so m of them expand into 2^m signed terms S.
Within a term conditions are independent (inference notes, section 4.1):

    x[S, d]  = product of the factors of condition d                       prior pi: fac = 1 - pi + pi x, R = pi x / fac
    s[S]     = sign and constants * prod fac                               signed weight of the term
    y[S]     = sum_c R_c q_c + known + unexplained (+ cause-only pi x q)    q_c = consulting rate * P(episode | c)
    Z        = s . y ;  P(cause c) = q_c (s . R_c) / Z
    P(d present) = [(s y) . R_d + s . (q_d R_d (1 - R_d))] / Z

A block of linked conditions is one variable of many states. Each condition is worked out only over the items that
concern it (``terms``), so the cost is 2^m for the terms themselves and little for the conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.inference.layout import Floats, Ints
from hickam.inference.query import Columns, Query, split_items
from hickam.inference.terms import (
    TINY,
    Layer,
    Plan,
    Rows,
    gathered_terms,
    layer_of,
    plan_of,
    product_table,
    rows_of,
    spread_terms,
)

Array = NDArray[Any]
CANCELLATION_LIMIT = 1e13
"""Above this ratio of absolute to net sum float64 has few digits left; long double takes over."""
LONG_LIMIT = 1e16
CHUNK, LEAST = 150_000, 100
"""Table elements a chunk of rows may take, about a MB, so that tables stay near the processor; and the rows it has at
least, so that array calls are worth their while. Measured: 300,000 elements take a tenth longer at 2 to 6 items."""
ARRAYS = ("pi", "states", "q", "q0", "fact_q", "x0", "plus", "minus", "phi_plus", "phi_minus", "log")
MASSES = ("cause", "present", "fact_cause", "unexplained", "log_z", "cancellation")


@dataclass(frozen=True, eq=False)
class Problem:
    """A batch of B rows over the same columns (an axis of length 1 means the same for all rows).

    ``pi`` [B, C]; ``states`` [B, T] of all blocks; ``q`` [B, C]; ``q0`` [B]; ``fact_q`` [B, K]; ``x0`` [B, C]
    product of all one-term factors; ``plus``/``minus`` [B, m]; ``phi_plus``/``phi_minus`` [B, m, C]; ``log`` [B].
    """

    columns: Columns
    pi: Array
    states: Array
    q: Array
    q0: Array
    fact_q: Array
    x0: Array
    plus: Array
    minus: Array
    phi_plus: Array
    phi_minus: Array
    log: Array

    @cached_property
    def rows(self) -> int:
        """Number of rows B."""
        arrays = (self.pi, self.q, self.q0, self.fact_q, self.x0, self.plus, self.phi_minus, self.log, self.states)
        return max(len(array) for array in arrays)

    @cached_property
    def moved(self) -> bool:
        """Whether the plus form of any item has a factor anywhere."""
        return bool((self.phi_plus != 1).any())


@dataclass(frozen=True, eq=False)
class Masses:
    """Answers of a batch: ``cause`` [B, C], ``present`` [B, C], ``fact_cause`` [B, K], ``unexplained`` [B] (all
    probabilities), ``log_z`` [B], ``cancellation`` [B]; ``states`` [T, B] of all blocks (of one case; else [T, 0])."""

    cause: Floats
    present: Floats
    fact_cause: Floats
    unexplained: Floats
    log_z: Floats
    cancellation: Floats
    states: Floats


@dataclass(frozen=True, eq=False)
class PosteriorArrays:
    """Answer of one case over all n conditions of the network; ``states`` [T]: of all blocks, as in ``Query``."""

    cause: Floats
    unexplained: float
    present: Floats
    log_evidence: float
    approximated: bool
    cancellation: float
    states: Floats


def posterior(query: Query) -> PosteriorArrays:
    """Exact posterior of one case. Falls back on fewer exact items only when even long double would not do."""
    masses = solve(problem_of(query))
    approximated = query.items.approximated
    exact = len(query.items.plus)
    while not _sound(masses) and exact > 0:
        exact, approximated = exact // 2, True
        query = replace(query, items=split_items(query.forms, query.facts, query.columns.index, exact))
        masses = solve(problem_of(query))
    cause, present = spread(query, masses)
    return PosteriorArrays(
        cause=cause[0],
        unexplained=float(masses.unexplained[0]),
        present=present[0],
        log_evidence=float(masses.log_z[0]),
        approximated=approximated,
        cancellation=float(masses.cancellation[0]),
        states=masses.states[:, 0],
    )


def _sound(masses: Masses) -> bool:
    return bool(np.isfinite(masses.log_z).all() and (masses.cancellation < LONG_LIMIT).all())


def spread(query: Query, masses: Masses) -> tuple[Floats, Floats]:
    """Cause and present over all conditions of the network, known ones included. [B, n] each"""
    n, rows = len(query.network.conditions), len(masses.cause)
    cause, present = np.zeros((rows, n)), np.zeros((rows, n))
    cause[:, query.columns.index] = masses.cause
    present[:, query.columns.index] = masses.present
    cause[:, query.facts] = masses.fact_cause
    present[:, query.facts] = 1.0
    return cause, present


def problem_of(query: Query) -> Problem:
    """The kernel's input for one case: a batch of one row."""
    index = query.columns.index
    logs = query.episode.log_p.sum(axis=0)
    mean = float(query.episode.log_mean.sum())
    top = max(float(logs[index].max(initial=-np.inf)), float(logs[query.facts].max(initial=-np.inf)), mean)
    items = query.items
    return Problem(
        columns=query.columns,
        pi=query.pi[None],
        states=query.states[None],
        q=(query.kappa * np.exp(logs[index] - top))[None],
        q0=np.array([query.kappa0 * np.exp(mean - top)]),
        fact_q=(query.fact_kappa * np.exp(logs[query.facts] - top))[None],
        x0=items.one_phi.prod(axis=0)[None],
        plus=items.plus[None],
        minus=items.minus[None],
        phi_plus=items.phi_plus[None],
        phi_minus=items.phi_minus[None],
        log=np.array([top + float(items.one_log.sum())]),
    )


ONE_ROW: Callable[[Problem], Masses | None] | None = None
"""Another way for one row, where a program has it compiled (``compiled.single.enable``)."""


def solve(problem: Problem, presence: bool = True) -> Masses:
    """All rows, in chunks; rows whose terms cancel too much are done again in long double.

    Without ``presence`` only the cause is worked out, and ``present`` is not a number.
    """
    if ONE_ROW and problem.rows == 1:
        one = ONE_ROW(problem)
        if one is not None and one.cancellation[0] < CANCELLATION_LIMIT:
            return one
    plan, rows = plan_for(problem), problem.rows
    step = max(LEAST, CHUNK // max(plan.elements, 1))
    step = -(-rows // -(-rows // step))  # chunks of one size
    if step >= rows:
        masses = _solve(problem, plan, np.float64, presence)
    else:
        chunks = (part_of(problem, slice(i, i + step)) for i in range(0, rows, step))
        masses = _join([_solve(chunk, plan, np.float64, presence) for chunk in chunks])
    sound = masses.cancellation < CANCELLATION_LIMIT
    if not sound.all() and len(problem.plus[0]):
        bad = np.flatnonzero(~sound)
        again = _solve(part_of(problem, bad), plan, np.longdouble, presence)
        for name in MASSES:
            getattr(masses, name)[bad] = getattr(again, name)
        masses.states[:] = again.states[:, : masses.states.shape[1]]
    return masses


def plan_for(problem: Problem, rows: int = 0) -> Plan:
    """Which conditions need which items: an item touches a column when either of its forms has a factor there.

    ``rows``: width of the batch the tables will serve, when it is not the problem's own.
    """
    links = (problem.phi_minus != 1).any(axis=0)
    if problem.moved:
        links |= (problem.phi_plus != 1).any(axis=0)
    columns = problem.columns
    return plan_of(links, columns.single, columns.cause_only, columns.sizes, rows or problem.rows)


def part_of(problem: Problem, rows: slice | Ints) -> Problem:
    """Some rows of a batch."""
    return Problem(columns=problem.columns, **{name: _cut(getattr(problem, name), rows) for name in ARRAYS})


def _cut(array: Array, rows: slice | Ints) -> Array:
    return array if len(array) == 1 else array[rows]


def _join(parts: list[Masses]) -> Masses:
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in MASSES}
    return Masses(**joined, states=parts[0].states[:, :0])


@dataclass(frozen=True, eq=False)
class Expanded:
    """All terms of a batch: ``s`` signed weights and ``y`` causal rates [2^m, B], and the tiers they were made of."""

    rows: Rows
    layers: tuple[Layer, ...]
    s: Array
    y: Array


def expand(problem: Problem, plan: Plan, dtype: type = np.float64) -> Expanded:
    """Evaluate every tier and put the terms together."""

    def last(array: Array) -> Array:
        if len(array) == 1:  # one row: nothing to move
            return np.asarray(array[0], dtype)[..., None]
        return np.ascontiguousarray(array.transpose((*range(1, array.ndim), 0)), dtype=dtype)

    plus = last(problem.phi_plus) if problem.moved else None
    base = last(problem.pi), last(problem.x0), last(problem.q), last(problem.states)
    table = rows_of(plan, *base, last(problem.phi_minus), plus)
    batch = problem.rows
    layers = tuple(layer_of(plan, tier, table, batch) for tier in plan.tiers)
    s: Array = np.ones((1, 1), dtype)
    y: Array = (problem.q0 + problem.fact_q.sum(axis=1)).astype(dtype)[None]
    for layer in layers:
        s, y = spread_terms(s, layer.fac, np.multiply), spread_terms(y, layer.y, np.add)
    one, other = last(problem.plus)[plan.order, None], -last(problem.minus)[plan.order, None]
    s = s * product_table(np.ones((1, 1), dtype), other, None if (one == 1).all() else one, batch)[0]
    return Expanded(table, layers, s, y)


def _solve(problem: Problem, plan: Plan, dtype: type, presence: bool) -> Masses:
    table = expand(problem, plan, dtype)
    sy = table.s * table.y
    z, total = sy.sum(axis=0), table.s.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cause, present, states = _marginals(plan, table, sy) if presence else _causes(plan, table)
        cancellation = np.abs(sy).sum(axis=0) / np.abs(z)
        log_z = np.log(np.maximum(z, 0)) + problem.log
        cause, present = _probability(cause / z), _probability(present / z)
        fact_cause, unexplained = problem.fact_q.T * (total / z), problem.q0 * total / z
    found = (cause.T, present.T, fact_cause.T, unexplained, log_z, cancellation)
    full = {name: np.ascontiguousarray(array, dtype=np.float64) for name, array in zip(MASSES, found, strict=True)}
    return Masses(**full, states=np.asarray(states / z if problem.rows == 1 else states[:, :0], dtype=np.float64))


def _probability(p: Array) -> Array:
    """Rounding kept within 0 and 1."""
    return np.asarray(np.minimum(np.maximum(p, 0), 1))


def _marginals(plan: Plan, table: Expanded, sy: Array) -> tuple[Array, Array, Array]:
    """Unnormalised cause and present of every column, and mass of every state. [C, B], [C, B], [T, B]

    With u = s . R and v = sum_S s R (y - own): a column is the cause with q u and is present with v + q u; a state of a
    block has its part of what its representative has.
    """
    rows, states = table.rows, plan.states
    s, outside = table.s, len(rows.rest)
    u = np.empty((len(rows.start), s.shape[1]), dtype=s.dtype)
    v = np.empty_like(u)
    for tier, layer in zip(reversed(plan.tiers), reversed(table.layers), strict=True):
        s, sy = gathered_terms(s, tier.size), gathered_terms(sy, tier.size)
        u[tier.rows], v[tier.rows] = layer.weighed(s, sy)
        v[tier.rows[tier.singles : tier.outside]] = 0  # a cause-only condition is present when it is the cause
    cause = rows.rate * u
    present = v + cause
    there = rows.prior
    if len(plan.share):
        part = rows.prior / np.maximum(rows.start[outside:], TINY)[plan.share]
        caused = part * u[outside:][plan.share]
        there = part * v[outside:][plan.share] + rows.state_rate * caused
        cause = np.concatenate([cause[:outside], rows.inside * states.by_member(caused)])
        present = np.concatenate([present[:outside], states.by_member(there)])
    return cause, present, there


def _causes(plan: Plan, table: Expanded) -> tuple[Array, Array, Array]:
    """The same with the cause alone: presence is not a number."""
    rows, s, outside = table.rows, table.s, len(table.rows.rest)
    u = np.empty((len(rows.start), s.shape[1]), dtype=s.dtype)
    for tier, layer in zip(reversed(plan.tiers), reversed(table.layers), strict=True):
        s = gathered_terms(s, tier.size)
        u[tier.rows] = np.einsum("rsb,sb->rb", layer.R, s)
    cause = rows.rate * u
    if len(plan.share):
        caused = rows.prior * (u[outside:] / np.maximum(rows.start[outside:], TINY))[plan.share]
        cause = np.concatenate([cause[:outside], rows.inside * plan.states.by_member(caused)])
    return cause, np.full_like(cause, np.nan), rows.prior
