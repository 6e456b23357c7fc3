"""What the pass with the pack's words heard otherwise, as proposals.

That pass knows drug names the first one garbles, but it also invents them and drops whole sentences (measured). So
only a replacement that brings in a name of the pack and sounds like what was heard is offered; nothing is taken away.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from hickam.intake.speech.hints import Names, alike, plain, speaks_of_medicines
from hickam.model.transcript import Word

MOST_WORDS = 5
"""A replacement of more words than this is another sentence, not a name heard better."""
MOST_PIECES = 4
"""Words that a medicine's name falls into."""
BEFORE, AFTER = 8, 3
"""Words around a place that tell whether medicines are spoken of."""
CLOSE = 0.4
"""Least similarity by sound of what is proposed to what was heard."""


class Difference(NamedTuple):
    """Words first..last (last exclusive) of the record, and what may have been said there."""

    first: int
    last: int
    proposed: str
    probability: float | None


def differences(record: Sequence[Word], hinted: Sequence[Word], names: Names | None) -> list[Difference]:
    """Where the hinted pass has a name that the record has not; then doubtful words that resemble a medicine."""
    if names is None:
        return []
    ours, theirs = [plain(w.text) for w in record], [plain(w.text) for w in hinted]
    found = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind != "replace" or b - a > MOST_WORDS or d - c > MOST_WORDS:
            continue
        loses = any(word in names.drugs for word in ours[a:b])
        brings = any(word in names.words and word not in ours[a:b] for word in theirs[c:d])
        if not brings or loses:
            continue
        a, b, c, d = _narrowed(ours, theirs, (a, b, c, d), names)
        proposed = " ".join(w.text for w in hinted[c:d]).strip(".,?!;:")
        if alike(" ".join(ours[a:b]), proposed) >= CLOSE:
            given = [w.probability for w in hinted[c:d] if w.probability is not None]
            found.append(Difference(a, b, proposed, min(given) if given else None))
    taken = {i for difference in found for i in range(difference.first, difference.last)}
    for i, word in enumerate(record):
        if i not in taken and (name := names.resembled(word)):
            found.append(Difference(i, i + 1, name, None))
            taken.add(i)
    return sorted([*found, *_in_pieces(record, taken, names)])


def _in_pieces(record: Sequence[Word], taken: Collection[int], names: Names) -> list[Difference]:
    """Medicines that were heard as several words or as another: 'amla dipine', 'a picks up in'."""
    used = set(taken)
    found = []
    heard = [plain(word.text) for word in record]
    spans = [(a, b) for a in range(len(record)) for b in range(a + 1, min(a + MOST_PIECES, len(record)) + 1)]
    alike_to = []
    for a, b in spans:
        near = speaks_of_medicines(heard[max(0, a - BEFORE) : a], heard[b : b + AFTER])
        alike_to.append((names.in_pieces(record[a:b], near=near), (a, b)))
    for (score, name), (first, last) in sorted(alike_to, reverse=True):
        if score and used.isdisjoint(range(first, last)):
            found.append(Difference(first, last, name, None))
            used.update(range(first, last))
    return found


def _narrowed(
    ours: Sequence[str], theirs: Sequence[str], block: tuple[int, int, int, int], names: Names
) -> tuple[int, int, int, int]:
    """The name alone and the words most like it; the whole block where a number is in it, which must not get lost."""
    a, b, c, d = block
    if any(character.isdigit() for word in (*ours[a:b], *theirs[c:d]) for character in word):
        return block
    known = [i for i in range(c, d) if theirs[i] in names.words]
    name = " ".join(theirs[known[0] : known[-1] + 1])
    parts = [(i, j) for i in range(a, b) for j in range(i + 1, b + 1)]
    first, last = max(parts, key=lambda part: alike(" ".join(ours[part[0] : part[1]]), name))
    return first, last, known[0], known[-1] + 1
