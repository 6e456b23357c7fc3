"""Many cases as flat arrays, and what the compiled batch kernel reads of a network and of its populations.

Everything here is plain arrays, so that a batch of any size is a few allocations and no Python object a row.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from hickam.inference.items import case_mix_mean, episode_table, value_table
from hickam.inference.layout import CATEGORICAL, EPISODE, IN_FAMILY, Bools, Floats, Ints, Network
from hickam.inference.priors import (
    Own,
    Population,
    answers_of,
    bits,
    blocks_of,
    brought_about,
    families_of,
    own_priors,
    population_of,
)
from hickam.inference.reading import CaseView, Seen, nothing_known


class Ragged(NamedTuple):
    """Row r owns ``item[ptr[r]:ptr[r + 1]]`` and the same part of ``state``."""

    ptr: Ints
    item: Ints
    state: Ints


class FlatCases(NamedTuple):
    """B cases. ``people`` [B] row of ``Populations``; per row, sorted by index: ``facts`` condition, status;
    ``out`` conditions ruled out; ``risk`` finding, 1 or 0; ``seen`` finding, and 1 or 0 for a yes/no finding or the
    mask of the values that fit (bit v: value v)."""

    people: Ints
    facts: Ragged
    out: Ragged
    risk: Ragged
    seen: Ragged


def take(cases: FlatCases, rows: Ints) -> FlatCases:
    """Some rows of a batch."""
    return FlatCases(cases.people[rows], *(_take(part, rows) for part in cases[1:]))


def _take(part: Ragged, rows: Ints) -> Ragged:
    sizes = part.ptr[rows + 1] - part.ptr[rows]
    ptr = pointers(sizes)
    at = np.repeat(part.ptr[rows] - ptr[:-1], sizes) + np.arange(ptr[-1])
    return Ragged(ptr, part.item[at], part.state[at])


class Shape(NamedTuple):
    """Which columns stand alone and which are members of blocks. Members come parents first; their states count in
    bits, in that order."""

    block: Ints  # [n] block number, -1 alone
    cause_only: Bools  # [n]
    block_ptr: Ints  # [blocks + 1]
    block_member: Ints
    state_ptr: Ints  # [blocks + 1] first state of a block


class Tables(NamedTuple):
    """A network for the kernel: its own arrays (see ``layout``), and rows regrouped by finding and by block."""

    shape: Shape
    kind: Ints
    group: Ints
    group_phi: Floats
    link_ptr: Ints
    link_condition: Ints
    link_value: Floats
    row_of: Ints  # [F] row of an episode finding in the tables below; first row when it has values; -1
    stated: Bools  # [E, n]
    log_yes: Floats  # [E, n] ln P(present | cause), 0 where not stated
    log_no: Floats  # [E, n]
    log_value: Floats  # [values of episode findings, n] ln P(value | cause)
    value_ptr: Ints
    value_bg: Floats
    range_up: Ints
    range_down: Ints
    range_weight: Floats
    row_ptr: Ints
    row_condition: Ints
    row_share: Ints
    share: Floats
    form_ptr: Ints
    form_bg: Floats
    row_form: Ints
    form_phi: Floats
    mod_ptr: Ints  # [F + 1] by factor
    mod_condition: Ints
    mod_log_or: Floats
    exposes_ptr: Ints  # [F + 1] conditions a factor exposes to
    exposes: Ints
    exposure: Ints
    exposure_share: Floats
    edge_parent: Ints
    edge_child: Ints
    edge_rho: Floats
    edge_inside: Bools
    exclude_a: Ints
    exclude_b: Ints
    apart_ptr: Ints  # [blocks + 1] members that exclude each other, as the bits of a state
    apart: Ints
    inside_ptr: Ints  # [blocks + 1] links inside a block, members as places
    inside_parent: Ints
    inside_child: Ints
    inside_rho: Floats
    item_ptr: Ints  # [F + 1] conditions a finding speaks of
    item_condition: Ints
    item_weight: Floats  # [F] how much hangs on a finding
    status_complaint: Floats
    status_findings: Floats


class Populations(NamedTuple):
    """P populations, the fields of ``Population`` stacked, and what follows from each with nothing else known."""

    prior: Floats
    frequency: Floats
    exposed_unmentioned: Floats
    possible: Floats
    total: Floats
    not_mentioned: Floats
    kappa: Floats
    mix: Floats
    kappa0: Floats
    log_yes: Floats  # [P, F] ln usual frequency of an episode finding
    log_no: Floats
    mean_yes: Floats  # [P, F] ln case-mix mean
    mean_no: Floats
    mean_value: Floats  # [P, values of episode findings]
    centre: Floats  # [P, M] ln m of each odds ratio
    brought: Floats  # [P, n] because of parents in the block
    p: Floats  # [P, n] own priors with nothing answered
    pi: Floats  # [P, n] the same, not-mentioned discount applied
    alive: Bools
    states: Floats  # [P, states of all blocks]
    pairs: Floats  # [P, pairs of all blocks] P(both present), on the diagonal P(present)


def tables_of_network(network: Network) -> Tables:
    """Regroup a network's arrays; kept with the network."""
    found = network.cache.get("flat tables")
    if isinstance(found, Tables):
        return found
    own: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(network, name)) for name in Tables._fields if hasattr(network, name)
    }
    made = Tables(
        **own
        | {
            "shape": _shape(network),
            "item_ptr": network.link_ptr + network.row_ptr,
            "item_condition": _items(network),
            "item_weight": _weights(network),
        }
        | _episodes(network)
        | _by_factor(network)
        | _inside(network)
    )
    network.cache["flat tables"] = made
    return made


