"""Conditions: a disease, state or exposure that can be present in a patient, and what is known of it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hickam.model.finding import Text
from hickam.model.numbers import Number, Provenance, Shares, Sources

Category = Literal[
    "true_cramp", "metabolic_endocrine", "vascular", "neurologic", "musculoskeletal", "medication", "other_medical"
]
Level = Literal["emergency", "same_day", "soon", "routine", "self_care"]
LEVELS: tuple[Level, ...] = ("self_care", "routine", "soon", "same_day", "emergency")
Certainty = Literal["high", "moderate", "low", "very_low", "expert_opinion"]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A claim: a sentence the pack asserts, with its sources (keys of the bibliography)."""

    text: Text
    sources: Sources = ()


class Pitfall(Statement, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way to go wrong with a cause. ``when``: terms of which one must hold for it to concern a case; none: any."""

    when: tuple[Text, ...] = ()


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How common the condition is. Incidence is turned into the probability of having it within the window."""

    measure: Literal["prevalence", "incidence_per_year"]
    rows: tuple[Number, ...]


class Modifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A risk factor (a finding with about: risk) and its odds ratio, as ``odds_ratio.value``."""

    factor: Text
    odds_ratio: Number


class Exposure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A condition that only exists under an exposure: pregnancy cramps, statin myopathy.

    ``share`` is the probability of the condition given the exposure. The prior is then frequency(factor) x share,
    share itself when the exposure is known, and nil when it is denied.
    """

    factor: Text
    share: Number


class Parent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A condition that can bring this one about, and the probability ``rho`` that it does (noisy-OR link)."""

    condition: Text
    rho: Number


class Complaint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Consulting rates within the pack's window: probability that the condition brings the patient.

    ``leg``: with any leg symptom like a cramp; ``any``: for anything because of it. ``settings`` multiplies both
    where patients have been selected (emergency, specialist); primary care is 1.
    """

    leg: Number
    any: Number
    settings: dict[Literal["emergency", "specialist"], float] = {}


class Evidence(Provenance, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one condition does to one finding.

    yes/no finding: ``value: [best, low, high]`` or ``counts: [events, of]`` = P(finding | condition), the
    sensitivity. Categorical or ranged finding: ``shares`` over its values or ranges, or ``mean`` and ``sd``.
    """

    finding: Text
    value: tuple[float, float, float] | None = None
    counts: tuple[int, int] | None = None
    shares: dict[str, float] = {}
    mean: float | None = None
    sd: float | None = None

    def as_number(self) -> Number:
        """The yes/no evidence as a Number."""
        return Number(
            basis=self.basis,
            source=self.source,
            locator=self.locator,
            population=self.population,
            why=self.why,
            value=self.value,
            counts=self.counts,
        )

    def as_shares(self) -> Shares:
        """The categorical or ranged evidence as Shares."""
        return Shares(
            basis=self.basis,
            source=self.source,
            locator=self.locator,
            population=self.population,
            why=self.why,
            shares=self.shares,
            mean=self.mean,
            sd=self.sd,
        )


class DoNotMiss(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Dangerous if missed: how soon to act, the probability above which it is worked up, what excludes it.

    ``excluded_by`` are terms: ``finding`` (its presence excludes) or ``not finding`` (its absence excludes).
    ``presence_needs``: own signs, one of which must be present before presence without causing the complaint is urgent.
    """

    harm: Level
    test_threshold: Number
    why: Text
    excluded_by: tuple[str, ...] = ()
    presence_needs: tuple[str, ...] = ()
    exclusion: Text
    sources: Sources = ()


class WorkupStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One test or examination, when it is due, why, and what its results would mean."""

    stage: Literal["now", "if_unexplained", "specialist"]
    test: Text
    why: Text
    means: str = ""
    sources: Sources = ()


class ManagementStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing to do, from conservative to invasive, with the certainty of its evidence and its cautions.

    ``treatment`` is an optional key of ``treatments/``. ``caution`` maps a risk finding to what it changes.
    """

    step: Text
    line: Literal["first", "second", "specialist", "avoid"] = "first"
    certainty: Certainty = "expert_opinion"
    treatment: str = ""
    caution: dict[str, str] = {}
    sources: Sources = ()


class Referral(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which clinician (key of ``clinicians/``), when, how soon, and what to do first."""

    clinician: Text
    when: Text
    urgency: Level
    before: tuple[str, ...] = ()
    sources: Sources = ()


class Lookalike(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How this condition is told from another one."""

    condition: Text
    difference: Text
    sources: Sources = ()


class TellInPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Serious news that a clinician tells face to face: what a patient's pages say until then, true and without the
    name. ``sources``: who says that it is told in person (docs/decisions/0018-serious-news-in-person.md)."""

    lay_name: Text
    patient_text: tuple[str, ...]
    sources: Sources = ()


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One condition file. See docs/reference/pack-format.md.

    ``family`` names the block of linked conditions it belongs to. A parent in the same family is reasoned about
    exactly; a parent outside it raises this condition only when the parent is a known fact.
    """

    id: Text
    name: Text
    lay_name: Text
    category: Category
    synonyms: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    codes: dict[str, tuple[str, ...]] = {}
    summary: Text
    cause_only: bool = False
    only_sex: Literal["any", "female", "male"] = "any"
    prior: Prior | None = None
    exposure: Exposure | None = None
    modifiers: tuple[Modifier, ...] = ()
    family: str = ""
    parents: tuple[Parent, ...] = ()
    excludes: tuple[str, ...] = ()
    complaint: Complaint
    mentioned: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    controlled: dict[Literal["complaint", "findings"], float] = {}
    findings: tuple[Evidence, ...]
    do_not_miss: DoNotMiss | None = None
    urgency: Level
    who: tuple[Statement, ...] = ()
    presentation: tuple[Statement, ...] = ()
    lookalikes: tuple[Lookalike, ...] = ()
    red_flags: tuple[Statement, ...] = ()
    workup: tuple[WorkupStep, ...] = ()
    management: tuple[ManagementStep, ...] = ()
    prevention: tuple[Statement, ...] = ()
    referral: tuple[Referral, ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()
    patient_text: tuple[str, ...] = ()
    tell_in_person: TellInPerson | None = None
    follow_up: str = ""
    sources: Sources = ()
