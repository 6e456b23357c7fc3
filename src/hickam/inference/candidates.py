"""Findings not yet known, their possible outcomes, and what each outcome would do, as forms over one case's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.inference.forms import Entries, Tables
from hickam.inference.items import form_factors, range_coefficients, value_table
from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, RANGED, RISK, Floats, Ints, Network
from hickam.inference.priors import Answers, answers_of, bits, block_states, centred, own_priors
from hickam.inference.query import Query
from hickam.inference.terms import TINY

YES_NO = ("present", "absent")


@dataclass(frozen=True, eq=False)
class Candidates:
    """All outcomes, finding by finding. Outcome o = weight_a * form a + weight_b * form b (form 0: the case itself).

    ``order`` [findings]; outcomes of finding k are ``first[k]:first[k+1]``; ``finding`` and ``label`` per outcome.
    Episode outcomes are ``episode_rows`` with ``likelihood`` [., C + K + 1] of each cause instead of forms; form
    ``supposed`` + c is the case with the condition of column c taken as present.
    """

    order: Ints
    first: Ints
    finding: Ints
    label: tuple[str, ...]
    entries: Entries
    form_a: Ints
    weight_a: Floats
    form_b: Ints
    weight_b: Floats
    episode_rows: Ints
    likelihood: Floats
    supposed: int

    def combine(self, masses: Floats, outcomes: Ints) -> Floats:
        """Masses of some outcomes from masses of forms. [outcomes, ...]"""
        weights = self.weight_a[outcomes], self.weight_b[outcomes]
        result: Floats = masses[self.form_a[outcomes]]
        result *= weights[0][:, None]
        second = np.flatnonzero(weights[1])
        result[second] += weights[1][second, None] * masses[self.form_b[outcomes[second]]]
        return result


@dataclass(frozen=True, eq=False)
class _Links:
    """All yes/no links of one kind of finding, finding by finding: fixed per network."""

    finding: Ints
    condition: Ints
    value: Floats


def _links(network: Network, kind: int) -> _Links:
    found = network.cache.get(("links", kind))
    if not isinstance(found, _Links):
        finding = np.repeat(np.arange(len(network.findings)), np.diff(network.link_ptr))
        use = network.kind[finding] == kind
        found = _Links(finding[use], network.link_condition[use], network.link_value[use])
        network.cache["links", kind] = found
    return found


@dataclass(frozen=True, eq=False)
class _Ladder:
    """One ranged finding: factors [forms, n], backgrounds [forms]; each range as two forms with weights [ranges, 2]."""

    phi: Floats
    background: Floats
    ends: Ints
    end_weights: Floats


@dataclass(frozen=True, eq=False)
class _Moves:
    """What answers to risk findings do: entries outside blocks, and (block, rows, state probabilities)."""

    row: Ints
    column: Ints
    scale: Floats
    rest: Floats
    blocks: tuple[tuple[int, Ints, Floats], ...]


def _ladder(network: Network, f: int) -> _Ladder:
    found = network.cache.get(("ladder", f))
    if not isinstance(found, _Ladder):
        background = network.form_bg[slice(*network.form_ptr[f : f + 2])]
        weights = np.stack([range_coefficients(network, f, row) for row in np.eye(len(network.values[f]))])
        ends = np.argsort(weights == 0, axis=1, kind="stable")[:, :2]  # at most two forms make a range
        held = np.take_along_axis(weights, ends, axis=1)
        found = network.cache["ladder", f] = _Ladder(form_factors(network, f), background, ends, held)
    return found


class _Builder:
    """Collects outcomes and forms."""

    def __init__(self, table: Tables) -> None:
        self.table = table
        self.query: Query = table.query
        self.network: Network = table.query.network
        n = len(self.network.conditions)
        self.place = np.full(n, -1)
        self.place[self.query.columns.index] = np.arange(len(self.query.columns.index))
        self.finding: list[Ints] = []
        self.label: list[str] = []
        self.terms: list[Floats] = []
        self.start: list[float] = [1.0]
        self.touch: list[tuple[Ints, Ints, Floats, Floats]] = []
        self.changed: list[tuple[int, Ints, Floats]] = []
        self.episode_rows: list[Ints] = []
        self.likelihood: list[Floats] = []
        self.unexplained: list[Floats] = []
        self.alpha = self._exponents()
        self.strength = np.ones(n)
        for d, status in self.query.view.facts.items():
            self.strength[d] = self.network.status_findings[status, d]

    def _exponents(self) -> Floats:
        """Exponent of each finding were it the next one of its correlation group. [F]"""
        network = self.network
        seen = [int(network.group[item.finding]) for item in self.query.view.seen]
        members = np.bincount(np.array([g for g in seen if g >= 0], dtype=np.int64), minlength=len(network.groups) + 1)
        phi = np.append(network.group_phi, 0.0)
        result: Floats = 1 / (1 + members[network.group] * phi[network.group])
        return np.where(network.group >= 0, result, 1.0)

    def outcomes(
        self, finding: Ints, label: Sequence[str], a: Ints, weight_a: Floats, b: Ints, weight_b: Floats
    ) -> None:
        """Outcomes as weighted sums of two forms, those of one finding together."""
        self.finding.append(finding)
        self.label.extend(label)
        self.terms.append(np.stack([a, weight_a, b, weight_b], axis=1))

    def touched(self, form: Ints, condition: Ints, factor: Floats, constant: Floats, first: int) -> None:
        """New forms ``first``...: factors of unknown conditions as entries, of known ones in the constants."""
        column = self.place[condition]
        known = np.isin(condition, self.query.facts)
        np.multiply.at(constant, form[known] - first, factor[known])
        self.start.extend(constant.tolist())
        use = (column >= 0) & (factor != 1)
        self.touch.append((form[use], column[use], factor[use], 1 - self.query.pi[column[use]]))

    # ------------------------------------------------------------------------------------------- kinds of finding

    def patients(self, findings: Ints) -> None:
        """Yes/no patient findings: absent is a form, present is what remains."""
        links, leaks = _links(self.network, PATIENT), self.query.population.frequency
        first = len(self.start)
        number = np.full(len(self.network.findings), -1)
        number[findings] = first + np.arange(len(findings))
        use = number[links.finding] >= 0
        f, condition = links.finding[use], links.condition[use]
        leak, alpha = leaks[f], self.alpha[f]
        phi = np.minimum((1 - links.value[use]) / (1 - leak), 1.0)
        phi = 1 - (1 - phi) * self.strength[condition]
        phi = np.where(alpha == 1, phi, (1 - leak * ((1 - (1 - leak) * phi) / leak) ** alpha) / (1 - leak))
        self.touched(number[f], condition, phi, 1 - leaks[findings], first)
        absent = first + np.arange(len(findings))
        nil, one = np.zeros_like(absent), np.ones(len(absent))
        self.outcomes(
            np.repeat(findings, 2),
            YES_NO * len(findings),
            _pairs(nil, absent),
            _pairs(one, one),
            _pairs(absent, nil),
            _pairs(-one, nil),
        )

    def ranged(self, f: int) -> None:
        """Each range is a difference of two forms."""
        ladder = _ladder(self.network, f)
        phi = 1 - (1 - ladder.phi) * self.strength
        if self.alpha[f] != 1:
            phi **= self.alpha[f]
        first = len(self.start)
        row, condition = np.nonzero(phi[1:] != 1)
        self.touched(first + row, condition, phi[1:][row, condition], ladder.background[1:].copy(), first)
        form = np.where(ladder.ends > 0, first + ladder.ends - 1, 0)
        count, weight = len(form), ladder.end_weights
        self.outcomes(np.full(count, f), self.network.values[f], form[:, 0], weight[:, 0], form[:, 1], weight[:, 1])

    def episodes(self, findings: Ints) -> None:
        """Likelihood of each answer under each cause, tempered towards the case-mix mean, adding up to 1."""
        links = _links(self.network, EPISODE)
        number = np.full(len(self.network.findings), -1)
        number[findings] = np.arange(len(findings))
        yes = np.repeat(self.query.population.frequency[findings][:, None], len(self.network.conditions), axis=1)
        use = number[links.finding] >= 0
        yes[number[links.finding[use]], links.condition[use]] = links.value[use]
        self._episode(findings, np.stack([yes, 1 - yes], axis=1), YES_NO * len(findings))

    def categorical(self, f: int) -> None:
        """The same for a finding with values."""
        self._episode(np.array([f]), value_table(self.network, f)[None], self.network.values[f])

    def _episode(self, findings: Ints, p: Floats, labels: Sequence[str]) -> None:
        """p [findings, values, n]."""
        mix = self.query.population.mix
        mean = p @ (mix / mix.sum())
        soft = np.flatnonzero(self.alpha[findings] != 1)
        if len(soft):
            tempered = mean[soft, :, None] * (p[soft] / mean[soft, :, None]) ** self.alpha[findings[soft], None, None]
            p[soft] = tempered / tempered.sum(axis=1, keepdims=True)
        count, before = len(labels), sum(len(part) for part in self.finding)
        self.episode_rows.append(before + np.arange(count))
        nil = np.zeros(count, dtype=np.int64)
        self.outcomes(np.repeat(findings, p.shape[1]), labels, nil, np.ones(count), nil, np.zeros(count))
        self.likelihood.append(p.reshape(count, p.shape[-1]))
        self.unexplained.append(mean.ravel())

    def risks(self, findings: Ints) -> None:
        """Answers to risk findings change priors: one form for yes, one for no, exactly what answering would do."""
        if not len(findings):
            return
        first, key = len(self.start), ("risks", findings.tobytes())
        moves = self.query.base.kept.get(key)
        if not isinstance(moves, _Moves):
            moves = self.query.base.kept[key] = self._moves(findings)
        self.start.extend([1.0] * (2 * len(findings)))
        self.touch.append((first + moves.row, moves.column, moves.scale, moves.rest))
        self.changed += [(number, first + rows, prob) for number, rows, prob in moves.blocks]
        yes = first + 2 * np.arange(len(findings))
        p, nothing = self._frequency(findings), np.zeros(2 * len(findings))
        nil = np.zeros(2 * len(findings), dtype=np.int64)
        self.outcomes(
            np.repeat(findings, 2), YES_NO * len(findings), _pairs(yes, yes + 1), _pairs(p, 1 - p), nil, nothing
        )

    def _moves(self, findings: Ints) -> _Moves:
        """What each answer does to the priors: single columns, and states of blocks."""
        query = self.query
        own = own_priors(self.network, query.view, query.population, self._answers(findings))
        changed = np.abs(own.p - query.own.p) > 1e-15
        silent = query.population.not_mentioned
        pi = own.p * silent / (1 - own.p * (1 - silent))
        outside = query.columns.index[: query.columns.single + query.columns.cause_only].copy()
        blocks, joined = [], 0
        for block in query.blocks:
            inside = np.flatnonzero(self.network.block == self.network.block[block.members[0]])
            known = [d for d in inside.tolist() if d in query.view.facts]
            rows = np.flatnonzero(changed[:, [*block.members, *known]].any(axis=1))
            prob = block_states(self.network, query.population, own.p[rows], block.members, known)
            if len(block.members) > 1:
                blocks.append((joined, rows, prob))
                joined += 1
            else:
                changed[rows, block.members[0]] = True
                pi[rows, block.members[0]] = prob[:, 1]
        row, k = np.nonzero(changed[:, outside])
        column, value = self.place[outside[k]], pi[row, outside[k]]
        return _Moves(row, column, value / np.maximum(query.pi[column], TINY), 1 - value, tuple(blocks))

    def _suppose(self) -> int:
        """One form for each column: its condition is there. Returns the first of them."""
        first, columns = len(self.start), self.query.columns
        self.start.extend([1.0] * len(columns.index))
        outside = columns.single + columns.cause_only
        alone, ones = np.arange(outside), np.ones(outside)
        self.touch.append((first + alone, alone, ones, 0 * ones))
        for number, (states, members) in enumerate(self.table.plan.states.parts):
            prior = self.table.problem.states[0, states]
            forms = first + outside + np.arange(members.start, members.stop)
            self.changed.append((number, forms, prior * bits(len(forms)).T))
        return first

    def _answers(self, findings: Ints) -> Answers:
        """One row for yes and one for no, for each finding, on top of what is answered."""
        network, population = self.network, self.query.population
        now = answers_of(network, self.query.view, population)
        rows = 2 * len(findings)
        shift = np.repeat(now.shift[None], rows, axis=0)
        exposed = np.repeat(now.exposed[None], rows, axis=0)
        number = np.full(len(network.findings) + 1, -1)
        number[findings] = np.arange(len(findings))
        at = np.flatnonzero(number[network.mod_factor] >= 0)
        k, d = number[network.mod_factor[at]], network.mod_condition[at]
        hit = np.flatnonzero(number[network.exposure] >= 0)
        for j, state in enumerate((True, False)):
            moved = centred(network.mod_log_or[at], population.frequency[network.mod_factor[at]], state)
            np.add.at(shift, (2 * k + j, d), moved)
            exposed[2 * number[network.exposure[hit]] + j, hit] = float(state) * population.possible[hit]
        return Answers(shift, exposed)

    def _frequency(self, findings: Ints) -> Floats:
        """P(yes) before findings; an exposure that a story would have named is less likely when it does not."""
        p = np.clip(self.query.population.frequency[findings], 0.0, 1.0)
        named = self.network.finding_mentioned[findings] * self.query.view.completeness
        silent = np.where(np.isin(findings, self.network.exposure), 1 - named, 1.0)
        result: Floats = p * silent / (1 - p * (1 - silent))
        return result

    # ------------------------------------------------------------------------------------------- result

    def build(self) -> Candidates:
        """All collected outcomes as arrays."""
        supposed = self._suppose()
        finding = np.concatenate([np.zeros(0, dtype=np.int64), *self.finding])
        starts = np.flatnonzero(np.diff(finding, prepend=-1)) if len(finding) else np.zeros(0, dtype=np.int64)
        none = np.zeros(0, dtype=np.int64)
        form, column, scale, rest = (np.concatenate(x) for x in zip(*self.touch, (none, none, none, none), strict=True))
        a, weight_a, b, weight_b = np.concatenate([np.zeros((0, 4)), *self.terms]).T
        return Candidates(
            order=finding[starts],
            first=np.append(starts, len(finding)),
            finding=finding,
            label=tuple(self.label),
            entries=Entries(np.array(self.start), form, column, scale, rest, tuple(self.changed)),
            form_a=a.astype(np.int64),
            weight_a=weight_a,
            form_b=b.astype(np.int64),
            weight_b=weight_b,
            episode_rows=np.concatenate([none, *self.episode_rows]),
            likelihood=self._likelihood(),
            supposed=supposed,
        )

    def _likelihood(self) -> Floats:
        """Of every episode outcome under each column, known condition, and the unexplained."""
        table = np.concatenate([np.zeros((0, len(self.network.conditions))), *self.likelihood])
        unexplained = np.concatenate([np.zeros(0), *self.unexplained])[:, None]
        return np.concatenate([table[:, self.query.columns.index], table[:, self.query.facts], unexplained], axis=1)


def _pairs(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """First and second of each finding, alternating."""
    return np.stack([first, second], axis=1).ravel()


def candidates_of(table: Tables) -> Candidates:
    """Every finding that is not known and applies to this age and sex."""
    builder = _Builder(table)
    network, view = table.query.network, table.query.view
    open_ = np.setdiff1d(applicable(table.query), [*(item.finding for item in view.seen), *view.covered, *view.risk])
    kind = network.kind[open_]
    builder.patients(open_[kind == PATIENT])
    for f in open_[kind == RANGED].tolist():
        builder.ranged(f)
    builder.episodes(open_[kind == EPISODE])
    for f in open_[kind == CATEGORICAL].tolist():
        builder.categorical(f)
    builder.risks(open_[kind == RISK])
    return builder.build()


def applicable(query: Query) -> Ints:
    """Findings that make sense for the patient's sex and age (both ends inclusive); unknown sex or age: all."""
    network, view = query.network, query.view
    ok = network.finding_sex[np.unique(view.strata % 2)].any(axis=0)
    if view.age is not None:
        ok = ok & (network.finding_age[:, 0] <= view.age) & (np.floor(view.age) <= network.finding_age[:, 1])
    return np.flatnonzero(ok)
