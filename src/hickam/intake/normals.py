"""Normal results told of several things at once: 'power, tone and reflexes normal', 'normal U&E, FBC and TFTs'.

The pack says what 'reflexes normal' means; here the word of normality is given to every thing in the list, whichever
of its synonyms (intact, preserved, unremarkable) the writer chose.
"""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake.clauses import SENTENCE_END
from hickam.intake.flags import COND, FAMILY, HYPO, NEG, PAST
from hickam.intake.matching import FILLER, FREE, Match, find_matches
from hickam.intake.scope import Context
from hickam.intake.statements import Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem, stem_set
from hickam.model.case import Span

NORMAL = stem_set("""
    normal unremarkable intact preserved nad wnl clear negative fine ok okay good symmetrical unaffected healthy
    unimpaired full sound spared symmetric unrevealing noncontributory satisfactory equal retained
""")
"""Words by which a writer says that nothing is wrong."""
JOINERS = frozenset([",", "and", "or", "/", "plus", "+", "as", "well"])
BREAKERS = stem_set("""
    but with for he she i they his her my no not without except although though when who which that show shows
    showed since until because has have had presents complains absent reduced raised increased decreased tender
    swollen low high weak loss lost positive
""") - {"have"}
STANDARD = stem("normal")
WHOLE_EXAM = stem_set("""
    physical clinical general leg limb full complete on rest lower systemic thorough detailed entire completely
    otherwise essentially entirely perfectly largely
""") | {"", ","}
"""What may stand before a bare 'examination' for it to mean the whole of it."""
MAY_PRECEDE = (
    FILLER
    | WHOLE_EXAM
    | stem_set("""
    distal peripheral resting serum blood routine plasma deep tendon limb limbs cardiac plain urgent repeat initial
    muscle motor sensory bedside foot ankle femoral popliteal did that had tests results screening
""")
)
"""What may stand before the thing that is normal, without making it another thing."""
OTHER_SIDE = stem_set("contralateral opposite other unaffected uninvolved remaining sound good")
LONGEST = 5
"""Words of one thing in a list ('peripheral nerve conduction study')."""
REACH = 24
"""Tokens looked at on either side of the word of normality."""


def normal_statements(
    text: str, tokens: Sequence[Token], taken: set[tuple[str, int]], context: Context, vocabulary: Vocabulary
) -> list[Statement]:
    """What the normal results of a text rule out. ``taken``: finding and first token of absences already read."""
    out: list[Statement] = []
    for i, t in enumerate(tokens):
        if not _says_normal(tokens, i) or context.flags[i] & (NEG | COND | HYPO | FAMILY | PAST):
            continue
        items = listed_before(tokens, i, context)
        if t.stem == STANDARD or not items:
            items = items + listed_after(tokens, i, context)
        for lo, hi in items:
            if any(tokens[j].stem in OTHER_SIDE for j in range(lo, hi + 1)):
                continue
            out.extend(s for s in _item(text, tokens, lo, hi, i, vocabulary) if (s.id, s.lo) not in taken)
    return out


def _says_normal(tokens: Sequence[Token], i: int) -> bool:
    """A word of normality, 'N' after a word, or full power: 'hip flexion 5/5'."""
    t = tokens[i]
    if t.text == "N":
        return i > 0 and tokens[i - 1].kind == "w"
    full = t.text == "5" and [x.text for x in tokens[i + 1 : i + 3]] == ["/", "5"]
    return full or (t.stem in NORMAL and t.kind == "w")


def _boundary(tokens: Sequence[Token], j: int, i: int, context: Context) -> bool:
    t = tokens[j]
    return (
        context.sentence[j] != context.sentence[i]
        or t.stem in SENTENCE_END
        or t.stem in (";", ":", "(", ")")
        or t.stem in BREAKERS
        or t.kind == "n"
    )


def listed_before(tokens: Sequence[Token], i: int, context: Context) -> list[tuple[int, int]]:
    """The things listed before the word: (first, last) tokens of each."""
    out: list[tuple[int, int]] = []
    hi = i - 1
    j = i - 1
    while j >= 0 and i - j <= REACH and not _boundary(tokens, j, i, context):
        if tokens[j].stem in JOINERS or tokens[j].stem in NORMAL:
            _add(out, j + 1, hi, tokens)
            hi = j - 1
        j -= 1
    _add(out, j + 1, hi, tokens)
    return out


def listed_after(tokens: Sequence[Token], i: int, context: Context) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    lo = j = i + 1
    while j < len(tokens) and j - i <= REACH and not _boundary(tokens, j, i, context):
        if tokens[j].stem in JOINERS:
            _add(out, lo, j - 1, tokens)
            lo = j + 1
        elif tokens[j].stem in NORMAL:
            return out
        j += 1
    _add(out, lo, j - 1, tokens)
    return out


def _add(out: list[tuple[int, int]], lo: int, hi: int, tokens: Sequence[Token]) -> None:
    while lo <= hi and (tokens[lo].stem in FREE or tokens[lo].stem in FILLER):
        lo += 1
    while hi >= lo and (tokens[hi].stem in FREE or tokens[hi].stem in FILLER):
        hi -= 1
    if lo <= hi and hi - lo < LONGEST:
        out.append((lo, hi))


def longest(matches: Sequence[Match]) -> list[Match]:
    """The matches that stand in no longer one."""
    return [m for m in matches if not any(set(m.used) < set(o.used) for o in matches)]


def _item(text: str, tokens: Sequence[Token], lo: int, hi: int, normal: int, vocabulary: Vocabulary) -> list[Statement]:
    word = tokens[normal]
    first, last = min(lo, normal), max(hi, normal)
    start, end = tokens[lo].start, tokens[hi].end
    span = Span(text=text[start:end], start=start, end=end)
    wholly = Span(text=text[tokens[first].start : tokens[last].end], start=tokens[first].start, end=tokens[last].end)
    out: dict[str, Statement] = {}
    for said in dict.fromkeys((STANDARD, word.stem)):
        line = [*tokens[lo : hi + 1], Token(word.text, said, word.start, word.end, "w")]
        for m in longest(find_matches(vocabulary.trie, line)):
            e = vocabulary.entries[m.entry]
            if m.lo and line[m.lo].stem == "examination" and line[m.lo - 1].stem not in WHOLE_EXAM:
                continue
            if any(line[k].stem not in FREE and line[k].stem not in MAY_PRECEDE for k in range(m.lo)):
                continue
            if e.kind != "absent" or m.hi != len(line) - 1 or len(m.used) < 2 or m.negated:
                continue
            used = (*(lo + k for k in m.used[:-1]), normal)
            shown = wholly if last - first <= LONGEST + 2 else span
            out.setdefault(e.id, Statement("absent", e.id, "", "absent", shown, lo + m.lo, hi, tuple(sorted(used)), ""))
    return list(out.values())
