"""Correlation groups of one row: log likelihood ratios and exponents (``temper``; notes section 2)."""

from __future__ import annotations

import numpy as np

from hickam.inference.compiled.forms import ones, patient_form
from hickam.inference.compiled.jit import compiled
from hickam.inference.compiled.work import Work
from hickam.inference.flat import FlatCases, Populations, Tables
from hickam.inference.layout import CATEGORICAL, EPISODE, Floats
from hickam.inference.temper import NEUTRAL


@compiled
def temper(T: Tables, P: Populations, cases: FlatCases, r: int, W: Work) -> float:
    """Ratios and exponents of findings that share a group with another; marks them as shared.

    Adds ln P(episode | cause) of those about the episode to ``logs``; returns that of the case-mix mean."""
    seen, sum_of_means = cases.seen, 0.0
    first, count = seen.ptr[r], seen.ptr[r + 1] - seen.ptr[r]
    for i in range(count):
        W.shared[i] = False
    for i in range(count):
        g = T.group[seen.item[first + i]]
        if g >= 0 and not W.shared[i]:
            members = 0
            for other in range(i, count):
                if T.group[seen.item[first + other]] == g:
                    W.member[members] = other
                    members += 1
            if members > 1:
                sum_of_means += _group(T, P, cases, r, members, T.group_phi[g], W)
    return sum_of_means


@compiled
def _group(T: Tables, P: Populations, cases: FlatCases, r: int, members: int, phi: float, W: Work) -> float:
    """One group. About the episode it concerns every condition, else those its findings name."""
    seen, first, episodes, sum_of_means = cases.seen, cases.seen.ptr[r], 0, 0.0
    for j in range(members):
        i = W.member[j]
        f, state = seen.item[first + i], seen.state[first + i]
        W.shared[i] = True
        if T.kind[f] == EPISODE or T.kind[f] == CATEGORICAL:
            episodes += 1
            mean = episode_logs(T, P, cases.people[r], f, state, W.ratio[i])
            for d in range(len(W.logs)):
                W.ratio[i, d] -= mean
            sum_of_means += mean
        else:
            _patient_ratio(T, P, cases.people[r], f, state, i, W)
    if episodes == 2 and members == 2:
        _two(phi, sum_of_means, W.ratio[W.member[0]], W.ratio[W.member[1]], W.logs)
    elif episodes == 3 and members == 3:
        member = W.member
        _three(phi, sum_of_means, W.ratio[member[0]], W.ratio[member[1]], W.ratio[member[2]], W.logs)
    elif episodes:
        for d in range(len(W.logs)):
            _exponents(members, phi, d, W)
            W.logs[d] += sum_of_means
            for j in range(members):
                i = W.member[j]
                if T.kind[seen.item[first + i]] == EPISODE or T.kind[seen.item[first + i]] == CATEGORICAL:
                    W.logs[d] += W.alpha[i, d] * W.ratio[i, d]
    else:
        for j in range(members):
            f = seen.item[first + W.member[j]]
            for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
                _exponents(members, phi, T.item_condition[e], W)
    return sum_of_means


@compiled
def _two(phi: float, means: float, one: Floats, two: Floats, logs: Floats) -> None:
    """A group of two about the episode: of two that agree the weaker drops out unless both together say more."""
    alpha = 1 / (1 + phi)
    for d in range(len(logs)):
        x, y = one[d], two[d]
        a, b = abs(x), abs(y)
        both = x + y
        stronger = x if a >= b else y
        drops = ((x > 0) == (y > 0)) & ((a + b) * alpha <= max(a, b))
        tempered = stronger if drops else alpha * both
        logs[d] += means + (both if (a < NEUTRAL) | (b < NEUTRAL) else tempered)


