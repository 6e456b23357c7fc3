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
from hickam.intake.flags import COND, CURED, DOUBT, FAMILY, FUTURE, HYPO, LAPSED, NEG, OPINION, PAST, VOID
from hickam.intake.matching import FILLER, FREE, Match, Trie, add_phrase, find_matches
from hickam.intake.words import Token, phrase_stems, stem_set

CALENDAR_YEAR = re.compile(r"(?:19[3-9]|20[0-4])[0-9]")
NOT_A_DATE = stem_set(
    "cell count ck cpk wbc leucocytes platelets neutrophils d dimer ferritin b12 of than was over titre titer > < ≥ ≤ ="
)
LONGEST_CLAUSE = 120
"""Tokens; a longer sentence is cut, so that every rule looks at a bounded stretch."""

SENTENCE_END = frozenset([".", "!", "?", "\n", "•"])
SUBJECTS = stem_set("i he she it they we you there")
VERBS = stem_set("be have do feel get go come start begin becom notic develop seem look wake say tell now then")
SEEN = frozenset(
    [
        "cold",
        "cool",
        "white",
        "pale",
        "blue",
        "red",
        "hot",
        "swollen",
        "tender",
        "numb",
        "hard",
        "mottled",
        "dusky",
        "weak",
        "stiff",
        "sore",
        "painful",
        "tight",
    ]
)
PARTS = stem_set("leg calf foot toe thigh shin ankle knee limb")
OPENERS = stem_set("with has sever mild some left right on now but and current marked acut both also the his her my")


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
    n = len(tokens)
    found: dict[str, list[Match]] = {k: [] for k in _KINDS}
    for m in find_matches(cue_trie(), tokens):
        if _KINDS[m.entry] == "neg" or not all(i in consumed for i in m.used):
            found[_KINDS[m.entry]].append(m)
    pseudo = {i for m in found["pseudo"] for i in range(m.lo, m.hi + 1)} | {i for m in found["void"] for i in m.used}
    clause, sentence = _clauses(tokens, {m.lo for m in found["contrast"]})
    flags = [0] * n
    cue_tokens = {i for k in _KINDS if k not in ("contrast", "not_past") for m in found[k] for i in m.used}
    far = {m.lo for m in found["far"]}
    for m in found["neg"]:
        if pseudo.intersection(m.used) or _until_follows(tokens, clause, m):
            continue
        if not consumed.intersection(m.used):
            _reach(tokens, clause, flags, m.hi, NEG, far=m.lo in far)
        else:
            _reach_past_phrase(tokens, clause, flags, m.hi, consumed)
    for m in found["after"]:
        if (
            not pseudo.intersection(m.used)
            and not consumed.intersection(m.used)
            and not (closed and closed.intersection(m.used))
        ):
            _reach_back(tokens, clause, flags, m, NEG)
    for m in found["void"]:
        for i in range(m.lo, m.hi + 1):
            flags[i] |= VOID
    for m in found["lapsed"]:
        if not consumed.intersection(m.used) and not pseudo.intersection(m.used):
            for i in range(m.hi + 1, n):
                if clause[i] != clause[m.hi]:
                    break
                flags[i] |= LAPSED
    for kind, bit, limit in (
        ("hypo", HYPO, 14),
        ("cond", COND, 30),
        ("past", PAST, 6),
        ("opinion", OPINION, 8),
        ("wish", COND, 4),
    ):
        for m in found[kind]:
            if kind == "hypo" and _worry_about_what_is_there(tokens, m):
                bit = OPINION
            elif kind == "hypo":
                bit = HYPO
            for i in range(m.hi + 1, min(n, m.hi + 1 + limit)):
                if clause[i] != clause[m.hi] and (kind != "cond" or sentence[i] != sentence[m.hi]):
                    break
                if kind == "hypo" and tokens[i].stem == "," and not PARTS.isdisjoint(t.stem for t in tokens[i : i + 5]):
                    break  # 'worried it is a clot, calf is swollen': the swelling is told as seen
                if kind == "past" and (tokens[i].stem in (",", "with") or not pseudo.isdisjoint(m.used)):
                    break
                flags[i] |= bit
    _signs(tokens, clause, flags)
    _doubt(tokens, clause, flags, found["hypo"])
    for m in found["future"]:
        for i in range(max(0, m.lo - 7), min(n, m.hi + 7)):
            if clause[i] == clause[m.lo] and not any(
                tokens[j].stem == "," for j in range(min(i, m.lo), max(i, m.hi) + 1)
            ):
                flags[i] |= FUTURE
    for m in found["cured"]:
        _reach_back(tokens, clause, flags, m, CURED, anyhow=True)
    _advice(tokens, sentence, flags)
    for m in found["hypo_after"]:
        _reach_back(tokens, clause, flags, m, HYPO)
    for m in found["gone"]:
        if (
            m.hi + 1 >= n
            or clause[m.hi + 1] != clause[m.hi]
            or tokens[m.hi + 1].stem in (",", ".", ";", "!", "?", ")", "\n", "now", "complete", "after", "since")
        ):
            _reach_back(tokens, clause, flags, m, LAPSED, anyhow=True)
    _past(tokens, clause, flags, found)
    _family(tokens, clause, sentence, flags, consumed, patient)
    questions = mark_questions(tokens, clause, sentence, flags)
    return Context(flags, clause, sentence, cue_tokens, questions)


