"""One case through the compiled terms, for programs that have them compiled anyway: ``kernel.solve`` of one row.

A few dozen NumPy calls on small arrays cost ten times the arithmetic between them. Loading the machine code costs more
than a single answer saves, so that a command for one case does without (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hickam.inference import kernel
from hickam.inference.compiled.columns import marginals, put_in_order, put_together, weigh_columns
from hickam.inference.compiled.families import family_marginals, state_masses, weigh_families
from hickam.inference.compiled.jit import compiled, entry, sources
from hickam.inference.compiled.work import Row, Terms, row_space, term_space
from hickam.inference.flat import Shape
from hickam.inference.kernel import Masses, Problem
from hickam.inference.layout import IN_FAMILY, Floats
from hickam.inference.query import EXACT_ITEMS

SMALL = 8
"""Up to so many items the tables stay in the nearest caches."""


class Answer(NamedTuple):
    """``cause``, ``present`` [C]; ``states`` [T] mass of each; ``sums`` [3]: Z, sum of s, sum of absolute s y."""

    cause: Floats
    present: Floats
    states: Floats
    sums: Floats


def enable() -> None:
    """From now on this process answers single cases compiled."""
    kernel.ONE_ROW = solve_one


def solve_one(problem: Problem) -> Masses | None:
    """What ``kernel.solve`` gives for one row; None where it has too many items."""
    columns, m = problem.columns, len(problem.plus[0])
    if m > EXACT_ITEMS:
        return None
    shape, row, terms = _space(columns.single, columns.cause_only, columns.sizes, max(m, SMALL))
    row = row._replace(
        pi=problem.pi[0],
        q=problem.q[0],
        x0=problem.x0[0],
        states=problem.states[0],
        plus=problem.plus[0],
        minus=problem.minus[0],
        phi_plus=np.ascontiguousarray(problem.phi_plus[0]),
        phi_minus=np.ascontiguousarray(problem.phi_minus[0]),
    )
    width = len(row.alive)
    answer = Answer(np.empty(width), np.empty(width), np.empty(len(row.states)), np.empty(3))
    unexplained, known = float(problem.q0[0]), problem.fact_q[0]
    solve_row(shape, row, terms, m, unexplained + float(known.sum()), answer)
    z, total, absolute = answer.sums.tolist()
    if not z > 0:
        return None
    return Masses(
        cause=answer.cause[None],
        present=answer.present[None],
        fact_cause=(known * (total / z))[None],
        unexplained=np.array([unexplained * total / z]),
        log_z=np.log(z) + problem.log,
        cancellation=np.array([absolute / z]),
        states=answer.states[:, None],
    )


@lru_cache(maxsize=64)
def _space(single: int, cause_only: int, sizes: tuple[int, ...], items: int) -> tuple[Shape, Row, Terms]:
    """Columns as the query lays them out, and room to work."""
    ks = np.array(sizes, dtype=np.int64)
    outside, inside = single + cause_only, int(ks.sum())
    width = outside + inside
    block = np.full(width, -1, dtype=np.int64)
    block[outside:] = np.repeat(np.arange(len(ks)), ks)
    pointers = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(ks)])
    state_ptr = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(2**ks)])
    only = np.zeros(width, dtype=np.bool_)
    only[single:outside] = True
    shape = Shape(block, only, pointers, outside + np.arange(inside), state_ptr)
    row = row_space(width, len(ks), 0, items)
    row.alive[:] = True
    return shape, row, term_space(width, pointers, 1 << items)


@compiled
def _arrange(shape: Shape, row: Row, m: int) -> None:
    """Items in order, the busiest first; level of every column."""
    for i in range(m):
        row.weight[i] = 0.0
        row.moved[i] = False
        for d in range(len(row.level)):
            row.moved[i] = row.moved[i] or row.phi_plus[i, d] != 1.0
            if row.phi_minus[i, d] != 1.0 or row.phi_plus[i, d] != 1.0:
                row.weight[i] += 1.0 if shape.block[d] < 0 else IN_FAMILY
        put_in_order(row, i, i)
    row.level[:] = 0
    for j in range(m):
        i = row.two[j]
        for d in range(len(row.level)):
            if row.phi_minus[i, d] != 1.0 or row.phi_plus[i, d] != 1.0:
                row.level[d] = j + 1


@compiled
def _solve(shape: Shape, row: Row, pairs: Floats, terms: Terms, m: int, known: float, answer: Answer) -> None:
    _arrange(shape, row, m)
    count = weigh_columns(shape, row, terms, m)
    weigh_families(shape, row, pairs, terms)
    z, total, absolute = put_together(row, terms, m, known)
    answer.sums[0], answer.sums[1], answer.sums[2] = z, total, absolute
    marginals(shape, row, terms, count, z, answer.cause, answer.present)
    family_marginals(shape, row, terms, z, answer.cause, answer.present)
    state_masses(terms, z, answer.states)


def _kept(made_of: str) -> Callable[[Shape, Row, Terms, int, float, Answer], None]:
    @entry
    def solve_row(shape: Shape, row: Row, terms: Terms, m: int, known: float, answer: Answer) -> None:
        """Fill the answer."""
        if made_of:
            _solve(shape, row, row.states, terms, m, known, answer)

    return solve_row


solve_row = _kept(sources())
