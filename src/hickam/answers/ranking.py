"""Which claims answer a question best, and whether they answer it at all.

A claim's worth is a sum: how well its field fits the kinds the question may be of, whether its item was named, how
near it is in meaning, and how much of the question's own words it holds. Whether to answer is a logistic regression on
what is known of the question and of the best claims. What the weights reach: docs/evaluation/answers.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

import msgspec

from hickam.answers.claims import Claim
from hickam.answers.fields import ARTICLE_CUES, ARTICLES, FIELDS, place
from hickam.answers.kinds import UNCOVERED
from hickam.answers.question import ITEM_KINDS, Question
from hickam.answers.search import Index, Vectors
from hickam.answers.words import IDLE, content, words
from hickam.model.assessment import Reader

AGAIN_FIELD, AGAIN_ITEM = 0.2, 0.03
"""What a claim loses for each before it from the same field of the same item, and from another field of it."""
TOGETHER = frozenset(["effects"])
"""Fields whose sentences may contradict each other, and are shown together."""
SPREAD = 20
"""Claims put in order with these losses; nobody sees more."""
FAR = 0.4
"""What a claim about something that was not named may be worth less than the best before it is left out."""
ADVISING, DESCRIBING = frozenset(["treatment", "action", "avoid"]), frozenset(["meaning", "symptoms", "causes"])
PLAINEST, NEARLY = 6, 0.3
"""Claims among which one in plain words is looked for, and what it may be worth less than the best."""
WORDY = 60
"""Words of a claim beyond which length tells nothing more."""
LATER = {"second line": 0.5, "specialist": 0.7, "avoid": 1.0}
"""How far down a step of care is to be mentioned."""
COUNTED = frozenset(["prior", "findings", "modifiers"])
"""Fields of numbers."""
LIKELIEST = 3
"""Kinds that have a say in what is shown."""
WEIGHTS = {
    "field": 0.75,
    "kind": 0.15,
    "article": 0.8,
    "named": 0.3,
    "beside": 0.08,
    "hinted": 0.23,
    "both": 0.35,
    "likeness": 1.6,
    "residue": 0.17,
    "words": 0.18,
    "lay": 0.1,
    "first": 0.4,
    "found": 0.2,
    "covers": 0.22,
    "length": 0.25,
    "number": -0.4,
    "stray": -0.02,
    "later": -0.15,
}
"""Weights of a claim's parts; measured."""


class Signs(msgspec.Struct, frozen=True):
    """What the decision to answer rests on.

    ``uncovered``, ``kind``, ``field``: how well the kind of things no pack holds fits, the best other kind, and the
    best field of the pack, the latter two up to a limit. ``strange``: words of the question nowhere in the pack.
    ``share``: of the question's own words, by rarity, in what is shown. ``about``, ``named``: whether it is about, or
    names, an item other than a finding. ``exact``: whether the claims were looked up by the facts named rather than
    ranked. ``long``: its words. ``topic``, ``nearer``: see ``Scope.signs``. ``near``: share of all its words in what is
    shown; tells nothing beside the vectors. ``examined``: whether a sign or a test's result is named.
    """

    uncovered: float
    kind: float
    field: float
    strange: float
    share: float
    about: float
    named: float
    exact: float
    long: float
    topic: float
    nearer: float
    near: float
    examined: float


ADVERSE = frozenset(["avoid", "pitfall", "harms", "evidence"])
"""Kinds of question that what is not to be done answers as well."""
FITS, SUITS = 0.4, 0.6
"""Scores of a kind and of a field beyond which they tell nothing more: only wordings like the examples go higher."""
LONG_QUESTION = 25
BY_MEANING = (-3.93, (-4.62, 6.05, 1.9, -2.95, 1.86, 2.14, -0.91, 1.56, 3.04, 0.94, 5.89, 0.0, 1.25))
BY_WORDS = (-3.18, (-4.56, 6.12, -0.51, -2.44, 1.52, 2.15, -0.96, 2.93, 3.1, 0.0, 0.0, 0.99, 1.25))
"""Constant and weights of the signs in their order, with and without vectors."""


