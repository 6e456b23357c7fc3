"""Contributions in decibans: Shapley values over correlation groups of findings (inference notes, section 5).

The value of a set of groups is 10 log10 odds of P(cause) (or P(present)) given only the findings in them; the
empty set is the prior: complaint, age, sex, setting, risk factors and facts. Contributions add up by construction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from hickam.inference.kernel import CANCELLATION_LIMIT, Problem, solve, spread
from hickam.inference.layout import Bools, Floats, Ints
from hickam.inference.priors import bits
from hickam.inference.query import Query
from hickam.inference.results import Contribution, Contributions, Of
from hickam.inference.subsets import masses_of

EXACT_GROUPS = 6
PAIRS = 16
GROUPS_MAX = 14
OTHER = "other findings"
TOLERANCE = 2.0
"""Decibans by which first-in and last-out may differ before the wording mentions other findings."""
FLOOR = 1e-12


@dataclass(frozen=True, eq=False)
class Player:
    """One correlation group with its observed findings, and which rows of the query they are."""

    group: str
    findings: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Values:
    """Decibans of n conditions: ``prior``, ``total`` [n]; ``first``, ``last``, ``shapley`` [groups, n] of each group;
    ``together`` [groups, groups, n] interaction v(ij) - v(i) - v(j) + v(empty)."""

    prior: Floats
    total: Floats
    first: Floats
    last: Floats
    shapley: Floats
    together: Floats


class Rates(NamedTuple):
    """Causal rates of N sets, each on a scale of its own: ``q`` [N, C], ``fact_q`` [N, K], ``q0`` [N]."""

    q: Floats
    fact_q: Floats
    q0: Floats


class Explainer:
    """All contributions of one case; sets of findings are evaluated once and shared by conditions."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self._known: dict[Of, Floats] = {}
        self.players = self._players()

    def contributions(self, conditions: Sequence[str], of: Of = "cause") -> dict[str, Contributions]:
        """Contributions to P(cause) or P(present) of each condition."""
        index = self.query.network.condition_index
        values = self._values([index[name] for name in conditions], of)
        return {name: self._of_one(values, i, name, of) for i, name in enumerate(conditions)}

    def _of_one(self, values: Values, i: int, condition: str, of: Of) -> Contributions:
        names = self.query.network.findings
        columns = zip(
            values.shapley[:, i].tolist(), values.first[:, i].tolist(), values.last[:, i].tolist(), strict=True
        )
        items = []
        for at, (player, (shapley, first, last)) in enumerate(zip(self.players, columns, strict=True)):
            kind = _kind(first, last)
            items.append(
                Contribution(
                    group=player.group,
                    findings=tuple(names[f] for f in player.findings),
                    decibans=shapley,
                    first_in=first,
                    last_out=last,
                    kind=kind,
                    partner=self._partner(at, values.together[at, :, i], kind),
                )
            )
        items.sort(key=lambda item: -abs(item.decibans))
        return Contributions(
            condition=condition,
            of=of,
            prior=float(values.prior[i]),
            total=float(values.total[i]),
            items=tuple(items),
            exact=len(self.players) <= EXACT_GROUPS,
        )

    def _partner(self, i: int, together: Floats, kind: str) -> str:
        """The group with which group i interacts most, for better or for worse."""
        if kind not in ("redundant", "joint") or len(self.players) < 2:
            return ""
        others = [j for j in range(len(self.players)) if j != i]
        best = int((together if kind == "joint" else -together)[others].argmax())
        name: str = self.players[others[best]].group
        return name

    # ------------------------------------------------------------------------------------------------ values

    def _ends(self) -> Bools:
        """No group, all groups, each group alone, all groups but each. [2 + 2 groups, groups]"""
        count = len(self.players)
        none, each = np.zeros((1, count), dtype=np.bool_), np.eye(count, dtype=np.bool_)
        return np.concatenate([none, ~none, each, ~each])

    def _values(self, conditions: list[int], of: Of) -> Values:
        """Everything about these conditions; what is evaluated for one is kept for all."""
        count = len(self.players)
        bits = 1 << np.arange(count)
        ends, pairs = self._ends() @ bits, (bits[:, None] | bits).ravel()
        orders = self._orders()
        paths = np.concatenate([np.zeros((len(orders), 1), dtype=np.int64), np.cumsum(1 << orders, axis=1)], axis=1)
        exact = count <= EXACT_GROUPS
        chosen = np.arange(1 << count) if exact else paths.ravel()
        sets, place = np.unique(np.concatenate([ends, pairs, chosen]), return_inverse=True)
        if of not in self._known:
            self._known[of] = self._probabilities((sets[:, None] & bits) > 0, of)
        every = decibans(self._known[of][:, conditions])[place]
        v, pair, steps = np.split(every, [len(ends), len(ends) + len(pairs)])
        alone, without = v[2 : 2 + count], v[2 + count :]
        return Values(
            prior=v[0],
            total=v[1],
            first=alone - v[0],
            last=v[1] - without,
            shapley=_over_sets(steps, count) if exact else _over_orders(steps, orders),
            together=pair.reshape(count, count, every.shape[-1]) - alone[:, None] - alone[None] + v[0],
        )

    def _orders(self) -> Ints:
        """16 antithetic pairs of permutations of the groups, seed fixed by the pack. [32, groups]"""
        rng = np.random.default_rng(self.query.network.seed)
        orders = np.array([rng.permutation(len(self.players)) for _ in range(PAIRS)], dtype=np.int64)
        return np.concatenate([orders, orders[:, ::-1]])

    def _probabilities(self, held: Bools, of: Of) -> Floats:
        """P(cause) or P(present) of every condition, given only the groups of each set [sets, groups]. [sets, n]"""
        if of == "cause":
            return self._causes(held)
        return spread(self.query, solve(self._problem(held)))[1]

    def _causes(self, held: Bools) -> Floats:
        """P(cause): sets with the same patient findings share their masses, and differ in the rates of causes."""
        query, items = self.query, self.query.items
        moved = items.two_finding[(items.phi_plus != 1).any(axis=1)]
        of_rows = np.unique(self._player_of(np.concatenate([items.one_finding, moved])))
        of_terms = np.setdiff1d(self._player_of(items.two_finding), of_rows)
        first, pattern = _distinct(held[:, np.concatenate([of_rows, of_terms])])
        patterns = held[first]
        starts, row = _distinct(patterns[:, of_rows])
        whole = patterns[starts]
        whole[:, of_terms] = True
        found = masses_of(self._problem(whole), row, patterns[:, self._player_of(items.two_finding)])
        mass, total, most, positive = (part[pattern] for part in found)
        rates = self._rates(held)
        known = rates.q0 + rates.fact_q.sum(axis=1)
        by_column = rates.q * mass
        z = by_column.sum(axis=1) + known * total
        absolute = (rates.q * most).sum(axis=1) + known * positive
        cause = np.zeros((len(held), len(query.network.conditions)))
        cause[:, query.columns.index] = by_column / z[:, None]
        cause[:, query.facts] = rates.fact_q * (total / z)[:, None]
        lost = np.flatnonzero(~(absolute < CANCELLATION_LIMIT * z))
        if len(lost):
            cause[lost] = spread(query, solve(self._problem(held[lost]), presence=False))[0]
        return cause

    def _rates(self, held: Bools) -> Rates:
        query = self.query
        with_episode = held[:, self._player_of(np.array(query.episode.findings, dtype=np.int64))].astype(np.float64)
        logs, mean = with_episode @ query.episode.log_p, with_episode @ query.episode.log_mean
        top = np.maximum(logs.max(axis=1, initial=-745.0), mean)
        scaled = np.exp(logs - top[:, None])
        return Rates(
            q=query.kappa * scaled[:, query.columns.index],
            fact_q=query.fact_kappa * scaled[:, query.facts],
            q0=query.kappa0 * np.exp(mean - top),
        )

    def _problem(self, held: Bools) -> Problem:
        """One row a set of groups. An item that is not held keeps its place and loses its minus form: minus = 0."""
        query, items, rates = self.query, self.query.items, self._rates(held)
        with_one = held[:, self._player_of(items.one_finding)].astype(np.float64)
        with_two = held[:, self._player_of(items.two_finding)]
        phi_plus = items.phi_plus[None]
        if (phi_plus != 1).any():
            phi_plus = np.where(with_two[..., None], phi_plus, 1.0)
        return Problem(
            columns=query.columns,
            pi=query.pi[None],
            states=query.states[None],
            q=rates.q,
            q0=rates.q0,
            fact_q=rates.fact_q,
            x0=np.exp(with_one @ np.log(items.one_phi)),
            plus=np.where(with_two, items.plus, 1.0),
            minus=np.where(with_two, items.minus, 0.0),
            phi_plus=phi_plus,
            phi_minus=items.phi_minus[None],
            log=np.zeros(len(held)),
        )

    def _player_of(self, findings: Ints) -> Ints:
        place = {f: i for i, player in enumerate(self.players) for f in player.findings}
        return np.array([place[int(f)] for f in findings], dtype=np.int64)

    def _players(self) -> tuple[Player, ...]:
        """Correlation groups among the observed findings; beyond 14 the weakest are merged into one."""
        network, grouped = self.query.network, dict[str, list[int]]()
        for seen in self.query.view.seen:
            g = int(network.group[seen.finding])
            name = network.groups[g] if g >= 0 else network.findings[seen.finding]
            grouped.setdefault(name, []).append(seen.finding)
        players = tuple(
            Player(name if len(found) > 1 else network.findings[found[0]], tuple(found))
            for name, found in grouped.items()
        )
        if len(players) <= GROUPS_MAX:
            return players
        strength = self._strength(players)
        order = np.argsort(-strength, kind="stable")
        kept = [players[i] for i in sorted(order[: GROUPS_MAX - 1].tolist())]
        rest = [players[i] for i in sorted(order[GROUPS_MAX - 1 :].tolist())]
        return (*kept, Player(OTHER, tuple(f for player in rest for f in player.findings)))

    def _strength(self, players: tuple[Player, ...]) -> Floats:
        """Largest effect, alone or last, of each group on any of the five likeliest causes."""
        self.players = players
        count = len(players)
        v = decibans(self._causes(self._ends()))
        v = v[:, np.argsort(-v[1])[:5]]
        alone, last = np.abs(v[2 : 2 + count] - v[0]), np.abs(v[1] - v[2 + count :])
        return np.asarray(np.maximum(alone, last).max(axis=1))


