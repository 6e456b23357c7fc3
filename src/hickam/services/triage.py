"""How soon, over every way the case may turn out: danger signs left out, disputed signs present, the age unknown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from msgspec.structs import replace

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.doubt import hold, settlements
from hickam.clinic.urgency import danger_signs, urgency
from hickam.clinic.view import CaseView
from hickam.inference.engine import Posterior
from hickam.model.assessment import Reason, Urgency
from hickam.model.case import Case
from hickam.model.condition import LEVELS
from hickam.services.knowledge import Knowledge

MOST_SIGNS = 4
"""Danger signs whose every subset is looked at for the monotone urgency: 2^4 posteriors."""


def urgency_of(knowledge: Knowledge, view: CaseView, beliefs: Beliefs, alone: Posterior) -> Urgency:
    """The level as told, raised to what a disputed sign, an unknown age or a cause that is left out may need."""
    told = urgency(view, beliefs, _without_signs(knowledge, view, alone))
    doubts = []
    for way in settlements(view.pack, view.case):
        other = CaseView(view.pack, way.case)
        own = alone if way.case.age == view.case.age else knowledge.engine.k_only(way.case)
        after = as_beliefs(knowledge.engine.posterior(way.case), own)
        doubts.append((way, urgency(other, after, _without_signs(knowledge, other, own))))
    return _not_below_the_whole(knowledge, view.case, hold(told, doubts))


def _not_below_the_whole(knowledge: Knowledge, case: Case, level: Urgency) -> Urgency:
    """Where content is left out (``--approved-only``), at least the level of the whole pack."""
    whole = knowledge.whole
    if whole is None:
        return level
    alone = whole.engine.k_only(case)
    other = urgency_of(whole, CaseView(whole.pack, case), as_beliefs(whole.engine.posterior(case), alone), alone)
    if LEVELS.index(other.level) <= LEVELS.index(level.level):
        return level
    reason = Reason(
        sentence="A cause that is left out here, because nobody has approved it, may need this.",
        lay_sentence="Something that this service does not name may need this.",
        level=other.level,
        rule="",
        condition="",
        sources=(),
    )
    return replace(level, level=other.level, sentence=other.sentence, reasons=(reason, *level.reasons))


def as_beliefs(posterior: Posterior, alone: Posterior) -> Beliefs:
    """The engine's answer in the clinic's form."""
    return Beliefs(
        cause=dict(posterior.cause),
        present=dict(posterior.present),
        prior_cause=dict(alone.cause),
        prior_present=dict(alone.present),
        unexplained=posterior.unexplained,
    )


def beliefs_of(knowledge: Knowledge, cases: Sequence[Case], alone: Posterior) -> list[Beliefs]:
    """Beliefs of several cases that share the answer for age, sex and setting alone, in one batch."""
    if not cases:
        return []
    batch = knowledge.engine.posterior_variants(cases)
    return [
        Beliefs(
            cause=dict(zip(batch.conditions, cause, strict=True)),
            present=dict(zip(batch.conditions, present, strict=True)),
            prior_cause=dict(alone.cause),
            prior_present=dict(alone.present),
            unexplained=unexplained,
        )
        for cause, present, unexplained in zip(
            batch.cause.tolist(), batch.present.tolist(), batch.unexplained.tolist(), strict=True
        )
    ]


def _without_signs(knowledge: Knowledge, view: CaseView, alone: Posterior) -> list[Beliefs]:
    """Beliefs of the case with each set of its danger signs left out, so that urgency is monotone in them."""
    signs = danger_signs(view)[:MOST_SIGNS]
    cases = [
        _drop(view.case, frozenset(left_out))
        for size in range(1, len(signs) + 1)
        for left_out in combinations(signs, size)
    ]
    return beliefs_of(knowledge, cases, alone)


def _drop(case: Case, left_out: frozenset[str]) -> Case:
    return replace(case, observations=tuple(o for o in case.observations if o.finding not in left_out))
