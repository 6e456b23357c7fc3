"""Probabilities of conditions before findings: population, risk factors, exposures, known parents, blocks.

Array shapes: [..., n]; leading axes are rows of a batch (draws, answers) or nothing. Equations: inference notes 1.6
(not mentioned), 1.8 (risk factors), 1.9 (links and blocks).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter

import numpy as np

from hickam.inference.layout import Bools, Floats, Ints, Network
from hickam.inference.lookups import CHILD_FLOOR, PRIOR_MAX
from hickam.inference.reading import CaseView

NOBODY = 1e-12
"""Rate of visits of every condition where the pack has none for this patient: then nothing is explained."""


@dataclass(frozen=True, eq=False)
class Population:
    """Numbers for one kind of patient (strata, setting, complaint, completeness) with nothing known.

    ``prior`` [n] without exposures; ``frequency`` [F] of risk findings and leaks; ``exposed`` [n] frequency of a
    condition's exposure, among those it can affect; ``total`` [n] prior with exposures at their frequency;
    ``not_mentioned`` [n] P(nobody names it | present); ``kappa`` [n] consulting rate with the setting's factor;
    ``mix`` [n] rate of visits because of each condition; ``kappa0`` rate of unexplained visits.
    """

    prior: Floats
    frequency: Floats
    exposed: Floats
    exposed_unmentioned: Floats
    possible: Floats
    total: Floats
    not_mentioned: Floats
    kappa: Floats
    mix: Floats
    kappa0: float


def population_of(network: Network, view: CaseView) -> Population:
    """The population this patient comes from; kept per network, since most cases share a few dozen."""
    key = ("population", view.strata.tobytes(), view.setting, view.complaint, view.completeness)
    found = network.cache.get(key)
    if isinstance(found, Population) and np.array_equal(view.weights, network.cache[(*key, "weights")]):
        return found
    made = _population(network, view)
    if len(network.cache) > 2000:
        network.cache.clear()
    network.cache[key], network.cache[(*key, "weights")] = made, view.weights
    return made


def _population(network: Network, view: CaseView) -> Population:
    weights, strata = view.weights, view.strata
    prior = weights @ network.prior[strata]
    frequency = weights @ network.background[strata]
    allowed = network.sex_ok[strata % 2].astype(np.float64)
    background = np.pad(network.background[strata], ((0, 0), (0, 1)))  # exposure -1 (none): the nought at the end
    exposed = weights @ (background[:, network.exposure] * allowed)
    silent = 1 - np.append(network.finding_mentioned, 0.0)[network.exposure] * view.completeness
    unmentioned = exposed * silent / (1 - exposed * (1 - silent))
    not_mentioned = 1 - network.mentioned * view.completeness
    kappa = network.kappa[view.complaint] * network.setting_factor[view.setting]
    now = either(prior, unmentioned * network.exposure_share)
    mix = now * not_mentioned / (1 - now * (1 - not_mentioned)) * kappa
    if not mix.sum() > 0:
        mix = np.full(len(mix), NOBODY)
    target = float(network.unexplained[view.setting])
    return Population(
        prior=prior,
        frequency=frequency,
        exposed=exposed,
        exposed_unmentioned=unmentioned,
        possible=(weights @ allowed > 0).astype(np.float64),
        total=either(prior, exposed * network.exposure_share),
        not_mentioned=not_mentioned,
        kappa=kappa,
        mix=mix,
        kappa0=target / (1 - target) * float(mix.sum()),
    )


def either(a: Floats, b: Floats) -> Floats:
    """Probability of a or b, independent; not as 1 - (1 - a) (1 - b), which loses the digits of small a and b."""
    result: Floats = a + (1 - a) * b
    return result


@dataclass(frozen=True, eq=False)
class Answers:
    """What the answered risk findings do: ``shift`` [..., n] of the log odds, ``exposed`` [..., n] probability."""

    shift: Floats
    exposed: Floats


def answers_of(network: Network, view: CaseView, population: Population, log_or: Floats | None = None) -> Answers:
    """Centred log odds ratios of the answered factors (unanswered add nothing), and exposures known or not.

    ``log_or`` [..., M] replaces the pack's log odds ratios (draws).
    """
    logs = network.mod_log_or if log_or is None else log_or
    shift = np.zeros((*logs.shape[:-1], len(network.conditions)))
    exposed = population.exposed_unmentioned.copy()
    for f, state in view.risk.items():
        rows = np.flatnonzero(network.mod_factor == f)
        moved = centred(logs[..., rows], float(population.frequency[f]), state)
        for j, row in enumerate(rows):
            shift[..., network.mod_condition[row]] += moved[..., j]
        exposed[network.exposure == f] = float(state)
    return Answers(shift, np.where(network.exposure >= 0, exposed * population.possible, 0.0))


def centred(log_or: Floats, frequency: float | Floats, state: bool) -> Floats:
    """x ln OR - ln m, m = 1 + p (OR - 1): the odds averaged over the population stay what they were."""
    result: Floats = log_or * float(state) - np.log1p(frequency * np.expm1(log_or))
    return result


@dataclass(frozen=True, eq=False)
class Own:
    """``p`` [..., n]: probability of each condition without unknown parents of its block; ``alive`` [n]: unknown
    conditions that are possible at all (an excluded condition stays excluded whatever its parents)."""

    p: Floats
    alive: Bools


def own_priors(
    network: Network,
    view: CaseView,
    population: Population,
    answers: Answers,
    prior: Floats | None = None,
    share: Floats | None = None,
) -> Own:
    """Population value, less what modelled or settled parents explain, moved by answers, raised by known parents."""
    prior = population.prior if prior is None else prior
    share = network.exposure_share if share is None else share
    now = np.minimum(either(prior, answers.exposed * share), PRIOR_MAX)
    p = _without_parents(network, view, population, now)
    odds = p / (1 - p) * np.exp(answers.shift)
    p = odds / (1 + odds)
    for e in range(len(network.edge_parent)):
        status = view.facts.get(int(network.edge_parent[e]))
        if status is not None:
            rho = network.edge_rho[e] * network.status_findings[status, network.edge_parent[e]]
            child = network.edge_child[e]
            p[..., child] = either(p[..., child], rho)
    alive: Bools = np.atleast_1d((now > 0).reshape(-1, now.shape[-1]).any(axis=0))
    alive[list(view.ruled_out | view.facts.keys())] = False
    for a, b in zip(network.exclude_a.tolist(), network.exclude_b.tolist(), strict=True):
        alive[a] &= b not in view.facts
        alive[b] &= a not in view.facts
    return Own(np.minimum(np.where(now > 0, p, 0.0), PRIOR_MAX), alive)


def _without_parents(network: Network, view: CaseView, population: Population, now: Floats) -> Floats:
    """Prevalence less the cases that parents in the block, and parents known to be present or absent, bring about."""
    if not len(network.edge_parent):
        return now
    brought = brought_about(network, population, list(view.ruled_out | view.facts.keys()))
    return np.maximum((now - brought) / (1 - brought), CHILD_FLOOR * now)


def brought_about(network: Network, population: Population, settled: list[int]) -> Floats:
    """Probability of each condition because of parents in its block or settled, at the population's rates. [n]"""
    use = network.edge_inside | np.isin(network.edge_parent, settled)
    brought = np.zeros(len(network.conditions))
    for child, parent, rho in zip(
        network.edge_child[use], network.edge_parent[use], network.edge_rho[use], strict=True
    ):
        brought[child] = either(brought[child], population.total[parent] * rho)
    return brought


