"""Published likelihood ratios as tests: simulate the study's population from the pack, apply the sign, compare.

A likelihood ratio belongs to a population: the people without the disease in a clinic have other diseases, and the
pack states signs per disease, never per clinic. So nothing in the pack is set from these ratios; they check it.
Patients are drawn from the network the engine answers with, recording error included: study examiners err too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from hickam.errors import HickamError
from hickam.inference.cohort import Cohort, draw_cohort
from hickam.inference.layout import Bools, Network
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.finding import Text
from hickam.model.pack import Pack, Setting
from hickam.services.knowledge import Knowledge

FILE = "published_ratios.yaml"
Triple = tuple[float, float, float]
Statistic = Literal["lr_positive", "lr_negative", "sensitivity", "specificity"]
STATISTICS: tuple[Statistic, ...] = ("lr_positive", "lr_negative", "sensitivity", "specificity")
ERRORS = 2.0
"""Standard errors of the simulation that a value may lie outside its interval."""
SEED = 19
HALF = 0.5
"""Added to the counts of an empty cell."""


class Population(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to choose a study's patients from simulated visits. ``all``/``none``: findings present; ``any``: at least
    ``at_least`` of them (two or more make a suspicion); ``causes``: only complaints that one of these conditions
    brings; ``not_causes``: none of these."""

    why: Text
    setting: Setting = "primary_care"
    ages: tuple[float, float] = (18.0, 120.0)
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    at_least: int = 1
    none: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    not_causes: tuple[str, ...] = ()


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What counts as positive: any of the findings, all of them, one of the values of ``any[0]``, or an age."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    age: tuple[float, float] | None = None


