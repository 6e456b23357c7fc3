"""What to ask next: expected reduction of the decision loss for every finding not yet known (inference notes 6).

    L = (1 - sum_c P(c)^2) + 5 sum_d H_d mean_k min(P_d, (1 - P_d) t / (1 - t)),   t = min(T_d k, 1/2)

over dangerous conditions d with test threshold T_d and harm weight H_d, k = 1/4 .. 4 (Pauker and Kassirer, averaged
over a spread of thresholds, since a bare threshold is flat almost everywhere). The gain of a finding is L of the mean
of its possible posteriors less the mean of their L: never negative, since L is concave.

Tempering: a candidate whose correlation group has m findings already gets the exponent 1/(1 + m phi) on its own link
parameters, the known ones keep theirs, so that its outcomes add up to the present posterior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hickam.inference.candidates import Candidates, candidates_of
from hickam.inference.forms import Unnormalised, evaluate, tables_of
from hickam.inference.kernel import problem_of
from hickam.inference.layout import RISK, Bools, Floats, Ints
from hickam.inference.query import Query
from hickam.inference.results import Outcome, OutcomePosterior, Step

DANGER_FACTOR = 5.0
SPREAD = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, eq=False)
class NextSteps:
    """Expected gains. ``steps``: findings not yet known, best score (gain per burden) first."""

    steps: tuple[Step, ...]
    gains: Mapping[str, float]
    _query: Query
    _outcomes: Outcomes

    def gain(self, finding: str) -> float:
        """Expected reduction of the loss; nil for a finding already known."""
        return self.gains.get(finding, 0.0)

    def outcomes(self, finding: str) -> tuple[Outcome, ...]:
        """The possible answers to one finding with their probabilities; none when it is known or does not apply."""
        at = self._rows(finding)
        return tuple(Outcome(self._outcomes.candidates.label[i], float(self._outcomes.p[i])) for i in at)

    def _rows(self, finding: str) -> list[int]:
        index = self._query.network.finding_index[finding]
        return np.flatnonzero(self._outcomes.candidates.finding == index).tolist()

    def outcome_posteriors(self, finding: str) -> tuple[OutcomePosterior, ...]:
        """The posterior for each possible answer to one finding not yet known."""
        query, outcomes, at = self._query, self._outcomes, np.array(self._rows(finding), dtype=np.int64)
        network, index = query.network, query.columns.index
        there = outcomes.present(at, np.arange(len(index)))
        result = []
        for k, i in enumerate(at.tolist()):
            cause, present = np.zeros(len(network.conditions)), np.zeros(len(network.conditions))
            cause[index], cause[query.facts] = outcomes.cause[i, : len(index)], outcomes.cause[i, len(index) : -1]
            present[index], present[query.facts] = there[k], 1.0
            result.append(
                OutcomePosterior(
                    outcome=Outcome(outcomes.candidates.label[i], float(outcomes.p[i])),
                    cause=dict(zip(network.conditions, cause.tolist(), strict=True)),
                    present=dict(zip(network.conditions, present.tolist(), strict=True)),
                    unexplained=float(outcomes.cause[i, -1]),
                )
            )
        if not result:
            raise ValueError(f"'{finding}' is already known or does not apply to this patient")
        return tuple(result)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Every outcome of every candidate: probability ``p``, mass ``z`` [O], posterior ``cause`` [O, C + K + 1]. One that
    cannot happen, or is ``lost`` [O] in rounding, keeps the present posterior. ``only``: columns of cause-only
    conditions."""

    candidates: Candidates
    masses: Unnormalised
    only: slice
    p: Floats
    z: Floats
    lost: Bools
    cause: Floats

    def present(self, at: Ints, columns: Ints) -> Floats:
        """P(present) of some columns after some outcomes. [outcomes, columns]"""
        candidates, masses = self.candidates, self.masses
        there = candidates.combine(masses.present[:, columns], at)
        episode = np.flatnonzero(np.isin(at, candidates.episode_rows))
        together = masses.cause[candidates.supposed + columns]  # condition c present, cause c'
        only = np.flatnonzero((columns >= self.only.start) & (columns < self.only.stop))
        together[only] = 0  # present only when the cause
        together[only, columns[only]] = masses.cause[0, columns[only]]
        answers = np.searchsorted(candidates.episode_rows, at[episode])
        there[episode] = candidates.likelihood[answers] @ together.T
        there /= self.z[at, None]
        there[self.lost[at]] = masses.present[0, columns] / masses.z[0]
        return np.clip(there, 0.0, 1.0, out=there)


