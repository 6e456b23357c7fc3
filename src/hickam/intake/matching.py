"""Finding phrases in tokens with a trie: small words may stand in between, ``...`` allows a gap of six words.

Trie: nested dictionaries from stem to node; under the key '' the numbers of the entries that end there. Plain data,
so it can be stored. Time is linear in the text: each start looks at no more than ``BUDGET`` nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hickam.intake.words import Token, stem_set

Trie = dict[str, Any]
BUDGET = 160
GAP = 6

FREE = stem_set(
    "a an the my his her our your their its this that these those i he she it they we you me him them be have of "
    "( ) \" ' ’ ‘ “ ” - / * > <"
)
"""Skipped at no cost, and dropped from pack phrases: articles, pronouns, forms of *be* and *have*."""

FILLER = stem_set("""
    again all almost also alway any as at awful do bad badli become bilateral bit bite both by current down each either
    even ever extrem feel for frequent from get go gross horribl if in increas intens just kind l left like lower lt
    main mainli mark mild moderate more most mostli much nasti nearly new now occasional of often on one only or
    painful pretti quite r rather real really right rt seem sever significant slight so some sometim sort still such
    sudden terribl there to too up usual usuall very when with
    exquisitely grossly profoundly entirely visibly strikingly conspicuously considerably substantially particularly
    globally diffusely symmetrically asymmetrically predominantly obviously somewhat fairly strongly
""")
"""Skipped between words of a phrase, two at most."""

STOPPERS = frozenset([".", ";", "!", "?", "\n", "but", "however", "although", "except", "•"])
"""No phrase crosses these."""

NEGATORS = frozenset(["no", "not", "without", "never", "deni", "nor", "neither"])


INNER_NEGATORS = frozenset(["not", "never"])
"""May stand inside a phrase and turn it round: 'the calf is not swollen'."""


LISTLESS = (
    stem_set(
        "no not without never nor neither deni and or but leg calf thigh foot toe arm hand back chest head neck walk "
        "stand"
    )
    | FREE
)
"""Words that cannot stand in a list that a phrase reaches over."""


GENERIC = stem_set("""
    cold week month morning evening train run spread overnight grab strain behind shake brother sister mother father
    operation surgery resection move kick crawl carry rub jiggle bypass expect covid virus fall lift turn tackle sugar
    transplant dance play night day back leg expecting temperature
""")
"""Words too common to stand for a phrase once its small words are dropped: 'had a cold' stays three words."""


ENDS_A_RESULT = frozenset(["normal", "negativ", "negative"])
"""'Films were normal, bone scan positive': the result is of what stands before the comma."""


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
    if len(content) == 1 and content[0] in GENERIC and len(stems) > 1 and (len(kept) == 1 or kept[0] == "to"):
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


class _Way(NamedTuple):
    """How far a phrase has been followed: its node, the last token, those used, words it may still skip, its sense."""

    node: Trie
    at: int
    used: tuple[int, ...]
    skips: int
    negated: bool


def find_matches(trie: Trie, tokens: Sequence[Token]) -> list[Match]:
    """All phrase matches, each entry once per start (the nearest end), in order of their start."""
    stems = [t.stem for t in tokens]
    out: list[Match] = []
    for start, stem in enumerate(stems):
        node = trie.get(stem)
        if node is None:
            continue
        if len(node) == 1 and "" in node:
            out.extend(Match(entry, (start,), start, start, False) for entry in node[""])
        else:
            out.extend(_from(node, stems, start))
    return out


def _from(node: Trie, stems: Sequence[str], start: int) -> list[Match]:
    """The phrases that begin at one token."""
    found: dict[int, Match] = {}
    ways = [_Way(node, start, (start,), 2, False)]
    for _ in range(BUDGET):
        if not ways:
            break
        way = ways.pop()
        for entry in way.node.get("", ()):
            old = found.get(entry)
            if old is None or (way.at, -len(way.used)) < (old.hi, -len(old.used)):
                found[entry] = Match(entry, way.used, start, way.at, way.negated)
        if "..." in way.node:
            ways += _over_gap(way, stems)
        ways += _onward(way, stems)
    return list(found.values())


def _over_gap(way: _Way, stems: Sequence[str]) -> Iterator[_Way]:
    """Ways across a ``...``; a negation in between turns the phrase round."""
    gap, negated = way.node["..."], way.negated
    for j in range(way.at + 1, min(len(stems), way.at + 2 + GAP)):
        stem = stems[j]
        if stem in STOPPERS:
            return
        if stem and stem in gap:
            yield _Way(gap[stem], j, (*way.used, j), 2, negated)
        if stem in NEGATORS:
            if stems[way.used[0]] in NEGATORS or "and" in stems[way.at + 1 : j]:
                return  # 'numbness worse and cannot lift the foot': another clause
            negated = True


def _onward(way: _Way, stems: Sequence[str]) -> Iterator[_Way]:
    """Ways to the phrase's next word: at once, past small words, past words of a list."""
    node, used, skips, negated = way.node, way.used, way.skips, way.negated
    last = stems[used[-1]]
    for j in range(way.at + 1, len(stems)):
        stem = stems[j]
        if stem in node and stem and stem != "...":
            yield _Way(node[stem], j, (*used, j), skips, negated)
        if stem == "both" and last == "one":
            return
        if stem in FREE:
            continue
        if stem in FILLER and skips:
            skips -= 1
        elif stem in INNER_NEGATORS and skips:
            skips, negated = 0, True
        else:
            after = _past_list(stems, j) if skips == 2 and last not in NEGATORS and len(used) < 3 else 0
            if after and stems[after] in node and stems[after] not in FREE:
                yield _Way(node[stems[after]], after, (*used, after), 0, negated)
            return


def _past_list(stems: Sequence[str], j: int) -> int:
    """Where a phrase may go on after coordinated words: 'leg [cool and] pale', 'calf [tender, red and] swollen',
    'cool [, pale] leg', 'weak [and tender] legs'. 0 when these words are no such list."""
    n = len(stems)
    if j + 3 < n and stems[j + 3] in ENDS_A_RESULT:
        return 0
    if stems[j] in ("and", ",") and j + 2 < n and not (stems[j] == "," and stems[j - 1] in ENDS_A_RESULT):
        if stems[j + 2] in ENDS_A_RESULT:
            return 0
        return j + 2 if stems[j + 1].isalpha() and stems[j + 1] not in LISTLESS and stems[j + 1] not in FILLER else 0
    for _ in range(3):
        if j + 2 >= n or not stems[j].isalpha() or stems[j] in LISTLESS:
            return 0
        if stems[j + 1] == "and":
            return j + 2
        if stems[j + 1] != ",":
            return 0
        j += 2
    return 0
