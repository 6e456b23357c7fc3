"""Own priors, who is possible, and the states of families, for one row (``inference.priors``; notes 1.6, 1.8, 1.9)."""

from __future__ import annotations

import numpy as np

from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Work
from hickam.inference.flat import FlatCases, Populations, Tables
from hickam.inference.lookups import CHILD_FLOOR, PRIOR_MAX


@compiled
def either(a: float, b: float) -> float:
    """Probability of a or b, independent."""
    return a + (1 - a) * b


@compiled
def own_priors(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> None:
    """Own priors and who is possible at all; marks the blocks in which they are not the population's."""
    person, row = cases.people[r], W.row
    if (
        cases.facts.ptr[r] == cases.facts.ptr[r + 1]
        and cases.out.ptr[r] == cases.out.ptr[r + 1]
        and cases.risk.ptr[r] == cases.risk.ptr[r + 1]
    ):
        for d in range(len(W.p)):
            W.p[d], row.alive[d], row.pi[d] = P.p[person, d], P.alive[person, d], P.pi[person, d]
        W.moved_block[:] = False
        return
    _answers(T, P, cases, r, W)
    _moved(T, P, person, W)
    _known_parents(T, W)
    for d in range(len(W.p)):
        p = min(W.p[d], PRIOR_MAX) if W.now[d] > 0 else 0.0
        silent = P.not_mentioned[person, d]
        W.p[d], row.pi[d] = p, p * silent / (1 - p * (1 - silent))
    for b in range(len(W.moved_block)):
        W.moved_block[b] = False
        for j in range(T.shape.block_ptr[b], T.shape.block_ptr[b + 1]):
            d = T.shape.block_member[j]
            if W.p[d] != P.p[person, d] or row.alive[d] != P.alive[person, d]:
                W.moved_block[b] = True


@compiled
def _answers(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> None:
    """Shifts of the log odds, exposures, known and settled conditions."""
    person, risk = cases.people[r], cases.risk
    W.shift[:] = 0.0
    W.settled[:] = False
    for d in range(len(W.exposed)):
        W.exposed[d] = P.exposed_unmentioned[person, d]
    for j in range(risk.ptr[r], risk.ptr[r + 1]):
        f, yes = risk.item[j], risk.state[j]
        for e in range(T.mod_ptr[f], T.mod_ptr[f + 1]):
            W.shift[T.mod_condition[e]] += T.mod_log_or[e] * yes - P.centre[person, e]
        for e in range(T.exposes_ptr[f], T.exposes_ptr[f + 1]):
            W.exposed[T.exposes[e]] = yes
    for j in range(cases.facts.ptr[r], cases.facts.ptr[r + 1]):
        W.fact[cases.facts.item[j]] = cases.facts.state[j]
        W.settled[cases.facts.item[j]] = True
    for j in range(cases.out.ptr[r], cases.out.ptr[r + 1]):
        W.settled[cases.out.item[j]] = True


@compiled
def _moved(T: Tables, P: Populations, person: int, W: Work) -> None:
    """Population value, less what modelled or settled parents explain, moved by the answers."""
    for d in range(len(W.now)):
        exposed = W.exposed[d] * P.possible[person, d] if T.exposure[d] >= 0 else 0.0
        W.now[d] = min(either(P.prior[person, d], exposed * T.exposure_share[d]), PRIOR_MAX)
        W.brought[d] = 0.0
    for e in range(len(T.edge_parent)):
        if T.edge_inside[e] or W.settled[T.edge_parent[e]]:
            child = T.edge_child[e]
            W.brought[child] = either(W.brought[child], P.total[person, T.edge_parent[e]] * T.edge_rho[e])
    for d in range(len(W.now)):
        p = W.now[d]
        if len(T.edge_parent):
            p = max((p - W.brought[d]) / (1 - W.brought[d]), CHILD_FLOOR * p)
        if W.shift[d] != 0.0:
            odds = p / (1 - p) * np.exp(W.shift[d])
            p = odds / (1 + odds)
        W.p[d] = p
        W.row.alive[d] = W.now[d] > 0 and not W.settled[d]


@compiled
def _known_parents(T: Tables, W: Work) -> None:
    """Known conditions raise their children and end what they exclude."""
    for e in range(len(T.edge_parent)):
        status = W.fact[T.edge_parent[e]]
        if status >= 0:
            rho = T.edge_rho[e] * T.status_findings[status, T.edge_parent[e]]
            W.p[T.edge_child[e]] = either(W.p[T.edge_child[e]], rho)
    for e in range(len(T.exclude_a)):
        a, b = T.exclude_a[e], T.exclude_b[e]
        if W.fact[b] >= 0:
            W.row.alive[a] = False
        if W.fact[a] >= 0:
            W.row.alive[b] = False


@compiled
def block_states(T: Tables, P: Populations, person: int, W: Work) -> None:
    """States of every block that something in the case speaks of: the population's, or made anew."""
    shape, row = T.shape, W.row
    for b in range(len(row.usual)):
        row.usual[b] = not W.moved_block[b]
        for place in range(shape.block_ptr[b], shape.block_ptr[b + 1]):
            d = shape.block_member[place]
            if row.alive[d] and (row.level[d] > 0 or row.x0[d] != 1.0):
                row.usual[b] = False
        if W.moved_block[b]:
            _states(T, P, person, b, W)
        elif not row.usual[b]:
            for u in range(shape.state_ptr[b], shape.state_ptr[b + 1]):
                row.states[u] = P.states[person, u]


@compiled
def _states(T: Tables, P: Populations, person: int, b: int, W: Work) -> None:
    """``priors.block_states`` over all members, parents first; states with a known or impossible member are nil.

    The table grows by a member at a time: what brings a member about is settled by the members before it.
    """
    shape, row, has = T.shape, W.row, W.has
    w = row.states[shape.state_ptr[b] : shape.state_ptr[b + 1]]
    first, k = shape.block_ptr[b], shape.block_ptr[b + 1] - shape.block_ptr[b]
    w[0] = 1.0
    for j in range(k):
        d, size = shape.block_member[first + j], 1 << j
        if not row.alive[d] and W.fact[d] < 0:
            w[size : 2 * size] = 0.0
            continue
        _brought(T, b, j, W.p[d], W)
        if row.alive[d]:
            silent = P.not_mentioned[person, d]
            for u in range(size):
                w[size + u] = w[u] * has[u] * silent
                w[u] *= 1 - has[u]
        else:
            w[size : 2 * size] = 0.0
            for u in range(size):
                w[u] *= max(has[u], 1e-9)
    total = 0.0
    for e in range(T.apart_ptr[b], T.apart_ptr[b + 1]):
        for u in range(len(w)):
            if u & T.apart[e] == T.apart[e]:
                w[u] = 0.0
    for u in range(len(w)):
        total += w[u]
    for u in range(len(w)):
        w[u] /= total


@compiled
def _brought(T: Tables, b: int, j: int, own: float, W: Work) -> None:
    """P(member j | state of the members before it) into ``has``: its own probability or any parent present."""
    first, has = T.shape.block_ptr[b], W.has
    has[: 1 << j] = own
    if own <= 0:
        return
    for e in range(T.inside_ptr[b], T.inside_ptr[b + 1]):
        parent, rho = T.inside_parent[e], T.inside_rho[e]
        if T.inside_child[e] == j and W.row.alive[T.shape.block_member[first + parent]]:
            for high in range(1 << parent, 1 << j, 2 << parent):
                for u in range(high, high + (1 << parent)):
                    has[u] = either(has[u], rho)
