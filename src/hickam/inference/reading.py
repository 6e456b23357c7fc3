"""``CaseView``: a case in indices of one network. Says clearly what it cannot read; never guesses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hickam.inference.layout import (
    CATEGORICAL,
    COMPLAINTS,
    RANGED,
    RISK,
    SETTINGS,
    STATUSES,
    Bools,
    Floats,
    Ints,
    Network,
)
from hickam.model.case import ADULT, Case, Observation

SEX_INDEX = {"female": 0, "male": 1}


@dataclass(frozen=True, eq=False)
class Seen:
    """One observed finding. ``values``: mask of the values or ranges that fit; None for a yes/no finding."""

    finding: int
    present: bool
    values: Bools | None = None


@dataclass(frozen=True, eq=False)
class CaseView:
    """A case in indices. ``facts``: condition -> status index. ``risk``: answered risk findings.

    ``covered``: findings that are present but say nothing beside a narrower one in ``seen``.
    ``strata``/``weights``: the strata this patient may belong to (one when age and sex are known). ``seen`` is in
    the order of the network's findings, one entry a finding.
    """

    age: float | None
    strata: Ints
    weights: Floats
    setting: int
    complaint: int
    completeness: float
    facts: dict[int, int]
    ruled_out: frozenset[int]
    risk: dict[int, bool]
    seen: tuple[Seen, ...]
    covered: frozenset[int] = frozenset()


def read_case(network: Network, case: Case) -> CaseView:
    """Indices of everything the case says. Raises ValueError for an id the network does not have."""
    facts: dict[int, int] = {}
    for fact in case.facts:
        facts[_condition(network, fact.condition)] = STATUSES.index(fact.status)
    ruled_out = frozenset(_condition(network, fact.condition) for fact in case.ruled_out) - facts.keys()
    risk: dict[int, bool] = {}
    seen: dict[int, Seen] = {}
    for observation in _consistent(case.observations):
        f = network.finding_index.get(observation.finding)
        if f is None:
            raise ValueError(f"case: finding '{observation.finding}' is not in this pack; check the id")
        if network.kind[f] == RISK:
            risk[f] = observation.state == "present"
        else:
            item = _seen(network, f, observation)
            if item is not None:
                seen[f] = item
    covered = _covered(network, seen)
    strata, weights = strata_of(network, case.age, case.sex, case.grown_up)
    return CaseView(
        age=case.age,
        strata=strata,
        weights=weights,
        setting=SETTINGS.index(case.setting),
        complaint=COMPLAINTS.index(case.complaint),
        completeness=min(max(case.completeness, 0.0), 1.0),
        facts=dict(sorted(facts.items())),
        ruled_out=ruled_out,
        risk=dict(sorted(risk.items())),
        seen=tuple(seen[f] for f in sorted(seen) if f not in covered),
        covered=covered,
    )


def nothing_known(view: CaseView) -> CaseView:
    """The same age, sex, setting, complaint and completeness; no findings, facts or answers (the K-only case)."""
    return replace(view, facts={}, ruled_out=frozenset(), risk={}, seen=(), covered=frozenset())


def _covered(network: Network, seen: dict[int, Seen]) -> frozenset[int]:
    """Findings present that another one present implies, of one correlation group (``lookups.covered_by``)."""
    present = {f for f, item in seen.items() if item.present and item.values is None}
    ptr = network.covers_ptr
    return frozenset(g for f in present for g in network.covers[ptr[f] : ptr[f + 1]].tolist() if g in present)


def _condition(network: Network, name: str) -> int:
    if name not in network.condition_index:
        raise ValueError(f"case: condition '{name}' is not in this pack; check the id")
    return network.condition_index[name]


def _consistent(observations: tuple[Observation, ...]) -> list[Observation]:
    """One observation a finding; a finding said to be two things counts as not asked until it is settled."""
    kept: dict[str, Observation | None] = {}
    for item in observations:
        other = kept.get(item.finding, item)
        same = other is not None and (other.state, set(other.values)) == (item.state, set(item.values))
        kept[item.finding] = item if same else None
    return [item for item in kept.values() if item is not None]


def _seen(network: Network, f: int, observation: Observation) -> Seen | None:
    """The observation, or None when it says nothing (no value named, or every value fits)."""
    present = observation.state == "present"
    if network.kind[f] not in (CATEGORICAL, RANGED):
        return Seen(f, present)
    ids = network.values[f]
    unknown = [value for value in observation.values if value not in ids]
    if unknown:
        raise ValueError(f"case: '{observation.finding}' has no value '{unknown[0]}'; it has {', '.join(ids)}")
    mask = np.array([(value in observation.values) == present for value in ids], dtype=np.bool_)
    if not observation.values or mask.all() or not mask.any():
        return None
    return Seen(f, True, mask)


def strata_of(network: Network, age: float | None, sex: str | None, grown_up: bool = False) -> tuple[Ints, Floats]:
    """Strata and weights. Unknown age or sex: the cells of the case mix of visits that fit (see compile); of a
    ``grown_up`` those that reach adult age."""
    if age is not None and sex is not None:
        return np.array([_stratum(network, age, SEX_INDEX[sex])]), np.ones(1)
    fits: dict[int, float] = {}
    for low, high, cell_sex, _, weight in network.visits.tolist():
        right_age = (high >= ADULT or not grown_up) if age is None else low <= np.floor(age) <= high
        if right_age and (sex is None or SEX_INDEX[sex] == int(cell_sex)):
            s = _stratum(network, (low + high) / 2 if age is None else age, int(cell_sex))
            fits[s] = fits.get(s, 0.0) + weight
    if sum(fits.values()) <= 0:
        sexes = [0, 1] if sex is None else [SEX_INDEX[sex]]
        fits = {_stratum(network, 50.0 if age is None else age, k): 1.0 for k in sexes}
    weights = np.array([fits[s] for s in sorted(fits)])
    return np.array(sorted(fits)), weights / weights.sum()


def _stratum(network: Network, age: float, sex: int) -> int:
    band = int(np.searchsorted(network.age_starts, np.floor(min(max(age, 0.0), 120.0)), side="right")) - 1
    return 2 * band + sex