def _shape(network: Network) -> Shape:
    members = families_of(network).blocks
    return Shape(
        block=np.ascontiguousarray(network.block),
        cause_only=np.ascontiguousarray(network.cause_only),
        block_ptr=pointers([len(block) for block in members]),
        block_member=_joined(members),
        state_ptr=pointers([1 << len(block) for block in members]),
    )


def _episodes(network: Network) -> dict[str, Ints | Floats | Bools]:
    """Logarithms of what episode findings say of each condition."""
    n = len(network.conditions)
    row_of = np.full(len(network.findings), -1, dtype=np.int64)
    plain = np.flatnonzero(network.kind == EPISODE)
    row_of[plain] = np.arange(len(plain))
    stated = np.zeros((len(plain), n), dtype=np.bool_)
    yes, no = np.zeros((len(plain), n)), np.zeros((len(plain), n))
    for e, f in enumerate(plain.tolist()):
        links = slice(*network.link_ptr[f : f + 2])
        where = network.link_condition[links]
        stated[e, where] = True
        yes[e, where] = np.log(np.clip(network.link_value[links], 1e-9, 1.0))
        no[e, where] = np.log(np.clip(1 - network.link_value[links], 1e-9, 1.0))
    values = [np.zeros((0, n))]
    for f in np.flatnonzero(network.kind == CATEGORICAL).tolist():
        row_of[f] = sum(len(part) for part in values)
        values.append(np.log(np.clip(value_table(network, f), 1e-9, 1.0)))
    return {"row_of": row_of, "stated": stated, "log_yes": yes, "log_no": no, "log_value": np.concatenate(values)}


def _by_factor(network: Network) -> dict[str, Ints | Floats]:
    """Odds ratios and exposures, factor by factor."""
    findings = len(network.findings)
    order = np.argsort(network.mod_factor, kind="stable")
    exposed = np.flatnonzero(network.exposure >= 0)
    exposed = exposed[np.argsort(network.exposure[exposed], kind="stable")]
    return {
        "mod_ptr": pointers(np.bincount(network.mod_factor, minlength=findings)),
        "mod_condition": network.mod_condition[order],
        "mod_log_or": network.mod_log_or[order],
        "exposes_ptr": pointers(np.bincount(network.exposure[exposed], minlength=findings)),
        "exposes": exposed,
    }


def _inside(network: Network) -> dict[str, Ints | Floats]:
    """Links and exclusions inside blocks, members as places."""
    families = families_of(network)
    place = np.zeros(len(network.conditions), dtype=np.int64)
    for block in families.blocks:
        place[block] = np.arange(len(block))
    child = network.block[network.edge_child]
    links = [np.flatnonzero(network.edge_inside & (child == b)) for b in range(len(families.blocks))]
    edges = _joined(links)
    apart = [
        [1 << int(place[a]) | 1 << int(place[b]) for a, b in families.excludes if a in inside and b in inside]
        for inside in (block.tolist() for block in families.blocks)
    ]
    return {
        "apart_ptr": pointers([len(pairs) for pairs in apart]),
        "apart": _joined([np.array(pairs, dtype=np.int64) for pairs in apart]),
        "inside_ptr": pointers([len(part) for part in links]),
        "inside_parent": place[network.edge_parent[edges]],
        "inside_child": place[network.edge_child[edges]],
        "inside_rho": network.edge_rho[edges],
    }


def _items(network: Network) -> Ints:
    """Conditions with a link to, or a distribution over, each finding (a finding has one or the other)."""
    parts = []
    for f in range(len(network.findings)):
        parts.append(network.link_condition[slice(*network.link_ptr[f : f + 2])])
        parts.append(network.row_condition[slice(*network.row_ptr[f : f + 2])])
    return _joined(parts)


def _weights(network: Network) -> Floats:
    """Columns that an item of each finding would touch, members of families counted for more."""
    ptr, each = network.link_ptr + network.row_ptr, np.where(network.block[_items(network)] < 0, 1.0, IN_FAMILY)
    return np.diff(np.concatenate([np.zeros(1), np.cumsum(each)])[ptr])


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def pointers(sizes: Sequence[int] | Ints) -> Ints:
    result = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(np.asarray(sizes, dtype=np.int64), out=result[1:])
    return result


