"""Assess a case: one Assessment from knowledge, inference, clinic and words."""

from __future__ import annotations

from dataclasses import dataclass

import hickam
from hickam.clinic.advice import patient_advice, patient_words
from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import Danger
from hickam.clinic.medication import medication_review
from hickam.clinic.plan import cautions, management, pitfalls, workup
from hickam.clinic.plan import prevention as prevention_advice
from hickam.clinic.route import route
from hickam.clinic.tiers import show_presence
from hickam.clinic.view import CaseView
from hickam.inference.engine import Posterior
from hickam.inference.results import Contributions, Intervals
from hickam.knowledge.standing import states
from hickam.knowledge.telling import until_told, withheld
from hickam.model.answer import ReviewState
from hickam.model.assessment import (
    SCHEMA,
    Assessment,
    Candidate,
    ConditionRef,
    Contribution,
    DangerOut,
    Estimate,
    Fit,
    Overturn,
    PackStamp,
    Point,
    Reader,
    Related,
    Tier,
)
from hickam.model.case import Case, Observation
from hickam.model.condition import Condition
from hickam.model.pack import Pack
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge
from hickam.services.next_steps import next_steps
from hickam.services.outcomes import outcome_of
from hickam.services.references import references
from hickam.writing.sentences import (
    contribution_label,
    contribution_sentence,
    contribution_sources,
    state_words,
    weakest_basis,
)