def _until_follows(tokens: Sequence[Token], clause: Sequence[int], m: Match) -> bool:
    """'Never had cramps until she started indapamide' denies nothing of now."""
    if tokens[m.hi].stem != "never":
        return False
    ahead = range(m.hi + 1, min(len(tokens), m.hi + 14))
    return any(tokens[i].stem in ("until", "till") and clause[i] == clause[m.hi] for i in ahead)


MINUS = frozenset("-−–")
NO_SIGN = (
    OPENERS | VERBS | SUBJECTS | stem_set("worse better at in for especially only like no not mainly mostly usually")
)
"""'Leg cramps -worse at night': a dash, no minus."""


def _signs(tokens: Sequence[Token], clause: Sequence[int], flags: list[int]) -> None:
    """'-fever', '(-) oedema', 'oedema (-)': a minus denies; '?DVT' and '? DVT' ask."""
    n = len(tokens)
    for i, t in enumerate(tokens):
        if t.kind != "p":
            continue
        nxt = tokens[i + 1] if i + 1 < n else None
        if t.text == "?" and query_mark(tokens, i):
            for j in range(i + 1, min(n, i + 7)):
                if tokens[j].stem in (",", ";", ".", "\n", "?", "-", "–", "(", ")") or clause[j] != clause[i + 1]:
                    break
                flags[j] |= HYPO | DOUBT
        if t.text not in MINUS or nxt is None:
            continue
        apart = i == 0 or tokens[i - 1].end < t.start
        if nxt.text == ")" and i and tokens[i - 1].text == "(":
            after = tokens[i + 2] if i + 2 < n else None
            if after is None or after.kind == "p":
                for j in range(i - 2, max(-1, i - 7), -1):
                    if tokens[j].kind == "p" or clause[j] != clause[i]:
                        break
                    flags[j] |= NEG
            else:
                _minus(tokens, clause, flags, i + 2)
        elif (
            nxt.kind == "w"
            and nxt.start == t.end
            and nxt.stem not in NO_SIGN
            and (apart or tokens[i - 1].text in ",(/;")
        ):
            _minus(tokens, clause, flags, i + 1)


def _minus(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], start: int) -> None:
    for j in range(start, min(len(tokens), start + 6)):
        if tokens[j].kind == "p" or clause[j] != clause[start]:
            break
        flags[j] |= NEG


def query_mark(tokens: Sequence[Token], i: int) -> bool:
    """A question mark right before a word, as doctors write '?DVT': it ends no sentence."""
    if i + 1 >= len(tokens) or tokens[i + 1].kind != "w":
        return False
    before = i == 0 or tokens[i - 1].end < tokens[i].start or tokens[i - 1].text in "(/,:;"
    return before and (tokens[i + 1].start == tokens[i].end or tokens[i + 1].start == tokens[i].end + 1)


POSSESSIVE = frozenset(["my", "his", "her", "their", "the", "your"])


def _doubt(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], found: Sequence[Match]) -> None:
    """'Worried it's cancer' is no cancer; 'worried about her diabetes' is diabetes."""
    for m in found:
        for i in range(m.hi + 1, min(len(tokens), m.hi + 7)):
            if clause[i] != clause[m.hi] or tokens[i].stem == "," or tokens[i].text.lower() in POSSESSIVE:
                break
            flags[i] |= DOUBT


def _clauses(tokens: Sequence[Token], contrast: set[int]) -> tuple[list[int], list[int]]:
    clause: list[int] = []
    sentence: list[int] = []
    c = s = since = 0
    n = len(tokens)
    for i, t in enumerate(tokens):
        if t.kind == "w" and i:
            nxt = tokens[i + 1].stem if i + 1 < n else ""
            prev = tokens[i - 1].stem
            if (
                t.stem in cues.CONTRAST
                or i in contrast
                or (prev == "," and t.stem in SUBJECTS and t.stem != "there")
                or (t.stem in ("and", "so", "then") and nxt in SUBJECTS)
                or (t.stem == "and" and nxt in VERBS)
                or (t.stem == "and" and _new_subject(tokens, i, clause, c))
            ):
                c += 1
        if i - since >= LONGEST_CLAUSE:  # text without punctuation must not cost more than its length
            since = i
            c += 1
            s += 1
        clause.append(c)
        sentence.append(s)
        if t.stem in SENTENCE_END and t.kind == "p" and not (t.text == "?" and query_mark(tokens, i)):
            c += 1
            s += 1
            since = i
        elif t.stem in (";", ":"):
            c += 1
    return clause, sentence


