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
from hickam.inference.layout import Floats, Ints
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
    _candidates: Candidates
    _outcomes: Outcomes

    def gain(self, finding: str) -> float:
        """Expected reduction of the loss; nil for a finding already known."""
        return self.gains.get(finding, 0.0)

    def outcomes(self, finding: str) -> tuple[Outcome, ...]:
        """The possible answers to one finding with their probabilities; none when it is known or does not apply."""
        at = self._rows(finding)
        return tuple(Outcome(self._candidates.label[i], float(self._outcomes.p[i])) for i in at)

    def _rows(self, finding: str) -> list[int]:
        index = self._query.network.finding_index[finding]
        return np.flatnonzero(self._candidates.finding == index).tolist()

    def outcome_posteriors(self, finding: str) -> tuple[OutcomePosterior, ...]:
        """The posterior for each possible answer to one finding not yet known."""
        query, outcomes = self._query, self._outcomes
        network, index = query.network, query.columns.index
        result = []
        for i in self._rows(finding):
            cause, present = np.zeros(len(network.conditions)), np.zeros(len(network.conditions))
            cause[index], cause[query.facts] = outcomes.cause[i, : len(index)], outcomes.cause[i, len(index) : -1]
            present[index], present[query.facts] = outcomes.present[i], 1.0
            result.append(
                OutcomePosterior(
                    outcome=Outcome(self._candidates.label[i], float(outcomes.p[i])),
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
    """Every outcome of every candidate: probability [O] and posteriors, cause [O, C + K + 1], present [O, C]."""

    p: Floats
    cause: Floats
    present: Floats


def next_steps(query: Query) -> NextSteps:
    """Gains of all findings not yet known."""
    network = query.network
    tables = tables_of(query, problem_of(query))
    candidates = candidates_of(tables)
    outcomes = _outcomes(query, candidates, evaluate(tables, candidates.entries))
    gains = _gains(query, candidates, outcomes)
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
    return NextSteps(tuple(steps), {step.finding: step.gain for step in steps}, query, candidates, outcomes)


def _outcomes(query: Query, candidates: Candidates, masses: Unnormalised) -> Outcomes:
    """Posteriors of all outcomes; within each finding the probabilities add up to 1."""
    columns = query.columns
    z = candidates.combine(masses.z[:, None])[:, 0]
    cause, there = candidates.combine(masses.cause), candidates.combine(masses.present)
    at, width = candidates.episode_rows, there.shape[1]
    together = masses.cause[candidates.supposed : candidates.supposed + width]  # condition c present, cause c'
    only = np.arange(columns.single, columns.single + columns.cause_only)  # present only when the cause
    together[only] = 0
    together[only, only] = masses.cause[0, only]
    cause[at] = candidates.likelihood * masses.cause[0]
    there[at] = candidates.likelihood @ together.T
    z[at] = cause[at].sum(axis=1)
    z = np.maximum(z, 0.0)
    total = np.add.reduceat(z, candidates.first[:-1]) if len(candidates.order) else z
    p = z / np.repeat(total, np.diff(candidates.first))
    return _normalised(p, z, cause, there, masses)


def _normalised(p: Floats, z: Floats, cause: Floats, present: Floats, masses: Unnormalised) -> Outcomes:
    """Masses as probabilities; an outcome that cannot happen (or is lost in rounding) keeps the present posterior."""
    lost = p <= 1e-12
    np.maximum(cause, 0.0, out=cause)
    cause[lost], present[lost] = masses.cause[0], masses.present[0]
    cause /= cause.sum(axis=1, keepdims=True)
    present /= np.where(lost, masses.z[0], z)[:, None]
    return Outcomes(p, cause, np.clip(present, 0.0, 1.0, out=present))


def _gains(query: Query, candidates: Candidates, outcomes: Outcomes) -> Floats:
    dangerous = np.flatnonzero(query.network.danger_weight[query.columns.index] > 0)
    if not len(candidates.order):
        return np.zeros(0)
    starts = candidates.first[:-1]
    weights = outcomes.p[:, None]
    mean_cause = np.add.reduceat(outcomes.cause * weights, starts, axis=0)
    present = outcomes.present[:, dangerous]
    mean_present = np.add.reduceat(present * weights, starts, axis=0)
    after = np.add.reduceat(loss(query, outcomes.cause, present, dangerous) * outcomes.p, starts)
    return np.maximum(loss(query, mean_cause, mean_present, dangerous) - after, 0.0)


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