UNFIT = 0.30
LISTED = 0.001
LEAST_LINES = 12


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
    """The whole answer for one case."""
    pack, engine = knowledge.pack, knowledge.engine
    told, untold = case, {} if options.reader == "patient" and options.full else withheld(pack, case)
    if options.reader == "patient":
        pack = until_told(pack, untold)
    outcome = outcome_of(knowledge, case, pack)
    view, beliefs, found, tier_of = outcome.view, outcome.beliefs, outcome.dangers, outcome.tiers
    case, level = view.case, outcome.urgency
    shown = _shown(beliefs, tier_of, view)
    intervals = engine.intervals(case, options.draws) if options.draws else None
    worked = dict.fromkeys((*shown[:LEAST_LINES], *([options.working] if options.working in pack.conditions else [])))
    shown = list(dict.fromkeys((*shown, *worked)))
    weighed = engine.contributions(case, list(worked)) if options.explain else {}
    upstream = engine.upstream(case)
    advice = patient_advice(view, beliefs, level.level)
    candidates = tuple(
        _candidate(view, name, place, beliefs, tier_of, intervals, weighed.get(name), found, upstream, name in untold)
        for place, name in enumerate(shown, 1)
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
        differential=candidates,
        urgency=level,
        route=route(view, beliefs, tier_of, level.level),
        next_steps=next_steps(knowledge, view, beliefs, level, options.steps) if options.steps else (),
        workup=workup(view, beliefs, tier_of),
        management=management(view, beliefs, level.level),
        cautions=cautions(view, beliefs, level.level),
        medication_review=medication_review(view),
        prevention=prevention_advice(view, beliefs, level.level),
        pitfalls=pitfalls(view, beliefs),
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


def _candidate(
    view: CaseView,
    name: str,
    place: int,
    beliefs: Beliefs,
    tier_of: dict[str, Tier],
    intervals: Intervals | None,
    weighed: Contributions | None,
    found: list[Danger],
    upstream: dict[str, dict[str, float]],
    untold: bool,
) -> Candidate:
    item = view.pack.conditions[name]
    known = name in view.facts
    present = (
        _estimate(beliefs.present[name], intervals, name, "present") if show_presence(name, beliefs, known) else None
    )
    return Candidate(
        condition=condition_ref(item, tell_in_person=untold),
        tier=tier_of.get(name, "unlisted"),
        rank=place,
        known=known,
        cause=_estimate(beliefs.cause[name], intervals, name, "cause"),
        present=present,
        prior=Point(value=beliefs.prior_cause.get(name, 0.0)),
        parents=_parents(view.pack, item, beliefs, upstream.get(name, {})),
        children=_children(view, item, beliefs),
        baseline_decibans=weighed.prior if weighed else None,
        contributions=_contributions(view, item, weighed) if weighed else (),
        excluded_by=_excluding_tests(view.pack, item),
        confirmed_by=_confirming_tests(view.pack, item),
        danger=next((_danger(d) for d in found if d.condition.id == name), None),
    )


def condition_ref(item: Condition, *, tell_in_person: bool = False) -> ConditionRef:
    """Name and codes of a condition."""
    return ConditionRef(
        id=item.id,
        name=item.name,
        lay_name=item.lay_name,
        tell_in_person=tell_in_person,
        synonyms=item.synonyms,
        category=item.category,
        codes=item.codes,
    )


def _estimate(value: float, intervals: Intervals | None, name: str, of: str) -> Estimate:
    if intervals is None:
        return Estimate(value=value, low=value, high=value)
    interval = getattr(intervals, of)[name]
    return Estimate(value=value, low=interval.low, high=interval.high)


def _parents(pack: Pack, item: Condition, beliefs: Beliefs, shares: dict[str, float]) -> tuple[Related, ...]:
    parents = [pack.conditions[p.condition] for p in item.parents if p.condition in pack.conditions]
    related = [Related(id=p.id, name=p.name, present=beliefs.present.get(p.id, 0.0)) for p in parents]
    return tuple(sorted(related, key=lambda r: (-shares.get(r.id, 0.0), -r.present)))


def _children(view: CaseView, item: Condition, beliefs: Beliefs) -> tuple[Related, ...]:
    found: dict[str, list[Condition]] | None = view.memo.get("children")
    if found is None:
        found = view.memo["children"] = {}
        for other in view.pack.conditions.values():
            for parent in dict.fromkeys(parent.condition for parent in other.parents):
                found.setdefault(parent, []).append(other)
    return tuple(
        Related(id=other.id, name=other.name, present=beliefs.present.get(other.id, 0.0))
        for other in found.get(item.id, [])
    )


def _contributions(view: CaseView, item: Condition, weighed: Contributions) -> tuple[Contribution, ...]:
    observations = said_observations(view)
    names = {
        part.group: "; ".join(
            state_words(view.pack.findings[f], observations[f]) for f in part.findings if f in observations
        )
        for part in weighed.items
    }
    return tuple(
        Contribution(
            finding=part.findings[0] if part.findings else part.group,
            findings=part.findings,
            state=observations[part.findings[0]].state if part.findings and part.findings[0] in observations else "",
            label=contribution_label(view.pack, part, observations),
            decibans=part.decibans,
            sentence=contribution_sentence(view.pack, item, part, view.case, observations, names),
            basis=weakest_basis(view.pack, item, part.findings),
            sources=contribution_sources(item, part.findings),
        )
        for part in sorted(weighed.items, key=lambda part: -abs(part.decibans))
    )


def said_observations(view: CaseView) -> dict[str, Observation]:
    """Observations worth a word: what was said or measured, and what that implies only when nothing else names it."""
    found = view.by_finding
    said = {name: o for name, o in found.items() if o.how != "implied" or o.state == "present"}
    return {**{name: o for name, o in found.items() if not said}, **said}


def _danger(danger: Danger) -> DangerOut:
    state = "excluded" if danger.excluded_by else "above_threshold" if danger.above else "below_threshold"
    return DangerOut(
        harm=danger.rule.harm,
        threshold=danger.threshold,
        why=danger.rule.why,
        exclusion=danger.rule.exclusion,
        state=state,  # type: ignore[arg-type]
        sources=danger.rule.sources,
    )


def _tests(pack: Pack, item: Condition) -> list[tuple[str, float, float]]:
    """(finding name, sensitivity, background) of the yes/no tests the condition states."""
    found = []
    for evidence in item.findings:
        finding = pack.findings[evidence.finding]
        if finding.kind == "test" and finding.type == "yes_no" and finding.background:
            found.append((finding.name, evidence.as_number().best, finding.background[0].best))
    return found


def _confirming_tests(pack: Pack, item: Condition) -> tuple[str, ...]:
    """Tests that are at least ten times as frequent with the condition as without any, strongest three."""
    strong = [(s / max(leak, 1e-6), name) for name, s, leak in _tests(pack, item) if s >= 10 * leak]
    return tuple(name for _, name in sorted(strong, reverse=True)[:3])


def _excluding_tests(pack: Pack, item: Condition) -> tuple[str, ...]:
    """Tests so sensitive (90 % or more) that their absence argues strongly against the condition."""
    return tuple(
        f"no {name}"
        for name, sensitivity, _ in sorted(_tests(pack, item), key=lambda t: -t[1])[:3]
        if sensitivity >= 0.9
    )
