"""Who and when a word is about: negation, family, past, hypothetical, question; over tokens, by clause.

The rules are ConText's (Harkema 2009) with British and American notes and letters in mind:

* a clause ends at ``. ; ! ?``, at *but*-like words, and at a comma or *and* that brings a new subject or verb;
* 'no' reaches to the end of its comma segment, and over following short segments when the list closes with *or*
  ('no cough, nasal symptoms or fever'); 'denies' and its like reach over every short segment;
* 'absent', 'negative' after a noun reach back to the start of their segment, and over a list closed by *and*;
* a relative's name turns everything up to the end of the sentence or the writer's next *I*/*my* into family history.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hickam.intake import cues
from hickam.intake.asked import JUDGED, mark_questions
from hickam.intake.clauses import PARTS, clauses
from hickam.intake.flags import COND, CURED, DOUBT, FUTURE, HYPO, LAPSED, LIKENED, NEG, OPINION, PAST, VOID
from hickam.intake.matching import Match, Trie, add_phrase, find_matches
from hickam.intake.negation import mark_signs, reach, reach_back, reach_past_phrase
from hickam.intake.relatives import mark_family
from hickam.intake.words import Token, phrase_stems, stem_set

CALENDAR_YEAR = re.compile(r"(?:19[3-9]|20[0-4])[0-9]")


NOT_A_DATE = stem_set(
    "cell count ck cpk wbc leucocytes platelets neutrophils d dimer ferritin b12 of than was over titre titer > < ≥ ≤ ="
)


class Context(NamedTuple):
    """Per token: flags, clause and sentence number; the cue tokens; per sentence whether it is a question."""

    flags: list[int]
    clause: list[int]
    sentence: list[int]
    cue_tokens: set[int]
    questions: set[int]


_KINDS = (
    "neg",
    "far",
    "after",
    "pseudo",
    "void",
    "lapsed",
    "hypo",
    "hypo_after",
    "cond",
    "past",
    "past_any",
    "not_past",
    "contrast",
    "gone",
    "opinion",
    "wish",
    "future",
    "cured",
    "likened",
)


_TABLES: tuple[Iterable[str], ...] = (
    cues.NEGATION,
    cues.FAR_NEGATION,
    cues.NEGATION_AFTER,
    cues.PSEUDO,
    cues.NEW_NEVER,
    cues.NO_LONGER,
    cues.HYPOTHETICAL,
    cues.HYPOTHETICAL_AFTER,
    cues.CONDITIONAL,
    cues.PAST,
    cues.PAST_ANYWHERE,
    cues.NOT_PAST,
    cues.CONTRAST_PHRASES,
    cues.GONE,
    cues.OPINION,
    cues.WISHED,
    cues.FUTURE,
    cues.CURED,
    cues.LIKENED,
)


_trie: Trie = {}


def cue_trie() -> Trie:
    """The cue phrases as a trie; entry number = index into ``_KINDS``. Built on first use."""
    if not _trie:
        for kind, table in enumerate(_TABLES):
            for phrase in table:
                add_phrase(_trie, [s for s in phrase_stems(phrase) if s not in ("the", "a", "an")], kind)
    return _trie


def annotate(tokens: Sequence[Token], consumed: set[int], patient: str = "", closed: set[int] | None = None) -> Context:
    """Flags for every token. ``consumed`` are tokens inside recognised phrases, which are no cues; ``closed`` those
    inside phrases that state an absence, whose 'negative' does not reach back; ``patient`` is the stem of the relative
    the story is about, who is not family."""
    found: dict[str, list[Match]] = {k: [] for k in _KINDS}
    for m in find_matches(cue_trie(), tokens):
        if _KINDS[m.entry] == "neg" or not all(i in consumed for i in m.used):
            found[_KINDS[m.entry]].append(m)
    clause, sentence = clauses(tokens, {m.lo for m in found["contrast"]})
    said = _Said(tokens, clause, sentence, [0] * len(tokens), found, consumed, closed or set())
    _denied(said)
    for m in found["void"]:
        if tokens[m.hi].stem == "before" and tokens[m.hi - 1].stem == "since":
            continue  # 'has not passed urine since before the jump'
        for i in range(m.lo, m.hi + 1):
            said.flags[i] |= VOID
    _ahead(said)
    mark_signs(tokens, clause, said.flags)
    _doubt(tokens, clause, said.flags, found["hypo"])
    _to_come(said)
    for m in found["cured"]:
        reach_back(tokens, clause, said.flags, m, CURED, anyhow=True)
    _advice(tokens, sentence, said.flags)
    for m in found["hypo_after"]:
        reach_back(tokens, clause, said.flags, m, HYPO)
    _gone(said)
    _past(tokens, clause, said.flags, found)
    mark_family(tokens, clause, sentence, said.flags, consumed, patient)
    questions = mark_questions(tokens, clause, sentence, said.flags)
    cue_tokens = {i for k in _KINDS if k not in ("contrast", "not_past") for m in found[k] for i in m.used}
    return Context(said.flags, clause, sentence, cue_tokens, questions)


class _Said(NamedTuple):
    """The text while it is being annotated: ``found`` are the cues by kind."""

    tokens: Sequence[Token]
    clause: list[int]
    sentence: list[int]
    flags: list[int]
    found: dict[str, list[Match]]
    consumed: set[int]
    closed: set[int]

    @property
    def pseudo(self) -> set[int]:
        """Tokens of words that look like a negation and are none."""
        apparent = [m for m in self.found["pseudo"] if not _spared(self.tokens, m)]
        pseudo = {i for m in apparent for i in range(m.lo, m.hi + 1)}
        return pseudo | {i for m in self.found["void"] for i in m.used}


def _spared(tokens: Sequence[Token], m: Match) -> bool:
    """'I don't have to get up': denied, unlike 'try not to get up'."""
    return tokens[m.hi].stem == "to" and any(tokens[i].stem == "have" for i in range(m.lo, m.hi))


