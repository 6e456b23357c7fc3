"""``build_query``: everything the kernel needs for one case, in compressed columns.

Columns are the unknown, possible conditions: first those that stand alone, then cause-only ones, then members of
blocks grouped by block size. Known conditions are folded into leaks and priors and carry only a causal weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hickam.inference.items import Episode, Forms, observed_items
from hickam.inference.layout import Floats, Ints, Network
from hickam.inference.priors import Block, Own, Population, answers_of, blocks_of, own_priors, population_of
from hickam.inference.reading import CaseView, read_case
from hickam.model.case import Case

EXACT_ITEMS = 12
"""Two-term findings taken exactly; the least informative beyond become single-condition factors."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Which condition each column is. ``sizes``: (members k, number of blocks g) of the block columns, in order."""

    index: Ints
    single: int
    cause_only: int
    sizes: tuple[tuple[int, int], ...]


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
class Query:
    """One case, ready for the kernel. C columns, K known conditions.

    ``pi`` [C] prior of columns outside blocks, not-mentioned discount applied; ``states`` per block size [g, 2^k];
    ``kappa`` [C] consulting rates; ``kappa0`` that of the unexplained; ``fact_kappa`` [K].
    """

    network: Network
    view: CaseView
    population: Population
    own: Own
    blocks: tuple[Block, ...]
    columns: Columns
    pi: Floats
    states: tuple[Floats, ...]
    kappa: Floats
    kappa0: float
    facts: Ints
    fact_kappa: Floats
    episode: Episode
    forms: Forms
    items: Items


def build_query(network: Network, case: Case | CaseView) -> Query:
    """All case-specific arrays."""
    view = read_case(network, case) if isinstance(case, Case) else case
    population = population_of(network, view)
    own = own_priors(network, view, population, answers_of(network, view, population))
    blocks = blocks_of(network, view, population, own)
    columns, states = arrange(network, own, blocks)
    pi = discounted(own.p, blocks, population)[columns.index]
    episode, forms = observed_items(network, view, population)
    facts = np.array(list(view.facts), dtype=np.int64)
    status = np.array(list(view.facts.values()), dtype=np.int64)
    return Query(
        network=network,
        view=view,
        population=population,
        own=own,
        blocks=tuple(blocks),
        columns=columns,
        pi=pi,
        states=states,
        kappa=population.kappa[columns.index],
        kappa0=population.kappa0,
        facts=facts,
        fact_kappa=population.kappa[facts] * network.status_complaint[status, facts],
        episode=episode,
        forms=forms,
        items=split_items(forms, facts, columns.index, EXACT_ITEMS),
    )


def arrange(network: Network, own: Own, blocks: list[Block]) -> tuple[Columns, tuple[Floats, ...]]:
    """Column order, and the state probabilities of the blocks stacked by size (blocks of one count as single)."""
    grouped: dict[int, list[Block]] = {}
    for block in blocks:
        if len(block.members) > 1:
            grouped.setdefault(len(block.members), []).append(block)
    in_block = np.zeros(len(network.conditions), dtype=np.bool_)
    for group in grouped.values():
        for block in group:
            in_block[block.members] = True
    alone = own.alive & ~in_block
    single = np.flatnonzero(alone & ~network.cause_only)
    only = np.flatnonzero(alone & network.cause_only)
    order = sorted(grouped)
    members = [block.members for k in order for block in grouped[k]]
    columns = Columns(
        index=np.concatenate([single, only, *members]),
        single=len(single),
        cause_only=len(only),
        sizes=tuple((k, len(grouped[k])) for k in order),
    )
    return columns, tuple(np.stack([block.prob for block in grouped[k]], axis=-2) for k in order)


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
    one = np.setdiff1d(np.arange(len(plus)), two)
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