def likeliest(question: Question) -> dict[str, float]:
    """The kinds that may be meant and their shares; what was settled has at least half."""
    scores = {k: s for k, s in question.scores.items() if k != UNCOVERED and s > 0 and k in FIELDS}
    best = dict(list(scores.items())[:LIKELIEST])
    total = sum(best.values()) or 1.0
    shares = {kind: 0.5 * score / total for kind, score in best.items()}
    shares[question.kind] = shares.get(question.kind, 0.0) + 0.5
    return shares


RIVAL = 0.7
"""Share of the best kind's score from which the next best may as well be meant."""


def rival(question: Question) -> str:
    """The kind that may as well be meant as the one settled on; '' where that one fits clearly best."""
    scores = {k: s for k, s in question.scores.items() if k != UNCOVERED}
    best = scores.pop(question.kind, 0.0)
    second = max(scores, key=lambda kind: scores[kind], default="")
    return second if second and scores[second] > 0 and scores[second] >= RIVAL * best else ""


class Ranker:
    """Ranks claims for one reader."""

    def __init__(self, index: Index, reader: Reader, treatments: Mapping[str, str]) -> None:
        self.index, self.reader, self.treatments = index, reader, treatments

    def covering(self, question: Question) -> frozenset[str]:
        """The treatments that the medicines named are used as."""
        named = (*question.targets, *question.others, *question.hints)
        used = (self.treatments.get(i.partition("/")[2]) for i in named if i.startswith("drugs/"))
        return frozenset(f"treatments/{treatment}" for treatment in used if treatment)

    def ranked(
        self, question: Question, claims: Iterable[Claim], vector: Vectors | None, first: frozenset[str] = frozenset()
    ) -> list[Claim]:
        """Claims, best first. ``first``: ids of claims that are looked up by what is named, which lead."""
        pool = list(dict.fromkeys(claims))
        parts = dict(zip((c.id for c in pool), self.parts(question, pool, vector, first), strict=True))
        worth = {name: sum(WEIGHTS[part] * value for part, value in of.items()) for name, of in parts.items()}
        best = max(worth.values(), default=0.0)
        near = (c for c in pool if not parts[c.id]["stray"] or worth[c.id] >= best - FAR)
        ordered = spread(sorted(near, key=lambda c: (-worth[c.id], c.id)), worth)
        return plainly_first(question.kind, ordered, worth) if self.reader == "patient" else ordered

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
        found, covering = self.index.by_words(question.sought), self.covering(question)
        named_thing = any(_thing(i) for i in question.targets)
        meant = {i: _meant(i, kinds) for i in question.others if _thing(i) or not named_thing}
        linked = {item.partition("/")[2] for item in (*question.targets, *question.others, *question.hints)}
        about = {*question.targets, *question.others, *question.hints, *covering}
        out = []
        for c in pool:
            key = c.id.partition("#")[2].partition(".")[2].partition(".")[0]
            article = key if c.field == "articles" and question.wide else ""
            out.append(
                {
                    "field": question.fields.get(c.field, 0.0),
                    "kind": place(c.field, FIELDS.get(question.kind, ())),
                    "article": articles.get(article, 0.0),
                    "named": float(c.item in question.targets) or meant.get(c.item, 0.0),
                    "beside": float(c.item in question.others),
                    "hinted": question.hints.get(c.item, 0.0),
                    "both": float(key in linked),
                    "likeness": near[c.id],
                    "residue": residue(c),
                    "words": asked(c),
                    "lay": float(c.lay if self.reader == "patient" else -c.lay),
                    "first": float(c.id in first),
                    "found": found.get(c.id, 0.0),
                    "covers": float(c.item in covering),
                    "length": min(WORDY, len(words(c.text))) / WORDY,
                    "number": float(c.field in COUNTED),
                    "stray": float((named_thing or question.examined) and c.item not in about and key not in linked),
                    "later": 0.0 if question.kind in ADVERSE else _later(c),
                }
            )
        return out

    def signs(
        self, question: Question, claims: Sequence[Claim], vector: Vectors | None, *, exact: bool = False
    ) -> Signs:
        """What is known for the decision."""
        kind = max((score for kind, score in question.scores.items() if kind != UNCOVERED), default=0.0)
        share = max((self.index.covered(question.residue, c) for c in claims), default=0.0) if question.residue else 1.0
        asked = own_words(question) if vector is None else ()
        return Signs(
            uncovered=question.scores.get(UNCOVERED, 0.0),
            kind=min(FITS, kind),
            field=min(SUITS, max(question.fields.values(), default=0.0)),
            strange=min(2, len(question.unknown)) / 2,
            share=share,
            about=float(any(_thing(i) for i in question.targets)),
            named=float(any(_thing(i) for i in (*question.targets, *question.others))),
            exact=float(exact),
            long=min(LONG_QUESTION, len(words(question.sought))) / LONG_QUESTION,
            topic=question.topic,
            nearer=question.nearer,
            examined=float(question.examined),
            near=max((self.index.covered(asked, c) for c in claims), default=0.0) if asked else 0.0,
        )