def _denied(said: _Said) -> None:
    """'no', 'denies' forward; 'absent', 'negative' back; 'no longer' to the end of its clause."""
    tokens, clause, flags, found, pseudo = said.tokens, said.clause, said.flags, said.found, said.pseudo
    far = {m.lo for m in found["far"]}
    for m in found["neg"]:
        if pseudo.intersection(m.used) or _until_follows(tokens, clause, m):
            continue
        if not said.consumed.intersection(m.used):
            reach(tokens, clause, flags, m.hi, NEG, far=m.lo in far)
        else:
            reach_past_phrase(tokens, clause, flags, m.hi, said.consumed)
    for m in found["after"]:
        if not (pseudo | said.consumed | said.closed).intersection(m.used):
            reach_back(tokens, clause, flags, m, NEG)
    for m in found["lapsed"]:
        if not (said.consumed | pseudo).intersection(m.used) and not _more_now(tokens, said.sentence, m):
            for i in range(m.hi + 1, len(tokens)):
                if clause[i] != clause[m.hi]:
                    break
                flags[i] |= LAPSED


MORE_NOW = stem_set("every more worse constantly always daily")


def _more_now(tokens: Sequence[Token], sentence: Sequence[int], m: Match) -> bool:
    """'My legs used to swell now and then, but these days it is every day': it is there more than before."""
    here = [t.stem for i, t in enumerate(tokens[m.hi + 1 :], m.hi + 1) if sentence[i] == sentence[m.hi]]
    return "but" in here and not MORE_NOW.isdisjoint(here[here.index("but") :])


def _ahead(said: _Said) -> None:
    """Cues that reach a number of words ahead: fear, condition, past, opinion, wish, likeness."""
    tokens, clause, pseudo = said.tokens, said.clause, said.pseudo
    for kind, bit, limit in (
        ("hypo", HYPO, 14),
        ("cond", COND, 30),
        ("past", PAST, 6),
        ("opinion", OPINION, 8),
        ("wish", COND, 4),
        ("likened", LIKENED, 8),
    ):
        for m in said.found[kind]:
            if (kind == "hypo" and _about_somebody(tokens, m)) or (kind == "past" and _until_now(tokens, m)):
                continue
            seen = kind == "hypo" and _worry_about_what_is_there(tokens, m)
            for i in range(m.hi + 1, min(len(tokens), m.hi + 1 + limit)):
                if clause[i] != clause[m.hi] and (kind != "cond" or said.sentence[i] != said.sentence[m.hi]):
                    break
                if kind == "hypo" and tokens[i].stem == "," and not PARTS.isdisjoint(t.stem for t in tokens[i : i + 5]):
                    break  # 'worried it is a clot, calf is swollen': the swelling is told as seen
                if kind == "past" and (tokens[i].stem in (",", "with") or not pseudo.isdisjoint(m.used)):
                    break
                said.flags[i] |= OPINION if seen else bit


def _until_now(tokens: Sequence[Token], m: Match) -> bool:
    """'Over the past 3 weeks my ankles have swollen' tells of now."""
    return tokens[m.hi].stem == "past" and m.hi + 1 < len(tokens) and tokens[m.hi + 1].kind == "n"


