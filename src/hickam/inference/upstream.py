"""Which parent brought a condition about: share of each parent in its child, given that the child is present.

share(u, d) = E[ -ln(1 - rho_ud) 1[u present] / (-ln(1 - own_d) - sum over parents u' present of ln(1 - rho_u'd)) | d ]
(inference notes, 1.9): the noisy-OR's hazards, averaged over the posterior states of the family.
"""

from __future__ import annotations

import numpy as np

from hickam.inference.kernel import PosteriorArrays
from hickam.inference.layout import Bools, Floats
from hickam.inference.priors import bits
from hickam.inference.query import Query


def upstream(query: Query, posterior: PosteriorArrays) -> dict[str, dict[str, float]]:
    """Child id -> parent id -> share (0..1); the rest of the child is its own or unlisted causes."""
    network = query.network
    states = _block_states(query, posterior)
    result: dict[str, dict[str, float]] = {}
    for d in sorted(set(network.edge_child.tolist())):
        if d not in query.view.facts and not query.own.alive[d]:
            continue
        shares = _shares(query, states, d)
        if shares:
            result[network.conditions[d]] = {network.conditions[u]: value for u, value in shares.items()}
    return result


def _block_states(query: Query, posterior: PosteriorArrays) -> dict[int, tuple[dict[int, int], Floats]]:
    """Block number -> (condition -> bit, posterior of each state)."""
    found, first = {}, 0
    for block in query.blocks:
        members = {int(d): i for i, d in enumerate(block.members)}
        if len(members) == 1:
            p = float(posterior.present[block.members[0]])
            prob = np.array([1 - p, p])
        else:
            last = first + (1 << len(members))
            prob = np.clip(posterior.states[first:last], 0, None)
            first = last
        found[int(query.network.block[block.members[0]])] = (members, prob / prob.sum())
    return found


def _shares(query: Query, states: dict[int, tuple[dict[int, int], Floats]], d: int) -> dict[int, float]:
    network, facts = query.network, query.view.facts
    own = -np.log1p(-min(float(query.own.p[d]), 1 - 1e-12))
    members, prob = states.get(int(network.block[d]), ({}, np.ones(1)))
    table: Bools = bits(len(members)) if members else np.zeros((1, 0), dtype=np.bool_)
    hazards: dict[int, Floats] = {}
    known = 0.0
    for e in np.flatnonzero(network.edge_child == d).tolist():
        u, rho = int(network.edge_parent[e]), float(network.edge_rho[e])
        if u in facts:
            strength = -np.log1p(-rho * float(network.status_findings[facts[u], u]))
            hazards[u] = np.full(len(prob), strength)
            known += strength
        elif u in members and network.edge_inside[e]:
            hazards[u] = -np.log1p(-rho) * table[:, members[u]]
    if not hazards:
        return {}
    here = prob * table[:, members[d]] if d in members else prob
    total = np.maximum(max(own - known, 0.0) + np.sum(list(hazards.values()), axis=0), 1e-12)
    mass = max(float(here.sum()), 1e-300)
    return {u: float((here * hazard / total).sum() / mass) for u, hazard in hazards.items()}
