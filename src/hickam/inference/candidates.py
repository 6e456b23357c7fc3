"""Findings not yet known, their possible outcomes, and what each outcome would do, as forms over one case's table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hickam.inference.forms import Entries, Expanded
from hickam.inference.items import form_factors, link_factors, range_coefficients, weaken
from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, RANGED, RISK, Floats, Ints, Network
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
        result: Floats = (
            self.weight_a[:, None] * masses[self.form_a] + self.weight_b[:, None] * masses[self.form_b]
        )
        return result

    def only(self, f: int) -> Candidates:
        """The outcomes of one finding; forms that are not needed stay but touch nothing."""
        rows = np.flatnonzero(self.finding == f)
        needed = np.zeros(len(self.entries.start), dtype=np.bool_)
        needed[self.form_a[rows]] = needed[self.form_b[rows]] = True
        keep = needed[self.entries.form]
        entries = Entries(
            self.entries.start, self.entries.form[keep], self.entries.column[keep], self.entries.g[keep],
            self.entries.pi[keep], {key: value for key, value in self.entries.prob.items() if needed[key[0]]},
        )
        inside = np.isin(self.episode_rows, rows)
        return Candidates(
            self.order[self.order == f], np.array([0, len(rows)]), self.finding[rows],
            tuple(self.label[i] for i in rows), entries, self.form_a[rows], self.weight_a[rows], self.form_b[rows],
            self.weight_b[rows], np.searchsorted(rows, self.episode_rows[inside]), self.likelihood[inside],
            self.unexplained[inside],
        )


class _Builder:
    """Collects outcomes and forms."""

    def __init__(self, table: Expanded) -> None:
        self.table = table
        self.query: Query = table.query
        self.network: Network = table.query.network
        self.place = np.full(len(self.network.conditions), -1)
        self.place[self.query.columns.index] = np.arange(len(self.query.columns.index))
        self.outcomes: list[tuple[int, str, int, float, int, float]] = []
        self.start = [1.0]
        self.touch: list[tuple[Ints, Ints, Floats, Floats]] = []
        self.prob: dict[tuple[int, int], Floats] = {}
        self.episode_rows: list[int] = []
        self.likelihood: list[Floats] = []
        self.unexplained: list[float] = []
        seen = [item.finding for item in self.query.view.seen]
        self.members = np.bincount(
            self.network.group[seen][self.network.group[seen] >= 0] if seen else np.zeros(0, dtype=np.int64),
            minlength=len(self.network.groups),
        )
        self.pi = self.query.pi

    def exponent(self, f: int) -> float:
        """Exponent of a new finding beside those of its group already known."""
        g = int(self.network.group[f])
        return 1.0 if g < 0 else 1 / (1 + float(self.members[g] * self.network.group_phi[g]))

    def form(self, constant: float, phi: Floats) -> int:
        """A form that multiplies ``phi`` [n]; known conditions go into the constant."""
        number = len(self.start)
        moved = np.flatnonzero(phi != 1)
        column = self.place[moved]
        self.start.append(constant * float(phi[self.query.facts].prod()))
        moved, column = moved[column >= 0], column[column >= 0]
        self.touch.append((np.full(len(column), number), column, phi[moved], self.pi[column]))
        return number

    def outcome(self, f: int, label: str, a: int, weight_a: float, b: int = 0, weight_b: float = 0.0) -> None:
        """One outcome as a weighted sum of two forms."""
        self.outcomes.append((f, label, a, weight_a, b, weight_b))

    # ------------------------------------------------------------------------------------------- kinds of finding

    def patient(self, f: int) -> None:
        """Yes/no patient finding: absent is a form, present is what remains."""
        leak = float(self.query.population.frequency[f])
        phi = link_factors(self.network, f, leak)
        weaken(self.network, self.query.view, phi)
        alpha = self.exponent(f)
        if alpha != 1:
            sensitivity = leak * ((1 - (1 - leak) * phi) / leak) ** alpha
            phi = (1 - sensitivity) / (1 - leak)
        number = self.form(1 - leak, phi)
        self.outcome(f, YES_NO[0], 0, 1.0, number, -1.0)
        self.outcome(f, YES_NO[1], number, 1.0)

    def ranged(self, f: int) -> None:
        """Each range is a difference of two forms."""
        phi = form_factors(self.network, f)
        weaken(self.network, self.query.view, phi)
        phi = phi ** self.exponent(f)
        background = self.network.form_bg[slice(*self.network.form_ptr[f : f + 2])]
        numbers = [0, *(self.form(float(background[i]), phi[i]) for i in range(1, len(background)))]
        for r, label in enumerate(self.network.values[f]):
            weights = range_coefficients(self.network, f, (np.arange(len(self.network.values[f])) == r).astype(float))
            use = np.flatnonzero(weights)
            a, b = int(use[0]), int(use[-1])
            self.outcome(f, label, numbers[a], float(weights[a]), numbers[b], float(weights[b]) if b != a else 0.0)

    def episode(self, f: int) -> None:
        """Likelihood of each value under each cause, tempered towards the case-mix mean, adding up to 1."""
        network, population = self.network, self.query.population
        if network.kind[f] == CATEGORICAL:
            values = slice(*network.value_ptr[f : f + 2])
            p = np.repeat(network.value_bg[values][:, None], len(network.conditions), axis=1)
            at = np.arange(network.row_ptr[f], network.row_ptr[f + 1])
            p[:, network.row_condition[at]] = network.share[network.row_share[at][None] + np.arange(len(p))[:, None]]
            labels: Iterable[str] = network.values[f]
        else:
            links = slice(*network.link_ptr[f : f + 2])
            yes = np.full(len(network.conditions), population.frequency[f])
            yes[network.link_condition[links]] = network.link_value[links]
            p, labels = np.stack([yes, 1 - yes]), YES_NO
        mean = p @ population.mix / max(float(population.mix.sum()), 1e-300)
        alpha = self.exponent(f)
        if alpha != 1:
            p = mean[:, None] * (p / mean[:, None]) ** alpha
            p = p / p.sum(axis=0)
        for row, label, average in zip(p, labels, mean, strict=True):
            self.episode_rows.append(len(self.outcomes))
            self.outcome(f, label, 0, 1.0)
            self.likelihood.append(row)
            self.unexplained.append(float(average))

    def risks(self, findings: list[int]) -> None:
        """Answers to risk findings change priors: one form for yes, one for no, exactly what answering would do."""
        network, query, population = self.network, self.query, self.query.population
        if not findings:
            return
        rows = 2 * len(findings)
        shift = np.zeros((rows, len(network.conditions)))
        now = answers_of(network, query.view, population)
        exposed = np.repeat(now.exposed[None], rows, axis=0)
        shift += now.shift
        for i, f in enumerate(findings):
            at = np.flatnonzero(network.mod_factor == f)
            for j, state in enumerate((True, False)):
                moved = centred(network.mod_log_or[at], float(population.frequency[f]), state)
                np.add.at(shift[2 * i + j], network.mod_condition[at], moved)
                hit = network.exposure == f
                exposed[2 * i + j, hit] = float(state) * population.possible[hit]
        own = own_priors(network, query.view, population, Answers(shift, exposed))
        changed = np.abs(own.p - query.own.p) > 1e-15
        for i, f in enumerate(findings):
            yes, no = (self._prior_form(own.p[2 * i + j], changed[2 * i + j]) for j in (0, 1))
            p = self._frequency(f)
            self.outcome(f, YES_NO[0], yes, p)
            self.outcome(f, YES_NO[1], no, 1 - p)

    def _frequency(self, f: int) -> float:
        """P(yes) before findings; an exposure that a story would have named is less likely when it does not."""
        p = float(np.clip(self.query.population.frequency[f], 0.0, 1.0))
        if not (self.network.exposure == f).any():
            return p
        silent = 1 - float(self.network.finding_mentioned[f]) * self.query.view.completeness
        return p * silent / (1 - p * (1 - silent))

    def _prior_form(self, p: Floats, changed: Floats) -> int:
        """A form with changed priors."""
        number = len(self.start)
        self.start.append(1.0)
        if not changed.any():
            return 0
        query, population = self.query, self.query.population
        a = query.columns.single + query.columns.cause_only
        index = query.columns.index[:a]
        single = np.flatnonzero(changed[index])
        silent = population.not_mentioned
        discounted = p * silent / (1 - p * (1 - silent))
        new = discounted[index[single]]
        for block in query.blocks:
            inside = np.flatnonzero(self.network.block == self.network.block[block.members[0]])
            known = [int(d) for d in inside if int(d) in query.view.facts]
            if changed[block.members].any() or changed[known].any():
                prob = block_states(self.network, population, p, block.members, known)
                if len(block.members) > 1:
                    self.prob[number, self._block_number(block.members)] = prob
                else:
                    column = int(self.place[block.members[0]])
                    drop = single != column
                    single, new = np.append(single[drop], column), np.append(new[drop], prob[1])
        self.touch.append((np.full(len(single), number), single, np.ones(len(single)), new))
        return number

    def _block_number(self, members: Ints) -> int:
        column = int(self.place[members[0]])
        return next(i for i, block in enumerate(self.table.blocks) if int(block.columns[0]) == column)

    # ------------------------------------------------------------------------------------------- result

    def build(self) -> Candidates:
        """All collected outcomes as arrays."""
        finding = np.array([o[0] for o in self.outcomes], dtype=np.int64)
        starts = np.flatnonzero(np.diff(finding, prepend=-1)) if len(finding) else np.zeros(0, dtype=np.int64)
        empty = (np.zeros(0, dtype=np.int64),) * 2 + (np.zeros(0),) * 2
        touched = [np.concatenate(column) for column in zip(*self.touch, empty, strict=True)]
        entries = Entries(np.array(self.start), touched[0], touched[1], touched[2], touched[3], self.prob)
        n = len(self.network.conditions)
        return Candidates(
            order=finding[starts], first=np.append(starts, len(finding)), finding=finding,
            label=tuple(o[1] for o in self.outcomes), entries=entries,
            form_a=np.array([o[2] for o in self.outcomes], dtype=np.int64),
            weight_a=np.array([o[3] for o in self.outcomes]),
            form_b=np.array([o[4] for o in self.outcomes], dtype=np.int64),
            weight_b=np.array([o[5] for o in self.outcomes]),
            episode_rows=np.array(self.episode_rows, dtype=np.int64),
            likelihood=np.array(self.likelihood).reshape(-1, n), unexplained=np.array(self.unexplained),
        )


def candidates_of(table: Expanded) -> Candidates:
    """Every finding that is not known and applies to this age and sex."""
    builder = _Builder(table)
    network, view = table.query.network, table.query.view
    known = {item.finding for item in view.seen} | view.risk.keys()
    open_ = [f for f in applicable(table.query) if f not in known]
    kinds = {PATIENT: builder.patient, RANGED: builder.ranged, EPISODE: builder.episode, CATEGORICAL: builder.episode}
    for f in open_:
        kind = int(network.kind[f])
        if kind != RISK:
            kinds[kind](f)
    builder.risks([f for f in open_ if network.kind[f] == RISK])
    return builder.build()


def applicable(query: Query) -> list[int]:
    """Findings that make sense for the patient's sex and age (both ends inclusive); unknown sex or age: all."""
    network, view = query.network, query.view
    ok = network.finding_sex[np.unique(view.strata % 2)].any(axis=0)
    if view.age is not None:
        ok = ok & (network.finding_age[:, 0] <= view.age) & (np.floor(view.age) <= network.finding_age[:, 1])
    return np.flatnonzero(ok).tolist()
