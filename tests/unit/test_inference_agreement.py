"""Agreement with pgmpy and pyAgrum on networks they can express: noisy-OR with leak, one link, a cause node."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from builders import case, condition, pack, yes_no

from hickam.inference.engine import Engine
from hickam.inference.network import compile_network
from hickam.model.pack import Pack

SIZE = 5


def small_pack(seed: int) -> Pack:
    rng = random.Random(seed)
    findings = [yes_no(f"p{i}", background=rng.uniform(0.02, 0.2)) for i in range(6)]
    findings += [yes_no(f"e{i}", "episode", rng.uniform(0.2, 0.6)) for i in range(2)]
    items = []
    for i in range(SIZE):
        stated = {f"p{j}": rng.uniform(0.3, 0.95) for j in range(6) if rng.random() < 0.6}
        stated |= {f"e{j}": rng.uniform(0.05, 0.95) for j in range(2)}
        link: dict[str, Any] = {"family": "f", "parents": {"c0": 0.3}} if i == 1 else {"family": "f" if i == 0 else ""}
        prior = 0.05 if i == 0 else rng.uniform(0.05, 0.3)
        items.append(condition(f"c{i}", prior, rng.uniform(0.05, 0.5), stated, **link))
    return pack(items, findings)


def parts(source: Pack) -> tuple[list[float], float, float, list[float], float, dict[str, list[float]], list[float]]:
    """Priors, own prior of the child, rho, rates, rate of the unexplained, lambdas by finding, episode means."""
    conditions = [source.conditions[f"c{i}"] for i in range(SIZE)]
    assert all(c.prior is not None for c in conditions)
    prior = [c.prior.rows[0].best for c in conditions if c.prior is not None]
    rho = conditions[1].parents[0].rho.best
    own = 1 - (1 - prior[1]) / (1 - prior[0] * rho)
    rate = [c.complaint.leg.best for c in conditions]
    total = sum(p * r for p, r in zip(prior, rate, strict=True))
    lambdas: dict[str, list[float]] = {}
    for f in (f"p{j}" for j in range(6)):
        leak = source.findings[f].background[0].best
        stated = [next((e.as_number().best for e in c.findings if e.finding == f), 0.0) for c in conditions]
        lambdas[f] = [max(0.0, 1 - (1 - s) / (1 - leak)) for s in stated]
    means = []
    for f in ("e0", "e1"):
        p = [next(e.as_number().best for e in c.findings if e.finding == f) for c in conditions]
        means.append(sum(a * b * x for a, b, x in zip(prior, rate, p, strict=True)) / total)
    return prior, own, rho, rate, total / 9, lambdas, means


PRESENT, ABSENT = ["p0", "p1", "p2"], ["p3"]


def ours(source: Pack) -> tuple[list[float], list[float]]:
    answer = Engine(compile_network(source)).posterior(case([*PRESENT, "e0"], [*ABSENT, "e1"]))
    names = [f"c{i}" for i in range(SIZE)]
    return [answer.cause[c] for c in names], [answer.present[c] for c in names]


def cause_table(rate: list[float], rate0: float) -> np.ndarray[Any, Any]:
    """P(C | D): rates scaled to stay under 1; states: each condition, unexplained, no visit. [2^n, n + 2]"""
    scale = 0.9 / (sum(rate) + rate0)
    table = []
    for state in itertools.product((0, 1), repeat=SIZE):
        row = [scale * r * x for r, x in zip(rate, state, strict=True)] + [scale * rate0]
        table.append([*row, 1 - sum(row)])
    return np.array(table)


def visit_likelihood(source: Pack, means: list[float]) -> list[float]:
    """P(e0 present, e1 absent, visit | C)."""
    table = []
    for i in range(SIZE):
        p = {e.finding: e.as_number().best for e in source.conditions[f"c{i}"].findings}
        table.append(p["e0"] * (1 - p["e1"]))
    return [*table, means[0] * (1 - means[1]), 0.0]


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_pyagrum(seed: int) -> None:
    gum = pytest.importorskip("pyagrum")
    source = small_pack(seed)
    prior, own, rho, rate, rate0, lambdas, means = parts(source)
    net = gum.BayesNet()
    for i in range(SIZE):
        if i == 1:
            net.addNoisyORNet(gum.LabelizedVariable("c1", "", 2), own)
        else:
            net.add(gum.LabelizedVariable(f"c{i}", "", 2))
            net.cpt(f"c{i}").fillWith([1 - prior[i], prior[i]])
    net.addWeightedArc("c0", "c1", rho)
    for f in [*PRESENT, *ABSENT]:
        net.addNoisyORNet(gum.LabelizedVariable(f, "", 2), source.findings[f].background[0].best)
        for i, strength in enumerate(lambdas[f]):
            if strength:
                net.addWeightedArc(f"c{i}", f, strength)
    net.add(gum.LabelizedVariable("C", "", SIZE + 2))
    net.add(gum.LabelizedVariable("V", "", 2))
    for i in range(SIZE):
        net.addArc(f"c{i}", "C")
    net.addArc("C", "V")
    table = cause_table(rate, rate0)
    for state, row in zip(itertools.product((0, 1), repeat=SIZE), table, strict=True):
        net.cpt("C")[{f"c{i}": x for i, x in enumerate(state)}] = row.tolist()
    for k, p in enumerate(visit_likelihood(source, means)):
        net.cpt("V")[{"C": k}] = [1 - p, p]
    engine = gum.LazyPropagation(net)
    engine.setEvidence({**dict.fromkeys(PRESENT, 1), **dict.fromkeys(ABSENT, 0), "V": 1})
    engine.makeInference()
    cause, present = ours(source)
    np.testing.assert_allclose(engine.posterior("C").toarray()[:SIZE], cause, atol=1e-6)
    np.testing.assert_allclose([engine.posterior(f"c{i}").toarray()[1] for i in range(SIZE)], present, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(2))
def test_agrees_with_pgmpy(seed: int) -> None:
    pytest.importorskip("pgmpy")
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteBayesianNetwork

    source = small_pack(seed + 10)
    prior, own, rho, rate, rate0, lambdas, means = parts(source)
    names = [f"c{i}" for i in range(SIZE)]
    net = DiscreteBayesianNetwork([("c0", "c1"), ("C", "V"), *((c, "C") for c in names)])
    cpds = [TabularCPD(c, 2, [[1 - p], [p]]) for c, p in zip(names, prior, strict=True) if c != "c1"]
    raised = 1 - (1 - own) * (1 - rho)
    cpds.append(TabularCPD("c1", 2, [[1 - own, 1 - raised], [own, raised]], ["c0"], [2]))
    for f in [*PRESENT, *ABSENT]:
        parents = [(c, strength) for c, strength in zip(names, lambdas[f], strict=True) if strength]
        absent = np.full(1, 1 - source.findings[f].background[0].best)
        for c, strength in parents:
            net.add_edge(c, f)
            absent = np.outer(absent, [1, 1 - strength]).ravel()
        if parents:
            cpds.append(TabularCPD(f, 2, [absent, 1 - absent], [c for c, _ in parents], [2] * len(parents)))
        else:
            net.add_node(f)
            cpds.append(TabularCPD(f, 2, [absent, 1 - absent]))
    cpds.append(TabularCPD("C", SIZE + 2, cause_table(rate, rate0).T, names, [2] * SIZE))
    visit = np.array(visit_likelihood(source, means))
    cpds.append(TabularCPD("V", 2, [1 - visit, visit], ["C"], [SIZE + 2]))
    net.add_cpds(*cpds)
    engine = VariableElimination(net)
    known = {**dict.fromkeys(PRESENT, 1), **dict.fromkeys(ABSENT, 0), "V": 1}
    cause, present = ours(source)
    found = engine.query(["C"], known, show_progress=False).values[:SIZE]
    np.testing.assert_allclose(found, cause, atol=1e-6)
    for c, p in zip(names, present, strict=True):
        assert engine.query([c], known, show_progress=False).values[1] == pytest.approx(p, abs=1e-6)
