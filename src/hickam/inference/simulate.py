"""Patients drawn from a compiled pack: the cause, everything present, and every finding.

Drawn as the model says: the cause from the case mix, conditions given that the cause is among them, findings given
those. Correlation groups are drawn independently (tempering is a correction of the inference, not of the world).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hickam.inference.items import form_factors, link_factors, range_coefficients
from hickam.inference.kernel import posterior
from hickam.inference.layout import CATEGORICAL, EPISODE, PATIENT, RANGED, RISK, Bools, Floats, Ints, Network
from hickam.inference.priors import bits, centred
from hickam.inference.query import Query, build_query
from hickam.inference.reading import SEX_INDEX
from hickam.model.case import Case, Observation
from hickam.model.pack import Setting

SEX_NAMES = tuple(SEX_INDEX)


@dataclass(frozen=True)
class SimulatedPatient:
    """The truth about one patient. ``cause`` is '' when unexplained. ``findings``: id -> 'present', 'absent', or
    the id of the value or range."""

    age: float
    sex: str
    setting: Setting
    cause: str
    present: frozenset[str]
    findings: dict[str, str]


def simulate(
    network: Network,
    n: int,
    seed: int,
    setting: Setting = "primary_care",
    age: float | None = None,
    sex: str | None = None,
    condition: str | None = None,
) -> list[SimulatedPatient]:
    """n patients who visit for the complaint. Age and sex not given: from the case mix of visits. ``condition``:
    only patients in whom this condition is the cause."""
    rng = np.random.default_rng(seed)
    people = _people(network, n, rng, age, sex)
    patients: list[SimulatedPatient] = []
    for (years, who), count in people.items():
        case = Case(age=years, sex=who, setting=setting, completeness=0.0)  # type: ignore[arg-type]
        query = build_query(network, case)
        patients += _draw(query, count, rng, condition, years, who, setting)
    order = rng.permutation(len(patients))
    return [patients[i] for i in order]


def reveal(patient: SimulatedPatient, findings: Iterable[str], completeness: float = 0.0) -> Case:
    """A case in which some of the patient's findings are known."""
    observations = []
    for name in findings:
        state = patient.findings[name]
        if state in ("present", "absent"):
            observations.append(Observation(finding=name, state=state))  # type: ignore[arg-type]
        else:
            observations.append(Observation(finding=name, state="present", values=(state,)))
    return Case(
        age=patient.age,
        sex=patient.sex,  # type: ignore[arg-type]
        setting=patient.setting,
        observations=tuple(observations),
        completeness=completeness,
    )


def _people(
    network: Network, n: int, rng: np.random.Generator, age: float | None, sex: str | None
) -> dict[tuple[float, str], int]:
    """How many patients of each (age, sex)."""
    if age is not None and sex is not None:
        return {(age, sex): n}
    cells = [
        ((low + high) / 2 if age is None else age, SEX_NAMES[int(who)], share)
        for low, high, who, share, _ in network.visits.tolist()
        if (age is None or low <= np.floor(age) <= high) and sex in (None, SEX_NAMES[int(who)])
    ]
    if not cells:
        cells = [(50.0 if age is None else age, who, 1.0) for who in SEX_NAMES if sex in (None, who)]
    share = np.array([cell[2] for cell in cells])
    counts = rng.multinomial(n, share / share.sum())
    found: dict[tuple[float, str], int] = {}
    for (years, who, _), count in zip(cells, counts.tolist(), strict=True):
        found[years, who] = found.get((years, who), 0) + count
    return {key: count for key, count in found.items() if count}


def _draw(
    query: Query, n: int, rng: np.random.Generator, condition: str | None, age: float, sex: str, setting: Setting
) -> list[SimulatedPatient]:
    network = query.network
    answer = posterior(query)
    p = np.append(answer.cause, answer.unexplained)
    if condition is not None:
        p = np.zeros_like(p)
        p[network.condition_index[condition]] = 1.0
    cause = rng.choice(len(p), size=n, p=p / p.sum())
    present = draw_present(query, cause, rng)
    findings = _findings(query, cause, present, rng)
    names = (*network.conditions, "")
    return [
        SimulatedPatient(
            age,
            sex,
            setting,
            names[cause[i]],
            frozenset(network.conditions[d] for d in np.flatnonzero(present[i])),
            {network.findings[f]: labels[column[i]] for f, labels, column in findings},
        )
        for i in range(n)
    ]


