"""Many hypothetical answers at once: the kernel's table for one case, and what each answer multiplies into it.

A *form* is a product over conditions (an absent finding; one end of a range; a changed prior). Its unnormalised
masses follow from the case's table by touching only the conditions it names. An outcome is a weighted difference of
two forms: present = everything - absent. So hundreds of findings need no kernel call each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hickam.inference.kernel import Problem, product_table, signs, state_products
from hickam.inference.layout import Floats, Ints
from hickam.inference.priors import bits
from hickam.inference.query import Query


@dataclass(frozen=True, eq=False)
class BlockTable:
    """One block: ``columns`` [k], ``products`` [2^k, S] without priors, ``prob`` [2^k]."""

    columns: Ints
    products: Floats
    prob: Floats


@dataclass(frozen=True, eq=False)
class Expanded:
    """The kernel's table of one case, conditions first: x, R, K [C, S]; only [O, S]; s, y [S]; fac [singles, S]."""

    query: Query
    problem: Problem
    x: Floats
    fac: Floats
    R: Floats
    K: Floats
    only: Floats
    s: Floats
    y: Floats
    blocks: tuple[BlockTable, ...]
    block_fac: tuple[Floats, ...]
    constant: float


@dataclass(frozen=True, eq=False)
class Entries:
    """What forms touch: entry e multiplies factor ``g`` into column ``column`` of form ``form``; ``pi`` its prior.

    Entries are sorted by form, one for each (form, column).
    ``prob`` holds changed state probabilities of blocks: (form, block) -> [2^k]. ``start`` [forms] constants.
    """

    start: Floats
    form: Ints
    column: Ints
    g: Floats
    pi: Floats
    prob: dict[tuple[int, int], Floats]


@dataclass(frozen=True, eq=False)
class Unnormalised:
    """Masses of each form: ``z`` [F], ``cause`` [F, C + K + 1] (columns, known, unexplained), ``present`` [F, P]."""

    z: Floats
    cause: Floats
    present: Floats


def expand(query: Query, problem: Problem) -> Expanded:
    """The full table of one case."""
    plus_moves = (problem.phi_plus != 1).any(axis=(0, 2))
    x = product_table(problem.x0, problem.phi_plus, problem.phi_minus, plus_moves)[0]
    a, b = query.columns.single, query.columns.single + query.columns.cause_only
    pi, q = problem.pi[0], problem.q[0]
    R, K = np.zeros_like(x), np.zeros_like(x)
    top = pi[:a, None] * x[:a]
    fac = top + (1 - pi[:a, None])
    R[:a] = top / fac
    K[:a] = R[:a] * (1 - R[:a]) * q[:a, None]
    only = x[a:b] * (pi[a:b] * q[a:b])[:, None]
    constant = float(problem.q0[0] + problem.fact_q[0].sum())
    s = signs(problem.plus, problem.minus)[0] * fac.prod(axis=0)
    y = q[:a] @ R[:a] + only.sum(axis=0) + constant
    blocks, block_fac, start = [], [], b
    for number, (k, count) in enumerate(query.columns.sizes):
        for i in range(count):
            columns = np.arange(start, start + k)
            start += k
            products = state_products(x[columns])
            block = BlockTable(columns, products, problem.states[number][0, i])
            one = block_masses(block, q, block.prob[None])
            R[columns], K[columns] = one.R[0], one.K[0]
            s, y = s * one.fac[0], y + one.y[0]
            blocks.append(block)
            block_fac.append(one.fac[0])
    return Expanded(query, problem, x, fac, R, K, only, s, y, tuple(blocks), tuple(block_fac), constant)


@dataclass(frozen=True, eq=False)
class BlockMasses:
    """A block under f different weights: fac, y [f, S]; R, K [f, k, S]."""

    fac: Floats
    y: Floats
    R: Floats
    K: Floats


def block_masses(block: BlockTable, q: Floats, weights: Floats) -> BlockMasses:
    """Sums over the states of a block; weights [f, 2^k] include the prior."""
    k = len(block.columns)
    member = bits(k).astype(np.float64)
    own = q[block.columns]
    fac = weights @ block.products
    count = len(weights)
    both = (weights[:, None, :] * member.T).reshape(count * k, -1) @ block.products
    R = both.reshape(count, k, -1) / fac[:, None]
    causal = (weights[:, None, :] * member.T * (member @ own)).reshape(count * k, -1) @ block.products
    y = np.einsum("j,fjs->fs", own, R)
    return BlockMasses(fac, y, R, causal.reshape(count, k, -1) / fac[:, None] - R * y[:, None])


@dataclass(frozen=True, eq=False)
class _Touched:
    """Touched (form, column) pairs outside cause-only columns: R, K [E, S]."""

    form: Ints
    column: Ints
    R: Floats
    K: Floats


def evaluate(table: Expanded, entries: Entries, present: Ints) -> Unnormalised:
    """Unnormalised masses of all forms; ``present``: the columns whose presence is wanted."""
    problem, query = table.problem, table.query
    a, b = query.columns.single, query.columns.single + query.columns.cause_only
    q = problem.q[0]
    weight = np.repeat(table.s[None], len(entries.start), axis=0)
    y = np.repeat(table.y[None], len(entries.start), axis=0)
    touched = [_touch_single(table, entries, weight, y)]
    for number in range(len(table.blocks)):
        touched += _touch_block(table, entries, number, weight, y)
    form_o, column_o, change = _touch_only(table, entries, y)
    sy = weight * y
    z = sy.sum(axis=1) * entries.start
    cause = (weight @ table.R.T) * q
    for rows in touched:
        cause[rows.form, rows.column] = q[rows.column] * np.einsum("es,es->e", weight[rows.form], rows.R)
    cause[:, a:b] = weight @ table.only.T
    np.add.at(cause, (form_o, column_o), np.einsum("es,es->e", weight[form_o], change))
    mass = _present(table, touched, weight, sy, present)
    only = np.flatnonzero((present >= a) & (present < b))
    mass[:, only] = cause[:, present[only]]
    total = weight.sum(axis=1)[:, None]
    cause = np.concatenate([cause, total * problem.fact_q, total * problem.q0], axis=1)
    return Unnormalised(z, cause * entries.start[:, None], mass * entries.start[:, None])


