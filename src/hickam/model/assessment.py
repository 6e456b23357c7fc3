"""The answer: ``hickam.assessment/1``, the object that ``hickam assess --format json`` prints.

The JSON Schema is generated from these types. A field is never dropped: what is not known is null or an empty list.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from hickam.model.case import Conflict
from hickam.model.condition import Category, Level

SCHEMA = "hickam.assessment/1"
Tier = Literal["most_likely", "other_likely", "do_not_miss", "rare", "unlisted"]
Reader = Literal["patient", "clinician", "student", "researcher"]


class PackStamp(msgspec.Struct, frozen=True, kw_only=True):
    """Which knowledge gave the answer. ``review_state``: submitted, under_review or approved (all items used).
    ``drafted_by``: who drafted it before any review; approval does not take that mark away."""

    id: str
    version: str
    hash: str
    review_state: Literal["submitted", "under_review", "approved"]
    drafted_by: str = ""


class SpanOut(msgspec.Struct, frozen=True, kw_only=True):
    """Words of the story: characters start..end, end exclusive."""

    text: str
    start: int
    end: int


class FindingOut(msgspec.Struct, frozen=True, kw_only=True):
    """One understood finding; ``source`` is null when it was given as data or implied by another finding.

    ``resource``: the part of a record (FHIR reference) it was read from, '' when it was not.
    """

    id: str
    name: str
    state: Literal["present", "absent"]
    value: float | str | None
    unit: str
    source: SpanOut | None
    modifiers: tuple[str, ...]
    resource: str = ""


class KnownOut(msgspec.Struct, frozen=True, kw_only=True):
    """A known condition."""

    id: str
    name: str
    status: str
    source: SpanOut | None
    resource: str = ""


class MedicationOut(msgspec.Struct, frozen=True, kw_only=True):
    """A drug the patient takes, in the story's word and as the pack's drug ('' when the pack does not know it)."""

    name: str
    drug: str
    dose: str
    current: bool
    source: SpanOut | None
    resource: str = ""


class AllergyOut(msgspec.Struct, frozen=True, kw_only=True):
    """An allergy or intolerance, in the story's or record's word."""

    name: str
    drug: str
    confirmed: bool
    source: SpanOut | None
    resource: str = ""


class CaseOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was understood of the patient, and what was not."""

    age: float | None
    sex: str | None
    setting: str
    complaint: str
    known_conditions: tuple[KnownOut, ...]
    ruled_out: tuple[KnownOut, ...]
    medications: tuple[MedicationOut, ...]
    findings: tuple[FindingOut, ...]
    not_understood: tuple[SpanOut, ...]
    conflicts: tuple[Conflict, ...]
    notes: tuple[str, ...]
    allergies: tuple[AllergyOut, ...] = ()


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How well the pack explains the story. ``known_pattern`` is false when *unexplained* leads or passes 30 %."""

    unexplained: float
    known_pattern: bool
    sentence: str
    approximated: bool


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A probability with its 90 % interval: how far the knowledge, not the patient, is uncertain."""

    value: float
    low: float
    high: float


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A probability without an interval."""

    value: float


class ConditionRef(msgspec.Struct, frozen=True, kw_only=True):
    """Which condition. ``tell_in_person``: serious news that a clinician has still to tell face to face; for a patient,
    ``lay_name`` is then true without being the name."""

    id: str
    name: str
    lay_name: str
    synonyms: tuple[str, ...]
    category: Category
    codes: dict[str, tuple[str, ...]]
    tell_in_person: bool = False


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """How much one finding (or correlated group) moved the condition, in decibans; positive is for, negative against.

    ``label`` names it in a few words. ``basis`` is the weakest basis among the numbers it rests on; ``sources`` are
    keys of ``references``.
    """

    finding: str
    findings: tuple[str, ...]
    state: str
    label: str
    decibans: float
    sentence: str
    basis: str
    sources: tuple[str, ...]


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A linked condition and how likely it is present."""

    id: str
    name: str
    present: float


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the differential. ``prior`` is the K-only answer: this age, sex and setting, nothing else known."""

    condition: ConditionRef
    tier: Tier
    rank: int
    known: bool
    cause: Estimate
    present: Estimate | None
    prior: Point
    parents: tuple[Related, ...]
    children: tuple[Related, ...]
    baseline_decibans: float | None
    contributions: tuple[Contribution, ...]
    excluded_by: tuple[str, ...]
    confirmed_by: tuple[str, ...]
    danger: DangerOut | None


class DangerOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why a condition must not be missed, its test threshold, what excludes it and whether that has been done."""

    harm: Level
    threshold: float
    why: str
    exclusion: str
    state: Literal["not_excluded", "excluded", "above_threshold", "below_threshold"]
    sources: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why the urgency is what it is; ``rule`` or ``condition`` names what raised it."""

    sentence: str
    lay_sentence: str
    level: Level
    rule: str
    condition: str
    sources: tuple[str, ...]


class Urgency(msgspec.Struct, frozen=True, kw_only=True):
    """How soon. While ``provisional`` the level reads 'not below' until ``not_asked`` has been answered."""

    level: Level
    provisional: bool
    sentence: str
    not_asked: tuple[str, ...]
    reasons: tuple[Reason, ...]
    excluded: tuple[str, ...]


class ReferralOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who else should see the patient, for which suspected condition, when, and what to do first."""

    clinician: str
    name: str
    for_conditions: tuple[str, ...] = msgspec.field(name="for")
    when: str
    urgency: Level
    before_referral: tuple[str, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go first, and referrals by suspected system."""

    first: str
    first_name: str
    sentence: str
    referrals: tuple[ReferralOut, ...]


class CouldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One answer and what it would do."""

    answer: str
    probability: float
    effect: str
    overturns: bool


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """A question, examination or test worth doing next."""

    kind: str
    id: str
    name: str
    question: str
    lay_question: str
    expected_gain: float
    burden: float
    why: Literal["core_history", "red_flag_screen", "settles", "gain"]
    could_change: tuple[CouldChange, ...]


class WorkupItem(msgspec.Struct, frozen=True, kw_only=True):
    """A test or examination in the plan."""

    stage: Literal["now", "if_unexplained", "specialist", "not_worth_it"]
    test: str
    why: str
    means: str
    for_conditions: tuple[str, ...] = msgspec.field(name="for")
    sources: tuple[str, ...]


class ManagementItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do, or not to do (``line`` avoid)."""

    step: str
    line: str
    certainty: str
    condition: str
    treatment: str
    sources: tuple[str, ...]


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence with its sources, and what in this patient it rests on."""

    text: str
    because: tuple[str, ...]
    sources: tuple[str, ...]


class MedicationReview(msgspec.Struct, frozen=True, kw_only=True):
    """One of the patient's drugs and its part in cramps."""

    name: str
    drug: str
    effects: tuple[Advice, ...]
    odds_ratio: Estimate | None
    mechanism: str
    action: str
    check: tuple[str, ...]
    sources: tuple[str, ...]


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the bibliography as cited; ``short`` is 'Khan 2006, JAMA'."""

    key: str
    short: str
    citation: str
    kind: str
    url: str
    doi: str
    pmid: str
    opened: str


class OverturningFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: the finding and what it would have to be ('comes at night', 'not absent pedal pulses')."""

    finding: str
    answer: str


class OverturningNumber(msgspec.Struct, frozen=True, kw_only=True):
    """One number of the pack: its value, its 90 % interval, and the value at which both causes are equally likely.

    ``kind``: prior, consulting, finding (how frequent with ``condition``), background (how frequent otherwise) or risk
    (odds ratio). ``within``: the interval reaches that far.
    """

    kind: Literal["prior", "consulting", "finding", "background", "risk"]
    condition: str
    finding: str
    value: float
    low: float
    high: float
    needed: float
    within: bool
    sentence: str


class Overturn(msgspec.Struct, frozen=True, kw_only=True):
    """What would put ``rival`` before ``leader``: further answers, told findings taken back, or numbers moved.

    ``added`` is the smallest set of further answers found, with the probability that they turn out so and both causes
    after it; ``withdrawn`` the smallest set of told findings without which the rival leads. Empty: none of up to three.
    """

    leader: ConditionRef
    rival: ConditionRef
    odds: float
    added: tuple[OverturningFinding, ...]
    added_probability: float
    added_leader: float
    added_rival: float
    withdrawn: tuple[OverturningFinding, ...]
    numbers: tuple[OverturningNumber, ...]
    numbers_tried: int


class PatientAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """What the pack says to a patient about one likely cause, without what would be unsafe while others are open.

    ``sure``: the only likely cause, and likely enough to be said without an 'if'. ``warns``: what a danger that is not
    excluded forbids until it is clear.
    """

    condition: str
    lay_name: str
    sure: bool
    warns: bool = False
    texts: tuple[str, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer."""

    schema: str
    engine_version: str
    pack: PackStamp
    as_of: str
    reader: Reader
    disclaimer: str
    case: CaseOut
    fit: Fit
    differential: tuple[Candidate, ...]
    urgency: Urgency
    route: Route
    next_steps: tuple[NextStep, ...]
    workup: tuple[WorkupItem, ...]
    management: tuple[ManagementItem, ...]
    cautions: tuple[Advice, ...]
    medication_review: tuple[MedicationReview, ...]
    prevention: tuple[Advice, ...]
    pitfalls: tuple[Advice, ...]
    what_to_tell_the_patient: tuple[str, ...]
    patient_advice: tuple[PatientAdvice, ...] = ()
    overturn: tuple[Overturn, ...] = ()
    references: tuple[Reference, ...]
