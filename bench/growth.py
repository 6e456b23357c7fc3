"""How the time grows: with conditions, with findings, with positive findings; and what the approximation costs."""

from __future__ import annotations

import random
import statistics
from dataclasses import replace
from typing import Any

import networks
import numpy as np
from parts import timed

from hickam.inference.engine import Engine
from hickam.inference.kernel import LONG_LIMIT, posterior, solve
from hickam.inference.layout import EPISODE, PATIENT, RISK, Network
from hickam.inference.query import EXACT_ITEMS, build_query, split_items
from hickam.inference.simulate import SimulatedPatient, simulate
from hickam.model.case import Case, Observation

Points = dict[int, float]


def told(network: Network, patient: SimulatedPatient, positives: int, rng: random.Random) -> Case:
    """The patient's story: so many positive patient findings, 8 absent ones, 8 of the episode, 2 risk factors."""
    quota: dict[str | int, int] = {"present": positives, "absent": 8, EPISODE: 8, RISK: 2}
    chosen: list[Observation] = []
    names = sorted(patient.findings)
    rng.shuffle(names)
    for name in names:
        kind, state = int(network.kind[network.finding_index[name]]), patient.findings[name]
        key: str | int = state if kind == PATIENT else kind
        if quota.get(key, 0) > 0 and state in ("present", "absent"):
            quota[key] -= 1
            chosen.append(Observation(finding=name, state=state))  # type: ignore[arg-type]
    return Case(age=patient.age, sex=patient.sex, observations=tuple(chosen), completeness=0.0)  # type: ignore[arg-type]


def cases(network: Network, positives: tuple[int, ...], count: int) -> dict[int, list[Case]]:
    """For each number of positive findings the same drawn patients: those with the most findings present."""
    drawn = simulate(network, 400 if max(positives) < 16 else 8000, 11)
    kind = {name: int(network.kind[i]) for i, name in enumerate(network.findings)}

    def has(patient: SimulatedPatient) -> int:
        return sum(state == "present" and kind[name] == PATIENT for name, state in patient.findings.items())

    chosen = sorted(drawn, key=lambda patient: -has(patient))[:count]
    return {m: [told(network, patient, m, random.Random(i)) for i, patient in enumerate(chosen)] for m in positives}


def exponent(points: Points) -> float:
    """Slope of ln time against ln size, by least squares over the larger half."""
    half = dict(sorted(points.items())[len(points) // 2 :])
    return float(np.polyfit(np.log(list(half)), np.log(list(half.values())), 1)[0])


def doubling(points: Points) -> float:
    """Factor by which one more raises the time, by least squares over the larger half."""
    half = dict(sorted(points.items())[len(points) // 2 :])
    return float(np.exp(np.polyfit(list(half), np.log(list(half.values())), 1)[0]))


def with_conditions(sizes: tuple[int, ...], repeats: int) -> Points:
    """Kernel milliseconds on random networks: 6 positive findings, each linked to a tenth of the conditions."""
    found = {}
    for n in sizes:
        problem = networks.problem(networks.random_net(n, 6, 8, max(3, n // 10), 1))
        found[n] = timed(solve, repeats, problem)
    return found


def with_findings(network: Network, of: list[Case], repeats: int) -> Points:
    """Next-step milliseconds by number of findings still open: others are taken as not applicable to anybody."""
    found = {}
    everything = np.arange(len(network.findings))
    np.random.default_rng(1).shuffle(everything)
    for share in (0.125, 0.25, 0.5, 0.75, 1.0):
        kept = np.zeros(len(everything), dtype=np.bool_)
        kept[everything[: int(share * len(everything))]] = True
        narrowed = replace(network, finding_sex=network.finding_sex & kept)
        steps = len(Engine(narrowed).next_steps(of[0]).steps)
        found[steps] = statistics.median(timed(_next, repeats, narrowed, one) for one in of)
    return found


def _next(network: Network, case: Case) -> None:
    Engine(network).next_steps(case)


def with_positives(network: Network, of: dict[int, list[Case]], repeats: int) -> dict[str, Any]:
    """As answered (at most 12 exact), and with every item exact: milliseconds, and the largest and mean difference of
    any P(cause) in points where the exact answer is sound."""
    answered: Points = {}
    exact: Points = {}
    errors: dict[int, dict[str, float]] = {}
    for m, several in of.items():
        queries = [build_query(network, one) for one in several]
        full = [
            replace(query, items=split_items(query.forms, query.facts, query.columns.index, m)) for query in queries
        ]
        once = repeats if m <= 12 else 1
        answered[m] = statistics.median(timed(posterior, repeats, query) for query in queries)
        exact[m] = statistics.median(timed(posterior, once, query) for query in full)
        if m > EXACT_ITEMS:
            pairs = [(posterior(query), posterior(whole)) for query, whole in zip(queries, full, strict=True)]
            sound = [(a, b) for a, b in pairs if b.cancellation < LONG_LIMIT and not b.approximated]
            off = [float(100 * np.abs(a.cause - b.cause).max()) for a, b in sound]
            if off:
                errors[m] = {"cases": len(off), "mean": statistics.mean(off), "worst": max(off)}
    return {"answered": answered, "exact": exact, "errors": errors}
