"""Medians of each part of the engine on a synthetic pack of 150 conditions and 430 findings, one core.

OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=src:tests python bench/bench_engine.py [positives]
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from builders import RANGES, condition, number, pack, ranged, yes_no

from hickam.inference.batch import posterior_batch
from hickam.inference.engine import Engine
from hickam.inference.kernel import posterior, problem_of, solve
from hickam.inference.layout import Network
from hickam.inference.network import compile_network
from hickam.inference.query import build_query
from hickam.inference.simulate import SimulatedPatient, simulate
from hickam.model.case import Case, Observation
from hickam.model.pack import CorrelationGroup, Pack


def synthetic_pack(seed: int = 1) -> Pack:
    """150 conditions; 65 episode, 255 yes/no patient, 10 ranged, 100 risk findings; 12 families."""
    rng = random.Random(seed)
    groups = [f"g{i}" for i in range(40)]
    findings = [yes_no(f"e{i}", "episode", rng.uniform(0.1, 0.6), group=rng.choice(["", *groups])) for i in range(65)]
    findings += [yes_no(f"p{i}", background=10 ** rng.uniform(-3, -1), group=rng.choice(groups)) for i in range(255)]
    findings += [ranged(f"m{i}") for i in range(10)]
    findings += [yes_no(f"x{i}", "risk", rng.uniform(0.01, 0.3), burden=1) for i in range(100)]
    items = []
    for i in range(150):
        stated: dict[str, Any] = {f"e{j}": rng.uniform(0.05, 0.95) for j in rng.sample(range(65), 14)}
        stated |= {f"p{j}": rng.uniform(0.2, 0.9) for j in rng.sample(range(255), 12)}
        if i % 10 == 0:
            raw = [rng.expovariate(1) + 0.05 for _ in RANGES]
            stated[f"m{i // 10 % 10}"] = {r: x / sum(raw) for r, x in zip(RANGES, raw, strict=True)}
        fields: dict[str, Any] = {"modifiers": {f"x{j}": rng.uniform(1.2, 5) for j in rng.sample(range(100), 3)}}
        if i < 48:
            fields["family"] = f"fam{i % 12}"
            if i >= 12:
                fields["parents"] = {f"c{i - 12}": 0.1}
        prior = 10 ** rng.uniform(-4, -1)
        items.append(
            condition(
                f"c{i}",
                rows=(number(prior, age=(0, 49)), number(min(prior * 2, 0.3))),
                leg=10 ** rng.uniform(-2, -0.1),
                findings=stated,
                danger=("same_day", 0.03) if i % 4 == 0 else None,
                mentioned=rng.choice([0, 0.5]),
                cause_only=i in (148, 149),
                **fields,
            )
        )
    return pack(items, findings, groups={g: CorrelationGroup(name=g) for g in groups})


def case_of(network: Network, patient: SimulatedPatient, positives: int) -> Case:
    """The patient's story: so many positive patient findings, 8 absent ones, 8 episode findings, 2 risk factors."""
    chosen: list[Observation] = []
    quota = {("p", "present"): positives, ("p", "absent"): 8, ("e", ""): 8, ("x", ""): 2}
    names = sorted(patient.findings)
    random.Random(patient.cause + str(len(patient.present))).shuffle(names)
    for name in names:
        state = patient.findings[name]
        key = (name[0], state if name[0] == "p" else "")
        if quota.get(key, 0) > 0 and state in ("present", "absent"):
            quota[key] -= 1
            chosen.append(Observation(finding=name, state=state))  # type: ignore[arg-type]
    missing = [f for f in network.findings if f[0] == "p" and f not in {o.finding for o in chosen}]
    chosen += [Observation(finding=f, state="present") for f in missing[: quota["p", "present"]]]
    return Case(age=patient.age, sex=patient.sex, observations=tuple(chosen))  # type: ignore[arg-type]


def median_ms(make: Callable[[int], Any], count: int) -> float:
    """Median wall time in milliseconds of make(i)."""
    times = []
    for i in range(count):
        start = time.perf_counter()
        make(i)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


def main() -> None:
    """Print one line a part."""
    positives = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    source = synthetic_pack()
    start = time.perf_counter()
    network = compile_network(source)
    print(f"compile                      {1e3 * (time.perf_counter() - start):8.2f} ms (once)")
    cases = [case_of(network, patient, positives) for patient in simulate(network, 30, 7)]
    queries = [build_query(network, case) for case in cases]
    problems = [problem_of(query) for query in queries]
    n = len(cases)
    print(f"two-term items               {np.median([len(q.items.plus) for q in queries]):8.0f}")
    print(f"build_query                  {median_ms(lambda i: build_query(network, cases[i]), n):8.2f} ms")
    print(f"kernel                       {median_ms(lambda i: solve(problems[i]), n):8.2f} ms")
    print(f"posterior(query)             {median_ms(lambda i: posterior(queries[i]), n):8.2f} ms")
    print(f"Engine.posterior(case)       {median_ms(lambda i: Engine(network).posterior(cases[i]), n):8.2f} ms")
    engines = [Engine(network) for _ in cases]
    answers = [engine.posterior(case) for engine, case in zip(engines, cases, strict=True)]
    top = [sorted(answer.cause, key=lambda c: -answer.cause[c])[:8] for answer in answers]
    engines[0].intervals(cases[0], 400)
    engines[0].intervals(cases[0], 200)
    print(f"intervals, 400 draws         {median_ms(lambda i: engines[i].intervals(cases[i], 400), n):8.2f} ms")
    print(f"intervals, 200 draws         {median_ms(lambda i: engines[i].intervals(cases[i], 200), n):8.2f} ms")
    print(f"contributions, 8 conditions  {median_ms(lambda i: engines[i].contributions(cases[i], top[i]), n):8.2f} ms")
    print(f"next steps                   {median_ms(lambda i: engines[i].next_steps(cases[i]), n):8.2f} ms")
    many = [case_of(network, patient, positives) for patient in simulate(network, 200, 9)]
    start = time.perf_counter()
    posterior_batch(network, many)
    print(f"batch                        {200 / (time.perf_counter() - start):8.0f} cases/s")


if __name__ == "__main__":
    main()
