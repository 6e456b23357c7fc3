"""Which claims answer a question best, and whether they answer it at all.

A claim's worth is a sum: how well its field fits the kinds the question may be of, whether its item was named, how
near it is in meaning, and how much of the question's own words it holds. Whether to answer is a logistic regression on
what is known of the question and of the best claims. What the weights reach: docs/evaluation/answers.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean

import msgspec

from hickam.answers.claims import Claim
from hickam.answers.fields import ARTICLE_CUES, ARTICLES, FIELDS, place
from hickam.answers.kinds import UNCOVERED
from hickam.answers.question import Question
from hickam.answers.search import Index, Vectors
from hickam.answers.words import IDLE, content
from hickam.model.assessment import Reader

SAME = 3
"""Claims of one field of one item before all others."""
LIKELIEST = 3
"""Kinds that have a say in what is shown."""
WEIGHTS = {
    "field": 0.95,
    "kind": 0.15,
    "article": 0.55,
    "named": 0.45,
    "beside": 0.1,
    "hinted": 0.2,
    "both": 0.4,
    "likeness": 1.2,
    "residue": 0.4,
    "words": 0.3,
    "lay": 0.05,
    "first": 0.65,
}
"""Weights of a claim's parts; measured."""


class Signs(msgspec.Struct, frozen=True):
    """What the decision to answer rests on.

    ``uncovered``, ``kind``: how well the kind of things no pack holds fits, and the best other kind, up to ``FITS``.
    ``strange``: words of the question that are nowhere in the pack. ``share``: of the question's own words, by rarity,
    in what is shown. ``named``: whether an item is named. ``exact``: whether the claims were looked up by the facts
    named rather than ranked. ``near``: how near the nearest claim is, in meaning or by all words of the question.
    """

    uncovered: float
    kind: float
    strange: float
    share: float
    named: float
    exact: float
    near: float


FITS = 0.4
"""Score of a kind beyond which it tells nothing more: only wordings like the examples go higher."""
BY_MEANING = (-1.5, (-5.73, 5.34, -3.3, 1.04, 1.3, 2.08, 2.02))
BY_WORDS = (-2.2, (-4.5, 6.6, -3.2, 1.2, 1.8, 2.1, 0.5))
"""Constant and weights of the signs in their order, with and without vectors."""


def likeliest(question: Question) -> dict[str, float]:
    """The kinds that may be meant and their shares; what was settled has at least half."""
    scores = {k: s for k, s in question.scores.items() if k != UNCOVERED and s > 0 and k in FIELDS}
    best = dict(list(scores.items())[:LIKELIEST])
    total = sum(best.values()) or 1.0
    shares = {kind: 0.5 * score / total for kind, score in best.items()}
    shares[question.kind] = shares.get(question.kind, 0.0) + 0.5
    return shares


class Ranker:
    """Ranks claims for one reader."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self.index, self.reader = index, reader

    def ranked(
        self, question: Question, claims: Iterable[Claim], vector: Vectors | None, first: frozenset[str] = frozenset()
    ) -> list[Claim]:
        """Claims, best first. ``first``: ids of claims that are looked up by what is named, which lead."""
        pool = list(dict.fromkeys(claims))
        worth = {
            c.id: sum(WEIGHTS[name] * value for name, value in parts.items())
            for c, parts in zip(pool, self.parts(question, pool, vector, first), strict=True)
        }
        ordered = sorted(pool, key=lambda c: (-worth[c.id], c.id))
        # A field with many sentences leaves room for what else may have been asked.
        seen: Counter[tuple[str, str]] = Counter()
        late = set()
        for claim in ordered:
            seen[claim.item, claim.id.rpartition(".")[0]] += 1
            if seen[claim.item, claim.id.rpartition(".")[0]] > SAME:
                late.add(claim.id)
        return sorted(ordered, key=lambda c: c.id in late)

    def _likeness(self, pool: Sequence[Claim], vector: Vectors | None) -> dict[str, float]:
        """Cosine of each claim with the question; a claim without a vector is as near as its item's others."""
        of_item: dict[str, list[float]] = {}
        near = {c.id: self.index.likeness(c, vector) for c in pool}
        for c in pool:
            if near[c.id]:
                of_item.setdefault(c.item, []).append(near[c.id])
        return {c.id: near[c.id] or fmean(of_item.get(c.item, [0.0])) for c in pool}

    def parts(
        self, question: Question, pool: Sequence[Claim], vector: Vectors | None, first: frozenset[str]
    ) -> list[dict[str, float]]:
        """What speaks for each claim, up to 1 each; see ``WEIGHTS``."""
        kinds = likeliest(question)
        near = self._likeness(pool, vector)
        low = question.plain.lower()
        named = {name for names in ARTICLES.values() for name in names}
        articles = {
            name: sum(share * place(name, ARTICLES.get(kind, ())) for kind, share in kinds.items()) for name in named
        }
        articles |= {name: 1.0 for cue, name in ARTICLE_CUES if re.search(cue, low)}
        residue, asked = (self.index.coverage(said) for said in (question.residue, own_words(question)))
        linked = {item.partition("/")[2] for item in (*question.targets, *question.others, *question.hints)}
        out = []
        for c in pool:
            key = c.id.partition("#")[2].partition(".")[2].partition(".")[0]
            article = key if c.field == "articles" and question.wide else ""
            out.append(
                {
                    "field": question.fields.get(c.field, 0.0),
                    "kind": place(c.field, FIELDS.get(question.kind, ())),
                    "article": articles.get(article, 0.0),
                    "named": float(c.item in question.targets),
                    "beside": float(c.item in question.others),
                    "hinted": question.hints.get(c.item, 0.0),
                    "both": float(key in linked),
                    "likeness": near[c.id],
                    "residue": residue(c),
                    "words": asked(c),
                    "lay": float(c.lay if self.reader == "patient" else -c.lay),
                    "first": float(c.id in first),
                }
            )
        return out

    def signs(
        self, question: Question, claims: Sequence[Claim], vector: Vectors | None, *, exact: bool = False
    ) -> Signs:
        """What is known for the decision."""
        kind = max((score for kind, score in question.scores.items() if kind != UNCOVERED), default=0.0)
        share = max((self.index.covered(question.residue, c) for c in claims), default=0.0) if question.residue else 1.0
        if vector is None:
            asked = own_words(question)
            near = max((self.index.covered(asked, c) for c in claims), default=0.0)
        else:
            near = max((self.index.likeness(c, vector) for c in claims), default=0.0)
        return Signs(
            uncovered=question.scores.get(UNCOVERED, 0.0),
            kind=min(FITS, kind),
            strange=min(2, len(question.unknown)) / 2,
            share=share,
            named=float(any(not i.startswith("findings/") for i in question.targets)),
            exact=float(exact),
            near=near,
        )


def own_words(question: Question) -> list[str]:
    """Its words that are not small and not everyday."""
    return [word for word in content(question.plain) if word not in IDLE]


def answerable(signs: Signs, *, by_meaning: bool) -> float:
    """Log odds that the claims answer the question."""
    constant, weights = BY_MEANING if by_meaning else BY_WORDS
    return constant + math.fsum(w * s for w, s in zip(weights, msgspec.structs.astuple(signs), strict=True))
