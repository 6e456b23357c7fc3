"""The exact posterior of many cases, one case a loop, compiled with numba: what ``build_query`` and ``kernel`` define.

A case touches a few dozen of a pack's conditions, and no two cases touch the same. Compiled, each row visits its own
conditions and no others; its tables (2^m terms a touched condition) stay in the first-level cache. A row that needs
more exact items than ``MOST_ITEMS``, or whose terms cancel beyond double precision, is marked and left to the kernel.

Equations are those of the kernel, the names too. Inference notes 1.6, 1.8, 1.9, 2, 3 and 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit

from hickam.inference.flat import FlatCases, Populations, Ragged, Tables
from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, Bools, Floats, Ints
from hickam.inference.lookups import CHILD_FLOOR, PRIOR_MAX
from hickam.inference.temper import NEUTRAL

MOST_ITEMS = 12
"""Two-term items taken exactly here; rows with more are left to the kernel, which reduces some of them."""
CANCELS = 1e13
PAD = 8
"""Rows of tables are this much longer than a power of two, or all of them would want the same lines of the cache."""

OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "fastmath": {"reassoc", "contract", "nsz"},
    "error_model": "numpy",
    "_nrt": False,  # no reference counts: nothing is allocated here, and counting took half the time
}
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiled once a machine and kept beside the module; sums may be reordered, nothing else."""
    made: F = njit(**OPTIONS)(function)
    return made


class Work(NamedTuple):
    """Scratch space of one thread. n conditions, I items (seen findings), S terms, all blocks' states."""

    p: Floats  # [n] own priors
    alive: Bools
    fact: Ints  # [n] status of a known condition, -1
    settled: Bools  # [n] known or ruled out
    now: Floats
    brought: Floats
    shift: Floats
    exposed: Floats
    state: Floats  # [largest block] weights of a block's states
    state_q: Floats  # [largest block] their causal weight
    state_x: Floats
    state_at: Ints  # the state, in the order of the block's members
    has: Floats
    moved_block: Bools  # [blocks] priors are not the population's
    block_touched: Bools  # [largest block's members]
    one: Bools  # [n] R and K are the same in all terms
    logs: Floats  # [n] ln P(episode | cause)
    q: Floats
    ratio: Floats  # [I, n] log likelihood ratios of findings in shared groups
    alpha: Floats  # [I, n]
    shared: Bools  # [I]
    member: Ints  # [I]
    strength: Floats  # [I]
    order: Ints
    down: Ints
    up: Ints
    plus: Floats  # [I]
    minus: Floats
    phi_plus: Floats  # [I, n], ones between rows
    phi_minus: Floats
    moved: Bools  # [I] phi_plus is not all ones
    two: Ints  # [I] items with two terms
    x0: Floats  # [n]
    touched: Bools
    s: Floats  # [S]
    y: Floats
    x: Floats  # [S]
    R: Floats  # [n, S]
    K: Floats  # [n, S]
    table: Floats  # [2 + 2k, 2^k]
    products: Floats  # [2^k, S]
    sums: Floats  # [2 + 2k, S]
    form: Floats  # [most forms of a finding]


