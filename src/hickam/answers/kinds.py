"""Which kind of question is asked, and which fields of the pack would answer it: learned from wordings.

Names are first replaced by what they name ("illness X", "test X"), so that a wording about one condition teaches
something about all. ``examples.yaml`` has wordings by kind, ``asked.yaml`` questions by the fields that hold their
answers. A question's features are its words, pairs of words and roots, and, where the embedding model is installed, its
vector; a ridge regression (Hoerl and Kennard 1970) onto the kinds and one onto the fields weigh them. Both are
fitted in some seconds when the index is built. docs/decisions/0028-kinds-from-examples.md: why, how well.
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

from hickam.answers.entities import Names
from hickam.answers.fields import FIELDS, place
from hickam.answers.words import root, word_set, words
from hickam.knowledge.yaml12 import read_yaml

Matrix = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Matrix]
EXAMPLES = Path(__file__).with_name("examples.yaml")
ASKED = Path(__file__).with_name("asked.yaml")
ELSEWHERE = Path(__file__).with_name("elsewhere.yaml")
MASKS = {
    "drugs": "medicine X",
    "treatments": "therapy X",
    "conditions": "illness X",
    "tests": "test X",
    "clinicians": "specialist X",
    "findings": "sign X",
}
"""What stands for a name, best first where a name is borne by several things."""
SLOTS = {"c": "conditions", "d": "drugs", "t": "treatments", "x": "tests", "f": "findings", "w": "clinicians"}
SLOT = re.compile(r"\{([cdtxfw])2?\}")
UNHEARD = re.compile(r"\{([or])2?\}")
SEVERAL = 6
"""Times that a wording about something the pack does not hold is filled."""
UNCOVERED = "uncovered"
"""The kind of what no pack of clinical knowledge holds: prices, brands, other complaints, small talk."""
RIDGE = 0.3
WORDS, FOLDERS, CONSTANT = 1.5, 0.3, 0.3
"""Weights of groups of features beside the vector, which weighs 1."""
LEAST_SEEN = 2
STRIDE = 7919
"""A prime: neighbouring wordings are filled with things that stand far apart."""


class Example(msgspec.Struct, frozen=True):
    """One wording with its names masked, and the folders of the names. ``kind``: '' where only ``fields`` are known."""

    kind: str
    masked: str
    folders: frozenset[str]
    fields: dict[str, float] = {}


def examples(names: Names) -> list[Example]:
    """Every wording, its names masked; a treatment may be a medicine or not. What the pack does not hold is named by
    several of ``elsewhere.yaml``."""
    found = []
    for kind, lines in read_yaml(EXAMPLES.read_bytes()).items():
        fields = {field: place(field, FIELDS.get(kind, ())) for field in FIELDS.get(kind, ())}
        for line in filled_elsewhere(lines.strip().splitlines(), names):
            for folder in ("treatments", "drugs") if "{t}" in line else ("",):
                found.append(_example(kind, line, fields, folder))
    for named, lines in read_yaml(ASKED.read_bytes()).items():
        fields = dict.fromkeys(named.split(), 1.0)
        found += [_example("", line, fields, "treatments") for line in lines.strip().splitlines()]
    return found


def filled_elsewhere(lines: Sequence[str], names: Names) -> list[str]:
    """The lines, those about what the pack does not hold several times, each with something else in its slots."""
    other = {slot: _unheard(block, names) for slot, block in read_yaml(ELSEWHERE.read_bytes()).items()}
    return [
        _filled(line, other, (37 * number + turn) * STRIDE)
        for number, line in enumerate(lines)
        for turn in range(SEVERAL if UNHEARD.search(line) else 1)
    ]


def _filled(line: str, other: dict[str, list[str]], at: int) -> str:
    """The line with things that the pack does not hold, taken from somewhere in their lists."""

    def thing(match: re.Match[str]) -> str:
        listed = other[match.group(1)]
        return listed[(at + match.start()) % len(listed)]

    return UNHEARD.sub(thing, line)


def _unheard(block: str, names: Names) -> list[str]:
    """The lines that name no thing of the pack; a sign may be named."""
    lines = block.strip().splitlines()
    return [line for line in lines if all(n.item.startswith("findings/") for n in names.find(words(line)))]


def _example(kind: str, line: str, fields: dict[str, float], treatment: str) -> Example:
    of = {**SLOTS, "t": treatment}
    folders = {of[match.group(1)] for match in SLOT.finditer(line)}
    masked = SLOT.sub(lambda match: MASKS[of[match.group(1)]], line)
    return Example(kind, masked, frozenset(folders), fields)


def tokens(text: str) -> set[str]:
    """Words, pairs of neighbours with the two ends, and roots."""
    said = words(text)
    ends = ["^", *said, "$"]
    return {*said, *(f"{a} {b}" for a, b in pairwise(ends)), *(f"{root(w)}~" for w in said)}


def cue_words() -> frozenset[str]:
    """Words that make a question of a kind the pack covers; they are no part of what it is about."""
    blocks = (block for kind, block in read_yaml(EXAMPLES.read_bytes()).items() if kind != UNCOVERED)
    return word_set(" ".join(" ".join(words(SLOT.sub(" ", block))) for block in blocks))


class Recogniser:
    """The fitted weights: a row a feature, a column a kind or a field."""

    def __init__(self, kinds: Sequence[str], fields: Sequence[str], vocabulary: Sequence[str], weights: Matrix) -> None:
        self.kinds, self.fields = tuple(kinds), tuple(fields)
        self._column = {token: i for i, token in enumerate(vocabulary)}
        self._weights = weights

    def scores(
        self, masked: str, folders: frozenset[str], vector: Matrix | None
    ) -> tuple[dict[str, float], dict[str, float]]:
        """How well each kind fits, and how far each field would answer, best first; about 1 for a wording of the
        examples, about 0 for one far from all. ``vector``: of the masked question, or None where it was fitted without.
        """
        row = _features([masked], [folders], self._column, None if vector is None else vector.reshape(1, -1))
        found = (row @ self._weights)[0].tolist()
        split = len(self.kinds)
        return _ordered(self.kinds, found[:split]), _ordered(self.fields, found[split:])

    def dumps(self) -> bytes:
        """As bytes for the cache."""
        buffer = io.BytesIO()
        vocabulary = np.array(sorted(self._column, key=self._column.__getitem__))
        kinds, fields = np.array(self.kinds), np.array(self.fields)
        np.savez(buffer, kinds=kinds, fields=fields, vocabulary=vocabulary, weights=self._weights)
        return buffer.getvalue()

    @classmethod
    def loads(cls, data: bytes) -> Recogniser:
        """What ``dumps`` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            kinds, fields, vocabulary = (arrays[name].tolist() for name in ("kinds", "fields", "vocabulary"))
            return cls(kinds, fields, vocabulary, arrays["weights"])


