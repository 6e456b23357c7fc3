"""The exact kernel: Quickscore (Heckerman 1989) extended by the cause of the complaint, over a batch of rows.

Every positive patient finding is a difference of two product forms, so m of them expand into 2^m signed terms S.
Within a term conditions are independent (inference notes, section 4.1):

    x[S, d]  = product of the factors of condition d                       prior pi: fac = 1 - pi + pi x, R = pi x / fac
    s[S]     = sign and constants * prod fac                               signed weight of the term
    y[S]     = sum_c R_c q_c + known + unexplained (+ cause-only pi x q)    q_c = consulting rate * P(episode | c)
    Z        = s . y ;  P(cause c) = q_c (s . R_c) / Z
    P(d present) = [(s y) . R_d + s . (q_d R_d (1 - R_d))] / Z

A block of linked conditions is summed over its states instead. Cost: 2^m * columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.inference.layout import Bools, Floats, Ints
from hickam.inference.priors import bits
from hickam.inference.query import Columns, Query, split_items

Array = NDArray[Any]
CANCELLATION_LIMIT = 1e13
"""Above this ratio of absolute to net sum float64 has few digits left; long double takes over."""
LONG_LIMIT = 1e16
CHUNK = 120_000
"""Table elements a chunk of rows may take (about 1 MB: stays in the second-level cache)."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A batch of B rows over the same columns (an axis of length 1 means the same for all rows).

    ``pi`` [B, C]; ``states`` per block size [B, g, 2^k]; ``q`` [B, C]; ``q0`` [B]; ``fact_q`` [B, K]; ``x0`` [B, C]
    product of all one-term factors; ``plus``/``minus`` [B, m]; ``phi_plus``/``phi_minus`` [B, m, C]; ``log`` [B].
    """

    columns: Columns
    pi: Array
    states: tuple[Array, ...]
    q: Array
    q0: Array
    fact_q: Array
    x0: Array
    plus: Array
    minus: Array
    phi_plus: Array
    phi_minus: Array
    log: Array

    @property
    def rows(self) -> int:
        """Number of rows B."""
        arrays = (self.pi, self.q, self.q0, self.fact_q, self.x0, self.plus, self.phi_minus, self.log, *self.states)
        return max(len(array) for array in arrays)


@dataclass(frozen=True, eq=False)
class Masses:
    """Answers of a batch: ``cause`` [B, C], ``present`` [B, C], ``fact_cause`` [B, K], ``unexplained`` [B] (all
    probabilities), ``log_z`` [B], ``cancellation`` [B]."""

    cause: Floats
    present: Floats
    fact_cause: Floats
    unexplained: Floats
    log_z: Floats
    cancellation: Floats


@dataclass(frozen=True, eq=False)
class PosteriorArrays:
    """Answer of one case over all n conditions of the network."""

    cause: Floats
    unexplained: float
    present: Floats
    log_evidence: float
    approximated: bool
    cancellation: float


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
        states=tuple(state[None] for state in query.states),
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


def solve(problem: Problem) -> Masses:
    """All rows, in chunks; rows whose terms cancel too much are done again in long double."""
    tables = tables_of(problem)
    step = max(1, CHUNK // (max(len(tables.linked), 1) << problem.plus.shape[1]))
    rows = problem.rows
    if step >= rows:
        masses = _solve(problem, tables, np.float64)
    else:
        parts = [_solve(_rows(problem, slice(i, i + step)), tables, np.float64) for i in range(0, rows, step)]
        masses = _join(parts)
    bad = np.flatnonzero(~(masses.cancellation < CANCELLATION_LIMIT))
    for i in bad.tolist() if len(problem.plus[0]) else []:
        again = _solve(_rows(problem, slice(i, i + 1)), tables, np.longdouble)
        for name in ("cause", "present", "fact_cause", "unexplained", "log_z", "cancellation"):
            getattr(masses, name)[i] = getattr(again, name)[0]
    return masses


def _rows(problem: Problem, rows: slice) -> Problem:
    return _each(problem, lambda array: array if len(array) == 1 else array[rows])


def _each(problem: Problem, change: Callable[[Array], Array]) -> Problem:
    """The same problem with every array changed alike."""
    arrays = ("pi", "q", "q0", "fact_q", "x0", "plus", "minus", "phi_plus", "phi_minus", "log")
    return Problem(
        columns=problem.columns,
        states=tuple(change(state) for state in problem.states),
        **{name: change(getattr(problem, name)) for name in arrays},
    )


def _join(parts: list[Masses]) -> Masses:
    names = ("cause", "present", "fact_cause", "unexplained", "log_z", "cancellation")
    return Masses(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True, eq=False)
class Group:
    """Blocks of one size k of which t members are touched: ``number`` of the size, ``which`` of the stacked blocks.

    ``columns`` [g, k], touched members first; ``state`` [g, 2^k]: where each state in this order of members is in
    the stacked order. Only the t touched members need all 2^m terms.
    """

    number: int
    which: Ints
    columns: Ints
    state: Ints
    touched: int


@dataclass(frozen=True, eq=False)
class Part:
    """Columns with the same treatment: single, cause-only, and groups of blocks (all as column indices)."""

    single: Ints
    only: Ints
    groups: tuple[Group, ...]

    @property
    def order(self) -> Ints:
        """Columns the part's table holds: all but the untouched members of blocks."""
        return np.concatenate([self.single, self.only, *(g.columns[:, : g.touched].ravel() for g in self.groups)])


