"""Where a sentence ends and a clause begins, and the comma segments of a clause."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake import cues
from hickam.intake.words import Token, stem_set

LONGEST_CLAUSE = 120
"""Tokens; a longer sentence is cut, so that every rule looks at a bounded stretch."""
SENTENCE_END = frozenset([".", "!", "?", "\n", "•"])
SUBJECTS = stem_set("i he she it they we you there")
VERBS = stem_set("be have do feel get go come start begin becom notic develop seem look wake say tell now then")
BEGIN_ANEW = stem_set("can could will very slight slightly mild mildly somewhat occasional occasionally increasing")
"""They begin a clause after *and*: 'I couldn't pass water and could barely walk', 'don't smoke and very active',
'without pain and slightly numb toes'."""
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
OWNERS = stem_set("my his her")
OPENERS = stem_set("with has sever mild some left right on now but and current marked acut both also the his her my")


def query_mark(tokens: Sequence[Token], i: int) -> bool:
    """A question mark right before a word, as doctors write '?DVT': it ends no sentence."""
    if i + 1 >= len(tokens) or tokens[i + 1].kind != "w":
        return False
    before = i == 0 or tokens[i - 1].end < tokens[i].start or tokens[i - 1].text in "(/,:;"
    return before and (tokens[i + 1].start == tokens[i].end or tokens[i + 1].start == tokens[i].end + 1)


def clauses(tokens: Sequence[Token], contrast: set[int]) -> tuple[list[int], list[int]]:
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
                or (prev == "," and t.stem in ("just", "rather", "only"))
                or (t.stem in ("and", "so", "then") and nxt in SUBJECTS)
                or (t.stem == "and" and nxt in VERBS | BEGIN_ANEW)
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
    """'I cannot bend my knees and [my] pee is dark', 'no fever and my heart is skipping': after a denied verb *and* may
    bring a new subject, after any denial one that says whose it is."""
    owned = i + 1 < len(tokens) and tokens[i + 1].stem in OWNERS
    ahead = [t.stem for t in tokens[i + 1 : i + (8 if owned else 5)]]
    if not any(s in ("be", "have", "go") for s in ahead[1:]) or "," in ahead:
        return False
    denials = ("not", "no", "without") if owned else ("not",)
    return any(clause[j] == current and tokens[j].stem in denials for j in range(max(0, i - 12), i))


def segments(tokens: Sequence[Token], clause: Sequence[int], start: int) -> list[tuple[int, int]]:
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


def listy(tokens: Sequence[Token], lo: int, hi: int, longest: int) -> bool:
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
