"""Findings not yet known, their possible outcomes, and what each outcome would do, as forms over one case's table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hickam.inference.forms import Entries, Expanded
from hickam.inference.items import form_factors, range_coefficients
from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, RANGED, RISK, Bools, Floats, Ints, Network
from hickam.inference.priors import Answers, answers_of, block_states, centred, own_priors
from hickam.inference.query import Query

YES_NO = ("present", "absent")


@dataclass(frozen=True, eq=False)
class Candidates:
    """All outcomes, finding by finding. Outcome o = weight_a * form a + weight_b * form b (form 0: the case itself).

    ``order`` [findings]; outcomes of finding k are ``first[k]:first[k+1]``; ``finding`` and ``label`` per outcome.
    Episode outcomes are ``episode_rows`` with ``likelihood`` [., n] and ``unexplained`` [.] instead of forms.
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
    unexplained: Floats

    def combine(self, masses: Floats) -> Floats:
        """Masses of outcomes from masses of forms. [O, ...]"""
        result: Floats = self.weight_a[:, None] * masses[self.form_a] + self.weight_b[:, None] * masses[self.form_b]
        return result

    def only(self, f: int) -> Candidates:
        """The outcomes of one finding; forms that are not needed stay but touch nothing."""
        rows = np.flatnonzero(self.finding == f)
        needed = np.zeros(len(self.entries.start), dtype=np.bool_)
        needed[self.form_a[rows]] = needed[self.form_b[rows]] = True
        keep = needed[self.entries.form]
        entries = Entries(
            self.entries.start,
            self.entries.form[keep],
            self.entries.column[keep],
            self.entries.g[keep],
            self.entries.pi[keep],
            {key: value for key, value in self.entries.prob.items() if needed[key[0]]},
        )
        inside = np.isin(self.episode_rows, rows)
        return Candidates(
            self.order[self.order == f],
            np.array([0, len(rows)]),
            self.finding[rows],
            tuple(self.label[i] for i in rows),
            entries,
            self.form_a[rows],
            self.weight_a[rows],
            self.form_b[rows],
            self.weight_b[rows],
            np.searchsorted(rows, self.episode_rows[inside]),
            self.likelihood[inside],
            self.unexplained[inside],
        )


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
    """One ranged finding: factors [forms, n], backgrounds [forms], coefficients [ranges, forms]."""

    phi: Floats
    background: Floats
    weights: Floats


def _ladder(network: Network, f: int) -> _Ladder:
    found = network.cache.get(("ladder", f))
    if not isinstance(found, _Ladder):
        background = network.form_bg[slice(*network.form_ptr[f : f + 2])]
        weights = np.stack([range_coefficients(network, f, row) for row in np.eye(len(network.values[f]))])
        found = network.cache["ladder", f] = _Ladder(form_factors(network, f), background, weights)
    return found