@dataclass(frozen=True, eq=False)
class Tables:
    """Which columns a two-term item touches (they need all 2^m rows) and which need one row only."""

    touched: Part
    still: Part
    linked: Ints
    plus_moves: Bools


def tables_of(problem: Problem) -> Tables:
    """Split the columns into touched and still ones; a block with a touched member is touched."""
    moves = (problem.phi_minus != 1).any(axis=(0, 1)) | (problem.phi_plus != 1).any(axis=(0, 1))
    a, b = problem.columns.single, problem.columns.single + problem.columns.cause_only
    groups: list[Group] = []
    start = b
    for number, (k, count) in enumerate(problem.columns.sizes):
        columns = np.arange(start, start + k * count).reshape(count, k)
        start += k * count
        inside = moves[columns]
        order = np.argsort(~inside, axis=1, kind="stable")
        state = (1 << order) @ bits(k).T.astype(np.int64)
        columns = np.take_along_axis(columns, order, axis=1)
        touched = inside.sum(axis=1)
        for t in sorted(set(touched.tolist())):
            which = np.flatnonzero(touched == t)
            groups.append(Group(number, which, columns[which], state[which], t))
    halves = [
        Part(
            np.flatnonzero(moves[:a] == wanted),
            a + np.flatnonzero(moves[a:b] == wanted),
            tuple(group for group in groups if (group.touched > 0) == wanted),
        )
        for wanted in (True, False)
    ]
    return Tables(halves[0], halves[1], halves[0].order, (problem.phi_plus != 1).any(axis=(0, 2)))


@dataclass(frozen=True, eq=False)
class Layer:
    """One part evaluated; terms S on the last axis. ``fac`` [B, S] product of normalisers; ``y`` [B, S]; ``R``,
    ``K`` [B, columns, S] for single and block columns; ``only`` [B, columns, S] causal mass of cause-only columns."""

    fac: Array
    y: Array
    R: Array
    K: Array
    only: Array


def product_table(x0: Array, phi_plus: Array, phi_minus: Array, plus_moves: Bools) -> Array:
    """x[B, columns, S] for all subsets S of the items (bit i set: the minus form of item i)."""
    rows = max(len(x0), len(phi_minus), len(phi_plus))
    m = phi_minus.shape[1]
    table = np.empty((rows, x0.shape[-1], 1 << m), dtype=x0.dtype)
    table[..., 0] = x0
    for i in range(m):
        size = 1 << i
        np.multiply(table[..., :size], phi_minus[:, i, :, None], out=table[..., size : 2 * size])
        if plus_moves[i]:
            table[..., :size] *= phi_plus[:, i, :, None]
    return table


