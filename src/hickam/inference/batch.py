"""Posteriors of many structured cases at once, without intervals.

Cases of one shape (same unknown conditions, same known ones, same columns touched by equally many two-term items)
are one kernel batch, so that a batch gives what single cases give, to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hickam.inference.kernel import LONG_LIMIT, Problem, posterior, problem_of, solve, spread
from hickam.inference.layout import Bools, Floats, Network
from hickam.inference.query import Query, build_query
from hickam.model.case import Case


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