class _Builder:
    """Collects outcomes and forms."""

    def __init__(self, table: Expanded) -> None:
        self.table = table
        self.query: Query = table.query
        self.network: Network = table.query.network
        n = len(self.network.conditions)
        self.place = np.full(n, -1)
        self.place[self.query.columns.index] = np.arange(len(self.query.columns.index))
        self.finding: list[int] = []
        self.label: list[str] = []
        self.terms: list[tuple[int, float, int, float]] = []
        self.start: list[float] = [1.0]
        self.touch: list[tuple[Ints, Ints, Floats, Floats]] = []
        self.prob: dict[tuple[int, int], Floats] = {}
        self.episode_rows: list[int] = []
        self.likelihood: list[Floats] = []
        self.unexplained: list[float] = []
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

    def outcome(self, f: int, label: str, a: int, weight_a: float, b: int = 0, weight_b: float = 0.0) -> None:
        """One outcome as a weighted sum of two forms."""
        self.finding.append(f)
        self.label.append(label)
        self.terms.append((a, weight_a, b, weight_b))

    def touched(self, form: Ints, condition: Ints, factor: Floats, constant: Floats, first: int) -> None:
        """New forms ``first``...: factors of unknown conditions as entries, of known ones in the constants."""
        column = self.place[condition]
        known = np.isin(condition, self.query.facts)
        np.multiply.at(constant, form[known] - first, factor[known])
        self.start.extend(constant.tolist())
        use = (column >= 0) & (factor != 1)
        self.touch.append((form[use], column[use], factor[use], self.query.pi[column[use]]))

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
        for k, name in enumerate(findings.tolist()):
            self.outcome(name, YES_NO[0], 0, 1.0, first + k, -1.0)
            self.outcome(name, YES_NO[1], first + k, 1.0)

    def ranged(self, f: int) -> None:
        """Each range is a difference of two forms."""
        ladder = _ladder(self.network, f)
        phi = (1 - (1 - ladder.phi) * self.strength) ** self.alpha[f]
        first = len(self.start)
        row, condition = np.nonzero(phi[1:] != 1)
        self.touched(first + row, condition, phi[1:][row, condition], ladder.background[1:].copy(), first)
        for label, weights in zip(self.network.values[f], ladder.weights, strict=True):
            ends = [(first + int(i) - 1 if i else 0, float(weights[i])) for i in np.flatnonzero(weights)]
            (a, weight_a), (b, weight_b) = ends[0], ends[1] if len(ends) > 1 else (0, 0.0)
            self.outcome(f, label, a, weight_a, b, weight_b)

    def episodes(self, findings: Ints) -> None:
        """Likelihood of each answer under each cause, tempered towards the case-mix mean, adding up to 1."""
        links = _links(self.network, EPISODE)
        number = np.full(len(self.network.findings), -1)
        number[findings] = np.arange(len(findings))
        yes = np.repeat(self.query.population.frequency[findings][:, None], len(self.network.conditions), axis=1)
        use = number[links.finding] >= 0
        yes[number[links.finding[use]], links.condition[use]] = links.value[use]
        for f, p in zip(findings.tolist(), yes, strict=True):
            self._episode(f, np.stack([p, 1 - p]), YES_NO)

    def categorical(self, f: int) -> None:
        """The same for a finding with values."""
        network = self.network
        values = network.value_bg[slice(*network.value_ptr[f : f + 2])]
        p = np.repeat(values[:, None], len(network.conditions), axis=1)
        at = np.arange(network.row_ptr[f], network.row_ptr[f + 1])
        p[:, network.row_condition[at]] = network.share[network.row_share[at][None] + np.arange(len(p))[:, None]]
        self._episode(f, p, network.values[f])

    def _episode(self, f: int, p: Floats, labels: tuple[str, ...]) -> None:
        mix = self.query.population.mix
        mean = p @ mix / mix.sum()
        if self.alpha[f] != 1:
            p = mean[:, None] * (p / mean[:, None]) ** self.alpha[f]
            p = p / p.sum(axis=0)
        for row, label, average in zip(p, labels, mean.tolist(), strict=True):
            self.episode_rows.append(len(self.finding))
            self.outcome(f, label, 0, 1.0)
            self.likelihood.append(row)
            self.unexplained.append(average)

    def risks(self, findings: Ints) -> None:
        """Answers to risk findings change priors: one form for yes, one for no, exactly what answering would do."""
        network, query = self.network, self.query
        if not len(findings):
            return
        first, rows = len(self.start), 2 * len(findings)
        own = own_priors(network, query.view, query.population, self._answers(findings))
        changed = np.abs(own.p - query.own.p) > 1e-15
        self.start.extend([1.0] * rows)
        silent = query.population.not_mentioned
        discounted = own.p * silent / (1 - own.p * (1 - silent))
        outside = query.columns.index[: query.columns.single + query.columns.cause_only]
        lone = [int(block.members[0]) for block in query.blocks if len(block.members) == 1]
        outside = outside[~np.isin(outside, lone)]
        row, k = np.nonzero(changed[:, outside])
        condition = outside[k]
        self.touch.append((first + row, self.place[condition], np.ones(len(row)), discounted[row, condition]))
        for number in range(len(query.blocks)):
            self._block(number, own.p, changed, first)
        for i, f in enumerate(findings.tolist()):
            p = self._frequency(f)
            self.outcome(f, YES_NO[0], first + 2 * i, p)
            self.outcome(f, YES_NO[1], first + 2 * i + 1, 1 - p)

    def _block(self, number: int, p: Floats, changed: Bools, first: int) -> None:
        """Changed state probabilities of one block, for the answers that change any of its members."""
        query = self.query
        members = query.blocks[number].members
        inside = np.flatnonzero(self.network.block == self.network.block[members[0]])
        known = [int(d) for d in inside if int(d) in query.view.facts]
        rows = np.flatnonzero(changed[:, [*members, *known]].any(axis=1))
        if not len(rows):
            return
        prob = block_states(self.network, query.population, p[rows], members, known)
        column = int(self.place[members[0]])
        if len(members) == 1:
            self.touch.append((first + rows, np.full(len(rows), column), np.ones(len(rows)), prob[:, 1]))
            return
        block = next(i for i, block in enumerate(self.table.blocks) if int(block.columns[0]) == column)
        for row, one in zip(rows.tolist(), prob, strict=True):
            self.prob[first + row, block] = one

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

    def _frequency(self, f: int) -> float:
        """P(yes) before findings; an exposure that a story would have named is less likely when it does not."""
        p = min(max(float(self.query.population.frequency[f]), 0.0), 1.0)
        if not (self.network.exposure == f).any():
            return p
        silent = 1 - float(self.network.finding_mentioned[f]) * self.query.view.completeness
        return p * silent / (1 - p * (1 - silent))

    # ------------------------------------------------------------------------------------------- result

    def build(self) -> Candidates:
        """All collected outcomes as arrays."""
        finding = np.array(self.finding, dtype=np.int64)
        starts = np.flatnonzero(np.diff(finding, prepend=-1)) if len(finding) else np.zeros(0, dtype=np.int64)
        none = np.zeros(0, dtype=np.int64)
        form, column, g, pi = (np.concatenate(x) for x in zip(*self.touch, (none, none, none, none), strict=True))
        order = np.argsort(form, kind="stable")
        form, column, g, pi = form[order], column[order], g[order], pi[order]
        a, weight_a, b, weight_b = np.array(self.terms, dtype=np.float64).reshape(-1, 4).T
        return Candidates(
            order=finding[starts],
            first=np.append(starts, len(finding)),
            finding=finding,
            label=tuple(self.label),
            entries=Entries(np.array(self.start), form, column, g, pi, self.prob),
            form_a=a.astype(np.int64),
            weight_a=weight_a,
            form_b=b.astype(np.int64),
            weight_b=weight_b,
            episode_rows=np.array(self.episode_rows, dtype=np.int64),
            likelihood=np.array(self.likelihood).reshape(-1, len(self.network.conditions)),
            unexplained=np.array(self.unexplained),
        )


def candidates_of(table: Expanded) -> Candidates:
    """Every finding that is not known and applies to this age and sex."""
    builder = _Builder(table)
    network, view = table.query.network, table.query.view
    open_ = np.setdiff1d(applicable(table.query), [*(item.finding for item in view.seen), *view.risk])
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
