"""90 % intervals: how far the pack's numbers support the answer (inference notes, section 4.2).

Priors, consulting rates, exposures' shares, episode probabilities, leaks and lambdas (not sensitivities: half the
draws of a weak link would fall below the leak) are logit-normal, odds ratios lognormal. Exponents of correlation
groups, the unexplained rate and its case-mix mean stay at their point values. At most 8 findings are exact.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from hickam.inference.draws import Pool, numbering, pool, shifted
from hickam.inference.kernel import PosteriorArrays, Problem, solve, spread
from hickam.inference.layout import CATEGORICAL, PATIENT, Bools, Floats, Ints, Network
from hickam.inference.priors import answers_of, blocks_of, own_priors
from hickam.inference.query import Items, Query, arrange, discounted, split_items
from hickam.inference.results import Interval, Intervals

EXACT_ITEMS = 8
NEGLIGIBLE = 1e-5
"""A cause below this keeps its episode probabilities in every draw: drawn, they could move nothing that is shown."""
LOW, HIGH = 0.05, 0.95


def intervals(query: Query, point: PosteriorArrays, draws: int = 400) -> Intervals:
    """Intervals of all conditions; the point answer always lies inside."""
    problem = draw_problem(query, draws, point.cause > NEGLIGIBLE)
    masses = solve(problem)
    cause, present = spread(query, masses)
    names = query.network.conditions
    stacked = np.concatenate([cause, present, masses.unexplained[:, None]], axis=1)
    value = np.concatenate([point.cause, point.present, [point.unexplained]])
    low, high = ends(stacked)
    low, high = np.minimum(low, value), np.maximum(high, value)
    rows = [Interval(*row) for row in zip(value.tolist(), low.tolist(), high.tolist(), strict=True)]
    n = len(names)
    return Intervals(
        cause=dict(zip(names, rows[:n], strict=True)),
        present=dict(zip(names, rows[n : 2 * n], strict=True)),
        unexplained=rows[-1],
        draws=draws,
        approximated=query.items.approximated or len(query.items.plus) > EXACT_ITEMS,
    )


def ends(values: Floats) -> tuple[Floats, Floats]:
    """5th and 95th percentile of each column, interpolated at (draws + 1) share: another draw falls between them nine
    times in ten, where at (draws - 1) share it would less often (Hyndman and Fan 1996, definition 6, not 7)."""
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    last = ordered.shape[1] - 1
    ends = []
    for share in (LOW, HIGH):
        at = min(max(share * (last + 2) - 1, 0), last)
        i = int(at)
        ends.append(ordered[:, i] + (at - i) * (ordered[:, min(i + 1, last)] - ordered[:, i]))
    return ends[0], ends[1]


def draw_problem(query: Query, draws: int, likely: Bools) -> Problem:
    """The kernel's input with one row a draw; ``likely`` [n]: conditions that may be the cause.

    Arrays are made with the draws last, as the kernel works.
    """
    network, source = query.network, pool(query.network, draws)
    items = query.items
    if len(items.plus) > EXACT_ITEMS:
        items = split_items(query.forms, query.facts, query.columns.index, EXACT_ITEMS)
    pi, states = _priors(query, source)
    q, q0, fact_q = _causal(query, source, likely)
    minus = np.repeat(items.minus[:, None], draws, axis=1)
    yes = np.flatnonzero(network.kind[items.two_finding] == PATIENT)
    if len(yes):
        f = items.two_finding[yes]
        leak = query.population.frequency[f][:, None]
        sigma = query.view.weights @ network.background_sigma[query.view.strata][:, f]
        moved = shifted(leak, sigma[:, None], source.rows(numbering(network).background + f))
        minus[yes] *= (1 - moved) / (1 - leak)
    phi_plus, phi_minus = _two_term(query, items, source)
    return Problem(
        columns=query.columns,
        pi=pi,
        states=states,
        q=q.T,
        q0=q0,
        fact_q=fact_q.T,
        x0=np.exp(_summed_one(query, items, source)).T,
        plus=items.plus[None],
        minus=minus.T,
        phi_plus=np.moveaxis(phi_plus, -1, 0),
        phi_minus=np.moveaxis(phi_minus, -1, 0),
        log=np.zeros(draws),
    )


def _priors(query: Query, source: Pool) -> tuple[Floats, Floats]:
    """pi [draws, C] and block states [draws, T], from drawn priors, shares of exposures and odds ratios."""
    network, view, first = query.network, query.view, numbering(query.network)
    every = np.arange(len(network.conditions))
    sigma = view.weights @ network.prior_sigma[view.strata]
    prior = shifted(query.population.prior, sigma, source.rows(first.prior + every).T)
    share = network.exposure_share
    exposed = np.flatnonzero(network.exposure >= 0)
    if len(exposed):
        share = np.repeat(share[:, None], source.draws, axis=1).T
        drawn = source.rows(first.share + exposed).T
        share[:, exposed] = shifted(share[:, exposed], network.exposure_sigma[exposed], drawn)
    logs = network.mod_log_or
    rows = np.flatnonzero(np.isin(network.mod_factor, list(view.risk)))
    if len(rows):
        logs = np.repeat(logs[:, None], source.draws, axis=1).T
        logs[:, rows] += network.mod_sigma[rows] * source.rows(first.modifier + rows).T
    own = own_priors(network, view, query.population, answers_of(network, view, query.population, logs), prior, share)
    blocks = blocks_of(network, view, query.population, own)
    columns, states = arrange(network, own, blocks)
    return discounted(own.p, blocks, query.population)[:, columns.index], states


def _causal(query: Query, source: Pool, likely: Bools) -> tuple[Floats, Floats, Floats]:
    """q [C, draws], q0 [draws], fact_q [K, draws] from drawn consulting rates and episode probabilities."""
    network, view, first = query.network, query.view, numbering(query.network)
    every = np.arange(len(network.conditions))
    base = np.clip(network.kappa[view.complaint], 0, 0.999)[:, None]
    kappa = shifted(base, network.kappa_sigma[view.complaint][:, None], source.rows(first.kappa + every))
    ratio = np.where(base > 0, kappa / np.maximum(base, 1e-300), 1.0)
    logs = query.episode.log_p.sum(axis=0)[:, None] + _episode_moves(query, source, likely)
    mean = float(query.episode.log_mean.sum())
    top = np.maximum(logs.max(axis=0, initial=-745.0), mean)
    scaled = np.exp(logs - top) * ratio
    q, fact_q = query.kappa[:, None] * scaled[query.columns.index], query.fact_kappa[:, None] * scaled[query.facts]
    return q, query.kappa0 * np.exp(mean - top), fact_q


def _episode_moves(query: Query, source: Pool, likely: Bools) -> Floats:
    """Change of sum over episode findings of ln P(finding | c), in each draw. [n, draws]"""
    network, first = query.network, numbering(query.network)
    seen = {item.finding: item for item in query.view.seen}
    unstated = np.zeros((len(query.episode.findings), source.draws))
    silent = query.episode.alpha.copy()
    stated: list[tuple[Ints, Floats]] = []
    for e, f in enumerate(query.episode.findings):
        mask = seen[f].values
        ptr, condition, sigma, start = (
            (network.row_ptr, network.row_condition, network.row_sigma, first.row)
            if network.kind[f] == CATEGORICAL
            else (network.link_ptr, network.link_condition, network.link_sigma, first.link)
        )
        at = np.arange(ptr[f], ptr[f + 1])
        if mask is None:
            p = network.link_value[at] if seen[f].present else 1 - network.link_value[at]
            unstated[e] = _unstated(query, source, f, seen[f].present)
            silent[e, condition[at]] = 0
        else:
            p = network.share[network.row_share[at][:, None] + np.flatnonzero(mask)].sum(axis=1)
            silent[e] = 0
        drawn = likely[condition[at]]
        at, p = at[drawn], p[drawn]
        z = source.rows(start + at) * sigma[at, None].astype(np.float32)
        change = _log_shift(np.minimum(p, 1 - 1e-7)[:, None].astype(np.float32), z)
        change *= query.episode.alpha[e, condition[at], None]
        stated.append((condition[at], change))
    moves: Floats = silent.T @ unstated  # the background is drawn once for all conditions that state nothing
    for condition, change in stated:
        moves[condition] += change
    return moves


def _unstated(query: Query, source: Pool, f: int, present: bool) -> Floats:
    """Change of ln P(what was seen) under the finding's background. [draws]"""
    network = query.network
    background = float(query.population.frequency[f])
    sigma = float(query.view.weights @ network.background_sigma[query.view.strata, f])
    z = sigma * source.rows(np.array([numbering(network).background + f]))[0]
    moved: Floats = _log_shift(background if present else 1 - background, z if present else -z)
    return moved