def draw_present(query: Query, cause: Ints, rng: np.random.Generator) -> Bools:
    """Conditions present given the cause. [n, conditions]"""
    network, columns = query.network, query.columns
    n = len(cause)
    present = np.zeros((n, len(network.conditions)), dtype=np.bool_)
    single = columns.index[: columns.single]
    present[:, single] = rng.random((n, len(single))) < query.pi[: columns.single]
    for block in query.blocks:
        table = bits(len(block.members))
        for value in np.unique(cause):
            rows = np.flatnonzero(cause == value)
            weight = block.prob * np.where(np.isin(value, block.members), table[:, block.members == value].any(1), True)
            if weight.sum() > 0:
                state = rng.choice(len(table), size=len(rows), p=weight / weight.sum())
                present[np.ix_(rows, block.members)] = table[state]
    caused = np.flatnonzero(cause < len(network.conditions))
    present[caused, cause[caused]] = True
    return present


def _findings(
    query: Query, cause: Ints, present: Bools, rng: np.random.Generator
) -> list[tuple[int, tuple[str, ...], Ints]]:
    """For each finding: its possible states and the index of each patient's state."""
    result = []
    for f in range(len(query.network.findings)):
        labels, p = finding_chances(query, f, cause, present)
        result.append((f, labels, draw_states(p, rng)))
    return result


def finding_chances(query: Query, f: int, cause: Ints, present: Bools) -> tuple[tuple[str, ...], Floats]:
    """The possible states of a finding, and their probabilities for each patient. [n, states]"""
    kind = int(query.network.kind[f])
    if kind in (PATIENT, RANGED):
        p = _patient(query, f, present)
    elif kind in (EPISODE, CATEGORICAL):
        p = _episode(query, f, cause)
    else:
        p = _risk(query, f, present)
    return ("present", "absent") if kind in (PATIENT, EPISODE, RISK) else query.network.values[f], p


def draw_states(p: Floats, rng: np.random.Generator) -> Ints:
    """One state drawn for each row of probabilities."""
    above = np.cumsum(p, axis=1)[:, :-1] < rng.random((len(p), 1))
    states: Ints = above.sum(axis=1)
    return states


def _patient(query: Query, f: int, present: Bools) -> Floats:
    """P(state | D). [n, states]"""
    network = query.network
    if network.kind[f] == PATIENT:
        leak = float(query.population.frequency[f])
        absent = (1 - leak) * np.exp(present @ np.log(link_factors(network, f, leak)))
        return np.stack([1 - absent, absent], axis=1)
    background = network.form_bg[slice(*network.form_ptr[f : f + 2])]
    forms = background * np.exp(present @ np.log(form_factors(network, f)).T)
    size = len(network.values[f])
    table = np.stack([range_coefficients(network, f, row) for row in np.eye(size)])
    return np.clip(forms @ table.T, 0.0, 1.0)


def _episode(query: Query, f: int, cause: Ints) -> Floats:
    """P(state | cause), the case-mix mean for the unexplained. [n, states]"""
    network, mix = query.network, query.population.mix
    n = len(network.conditions)
    if network.kind[f] == EPISODE:
        links = slice(*network.link_ptr[f : f + 2])
        yes = np.full(n, query.population.frequency[f])
        yes[network.link_condition[links]] = network.link_value[links]
        table = np.stack([yes, 1 - yes], axis=1)
    else:
        values = network.value_bg[slice(*network.value_ptr[f : f + 2])]
        table = np.repeat(values[None], n, axis=0)
        at = np.arange(network.row_ptr[f], network.row_ptr[f + 1])
        table[network.row_condition[at]] = network.share[network.row_share[at][:, None] + np.arange(len(values))]
    result: Floats = np.concatenate([table, (mix @ table / max(mix.sum(), 1e-300))[None]])[cause]
    return result


def _risk(query: Query, f: int, present: Bools) -> Floats:
    """P(factor | D), one factor at a time, by Bayes from its odds ratios and exposures. [n, 2]"""
    network, own = query.network, query.own.p
    p = float(np.clip(query.population.frequency[f], 1e-9, 1 - 1e-9))
    log_odds = np.full(len(present), np.log(p / (1 - p)))
    for row in np.flatnonzero(network.mod_factor == f).tolist():
        d = int(network.mod_condition[row])
        if own[d] > 0:
            odds = own[d] / (1 - own[d])
            yes, no = (odds * np.exp(centred(network.mod_log_or[row], p, state)) for state in (True, False))
            log_odds += np.where(present[:, d], np.log(yes / (1 + yes) * (1 + no) / no), np.log((1 + no) / (1 + yes)))
    for d in np.flatnonzero(network.exposure == f).tolist():
        share = float(network.exposure_share[d])
        log_odds += np.where(present[:, d], 50.0, np.log(max(1 - share, 1e-9)))
    yes_p = 1 / (1 + np.exp(-log_odds))
    return np.stack([yes_p, 1 - yes_p], axis=1)
