"""Posteriors of cases of one patient that differ in a few findings, as one kernel batch.

Every row has the two-term items of all the cases; one that a case does not have keeps its place with plus = 1 and
minus = 0, so its minus form counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hickam.inference.batch import BatchPosterior, posterior_batch
from hickam.inference.kernel import LONG_LIMIT, Problem, problem_of, solve, spread
from hickam.inference.layout import Floats, Ints, Network
from hickam.inference.query import EXACT_ITEMS, Query, build_query
from hickam.model.case import Case


def posterior_variants(network: Network, cases: Sequence[Case]) -> BatchPosterior:
    """Posteriors of all cases, in their order; one by one unless they share age, sex, facts and risk factors."""
    queries = [build_query(network, case) for case in cases]
    findings = sorted({int(f) for query in queries for f in query.items.two_finding})
    alike = all(query.base is queries[0].base for query in queries)
    if not cases or not alike or len(findings) > EXACT_ITEMS:
        return posterior_batch(network, cases)
    masses = solve(_together(queries, np.array(findings, dtype=np.int64)))
    if not (masses.cancellation < LONG_LIMIT).all():
        return posterior_batch(network, cases)
    cause, present = spread(queries[0], masses)
    approximated = np.array([query.items.approximated for query in queries], dtype=np.bool_)
    return BatchPosterior(
        network.conditions, cause, present, masses.unexplained, masses.log_z, approximated, masses.cancellation
    )


def _together(queries: list[Query], findings: Ints) -> Problem:
    """Problems side by side over the same items."""
    problems = [problem_of(query) for query in queries]
    shape = (len(queries), len(findings))
    plus, minus = np.ones(shape), np.zeros(shape)
    phi_plus = np.ones((*shape, len(queries[0].columns.index)))
    phi_minus = np.ones_like(phi_plus)
    for row, query in enumerate(queries):
        at = np.searchsorted(findings, query.items.two_finding)
        plus[row, at], minus[row, at] = query.items.plus, query.items.minus
        phi_plus[row, at], phi_minus[row, at] = query.items.phi_plus, query.items.phi_minus
    first = problems[0]

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(problem, name) for problem in problems])

    return Problem(
        columns=first.columns,
        pi=first.pi,
        states=first.states,
        q=joined("q"),
        q0=joined("q0"),
        fact_q=joined("fact_q"),
        x0=joined("x0"),
        plus=plus,
        minus=minus,
        phi_plus=phi_plus,
        phi_minus=phi_minus,
        log=joined("log"),
    )