def _new_subject(tokens: Sequence[Token], i: int, clause: Sequence[int], current: int) -> bool:
    """'I cannot bend my knees and [my] pee is dark': after a denied verb *and* may bring a new subject."""
    ahead = [t.stem for t in tokens[i + 1 : i + 5]]
    if not any(s in ("be", "have", "go") for s in ahead[1:4]) or "," in ahead:
        return False
    return any(clause[j] == current and tokens[j].stem == "not" for j in range(max(0, i - 12), i))


def _segments(tokens: Sequence[Token], clause: Sequence[int], start: int) -> list[tuple[int, int]]:
    """Comma segments (from, to exclusive) of the clause, from ``start`` on."""
    out: list[tuple[int, int]] = []
    lo = start
    i = start
    while i < len(tokens) and clause[i] == clause[start - 1]:
        if tokens[i].stem == ",":
            out.append((lo, i))
            lo = i + 1
        i += 1
    out.append((lo, i))
    return out


def _listy(tokens: Sequence[Token], lo: int, hi: int, longest: int) -> bool:
    words = [tokens[i].stem for i in range(lo, hi) if tokens[i].kind != "p"]
    if not words or len(words) > longest or any(tokens[i].kind == "n" for i in range(lo, hi)):
        return False
    head = words[1:] if words[0] in ("or", "nor", "and") else words
    if len(head) > 1 and tokens[hi - 1].text.lower() in SEEN and any(w in PARTS for w in head[:-1]):
        return False  # 'no redness, leg cold' says that the leg is cold
    return (
        bool(head)
        and head[0] not in OPENERS
        and head[0] not in ("no", "not", "without")
        and not any(w in VERBS or w in SUBJECTS for w in head)
    )


def _reach(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], cue: int, bit: int, *, far: bool) -> None:
    if cue + 1 >= len(tokens) or clause[cue + 1] != clause[cue]:
        return
    segments = _segments(tokens, clause, cue + 1)
    if _inability(tokens, cue) or _own_no(tokens, clause, cue):
        segments = segments[:1] if "or" not in {t.stem for t in tokens[cue : segments[-1][1]]} else segments
    last = 0
    for k, (lo, hi) in enumerate(segments[1:], 1):
        if not _listy(tokens, lo, hi, 6):
            break
        words = {tokens[i].stem for i in range(lo, hi)}
        named = tokens[lo].stem == "and" and k >= 2 and lo + 1 < hi and tokens[lo + 1].stem not in OPENERS | {"a", "an"}
        if words & {"or", "nor"} or named:
            last = k
    closed = any(tokens[i].stem in ("or", "nor") for i in range(*segments[0]))
    if far or (last == 0 and not closed):
        for k, (lo, hi) in enumerate(segments[1:], 1):
            if not _listy(tokens, lo, hi, 5 if far else 2):
                break
            if not far and len(segments) == 2 and any(tokens[i].stem in PARTS for i in range(lo, hi)):
                break  # 'no fever, leg cramps': what the story is about is not denied in passing
            if far or len(segments) == 1 + k or len(segments) > 3:
                last = max(last, k)
    for k, (lo, hi) in enumerate(segments[: last + 1]):
        for i in range(lo, hi):
            if k == 0 and i > lo and tokens[i].stem in ("with", "until", "till", "befor", "before", "since"):
                break
            flags[i] |= bit


def _inability(tokens: Sequence[Token], cue: int) -> bool:
    """'Cannot', 'will not', 'not able to': says what someone does not do, and starts no list of denials."""
    before = tokens[cue - 1].stem if cue else ""
    nxt = tokens[cue + 1].stem if cue + 1 < len(tokens) else ""
    return tokens[cue].stem == "not" and (before in ("can", "could", "will", "would") or nxt in ("able", "abl"))


def _own_no(tokens: Sequence[Token], clause: Sequence[int], cue: int) -> bool:
    """'No cold foot, no numbness, no weakness, calf cramps': where each has its *no*, what has none is not denied."""
    if cue < 2 or tokens[cue - 1].stem != "," or tokens[cue].stem not in ("no", "nil"):
        return False
    i = cue - 2
    while i >= 0 and clause[i] == clause[cue] and tokens[i].stem != ",":
        i -= 1
    return tokens[i + 1].stem == tokens[cue].stem


