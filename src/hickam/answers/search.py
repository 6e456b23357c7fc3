"""Claims by meaning and by words: cosine of sentence vectors, and SQLite's full-text index for exact terms.

The two are added with weights measured on the building questions (docs/evaluation/answers.md). Without vectors the
words alone decide.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from hickam.answers.claims import Claim
from hickam.answers.words import content, root, words

Vectors = NDArray[np.float32]
WORDS_WEIGHT = 0.35
"""Weight of the words' score (0..1, best claim 1) beside the cosine."""
MOST = 60


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A claim found."""

    claim: Claim
    score: float


class Index:
    """Claims, their vectors (rows in the order of ``sought``) and the full-text table."""

    def __init__(
        self, claims: Sequence[Claim], table: bytes, frequency: dict[str, int], vectors: Vectors | None
    ) -> None:
        self.claims = tuple(claims)
        self.by_id = {claim.id: claim for claim in claims}
        self.of_item: dict[str, list[Claim]] = {}
        for claim in claims:
            self.of_item.setdefault(claim.item, []).append(claim)
        self._table = sqlite3.connect(":memory:", check_same_thread=False)
        self._table.deserialize(table)
        self.vectors = vectors
        self._row_of = {claim.id: row for row, claim in enumerate(claims)}
        self._frequency = frequency

    def search(self, question: str, vector: Vectors | None, most: int = 10) -> list[Hit]:
        """Best claims first. ``vector``: the question's unit vector, or None to go by words alone."""
        by_words = self._by_words(question)
        cosines: dict[int, float] = {}
        if vector is not None and self.vectors is not None:
            likeness = self.vectors @ vector
            nearest = np.argpartition(-likeness, min(MOST, len(likeness) - 1))[:MOST]
            cosines = {int(i): float(likeness[i]) for i in (*nearest, *by_words)}
        places = {*cosines, *by_words}
        hits = [
            Hit(
                claim=self.claims[place],
                score=cosines.get(place, 0.0) + WORDS_WEIGHT * by_words.get(place, 0.0),
            )
            for place in places
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.claim.id))[:most]

    def by_words(self, question: str) -> dict[str, float]:
        """Score by words of the claims that share most with the question, by id; the best has 1."""
        return {self.claims[place].id: score for place, score in self._by_words(question).items()}

    def likeness(self, claim: Claim, vector: Vectors | None) -> float:
        """Cosine of a claim and the question; nil for a claim without a vector."""
        row = self._row_of.get(claim.id)
        return 0.0 if row is None or vector is None or self.vectors is None else float(self.vectors[row] @ vector)

    def covered(self, asked: Sequence[str], claim: Claim) -> float:
        """Share of the asked words, weighed by rarity in the pack, that the claim has."""
        return self.coverage(asked)(claim)

    def coverage(self, asked: Sequence[str]) -> Callable[[Claim], float]:
        """``covered`` for many claims: the words' roots and rarities are worked out once."""
        weighed = [(word, root(word), self.rarity(word)) for word in asked]
        total = sum(rarity for _, _, rarity in weighed)

        def share(claim: Claim) -> float:
            has = claim_words(claim)
            return sum(rarity for word, stem, rarity in weighed if word in has or stem in has) / total

        return share if total else lambda claim: 0.0

    def rarity(self, word: str) -> float:
        """ln(claims / claims with the word); a word of no claim is the rarest."""
        return math.log((1 + len(self.claims)) / (1 + self._frequency.get(word, 0)))

    def _by_words(self, question: str) -> dict[int, float]:
        """BM25 (Robertson 1994) by place of the claim, as a share of the best."""
        asked = dict.fromkeys(content(question))
        if not asked:
            return {}
        wanted = " OR ".join(f'"{word}"' for word in asked)
        rows = self._table.execute(
            "SELECT rowid, bm25(claims, 1.0, 0.5) FROM claims WHERE claims MATCH ? ORDER BY 2 LIMIT ?", (wanted, MOST)
        )
        scores = {int(place): -float(score) for place, score in rows}
        best = max(scores.values(), default=1.0) or 1.0
        return {place: score / best for place, score in scores.items()}


@lru_cache(maxsize=16384)
def claim_words(claim: Claim) -> frozenset[str]:
    """The words of a claim and of its names, and their roots."""
    said = {*words(claim.text), *words(claim.search)}
    return frozenset(said | {root(word) for word in said})


def sought_texts(claims: Sequence[Claim]) -> list[str]:
    """The texts that get a vector, in the order of the index's rows."""
    return [f"{claim.text} {claim.search.partition('|')[0]}".strip() for claim in claims]


def word_table(claims: Sequence[Claim]) -> bytes:
    """An FTS5 table of the claims' words, in the spelling of ``words``, as bytes of a database."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE claims USING fts5(text, search, content='', tokenize='porter unicode61')")
    rows = ((place, " ".join(words(c.text)), " ".join(words(c.search))) for place, c in enumerate(claims))
    table.executemany("INSERT INTO claims(rowid, text, search) VALUES (?, ?, ?)", rows)
    table.commit()
    return table.serialize()
