"""Yes/no questions and their answers in a dialogue."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake import cues
from hickam.intake.flags import ASKED, DOUBT, HYPO, NEG, OPINION
from hickam.intake.words import Token, stem_set

JUDGED = stem_set("dangerous normal serious bad worrying ok okay common alarming safe")


def mark_questions(
    tokens: Sequence[Token], clause: Sequence[int], sentence: Sequence[int], flags: list[int]
) -> set[int]:
    """Mark yes/no questions, unless the next sentence answers: yes leaves them as stated, no negates them."""
    starts: list[int] = []
    for i in range(len(tokens)):
        if i == 0 or sentence[i] != sentence[i - 1]:
            starts.append(i)
    out: set[int] = set()
    for k, lo in enumerate(starts):
        hi = starts[k + 1] if k + 1 < len(starts) else len(tokens)
        if hi - lo < 2 or tokens[hi - 1].stem != "?":
            continue
        out.add(sentence[lo])
        answer = _first_word(tokens, hi)
        bit = ASKED
        if answer in cues.YES:
            bit = 0
        elif answer in cues.NO:
            bit = NEG
        clause_first = True
        asking = False
        _fragment(tokens, lo, hi, bit, flags)
        for i in range(lo, hi):
            if clause_first and tokens[i].kind == "w":
                asking = tokens[i].stem in cues.AUXILIARY
                clause_first = False
                if tokens[i].stem in ("and", "or", "so", "doctor"):
                    clause_first = True
            told = tokens[i].stem in ("that", "because", "when") and tokens[i - 1].stem in JUDGED
            if told or (tokens[i].stem == "if" and tokens[lo].stem == "what"):
                asking = False  # 'is it dangerous that my foot is cold', 'what should I do if my leg is swollen': it is
            if asking:
                flags[i] = flags[i] | bit if bit != NEG else (flags[i] & ~HYPO) | NEG
            if tokens[i].stem == ":" or (i + 1 < hi and clause[i + 1] != clause[i]):
                clause_first = True
    return out


def _fragment(tokens: Sequence[Token], lo: int, hi: int, bit: int, flags: list[int]) -> None:
    """'Swollen calf, DVT/PE?': the last few words before the mark, without a verb, are the question."""
    start = hi - 1
    while start > lo and tokens[start - 1].stem not in (",", ";", ":", "-") and hi - start <= 7:
        start -= 1
    words = [t.stem for t in tokens[start : hi - 1] if t.kind == "w"]
    if not words or len(words) > 4 or any(w in cues.AUXILIARY or w in ("i", "my") for w in words):
        return
    seen = not {"leg", "calf", "foot", "ankle", "thigh", "knee", "shin", "toe"}.isdisjoint(words)
    asked = OPINION if seen else HYPO | DOUBT  # 'swollen left leg?' asks why, not whether
    for i in range(start, hi - 1):
        flags[i] = flags[i] | asked if bit == ASKED else flags[i] | bit


def _first_word(tokens: Sequence[Token], at: int) -> str:
    for i in range(at, min(len(tokens), at + 6)):
        if tokens[i].kind == "w" and not (i + 1 < len(tokens) and tokens[i + 1].stem == ":"):
            if tokens[i].stem in ("oh", "well", "um", "uh"):
                return _first_word(tokens, i + 1)
            alone = i + 1 == len(tokens) or tokens[i + 1].kind == "p" or tokens[i + 1].stem in ("i", "he", "she", "it")
            return tokens[i].stem if alone else ""
    return ""