@lru_cache(maxsize=16)
def bits(k: int) -> Bools:
    """All states of k members: [2^k, k]; member i is bit i."""
    return (np.arange(2**k)[:, None] >> np.arange(k)[None, :] & 1).astype(np.bool_)


@dataclass(frozen=True, eq=False)
class Block:
    """One block: ``members`` (unknown, possible conditions) and ``prob`` [..., 2^k] of each state of them."""

    members: Ints
    prob: Floats


def blocks_of(network: Network, view: CaseView, population: Population, own: Own) -> list[Block]:
    """State probabilities of every block with an unknown member; known members stay in, clamped to present."""
    blocks = []
    for inside in families_of(network).blocks:
        members = inside[own.alive[inside]]
        if len(members):
            known = [d for d in inside.tolist() if d in view.facts]
            blocks.append(Block(members, block_states(network, population, own.p, members, known)))
    return blocks


def block_states(network: Network, population: Population, p: Floats, members: Ints, known: list[int]) -> Floats:
    """P(state | known members present, unknown members not mentioned). [..., 2^k], adds up to 1.

    Members come parents first, so the table grows by one member at a time: what brings a member about is settled by
    the members before it.
    """
    rows = p.reshape(-1, p.shape[-1]).T
    place = {d: i for i, d in enumerate(members.tolist())}
    prob = np.ones((1 << len(members), rows.shape[1]))
    for d, i in place.items():
        size = 1 << i
        has = _brought(network, place, d, rows[d], i)
        np.multiply(prob[:size], has * population.not_mentioned[d], out=prob[size : 2 * size])
        prob[:size] *= 1 - has
    for d in known:
        prob *= np.maximum(_brought(network, place, d, rows[d], len(members)), 1e-9)
    for a, b in families_of(network).excludes:
        if a in place and b in place:
            both = bits(len(members))
            prob[both[:, place[a]] & both[:, place[b]]] = 0.0
    prob /= prob.sum(axis=0)
    return prob.T.reshape(*p.shape[:-1], len(prob))


def _brought(network: Network, place: dict[int, int], d: int, own: Floats, earlier: int) -> Floats:
    """P(member d | state of the first members): its own probability or any parent present. [2^earlier or 1, B]"""
    parents = [(place[u], rho) for u, rho in families_of(network).parents.get(d, ()) if u in place]
    if not parents:
        return own[None]
    by_parents = np.zeros(1 << earlier)
    for i, rho in parents:
        by_parents = either(by_parents, np.where(bits(earlier)[:, i], rho, 0.0))
    return np.where(own > 0, either(own, by_parents[:, None]), 0.0)


@dataclass(frozen=True, eq=False)
class Families:
    """Links inside blocks: members of each block, parents first; (parent, rho) of each child; pairs that exclude."""

    blocks: tuple[Ints, ...]
    parents: dict[int, list[tuple[int, float]]]
    excludes: tuple[tuple[int, int], ...]


def families_of(network: Network) -> Families:
    """The blocks of a network, made once."""
    found = network.cache.get("families")
    if isinstance(found, Families):
        return found
    use = network.edge_inside
    parents: dict[int, list[tuple[int, float]]] = {}
    for u, d, rho in zip(network.edge_parent[use], network.edge_child[use], network.edge_rho[use], strict=True):
        parents.setdefault(int(d), []).append((int(u), float(rho)))
    order = {
        d: i for i, d in enumerate(TopologicalSorter({d: [u for u, _ in p] for d, p in parents.items()}).static_order())
    }
    blocks = []
    for b in range(int(network.block.max(initial=-1)) + 1):
        inside = np.flatnonzero(network.block == b).tolist()
        blocks.append(np.array(sorted(inside, key=lambda d: (order.get(d, -1), d)), dtype=np.int64))
    pairs = zip(network.exclude_a.tolist(), network.exclude_b.tolist(), strict=True)
    made = network.cache["families"] = Families(tuple(blocks), parents, tuple(pairs))
    return made