class Ratio(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One published result: [best, low, high] of each statistic the source gives.

    ``target``: the reference standard finds the disease present, or as the cause of the complaint. ``interval``:
    'published', 'derived' (from counts or from published sensitivity and specificity), or 'assumed' (none was given).
    ``misfit``: why the pack does not reproduce it.
    """

    id: Text
    population: Text
    conditions: tuple[str, ...]
    target: Literal["present", "cause"] = "present"
    sign: Sign
    lr_positive: Triple | None = None
    lr_negative: Triple | None = None
    sensitivity: Triple | None = None
    specificity: Triple | None = None
    interval: Literal["published", "derived", "assumed"]
    source: Text
    locator: Text
    misfit: str = ""


class PublishedRatios(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """published_ratios.yaml."""

    populations: dict[str, Population]
    ratios: tuple[Ratio, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One statistic: published and simulated. ``error`` is the standard error of the simulated one (log scale for
    ratios); ``cases`` and ``controls`` are the simulated patients with and without the disease."""

    ratio: Ratio
    statistic: Statistic
    published: Triple
    value: float
    error: float
    cases: int
    controls: int

    @property
    def inside(self) -> bool:
        """Inside the interval, or outside by no more than the simulation's own error."""
        _, low, high = self.published
        if self.statistic.startswith("lr"):
            slack = math.exp(ERRORS * self.error)
            return low / slack <= self.value <= high * slack
        return low - ERRORS * self.error <= self.value <= high + ERRORS * self.error

    @property
    def sentence(self) -> str:
        """Published and simulated values in words."""
        best, low, high = self.published
        return (
            f"{self.ratio.id} {self.statistic}: {self.value:.2f} simulated "
            f"({self.cases} with, {self.controls} without); "
            f"{best:.2f} ({low:.2f} to {high:.2f}) in {self.ratio.source}"
        )


def read_ratios(root: Path) -> PublishedRatios:
    """published_ratios.yaml of the pack in this folder. Raises HickamError without one."""
    if not (root / FILE).is_file():
        raise HickamError(
            code="no-published-ratios",
            where=str(root / FILE),
            what="this pack has no published ratios",
            why="there is nothing to compare its answers with",
            fix="add the file; docs/reference/pack-format.md names its place",
        )
    return msgspec.convert(read_yaml((root / FILE).read_bytes()), PublishedRatios)


def compare_ratios(knowledge: Knowledge, ratios: PublishedRatios, n: int = 60_000) -> list[Compared]:
    """Every statistic of every ratio; n simulated visits a population, a fifth of that for a rare disease."""
    studies = _Studies(knowledge.engine.network, n)
    return [one for ratio in ratios.ratios for one in _compare(studies, ratio, ratios.populations[ratio.population])]


def results(compared: list[Compared]) -> dict[tuple[str, str], bool]:
    """Each published result and whether it is reproduced: every likelihood ratio is one, and so is a sensitivity with
    its specificity."""
    found: dict[tuple[str, str], bool] = {}
    for one in compared:
        kind = one.statistic if one.statistic.startswith("lr") else "sensitivity and specificity"
        key = (one.ratio.id, kind)
        found[key] = found.get(key, True) and one.inside
    return found


def unexplained(compared: list[Compared]) -> list[str]:
    """Values outside their interval for which the file gives no reason."""
    return [one.sentence for one in compared if not one.inside and not one.ratio.misfit]


class _Studies:
    """Cohorts by population, drawn once."""

    def __init__(self, network: Network, n: int) -> None:
        self.network = network
        self.n = n
        self._cohorts: dict[tuple[object, ...], Cohort] = {}

    def cohort(self, population: Population, caused_by: tuple[str, ...] = ()) -> Cohort:
        """Visits of the population's ages in its setting, before findings choose among them."""
        causes = caused_by or population.causes
        key = (population.setting, population.ages, causes)
        if key not in self._cohorts:
            n = self.n // 5 if causes else self.n
            self._cohorts[key] = draw_cohort(self.network, n, SEED, population.setting, population.ages, causes)
        return self._cohorts[key]


def _compare(studies: _Studies, ratio: Ratio, population: Population) -> Iterator[Compared]:
    everyone = studies.cohort(population)
    chosen = _chosen(everyone, population)
    ill = everyone.anyone_with(ratio.conditions)
    controls = _sign(everyone, ratio.sign)[chosen & ~ill]
    if ratio.target == "cause":
        patients = studies.cohort(population, ratio.conditions)
        cases = _sign(patients, ratio.sign)[_chosen(patients, population)]
    else:
        cases = _sign(everyone, ratio.sign)[chosen & ill]
    for statistic in STATISTICS:
        published: Triple | None = getattr(ratio, statistic)
        if published is not None:
            value, error = _measured(statistic, cases, controls)
            yield Compared(
                ratio=ratio,
                statistic=statistic,
                published=published,
                value=value,
                error=error,
                cases=len(cases),
                controls=len(controls),
            )


def _chosen(cohort: Cohort, population: Population) -> Bools:
    chosen = np.ones(len(cohort.cause), dtype=np.bool_)
    for name in population.all:
        chosen &= cohort.has(name)
    for name in population.none:
        chosen &= ~cohort.has(name)
    if population.any:
        chosen &= sum(cohort.has(name).astype(np.int64) for name in population.any) >= population.at_least
    if population.not_causes:
        chosen &= ~cohort.anyone_with(population.not_causes, causing=True)
    return chosen


def _sign(cohort: Cohort, sign: Sign) -> Bools:
    if sign.age is not None:
        found: Bools = (cohort.age >= sign.age[0]) & (cohort.age <= sign.age[1])
        return found
    if sign.values:
        return cohort.has(sign.any[0], sign.values)
    if sign.all:
        return np.asarray(np.logical_and.reduce([cohort.has(name) for name in sign.all]))
    return np.asarray(np.logical_or.reduce([cohort.has(name) for name in sign.any]))


def _measured(statistic: Statistic, cases: Bools, controls: Bools) -> tuple[float, float]:
    """The statistic and its standard error (of the logarithm for ratios)."""
    ill, well = len(cases) + 2 * HALF, len(controls) + 2 * HALF
    true, false = (int(cases.sum()) + HALF) / ill, (int(controls.sum()) + HALF) / well
    if statistic == "sensitivity":
        return true, math.sqrt(true * (1 - true) / ill)
    if statistic == "specificity":
        return 1 - false, math.sqrt(false * (1 - false) / well)
    a, b = (true, false) if statistic == "lr_positive" else (1 - true, 1 - false)
    return a / b, math.sqrt((1 - a) / (a * ill) + (1 - b) / (b * well))


def dangling(pack: Pack, ratios: PublishedRatios) -> list[str]:
    """Findings, conditions, populations and sources that are named and do not exist."""
    found = []
    for name, population in ratios.populations.items():
        found += [
            f"population {name}: no finding {finding!r}"
            for finding in (*population.all, *population.any, *population.none)
            if finding not in pack.findings
        ]
        found += [
            f"population {name}: no condition {condition!r}"
            for condition in (*population.causes, *population.not_causes)
            if condition not in pack.conditions
        ]
    for ratio in ratios.ratios:
        for kind, names, known in (
            ("population", (ratio.population,), ratios.populations.keys()),
            ("condition", ratio.conditions, pack.conditions.keys()),
            ("finding", (*ratio.sign.any, *ratio.sign.all), pack.findings.keys()),
            ("source", (ratio.source,), pack.sources.keys()),
        ):
            found += [f"{ratio.id}: no {kind} {name!r}" for name in names if name not in known]
    return found
