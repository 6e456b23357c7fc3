"""One case as a small Bayesian network that other engines can take, and how each of them is asked.

The cause is a node C over conditions and 'unexplained', with probabilities in proportion to q_c (consulting rate times
P(episode | c)); for each condition a node A_c says 'c is not the cause without being present', and all A_c are observed
true. That gives every pair (conditions present, cause) the weight the model gives it, and needs no table over all
conditions. Findings are noisy-OR, either as the library has it (``plain``) or as a chain of two-parent steps
(``chain``), which is the form a patient user would arrive at: same distribution, smaller tables.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from hickam.inference.compiled.single import solve_one
from hickam.inference.kernel import Masses, Problem, solve
from hickam.inference.query import Columns, Query

Answer = tuple[list[float], list[float]]
"""P(cause) of each condition and of the unexplained; P(present) of each condition."""


@dataclass(frozen=True)
class Net:
    """``pi``, ``q`` of each condition, ``q0`` of the unexplained; findings: leak, lambda of each condition, present."""

    pi: list[float]
    q: list[float]
    q0: float
    findings: list[tuple[float, list[float], bool]]


def of_query(query: Query, columns: list[int]) -> Net:
    """The part of a case that concerns these conditions (columns outside families; yes/no findings)."""
    items = query.items
    likelihood = np.exp(query.episode.log_p.sum(axis=0) - query.episode.log_mean.sum())
    q = query.kappa * likelihood[query.columns.index]
    present = [
        (1 - float(m), (1 - phi[columns]).tolist(), True) for m, phi in zip(items.minus, items.phi_minus, strict=True)
    ]
    absent = [(0.0, (1 - phi[columns]).tolist(), False) for phi in items.one_phi]
    findings = [finding for finding in present + absent if any(finding[1])]
    return Net(query.pi[columns].tolist(), q[columns].tolist(), query.kappa0, findings)


def random_net(n: int, positives: int, negatives: int, links: int, seed: int) -> Net:
    """n conditions, findings with so many linked conditions each."""
    rng = random.Random(seed)
    findings = []
    for i in range(positives + negatives):
        linked = set(rng.sample(range(n), min(links, n)))
        lambdas = [rng.uniform(0.2, 0.9) if d in linked else 0.0 for d in range(n)]
        findings.append((10 ** rng.uniform(-2.5, -1), lambdas, i < positives))
    pi = [10 ** rng.uniform(-3, -0.7) for _ in range(n)]
    return Net(pi, [10 ** rng.uniform(-2, -0.3) for _ in range(n)], 0.01, findings)


def problem(net: Net) -> Problem:
    """The kernel's input."""
    n = len(net.pi)
    yes = [finding for finding in net.findings if finding[2]]
    x0 = np.ones(n)
    for _, lambdas, present in net.findings:
        if not present:
            x0 *= 1 - np.array(lambdas)
    phi = np.array([[1 - x for x in lambdas] for _, lambdas, _ in yes]).reshape(1, -1, n)
    return Problem(
        columns=Columns(np.arange(n), n, 0, ()),
        pi=np.array([net.pi]),
        states=np.zeros((1, 0)),
        q=np.array([net.q]),
        q0=np.array([net.q0]),
        fact_q=np.zeros((1, 0)),
        x0=x0[None],
        plus=np.ones((1, len(yes))),
        minus=np.array([[1 - leak for leak, _, _ in yes]]),
        phi_plus=np.ones_like(phi),
        phi_minus=phi,
        log=np.zeros(1),
    )


def ours(net: Net, compiled: bool) -> Callable[[], Answer]:
    """The exact kernel, compiled or in NumPy."""
    given = problem(net)

    def ask() -> Answer:
        masses: Masses | None = solve_one(given) if compiled else solve(given)
        assert masses is not None
        return [*masses.cause[0].tolist(), float(masses.unexplained[0])], masses.present[0].tolist()

    return ask