def _touch_single(table: Expanded, entries: Entries, weight: Floats, y: Floats) -> _Touched:
    """Columns that stand alone; weight and y [F, S] are brought up to date in place."""
    alone = np.flatnonzero(entries.column < table.query.columns.single)
    form, column, pi = entries.form[alone], entries.column[alone], entries.pi[alone]
    R = table.x[column]
    R *= (pi * entries.g[alone])[:, None]
    fac = R + (1 - pi)[:, None]
    R /= fac
    own = table.problem.q[0][column][:, None]
    starts = np.flatnonzero(np.diff(form, prepend=-1))
    if len(starts):
        fac /= table.fac[column]
        weight[form[starts]] *= np.multiply.reduceat(fac, starts, axis=0)
        y[form[starts]] += np.add.reduceat((R - table.R[column]) * own, starts, axis=0)
    return _Touched(form, column, R, R * (1 - R) * own)


def _touch_only(table: Expanded, entries: Entries, y: Floats) -> tuple[Ints, Ints, Floats]:
    """Cause-only columns: forms, columns, and the change of their causal mass."""
    columns = table.query.columns
    a = columns.single
    inside = np.flatnonzero((entries.column >= a) & (entries.column < a + columns.cause_only))
    form, column = entries.form[inside], entries.column[inside]
    scale = entries.pi[inside] * entries.g[inside] / np.maximum(table.problem.pi[0, column], 1e-300)
    change = table.only[column - a] * (scale - 1)[:, None]
    np.add.at(y, form, change)
    return form, column, change


def _touch_block(table: Expanded, entries: Entries, number: int, weight: Floats, y: Floats) -> list[_Touched]:
    """All forms that touch one block: factors of its states, or changed probabilities of them."""
    block = table.blocks[number]
    inside = np.flatnonzero((entries.column >= block.columns[0]) & (entries.column <= block.columns[-1]))
    changed = [f for f, b in entries.prob if b == number]
    forms = np.unique(np.concatenate([entries.form[inside], np.array(changed, dtype=np.int64)]))
    if not len(forms):
        return []
    k = len(block.columns)
    factors = np.ones((len(forms), k))
    where = np.searchsorted(forms, entries.form[inside])
    factors[where, entries.column[inside] - block.columns[0]] = entries.g[inside]
    weights = state_products(factors.T).T * block.prob
    for f in changed:
        weights[np.searchsorted(forms, f)] = entries.prob[f, number]
    q = table.problem.q[0]
    masses = block_masses(block, q, weights)
    weight[forms] *= masses.fac / table.block_fac[number]
    y[forms] += masses.y - q[block.columns] @ table.R[block.columns]
    R, K = masses.R.reshape(len(forms) * k, -1), masses.K.reshape(len(forms) * k, -1)
    return [_Touched(np.repeat(forms, k), np.tile(block.columns, len(forms)), R, K)]


def _present(table: Expanded, touched: list[_Touched], weight: Floats, sy: Floats, present: Ints) -> Floats:
    """Unnormalised presence of some columns. [F, P]"""
    mass: Floats = sy @ table.R[present].T + weight @ table.K[present].T
    place = np.full(len(table.x), -1)
    place[present] = np.arange(len(present))
    for rows in touched:
        use = np.flatnonzero(place[rows.column] >= 0)
        form = rows.form[use]
        values = np.einsum("es,es->e", sy[form], rows.R[use]) + np.einsum("es,es->e", weight[form], rows.K[use])
        mass[form, place[rows.column[use]]] = values
    return mass


def joint(table: Expanded, present: Ints) -> Floats:
    """Unnormalised P(cause, present): [C + K + 1, P] for columns, known conditions, unexplained."""
    problem, query = table.problem, table.query
    a, b = query.columns.single, query.columns.single + query.columns.cause_only
    q, R = problem.q[0], table.R
    weighted = R[present] * table.s
    both = (R @ weighted.T) * q[:, None]
    both[a:b] = table.only @ weighted.T
    place = {int(c): j for j, c in enumerate(present)}
    alone = (R[present] @ table.s) * q[present]
    both[present, np.arange(len(present))] = alone
    for block, fac in zip(table.blocks, table.block_fac, strict=True):
        member = bits(len(block.columns)).astype(np.float64)
        mean = (block.prob[:, None] * block.products) @ (table.s / fac)  # [2^k]
        pairs = (member * mean[:, None]).T @ member
        for j, d in enumerate(block.columns.tolist()):
            if d in place:
                both[block.columns, place[d]] = pairs[:, j] * q[block.columns]
    total = weighted.sum(axis=1)
    rows = [both, problem.fact_q[0][:, None] * total, problem.q0[:, None] * total]
    result = np.concatenate(rows)
    only = np.flatnonzero((present >= a) & (present < b))
    result[:, only] = 0
    result[present[only], only] = table.only[present[only] - a] @ table.s
    return result
