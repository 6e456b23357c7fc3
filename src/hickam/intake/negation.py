"""How far a negation reaches: forward over its segment and lists, back over what 'absent' follows; minus signs."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake.clauses import OPENERS, PARTS, SUBJECTS, VERBS, listy, query_mark, segments
from hickam.intake.flags import DOUBT, HYPO, NEG
from hickam.intake.matching import FILLER, FREE, Match
from hickam.intake.words import Token, stem_set


def reach(tokens: Sequence[Token], clause: Sequence[int], flags: list[int], cue: int, bit: int, *, far: bool) -> None:
    if cue + 1 >= len(tokens) or clause[cue + 1] != clause[cue]:
        return
    parts = segments(tokens, clause, cue + 1)
    unable = _inability(tokens, cue)
    if unable or _own_no(tokens, clause, cue):
        parts = parts[:1] if "or" not in {t.stem for t in tokens[cue : parts[-1][1]]} else parts
    last = 0
    for k, (lo, hi) in enumerate(parts[1:], 1):
        if not listy(tokens, lo, hi, 6):
            break
        words = {tokens[i].stem for i in range(lo, hi)}
        named = tokens[lo].stem == "and" and k >= 2 and lo + 1 < hi and tokens[lo + 1].stem not in OPENERS | {"a", "an"}
        if words & {"or", "nor"} or named:
            last = k
    closed = any(tokens[i].stem in ("or", "nor") for i in range(*parts[0]))
    if far or (last == 0 and not closed):
        for k, (lo, hi) in enumerate(parts[1:], 1):
            if not listy(tokens, lo, hi, 5 if far else 2):
                break
            if not far and len(parts) == 2 and _told_anew(tokens, lo, hi):
                break
            if not far and len(parts) == 2 and any(tokens[i].stem in PARTS for i in range(lo, hi)):
                break  # 'no fever, leg cramps': what the story is about is not denied in passing
            if far or len(parts) == 1 + k or len(parts) > 3:
                last = max(last, k)
    for k, (lo, hi) in enumerate(parts[: last + 1]):
        for i in range(lo, hi):
            if k == 0 and i > lo and tokens[i].stem in ("with", "until", "till", "befor", "before", "since", "because"):
                break
            if unable and _second_inability(tokens, i, hi):
                break
            flags[i] |= bit


def _second_inability(tokens: Sequence[Token], i: int, hi: int) -> bool:
    """'Could not turn over and next morning could not move': what comes after *and* is told, not denied."""
    return tokens[i].stem == "and" and any(_inability(tokens, j) for j in range(i + 2, min(hi, i + 6)))


ANEW = frozenset(["heavy", "limps", "limping", "bruise", "bruises", "trips", "tripping", "drags", "worse", "stiff"])


def _told_anew(tokens: Sequence[Token], lo: int, hi: int) -> bool:
    """'No swelling, bruise easily', 'no fever, limping', 'no pain, heavy': after the comma stands what somebody does or
    is, no further noun of the denied list."""
    words = [tokens[i].text.lower() for i in range(lo, hi) if tokens[i].kind == "w"]
    return bool(words) and (words[0] in ANEW or words[-1].endswith("ly"))


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


def reach_past_phrase(
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
        reach(tokens, clause, flags, end, NEG, far=False)


def reach_back(
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


MINUS = frozenset("-−–")
NO_SIGN = (
    OPENERS | VERBS | SUBJECTS | stem_set("worse better at in for especially only like no not mainly mostly usually")
)
"""'Leg cramps -worse at night': a dash, no minus."""


def mark_signs(tokens: Sequence[Token], clause: Sequence[int], flags: list[int]) -> None:
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