def _log_shift(p: Any, z: Any) -> Any:
    """ln of a logit-normal draw round p over p; single precision is enough for a draw."""
    return -np.log(p + (1 - p) * np.exp(-z))


def _sigma(network: Network, f: int) -> tuple[Ints, Floats, Ints]:
    """Conditions, sigmas and number indices of everything stated about one patient finding."""
    first = numbering(network)
    if network.kind[f] == PATIENT:
        at = np.arange(network.link_ptr[f], network.link_ptr[f + 1])
        return network.link_condition[at], network.link_sigma[at], first.link + at
    at = np.arange(network.row_ptr[f], network.row_ptr[f + 1])
    return network.row_condition[at], network.row_sigma[at], first.row + at


def _links(query: Query, findings: Ints) -> tuple[Ints, Ints, Floats, Ints]:
    """Item row, column, sigma, number index of every stated link of these findings to an unknown condition."""
    place = np.full(len(query.network.conditions), -1)
    place[query.columns.index] = np.arange(len(query.columns.index))
    rows: list[Ints] = [np.zeros(0, dtype=np.int64)]
    columns, numbers = list(rows), list(rows)
    sigmas: list[Floats] = [np.zeros(0)]
    for i, f in enumerate(findings.tolist()):
        condition, sigma, number = _sigma(query.network, f)
        known = place[condition] >= 0
        rows.append(np.full(int(known.sum()), i))
        columns.append(place[condition[known]])
        sigmas.append(sigma[known])
        numbers.append(number[known])
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(sigmas), np.concatenate(numbers)