@compiled
def _three(phi: float, means: float, one: Floats, two: Floats, three: Floats, logs: Floats) -> None:
    """A group of three about the episode: what the kept members say together is min_b max_a v(a, b) itself, for a
    supporting and b opposing members (``temper.exponents``)."""
    half, third = 1 / (1 + phi), 1 / (1 + 2 * phi)
    for d in range(len(logs)):
        x, y, z = _telling(one[d]), _telling(two[d]), _telling(three[d])
        high, low = max(x, y), min(x, y)
        top, low_or_mid = max(high, z), min(high, z)
        mid, low = max(low, low_or_mid), min(low, low_or_mid)
        both, opposed, all_three = (top + mid) * half, (low + mid) * half, (top + mid + low) * third
        none = max(top, 0.0, both if mid > 0 else 0.0, all_three if low > 0 else 0.0)
        one_against = max(low, (top + low) * half if top > 0 else low, all_three if mid > 0 else low)
        two_against = max(opposed, all_three if top > 0 else opposed)
        said = min(none, one_against if low < 0 else none)
        said = min(said, two_against if mid < 0 else none)
        said = min(said, all_three if top < 0 else none)
        neutral = one[d] - x + (two[d] - y) + (three[d] - z)
        logs[d] += means + said + neutral


@compiled
def _telling(ratio: float) -> float:
    """A log likelihood ratio, or 0 where it is rounding."""
    return 0.0 if abs(ratio) < NEUTRAL else ratio


@compiled
def _patient_ratio(T: Tables, P: Populations, person: int, f: int, state: int, i: int, W: Work) -> None:
    phi_plus, phi_minus = W.row.phi_plus[i], W.row.phi_minus[i]
    plus, minus, _ = patient_form(T, P, person, f, state, W, phi_plus, phi_minus)
    base = plus - minus
    W.ratio[i, :] = 0.0
    for e in range(T.item_ptr[f], T.item_ptr[f + 1]):
        d = T.item_condition[e]
        W.ratio[i, d] = np.log(max(plus * phi_plus[d] - minus * phi_minus[d], 1e-300) / base)
    ones(T, f, phi_plus, phi_minus)


@compiled
def episode_logs(T: Tables, P: Populations, person: int, f: int, state: int, logs: Floats) -> float:
    """ln P(answer | cause) of every condition; returns that of the case-mix mean."""
    if T.kind[f] == EPISODE:
        at, usual = T.row_of[f], P.log_yes[person, f] if state else P.log_no[person, f]
        stated = T.log_yes[at] if state else T.log_no[at]
        for d in range(len(logs)):
            logs[d] = stated[d] if T.stated[at, d] else usual
        return float(P.mean_yes[person, f] if state else P.mean_no[person, f])
    if state & (state - 1) == 0:
        at = T.row_of[f]
        while state > 1:
            state >>= 1
            at += 1
        for d in range(len(logs)):
            logs[d] = T.log_value[at, d]
        return float(P.mean_value[person, at])
    return _several_values(T, P, person, f, state, logs)


@compiled
def _several_values(T: Tables, P: Populations, person: int, f: int, mask: int, logs: Floats) -> float:
    """The same when any value of the mask fits."""
    first, size = T.value_ptr[f], T.value_ptr[f + 1] - T.value_ptr[f]
    usual = 0.0
    for v in range(size):
        if mask >> v & 1:
            usual += T.value_bg[first + v]
    logs[:] = min(max(usual, 1e-9), 1.0)
    for e in range(T.row_ptr[f], T.row_ptr[f + 1]):
        total = 0.0
        for v in range(size):
            if mask >> v & 1:
                total += T.share[T.row_share[e] + v]
        logs[T.row_condition[e]] = min(max(total, 1e-9), 1.0)
    mean = weight = 0.0
    for d in range(len(logs)):
        mean += logs[d] * P.mix[person, d]
        weight += P.mix[person, d]
        logs[d] = np.log(logs[d])
    return float(np.log(min(max(mean / max(weight, 1e-300), 1e-9), 1.0)))


@compiled
def _exponents(count: int, phi: float, d: int, W: Work) -> None:
    """``temper.exponents`` for one condition: members in ``member[:count]``."""
    member, ratio, alphas, strength, order = W.member, W.ratio, W.alpha, W.strength, W.order
    positives = negatives = 0
    for j in range(count):
        r = ratio[member[j], d]
        strength[j] = 0.0 if abs(r) < NEUTRAL else r
        alphas[member[j], d] = 1.0 if strength[j] == 0.0 else 0.0
        positives += strength[j] > 0
        negatives += strength[j] < 0
    if positives + negatives == 0:
        return
    for j in range(count):  # stable, strongest support first
        k = j
        while k > 0 and strength[j] > strength[order[k - 1]]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = j
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
