"""Every row of a batch: from flat cases to posteriors."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hickam.inference.compiled.columns import marginals, put_together, weigh_columns
from hickam.inference.compiled.families import family_marginals, weigh_families
from hickam.inference.compiled.findings import causal_weights, items
from hickam.inference.compiled.forms import ones
from hickam.inference.compiled.jit import compiled, entry, sources
from hickam.inference.compiled.priors import block_states, own_priors
from hickam.inference.compiled.work import Terms, Work
from hickam.inference.flat import FlatCases, Populations, Tables
from hickam.inference.layout import Bools, Floats, Ints

MOST_ITEMS = 12
"""Two-term items taken exactly here; rows with more are left to the kernel, which reduces some of them."""
CANCELS = 1e13


class Answers(NamedTuple):
    """Rows of the answer: ``cause``, ``present`` [B, n]; ``unexplained``, ``log_evidence``, ``cancellation`` [B];
    ``approximated`` [B]; ``left`` [B] rows the kernel must do."""

    cause: Floats
    present: Floats
    unexplained: Floats
    log_evidence: Floats
    cancellation: Floats
    approximated: Bools
    left: Bools


@compiled
def _every_row(T: Tables, P: Populations, cases: FlatCases, W: Work, terms: Terms, out: Answers) -> None:
    for r in range(len(cases.people)):
        own_priors(T, P, cases, r, W)
        log, unexplained, known = causal_weights(T, P, cases, r, W)
        m, constant, out.approximated[r] = items(T, P, cases, r, W)
        if m > MOST_ITEMS or (2 << m) > len(terms.s):
            out.left[r] = True
        else:
            _solve(T, P, cases, r, m, unexplained, known, W, terms, out)
            out.log_evidence[r] += log + constant
            out.left[r] = not (out.cancellation[r] < CANCELS)
        for i in range(cases.seen.ptr[r + 1] - cases.seen.ptr[r]):
            ones(T, cases.seen.item[cases.seen.ptr[r] + i], W.row.phi_plus[i], W.row.phi_minus[i])
        for j in range(cases.facts.ptr[r], cases.facts.ptr[r + 1]):
            W.fact[cases.facts.item[j]] = -1


@compiled
def _solve(
    T: Tables,
    P: Populations,
    cases: FlatCases,
    r: int,
    m: int,
    unexplained: float,
    known: float,
    W: Work,
    terms: Terms,
    out: Answers,
) -> None:
    """The kernel for one row."""
    row, cause, present = W.row, out.cause[r], out.present[r]
    block_states(T, P, cases.people[r], W)
    count = weigh_columns(T.shape, row, terms, m)
    weigh_families(T.shape, row, P.pairs[cases.people[r]], terms)
    z, total, absolute = put_together(row, terms, m, unexplained + known)
    out.cancellation[r] = absolute / abs(z)
    out.log_evidence[r] = np.log(max(z, 0.0))
    marginals(T.shape, row, terms, count, z, cause, present)
    family_marginals(T.shape, row, terms, z, cause, present)
    for j in range(cases.facts.ptr[r], cases.facts.ptr[r + 1]):
        d = cases.facts.item[j]
        cause[d], present[d] = row.q[d] * total / z, 1.0
    out.unexplained[r] = unexplained * total / z


def _kept(made_of: str) -> tuple[Callable[..., None], Callable[[Floats, Ints], None]]:
    """What is called from outside."""

    @entry
    def solve_rows(T: Tables, P: Populations, cases: FlatCases, W: Work, terms: Terms, out: Answers) -> None:
        """Fill every row of the answer."""
        if made_of:
            _every_row(T, P, cases, W, terms, out)

    @entry
    def leading(cause: Floats, most: Ints) -> None:
        """Columns of the largest values of each row, largest first; ``most`` [B, k] is filled."""
        if made_of:
            _leading(cause, most)

    return solve_rows, leading


@compiled
def _leading(cause: Floats, most: Ints) -> None:
    k = most.shape[1]
    for row in range(len(cause)):
        held = 0
        for d in range(cause.shape[1]):
            value = cause[row, d]
            if held == k and value <= cause[row, most[row, k - 1]]:
                continue
            at = min(held, k - 1)
            while at > 0 and value > cause[row, most[row, at - 1]]:
                most[row, at] = most[row, at - 1]
                at -= 1
            most[row, at] = d
            held = min(held + 1, k)


solve_rows, leading = _kept(sources())
