"""One line of the differential: chances with intervals, what moved it, what would exclude or confirm it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import Danger
from hickam.clinic.tiers import show_presence
from hickam.clinic.view import CaseView
from hickam.inference.results import Contributions, Intervals
from hickam.model.assessment import (
    Candidate,
    ConditionRef,
    Contribution,
    DangerOut,
    Estimate,
    Point,
    Related,
    Tier,
)
from hickam.model.case import Observation
from hickam.model.condition import Condition
from hickam.model.pack import Pack
from hickam.services.knowledge import Knowledge
from hickam.writing.sentences import (
    contribution_label,
    contribution_sentence,
    contribution_sources,
    state_words,
    weakest_basis,
)


@dataclass(frozen=True)
class Lines:
    """What all lines of one differential share. ``untold``: conditions that a clinician has yet to tell the patient."""

    knowledge: Knowledge
    view: CaseView
    beliefs: Beliefs
    tier_of: Mapping[str, Tier]
    intervals: Intervals | None
    weighed: Mapping[str, Contributions]
    dangers: Mapping[str, Danger]
    upstream: Mapping[str, dict[str, float]]
    untold: Container[str]

    def line(self, name: str, place: int) -> Candidate:
        """The condition at one place of the list."""
        item, beliefs = self.view.pack.conditions[name], self.beliefs
        known = name in self.view.facts
        weighed, danger = self.weighed.get(name), self.dangers.get(name)
        confirming, excluding = telling_tests(self.knowledge, name)
        return Candidate(
            condition=condition_ref(item, tell_in_person=name in self.untold),
            tier=self.tier_of.get(name, "unlisted"),
            rank=place,
            known=known,
            cause=self._estimate(beliefs.cause[name], name, "cause"),
            present=self._estimate(beliefs.present[name], name, "present")
            if show_presence(name, beliefs, known)
            else None,
            prior=Point(value=beliefs.prior_cause.get(name, 0.0)),
            parents=_parents(self.view.pack, item, beliefs, self.upstream.get(name, {})),
            children=_children(self.view, item, beliefs),
            baseline_decibans=weighed.prior if weighed else None,
            contributions=_contributions(self.view, item, weighed) if weighed else (),
            excluded_by=excluding,
            confirmed_by=confirming,
            danger=_danger(danger) if danger else None,
        )

    def _estimate(self, value: float, name: str, of: str) -> Estimate:
        if self.intervals is None:
            return Estimate(value=value, low=value, high=value)
        interval = getattr(self.intervals, of)[name]
        return Estimate(value=value, low=interval.low, high=interval.high)


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
    observations, words = _said(view)
    names = {part.group: "; ".join(words[f] for f in part.findings if f in words) for part in weighed.items}
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


def _said(view: CaseView) -> tuple[dict[str, Observation], dict[str, str]]:
    """Observations worth a word, and the words of each: the same for every condition of a differential."""
    found: tuple[dict[str, Observation], dict[str, str]] | None = view.memo.get("said")
    if found is None:
        observations = said_observations(view)
        words = {name: state_words(view.pack.findings[name], o) for name, o in observations.items()}
        found = view.memo["said"] = observations, words
    return found


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


def telling_tests(knowledge: Knowledge, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The yes/no tests that confirm a condition and those whose absence argues strongly against it, three of each.

    Confirming: at least ten times as frequent with the condition as without any. Excluding: 90 % sensitive or more.
    """
    known = knowledge.telling_tests.get(name)
    if known is None:
        pack, found = knowledge.pack, []
        for evidence in pack.conditions[name].findings:
            finding = pack.findings[evidence.finding]
            if finding.kind == "test" and finding.type == "yes_no" and finding.background:
                found.append((finding.name, evidence.as_number().best, finding.background[0].best))
        strong = sorted(((s / max(leak, 1e-6), test) for test, s, leak in found if s >= 10 * leak), reverse=True)
        sensitive = sorted(found, key=lambda t: -t[1])[:3]
        known = knowledge.telling_tests[name] = (
            tuple(test for _, test in strong[:3]),
            tuple(f"no {test}" for test, s, _ in sensitive if s >= 0.9),
        )
    return known
