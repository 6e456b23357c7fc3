"""Findings of one row as numbers per condition: causal weights, one-term and two-term items (``items``, ``query``)."""

from __future__ import annotations

import numpy as np

from hickam.inference.compiled.columns import put_in_order
from hickam.inference.compiled.exponential import exponential
from hickam.inference.compiled.forms import patient_form
from hickam.inference.compiled.groups import episode_logs, temper
from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Work
from hickam.inference.flat import FlatCases, Populations, Tables
from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, Bools, Floats


@compiled
def causal_weights(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> tuple[float, float, float]:
    """q of all conditions, known ones too: consulting rate times P(episode | cause).

    Returns the common ln factor, q of the unexplained, and that of known conditions together.
    """
    person, row = cases.people[r], W.row
    W.logs[:] = 0.0
    mean = temper(T, P, cases, r, W) + _episode(T, P, cases, r, W)
    for j in range(cases.facts.ptr[r], cases.facts.ptr[r + 1]):
        row.alive[cases.facts.item[j]] = True  # for their weight; see below
    top = _highest(row.alive, W.logs, mean)
    _weights(P.kappa[person], W.logs, top, row.q)
    known = 0.0
    for j in range(cases.facts.ptr[r], cases.facts.ptr[r + 1]):
        d = cases.facts.item[j]
        row.alive[d] = False
        row.q[d] *= T.status_complaint[cases.facts.state[j], d]
        known += row.q[d]
    return top, P.kappa0[person] * np.exp(mean - top), known


@compiled
def _highest(alive: Bools, logs: Floats, least: float) -> float:
    top = least
    for d in range(len(logs)):
        log = logs[d] if alive[d] else least
        top = log if log > top else top
    return top


@compiled
def _weights(kappa: Floats, logs: Floats, top: float, q: Floats) -> None:
    for d in range(len(q)):
        q[d] = kappa[d] * exponential(min(logs[d] - top, 700.0))


@compiled
def _episode(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> float:
    """Adds ln P(answer | cause) of the answers outside groups to ``logs``; returns that of the case-mix mean."""
    seen, sum_of_means = cases.seen, 0.0
    for i in range(seen.ptr[r + 1] - seen.ptr[r]):
        f, state = seen.item[seen.ptr[r] + i], seen.state[seen.ptr[r] + i]
        if (T.kind[f] == EPISODE or T.kind[f] == CATEGORICAL) and not W.shared[i]:
            mean = episode_logs(T, P, cases.people[r], f, state, W.ratio[i])
            _add_logs(W.ratio[i], W.logs)
            sum_of_means += mean
    return sum_of_means


@compiled
def _add_logs(these: Floats, logs: Floats) -> None:
    for d in range(len(logs)):
        logs[d] += these[d]


@compiled
def items(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> tuple[int, float, bool]:
    """Patient findings: one-term ones into x0 and a constant, two-term ones into plus, minus, phi.

    Returns their number m, the constant's ln, and whether any was reduced."""
    row, seen = W.row, cases.seen
    row.x0[:] = 1.0
    row.level[:] = 0
    plain = cases.facts.ptr[r] == cases.facts.ptr[r + 1]
    m, constant, any_reduced = 0, 0.0, False
    for i in range(seen.ptr[r + 1] - seen.ptr[r]):
        f, state = seen.item[seen.ptr[r] + i], seen.state[seen.ptr[r] + i]
        if T.kind[f] == EPISODE or T.kind[f] == CATEGORICAL:
            continue
        if plain and T.kind[f] == PATIENT and not state and not W.shared[i]:
            constant += np.log(1 - P.frequency[cases.people[r], f])
            _absent(T, P.frequency[cases.people[r], f], f, row.x0)
            continue
        phi_plus, phi_minus = row.phi_plus[i], row.phi_minus[i]
        plus, minus, reduced = patient_form(T, P, cases.people[r], f, state, W, phi_plus, phi_minus)
        any_reduced = any_reduced or reduced
        row.moved[i] = False
        if W.shared[i]:
            _soften(T, f, plus, minus, phi_plus, phi_minus, W.ratio[i], W.alpha[i])
        if W.shared[i] or T.kind[f] != PATIENT:
            for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
                row.moved[i] = row.moved[i] or phi_plus[T.item_condition[e]] != 1.0
        for j in range(cases.facts.ptr[r], cases.facts.ptr[r + 1]):
            plus *= phi_plus[cases.facts.item[j]]
            minus *= phi_minus[cases.facts.item[j]]
        if minus > 0:
            row.plus[i], row.minus[i], row.weight[i] = plus, minus, T.item_weight[f]
            put_in_order(row, i, m)
            m += 1
        else:
            constant += np.log(max(plus, 1e-300))
            for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
                row.x0[T.item_condition[e]] *= phi_plus[T.item_condition[e]]
    for j in range(m):
        f, i = seen.item[seen.ptr[r] + row.two[j]], row.two[j]
        for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
            d = T.item_condition[e]
            touched = row.alive[d] & ((row.phi_minus[i, d] != 1.0) | (row.phi_plus[i, d] != 1.0))
            row.level[d] = j + 1 if touched else row.level[d]
    return m, constant, any_reduced


@compiled
def _absent(T: Tables, leak: float, f: int, x0: Floats) -> None:
    """An absent yes/no finding by itself: one term, 1 - leak, and each condition's own factor."""
    scale = 1 / (1 - leak)
    for e in range(T.link_ptr[f], T.link_ptr[f + 1]):
        x0[T.link_condition[e]] *= min((1 - T.link_value[e]) * scale, 1.0)


@compiled
def _soften(
    T: Tables, f: int, plus: float, minus: float, phi_plus: Floats, phi_minus: Floats, ratio: Floats, alpha: Floats
) -> None:
    """Exponents on the link parameters, so that the product forms stay (inference notes, section 2)."""
    base = plus - minus
    for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
        d = T.item_condition[e]
        if alpha[d] != 1.0:
            if phi_plus[d] != 1.0:
                phi_plus[d] = phi_plus[d] ** alpha[d]
            if minus != 0:
                phi_minus[d] = (plus * phi_plus[d] - base * np.exp(alpha[d] * ratio[d])) / minus
