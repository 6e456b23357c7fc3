"""Observed findings as numbers per condition: episode likelihoods and product forms of patient findings.

A patient finding observed in state o has, for a set D of conditions present,
``P(o | D) = plus * prod phi_plus - minus * prod phi_minus`` over D, with minus = 0 when one product form is enough
(absent findings, normal values). Present: plus = 1, phi_plus = 1, minus = 1 - leak, phi_minus = 1 - lambda.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, Floats, Network
from hickam.inference.priors import Population
from hickam.inference.reading import CaseView, Seen
from hickam.inference.temper import exponents

KEPT = 1_000
"""Groups of findings remembered for one patient."""


@dataclass(frozen=True, eq=False)
class Episode:
    """Episode findings e, all conditions: ``log_p`` [E, n] (tempered), ``log_mean`` [E] for the unexplained."""

    findings: tuple[int, ...]
    log_p: Floats
    log_mean: Floats
    alpha: Floats


@dataclass(frozen=True, eq=False)
class Forms:
    """Patient findings i, all conditions: ``plus``/``minus`` [I], ``phi_plus``/``phi_minus`` [I, n]; ``alpha`` [I, n].

    ``reduced[i]``: more than two product forms, replaced by the effect of each condition alone (approximate).
    """

    findings: tuple[int, ...]
    plus: Floats
    minus: Floats
    phi_plus: Floats
    phi_minus: Floats
    alpha: Floats
    reduced: tuple[bool, ...]


class Row(NamedTuple):
    """One observed finding, tempered. ``values`` [3, n]: phi_plus, phi_minus, alpha of a patient finding; ln P(finding
    | c), the same again, alpha of an episode finding, whose ``plus`` is ln of its mean."""

    values: Floats
    plus: float
    minus: float
    reduced: bool


def observed_items(
    network: Network, view: CaseView, population: Population, kept: dict[Any, Any]
) -> tuple[Episode, Forms]:
    """Numbers of all observed findings, tempered within their correlation groups.

    ``kept``: rows of groups seen before in this patient. Findings come one by one; only the group they join changes.
    """
    if len(kept) > KEPT:
        kept.clear()
    groups: dict[int, list[Seen]] = {}
    for seen in view.seen:
        g = int(network.group[seen.finding])
        groups.setdefault(g if g >= 0 else -1 - seen.finding, []).append(seen)
    keys = {g: ("rows", *(_said(seen) for seen in members)) for g, members in groups.items()}
    new = [g for g in groups if keys[g] not in kept]
    if new:
        made = _tempered(network, view, population, [seen for g in new for seen in groups[g]])
        for g in new:
            kept[keys[g]] = {seen.finding: made[seen.finding] for seen in groups[g]}
    rows: dict[int, Row] = {}
    for key in keys.values():
        rows |= kept[key]
    return _assembled(network, view, rows)


def _said(seen: Seen) -> tuple[int, bool, bytes]:
    return seen.finding, seen.present, b"" if seen.values is None else seen.values.tobytes()


def _assembled(network: Network, view: CaseView, rows: dict[int, Row]) -> tuple[Episode, Forms]:
    """Rows in the order of the network's findings."""
    n = len(network.conditions)
    episode = tuple(s.finding for s in view.seen if network.kind[s.finding] in (EPISODE, CATEGORICAL))
    patient = tuple(s.finding for s in view.seen if network.kind[s.finding] not in (EPISODE, CATEGORICAL))
    log_p, _, alpha = _stacked([rows[f].values for f in episode], n)
    phi_plus, phi_minus, beta = _stacked([rows[f].values for f in patient], n)
    plus, minus = np.array([rows[f].plus for f in patient]), np.array([rows[f].minus for f in patient])
    return (
        Episode(episode, log_p, np.array([rows[f].plus for f in episode]), alpha),
        Forms(patient, plus, minus, phi_plus, phi_minus, beta, tuple(rows[f].reduced for f in patient)),
    )


