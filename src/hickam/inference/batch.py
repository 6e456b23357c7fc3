"""Posteriors of many structured cases at once, without intervals: a few dozen through the kernel, a cohort compiled.

Cases of one shape (same unknown conditions, same known ones, same columns touched by equally many two-term items)
are one kernel batch, so that a batch gives what single cases give, to rounding.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hickam.inference.kernel import LONG_LIMIT, Problem, posterior, problem_of, solve, spread
from hickam.inference.layout import Bools, Floats, Ints, Network
from hickam.inference.query import Query, build_query
from hickam.inference.reading import read_case
from hickam.model.case import Case

if TYPE_CHECKING:
    from hickam.inference.compiled.rows import Answers
    from hickam.inference.compiled.work import Terms, Work
    from hickam.inference.flat import FlatCases


@dataclass(frozen=True, eq=False)
class BatchPosterior:
    """N cases: ``cause`` and ``present`` [N, n] in the order of ``conditions``, ``unexplained`` [N],
    ``log_evidence`` [N], ``approximated`` [N], ``cancellation`` [N]."""

    conditions: tuple[str, ...]
    cause: Floats
    present: Floats
    unexplained: Floats
    log_evidence: Floats
    approximated: Bools
    cancellation: Floats


def posterior_batch(network: Network, cases: Sequence[Case]) -> BatchPosterior:
    """Posteriors of all cases, in their order."""
    queries = [build_query(network, case) for case in cases]
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, query in enumerate(queries):
        groups.setdefault(_shape(query), []).append(i)
    n = len(network.conditions)
    result = BatchPosterior(
        network.conditions,
        np.zeros((len(cases), n)),
        np.zeros((len(cases), n)),
        np.zeros(len(cases)),
        np.zeros(len(cases)),
        np.zeros(len(cases), dtype=np.bool_),
        np.ones(len(cases)),
    )
    for rows in groups.values():
        _fill(result, [queries[i] for i in rows], rows)
    return result


def _fill(result: BatchPosterior, queries: list[Query], rows: list[int]) -> None:
    masses = solve(stacked([problem_of(query) for query in queries]))
    result.cause[rows], result.present[rows] = spread(queries[0], masses)
    result.unexplained[rows], result.log_evidence[rows] = masses.unexplained, masses.log_z
    result.cancellation[rows] = masses.cancellation
    result.approximated[rows] = [query.items.approximated for query in queries]
    for i in np.flatnonzero(~(masses.cancellation < LONG_LIMIT)).tolist():
        one = posterior(queries[i])
        row = rows[i]
        result.cause[row], result.present[row], result.unexplained[row] = one.cause, one.present, one.unexplained
        result.log_evidence[row], result.approximated[row] = one.log_evidence, one.approximated


def _shape(query: Query) -> tuple[object, ...]:
    items = query.items
    touched = (items.phi_minus != 1).any(axis=0) | (items.phi_plus != 1).any(axis=0)
    moves = (items.phi_plus != 1).any(axis=1)
    columns = query.columns
    return columns.index.tobytes(), columns.sizes, query.facts.tobytes(), len(moves), touched.tobytes(), moves.tobytes()


def stacked(problems: list[Problem]) -> Problem:
    """Problems of one shape as one batch."""

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(problem, name) for problem in problems])

    return Problem(
        columns=problems[0].columns,
        pi=joined("pi"),
        states=joined("states"),
        q=joined("q"),
        q0=joined("q0"),
        fact_q=joined("fact_q"),
        x0=joined("x0"),
        plus=joined("plus"),
        minus=joined("minus"),
        phi_plus=joined("phi_plus"),
        phi_minus=joined("phi_minus"),
        log=joined("log"),
    )


SMALL, LARGE = 7, 12
"""Two-term items a row may have in the first pass, whose tables stay in the nearest caches, and in the second."""


class BatchSolver:
    """Solves flat cases of one network. Needs numba; keep one a process, for its scratch space and populations."""

    def __init__(self, network: Network) -> None:
        from hickam.inference.flat import PeopleIndex, tables_of_network

        self.network, self.tables, self.people = network, tables_of_network(network), PeopleIndex(network)
        self._space: dict[tuple[int, int], tuple[Work, Terms]] = {}

    def solve(self, cases: FlatCases) -> BatchPosterior:
        """Posteriors of all rows: compiled in two passes, and by the kernel where neither may answer."""
        from hickam.inference.flat import RowReader, take

        result = self._compiled(cases, SMALL)
        left = np.flatnonzero(result.left)
        if len(left):
            again = self._compiled(take(cases, left), LARGE)
            for into, part in zip(result, again, strict=True):
                into[left] = part
        reader = RowReader(self.network, self.people, cases)
        for row in np.flatnonzero(result.left).tolist():
            one = posterior(build_query(self.network, reader.view(row)))
            result.cause[row], result.present[row], result.unexplained[row] = one.cause, one.present, one.unexplained
            result.log_evidence[row], result.cancellation[row] = one.log_evidence, one.cancellation
            result.approximated[row] = one.approximated
        return BatchPosterior(
            self.network.conditions,
            result.cause,
            result.present,
            result.unexplained,
            result.log_evidence,
            result.approximated,
            result.cancellation,
        )

    def leading(self, cause: Floats, most: int) -> Ints:
        """Indices of the most probable causes of each row, first the first. [B, most]"""
        from hickam.inference.compiled.rows import leading

        found = np.zeros((len(cause), min(most, cause.shape[1])), dtype=np.int64)
        leading(cause, found)
        return found

    def _compiled(self, cases: FlatCases, items: int) -> Answers:
        from hickam.inference.compiled.rows import Answers, solve_rows
        from hickam.inference.compiled.work import case_space, term_space

        rows, n = len(cases.people), len(self.network.conditions)
        answers = Answers(
            np.empty((rows, n)),
            np.empty((rows, n)),
            np.zeros(rows),
            np.zeros(rows),
            np.zeros(rows),
            np.zeros(rows, dtype=np.bool_),
            np.zeros(rows, dtype=np.bool_),
        )
        if rows:
            asked = 16 * (int(np.diff(cases.seen.ptr).max()) // 16 + 1)
            space = self._space.get((asked, items))
            if space is None:
                shape = self.tables.shape
                terms = term_space(len(shape.block), shape.block_ptr, 1 << items)
                space = self._space[asked, items] = case_space(self.tables, asked), terms
            solve_rows(self.tables, self.people.stacked(), cases, *space, answers)
        return answers


def posterior_many(network: Network, cases: Sequence[Case]) -> BatchPosterior:
    """``posterior_batch`` for a cohort: compiled where numba is installed (``pip install 'hickam[batch]'``)."""
    if importlib.util.find_spec("numba") is None:
        return posterior_batch(network, cases)
    from hickam.inference.flat import flat_cases

    solver = network.cache.get("batch solver")
    if not isinstance(solver, BatchSolver):
        solver = network.cache["batch solver"] = BatchSolver(network)
    return solver.solve(flat_cases(network, solver.people, [read_case(network, case) for case in cases]))
