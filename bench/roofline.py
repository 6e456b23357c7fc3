"""How near the batch comes to the machine: operations counted from the equations, roofs measured in the same run.

The roof is the time the machine needs for this mixture of arithmetic, in double precision on one core, with everything
in the nearest cache: additions, products and divisions (each counted as one operation) at the rate of a loop of the
equations themselves, exponentials at the rate of the faster of NumPy's and ours. Loading, sorting, reading of tables
and whatever else a row needs are not counted.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numba import njit

from hickam.inference.batch import BatchSolver
from hickam.inference.compiled.exponential import exponential
from hickam.inference.compiled.work import aligned
from hickam.inference.flat import flat_cases
from hickam.inference.layout import IN_FAMILY, Network
from hickam.inference.query import Query, build_query
from hickam.inference.reading import read_case
from hickam.model.case import Case


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Median processor seconds of a call, after one warm-up."""
    call()
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


@njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def _inner(x: Any, R: Any, weights: Any, given: Any, times: int) -> float:
    """The equations of conditions in so many terms, in the cache: 12 operations a condition and term, one a division.

    x, R [columns, terms]; weights [4, terms]: product and causal rates, then signed weights of the terms, with and
    without causal rates; given [3, columns]: factor, weight of absence, rate."""
    fac, y, s, sy = weights[0], weights[1], weights[2], weights[3]
    total = 0.0
    for _ in range(times):
        fac[:] = 1.0
        y[:] = 0.0
        for d in range(len(x)):
            factor, rest, q = given[0, d], given[1, d], given[2, d]
            for t in range(x.shape[1]):
                top = x[d, t] * factor
                own = top + rest
                share = top / own
                R[d, t] = share
                fac[t] *= own
                y[t] += q * share
        for d in range(len(x)):
            u = v = w = 0.0
            for t in range(x.shape[1]):
                part = s[t] * R[d, t]
                u += part
                v += sy[t] * R[d, t]
                w += part * R[d, t]
            total += u + v + w
    return total


@njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def _exponentials(x: Any, out: Any, times: int) -> None:
    for _ in range(times):
        for d in range(len(x)):
            out[d] = exponential(x[d])


def _numpys(x: Any, out: Any, times: int) -> None:
    for _ in range(times):
        np.exp(x, out=out)


def exponentials(repeats: int) -> float:
    """The most exponentials a second, in thousands of millions: a row's number of conditions many times over."""
    x, times = -30 * np.random.default_rng(2).random(4096), 500
    out = np.empty_like(x)
    spent = min(seconds(partial(make, x, out, times), repeats) for make in (_exponentials, _numpys))
    return len(x) * times / spent / 1e9


def roofs(repeats: int, size: int = 768) -> dict[str, float]:
    """Measured limits of one core: matrix product and inner loop in Gflop/s, copying in GB/s."""
    a = np.random.default_rng(0).random((size, size))
    product = 2 * size**3 / seconds(lambda: a @ a, repeats) / 1e9
    big = np.ones(16_000_000)
    out = np.empty_like(big)
    copy = 2 * big.nbytes / seconds(lambda: np.copyto(out, big), repeats) / 1e9
    shape, rng = (32, 64), np.random.default_rng(1)
    x, R, weights, given = aligned(*shape), aligned(*shape), aligned(4, 64), rng.random((3, 32))
    x[:], weights[:] = rng.random(shape), rng.random((4, 64))
    times = 20_000
    loop = 12 * x.size * times / seconds(lambda: _inner(x, R, weights, given, times), repeats) / 1e9
    return {
        "matrix product, Gflop/s": product,
        "copy, GB/s": copy,
        "own equations in the cache, Gflop/s": loop,
        "exponentials in the cache, thousand millions a second": exponentials(repeats),
    }


def operations(query: Query) -> int:
    """Floating-point operations of the equations for one case, taken term by term: 2^m terms over the touched columns,
    blocks by the states of their touched members; what is the same in all terms once. Exponentials are apart."""
    items, columns = query.items, query.columns
    m = len(items.plus)
    terms = 1 << m
    touched = (items.phi_minus != 1).any(axis=0) | (items.phi_plus != 1).any(axis=0)
    alone, only = columns.single, columns.single + columns.cause_only
    count = int(touched[:alone].sum()) * terms * 13  # product 1, prior 2, division 1, s 1, y 2, three sums 6
    count += int(touched[alone:only].sum()) * terms * 5
    count += int((~touched[:only]).sum()) * 14 + 6 * terms
    count += before_terms(query)
    start = only
    for k in columns.sizes:
        t = int(touched[start : start + k].sum())
        count += 4 << k
        if t:
            sums = 2 * (((1 + k - t) << t) + (t << t) // 2)  # all, causal, and the same for each member
            count += terms * ((1 << t) + 2 * sums + 5 + 10 * k)
        start += k
    return count


def before_terms(query: Query) -> int:
    """Operations on the way to the terms: logarithms of the answers about the episode added up, weights of all causes,
    the factors of one-term findings."""
    n = len(query.network.conditions)
    return n * (len(query.episode.log_p) + 2) + 2 * int((query.items.one_phi != 1).sum())


def operations_left(query: Query) -> int:
    """The same as the compiled kernel does it: each column over the terms of its level, blocks by A and B."""
    items, columns = query.items, query.columns
    m = len(items.plus)
    links = (items.phi_minus != 1) | (items.phi_plus != 1)
    outside = columns.single + columns.cause_only
    weight = np.where(np.arange(links.shape[1]) < outside, 1.0, IN_FAMILY)
    order = np.argsort(-(links @ weight), kind="stable")
    level = (links[order] * np.arange(1, m + 1)[:, None]).max(axis=0, initial=0)
    terms = 2.0**level
    count = (
        before_terms(query) + 12 * terms[: columns.single].sum() + 5 * terms[columns.single : outside].sum() + (13 << m)
    )
    start = outside
    for k in columns.sizes:
        inside = level[start : start + k]
        t, size = int((inside > 0).sum()), 1 << int(inside.max(initial=0))
        count += (9 << k) + (6 * k << t) + size * ((9 << t) + t + 11)
        start += k
    return int(count)


def roofline(network: Network, cases: list[Case], repeats: int) -> dict[str, float]:
    """How near the solver comes to what the machine could do with its arithmetic and its traffic."""
    n, solver = len(cases), BatchSolver(network)
    flat = flat_cases(network, solver.people, [read_case(network, case) for case in cases])
    spent = seconds(lambda: solver.solve(flat), repeats) / n
    queries = [build_query(network, case) for case in cases[:60]]
    work, left = (float(np.mean([count(query) for query in queries])) for count in (operations, operations_left))
    traffic = 8.0 * (2 * len(network.conditions) + 40)  # answers written, and the row read; tables stay in the cache
    limit = roofs(repeats)
    speed, powers = limit["own equations in the cache, Gflop/s"], len(network.conditions) + 1
    others = powers / limit["exponentials in the cache, thousand millions a second"] / 1e9
    return {
        "operations a case, term by term": work,
        "operations a case, as it is done": left,
        "exponentials a case": float(powers),
        "microseconds a case": 1e6 * spent,
        "solver, Gflop/s of the first": work / spent / 1e9,
        **limit,
        "times the roof: matrix product": spent / (work / limit["matrix product, Gflop/s"] / 1e9),
        "times the roof: memory": spent / (traffic / limit["copy, GB/s"] / 1e9),
        "times the roof: own equations in the cache": spent / (work / speed / 1e9 + others),
        "the same, of the operations as done": spent / (left / speed / 1e9 + others),
    }
