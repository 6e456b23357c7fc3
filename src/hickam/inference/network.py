"""Compile a pack into a ``Network``. Everything here is independent of a case and cached by the pack's hash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hickam.inference import lookups as look
from hickam.inference.layout import (
    CATEGORICAL,
    COMPLAINTS,
    EPISODE,
    PATIENT,
    RANGED,
    RISK,
    SETTINGS,
    STATUSES,
    Floats,
    Ints,
    Network,
)
from hickam.inference.ranges import range_forms
from hickam.model.condition import Condition
from hickam.model.finding import Finding
from hickam.model.numbers import WIDE_SIGMA
from hickam.model.pack import Pack

__all__ = ["Network", "compile_network"]

HARM_WEIGHT = {"emergency": 1.0, "same_day": 0.6, "soon": 0.25}
BLOCK_MAX = 12
"""States of a block are listed (2^members); lint asks for at most 8 members."""


def compile_network(pack: Pack) -> Network:
    """All arrays of a pack. Raises ValueError, naming the file, where a number that is needed is missing."""
    conditions = sorted(pack.conditions)
    findings = sorted(pack.findings)
    index = {name: i for i, name in enumerate(conditions)}
    where = {name: i for i, name in enumerate(findings)}
    starts = look.age_starts(pack)
    parts: dict[str, Any] = {
        "hash": pack.hash,
        "conditions": tuple(conditions),
        "findings": tuple(findings),
        "values": tuple(look.value_ids(pack.findings[name]) for name in findings),
        "age_starts": _ints(starts),
    }
    parts |= _condition_numbers(pack, conditions, where, starts)
    parts |= _links_between(pack, conditions, index)
    parts |= _modifiers(pack, conditions, where)
    parts |= _finding_numbers(pack, findings, starts)
    parts |= _evidence(pack, conditions, findings)
    parts |= _visits(pack, parts, starts)
    return Network(**parts)


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _floats(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)


def _condition_numbers(
    pack: Pack, conditions: Sequence[str], where: dict[str, int], starts: Sequence[int]
) -> dict[str, Any]:
    items = [pack.conditions[name] for name in conditions]
    prior = np.zeros((2 * len(starts), len(items)))
    sigma = np.zeros_like(prior)
    for d, item in enumerate(items):
        for s in range(len(prior)):
            if item.only_sex in ("any", look.SEXES[s % 2]):
                prior[s, d], sigma[s, d] = _prior(pack, item, starts[s // 2], look.SEXES[s % 2])
    exposure = [(where[item.exposure.factor] if item.exposure else -1) for item in items]
    rates = [[getattr(item.complaint, kind) for item in items] for kind in COMPLAINTS]
    return {
        "prior": prior,
        "prior_sigma": sigma,
        "exposure": _ints(exposure),
        "exposure_share": _floats([item.exposure.share.best if item.exposure else 0.0 for item in items]),
        "exposure_sigma": _floats([look.logit_sigma(item.exposure.share) if item.exposure else 0.0 for item in items]),
        "sex_ok": np.array([[item.only_sex in ("any", sex) for item in items] for sex in look.SEXES], dtype=np.bool_),
        "cause_only": np.array([item.cause_only for item in items], dtype=np.bool_),
        "kappa": np.array([[rate.best for rate in row] for row in rates], dtype=np.float64),
        "kappa_sigma": np.array([[look.logit_sigma(rate) for rate in row] for row in rates], dtype=np.float64),
        "setting_factor": np.array(
            [[_setting_factor(item, setting) for item in items] for setting in SETTINGS], dtype=np.float64
        ),
        "mentioned": _floats([item.mentioned for item in items]),
        "status_complaint": _status_table(pack, conditions, "complaint"),
        "status_findings": _status_table(pack, conditions, "findings"),
        "danger_threshold": _floats([i.do_not_miss.test_threshold.best if i.do_not_miss else 0.0 for i in items]),
        "danger_weight": _floats([HARM_WEIGHT.get(i.do_not_miss.harm, 0.0) if i.do_not_miss else 0.0 for i in items]),
    }


def _prior(pack: Pack, condition: Condition, age: float, sex: str) -> tuple[float, float]:
    """Probability in the window and its logit sigma; nil for a condition that exists only under an exposure."""
    if condition.prior is None:
        if condition.exposure is None:
            raise ValueError(f"conditions/{condition.id}: neither prior nor exposure")
        return 0.0, 0.0
    row = look.pick(condition.prior.rows, age, sex)
    days = pack.manifest.window_days
    scale = days / 365.0 if condition.prior.measure == "incidence_per_year" else 1.0
    return look.window_probability(condition.prior.measure, row.best, days), look.logit_sigma(row, scale)


def _setting_factor(condition: Condition, setting: str) -> float:
    table = {str(key): value for key, value in condition.complaint.settings.items()}
    return float(table.get(setting, 1.0))


def _status_table(pack: Pack, conditions: Sequence[str], kind: str) -> Floats:
    return np.array([[look.status_factor(pack, c, status, kind) for c in conditions] for status in STATUSES])


def _links_between(pack: Pack, conditions: Sequence[str], index: dict[str, int]) -> dict[str, Any]:
    """Parent links, exclusions, and blocks: connected components of both inside one family."""
    edges = [
        (index[link.condition], index[name], link.rho.best)
        for name in conditions
        for link in pack.conditions[name].parents
        if link.condition in index
    ]
    pairs = sorted(
        {
            (min(index[a], index[b]), max(index[a], index[b]))
            for a in conditions
            for b in pack.conditions[a].excludes
            if b in index and a != b
        }
    )

    def together(a: int, b: int) -> bool:
        one, two = pack.conditions[conditions[a]], pack.conditions[conditions[b]]
        return one.family == two.family != "" and not (one.cause_only or two.cause_only)

    inside = [together(u, d) for u, d, _ in edges]
    joined = [(u, d) for (u, d, _), same in zip(edges, inside, strict=True) if same]
    joined += [(a, b) for a, b in pairs if together(a, b)]
    return {
        "edge_parent": _ints([u for u, _, _ in edges]),
        "edge_child": _ints([d for _, d, _ in edges]),
        "edge_rho": _floats([min(rho, 0.999) for _, _, rho in edges]),
        "edge_inside": np.array(inside, dtype=np.bool_),
        "exclude_a": _ints([a for a, _ in pairs]),
        "exclude_b": _ints([b for _, b in pairs]),
        "block": _components(len(conditions), joined, conditions),
    }


def _components(n: int, joined: Sequence[tuple[int, int]], names: Sequence[str]) -> Ints:
    label = list(range(n))
    for a, b in joined:
        old, new = label[b], label[a]
        label = [new if x == old else x for x in label]
    members: dict[int, list[int]] = {}
    for d, x in enumerate(label):
        members.setdefault(x, []).append(d)
    block = np.full(n, -1, dtype=np.int64)
    for number, group in enumerate(sorted(g for g in members.values() if len(g) > 1)):
        if len(group) > BLOCK_MAX:
            raise ValueError(f"family of {names[group[0]]}: {len(group)} linked conditions, at most {BLOCK_MAX}")
        block[group] = number
    return block


def _modifiers(pack: Pack, conditions: Sequence[str], where: dict[str, int]) -> dict[str, Any]:
    rows = [(d, m) for d, name in enumerate(conditions) for m in pack.conditions[name].modifiers if m.factor in where]
    return {
        "mod_condition": _ints([d for d, _ in rows]),
        "mod_factor": _ints([where[m.factor] for _, m in rows]),
        "mod_log_or": np.log(_floats([max(m.odds_ratio.best, 1e-6) for _, m in rows])),
        "mod_sigma": _floats([look.log_sigma(m.odds_ratio) for _, m in rows]),
    }


def _kind(finding: Finding) -> int:
    if finding.about == "risk":
        return RISK
    if finding.about == "episode":
        return CATEGORICAL if finding.type == "categorical" else EPISODE
    return RANGED if finding.type == "ranged" else PATIENT


def _finding_numbers(pack: Pack, findings: Sequence[str], starts: Sequence[int]) -> dict[str, Any]:
    items = [pack.findings[name] for name in findings]
    groups = sorted({item.group for item in items if item.group})
    background = np.zeros((2 * len(starts), len(items)))
    sigma = np.zeros_like(background)
    for f, item in enumerate(items):
        if _kind(item) in (CATEGORICAL, RANGED):
            continue
        if not item.background:
            raise ValueError(f"findings/{item.id}: background is missing; give its usual frequency")
        limits = look.LEAK if item.about == "patient" else (look.FLOOR, 1 - look.FLOOR)
        for s in range(len(background)):
            row = look.pick(item.background, starts[s // 2], look.SEXES[s % 2])
            background[s, f] = row.best if item.about == "risk" else look.clip(row.best, limits)
            sigma[s, f] = look.logit_sigma(row)
    where = {item.id: f for f, item in enumerate(items)}
    covers = [sorted(where[other] for other in look.covered_by(pack, item.id)) for item in items]
    return {
        "kind": _ints([_kind(item) for item in items]),
        "groups": tuple(groups),
        "group": _ints([groups.index(item.group) if item.group else -1 for item in items]),
        "group_phi": _floats([look.group_phi(pack, name) for name in groups]),
        "covers_ptr": _ints(np.cumsum([0, *(len(row) for row in covers)]).tolist()),
        "covers": _ints([f for row in covers for f in row]),
        "background": background,
        "background_sigma": sigma,
        "finding_mentioned": _floats([item.mentioned for item in items]),
        "finding_sex": np.array([[i.only_sex in ("any", sex) for i in items] for sex in look.SEXES], dtype=np.bool_),
        "finding_age": np.array([item.only_age for item in items], dtype=np.float64).reshape(-1, 2),
        "burden": _floats([item.burden for item in items]),
    }


def _evidence(pack: Pack, conditions: Sequence[str], findings: Sequence[str]) -> dict[str, Any]:
    by_finding: dict[str, list[tuple[int, Any]]] = {name: [] for name in findings}
    for d, name in enumerate(conditions):
        for evidence in {item.finding: item for item in pack.conditions[name].findings}.values():
            if evidence.finding in by_finding:
                by_finding[evidence.finding].append((d, evidence))
    link: list[tuple[int, float, float]] = []
    row: list[tuple[int, float, int, int]] = []
    pointers: dict[str, list[int]] = {key: [0] for key in ("link_ptr", "value_ptr", "row_ptr", "form_ptr")}
    flat: dict[str, list[float]] = {key: [] for key in ("value_bg", "share", "form_bg", "form_phi", "range_weight")}
    forms: dict[str, list[int]] = {"range_up": [], "range_down": []}
    for name in findings:
        finding = pack.findings[name]
        if finding.type == "yes_no":
            link += [_link(finding, d, evidence) for d, evidence in by_finding[name]]
        else:
            _valued(finding, by_finding[name], row, flat, forms)
        sizes = {"link_ptr": link, "value_ptr": flat["value_bg"], "row_ptr": row, "form_ptr": flat["form_bg"]}
        for key, pointer in pointers.items():
            pointer.append(len(sizes[key]))  # type: ignore[arg-type]
    return {
        **{key: _ints(value) for key, value in (pointers | forms).items()},
        **{key: _floats(value) for key, value in flat.items()},
        "link_condition": _ints([d for d, _, _ in link]),
        "link_value": _floats([value for _, value, _ in link]),
        "link_sigma": _floats([sigma for _, _, sigma in link]),
        "row_condition": _ints([r[0] for r in row]),
        "row_sigma": _floats([r[1] for r in row]),
        "row_share": _ints([r[2] for r in row]),
        "row_form": _ints([r[3] for r in row]),
    }


def _link(finding: Finding, d: int, evidence: Any) -> tuple[int, float, float]:
    number = evidence.as_number()
    if finding.about == "episode":
        value = look.clip(number.best, (look.FLOOR, 1 - look.FLOOR))
    else:
        value = look.clip(number.best, (0.0, look.SENSITIVITY_MAX))
    return d, value, look.logit_sigma(number)


def _valued(
    finding: Finding,
    stated: Sequence[tuple[int, Any]],
    row: list[tuple[int, float, int, int]],
    flat: dict[str, list[float]],
    forms: dict[str, list[int]],
) -> None:
    """Append one categorical or ranged finding to the flat tables."""
    base = look.background_shares(finding)
    shares = [look.condition_shares(finding, evidence) for _, evidence in stated]
    flat["value_bg"] += base
    if finding.type == "ranged":
        table = range_forms([item.level for item in finding.ranges], base)
        forms["range_up"] += table.up
        forms["range_down"] += table.down
        flat["range_weight"] += table.weight
        flat["form_bg"] += table.background
    else:
        forms["range_up"] += [0] * len(base)
        forms["range_down"] += [-1] * len(base)
        flat["range_weight"] += [0.0] * len(base)
    for (d, evidence), share in zip(stated, shares, strict=True):
        sigma = WIDE_SIGMA[evidence.basis]
        row.append((d, sigma, len(flat["share"]), len(flat["form_phi"])))
        flat["share"] += share
        if finding.type == "ranged":
            flat["form_phi"] += table.phi(share)


def _visits(pack: Pack, parts: dict[str, Any], starts: Sequence[int]) -> dict[str, Any]:
    """Cells of the case mix of visits, and their weight when age or sex is unknown.

    A posterior is a mean over *visits*, priors and consulting rates are per *person*; so a cell's population weight
    is its share of visits divided by its visiting rate (sum of prior x consulting rate).
    """
    cells = []
    for cell in pack.manifest.visits:
        sex = look.SEXES.index(cell.sex)
        age = (cell.age[0] + cell.age[1]) / 2
        band = int(np.searchsorted(parts["age_starts"], np.floor(age), side="right")) - 1
        rate = max(float(population(parts, 2 * band + sex) @ parts["kappa"][0]), 1e-12)
        cells.append((cell.age[0], cell.age[1], sex, cell.share, cell.share / rate))
    shares = {str(key): value for key, value in pack.manifest.unexplained.items()}
    return {
        "visits": np.array(cells, dtype=np.float64).reshape(-1, 5),
        "unexplained": _floats([look.clip(shares.get(setting, 0.10), (1e-6, 0.9)) for setting in SETTINGS]),
    }


def population(parts: dict[str, Any], stratum: int) -> Floats:
    """Probability of each condition in one stratum with nothing known, exposures at their frequency. [n]"""
    exposure: Ints = parts["exposure"]
    frequency = np.append(parts["background"][stratum], 0.0)[exposure]  # -1: no exposure, the nought at the end
    both = 1 - (1 - parts["prior"][stratum]) * (1 - frequency * parts["exposure_share"])
    result: Floats = both * parts["sex_ok"][stratum % 2]
    return result
