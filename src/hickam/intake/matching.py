"""Finding phrases in tokens with a trie: small words may stand in between, ``...`` allows a gap of six words.

Trie: nested dictionaries from stem to node; under the key '' the numbers of the entries that end there. Plain data,
so it can be stored. Time is linear in the text: each start looks at no more than ``BUDGET`` nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hickam.intake.words import Token

Trie = dict[str, Any]
BUDGET = 160
GAP = 6

FREE = frozenset(
    "a an the my his her our your their its this that these those i he she it they we you me him them be have "
    "( ) \" ' ’ ‘ “ ” - / *".split()
)
"""Skipped at no cost, and dropped from pack phrases: articles, pronouns, forms of *be* and *have*."""

FILLER = frozenset(
    "very both left right of in on at to with from for some quite real realy really so too rather bit slight mild moderate "
    "mark bad awful terribl horribl nasti usual often alway sometim most main just only also all again ever now current "
    "lower l r lt rt one either each bilateral badli extrem sever increas occasional frequent painful sudden new "
    "there up down still when as if get go feel seem become kind sort like pretti any bite almost nearly "
    "alwai usuall mostli mainli still even such much more by or sever intens such significant gross mild".split()
)
"""Skipped between words of a phrase, two at most."""

STOPPERS = frozenset([".", ";", "!", "?", "\n", "but", "however", "although", "except", "•"])
"""No phrase crosses these."""

NEGATORS = frozenset(["no", "not", "without", "never", "deni", "nor", "neither"])


class Match(NamedTuple):
    """Entry number, the tokens used, first and last token, and whether a negation stood in a gap."""

    entry: int
    used: tuple[int, ...]
    lo: int
    hi: int
    negated: bool


def trie_stems(stems: Sequence[str]) -> list[str]:
    """A phrase's stems as stored: small free words dropped, unless too little would be left."""
    kept = [s for s in stems if s not in FREE]
    content = [s for s in kept if s not in FILLER and s != "..."]
    if not content or (len(content) == 1 and len(kept) == 1 and len(stems) > 1 and len(content[0]) < 4):
        return list(stems)
    while kept and kept[0] == "...":
        kept.pop(0)
    return kept


def add_phrase(trie: Trie, stems: Sequence[str], entry: int) -> None:
    """Put one phrase into the trie."""
    node = trie
    for s in stems:
        node = node.setdefault(s, {})
    ends = node.setdefault("", [])
    if entry not in ends:
        ends.append(entry)


def find_matches(trie: Trie, tokens: Sequence[Token]) -> list[Match]:
    """All phrase matches, each entry once per start (the longest), in order of their start."""
    out: list[Match] = []
    stems = [t.stem for t in tokens]
    n = len(stems)
    for i in range(n):
        node = trie.get(stems[i])
        if node is None:
            continue
        ends = node.get("")
        if ends and len(node) == 1:
            out.extend(Match(e, (i,), i, i, False) for e in ends)
            continue
        found: dict[int, Match] = {}
        stack: list[tuple[Trie, int, tuple[int, ...], int, bool]] = [(node, i, (i,), 2, False)]
        steps = 0
        while stack and steps < BUDGET:
            steps += 1
            node, at, used, skips, neg = stack.pop()
            ends = node.get("")
            if ends:
                for e in ends:
                    old = found.get(e)
                    if old is None or at < old.hi or (at == old.hi and len(used) > len(old.used)):
                        found[e] = Match(e, used, i, at, neg)
                if len(node) == 1:
                    continue
            gap = node.get("...")
            if gap is not None:
                gap_neg = neg
                for j in range(at + 1, min(n, at + 2 + GAP)):
                    s = stems[j]
                    if s in STOPPERS:
                        break
                    nxt = gap.get(s)
                    if nxt is not None and s:
                        stack.append((nxt, j, (*used, j), 2, gap_neg))
                    if s in NEGATORS:
                        gap_neg = True
            j = at + 1
            while j < n:
                s = stems[j]
                nxt = node.get(s) if s != "..." else None
                if nxt is not None:
                    stack.append((nxt, j, (*used, j), skips, neg))
                if s in FREE:
                    j += 1
                elif s in FILLER and skips:
                    skips -= 1
                    j += 1
                else:
                    break
        out.extend(found.values())
    return out