class PeopleIndex:
    """Populations met so far, each with a number; ``stacked`` gives them as arrays."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.views: list[CaseView] = []
        self._rows: list[tuple[object, ...]] = []
        self._known: dict[Hashable, int] = {}
        self._stacked: Populations | None = None

    def number(self, view: CaseView) -> int:
        """The population this patient comes from."""
        key = (view.strata.tobytes(), view.weights.tobytes(), view.setting, view.complaint, view.completeness)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.views)
            plain = nothing_known(view)
            self.views.append(plain)
            self._rows.append(_one_population(self.network, plain))
            self._stacked = None
        return found

    def stacked(self) -> Populations:
        """All populations met so far."""
        if self._stacked is None:
            self._stacked = Populations(*(np.array(column) for column in zip(*self._rows, strict=True)))
        return self._stacked


def _one_population(network: Network, view: CaseView) -> tuple[object, ...]:
    population = population_of(network, view)
    own = own_priors(network, view, population, answers_of(network, view, population))
    findings = len(network.findings)
    logs = {name: np.zeros(findings) for name in ("yes", "no", "mean_yes", "mean_no")}
    for f in np.flatnonzero(network.kind == EPISODE).tolist():
        for name, present in (("yes", True), ("no", False)):
            frequency = population.frequency[f] if present else 1 - population.frequency[f]
            logs[name][f] = np.log(np.clip(frequency, 1e-9, 1.0))
            table = episode_table(network, [Seen(f, present)], population)
            logs["mean_" + name][f] = np.log(case_mix_mean(table, population))[0]
    mean_value = np.log(case_mix_mean(np.exp(tables_of_network(network).log_value), population))
    order = np.argsort(network.mod_factor, kind="stable")
    frequency = population.frequency[network.mod_factor[order]]
    centre = np.log1p(frequency * np.expm1(network.mod_log_or[order]))
    numbers = [getattr(population, name) for name in Populations._fields if hasattr(population, name)]
    silent = population.not_mentioned
    pi = own.p * silent / (1 - own.p * (1 - silent))
    states = _all_states(network, view, population, own.p, own.alive)
    pairs = np.concatenate([np.zeros(0), *((bits(k).T * table @ bits(k)).ravel() for k, table in states)])
    joined = np.concatenate([np.zeros(0), *(table for _, table in states)])
    logged = (logs["yes"], logs["no"], logs["mean_yes"], logs["mean_no"], mean_value)
    brought = brought_about(network, population, [])
    return (*numbers, *logged, centre, brought, own.p, pi, own.alive, joined, pairs)


def _all_states(
    network: Network, view: CaseView, population: Population, p: Floats, alive: Bools
) -> list[tuple[int, Floats]]:
    """State probabilities of every block over all its k members; impossible members are absent in every state."""
    blocks = {
        int(network.block[block.members[0]]): block for block in blocks_of(network, view, population, Own(p, alive))
    }
    parts = []
    for b, inside in enumerate(families_of(network).blocks):
        table = np.zeros(1 << len(inside))
        if b in blocks:
            places = np.flatnonzero(np.isin(inside, blocks[b].members))
            table[bits(len(places)).astype(np.int64) @ (1 << places)] = blocks[b].prob
        else:
            table[0] = 1.0
        parts.append((len(inside), table))
    return parts


def flat_cases(network: Network, people: PeopleIndex, views: Sequence[CaseView]) -> FlatCases:
    """Cases in indices as flat arrays."""
    return FlatCases(
        np.array([people.number(view) for view in views], dtype=np.int64),
        _ragged([view.facts for view in views]),
        _ragged([dict.fromkeys(sorted(view.ruled_out), 1) for view in views]),
        _ragged([view.risk for view in views]),
        _ragged([{seen.finding: _mask(seen) for seen in view.seen} for view in views]),
    )


def _mask(seen: Seen) -> int:
    if seen.values is None:
        return int(seen.present)
    return sum(1 << v for v in np.flatnonzero(seen.values).tolist())


def _ragged(rows: Sequence[dict[int, int]] | Sequence[dict[int, bool]]) -> Ragged:
    index = [key for row in rows for key in row]
    state = [int(value) for row in rows for value in row.values()]
    sizes = [len(row) for row in rows]
    return Ragged(pointers(sizes), np.array(index, dtype=np.int64), np.array(state, dtype=np.int64))


@dataclass(frozen=True)
class RowReader:
    """One row of flat cases back as a case in indices (for the rows the compiled kernel leaves to the exact one)."""

    network: Network
    people: PeopleIndex
    cases: FlatCases

    def view(self, row: int) -> CaseView:
        """The case of a row."""

        def part(of: Ragged) -> dict[int, int]:
            rows = slice(of.ptr[row], of.ptr[row + 1])
            return dict(zip(of.item[rows].tolist(), of.state[rows].tolist(), strict=True))

        seen = []
        for f, state in part(self.cases.seen).items():
            size = len(self.network.values[f])
            mask = np.array([bool(state >> v & 1) for v in range(size)], dtype=np.bool_) if size else None
            seen.append(Seen(f, bool(state), mask))
        return replace(
            self.people.views[int(self.cases.people[row])],
            facts=part(self.cases.facts),
            ruled_out=frozenset(part(self.cases.out)),
            risk={f: bool(state) for f, state in part(self.cases.risk).items()},
            seen=tuple(seen),
        )
