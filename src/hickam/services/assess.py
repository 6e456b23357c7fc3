"""Assess a case: one Assessment from knowledge, inference, clinic and words."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

import hickam
from hickam.clinic.advice import patient_advice, patient_words
from hickam.clinic.beliefs import Beliefs
from hickam.clinic.medication import medication_review
from hickam.clinic.plan import cautions, management, pitfalls, workup
from hickam.clinic.plan import prevention as prevention_advice
from hickam.clinic.route import route
from hickam.clinic.view import CaseView
from hickam.inference.engine import Posterior
from hickam.knowledge.standing import states
from hickam.knowledge.telling import until_told, withheld
from hickam.model.answer import ReviewState
from hickam.model.assessment import (
    SCHEMA,
    Assessment,
    CaseOut,
    Fit,
    Overturn,
    PackStamp,
    Reader,
    Tier,
)
from hickam.model.case import Case, without_words
from hickam.model.condition import Condition
from hickam.model.pack import Pack
from hickam.services.candidates import Lines, condition_ref
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge
from hickam.services.next_steps import next_steps
from hickam.services.outcomes import outcome_of
from hickam.services.references import references

UNFIT = 0.30
LISTED = 0.001
LEAST_LINES = 12
REMEMBERED = 64
"""Answers kept, some 500 kB each."""


@dataclass(frozen=True)
class Options:
    """How much to compute.

    ``working``: a condition whose contributions are wanted whatever its rank. ``draws`` 0 leaves intervals out (low =
    high = value); batch and evaluation use that. ``overturn``: what would change the ranking, a second's work.
    ``full``: a patient has chosen to read the names that a clinician would tell face to face.
    """

    reader: Reader = "clinician"
    as_of: str = ""
    draws: int = 400
    explain: bool = True
    working: str = ""
    steps: int = 8
    overturn: bool = False
    full: bool = False


def assess(knowledge: Knowledge, case: Case, options: Options) -> Assessment:
    """The whole answer for one case.

    Answers are remembered by what is known, without the words it was read from: nine of ten keys typed change none of
    it, and no story is kept.
    """
    known = without_words(case)
    kept = knowledge.answers
    answer = kept.get((known, options)) or _answer(knowledge, known, options)
    kept[known, options] = answer
    kept.move_to_end((known, options))
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
    return replace(answer, case=shown_case(knowledge, case, options))


def shown_case(knowledge: Knowledge, case: Case, options: Options) -> CaseOut:
    """The case as the answer shows it back, in the reader's names."""
    return describe_case(_told(knowledge.pack, case, options)[0], case)


def _told(pack: Pack, case: Case, options: Options) -> tuple[Pack, dict[str, Condition]]:
    """The pack in the reader's names, and what a patient is not told before a clinician has."""
    untold = {} if options.reader == "patient" and options.full else withheld(pack, case)
    return (until_told(pack, untold) if options.reader == "patient" else pack), untold


def _answer(knowledge: Knowledge, case: Case, options: Options) -> Assessment:
    engine = knowledge.engine
    pack, untold = _told(knowledge.pack, case, options)
    told = case
    outcome = outcome_of(knowledge, case, pack)
    view, beliefs, found, tier_of = outcome.view, outcome.beliefs, outcome.dangers, outcome.tiers
    case, level = view.case, outcome.urgency
    shown = _shown(beliefs, tier_of, view)
    intervals = engine.intervals(case, options.draws) if options.draws else None
    worked = dict.fromkeys((*shown[:LEAST_LINES], *([options.working] if options.working in pack.conditions else [])))
    shown = list(dict.fromkeys((*shown, *worked)))
    advice = patient_advice(view, beliefs, level.level)
    lines = Lines(
        knowledge=knowledge,
        view=view,
        beliefs=beliefs,
        tier_of=tier_of,
        intervals=intervals,
        weighed=engine.contributions(case, list(worked)) if options.explain else {},
        dangers={danger.condition.id: danger for danger in found},
        upstream=engine.upstream(case),
        untold=untold,
    )
    draft = Assessment(
        schema=SCHEMA,
        engine_version=hickam.__version__,
        pack=stamp(knowledge.pack),
        as_of=options.as_of,
        reader=options.reader,
        disclaimer=pack.manifest.disclaimer,
        case=describe_case(pack, told),
        fit=_fit(beliefs, outcome.posterior),
        differential=tuple(lines.line(name, place) for place, name in enumerate(shown, 1)),
        urgency=level,
        route=route(view, beliefs, tier_of, level.level),
        next_steps=next_steps(knowledge, view, beliefs, level, options.steps) if options.steps else (),
        workup=workup(view, beliefs, tier_of, level.level),
        management=management(view, beliefs, level.level),
        cautions=cautions(view, beliefs, level.level),
        medication_review=medication_review(view),
        prevention=prevention_advice(view, beliefs, level.level),
        pitfalls=pitfalls(view, beliefs, level.level),
        what_to_tell_the_patient=patient_words(advice, level.level),
        patient_advice=advice,
        overturn=_overturned(knowledge, case, beliefs, options.working) if options.overturn else (),
        references=(),
    )
    return references(pack, draft)


def _overturned(knowledge: Knowledge, case: Case, beliefs: Beliefs, also: str) -> tuple[Overturn, ...]:
    """Imported when asked for: most answers do without."""
    from hickam.services.overturn import overturns

    return overturns(knowledge, case, beliefs.ranked, lambda name: condition_ref(knowledge.pack.conditions[name]), also)


def stamp(pack: Pack) -> PackStamp:
    """Which knowledge, and how far people have reviewed it: approved only when every item is at its current hash."""
    found = set(states(pack).values())
    approved, begun = found == {"approved"}, found & {"approved", "under_review"}
    state: ReviewState = "approved" if approved else "under_review" if begun else "submitted"
    manifest = pack.manifest
    return PackStamp(
        id=manifest.id,
        version=manifest.version,
        hash=pack.hash,
        review_state=state,
        drafted_by=manifest.drafted_by,
    )


def _shown(beliefs: Beliefs, tier_of: dict[str, Tier], view: CaseView) -> list[str]:
    """Conditions listed: every tiered one, every known one, every cause of 0.1 % or more, at least LEAST_LINES."""
    ranked = beliefs.ranked
    return [
        name
        for place, name in enumerate(ranked)
        if place < LEAST_LINES or name in tier_of or name in view.facts or beliefs.cause[name] >= LISTED
    ]


def _fit(beliefs: Beliefs, posterior: Posterior) -> Fit:
    leading = max(beliefs.cause.values())
    known = beliefs.unexplained <= UNFIT and beliefs.unexplained < leading
    share = f"{100 * beliefs.unexplained:.0f} %"
    sentence = (
        f"The story fits known patterns; {share} is left for causes this pack does not hold."
        if known
        else f"This does not fit a known pattern well ({share} unexplained). Ask more before naming a cause."
    )
    return Fit(
        unexplained=beliefs.unexplained, known_pattern=known, sentence=sentence, approximated=posterior.approximated
    )
