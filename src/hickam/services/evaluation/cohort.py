"""Evaluation on patients simulated from the pack: what inference makes of the pack's own numbers, at any scale.

Each patient has so many random findings known. The truth is the simulated cause; the level wanted is that of the
cause itself. This measures self-consistency and how far a few findings carry; it is no evidence of clinical accuracy.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from hickam.inference.batch import posterior_many
from hickam.inference.cohort import draw_cohort
from hickam.inference.layout import Floats, Ints, Network
from hickam.model.case import Case
from hickam.model.pack import Setting
from hickam.services.assess import Options, assess
from hickam.services.calibration import interval_coverage, random_cases
from hickam.services.evaluation.measures import Coverage, Scored, ratio
from hickam.services.knowledge import Knowledge

CHUNK = 5000
LEAST = 0.01
PLAIN = Options(draws=0, explain=False, steps=0)


def score_cohort(
    knowledge: Knowledge, patients: int, seed: int, setting: Setting, revealed: int, levels: int
) -> list[Scored]:
    """Simulated patients scored; the level of urgency of the first ``levels`` of them (the whole assessment each)."""
    network = knowledge.engine.network
    cohort = draw_cohort(network, patients, seed, setting)
    order = np.random.default_rng(seed).permutation(len(cohort.cause))
    cases = random_cases(network, cohort, revealed)
    pregnant = cohort.has("pregnant") if "pregnant" in network.finding_index else np.zeros(len(cases), dtype=np.bool_)
    scored: list[Scored] = []
    for start in range(0, len(cases), CHUNK):
        rows = order[start : start + CHUNK]
        some = [cases[row] for row in rows.tolist()]
        found = _with_unexplained(network, some)
        alone = _with_unexplained(network, [replace(case, observations=()) for case in some])
        for i, row in enumerate(rows.tolist()):
            one = _scored(f"s{row}", found[i], alone[i], int(cohort.cause[row]))
            case = some[i]
            level = _levels(knowledge, case, int(cohort.cause[row])) if start + i < levels else ("", "")
            scored.append(
                replace(
                    one,
                    urgency=level[0],
                    urgency_gold=level[1],
                    age=case.age,
                    sex=case.sex,
                    pregnant=bool(pregnant[row]),
                )
            )
    return scored


def _with_unexplained(network: Network, cases: list[Case]) -> Floats:
    """P(cause) of all conditions and, last, of none of them. [cases, n + 1]"""
    found = posterior_many(network, cases)
    return np.concatenate([found.cause, found.unexplained[:, None]], axis=1)


def _scored(name: str, p: Floats, alone: Floats, truth: int) -> Scored:
    order: Ints = np.argsort(-p, kind="stable")
    shown = [d for d in order.tolist() if p[d] >= LEAST] or [int(order[0])]
    return Scored(
        id=name,
        rank=int(np.flatnonzero(order == truth)[0]) + 1,
        gold=float(p[truth]),
        brier=_brier(p, truth),
        brier_alone=_brier(alone, truth),
        pairs=tuple((float(p[d]), d == truth) for d in shown),
    )


def _brier(p: Floats, truth: int) -> float:
    return float((p**2).sum() - 2 * p[truth] + 1)


def _levels(knowledge: Knowledge, case: Case, truth: int) -> tuple[str, str]:
    """The level given, and that of the true cause ('' for the unexplained)."""
    names = knowledge.engine.network.conditions
    if truth == len(names):
        return "", ""
    return assess(knowledge, case, PLAIN).urgency.level, knowledge.pack.conditions[names[truth]].urgency


def cohort_coverage(network: Network, cases: int) -> Coverage | None:
    """Coverage of the intervals on so many simulated patients; None for nought."""
    if not cases:
        return None
    found = interval_coverage(network, cases)
    return Coverage(patients=cases, answers=sum(found.answers), inside=ratio(found.inside, found.answers))
