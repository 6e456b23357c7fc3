"""Contributions in decibans: Shapley values over correlation groups of findings (inference notes, section 5).

The value of a set of groups is 10 log10 odds of P(cause) (or P(present)) given only the findings in them; the
empty set is the prior: complaint, age, sex, setting, risk factors and facts. Contributions add up by construction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from hickam.inference.kernel import Problem, solve, spread
from hickam.inference.layout import Bools, Floats, Ints
from hickam.inference.query import Query
from hickam.inference.results import Contribution, Contributions, Of

EXACT_GROUPS = 6
PAIRS = 16
GROUPS_MAX = 14
OTHER = "other findings"
TOLERANCE = 2.0
"""Decibans by which first-in and last-out may differ before the wording mentions other findings."""
FLOOR = 1e-12
SMALL = 3
"""Sets with fewer two-term items are filled up with an idle one, so that they share a kernel batch."""


@dataclass(frozen=True, eq=False)
class Player:
    """One correlation group with its observed findings, and which rows of the query they are."""

    group: str
    findings: tuple[int, ...]


class Explainer:
    """All contributions of one case; sets of findings are evaluated once and shared by conditions."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self._known: dict[int, int] = {}
        self._cause = np.zeros((0, len(query.network.conditions)))
        self._present = self._cause
        self.players = self._players()

    def contributions(self, condition: str, of: Of = "cause") -> Contributions:
        """Contributions to P(cause) or P(present) of one condition."""
        d = self.query.network.condition_index[condition]
        self._prepare()
        count = len(self.players)
        full = (1 << count) - 1
        exact = count <= EXACT_GROUPS
        shapley = self._exact(d, of) if exact else self._sampled(d, of)
        ones = [1 << i for i in range(count)]
        v = self._values([0, full, *ones, *(full ^ one for one in ones)], d, of)
        first, last = v[2 : 2 + count] - v[0], v[1] - v[2 + count :]
        names = self.query.network.findings
        items = []
        for i, player in enumerate(self.players):
            kind = _kind(float(first[i]), float(last[i]))
            partner = self._partner(i, d, of, kind) if kind in ("redundant", "joint") else ""
            items.append(
                Contribution(
                    group=player.group,
                    findings=tuple(names[f] for f in player.findings),
                    decibans=float(shapley[i]),
                    first_in=float(first[i]),
                    last_out=float(last[i]),
                    kind=kind,
                    partner=partner,
                )
            )
        items.sort(key=lambda item: -abs(item.decibans))
        return Contributions(
            condition=condition, of=of, prior=float(v[0]), total=float(v[1]), items=tuple(items), exact=exact
        )

    def live(self, condition: str, of: Of = "cause") -> dict[str, float]:
        """While typing: the mean of first-in and last-out, residual spread by size. Group -> decibans."""
        d = self.query.network.condition_index[condition]
        count = len(self.players)
        full = (1 << count) - 1
        ones = [1 << i for i in range(count)]
        v = self._values([0, full, *ones, *(full ^ one for one in ones)], d, of)
        mean = ((v[2 : 2 + count] - v[0]) + (v[1] - v[2 + count :])) / 2
        size = np.abs(mean)
        if size.sum() > 0:
            mean = mean + (v[1] - v[0] - mean.sum()) * size / size.sum()
        return {player.group: float(x) for player, x in zip(self.players, mean, strict=True)}

    # ------------------------------------------------------------------------------------------------ Shapley

    def _prepare(self) -> None:
        """Everything any condition will need, in one go: few large kernel batches instead of many small ones."""
        count = len(self.players)
        full = (1 << count) - 1
        if full in self._known:
            return
        if count <= EXACT_GROUPS:
            self._evaluate(list(range(1 << count)))
            return
        masks = [0, full, *(1 << i for i in range(count)), *(full ^ 1 << i for i in range(count))]
        masks += [1 << a | 1 << b for a, b in combinations(range(count), 2)]
        self._evaluate([*masks, *(mask for row in self._orders()[1] for mask in row)])

    def _orders(self) -> tuple[list[Ints], list[list[int]]]:
        """16 antithetic pairs of permutations, seed fixed by the pack, and the sets that grow along each."""
        rng = np.random.default_rng(self.query.network.seed)
        orders = [rng.permutation(len(self.players)) for _ in range(PAIRS)]
        orders += [order[::-1] for order in orders]
        return orders, [[0, *np.cumsum(1 << order).tolist()] for order in orders]

    def _exact(self, d: int, of: Of) -> Floats:
        count = len(self.players)
        v = self._values(list(range(1 << count)), d, of)
        result = np.zeros(count)
        for mask in range(1 << count):
            size = mask.bit_count()
            for i in range(count):
                if not mask >> i & 1:
                    weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
                    result[i] += weight * (v[mask | 1 << i] - v[mask])
        return result

    def _sampled(self, d: int, of: Of) -> Floats:
        """Mean over the permutations."""
        count = len(self.players)
        orders, masks = self._orders()
        v = self._values([mask for row in masks for mask in row], d, of).reshape(len(orders), count + 1)
        result = np.zeros(count)
        for order, row in zip(orders, v, strict=True):
            result[order] += np.diff(row)
        return result / len(orders)

    def _partner(self, i: int, d: int, of: Of, kind: str) -> str:
        """The group with which the interaction v(ij) - v(i) - v(j) + v(empty) is most positive (or negative)."""
        count = len(self.players)
        if count < 2:
            return ""
        others = [j for j in range(count) if j != i]
        v = self._values([0, 1 << i, *(1 << j for j in others), *(1 << i | 1 << j for j in others)], d, of)
        single, pair = v[2 : 2 + len(others)], v[2 + len(others) :]
        interaction = pair - single - v[1] + v[0]
        best = int(interaction.argmax() if kind == "joint" else interaction.argmin())
        return self.players[others[best]].group

    # ------------------------------------------------------------------------------------------------ values

    def _values(self, masks: list[int], d: int, of: Of) -> Floats:
        self._evaluate(masks)
        rows = [self._known[mask] for mask in masks]
        return decibans((self._cause if of == "cause" else self._present)[rows, d])

    def _evaluate(self, masks: list[int]) -> None:
        """Posterior given only the findings of each mask; rows with equally many two-term items go together."""
        new = sorted(set(masks) - self._known.keys())
        if not new:
            return
        held = np.array([[mask >> i & 1 for i in range(len(self.players))] for mask in new], dtype=np.bool_)
        held = held.reshape(len(new), len(self.players))
        items = held[:, self._player_of(self.query.items.two_finding)]
        cause = np.empty((len(new), self._cause.shape[1]))
        present = np.empty_like(cause)
        count = items.shape[1]
        sizes = np.maximum(items.sum(axis=1), min(SMALL, count))
        ranked = np.argsort(~items, axis=1, kind="stable")
        ranked = np.where(np.take_along_axis(items, ranked, axis=1), ranked, count)  # count: the idle item
        for size in np.unique(sizes).tolist():
            rows = np.flatnonzero(sizes == size)
            chosen = ranked[rows, :size]
            masses = solve(self._problem(held[rows], chosen))
            cause[rows], present[rows] = spread(self.query, masses)
        for k, mask in enumerate(new):
            self._known[mask] = len(self._cause) + k
        self._cause = np.concatenate([self._cause, cause])
        self._present = np.concatenate([self._present, present])

    def _problem(self, held: Bools, chosen: Ints) -> Problem:
        query, items = self.query, self.query.items
        with_episode = held[:, self._player_of(np.array(query.episode.findings, dtype=np.int64))].astype(np.float64)
        logs, mean = with_episode @ query.episode.log_p, with_episode @ query.episode.log_mean
        top = np.maximum(logs.max(axis=1, initial=-745.0), mean)
        scaled = np.exp(logs - top[:, None])
        with_one = held[:, self._player_of(items.one_finding)].astype(np.float64)
        return Problem(
            columns=query.columns,
            pi=query.pi[None],
            states=query.states[None],
            q=query.kappa * scaled[:, query.columns.index],
            q0=query.kappa0 * np.exp(mean - top),
            fact_q=query.fact_kappa * scaled[:, query.facts],
            x0=np.exp(with_one @ np.log(items.one_phi)),
            plus=np.append(items.plus, 1.0)[chosen],
            minus=np.append(items.minus, 0.0)[chosen],
            phi_plus=_with_idle(items.phi_plus)[chosen],
            phi_minus=_with_idle(items.phi_minus)[chosen],
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
        full = (1 << count) - 1
        self._evaluate([0, full, *(1 << i for i in range(count)), *(full ^ 1 << i for i in range(count))])
        leaders = np.argsort(-self._cause[self._known[full]])[:5]
        v = decibans(self._cause[:, leaders])
        alone = [np.abs(v[self._known[1 << i]] - v[self._known[0]]).max() for i in range(count)]
        last = [np.abs(v[self._known[full]] - v[self._known[full ^ 1 << i]]).max() for i in range(count)]
        self._known, self._cause, self._present = {}, self._cause[:0], self._present[:0]
        return np.maximum(alone, last)


def _with_idle(phi: Floats) -> Floats:
    """Factors with one more item that does nothing."""
    return np.concatenate([phi, np.ones((1, phi.shape[1]))])


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
