"""What is told of a relative: everything from the relative's name to the writer's next *I*, or what stands before 'in
my mother'."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake import cues
from hickam.intake.clauses import PARTS
from hickam.intake.flags import FAMILY
from hickam.intake.words import Token


def mark_family(
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
        if t.stem in cues.ANIMAL:
            if not _ill_animal(tokens, i):
                continue
        else:
            _in_the_family(tokens, clause, flags, i)
        if nxt in ("of", "planning", "practice", "doctor", "physician", "medicine") and t.stem != "family":
            continue
        if nxt in ("doctor", "physician", "plan", "practic", "medicin"):
            continue
        following = {tokens[j].stem for j in range(i + 1, min(n, i + 3))}
        if following & cues.INFORMANT and not _feels_ill(tokens, i):
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


TOUCHED = frozenset(["my", "that", "it", "this", "the", "her", "his", "i", "he", "she", "like"])


def _feels_ill(tokens: Sequence[Token], i: int) -> bool:
    """'My wife feels faint' tells of her; 'my wife feels that I limp' and 'felt my calf' of the patient."""
    if [t.stem for t in tokens[i + 1 : i + 2]] != ["feel"] or i + 2 >= len(tokens):
        return False
    return tokens[i + 2].kind == "w" and tokens[i + 2].text.lower() not in TOUCHED


def _ill_animal(tokens: Sequence[Token], i: int) -> bool:
    """'My cat has diabetes' and 'the dog's leg'; not 'bitten by my cat', 'walking the dog' or a CAT scan."""
    nxt = tokens[i + 1].stem if i + 1 < len(tokens) else ""
    owned = i > 0 and tokens[i - 1].text.lower() in ("my", "our", "the")
    return owned and (nxt in ("have", "get", "be", "die", "suffer") or tokens[i].text.lower().endswith(("'s", "’s")))


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
