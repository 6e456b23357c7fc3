"""Scratch space of the compiled loops: allocated once a process, written anew by each row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hickam.inference.flat import Tables
from hickam.inference.layout import Bools, Floats, Ints

PAD = 8
"""Rows of tables are this much longer than a power of two, or all of them would want the same lines of the cache."""


LINE = 8
"""Numbers in a line of the cache."""


class Row(NamedTuple):
    """One case, ready for its terms: what ``kernel.Problem`` holds. n columns, I items, T states of all blocks."""

    alive: Bools  # [n]
    pi: Floats  # [n] prior of a condition that stands alone, not-mentioned discount applied
    q: Floats
    x0: Floats  # [n]
    level: Ints  # [n] number of items up to the last that touches the condition
    states: Floats  # [T]
    usual: Bools  # [blocks] nothing in the case speaks of any member: the population's
    plus: Floats  # [I]
    minus: Floats
    phi_plus: Floats  # [I, n], ones between rows
    phi_minus: Floats
    moved: Bools  # [I] phi_plus is not all ones
    weight: Floats  # [I] how much hangs on an item
    two: Ints  # [I] items with two terms, the busiest first


class Work(NamedTuple):
    """What a row's case comes to on the way. n conditions, I items (seen findings)."""

    row: Row
    p: Floats  # [n] own priors
    fact: Ints  # [n] status of a known condition, -1
    settled: Bools  # [n] known or ruled out
    concerned: Bools  # [n] conditions whose own prior the case's answers concern
    listed: Ints  # [n] the same, one after the other
    now: Floats  # [n] of these
    brought: Floats
    shift: Floats
    exposed: Floats
    moved_block: Bools  # [blocks] priors are not the population's
    has: Floats  # [largest block]
    logs: Floats  # [n] ln P(episode | cause)
    ratio: Floats  # [I, n] log likelihood ratios of findings in shared groups
    alpha: Floats  # [I, n]
    shared: Bools  # [I]
    member: Ints  # [I]
    strength: Floats  # [I]
    order: Ints
    form: Floats  # [most forms of a finding]


class Terms(NamedTuple):
    """Signed terms of one row. Level j holds 2^j terms from place 2^j: conditions that need the first j items only."""

    fac: Floats  # [2 * most terms] product over the conditions of a level; then s, signed weights of the terms
    y: Floats  # sum over the conditions of a level; then causal rates
    s: Floats  # s summed over the items beyond the level
    sy: Floats
    R: Floats  # [n, S] chance of a condition within a term
    share: Floats  # [n] the same where no item touches it
    found: Ints  # [n] conditions outside blocks that items touch
    listed: Ints  # [n] the same by level
    start: Ints  # [levels] where each level begins in the list
    inverse: Floats  # [blocks, S] 1 / sum over the states of a block
    causal: Floats  # [blocks, S] causal rate of a block within a term
    products: Floats  # factors P of the parts of the touched members, block after block
    touched: Ints  # [blocks] touched members as the bits of a state
    rank: Ints  # [blocks] their number
    height: Ints  # [blocks] level
    room: Ints  # [blocks] where its products begin
    w: Floats  # [T] weight of every state of every block, evidence of untouched members included
    wq: Floats  # [T] the same times the causal rate of its members
    part: Ints  # [T] state of the touched members it belongs to, where these are several
    there: Floats  # [T] mass
    caused: Floats  # [largest block]
    table: Floats  # [largest block] sums over the states of a part
    causes: Floats  # [largest block]
    A: Floats  # [largest block] of every part; see families
    B: Floats


def row_space(columns: int, blocks: int, states: int, items: int) -> Row:
    """Space for one case."""
    return Row(
        alive=_no(columns),
        pi=aligned(columns),
        q=aligned(columns),
        x0=aligned(columns),
        level=_none(columns),
        states=aligned(states),
        usual=_no(blocks),
        plus=aligned(items),
        minus=aligned(items),
        phi_plus=_ones(items, columns),
        phi_minus=_ones(items, columns),
        moved=_no(items),
        weight=aligned(items),
        two=_none(items),
    )


def case_space(tables: Tables, items: int) -> Work:
    """Space for rows with at most so many seen findings."""
    shape = tables.shape
    n, blocks, items = len(shape.block), len(shape.block_ptr) - 1, max(items, 1)
    return Work(
        row=row_space(n, blocks, int(shape.state_ptr[-1]), items),
        p=aligned(n),
        fact=_none(n) - 1,
        settled=_no(n),
        concerned=_no(n),
        listed=_none(n),
        now=aligned(n),
        brought=aligned(n),
        shift=aligned(n),
        exposed=aligned(n),
        moved_block=_no(blocks),
        has=aligned(_largest(shape.block_ptr)),
        logs=aligned(n),
        ratio=aligned(items, n),
        alpha=aligned(items, n),
        shared=_no(items),
        member=_none(items),
        strength=aligned(items),
        order=_none(items),
        form=aligned(int(np.diff(tables.form_ptr).max(initial=1))),
    )


def term_space(columns: int, block_ptr: Ints, most: int) -> Terms:
    """Space for rows over so many columns with at most so many terms (2^m)."""
    sizes = np.diff(block_ptr)
    blocks, largest, wide, states = len(sizes), _largest(block_ptr), most + PAD, int((2**sizes).sum())
    return Terms(
        fac=aligned(2 * most),
        y=aligned(2 * most),
        s=aligned(2 * most),
        sy=aligned(2 * most),
        R=aligned(columns, wide),
        share=aligned(columns),
        found=_none(columns),
        listed=_none(columns),
        start=_none(most.bit_length() + 2),
        inverse=aligned(blocks, wide),
        causal=aligned(blocks, wide),
        products=aligned(states * most),
        touched=_none(blocks),
        rank=_none(blocks),
        height=_none(blocks),
        room=_none(blocks),
        w=aligned(states),
        wq=aligned(states),
        part=_none(states),
        there=aligned(states),
        caused=aligned(largest),
        table=aligned(largest),
        causes=aligned(largest),
        A=aligned(largest + 1),
        B=aligned(largest + 1),
    )


def _largest(block_ptr: Ints) -> int:
    return 1 << int(np.diff(block_ptr).max(initial=1))


def aligned(*shape: int) -> Floats:
    """Noughts that begin where a line of the cache does: a vector that lies in two lines is loaded at half the rate."""
    size = int(np.prod(shape))
    room = np.zeros(size + LINE)
    start = -room.ctypes.data % (8 * LINE) // 8
    return room[start : start + size].reshape(shape)


def _ones(rows: int, columns: int) -> Floats:
    found = aligned(rows, columns)
    found[:] = 1.0
    return found


def _none(size: int) -> Ints:
    return aligned(size).view(np.int64)


def _no(size: int) -> Bools:
    return np.zeros(size, dtype=np.bool_)
