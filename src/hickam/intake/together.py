"""Wordings told by what they are made of: a word of each of several classes, near each other, in any order.

A phrase finds one wording; 'hard' + 'rise' + 'seat' finds 'getting up out of a low chair is a struggle' and 'can
barely haul myself off the sofa'. Classes and combinations are the pack's (``word_classes``, ``together``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from hickam.intake.matching import FREE, NEGATORS, STOPPERS, Match, find_matches
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem_set

WITHIN = 14
"""Tokens from the first word of a combination to its last."""
BEFORE_IT = stem_set("any real much more of evidence sign signs obvious")
"""Between a negation and what it denies: 'no evidence of thrombus'."""
FOUND_THERE = stem_set("sign test present positive")
BETWEEN_TWO = 2
"""Words, articles, pronouns and 'sign present' apart, between the two of a pair; no comma: 'trouble sleeping, peeing'
is no pair."""


def find_together(tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Match]:
    """Every combination found, once for each place of its first class. A word that stands denied ('no trouble') denies
    the combination, where the negation does not belong to a word of its own ('cannot')."""
    by_class: dict[int, list[Match]] = {}
    for m in find_matches(vocabulary.class_trie, tokens):
        if not m.negated:
            by_class.setdefault(m.entry, []).append(m)
    out: dict[tuple[int, tuple[int, ...]], Match] = {}
    part = list(accumulate(t.stem in STOPPERS for t in tokens))
    marks = list(accumulate(_parts(t) for t in tokens))
    for combination in vocabulary.combinations:
        first, *others = combination.classes
        if any(c not in by_class for c in combination.classes):
            continue
        for anchor in by_class[first]:
            words = _nearest(anchor, [by_class[c] for c in others], tokens, part, marks)
            if words:
                used = tuple(sorted({i for w in words for i in w.used}))
                denied = any(_denied(w, tokens, used) for w in words) or any(
                    tokens[i].stem == "negativ" for i in range(used[0], used[-1]) if i not in used
                )
                out.setdefault((combination.entry, used), Match(combination.entry, used, used[0], used[-1], denied))
    return list(out.values())


def _parts(token: Token) -> bool:
    """A mark between two words of a pair: 'walking is bad, the bike fine'; 'aggs: hills' is one telling."""
    return token.kind == "p" and token.text not in ":+/&"


def _nearest(
    anchor: Match,
    others: Sequence[Sequence[Match]],
    tokens: Sequence[Token],
    part: Sequence[int],
    marks: Sequence[int],
) -> list[Match]:
    """The anchor and the nearest word of each other class in its ``part`` of the text (a number per token, up to the
    next full stop or 'but'), one with no mark between (``marks``: their running number) before others, all within
    reach; empty if one is missing."""
    words = [anchor]
    for candidates in others:
        taken = {i for w in words for i in w.used}
        start = bisect_left(candidates, anchor.lo - 2 * WITHIN, key=lambda c: c.lo)
        end = bisect_left(candidates, anchor.hi + WITHIN + 1, key=lambda c: c.lo)
        near = min(
            (c for c in candidates[start:end] if part[c.lo] == part[anchor.lo] and taken.isdisjoint(c.used)),
            key=lambda c: (marks[c.lo] != marks[anchor.lo], max(c.lo - anchor.hi, anchor.lo - c.hi)),
            default=None,
        )
        if near is None:
            return []
        words.append(near)
    lo, hi = min(w.lo for w in words), max(w.hi for w in words)
    if hi - lo > WITHIN:
        return []
    if len(words) == 2:
        a, b = sorted(words, key=lambda w: w.lo)
        between = [tokens[i] for i in range(a.hi + 1, b.lo) if tokens[i].stem not in FREE | FOUND_THERE]
        if len(between) > BETWEEN_TWO or any(_parts(t) for t in between):
            return []
    return words


def _denied(word: Match, tokens: Sequence[Token], used: Sequence[int]) -> bool:
    """Whether a negation stands right before a word of the combination and belongs to none of them."""
    before = word.lo - 1
    while before >= 0 and tokens[before].stem in BEFORE_IT:
        before -= 1
    return before >= 0 and before not in used and tokens[before].stem in NEGATORS
