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
    """Own priors and who is possible at all: the population's, but for the conditions that the answers concern; marks
    the blocks in which they are not the population's."""
    person, row = cases.people[r], W.row
    for d in range(len(W.p)):
        W.p[d], row.alive[d], row.pi[d] = P.p[person, d], P.alive[person, d], P.pi[person, d]
    W.moved_block[:] = False
    W.concerned[:] = False
    count = _answers(T, P, cases, r, W)
    facts, settled = cases.facts, cases.facts.ptr[r + 1] > cases.facts.ptr[r] or cases.out.ptr[r + 1] > cases.out.ptr[r]
    if settled:
        count = _settle(T, P, cases, r, count, W)
    for i in range(count):
        d = W.listed[i]
        brought = W.brought[d] if settled else P.brought[person, d]
        W.now[d], W.p[d] = _moved(T, P, person, d, brought, W)
        row.alive[d] = W.now[d] > 0 and not (settled and W.settled[d])
    if facts.ptr[r + 1] > facts.ptr[r]:
        _known_parents(T, W)
    for i in range(count):
        d = W.listed[i]
        p, silent = min(W.p[d], PRIOR_MAX) if W.now[d] > 0 else 0.0, P.not_mentioned[person, d]
        W.p[d], row.pi[d] = p, p * silent / (1 - p * (1 - silent)) if row.alive[d] else 0.0
        if T.shape.block[d] >= 0 and (p != P.p[person, d] or row.alive[d] != P.alive[person, d]):
            W.moved_block[T.shape.block[d]] = True


@compiled
def _concern(P: Populations, person: int, d: int, count: int, W: Work) -> int:
    """List a condition, once; returns their number."""
    if W.concerned[d]:
        return count
    W.concerned[d] = True
    W.listed[count] = d
    W.shift[d], W.exposed[d] = 0.0, P.exposed_unmentioned[person, d]
    return count + 1


@compiled
def _answers(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> int:
    """Shifts of the log odds and exposures; returns how many conditions they concern."""
    person, risk, count = cases.people[r], cases.risk, 0
    for j in range(risk.ptr[r], risk.ptr[r + 1]):
        f, yes = risk.item[j], risk.state[j]
        for e in range(T.mod_ptr[f], T.mod_ptr[f + 1]):
            count = _concern(P, person, T.mod_condition[e], count, W)
            W.shift[T.mod_condition[e]] += T.mod_log_or[e] * yes - P.centre[person, e]
        for e in range(T.exposes_ptr[f], T.exposes_ptr[f + 1]):
            count = _concern(P, person, T.exposes[e], count, W)
            W.exposed[T.exposes[e]] = yes
    return count


@compiled
def _settle(T: Tables, P: Populations, cases: FlatCases, r: int, count: int, W: Work) -> int:
    """Known and ruled out conditions concern themselves, their children, and what they exclude."""
    person, facts, out = cases.people[r], cases.facts, cases.out
    W.settled[:] = False
    for j in range(facts.ptr[r], facts.ptr[r + 1]):
        W.fact[facts.item[j]] = facts.state[j]
        W.settled[facts.item[j]] = True
        count = _concern(P, person, facts.item[j], count, W)
    for j in range(out.ptr[r], out.ptr[r + 1]):
        W.settled[out.item[j]] = True
        count = _concern(P, person, out.item[j], count, W)
    W.brought[:] = 0.0
    for e in range(len(T.edge_parent)):
        child, parent = T.edge_child[e], T.edge_parent[e]
        if T.edge_inside[e] or W.settled[parent]:
            W.brought[child] = either(W.brought[child], P.total[person, parent] * T.edge_rho[e])
        if W.settled[parent]:
            count = _concern(P, person, child, count, W)
    for e in range(len(T.exclude_a)):
        if W.settled[T.exclude_a[e]] or W.settled[T.exclude_b[e]]:
            count = _concern(P, person, T.exclude_a[e], count, W)
            count = _concern(P, person, T.exclude_b[e], count, W)
    return count


@compiled
def _moved(T: Tables, P: Populations, person: int, d: int, brought: float, W: Work) -> tuple[float, float]:
    """Population value of a condition, and the same less what modelled or settled parents explain, moved by the
    answers."""
    exposed = W.exposed[d] * P.possible[person, d] if T.exposure[d] >= 0 else 0.0
    now = min(either(P.prior[person, d], exposed * T.exposure_share[d]), PRIOR_MAX)
    p = now
    if len(T.edge_parent):
        p = max((p - brought) / (1 - brought), CHILD_FLOOR * p)
    if W.shift[d] != 0.0:
        odds = p / (1 - p) * np.exp(W.shift[d])
        p = odds / (1 + odds)
    return now, p


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
        spoken_of = False
        for place in range(shape.block_ptr[b], shape.block_ptr[b + 1]):
            d = shape.block_member[place]
            spoken_of |= row.alive[d] & ((row.level[d] > 0) | (row.x0[d] != 1.0))
        row.usual[b] = not (spoken_of or W.moved_block[b])
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
            for u in range(1 << j):
                has[u] = either(has[u], rho) if u >> parent & 1 else has[u]