def _later(claim: Claim) -> float:
    """Nil for what is tried first, 1 for what is not to be done."""
    line = claim.text.partition(": ")[0].rpartition(", ")[2]
    return LATER.get(line, 0.0) if claim.field == "management" else 0.0


def _meant(item: str, kinds: Mapping[str, float]) -> float:
    """Share of the kinds that may be meant which can be about such an item."""
    folder = item.partition("/")[0]
    return math.fsum(share for kind, share in kinds.items() if folder in ITEM_KINDS.get(kind, ()))


def _thing(item: str) -> bool:
    return not item.startswith("findings/")


def spread(ordered: Sequence[Claim], worth: Mapping[str, float]) -> list[Claim]:
    """The claims in order of worth, each worth less after others of its field and item: that leaves room for what else
    may have been asked."""
    left = list(ordered[: 2 * SPREAD])
    chosen: list[Claim] = []
    again: Counter[str] = Counter()
    while left and len(chosen) < SPREAD:
        best = max(left, key=lambda c: worth[c.id] - AGAIN_FIELD * again[_place(c)] - AGAIN_ITEM * again[c.item])
        left.remove(best)
        chosen.append(best)
        again[_place(best)] += best.field not in TOGETHER
        again[best.item] += 1
    return [*chosen, *left, *ordered[2 * SPREAD :]]


def plainly_first(kind: str, ordered: list[Claim], worth: Mapping[str, float]) -> list[Claim]:
    """For a patient, the claim of the best one's item that suits what is asked leads where it is nearly as good. A text
    for patients says first what it is, then what to do: the one is for describing, the other for advice."""

    def suits(claim: Claim) -> bool:
        begins = claim.id.endswith("#patient_text.0")
        return not (claim.lay and not begins) if kind in DESCRIBING else claim.lay and not begins

    if not ordered or kind not in ADVISING | DESCRIBING:
        return ordered
    best = ordered[0]
    near = [c for c in ordered[:PLAINEST] if c.item == best.item and worth[best.id] - worth[c.id] <= NEARLY]
    suiting = sorted(filter(suits, near), key=lambda c: kind == "meaning" and not c.lay)
    return [suiting[0], *(c for c in ordered if c is not suiting[0])] if suiting else ordered


def _place(claim: Claim) -> str:
    """The field of the item it is of."""
    return claim.id.rpartition(".")[0]


def own_words(question: Question) -> list[str]:
    """Its words that are not small and not everyday."""
    return [word for word in content(question.plain) if word not in IDLE]


def answerable(signs: Signs, *, by_meaning: bool) -> float:
    """Log odds that the claims answer the question."""
    constant, weights = BY_MEANING if by_meaning else BY_WORDS
    return constant + math.fsum(w * s for w, s in zip(weights, msgspec.structs.astuple(signs), strict=True))