def signs(plus: Array, minus: Array) -> Array:
    """Signed constants of all subsets. [B, 2^m]"""
    table = np.ones((max(len(plus), len(minus)), 1 << plus.shape[1]), dtype=plus.dtype)
    for i in range(plus.shape[1]):
        size = 1 << i
        table[:, size : 2 * size] = -table[:, :size] * minus[:, i, None]
        table[:, :size] *= plus[:, i, None]
    return table


def layer(part: Part, x: Array, problem: Problem) -> Layer:
    """Evaluate one part; x [B, columns of the part in its order, S]."""
    a, b = len(part.single), len(part.single) + len(part.only)
    pi, q = problem.pi[:, part.single, None], problem.q[:, part.single]
    top = pi * x[:, :a]
    normal = top + (1 - pi)
    top /= normal
    fac = normal.prod(axis=1)
    y = np.matmul(q[:, None], top)[:, 0]
    K = (1 - top) * top * q[..., None]
    only = x[:, a:b] * (problem.pi[:, part.only] * problem.q[:, part.only])[..., None]
    if b > a:
        y = y + only.sum(axis=1)
    R_all, K_all, start = [top], [K], b
    for group in part.groups:
        g, t = len(group.columns), group.touched
        columns = x[:, start : start + g * t].reshape(len(x), g, t, x.shape[-1])
        start += g * t
        fac_b, R, K, y_b = _block_group(group, columns, problem)
        fac = fac * fac_b
        y = y + y_b
        R_all.append(R)
        K_all.append(K)
    return Layer(fac, y, _stacked(R_all), _stacked(K_all), only)


def _stacked(tables: list[Array]) -> Array:
    """Tables [B, columns, S] one below the other (B may be 1 where all rows share)."""
    if len(tables) == 1:
        return tables[0]
    rows = max(len(table) for table in tables)
    return np.concatenate([np.broadcast_to(t, (rows, *t.shape[1:])) for t in tables], axis=1)


def state_products(columns: Array) -> Array:
    """Product over the present members of every state: [k, ...] -> [2^k, ...]."""
    table = np.ones((1 << len(columns), *columns.shape[1:]), dtype=columns.dtype)
    for i, column in enumerate(columns):
        size = 1 << i
        np.multiply(table[:size], column, out=table[size : 2 * size])
    return table


@lru_cache(maxsize=64)
def _sums(k: int, t: int) -> Floats:
    """Rows that sum states: all of them, and those with member j. [2^t, 2^(k-t), 1 + k]"""
    table = bits(k).astype(np.float64)
    rows = np.concatenate([np.ones((1 << k, 1)), table], axis=1).reshape(1 << (k - t), 1 << t, 1 + k)
    return np.ascontiguousarray(rows.swapaxes(0, 1))