def _about_somebody(tokens: Sequence[Token], m: Match) -> bool:
    """'Worried about my wife, 38, MS for ten years': the worry names a person, and what follows is known of her."""
    ahead = [t.stem for t in tokens[m.lo : m.hi + 5] if t.kind == "w"]
    return tokens[m.lo].stem in WORRY and "about" in ahead and not cues.FAMILY.isdisjoint(ahead)


def _to_come(said: _Said) -> None:
    """'Flight next week': both ways within the comma segment."""
    tokens, clause = said.tokens, said.clause
    for m in said.found["future"]:
        for i in range(max(0, m.lo - 7), min(len(tokens), m.hi + 7)):
            apart = any(tokens[j].stem == "," for j in range(min(i, m.lo), max(i, m.hi) + 1))
            if clause[i] == clause[m.lo] and not apart:
                said.flags[i] |= FUTURE


GONE_BEFORE = frozenset([",", ".", ";", "!", "?", ")", "\n", "now", "complete", "complet", "after", "since"])


def _gone(said: _Said) -> None:
    """'The swelling has gone': at the end of a clause."""
    for m in said.found["gone"]:
        nxt = m.hi + 1
        if nxt >= len(said.tokens) or said.clause[nxt] != said.clause[m.hi] or said.tokens[nxt].stem in GONE_BEFORE:
            reach_back(said.tokens, said.clause, said.flags, m, LAPSED, anyhow=True)


def _until_follows(tokens: Sequence[Token], clause: Sequence[int], m: Match) -> bool:
    """'Never had cramps until she started indapamide' denies nothing of now."""
    if tokens[m.hi].stem != "never":
        return False
    ahead = range(m.hi + 1, min(len(tokens), m.hi + 14))
    return any(tokens[i].stem in ("until", "till") and clause[i] == clause[m.hi] for i in ahead)


POSSESSIVE = frozenset(["my", "his", "her", "their", "the", "your"])


def _doubt(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], found: Sequence[Match]) -> None:
    """'Worried it's cancer' is no cancer; 'worried about her diabetes' is diabetes."""
    for m in found:
        if _about_somebody(tokens, m):
            continue
        for i in range(m.hi + 1, min(len(tokens), m.hi + 7)):
            if clause[i] != clause[m.hi] or tokens[i].stem == "," or tokens[i].text.lower() in POSSESSIVE:
                break
            flags[i] |= DOUBT


WORRY = stem_set("""
    worried worries worry afraid scared fear feared frightened concerned concern terrified panicking anxious nervous
    wonder wondering
""")


TOLD = stem_set("my his her because why since swollen red hot cold numb pale blue weak breathless")


def _worry_about_what_is_there(tokens: Sequence[Token], m: Match) -> bool:
    """'Worried because my calf is swollen', 'scared my foot is cold': the sign is told, only a disease is feared."""
    if tokens[m.lo].stem == "be" and any(t.stem in JUDGED for t in tokens[m.hi + 1 : m.hi + 3]):
        return True  # 'is it dangerous that my foot is cold'
    return tokens[m.lo].stem in WORRY and any(t.stem in TOLD for t in tokens[m.hi + 1 : m.hi + 5])


def _advice(tokens: Sequence[Token], sentence: Sequence[int], flags: list[int]) -> None:
    """'If your leg swells you should call': a sentence with *if* and a word of advice tells nothing of now."""
    asked = {
        sentence[i] for i, t in enumerate(tokens) if t.stem == "what" and (not i or sentence[i] != sentence[i - 1])
    }
    conditional = {sentence[i] for i, t in enumerate(tokens) if t.stem == "if"} - asked
    advised = conditional & {sentence[i] for i, t in enumerate(tokens) if t.stem in cues.ADVICE}
    for i, s in enumerate(sentence):
        if s in advised:
            flags[i] |= COND


def _past(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], found: dict[str, list[Match]]) -> None:
    current = [m.lo for m in found["not_past"]]
    marks = [m.lo for m in found["past_any"]]
    for i in range(1, len(tokens)):
        if tokens[i].stem == "ago" and tokens[i - 1].stem == "year":
            marks.append(i)
        elif tokens[i].kind == "n" and CALENDAR_YEAR.fullmatch(tokens[i].text) and tokens[i - 1].stem not in NOT_A_DATE:
            for j in range(i - 1, max(-1, i - 5), -1):
                if clause[j] != clause[i] or tokens[j].stem in ("(", ","):
                    break
                flags[j] |= PAST
    for at in marks:
        if any(clause[i] == clause[at] and (abs(i - at) <= 5 or -9 <= i - at <= 0) for i in current):
            continue
        for step in (-1, 1):
            i = at + step
            while 0 <= i < len(tokens) and clause[i] == clause[at] and tokens[i].stem not in (",", "now"):
                flags[i] |= PAST
                i += step