def _reach_past_phrase(
    tokens: Sequence[Token], clause: Sequence[int], flags: list[int], cue: int, consumed: set[int]
) -> None:
    """A negation inside a phrase goes on over the rest of its list: 'never at rest [or at night]'."""
    end = cue
    for i in range(cue + 1, min(len(tokens), cue + 14)):
        inside = i in consumed or tokens[i].stem in FREE or tokens[i].stem in FILLER
        if not inside or clause[i] != clause[cue] or (i > cue + 1 and tokens[i].stem in ("or", "nor")):
            break
        end = i
    if end + 1 >= len(tokens) or clause[end + 1] != clause[cue]:
        return
    nxt = tokens[end + 1].stem
    if nxt in ("or", "nor") or (nxt == "," and tokens[cue].stem in ("no", "without", "never", "nil", "deni")):
        _reach(tokens, clause, flags, end, NEG, far=False)


def _reach_back(
    tokens: Sequence[Token], clause: Sequence[int], flags: list[int], m: Match, bit: int, *, anyhow: bool = False
) -> None:
    nxt = m.hi + 1
    if (
        not anyhow
        and nxt < len(tokens)
        and clause[nxt] == clause[m.hi]
        and tokens[nxt].kind == "w"
        and tokens[nxt].stem
        not in (
            "on",
            "in",
            "at",
            "bilateral",
            "both",
            "to",
            "and",
            "or",
            "throughout",
            "below",
        )
    ):
        return
    i = m.lo - 1
    joined = False
    count = 0
    while i >= 0 and clause[i] == clause[m.lo] and count < 14:
        s = tokens[i].stem
        if s == "," and not joined:
            break
        if s in ("and", "or"):
            joined = True
        if s in ("no", "not", "with") or tokens[i].kind == "n":
            break
        flags[i] |= bit
        i -= 1
        count += 1
    if (
        tokens[m.lo].stem in ("no", "none", "nil", "negativ", "absent", "deni")
        and m.lo
        and tokens[m.lo - 1].stem == ":"
    ):
        j = m.lo - 2
        while j >= 0 and clause[j] == clause[m.lo - 1]:
            flags[j] |= bit
            j -= 1


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


def _family(
    tokens: Sequence[Token],
    clause: Sequence[int],
    sentence: Sequence[int],
    flags: list[int],
    consumed: set[int],
    patient: str,
) -> None:
    n = len(tokens)
    for i, t in enumerate(tokens):
        if t.kind != "w" or t.stem == patient or (t.stem not in cues.FAMILY and t.stem not in cues.ANIMAL):
            continue
        nxt = tokens[i + 1].stem if i + 1 < n else ""
        if t.stem in cues.ANIMAL and (
            i == 0 or tokens[i - 1].text.lower() not in ("my", "our", "the") or nxt == "scan"
        ):
            continue
        _in_the_family(tokens, clause, flags, i)
        if nxt in ("of", "planning", "practice", "doctor", "physician", "medicine") and t.stem != "family":
            continue
        if nxt in ("doctor", "physician", "plan", "practic", "medicin"):
            continue
        following = {tokens[j].stem for j in range(i + 1, min(n, i + 3))}
        if following & cues.INFORMANT:
            continue
        mine = False
        for j in range(i, n):
            if sentence[j] != sentence[i] or tokens[j].stem == ";" or (j > i and tokens[j].stem in cues.CONTRAST):
                break
            if tokens[j].stem == "," and _own_complaint(tokens, i, j):
                mine = True
            if j > i and (tokens[j].stem == "i" or tokens[j].text.lower() == "my") and t.stem != "family":
                mine = True
            if mine or (tokens[j].stem == "so" and j > i):
                break
            flags[j] |= FAMILY


def _own_complaint(tokens: Sequence[Token], relative: int, comma: int) -> bool:
    """'My mother has PAD, calf pain on walking': what is told of the leg after it is the patient's again."""
    ahead = [t.stem for t in tokens[comma + 1 : comma + 4]]
    while ahead and ahead[0] in ("left", "right", "both", "my"):
        ahead = ahead[1:]
    told = any(t.stem in ("have", "take", "on", "with", "die") for t in tokens[relative + 1 : comma])
    return bool(ahead) and ahead[0] in PARTS and told


def _in_the_family(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], i: int) -> None:
    """'Diabetes runs in the family', 'varicose veins in my mother': what stands before is the relative's."""
    j = i - 1
    while j >= 0 and tokens[j].text.lower() in ("my", "the", "his", "her", "their", "our", "both", "a", "maternal"):
        j -= 1
    if j < 0 or tokens[j].stem != "in":
        return
    k = j
    while k >= 0 and clause[k] == clause[i] and k > j - 10 and tokens[k].stem != ",":
        flags[k] |= FAMILY
        k -= 1