def _summed_one(query: Query, items: Items, source: Pool) -> Floats:
    """ln x0 in each draw: the factors 1 - lambda of one-term items, lambda drawn. [C, draws]"""
    total = np.repeat(np.log(items.one_phi).sum(axis=0)[:, None], source.draws, axis=1)
    row, column, sigma, number = _links(query, items.one_finding)
    phi = items.one_phi[row, column]
    use = phi < 1 - 1e-12
    row, column, sigma, number, phi = row[use], column[use], sigma[use, None], number[use], phi[use, None]
    change = np.log((1 - shifted(1 - phi, sigma, source.rows(number))) / phi)
    starts = np.searchsorted(row, np.arange(len(items.one_finding) + 1)).tolist()
    for first, last in pairwise(starts):  # a finding names a condition once
        total[column[first:last]] += change[first:last]
    return total


def _two_term(query: Query, items: Items, source: Pool) -> tuple[Floats, Floats]:
    """phi_plus and phi_minus with lambdas drawn; one draw a link, so that ladders stay in order. [m, C, draws]"""
    row, column, sigma, number = _links(query, items.two_finding)
    z = source.rows(number)
    result = []
    for table in (items.phi_plus, items.phi_minus):
        if (table == 1).all():
            result.append(table[..., None])
            continue
        drawn = np.repeat(table[..., None], source.draws, axis=2)
        drawn[row, column] = 1 - shifted(1 - table[row, column, None], sigma[:, None], z)
        result.append(drawn)
    return result[0], result[1]
