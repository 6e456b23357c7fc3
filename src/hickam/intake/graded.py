"""Results of an examination told of several things at once, in any of their words: 'vibration and pinprick were
diminished', 'knee and ankle jerks could not be elicited', 'hip flexion 3/5, deltoids 4/5'.

The pack says what 'ankle jerks absent' and 'dorsiflexion weak' mean; here the word of the result is put in its
standard form and given to every thing in the list, as ``normals.py`` does for what is normal.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from hickam.intake.flags import COND, FAMILY, HYPO, NEG, PAST
from hickam.intake.matching import FREE, Match, Trie, add_phrase, find_matches
from hickam.intake.normals import MAY_PRECEDE, OTHER_SIDE, REACH, listed_after, listed_before, longest
from hickam.intake.scope import Context
from hickam.intake.statements import Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, phrase_stems, stem, stem_set
from hickam.model.case import Span

RESULTS: dict[tuple[str, ...], str] = {
    ("reduced", "impaired"): """
        diminished | decreased | depressed | reduced | impaired | attenuated | sluggish | blunted | hypoactive |
        lowered | faint | subnormal | barely elicitable | hardly elicitable | barely perceptible | elicited with
        reinforcement | difficult to elicit
    """,
    ("absent", "lost", "reduced"): """
        absent | lost | unobtainable | unelicitable | abolished | missing | undetectable | not elicited | not elicitable
        | not obtainable | not obtained | not be elicited | not be obtained | not palpable | not felt | not be felt |
        disappeared | vanished |
        not be palpated | not detectable | not be detected | impalpable | nonpalpable
    """,
    ("weak",): "weak | weakened | paretic | feeble",
    ("brisk", "increased"): "brisk | exaggerated | increased | hyperactive | pathologically brisk | heightened",
}
"""Standard forms, tried in order, and the words that writers choose for them."""
POWER = re.compile(r"(?<![\d/.])[0-4]\s?[+-]?\s?/\s?5(?![\d/])|\b(?:MRC )?grade [0-4]\b(?!\s?/)|\bMRC [0-4]\b", re.I)
"""Muscle power below full on the scale of the Medical Research Council (0 to 5): '3/5', '4+/5'."""
REFLEX = re.compile(r"(?<![\d/.])(?:(?P<low>1\+)|[34]\+|\+\+\+\+?)(?!\s?/\s?5)")
"""Tendon reflexes graded in plus signs: 1+ is little, 3+ and more is brisk."""
STRENGTH = stem_set("power strength grade mrc")
PRECEDING = (MAY_PRECEDE - {"not"}) | stem_set("power strength of in at mrc grade weak")
"""What may stand in an item before the thing that a phrase names."""


class Result(NamedTuple):
    """The tokens of a word of result and its standard forms."""

    lo: int
    hi: int
    forms: tuple[str, ...]


_trie: Trie = {}
_FORMS = tuple(RESULTS)


def _results_trie() -> Trie:
    if not _trie:
        for kind, table in enumerate(RESULTS.values()):
            for phrase in table.split("|"):
                add_phrase(_trie, [s for s in phrase_stems(phrase) if s not in FREE], kind)
    return _trie


def graded_statements(
    text: str, tokens: Sequence[Token], taken: set[tuple[str, int]], context: Context, vocabulary: Vocabulary
) -> list[Statement]:
    """The findings that words of result make of the things they stand beside. ``taken``: finding and sentence already
    read; what they imply is not told again ('pulses absent' are no reduced pulses besides)."""
    out: dict[tuple[str, int], Statement] = {}
    results = list(_results(text, tokens))
    said = {i for r in results for i in range(r.lo, r.hi + 1)}
    for r in results:
        if context.flags[r.hi] & (NEG | COND | HYPO | FAMILY | PAST) and "not" not in _stems(tokens, r):
            continue
        before = _up_to_another(listed_before(tokens, r.lo, context), said)
        found = _list(text, tokens, before, r, vocabulary)
        for s in found or _list(text, tokens, _after(tokens, r.hi, context), r, vocabulary):
            if (s.id, context.sentence[s.lo]) not in taken:
                out.setdefault((s.id, context.sentence[s.lo]), s)
    implied = {
        (wider, sentence)
        for id, sentence in (*taken, *out)
        if id in vocabulary.findings
        for wider in vocabulary.findings[id].implies
    }
    return [s for key, s in out.items() if key not in implied]


def _up_to_another(items: list[tuple[int, int]], said: set[int]) -> list[tuple[int, int]]:
    """The things back to the next result: 'knee jerks brisk, ankle jerks absent'."""
    return list(takewhile(lambda item: said.isdisjoint(range(item[0], item[1] + 1)), items))


def _after(tokens: Sequence[Token], at: int, context: Context) -> list[tuple[int, int]]:
    """The things listed after a result, up to a comma; in brackets all of them: '4/5 (hip flexors, dorsiflexors)'."""
    if at + 1 < len(tokens) and tokens[at + 1].text == "(":
        return listed_after(tokens, at + 1, context)
    comma = next((i for i in range(at + 1, min(len(tokens), at + REACH)) if tokens[i].text == ","), len(tokens))
    return [(lo, hi) for lo, hi in listed_after(tokens, at, context) if hi < comma]


def _stems(tokens: Sequence[Token], r: Result) -> list[str]:
    return [t.stem for t in tokens[r.lo : r.hi + 1]]


def _results(text: str, tokens: Sequence[Token]) -> Iterator[Result]:
    """Every word of result, grades of power and reflexes among them, in order of kind."""
    for m in find_matches(_results_trie(), tokens):
        yield Result(m.lo, m.hi, _FORMS[m.entry])
    starts = [t.start for t in tokens]
    for pattern in (POWER, REFLEX):
        for found in pattern.finditer(text):
            lo, end = bisect_left(starts, found.start()), bisect_left(starts, found.end())
            forms = ("weak",) if pattern is POWER else ("reduced",) if found["low"] else ("brisk",)
            if lo < end:
                yield Result(lo, end - 1, forms)


def _list(
    text: str, tokens: Sequence[Token], items: Sequence[tuple[int, int]], r: Result, vocabulary: Vocabulary
) -> list[Statement]:
    """What the result says of every thing in a list; of 'knee and ankle jerks' the knee is a jerk too."""
    out: list[Statement] = []
    if not items:
        return out
    head = tokens[max(hi for _, hi in items)]
    for lo, hi in items:
        words = list(tokens[lo : hi + 1])
        bare = [t for t in words if t.stem not in STRENGTH]
        for named in (words, bare, [*words, head]):
            said = _item(text, tokens, named, (lo, hi), r, vocabulary)
            if said:
                out.extend(said)
                break
    return out


def _item(
    text: str, tokens: Sequence[Token], words: list[Token], item: tuple[int, int], r: Result, vocabulary: Vocabulary
) -> list[Statement]:
    """What one thing with this result says: the pack's wording may have the result before the thing or after it."""
    lo, hi = item
    if any(t.stem in OTHER_SIDE for t in words):
        return []
    first, last = tokens[min(lo, r.lo)].start, tokens[max(hi, r.hi)].end
    span = Span(text=text[first:last], start=first, end=last)
    out: dict[str, Statement] = {}
    for form in r.forms:
        said = Token(form, stem(form), tokens[r.lo].start, tokens[r.hi].end, "w")
        for line, at in (([*words, said], len(words)), ([said, *words], 0)):
            for m in longest(find_matches(vocabulary.trie, line)):
                if _names_the_thing(m, line, at, vocabulary):
                    e = vocabulary.entries[m.entry]
                    used = tuple(sorted({*range(lo, hi + 1), *range(r.lo, r.hi + 1)}))
                    out.setdefault(e.id, Statement("finding", e.id, "", "present", span, lo, hi, used, ""))
    return list(out.values())


def _names_the_thing(m: Match, line: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a match is a sign made of the result and the whole name of the thing."""
    e = vocabulary.entries[m.entry]
    if e.kind != "finding" or at not in m.used or len(m.used) < 2 or m.negated:
        return False
    if vocabulary.findings[e.id].kind not in ("examination", "test") and not e.id.endswith("weakness"):
        return False
    return all(t.stem in FREE or t.stem in PRECEDING for k, t in enumerate(line[: m.hi]) if k not in m.used)