def next_steps(query: Query) -> NextSteps:
    """Gains of all findings not yet known."""
    network = query.network
    tables = tables_of(query, problem_of(query))
    candidates = candidates_of(tables)
    outcomes = _outcomes(query, candidates, evaluate(tables, candidates.entries))
    gains = _gains(query, outcomes)
    burden = network.burden[candidates.order]
    rows = zip(
        (network.findings[f] for f in candidates.order.tolist()),
        gains.tolist(),
        burden.tolist(),
        (gains / burden).tolist(),
        strict=True,
    )
    steps = [Step(*row) for row in rows]
    steps.sort(key=lambda step: (-step.score, step.finding))
    return NextSteps(tuple(steps), {step.finding: step.gain for step in steps}, query, outcomes)


def _outcomes(query: Query, candidates: Candidates, masses: Unnormalised) -> Outcomes:
    """Posteriors of all outcomes; within each finding the probabilities add up to 1."""
    columns, everything = query.columns, np.arange(len(candidates.finding))
    z = candidates.combine(masses.z[:, None], everything)[:, 0]
    cause = candidates.combine(masses.cause, everything)
    at = candidates.episode_rows
    cause[at] = candidates.likelihood * masses.cause[0]
    z[at] = cause[at].sum(axis=1)
    z = np.maximum(z, 0.0)
    total = np.add.reduceat(z, candidates.first[:-1]) if len(candidates.order) else z
    p = z / np.repeat(total, np.diff(candidates.first))
    lost = p <= 1e-12
    np.maximum(cause, 0.0, out=cause)
    cause[lost] = masses.cause[0]
    cause /= cause.sum(axis=1, keepdims=True)
    only = slice(columns.single, columns.single + columns.cause_only)
    return Outcomes(candidates, masses, only, p, np.where(lost, 1.0, z), lost, cause)


def _gains(query: Query, outcomes: Outcomes) -> Floats:
    """Loss before less expected loss after. Only risk factors have outcomes whose mean is not the present posterior."""
    candidates, masses = outcomes.candidates, outcomes.masses
    if not len(candidates.order):
        return np.zeros(0)
    dangerous = np.flatnonzero(query.network.danger_weight[query.columns.index] > 0)
    present = outcomes.present(np.arange(len(outcomes.p)), dangerous)
    after = np.add.reduceat(loss(query, outcomes.cause, present, dangerous) * outcomes.p, candidates.first[:-1])
    now = masses.cause[:1] / masses.cause[0].sum(), np.clip(masses.present[:1, dangerous] / masses.z[0], 0, 1)
    before = np.repeat(loss(query, *now, dangerous), len(after))
    risk = np.flatnonzero(query.network.kind[candidates.order] == RISK)
    if len(risk):
        at = np.flatnonzero(query.network.kind[candidates.finding] == RISK)
        weights, starts = outcomes.p[at, None], np.searchsorted(at, candidates.first[risk])
        mean_cause = np.add.reduceat(outcomes.cause[at] * weights, starts, axis=0)
        before[risk] = loss(query, mean_cause, np.add.reduceat(present[at] * weights, starts, axis=0), dangerous)
    return np.maximum(before - after, 0.0)


def loss(query: Query, cause: Floats, present: Floats, dangerous: Ints) -> Floats:
    """The smooth decision loss; cause [O, ...] with the unexplained, present [O, dangerous columns]. [O]"""
    network, index = query.network, query.columns.index[dangerous]
    result: Floats = 1 - np.einsum("oc,oc->o", cause, cause)
    if len(index):
        weight = DANGER_FACTOR * network.danger_weight[index] / len(SPREAD)
        for k in SPREAD:
            t = np.minimum(network.danger_threshold[index] * k, 0.5)
            result = result + np.minimum(present, (1 - present) * (t / (1 - t))) @ weight
    return result
