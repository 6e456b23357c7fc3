"""Which kind of question is asked: learned from the examples in examples.yaml, no wording is spelt out in code.

Names are first replaced by what they name ("illness X", "test X"), so that an example about one condition teaches
something about all. A question's features are its words, pairs of words and roots, and, where the embedding model is
installed, its vectors with and without names; a ridge regression onto the kinds (Hoerl and Kennard 1970) weighs them.
It is fitted in about a second when the index is built. docs/decisions/0028-kinds-from-examples.md: why, how well.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from hickam.answers.words import root, word_set, words
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.pack import Pack

Matrix = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Matrix]
EXAMPLES = Path(__file__).with_name("examples.yaml")
MASKS = {
    "drugs": "medicine X",
    "treatments": "therapy X",
    "conditions": "illness X",
    "tests": "test X",
    "clinicians": "specialist X",
}
"""What stands for a name, best first where a name is borne by several things."""
SLOTS = {"c": "conditions", "d": "drugs", "t": "treatments", "x": "tests", "f": "findings", "w": "clinicians"}
SLOT = re.compile(r"\{([cdtxfw])2?\}")
UNCOVERED = "uncovered"
"""The kind of what no pack of clinical knowledge holds: prices, brands, other complaints, small talk."""
RIDGE = 0.3
WITH_NAMES, FOLDERS, CONSTANT = 0.6, 0.3, 0.3
"""Weights of groups of features beside the words and the vector without names, which weigh 1."""
LEAST_SEEN = 2
STRIDE = 7919
"""A prime: neighbouring examples are filled with names that stand far apart."""


class Example(msgspec.Struct, frozen=True):
    """One wording: with names masked, with names, and the folders of the names."""

    kind: str
    masked: str
    whole: str
    folders: frozenset[str]


def examples(pack: Pack) -> list[Example]:
    """Every example, its slots filled with names of the pack in turn; a treatment may be a medicine or not."""
    names = {slot: _names(pack, folder) for slot, folder in SLOTS.items()}
    found = []
    for kind, lines in read_yaml(EXAMPLES.read_bytes()).items():
        for number, line in enumerate(lines.strip().splitlines()):
            for folder in ("treatments", "drugs") if "{t}" in line else ("",):
                found.append(_example(kind, line, names, number, folder))
    return found


def _example(kind: str, line: str, names: dict[str, list[str]], number: int, treatment: str) -> Example:
    of = {**SLOTS, "t": treatment}
    lists = {**names, "t": names["d"]} if treatment == "drugs" else names
    masked, whole, folders = line, line, set()
    for turn, match in enumerate(SLOT.finditer(line)):
        slot = match.group(1)
        name = lists[slot][(37 * number + turn) * STRIDE % len(lists[slot])]
        whole = whole.replace(match.group(0), name, 1)
        masked = masked.replace(match.group(0), MASKS.get(of[slot], name), 1)
        folders |= {of[slot]} & MASKS.keys()
    return Example(kind, masked, whole, frozenset(folders))


def _names(pack: Pack, folder: str) -> list[str]:
    """Names and everyday names of all items of a folder, and what else a drug or a condition is called."""
    out: list[str] = []
    for item in getattr(pack, folder).values():
        out += [item.name, item.lay_name, *getattr(item, "synonyms", ())[:2], *getattr(item, "members", ())[:2]]
    return out


def tokens(text: str) -> set[str]:
    """Words, pairs of neighbours with the two ends, and roots."""
    said = words(text)
    ends = ["^", *said, "$"]
    return {*said, *(f"{a} {b}" for a, b in pairwise(ends)), *(f"{root(w)}~" for w in said)}


def cue_words() -> frozenset[str]:
    """Words that make a question of a kind the pack covers; they are no part of what it is about."""
    lines = (SLOT.sub(" ", line) for kind, block in read_yaml(EXAMPLES.read_bytes()).items() if kind != UNCOVERED
             for line in block.splitlines())  # fmt: skip
    return word_set(" ".join(" ".join(words(line)) for line in lines))


class Recogniser:
    """The fitted weights: a row a feature, a column a kind."""

    def __init__(self, kinds: Sequence[str], vocabulary: Sequence[str], weights: Matrix) -> None:
        self.kinds = tuple(kinds)
        self._column = {token: i for i, token in enumerate(vocabulary)}
        self._weights = weights

    def scores(self, masked: str, folders: frozenset[str], vectors: Matrix | None) -> dict[str, float]:
        """How well each kind fits, best first; about 1 for a wording of the examples, about 0 for one far from all.

        ``vectors``: two rows, of the question masked and whole, or None where it was fitted without.
        """
        row = _features([masked], [folders], self._column, None if vectors is None else vectors.reshape(1, -1))
        found = (row @ self._weights)[0]
        order = np.argsort(-found)
        return {self.kinds[i]: float(found[i]) for i in order}

    def dumps(self) -> bytes:
        """As bytes for the cache."""
        buffer = io.BytesIO()
        vocabulary = np.array(sorted(self._column, key=self._column.__getitem__))
        np.savez(buffer, kinds=np.array(self.kinds), vocabulary=vocabulary, weights=self._weights)
        return buffer.getvalue()

    @classmethod
    def loads(cls, data: bytes) -> Recogniser:
        """What ``dumps`` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["kinds"].tolist(), arrays["vocabulary"].tolist(), arrays["weights"])


def fit(found: Sequence[Example], embed: Embed | None) -> Recogniser:
    """Ridge regression in its dual form: as many equations as examples."""
    kinds = tuple(dict.fromkeys(e.kind for e in found))
    seen = Counter(token for e in found for token in tokens(e.masked))
    vocabulary = sorted(token for token, times in seen.items() if times >= LEAST_SEEN)
    vectors = None if embed is None else np.hstack([embed([e.masked for e in found]), embed([e.whole for e in found])])
    column = {token: i for i, token in enumerate(vocabulary)}
    rows = _features([e.masked for e in found], [e.folders for e in found], column, vectors)
    wanted = np.zeros((len(found), len(kinds)))
    wanted[np.arange(len(found)), [kinds.index(e.kind) for e in found]] = 1.0
    gram = (rows @ rows.T).astype(np.float64)
    gram[np.diag_indices(len(gram))] += RIDGE
    weights: Matrix = (rows.T @ np.linalg.solve(gram, wanted)).astype(np.float32)
    return Recogniser(kinds, vocabulary, weights)


def _features(
    masked: Sequence[str], folders: Sequence[frozenset[str]], column: dict[str, int], vectors: Matrix | None
) -> Matrix:
    """One row a question: words, folders, a constant, and the two vectors where there are any."""
    bag = np.zeros((len(masked), len(column) + len(MASKS) + 1), np.float32)
    for row, (text, named) in enumerate(zip(masked, folders, strict=True)):
        said = tokens(text)
        bag[row, [column[t] for t in said if t in column]] = 1 / math.sqrt(max(1, len(said)))
        bag[row, [len(column) + i for i, folder in enumerate(MASKS) if folder in named]] = FOLDERS
    bag[:, -1] = CONSTANT
    if vectors is None:
        return bag
    half = vectors.shape[1] // 2
    return np.hstack([bag, vectors[:, :half], WITH_NAMES * vectors[:, half:]])


def without_names(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The question with each span of characters (start, end, folder) replaced by what it names."""
    out, at = [], 0
    for start, end, folder in spans:
        out += [text[at:start], MASKS[folder]]
        at = end
    return "".join([*out, text[at:]])
