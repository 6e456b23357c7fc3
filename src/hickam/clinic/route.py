"""Who should see the patient: primary care is the door, then the specialist by suspected system."""

from __future__ import annotations

from dataclasses import dataclass, field

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import counted
from hickam.clinic.view import CaseView
from hickam.model.assessment import ReferralOut, Route, Tier
from hickam.model.condition import LEVELS, Condition, Level, Referral

WORTH_NAMING = 0.10
"""A cause below this probability gets no referral of its own unless it must not be missed."""
FIRST: dict[Level, str] = {
    "emergency": "emergency_department",
    "same_day": "primary_care",
    "soon": "primary_care",
    "routine": "primary_care",
    "self_care": "primary_care",
}
SENTENCES: dict[Level, str] = {
    "emergency": "Go to an emergency department now; do not wait for a clinic.",
    "same_day": "Be seen today: primary care if it can examine and test today, else urgent or emergency care.",
    "soon": "See primary care within two weeks; it coordinates tests and referral.",
    "routine": "Start with primary care, which examines, tests where needed and coordinates referral.",
    "self_care": "Self-care is reasonable; see primary care if it goes on, changes or worries you.",
}


@dataclass
class _Draft:
    referral: Referral
    conditions: list[str] = field(default_factory=list)
    whens: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    level: Level = "routine"


def route(view: CaseView, beliefs: Beliefs, tier_of: dict[str, Tier], level: Level) -> Route:
    """First contact by urgency; referrals of the conditions worth naming, merged by clinician.

    In an emergency only those that cannot wait either: an outpatient letter must not look like a way to go.
    """
    first = FIRST[level]
    drafts: dict[str, _Draft] = {}
    for item in _worth_naming(view, beliefs, tier_of):
        for referral in item.referral:
            if referral.clinician != first:
                _merge(drafts, item, referral)
    referrals = tuple(_finished(view, beliefs.cause, name, draft, level) for name, draft in drafts.items())
    if level == LEVELS[-1]:
        referrals = tuple(r for r in referrals if r.urgency == level)
    ordered = sorted(referrals, key=lambda r: -LEVELS.index(r.urgency))
    return Route(first=first, first_name=_name(view, first), sentence=SENTENCES[level], referrals=tuple(ordered))


def _worth_naming(view: CaseView, beliefs: Beliefs, tier_of: dict[str, Tier]) -> list[Condition]:
    urgent = counted(view, beliefs)
    return [
        view.pack.conditions[name]
        for name in beliefs.ranked
        if tier_of.get(name) == "most_likely" or name in urgent or beliefs.cause[name] >= WORTH_NAMING
    ]


def _merge(drafts: dict[str, _Draft], item: Condition, referral: Referral) -> None:
    draft = drafts.setdefault(referral.clinician, _Draft(referral, level=referral.urgency))
    if item.name not in draft.conditions:
        draft.conditions.append(item.name)
    draft.whens.append(referral.when.rstrip("."))
    draft.before += [step for step in referral.before if step not in draft.before]
    draft.sources += [key for key in referral.sources if key not in draft.sources]
    draft.level = max(draft.level, referral.urgency, key=LEVELS.index)


def _finished(view: CaseView, cause: dict[str, float], name: str, draft: _Draft, level: Level) -> ReferralOut:
    clinician = view.pack.clinicians.get(name)
    unsafe = clinician.unsafe_when if clinician and level in ("emergency", "same_day") else ()
    warnings = tuple(s.text for s in unsafe if not s.when or any(view.holds(term, cause) for term in s.when))
    return ReferralOut(
        clinician=name,
        name=_name(view, name),
        for_conditions=tuple(draft.conditions),
        when="; ".join(dict.fromkeys(draft.whens)),
        urgency=draft.level,
        before_referral=tuple(draft.before),
        warnings=warnings,
        sources=tuple(draft.sources),
    )


def _name(view: CaseView, clinician: str) -> str:
    found = view.pack.clinicians.get(clinician)
    return found.name if found else clinician.replace("_", " ")
