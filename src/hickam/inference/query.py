"""``build_query``: everything the kernel needs for one case, in compressed columns.

Columns are the unknown, possible conditions: first those that stand alone, then cause-only ones, then members of
blocks, block by block. Known conditions are folded into leaks and priors and carry only a causal weight.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hickam.inference.items import Episode, Forms, observed_items
from hickam.inference.layout import Floats, Ints, Network
from hickam.inference.priors import Block, Own, Population, answers_of, blocks_of, own_priors, population_of
from hickam.inference.reading import CaseView, read_case
from hickam.model.case import Case

EXACT_ITEMS = 12
"""Two-term findings taken exactly; the least informative beyond become single-condition factors."""
BASES = 200
"""Priors kept per network: most cases of one patient share age, sex, facts and answered risk factors."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Which condition each column is. ``sizes``: number of members of each block, in the order of the columns."""

    index: Ints
    single: int
    cause_only: int
    sizes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Items:
    """Patient findings in columns, known conditions folded into the constants. s one-term, m two-term items.

    ``one_log`` [s] and ``one_phi`` [s, C]: ln constant and factors; ``plus``/``minus`` [m], ``phi_*`` [m, C].
    ``one_finding``/``two_finding`` say which finding each row is.
    """

    one_finding: Ints
    one_log: Floats
    one_phi: Floats
    two_finding: Ints
    plus: Floats
    minus: Floats
    phi_plus: Floats
    phi_minus: Floats
    approximated: bool


@dataclass(frozen=True, eq=False)
class Base:
    """What a patient's age, sex, facts and risk factors settle before any other finding.

    ``pi`` [C] prior of columns outside blocks, not-mentioned discount applied; ``states`` [T] all states of all blocks;
    ``kept``: further results that rest on nothing else.
    """

    own: Own
    blocks: tuple[Block, ...]
    columns: Columns
    pi: Floats
    states: Floats
    kept: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Query:
    """One case, ready for the kernel. C columns, K known conditions.

    ``kappa`` [C] consulting rates; ``kappa0`` that of the unexplained; ``fact_kappa`` [K].
    """

    network: Network
    view: CaseView
    population: Population
    base: Base
    kappa: Floats
    kappa0: float
    facts: Ints
    fact_kappa: Floats
    episode: Episode
    forms: Forms
    items: Items

    @property
    def own(self) -> Own:
        """Probabilities before the blocks are put together."""
        return self.base.own

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks with an unknown member."""
        return self.base.blocks

    @property
    def columns(self) -> Columns:
        """Which condition each column is."""
        return self.base.columns

    @property
    def pi(self) -> Floats:
        """Prior of each column outside blocks, not-mentioned discount applied. [C]"""
        return self.base.pi

    @property
    def states(self) -> Floats:
        """Probability of all states of all blocks. [T]"""
        return self.base.states


def build_query(network: Network, case: Case | CaseView) -> Query:
    """All case-specific arrays."""
    view = read_case(network, case) if isinstance(case, Case) else case
    population = population_of(network, view)
    base = base_of(network, view, population)
    index = base.columns.index
    episode, forms = observed_items(network, view, population, base.kept)
    facts = np.array(list(view.facts), dtype=np.int64)
    status = np.array(list(view.facts.values()), dtype=np.int64)
    return Query(
        network=network,
        view=view,
        population=population,
        base=base,
        kappa=population.kappa[index],
        kappa0=population.kappa0,
        facts=facts,
        fact_kappa=population.kappa[facts] * network.status_complaint[status, facts],
        episode=episode,
        forms=forms,
        items=split_items(forms, facts, index, EXACT_ITEMS),
    )


def base_of(network: Network, view: CaseView, population: Population) -> Base:
    """Priors, columns and block states of this patient; kept, since findings come one by one and these stay."""
    kept = network.cache.setdefault("bases", {})
    patient = (view.strata.tobytes(), view.weights.tobytes(), view.setting, view.complaint, view.completeness)
    key = (*patient, tuple(view.facts.items()), frozenset(view.ruled_out), tuple(view.risk.items()))
    found = kept.get(key)
    if isinstance(found, Base):
        return found
    own = own_priors(network, view, population, answers_of(network, view, population))
    blocks = blocks_of(network, view, population, own)
    columns, states = arrange(network, own, blocks)
    pi = discounted(own.p, blocks, population)[columns.index]
    if len(kept) >= BASES:
        kept.clear()
    made = kept[key] = Base(own, tuple(blocks), columns, pi, states)
    return made


def arrange(network: Network, own: Own, blocks: list[Block]) -> tuple[Columns, Floats]:
    """Column order, and the state probabilities of all blocks side by side (blocks of one count as single). [..., T]"""
    joined = [block for block in blocks if len(block.members) > 1]
    members = [block.members for block in joined]
    alone = own.alive.copy()
    for inside in members:
        alone[inside] = False
    single = np.flatnonzero(alone & ~network.cause_only)
    only = np.flatnonzero(alone & network.cause_only)
    columns = Columns(
        index=np.concatenate([single, only, *members]),
        single=len(single),
        cause_only=len(only),
        sizes=tuple(len(inside) for inside in members),
    )
    none = np.zeros((*own.p.shape[:-1], 0))
    by_state = [np.moveaxis(block.prob, -1, 0) for block in joined]  # states first: the kernel wants the batch last
    return columns, np.moveaxis(np.concatenate([np.moveaxis(none, -1, 0), *by_state]), 0, -1)


def discounted(p: Floats, blocks: list[Block], population: Population) -> Floats:
    """Prior of conditions outside blocks, given that nobody named them: odds times P(not named | present)."""
    silent = population.not_mentioned
    result = p * silent / (1 - p * (1 - silent))
    for block in blocks:
        if len(block.members) == 1:
            result[..., block.members[0]] = block.prob[..., 1]
    return result


def split_items(forms: Forms, facts: Ints, index: Ints, exact: int) -> Items:
    """Fold known conditions in; separate one-term from two-term items; reduce the least informative over ``exact``.

    A reduced item keeps, for each condition, its effect with all others at background: ln P(o | d) / P(o | nobody).
    """
    plus = forms.plus * forms.phi_plus[:, facts].prod(axis=1)
    minus = forms.minus * forms.phi_minus[:, facts].prod(axis=1)
    phi_plus, phi_minus = forms.phi_plus[:, index], forms.phi_minus[:, index]
    value = np.maximum(plus - minus, 1e-300)
    factor = np.maximum(plus[:, None] * phi_plus - minus[:, None] * phi_minus, 1e-300) / value[:, None]
    two = np.flatnonzero(forms.minus > 0)
    reduced = len(two) > exact
    if reduced:
        strength = np.abs(np.log(factor[two])).max(axis=1, initial=0.0)
        two = np.sort(two[np.argsort(-strength, kind="stable")[:exact]])
    left = np.ones(len(plus), dtype=np.bool_)
    left[two] = False
    one = np.flatnonzero(left)
    findings = np.array(forms.findings, dtype=np.int64)
    return Items(
        one_finding=findings[one],
        one_log=np.log(value[one]),
        one_phi=factor[one],
        two_finding=findings[two],
        plus=plus[two],
        minus=minus[two],
        phi_plus=phi_plus[two],
        phi_minus=phi_minus[two],
        approximated=reduced or any(forms.reduced),
    )