def _block_group(group: Group, columns: Array, problem: Problem) -> tuple[Array, Array, Array, Array]:
    """fac [B, S], R and K [B, g*k, S], y [B, S] of all blocks of a group; columns [B, g, touched, S].

    Untouched members are summed out once a row, not once a term: what is left is a table over touched states.
    """
    g, k = group.columns.shape
    t = group.touched
    prior = np.take_along_axis(problem.states[group.number][:, group.which], group.state[None], axis=2)
    rest = state_products(np.moveaxis(problem.x0[:, group.columns[:, t:]], 2, 0))  # [2^(k-t), B, g]
    weights = prior.reshape(len(prior), g, 1 << (k - t), 1 << t) * np.moveaxis(rest, 0, 2)[..., None]
    q = problem.q[:, group.columns]
    causal = weights * (q @ bits(k).T.astype(q.dtype)).reshape(len(q), g, 1 << (k - t), 1 << t)
    weights = np.broadcast_to(weights, causal.shape)
    rows = len(causal)
    both = np.stack([weights, causal]).transpose(4, 0, 1, 2, 3).reshape(1 << t, 2 * rows * g, 1 << (k - t))
    table = np.matmul(both, _sums(k, t).astype(q.dtype)).reshape(1 << t, 2, rows, g, 1 + k)
    table = table.transpose(2, 3, 1, 4, 0).reshape(rows, g, 2 * (1 + k), 1 << t)
    products = np.moveaxis(state_products(np.moveaxis(columns, 2, 0)), 0, 2)  # [B, g, 2^t, S]
    sums = np.matmul(table, products)  # [B, g, 2 (1 + k), S]
    fac = sums[:, :, 0]
    sums[:, :, 1:] /= fac[:, :, None]
    R, y_b, K = sums[:, :, 1 : 1 + k], sums[:, :, 1 + k], sums[:, :, 2 + k :]
    K -= R * y_b[:, :, None]
    flat = (rows if len(columns) == 1 else max(rows, len(columns)), g * k, -1)
    return fac.prod(axis=1), R.reshape(flat), K.reshape(flat), y_b.sum(axis=1)


def _solve(problem: Problem, tables: Tables, dtype: type) -> Masses:
    if dtype is np.longdouble:
        problem = _as_long(problem)
    linked = tables.linked
    x = product_table(
        problem.x0[:, linked], problem.phi_plus[..., linked], problem.phi_minus[..., linked], tables.plus_moves
    )
    moving = layer(tables.touched, x, problem)
    still = layer(tables.still, problem.x0[:, tables.still.order, None], problem)
    s = signs(problem.plus, problem.minus) * moving.fac * still.fac
    y = moving.y + still.y + (problem.q0 + problem.fact_q.sum(axis=1))[:, None]
    sy = s * y
    z, total = sy.sum(axis=1), s.sum(axis=1)
    rows = problem.rows
    cause, present = np.zeros((rows, problem.pi.shape[1])), np.zeros((rows, problem.pi.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        for part, result in ((tables.touched, moving), (tables.still, still)):
            _collect(part, result, s, sy, z, problem, cause, present)
        cancellation = np.abs(sy).sum(axis=1) / np.abs(z)
        log_z = np.log(np.maximum(z, 0)) + problem.log
        fact_cause, unexplained = problem.fact_q * (total / z)[:, None], problem.q0 * total / z
    return Masses(
        cause,
        present,
        _full(fact_cause, rows),
        _full(unexplained, rows),
        _full(log_z, rows),
        _full(cancellation, rows),
    )


def _full(array: Array, rows: int) -> Floats:
    return np.array(np.broadcast_to(array, (rows, *array.shape[1:])), dtype=np.float64)


def _collect(
    part: Part, result: Layer, s: Array, sy: Array, z: Array, problem: Problem, cause: Floats, present: Floats
) -> None:
    """Write the masses of one part into the result rows."""
    columns = np.concatenate([part.single, *(group.columns.ravel() for group in part.groups)])
    sR = _dot(s, result.R)
    share = problem.q[:, columns] * sR / z[:, None]
    cause[:, columns] = np.clip(share, 0, 1)
    present[:, columns] = np.clip((_dot(sy, result.R) + _dot(s, result.K)) / z[:, None], 0, 1)
    only = np.clip(_dot(s, result.only) / z[:, None], 0, 1)
    cause[:, part.only] = only
    present[:, part.only] = only


def _dot(weights: Array, values: Array) -> Array:
    """Sum over terms: [B, S] x [B, c, S] -> [B, c]; a table with one term is the same in every term."""
    if values.shape[2] == 1:
        return np.asarray(weights.sum(axis=1)[:, None] * values[..., 0])
    return np.asarray(np.matmul(values, weights[..., None])[..., 0])


def _as_long(problem: Problem) -> Problem:
    return _each(problem, lambda array: array.astype(np.longdouble))