def _stacked(values: list[Floats], n: int) -> Floats:
    """[3, findings, n]"""
    return np.stack(values, axis=1) if values else np.ones((3, 0, n))


def _tempered(network: Network, view: CaseView, population: Population, seen: list[Seen]) -> dict[int, Row]:
    """Rows of whole correlation groups."""
    episode = [s for s in seen if network.kind[s.finding] in (EPISODE, CATEGORICAL)]
    patient = [s for s in seen if network.kind[s.finding] not in (EPISODE, CATEGORICAL)]
    p = episode_table(network, episode, population)
    mean = case_mix_mean(p, population)
    log_mean = np.log(mean)
    log_ratio = np.log(p) - log_mean[:, None]
    raw = [patient_form(network, seen, view, population) for seen in patient]
    empty = np.ones((0, len(network.conditions)))
    phi_plus = np.stack([form.phi_plus for form in raw]) if raw else empty
    phi_minus = np.stack([form.phi_minus for form in raw]) if raw else empty
    plus, minus = np.array([form.plus for form in raw]), np.array([form.minus for form in raw])
    alone = plus[:, None] * phi_plus - minus[:, None] * phi_minus
    patient_log = np.log(np.maximum(alone, 1e-300) / (plus - minus)[:, None])
    kinds = [s.finding for s in (*episode, *patient)]
    alpha = _alphas(network, kinds, np.concatenate([log_ratio, patient_log]))
    first, rest = alpha[: len(episode)], alpha[len(episode) :]
    base = (plus - minus)[:, None]
    tempered_plus = np.where(rest == 1, phi_plus, phi_plus**rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        solved = (plus[:, None] * tempered_plus - base * np.exp(rest * patient_log)) / minus[:, None]
    tempered_minus = np.where((rest == 1) | (minus[:, None] == 0), phi_minus, solved)
    log_p = log_mean[:, None] + first * log_ratio
    by_episode = np.stack([log_p, log_p, first], axis=1)
    by_patient = np.stack([tempered_plus, tempered_minus, rest], axis=1)
    rows = {s.finding: Row(by_episode[e], float(log_mean[e]), 0.0, False) for e, s in enumerate(episode)}
    for i, s in enumerate(patient):
        rows[s.finding] = Row(by_patient[i], raw[i].plus, raw[i].minus, raw[i].reduced)
    return rows


def _alphas(network: Network, findings: list[int], logs: Floats) -> Floats:
    alpha = np.ones_like(logs)
    group = network.group[findings] if findings else np.zeros(0, dtype=np.int64)
    for g in np.unique(group[group >= 0]).tolist():
        rows = np.flatnonzero(group == g)
        if len(rows) > 1:
            rows = rows[np.argsort(np.asarray(findings)[rows])]
            alpha[rows] = exponents(logs[rows], float(network.group_phi[g]))
    return alpha


def episode_table(network: Network, episode: list[Seen], population: Population) -> Floats:
    """P(what was observed | cause) for every condition. [E, n]"""
    table = np.empty((len(episode), len(network.conditions)))
    for e, seen in enumerate(episode):
        f = seen.finding
        if seen.values is None:
            links = slice(*network.link_ptr[f : f + 2])
            table[e] = population.frequency[f]
            table[e, network.link_condition[links]] = network.link_value[links]
            if not seen.present:
                table[e] = 1 - table[e]
        else:
            values = slice(*network.value_ptr[f : f + 2])
            table[e] = network.value_bg[values][seen.values].sum()
            rows = slice(*network.row_ptr[f : f + 2])
            at = network.row_share[rows][:, None] + np.flatnonzero(seen.values)
            table[e, network.row_condition[rows]] = network.share[at].sum(axis=1)
    return np.clip(table, 1e-9, 1.0)


def value_table(network: Network, f: int) -> Floats:
    """P(value | cause) of an episode finding with values. [values, n]"""
    values = network.value_bg[slice(*network.value_ptr[f : f + 2])]
    p = np.repeat(values[:, None], len(network.conditions), axis=1)
    at = np.arange(network.row_ptr[f], network.row_ptr[f + 1])
    p[:, network.row_condition[at]] = network.share[network.row_share[at][None] + np.arange(len(p))[:, None]]
    return p


def case_mix_mean(table: Floats, population: Population) -> Floats:
    """P(observed | unexplained cause): the mean over the case mix before findings. Never uniform. [E]"""
    result: Floats = table @ population.mix / max(float(population.mix.sum()), 1e-300)
    return np.clip(result, 1e-9, 1.0)


@dataclass(frozen=True, eq=False)
class Form:
    """One patient finding before tempering; phi [n] with the status factors of known conditions applied."""

    plus: float
    minus: float
    phi_plus: Floats
    phi_minus: Floats
    reduced: bool = False


def patient_form(network: Network, seen: Seen, view: CaseView, population: Population) -> Form:
    """Product forms of one observed patient finding."""
    if network.kind[seen.finding] != PATIENT:
        return _ranged_form(network, seen, view)
    leak = float(population.frequency[seen.finding])
    phi = link_factors(network, seen.finding, leak)
    weaken(network, view, phi)
    ones = np.ones_like(phi)
    if seen.present:
        return Form(1.0, 1 - leak, ones, phi)
    return Form(1 - leak, 0.0, phi, ones)


def link_factors(network: Network, f: int, leak: float) -> Floats:
    """1 - lambda of every condition for a yes/no finding: (1 - sensitivity) / (1 - leak), at most 1. [n]"""
    phi = np.ones(len(network.conditions))
    links = slice(*network.link_ptr[f : f + 2])
    phi[network.link_condition[links]] = np.minimum((1 - network.link_value[links]) / (1 - leak), 1.0)
    return phi


def weaken(network: Network, view: CaseView, phi: Floats) -> None:
    """Links of known conditions are multiplied by their status factor (in place; conditions on the last axis)."""
    for d, status in view.facts.items():
        phi[..., d] = 1 - (1 - phi[..., d]) * network.status_findings[status, d]


def form_factors(network: Network, f: int) -> Floats:
    """Factor of every condition for each form of a ranged finding. [forms, n]"""
    count = int(network.form_ptr[f + 1] - network.form_ptr[f])
    phi = np.ones((count, len(network.conditions)))
    for r in range(int(network.row_ptr[f]), int(network.row_ptr[f + 1])):
        start = int(network.row_form[r])
        phi[:, network.row_condition[r]] = network.form_phi[start : start + count]
    return phi


def range_coefficients(network: Network, f: int, mask: Floats) -> Floats:
    """Coefficient of each form in the probability of a set of ranges (mask or weights over the ranges). [forms]"""
    values = slice(*network.value_ptr[f : f + 2])
    up, down, weight = network.range_up[values], network.range_down[values], network.range_weight[values]
    total = np.zeros(int(network.form_ptr[f + 1] - network.form_ptr[f]))
    np.add.at(total, up, weight * mask)
    lower = down >= 0
    np.add.at(total, down[lower], -(weight * mask)[lower])
    return np.where(np.abs(total) < 1e-12, 0.0, total)


def _ranged_form(network: Network, seen: Seen, view: CaseView) -> Form:
    f = seen.finding
    assert seen.values is not None
    phi = form_factors(network, f)
    weaken(network, view, phi)
    background = network.form_bg[slice(*network.form_ptr[f : f + 2])]
    weights = range_coefficients(network, f, seen.values.astype(np.float64)) * background
    use = np.flatnonzero(weights)
    ones = np.ones(phi.shape[1])
    if len(use) == 1:
        return Form(float(weights[use[0]]), 0.0, phi[use[0]], ones)
    positive, negative = use[weights[use] > 0], use[weights[use] < 0]
    if len(use) == 2 and len(positive) == 1:
        i, j = int(positive[0]), int(negative[0])
        return Form(float(weights[i]), -float(weights[j]), phi[i], phi[j])
    alone = weights @ phi
    return Form(float(weights.sum()), 0.0, alone / weights.sum(), ones, reduced=True)