def scratch(tables: Tables, items: int, terms: int) -> Work:
    """Space for rows with at most so many seen findings and so many terms (2^m)."""
    n = len(tables.block)
    k = int(np.diff(tables.block_ptr).max(initial=1))

    def f(*shape: int) -> Floats:
        return np.zeros(shape)

    def i(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    def b(*shape: int) -> Bools:
        return np.zeros(shape, dtype=np.bool_)

    items, wide = max(items, 1), terms + PAD
    return Work(
        p=f(n),
        alive=b(n),
        fact=np.full(n, -1, dtype=np.int64),
        settled=b(n),
        now=f(n),
        brought=f(n),
        shift=f(n),
        exposed=f(n),
        state=f(1 << k),
        state_q=f(1 << k),
        state_x=f(1 << k),
        state_at=i(1 << k),
        has=f(1 << k),
        moved_block=b(len(tables.block_ptr) - 1),
        block_touched=b(k),
        one=b(n),
        logs=f(n),
        q=f(n),
        ratio=f(items, n),
        alpha=f(items, n),
        shared=b(items),
        member=i(items),
        strength=f(items),
        order=i(items),
        down=i(items),
        up=i(items),
        plus=f(items),
        minus=f(items),
        phi_plus=np.ones((items, n)),
        phi_minus=np.ones((items, n)),
        moved=b(items),
        two=i(items),
        x0=f(n),
        touched=b(n),
        s=f(terms),
        y=f(terms),
        x=f(terms),
        R=f(n, wide),
        K=f(n, wide),
        table=f(2 + 2 * k, 1 << k),
        products=f(1 << k, wide),
        sums=f(2 + 2 * k, wide),
        form=f(int(np.diff(tables.form_ptr).max(initial=1))),
    )


class Answers(NamedTuple):
    """Rows of the answer: ``cause``, ``present`` [B, n]; ``unexplained``, ``log_evidence``, ``cancellation`` [B];
    ``approximated`` [B]; ``left`` [B] rows the kernel must do."""

    cause: Floats
    present: Floats
    unexplained: Floats
    log_evidence: Floats
    cancellation: Floats
    approximated: Bools
    left: Bools


@compiled
def leading(cause: Floats, most: Ints) -> None:
    """Columns of the largest values of each row, largest first; ``most`` [B, k] is filled."""
    k = most.shape[1]
    for row in range(len(cause)):
        held = 0
        for d in range(cause.shape[1]):
            value = cause[row, d]
            if held == k and value <= cause[row, most[row, k - 1]]:
                continue
            at = min(held, k - 1)
            while at > 0 and value > cause[row, most[row, at - 1]]:
                most[row, at] = most[row, at - 1]
                at -= 1
            most[row, at] = d
            held = min(held + 1, k)


@compiled
def solve_rows(T: Tables, P: Populations, cases: FlatCases, W: Work, out: Answers) -> None:
    """Fill every row of the answer."""
    for row in range(len(cases.people)):
        person = cases.people[row]
        _priors(T, P, person, cases.facts, cases.out, cases.risk, row, W)
        _ratios(T, P, person, cases.seen, row, W)
        log, known = _episode(T, P, person, cases.facts, cases.seen, row, W)
        m, constant, reduced = _items(T, P, person, cases.facts, cases.seen, row, W)
        out.approximated[row] = reduced
        if m > MOST_ITEMS or (1 << m) > len(W.s):
            out.left[row] = True
        else:
            _solve(T, P, person, cases.facts, row, m, known, log + constant, W, out)
            out.left[row] = not (out.cancellation[row] < CANCELS)
        for i in range(cases.seen.ptr[row + 1] - cases.seen.ptr[row]):
            _ones(T, cases.seen.item[cases.seen.ptr[row] + i], W.phi_plus[i], W.phi_minus[i])
        for j in range(cases.facts.ptr[row], cases.facts.ptr[row + 1]):
            W.fact[cases.facts.item[j]] = -1


@compiled
def _ones(T: Tables, f: int, phi_plus: Floats, phi_minus: Floats) -> None:
    for r in range(T.item_ptr[f], T.item_ptr[f + 1]):
        phi_plus[T.item_condition[r]] = 1.0
        phi_minus[T.item_condition[r]] = 1.0


@compiled
def _either(a: float, b: float) -> float:
    return a + (1 - a) * b


@compiled
def _priors(
    T: Tables, P: Populations, person: int, facts: Ragged, out: Ragged, risk: Ragged, row: int, W: Work
) -> None:
    """Own priors and who is possible at all; marks the blocks in which they are not the population's."""
    n = len(T.block)
    f0, f1, o0, o1, r0, r1 = (
        facts.ptr[row],
        facts.ptr[row + 1],
        out.ptr[row],
        out.ptr[row + 1],
        risk.ptr[row],
        risk.ptr[row + 1],
    )
    if f0 == f1 and o0 == o1 and r0 == r1:
        for d in range(n):
            W.p[d], W.alive[d] = P.p[person, d], P.alive[person, d]
        W.moved_block[:] = False
        return
    W.shift[:] = 0.0
    for d in range(n):
        W.exposed[d] = P.exposed_unmentioned[person, d]
    W.settled[:] = False
    for j in range(r0, r1):
        f, yes = risk.item[j], risk.state[j]
        for r in range(T.mod_ptr[f], T.mod_ptr[f + 1]):
            W.shift[T.mod_condition[r]] += T.mod_log_or[r] * yes - P.centre[person, r]
        for r in range(T.exposes_ptr[f], T.exposes_ptr[f + 1]):
            W.exposed[T.exposes[r]] = yes
    for j in range(f0, f1):
        W.fact[facts.item[j]] = facts.state[j]
        W.settled[facts.item[j]] = True
    for j in range(o0, o1):
        W.settled[out.item[j]] = True
    for d in range(n):
        exposed = W.exposed[d] * P.possible[person, d] if T.exposure[d] >= 0 else 0.0
        W.now[d] = min(_either(P.prior[person, d], exposed * T.exposure_share[d]), PRIOR_MAX)
        W.brought[d] = 0.0
    for e in range(len(T.edge_parent)):
        if T.edge_inside[e] or W.settled[T.edge_parent[e]]:
            child = T.edge_child[e]
            W.brought[child] = _either(W.brought[child], P.total[person, T.edge_parent[e]] * T.edge_rho[e])
    for d in range(n):
        p = W.now[d]
        if len(T.edge_parent):
            p = max((p - W.brought[d]) / (1 - W.brought[d]), CHILD_FLOOR * p)
        if W.shift[d] != 0.0:
            odds = p / (1 - p) * np.exp(W.shift[d])
            p = odds / (1 + odds)
        W.p[d] = p
        W.alive[d] = W.now[d] > 0 and not W.settled[d]
    for e in range(len(T.edge_parent)):
        status = W.fact[T.edge_parent[e]]
        if status >= 0:
            child = T.edge_child[e]
            rho = T.edge_rho[e] * T.status_findings[status, T.edge_parent[e]]
            W.p[child] = _either(W.p[child], rho)
    for e in range(len(T.exclude_a)):
        a, b = T.exclude_a[e], T.exclude_b[e]
        if W.fact[b] >= 0:
            W.alive[a] = False
        if W.fact[a] >= 0:
            W.alive[b] = False
    for d in range(n):
        W.p[d] = min(W.p[d], PRIOR_MAX) if W.now[d] > 0 else 0.0
    for b in range(len(W.moved_block)):
        W.moved_block[b] = False
        for j in range(T.block_ptr[b], T.block_ptr[b + 1]):
            d = T.block_member[j]
            if W.p[d] != P.p[person, d] or W.alive[d] != P.alive[person, d]:
                W.moved_block[b] = True


@compiled
def _ratios(T: Tables, P: Populations, person: int, seen: Ragged, row: int, W: Work) -> None:
    """Log likelihood ratios and exponents of findings that share a correlation group with another."""
    first, last = seen.ptr[row], seen.ptr[row + 1]
    n = len(T.block)
    for i in range(last - first):
        g = T.group[seen.item[first + i]]
        W.shared[i] = False
        if g >= 0:
            for other in range(last - first):
                if other != i and T.group[seen.item[first + other]] == g:
                    W.shared[i] = True
                    break
    for i in range(last - first):
        if W.shared[i]:
            f, state = seen.item[first + i], seen.state[first + i]
            if T.kind[f] == EPISODE:
                _episode_ratio(T, P, person, f, state, W.ratio[i])
            elif T.kind[f] == CATEGORICAL:
                mean = _categorical(T, P, person, f, state, W.ratio[i])
                for d in range(n):
                    W.ratio[i, d] -= mean
            else:
                plus, minus, _ = _form(T, P, person, f, state, W, W.phi_plus[i], W.phi_minus[i])
                W.ratio[i, :] = 0.0
                base = plus - minus
                for r in range(T.item_ptr[f], T.item_ptr[f + 1]):
                    d = T.item_condition[r]
                    alone = plus * W.phi_plus[i, d] - minus * W.phi_minus[i, d]
                    W.ratio[i, d] = np.log(max(alone, 1e-300) / base)
                _ones(T, f, W.phi_plus[i], W.phi_minus[i])
    for i in range(last - first):
        if W.shared[i]:
            g = T.group[seen.item[first + i]]
            count, leads, episode = 0, True, False
            for other in range(last - first):
                if W.shared[other] and T.group[seen.item[first + other]] == g:
                    leads = leads and other >= i
                    kind = T.kind[seen.item[first + other]]
                    episode = episode or kind in (EPISODE, CATEGORICAL)
                    W.member[count] = other
                    count += 1
            phi = T.group_phi[g]
            if leads and episode:
                for d in range(n):
                    _exponents(count, phi, d, W.member, W.ratio, W.alpha, W.strength, W.order)
            elif leads:
                for j in range(count):
                    f = seen.item[first + W.member[j]]
                    for r in range(T.item_ptr[f], T.item_ptr[f + 1]):
                        d = T.item_condition[r]
                        _exponents(count, phi, d, W.member, W.ratio, W.alpha, W.strength, W.order)


@compiled
def _episode_ratio(T: Tables, P: Populations, person: int, f: int, state: int, ratio: Floats) -> None:
    e = T.episode[f]
    usual = P.log_yes[person, f] if state else P.log_no[person, f]
    mean = P.mean_yes[person, f] if state else P.mean_no[person, f]
    stated = T.log_yes[e] if state else T.log_no[e]
    for d in range(len(ratio)):
        ratio[d] = (stated[d] if T.stated[e, d] else usual) - mean


@compiled
def _categorical(T: Tables, P: Populations, person: int, f: int, mask: int, logs: Floats) -> float:
    """ln P(value in the mask | cause) of every condition into ``logs``; returns the case-mix mean's."""
    v0, size = T.value_ptr[f], T.value_ptr[f + 1] - T.value_ptr[f]
    usual = 0.0
    for v in range(size):
        if mask >> v & 1:
            usual += T.value_bg[v0 + v]
    logs[:] = min(max(usual, 1e-9), 1.0)
    for r in range(T.row_ptr[f], T.row_ptr[f + 1]):
        total = 0.0
        for v in range(size):
            if mask >> v & 1:
                total += T.share[T.row_share[r] + v]
        logs[T.row_condition[r]] = min(max(total, 1e-9), 1.0)
    mean, weight = 0.0, 0.0
    for d in range(len(logs)):
        mean += logs[d] * P.mix[person, d]
        weight += P.mix[person, d]
    mean /= max(weight, 1e-300)
    for d in range(len(logs)):
        logs[d] = np.log(logs[d])
    return float(np.log(min(max(mean, 1e-9), 1.0)))


@compiled
def _form(
    T: Tables, P: Populations, person: int, f: int, state: int, W: Work, phi_plus: Floats, phi_minus: Floats
) -> tuple[float, float, bool]:
    """Product forms of one patient finding; phi must come as ones. Returns plus, minus, reduced."""
    if T.kind[f] == PATIENT:
        leak = P.frequency[person, f]
        into = phi_minus if state else phi_plus
        for r in range(T.link_ptr[f], T.link_ptr[f + 1]):
            d = T.link_condition[r]
            phi = min((1 - T.link_value[r]) / (1 - leak), 1.0)
            if W.fact[d] >= 0:
                phi = 1 - (1 - phi) * T.status_findings[W.fact[d], d]
            into[d] = phi
        return (1.0, 1 - leak, False) if state else (1 - leak, 0.0, False)
    return _ranged(T, f, state, W, phi_plus, phi_minus)


@compiled
def _ranged(T: Tables, f: int, mask: int, W: Work, phi_plus: Floats, phi_minus: Floats) -> tuple[float, float, bool]:
    v0, size = T.value_ptr[f], T.value_ptr[f + 1] - T.value_ptr[f]
    f0, forms = T.form_ptr[f], T.form_ptr[f + 1] - T.form_ptr[f]
    weight = W.form[:forms]
    weight[:] = 0.0
    for v in range(size):
        if mask >> v & 1:
            weight[T.range_up[v0 + v]] += T.range_weight[v0 + v]
            if T.range_down[v0 + v] >= 0:
                weight[T.range_down[v0 + v]] -= T.range_weight[v0 + v]
    used, plus_at, minus_at = 0, -1, -1
    for j in range(forms):
        weight[j] = 0.0 if abs(weight[j]) < 1e-12 else weight[j] * T.form_bg[f0 + j]
        if weight[j] != 0:
            used += 1
            if weight[j] > 0:
                plus_at = j
            else:
                minus_at = j
    exact = used == 1 or (used == 2 and plus_at >= 0 and minus_at >= 0)
    if used == 1:
        plus_at = max(plus_at, minus_at)
    total = 0.0
    for j in range(forms):
        total += weight[j]
    for r in range(T.row_ptr[f], T.row_ptr[f + 1]):
        d, at = T.row_condition[r], T.row_form[r]
        keep = 1.0 if W.fact[d] < 0 else T.status_findings[W.fact[d], d]
        if exact:
            phi_plus[d] = 1 - (1 - T.form_phi[at + plus_at]) * keep
            if used == 2:
                phi_minus[d] = 1 - (1 - T.form_phi[at + minus_at]) * keep
        else:
            alone = 0.0
            for j in range(forms):
                alone += weight[j] * (1 - (1 - T.form_phi[at + j]) * keep)
            phi_plus[d] = alone / total
    if not exact:
        return total, 0.0, True
    return weight[plus_at], (-weight[minus_at] if used == 2 else 0.0), False


@compiled
def _exponents(
    count: int, phi: float, d: int, member: Ints, ratio: Floats, alphas: Floats, strength: Floats, order: Ints
) -> None:
    """``temper.exponents`` for one condition: members in ``member[:count]``."""
    positives = negatives = 0
    for j in range(count):
        r = ratio[member[j], d]
        strength[j] = 0.0 if abs(r) < NEUTRAL else r
        alphas[member[j], d] = 1.0 if strength[j] == 0.0 else 0.0
        positives += strength[j] > 0
        negatives += strength[j] < 0
    if positives + negatives == 0:
        return
    for j in range(count):
        order[j] = j
    for j in range(1, count):  # stable, strongest support first
        k = j
        while k > 0 and strength[order[k]] > strength[order[k - 1]]:
            order[k], order[k - 1] = order[k - 1], order[k]
            k -= 1
    best_a = best_b = 0
    lowest, against = np.inf, 0.0
    for b in range(negatives + 1):
        if b:
            against += strength[order[count - b]]
        highest, top_a, support = -np.inf, 0, 0.0
        for a in range(positives + 1):
            if a:
                support += strength[order[a - 1]]
            v = (support + against) / (max(a + b - 1, 0) * phi + 1)
            if v > highest:
                highest, top_a = v, a
        if highest < lowest:
            lowest, best_a, best_b = highest, top_a, b
    alpha = 1 / (1 + max(best_a + best_b - 1, 0) * phi)
    for a in range(best_a):
        alphas[member[order[a]], d] = alpha
    for b in range(best_b):
        alphas[member[order[count - 1 - b]], d] = alpha


@compiled
def _episode(
    T: Tables, P: Populations, person: int, facts: Ragged, seen: Ragged, row: int, W: Work
) -> tuple[float, float]:
    """Causal weights q of all conditions and known ones; returns the common log factor and q of known + unexplained."""
    n = len(T.block)
    W.logs[:] = 0.0
    mean = 0.0
    first = seen.ptr[row]
    for i in range(seen.ptr[row + 1] - first):
        f, state = seen.item[first + i], seen.state[first + i]
        if T.kind[f] == EPISODE:
            own = P.mean_yes[person, f] if state else P.mean_no[person, f]
            if W.shared[i]:
                for d in range(n):
                    W.logs[d] += own + W.alpha[i, d] * W.ratio[i, d]
            else:
                e = T.episode[f]
                usual = P.log_yes[person, f] if state else P.log_no[person, f]
                stated = T.log_yes[e] if state else T.log_no[e]
                for d in range(n):
                    W.logs[d] += stated[d] if T.stated[e, d] else usual
            mean += own
        elif T.kind[f] == CATEGORICAL:
            own = _categorical(T, P, person, f, state, W.q)
            for d in range(n):
                alpha = W.alpha[i, d] if W.shared[i] else 1.0
                W.logs[d] += own + alpha * (W.q[d] - own)
            mean += own
    top = mean
    for d in range(n):
        if W.alive[d] or W.fact[d] >= 0:
            top = max(top, W.logs[d])
    for d in range(n):
        W.q[d] = P.kappa[person, d] * np.exp(W.logs[d] - top)
    known = P.kappa0[person] * np.exp(mean - top)
    for j in range(facts.ptr[row], facts.ptr[row + 1]):
        d = facts.item[j]
        W.q[d] *= T.status_complaint[facts.state[j], d]
        known += W.q[d]
    return top, known


@compiled
def _items(
    T: Tables, P: Populations, person: int, facts: Ragged, seen: Ragged, row: int, W: Work
) -> tuple[int, float, bool]:
    """Patient findings: one-term ones into x0 and a constant, two-term ones into plus, minus, phi. Returns m."""
    W.x0[:] = 1.0
    W.touched[:] = False
    m, constant, any_reduced = 0, 0.0, False
    first = seen.ptr[row]
    for i in range(seen.ptr[row + 1] - first):
        f = seen.item[first + i]
        if T.kind[f] == EPISODE or T.kind[f] == CATEGORICAL:
            continue
        phi_plus, phi_minus = W.phi_plus[i], W.phi_minus[i]
        plus, minus, reduced = _form(T, P, person, f, seen.state[first + i], W, phi_plus, phi_minus)
        any_reduced = any_reduced or reduced
        if W.shared[i]:
            _temper(T, f, plus, minus, phi_plus, phi_minus, W.ratio[i], W.alpha[i])
        for j in range(facts.ptr[row], facts.ptr[row + 1]):
            plus *= phi_plus[facts.item[j]]
            minus *= phi_minus[facts.item[j]]
        if minus > 0:
            W.plus[i], W.minus[i], W.two[m] = plus, minus, i
            W.moved[i] = False
            for r in range(T.item_ptr[f], T.item_ptr[f + 1]):
                d = T.item_condition[r]
                if phi_plus[d] != 1.0:
                    W.moved[i] = True
                    W.touched[d] = True
                elif phi_minus[d] != 1.0:
                    W.touched[d] = True
            m += 1
        else:
            constant += np.log(max(plus, 1e-300))
            for r in range(T.item_ptr[f], T.item_ptr[f + 1]):
                W.x0[T.item_condition[r]] *= phi_plus[T.item_condition[r]]
    return m, constant, any_reduced


@compiled
def _temper(
    T: Tables, f: int, plus: float, minus: float, phi_plus: Floats, phi_minus: Floats, ratio: Floats, alpha: Floats
) -> None:
    """Exponents on the link parameters, so that the product forms stay (inference notes, section 2)."""
    base = plus - minus
    for r in range(T.item_ptr[f], T.item_ptr[f + 1]):
        d = T.item_condition[r]
        if alpha[d] != 1.0:
            if phi_plus[d] != 1.0:
                phi_plus[d] = phi_plus[d] ** alpha[d]
            if minus != 0:
                phi_minus[d] = (plus * phi_plus[d] - base * np.exp(alpha[d] * ratio[d])) / minus


@compiled
def _column(
    own: float, d: int, m: int, two: Ints, moved: Bools, phi_plus: Floats, phi_minus: Floats, x: Floats
) -> None:
    """Factor of one condition in all 2^m terms (bit i set: the minus form of item i)."""
    x[0] = own
    for i in range(m):
        size = 1 << i
        phi = phi_minus[two[i], d]
        for t in range(size):
            x[size + t] = x[t] * phi
        if moved[two[i]]:
            phi = phi_plus[two[i], d]
            for t in range(size):
                x[t] *= phi


@compiled
def _solve(
    T: Tables,
    P: Populations,
    person: int,
    facts: Ragged,
    row: int,
    m: int,
    known: float,
    log: float,
    W: Work,
    out: Answers,
) -> None:
    """The kernel for one row."""
    n, S = len(T.block), 1 << m
    alive, touched, block, only = W.alive, W.touched, T.block, T.cause_only
    s, y, x = W.s[:S], W.y[:S], W.x[:S]
    y[:] = known
    s[0] = 1.0
    for i in range(m):
        size = 1 << i
        plus, minus = W.plus[W.two[i]], W.minus[W.two[i]]
        for t in range(size):
            s[size + t] = -s[t] * minus
            s[t] *= plus
    still, still_y = 1.0, 0.0
    W.one[:] = False
    for d in range(n):
        if not alive[d] or block[d] >= 0:
            continue
        silent = P.not_mentioned[person, d]
        pi = W.p[d] * silent / (1 - W.p[d] * (1 - silent))
        q = W.q[d]
        if not touched[d]:
            top = pi * W.x0[d]
            if only[d]:
                W.R[d, 0] = top * q
                still_y += top * q
            else:
                fac = top + (1 - pi)
                W.R[d, 0] = top / fac
                still *= fac
                still_y += q * top / fac
            continue
        _column(W.x0[d], d, m, W.two, W.moved, W.phi_plus, W.phi_minus, x)
        R = W.R[d, :S]
        if only[d]:
            weight = pi * q
            for t in range(S):
                R[t] = x[t] * weight
                y[t] += R[t]
        else:
            rest = 1 - pi
            for t in range(S):
                top = pi * x[t]
                fac = top + rest
                share = top / fac
                R[t] = share
                s[t] *= fac
                y[t] += q * share
    fac, add = _blocks(T, P, person, m, W)
    still *= fac
    still_y += add
    z = total = terms = 0.0
    for t in range(S):
        s[t] *= still
        y[t] += still_y
        x[t] = s[t] * y[t]
        z += x[t]
        total += s[t]
        terms += abs(x[t])
    out.cancellation[row] = terms / abs(z)
    out.log_evidence[row] = np.log(max(z, 0.0)) + log
    cause, present = out.cause[row], out.present[row]
    for d in range(n):
        cause[d] = present[d] = 0.0
        if not alive[d]:
            continue
        q, R = W.q[d], W.R[d, :S]
        if block[d] < 0:
            if not touched[d]:
                share = R[0]
                if only[d]:
                    cause[d] = present[d] = _unit(share * total / z)
                else:
                    cause[d] = _unit(q * share * total / z)
                    present[d] = _unit((share * z + share * (1 - share) * q * total) / z)
                continue
            a = b2 = c = 0.0
            for t in range(S):
                sR = s[t] * R[t]
                a += sR
                b2 += x[t] * R[t]
                c += sR * R[t]
            if only[d]:
                cause[d] = present[d] = _unit(a / z)
            else:
                cause[d] = _unit(q * a / z)
                present[d] = _unit((b2 + q * (a - c)) / z)
        elif W.one[d]:
            share = R[0]
            cause[d] = _unit(q * share * total / z)
            present[d] = _unit((share * z + W.K[d, 0] * total) / z)
        else:
            K = W.K[d, :S]
            a = b2 = 0.0
            for t in range(S):
                a += s[t] * R[t]
                b2 += x[t] * R[t] + s[t] * K[t]
            cause[d] = _unit(q * a / z)
            present[d] = _unit(b2 / z)
    left = known
    for j in range(facts.ptr[row], facts.ptr[row + 1]):
        d = facts.item[j]
        cause[d], present[d] = W.q[d] * total / z, 1.0
        left -= W.q[d]
    out.unexplained[row] = left * total / z


@compiled
def _unit(p: float) -> float:
    return min(max(p, 0.0), 1.0)


@compiled
def _blocks(T: Tables, P: Populations, person: int, m: int, W: Work) -> tuple[float, float]:
    """Blocks of linked conditions into s, y, R, K. Returns factors of s and terms of y that are the same in all."""
    S = 1 << m
    s, y, x, q, x0, members = W.s[:S], W.y[:S], W.x[:S], W.q, W.x0, T.block_member
    products, sums, table = W.products, W.sums, W.table
    still, still_y = 1.0, 0.0
    for b in range(len(T.block_ptr) - 1):
        start, k = T.block_ptr[b], T.block_ptr[b + 1] - T.block_ptr[b]
        touched, changed = 0, W.moved_block[b]
        for j in range(k):
            d = members[start + j]
            W.block_touched[j] = W.alive[d] and W.touched[d]
            touched += W.block_touched[j]
            changed = changed or (W.alive[d] and x0[d] != 1.0)
        if touched == 0 and not changed:
            at = T.pair_ptr[b]
            still_y += _usual_block(P.pairs[person, at : at + k * k], members[start : start + k], q, W.R, W.K, W.one)
            continue
        if W.moved_block[b]:
            _block_states(T, P, person, b, W)
        else:
            for u in range(1 << k):
                W.state[u] = P.states[person, T.state_ptr[b] + u]
        _reduce_states(
            members[start : start + k], W.block_touched, q, x0, W.state, W.state_q, W.state_x, W.state_at, table
        )
        if touched == 0:
            causal = table[1, 0] / table[0, 0]
            still *= table[0, 0]
            still_y += causal
            for j in range(k):
                d = members[start + j]
                W.R[d, 0] = table[2 + j, 0] / table[0, 0]
                W.K[d, 0] = table[2 + k + j, 0] / table[0, 0] - W.R[d, 0] * causal
                W.one[d] = True
            continue
        products[0, :S] = 1.0
        bit = 0
        for j in range(k):
            if W.block_touched[j]:
                d = members[start + j]
                _column(x0[d], d, m, W.two, W.moved, W.phi_plus, W.phi_minus, x)
                for u in range(1 << bit):
                    _times(products[u, :S], x, products[(1 << bit) + u, :S])
                bit += 1
        for r in range(2 + 2 * k):
            sums[r, :S] = 0.0
            u = 0
            while u + 4 <= 1 << touched:
                w0, w1, w2, w3 = table[r, u], table[r, u + 1], table[r, u + 2], table[r, u + 3]
                if w0 != 0.0 or w1 != 0.0 or w2 != 0.0 or w3 != 0.0:
                    one, two = products[u, :S], products[u + 1, :S]
                    three, four = products[u + 2, :S], products[u + 3, :S]
                    _add_four(w0, w1, w2, w3, one, two, three, four, sums[r, :S])
                u += 4
            while u < 1 << touched:
                _add(table[r, u], products[u, :S], sums[r, :S])
                u += 1
        _normalise(sums[0, :S], sums[1, :S], s, y)
        for j in range(k):
            d = members[start + j]
            if W.alive[d]:
                _member(sums[0, :S], sums[1, :S], sums[2 + j, :S], sums[2 + k + j, :S], W.R[d, :S], W.K[d, :S])
    return still, still_y


@compiled
def _times(a: Floats, b: Floats, out: Floats) -> None:
    for t in range(len(out)):
        out[t] = a[t] * b[t]


@compiled
def _add(weight: float, a: Floats, out: Floats) -> None:
    for t in range(len(out)):
        out[t] += weight * a[t]


@compiled
def _add_four(
    w0: float, w1: float, w2: float, w3: float, one: Floats, two: Floats, three: Floats, four: Floats, out: Floats
) -> None:
    """Four at a time: a quarter of the stores, which bound the loop."""
    for t in range(len(out)):
        out[t] += w0 * one[t] + w1 * two[t] + w2 * three[t] + w3 * four[t]


@compiled
def _normalise(fac: Floats, causal: Floats, s: Floats, y: Floats) -> None:
    for t in range(len(fac)):
        s[t] *= fac[t]
        fac[t] = 1 / fac[t]
        causal[t] *= fac[t]
        y[t] += causal[t]


@compiled
def _member(inverse: Floats, causal: Floats, member: Floats, both: Floats, R: Floats, K: Floats) -> None:
    for t in range(len(R)):
        R[t] = member[t] * inverse[t]
        K[t] = both[t] * inverse[t] - R[t] * causal[t]


@compiled
def _usual_block(pairs: Floats, members: Ints, q: Floats, R: Floats, K: Floats, one: Bools) -> float:
    """A block that nothing in the case speaks of: the population's, from P(both present) of its pairs."""
    k = len(members)
    causal = 0.0
    for j in range(k):
        causal += q[members[j]] * pairs[j * k + j]
    for j in range(k):
        d = members[j]
        both = 0.0
        for other in range(k):
            both += q[members[other]] * pairs[j * k + other]
        R[d, 0] = pairs[j * k + j]
        K[d, 0] = both - R[d, 0] * causal
        one[d] = True
    return causal


@compiled
def _reduce_states(
    members: Ints,
    touched: Bools,
    q: Floats,
    x0: Floats,
    state: Floats,
    state_q: Floats,
    state_x: Floats,
    state_at: Ints,
    table: Floats,
) -> None:
    """Weigh the states and sum the members out that no two-term item touches.

    Rows of the table: all, causal, then per member: present, causal if present; columns: states of touched members.
    """
    k, low = len(members), 0
    state_q[0], state_at[0], state_x[0] = 0.0, 0, 1.0
    size = 1
    for high in range(2):  # untouched members take the low bits, touched ones the high bits
        for j in range(k):
            if touched[j] == (high == 1):
                own, x = q[members[j]], 1.0 if high == 1 else x0[members[j]]
                for u in range(size):
                    state_q[size + u] = state_q[u] + own
                    state_x[size + u] = state_x[u] * x
                    state_at[size + u] = state_at[u] + (1 << j)
                size <<= 1
                low += high == 0
    for u in range(size):
        state_x[u] *= state[state_at[u]]
        state_q[u] *= state_x[u]
    chunk, half, chunks = 1 << low, 1 << low, size >> low
    for j in range(k - 1, -1, -1):
        if not touched[j]:
            half >>= 1
            for at in range(chunks):
                left, right = at * chunk, at * chunk + half
                table[2 + j, at] = _fold(state_x[left:right], state_x[right : right + half])
                table[2 + k + j, at] = _fold(state_q[left:right], state_q[right : right + half])
    for at in range(chunks):
        table[0, at], table[1, at] = state_x[at * chunk], state_q[at * chunk]
    bit = 0
    for j in range(k):
        if touched[j]:
            for at in range(chunks):
                inside = at >> bit & 1
                table[2 + j, at], table[2 + k + j, at] = inside * table[0, at], inside * table[1, at]
            bit += 1


@compiled
def _fold(left: Floats, right: Floats) -> float:
    """Add the states with a member to those without; returns the sum of those with."""
    total = 0.0
    for u in range(len(left)):
        total += right[u]
        left[u] += right[u]
    return total


@compiled
def _block_states(T: Tables, P: Populations, person: int, b: int, W: Work) -> None:
    """``priors.block_states`` over all members: known ones clamped, impossible ones absent in every state."""
    start, k = T.block_ptr[b], T.block_ptr[b + 1] - T.block_ptr[b]
    states = 1 << k
    w, has, own, alive, members = W.state[:states], W.has[:states], W.p, W.alive, T.block_member
    w[:] = 1.0
    for j in range(k):
        d = members[start + j]
        has[:] = own[d]
        if own[d] > 0:
            for e in range(T.inside_ptr[b], T.inside_ptr[b + 1]):
                parent = T.inside_parent[e]
                if T.inside_child[e] == j and alive[members[start + parent]]:
                    rho = T.inside_rho[e]
                    for high in range(1 << parent, states, 2 << parent):
                        for u in range(high, high + (1 << parent)):
                            has[u] = has[u] + (1 - has[u]) * rho
        if W.fact[d] >= 0:
            for u in range(states):
                w[u] *= max(has[u], 1e-9)
        silent = P.not_mentioned[person, d] if alive[d] else 0.0
        for high in range(1 << j, states, 2 << j):
            for u in range(high, high + (1 << j)):
                w[u] *= has[u] * silent
            if alive[d]:
                for u in range(high - (1 << j), high):
                    w[u] *= 1 - has[u]
    for e in range(len(T.exclude_a)):
        if T.block[T.exclude_a[e]] == b and T.block[T.exclude_b[e]] == b:
            for u in range(states):
                together = 0
                for j in range(k):
                    d = members[start + j]
                    together += u >> j & 1 and (d == T.exclude_a[e] or d == T.exclude_b[e])
                if together == 2:
                    w[u] = 0.0
    total = 0.0
    for u in range(states):
        total += w[u]
    for u in range(states):
        w[u] /= total
