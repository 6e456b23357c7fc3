"""Many simulated patients as arrays: the cause, everything present, and any finding drawn when it is asked for.

``simulate`` writes out every finding of every patient; studies of thousands of patients look at a few of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from hickam.inference.kernel import posterior
from hickam.inference.layout import Bools, Floats, Ints, Network
from hickam.inference.query import Query, build_query
from hickam.inference.simulate import SEX_NAMES, draw_present, draw_states, finding_chances
from hickam.model.case import Case, Observation
from hickam.model.pack import Setting


@dataclass(frozen=True)
class Cell:
    """Patients of one age and sex: rows ``rows`` of the cohort, and what the engine makes of them."""

    age: float
    sex: str
    rows: slice
    query: Query


@dataclass(frozen=True, eq=False)
class Cohort:
    """``cause`` [n] index of the condition, n conditions for unexplained; ``present`` [n, conditions]; ``age`` [n]."""

    network: Network
    setting: Setting
    seed: int
    cells: tuple[Cell, ...]
    cause: Ints
    present: Bools
    age: Floats
    drawn: dict[tuple[int, ...], Ints] = field(default_factory=dict)

    def state(self, finding: str) -> Ints:
        """Index of the finding's state in each patient; the same whenever it is asked."""
        f = self.network.finding_index[finding]
        return self._draw((f,), lambda cell: self._chances(cell, f))

    def which(self, findings: tuple[str, ...]) -> Ints:
        """Which of some yes/no findings that exclude each other is present in each patient; their number for none.

        Drawn as one choice, each as likely as alone; where these add up to more than one, in proportion.
        """
        indices = tuple(self.network.finding_index[name] for name in findings)

        def chances(cell: Cell) -> Floats:
            p = np.stack([self._chances(cell, f)[:, 0] for f in indices], axis=1)
            total = p.sum(axis=1, keepdims=True)
            return np.hstack([p / np.maximum(total, 1.0), np.maximum(1.0 - total, 0.0)])

        return self._draw(indices, chances)

    def has_within(self, part: str, whole: str) -> Bools:
        """Who has a sign that is a case of another one (weak hips are weakness): as often as alone, and in those who
        have the other as far as there are enough of them."""
        one, other = self.network.finding_index[part], self.network.finding_index[whole]
        there = self.has(whole)

        def chances(cell: Cell) -> Floats:
            p, q = self._chances(cell, one)[:, 0], np.clip(self._chances(cell, other)[:, 0], 1e-12, 1 - 1e-12)
            given = np.where(there[cell.rows], np.minimum(p / q, 1.0), np.maximum((p - q) / (1 - q), 0.0))
            return np.stack([given, 1 - given], axis=1)

        found: Bools = self._draw((one, other), chances) == 0
        return found

    def _chances(self, cell: Cell, f: int) -> Floats:
        """Probability of each state of a finding in the patients of a cell. [n, states]"""
        return finding_chances(cell.query, f, self.cause[cell.rows], self.present[cell.rows])[1]

    def _draw(self, key: tuple[int, ...], chances: Callable[[Cell], Floats]) -> Ints:
        if key not in self.drawn:
            rng = np.random.default_rng([self.seed, *key])
            column = np.zeros(len(self.cause), dtype=np.int64)
            for cell in self.cells:
                column[cell.rows] = draw_states(chances(cell), rng)
            self.drawn[key] = column
        return self.drawn[key]

    def labels(self, finding: str) -> tuple[str, ...]:
        """Names of the states of a finding."""
        f = self.network.finding_index[finding]
        return self.network.values[f] or ("present", "absent")

    def has(self, finding: str, values: tuple[str, ...] = ()) -> Bools:
        """Whether the finding is present, or is one of these values."""
        labels = self.labels(finding)
        return np.isin(self.state(finding), [labels.index(value) for value in values or ("present",)])

    def anyone_with(self, conditions: tuple[str, ...], causing: bool = False) -> Bools:
        """Who has any of these conditions, or whose complaint any of them causes."""
        index = [self.network.condition_index[name] for name in conditions]
        found: Bools = np.isin(self.cause, index)
        return found if causing else np.asarray(self.present[:, index].any(axis=1))

    def case(self, row: int, findings: tuple[str, ...]) -> Case:
        """One patient as a case in which these findings are known."""
        observations = []
        for name in findings:
            label = self.labels(name)[int(self.state(name)[row])]
            values = () if label in ("present", "absent") else (label,)
            observations.append(
                Observation(finding=name, state="absent" if label == "absent" else "present", values=values)
            )
        cell = next(cell for cell in self.cells if cell.rows.start <= row < cell.rows.stop)
        return Case(
            age=cell.age,
            sex=cell.sex,  # type: ignore[arg-type]
            setting=self.setting,
            observations=tuple(observations),
            completeness=0.0,
        )


def draw_cohort(
    network: Network,
    n: int,
    seed: int,
    setting: Setting = "primary_care",
    ages: tuple[float, float] = (0.0, 120.0),
    caused_by: tuple[str, ...] = (),
) -> Cohort:
    """n patients who visit for the complaint, of these ages; ``caused_by``: only those whose complaint one of these
    conditions causes (ages and sexes as these conditions have them)."""
    rng = np.random.default_rng(seed)
    wanted = [network.condition_index[name] for name in caused_by]
    found: list[tuple[float, str, Query, Floats, float]] = []
    for age, sex, share in _ages(network):
        if not ages[0] <= age <= ages[1]:
            continue
        query = build_query(network, Case(age=age, sex=sex, setting=setting, completeness=0.0))  # type: ignore[arg-type]
        answer = posterior(query)
        p = np.append(answer.cause, answer.unexplained)
        if wanted:
            p = np.where(np.isin(np.arange(len(p)), wanted), p, 0.0)
        if p.sum() > 0:
            found.append((age, sex, query, p / p.sum(), share * float(p.sum())))
    weight = np.array([row[4] for row in found])
    counts = rng.multinomial(n, weight / weight.sum()).tolist()
    cells, causes, presents, years, start = [], [], [], [], 0
    for (age, sex, query, p, _), count in zip(found, counts, strict=True):
        if not count:
            continue
        cause = rng.choice(len(p), size=count, p=p)
        cells.append(Cell(age, sex, slice(start, start + count), query))
        causes.append(cause)
        presents.append(draw_present(query, cause, rng))
        years.append(np.full(count, age))
        start += count
    return Cohort(
        network, setting, seed, tuple(cells), np.concatenate(causes), np.concatenate(presents), np.concatenate(years)
    )


def _ages(network: Network) -> list[tuple[float, str, float]]:
    """Age, sex and share of visits: the middle of each third of every age band."""
    return [
        (low + (high + 1 - low) * part, SEX_NAMES[int(who)], share / 3)
        for low, high, who, share, _ in network.visits.tolist()
        for part in (1 / 6, 1 / 2, 5 / 6)
    ]