def _distinct(rows: Bools) -> tuple[Ints, Ints]:
    """Where each distinct row is first, in ascending order of the rows; and which of them every row is."""
    first = number = np.zeros(len(rows), dtype=np.int64)
    for at in range(0, max(1, rows.shape[1]), 32):
        part = rows[:, at : at + 32]
        keys = number << 32 | part @ (1 << np.arange(part.shape[1])[::-1])
        _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    return first, number


def _over_orders(v: Floats, orders: Ints) -> Floats:
    """Shapley values as the mean step over permutations; v of the growing sets along each. [groups, n]"""
    steps = np.diff(v.reshape(len(orders), orders.shape[1] + 1, -1), axis=1)
    place = np.argsort(orders, axis=1)
    result: Floats = np.take_along_axis(steps, place[..., None], axis=1).mean(axis=0)
    return result


def _over_sets(v: Floats, count: int) -> Floats:
    """Exact Shapley values from v of all sets. [groups, n]"""
    result = np.zeros((count, v.shape[1]))
    sets = np.arange(1 << count)
    size = bits(count).sum(axis=1)
    for i in range(count):
        without = sets[sets >> i & 1 == 0]
        weight = np.array([1 / (count * math.comb(count - 1, k)) for k in size[without].tolist()])
        result[i] = weight @ (v[without | 1 << i] - v[without])
    return result


def decibans(p: Floats) -> Floats:
    """10 log10 odds, kept between -120 and 120."""
    p = np.clip(p, FLOOR, 1 - FLOOR)
    result: Floats = 10 * np.log10(p / (1 - p))
    return result


def _kind(first: float, last: float) -> Literal["plain", "redundant", "joint", "depends"]:
    """How to word it, from the size of first-in and last-out; under a deciban the sign means nothing."""
    if first * last < 0 and min(abs(first), abs(last)) > 1:
        return "depends"
    if abs(first - last) <= TOLERANCE:
        return "plain"
    return "redundant" if abs(first) > abs(last) else "joint"