def _ordered(names: Sequence[str], scores: Sequence[float]) -> dict[str, float]:
    return dict(sorted(zip(names, scores, strict=True), key=lambda pair: -pair[1]))


def fit(found: Sequence[Example], embed: Embed | None) -> Recogniser:
    """Kinds from the wordings of a kind; fields from all whose fields are known."""
    kinds = tuple(dict.fromkeys(e.kind for e in found if e.kind))
    fields = tuple(dict.fromkeys(field for e in found for field in e.fields))
    seen = Counter(token for e in found for token in tokens(e.masked))
    vocabulary = sorted(token for token, times in seen.items() if times >= LEAST_SEEN)
    vectors = None if embed is None else embed([e.masked for e in found])
    column = {token: i for i, token in enumerate(vocabulary)}
    rows = _features([e.masked for e in found], [e.folders for e in found], column, vectors)
    of_kind = [i for i, e in enumerate(found) if e.kind]
    of_field = [i for i, e in enumerate(found) if e.fields]
    wanted = np.array([[float(found[i].kind == kind) for kind in kinds] for i in of_kind])
    answering = np.array([[found[i].fields.get(field, 0.0) for field in fields] for i in of_field])
    answering = answering.reshape(len(of_field), len(fields))
    weights = np.hstack([_ridge(rows[of_kind], wanted), _ridge(rows[of_field], answering)])
    return Recogniser(kinds, fields, vocabulary, weights)


def _ridge(rows: Matrix, wanted: NDArray[np.float64]) -> Matrix:
    """Ridge regression in its dual form: as many equations as rows."""
    gram = (rows @ rows.T).astype(np.float64)
    gram[np.diag_indices(len(gram))] += RIDGE
    weights: Matrix = (rows.T @ np.linalg.solve(gram, wanted)).astype(np.float32)
    return weights


def _features(
    masked: Sequence[str], folders: Sequence[frozenset[str]], column: dict[str, int], vectors: Matrix | None
) -> Matrix:
    """One row a question: words, folders, a constant, and the vector where there is one."""
    bag = np.zeros((len(masked), len(column) + len(MASKS) + 1), np.float32)
    for row, (text, named) in enumerate(zip(masked, folders, strict=True)):
        said = tokens(text)
        bag[row, [column[t] for t in said if t in column]] = WORDS / math.sqrt(max(1, len(said)))
        bag[row, [len(column) + i for i, folder in enumerate(MASKS) if folder in named]] = FOLDERS
    bag[:, -1] = CONSTANT
    return bag if vectors is None else np.hstack([bag, vectors])


def without_names(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The question with each span of characters (start, end, folder) replaced by what it names."""
    out, at = [], 0
    for start, end, folder in spans:
        out += [text[at:start], MASKS[folder]]
        at = end
    return "".join([*out, text[at:]])