def with_pyagrum(net: Net, chain: bool, loopy: bool = False) -> Callable[[], Answer]:
    """LazyPropagation (all marginals), or LoopyBeliefPropagation."""
    pyagrum: Any = import_module("pyagrum")  # untyped
    n, bn = len(net.pi), pyagrum.BayesNet()

    def node(name: str, size: int = 2) -> str:
        bn.add(pyagrum.LabelizedVariable(name, name, size))
        return name

    evidence: dict[str, int] = {}
    weights = [*net.q, net.q0]
    bn.cpt(node("c", n + 1)).fillWith([w / sum(weights) for w in weights])
    for d, p in enumerate(net.pi):
        bn.cpt(node(f"d{d}")).fillWith([1 - p, p])
        evidence[node(f"a{d}")] = 1
        bn.addArc("c", f"a{d}")
        bn.addArc(f"d{d}", f"a{d}")
        table = np.zeros((2, n + 1, 2))  # [d, c, a]
        table[:, :, 1] = 1
        table[0, d] = [1, 0]
        bn.cpt(f"a{d}")[:] = table
    for i, (leak, lambdas, present) in enumerate(net.findings):
        linked = [(d, x) for d, x in enumerate(lambdas) if x > 0]
        name = f"f{i}"
        if not chain:
            bn.addNoisyORNet(pyagrum.LabelizedVariable(name, name, 2), leak)
            for d, x in linked:
                bn.addWeightedArc(f"d{d}", name, x)
        else:
            before = ""
            for j, (d, x) in enumerate(linked):
                name = node(f"f{i}_{j}")
                bn.addArc(f"d{d}", name)
                if before:
                    bn.addArc(before, name)
                    bn.cpt(name)[:] = np.array([[[1.0, 0.0], [1 - x, x]], [[0.0, 1.0], [0.0, 1.0]]])  # [before, d, f]
                else:
                    bn.cpt(name)[:] = np.array([[1 - leak, leak], [(1 - leak) * (1 - x), 1 - (1 - leak) * (1 - x)]])
                before = name
        evidence[name] = int(present)
    engine = pyagrum.LoopyBeliefPropagation(bn) if loopy else pyagrum.LazyPropagation(bn)

    def ask() -> Answer:
        engine.setEvidence(evidence)
        engine.makeInference()
        cause = engine.posterior("c").toarray().tolist()
        return cause, [float(engine.posterior(f"d{d}").toarray()[1]) for d in range(n)]

    return ask


def with_pgmpy(net: Net, chain: bool, everything: bool) -> Callable[[], Answer]:
    """VariableElimination: the cause alone, or ``everything``, which is a query more for each condition."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination
    from pgmpy.models import DiscreteBayesianNetwork

    n, model, tables = len(net.pi), DiscreteBayesianNetwork(), []
    weights = np.array([*net.q, net.q0])
    evidence: dict[str, int] = {}

    def add(name: str, table: Any, parents: list[str], sizes: list[int]) -> None:
        model.add_node(name)
        for parent in parents:
            model.add_edge(parent, name)
        tables.append(TabularCPD(name, len(table), table, evidence=parents or None, evidence_card=sizes or None))

    add("c", (weights / weights.sum())[:, None], [], [])
    for d, p in enumerate(net.pi):
        add(f"d{d}", [[1 - p], [p]], [], [])
        wrong = np.zeros((n + 1, 2))
        wrong[d, 0] = 1
        add(f"a{d}", [wrong.ravel(), 1 - wrong.ravel()], ["c", f"d{d}"], [n + 1, 2])
        evidence[f"a{d}"] = 1
    for i, (leak, lambdas, present) in enumerate(net.findings):
        linked = [(d, x) for d, x in enumerate(lambdas) if x > 0]
        name = f"f{i}"
        if chain:
            before = ""
            for j, (d, x) in enumerate(linked):
                name = f"f{i}_{j}"
                off = np.array([1 - leak, (1 - leak) * (1 - x)]) if not before else np.array([1.0, 1 - x, 0.0, 0.0])
                parents = [before, f"d{d}"] if before else [f"d{d}"]
                add(name, [off, 1 - off], parents, [2] * len(parents))
                before = name
        else:
            off = np.array([1 - leak])
            for _, x in linked:
                off = np.concatenate([off[:, None], off[:, None] * (1 - x)], axis=1).ravel()
            add(name, [off, 1 - off], [f"d{d}" for d, _ in linked], [2] * len(linked))
        evidence[name] = int(present)
    model.add_cpds(*tables)
    engine = VariableElimination(model)

    def ask() -> Answer:
        cause = engine.query(["c"], evidence=evidence, show_progress=False).values.tolist()
        wanted = range(n) if everything else ()
        queries = (engine.query([f"d{d}"], evidence=evidence, show_progress=False) for d in wanted)
        return cause, [float(query.values[1]) for query in queries]

    return ask
