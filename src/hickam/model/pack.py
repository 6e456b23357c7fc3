"""The rest of a pack: manifest, bibliography, drugs, treatments, tests, clinicians, rules, cases, reviews."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from hickam.model.condition import Certainty, Condition, Level, Pitfall, Statement
from hickam.model.finding import Finding, Measurement, Text
from hickam.model.numbers import Number, Sources
from hickam.model.presentation import Presentation
from hickam.model.review import Review

SourceKind = Literal[
    "guideline",
    "systematic_review",
    "randomised_trial",
    "cohort",
    "case_control",
    "cross_sectional",
    "case_series",
    "case_report",
    "narrative_review",
    "textbook",
    "label",
    "registry",
    "regulator",
    "web",
]
Setting = Literal["primary_care", "emergency", "specialist"]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One publication. ``opened`` is the day its text (or ``copy``) was read; empty when nobody opened it."""

    title: Text
    authors: str = ""
    organisation: str = ""
    year: int | None = None
    publication: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    copy: str = ""
    kind: SourceKind
    opened: str = ""
    note: str = ""


class CorrelationGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Findings that say partly the same; ``phi`` is 0.6 for one sign twice, 0.3 for one syndrome, 0.4 unknown."""

    name: Text
    phi: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.4


class VisitShare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Share of visits for this complaint by people of one age band and sex; used when age or sex is not known."""

    age: tuple[float, float]
    sex: Literal["female", "male"]
    share: Annotated[float, msgspec.Meta(ge=0, le=1)]


class BackgroundQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question of the fixed history with several answers, such as past illness; ``findings`` are its answers."""

    id: Text
    question: Text
    lay_question: Text
    findings: tuple[str, ...]


Wordings = dict[Text, tuple[Text, ...]]


class VisitWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How findings are asked about and told in a visit, beyond their own wordings; each table by finding.

    ``asked``: a question that a yes affirms; ``well``: one that a yes denies ('steady on your feet'); ``topics``:
    named without saying that anything is wrong ('waterworks'); ``covers``: named so widely that only 'fine' says
    something ('periods'); ``found``, ``not_found``: signs told aloud; ``power``:
    muscles and movements whose weakness the finding is."""

    asked: Wordings = {}
    well: Wordings = {}
    topics: Wordings = {}
    covers: Wordings = {}
    found: Wordings = {}
    not_found: Wordings = {}
    power: Wordings = {}


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """pack.yaml. ``updated``: the day its content was last changed, YYYY-MM-DD; ``feedback``: how a reader can help;
    ``drafted_by``: who drafted the content before any person reviewed it (shown for ever, approved or not);
    ``hotwords``: names that speech recognition garbles, for its second pass; ``word_classes``: wordings that mean the
    same, by the name that a finding's ``together`` uses; ``visit_words``: how findings are asked about and told in
    visits; ``code_sources``: where codes of public systems were read."""

    id: Text
    version: Text
    title: Text
    complaint: Text
    licence: Text
    population: Text
    settings: tuple[Setting, ...]
    window_days: Annotated[float, msgspec.Meta(gt=0)]
    intended_use: Text
    not_for: tuple[str, ...]
    disclaimer: Text
    owners: tuple[str, ...]
    editorial_policy: Text
    unexplained: dict[Setting, float]
    mention_half_words: float
    recording_error: dict[Literal["history", "examination", "test"], float] = {}
    visits: tuple[VisitShare, ...]
    groups: dict[str, CorrelationGroup]
    complaint_phrases: tuple[str, ...]
    body_part_phrases: tuple[str, ...]
    word_classes: dict[str, tuple[Text, ...]] = {}
    hotwords: tuple[str, ...] = ()
    visit_words: VisitWords = VisitWords()
    status_factors: dict[Literal["controlled", "past", "unknown"], dict[Literal["complaint", "findings"], float]]
    background: tuple[BackgroundQuestion, ...] = ()
    articles: dict[str, tuple[Statement, ...]] = {}
    updated: str = ""
    feedback: str = ""
    drafted_by: str = ""
    code_sources: dict[str, Sources] = {}


class DrugEffect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How strongly a drug is tied to cramps or to a driver of cramps."""

    text: Text
    odds_ratio: Number | None = None
    sources: Sources = ()


class CrossAllergy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Medicines that one allergy may concern together, by the names a record uses, and why."""

    members: tuple[str, ...]
    text: Text
    sources: Sources = ()


class Drug(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A drug or class, recognised by any of its names; taking it answers the risk findings in ``factors``. ``rxnorm``:
    RxNorm's concept (RxCUI) of the ingredient that a member names, as far as one was seen in ``code_sources``."""

    id: Text
    name: Text
    lay_name: Text
    drug_class: Text
    members: tuple[str, ...]
    brands: tuple[str, ...] = ()
    class_words: tuple[str, ...] = ()
    rxnorm: dict[str, str] = {}
    factors: tuple[str, ...] = ()
    effects: tuple[DrugEffect, ...] = ()
    mechanism: str = ""
    action: str = ""
    check: tuple[str, ...] = ()
    interactions: dict[str, str] = {}
    cross_allergy: tuple[CrossAllergy, ...] = ()
    sources: Sources = ()


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One exercise in words for the patient. ``drawing``: a line drawing of the program; ``shows``: it in words."""

    name: Text
    steps: tuple[str, ...]
    drawing: str = ""
    shows: str = ""


class Treatment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A treatment used by several conditions: effect, certainty, harms, cautions, interactions by drug id.

    ``drugs``: the pack's drugs that it gives, so that an allergy to one is seen.
    ``advice_words``: words by which the conditions' ``patient_text`` advises it; it is left out where it may do harm.
    """

    id: Text
    name: Text
    lay_name: Text
    advice_words: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    summary: Text
    how: str = ""
    exercises: tuple[Exercise, ...] = ()
    effects: tuple[Statement, ...] = ()
    certainty: Certainty = "expert_opinion"
    harms: tuple[Statement, ...] = ()
    caution: dict[str, str] = {}
    interactions: dict[str, str] = {}
    avoid: bool = False
    sources: Sources = ()


class TestLimit(Statement, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a test is not worth doing: for which leading ``conditions``, ``unless`` a term holds. None: said in articles
    only."""

    conditions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Test(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test: what it is for, how good it is, when it is not worth doing, which findings it answers."""

    id: Text
    name: Text
    lay_name: Text
    summary: Text
    kind: Literal["bedside", "blood", "urine", "imaging", "neurophysiology", "vascular", "other"]
    answers: tuple[str, ...] = ()
    accuracy: tuple[Statement, ...] = ()
    not_worth: tuple[TestLimit, ...] = ()
    how: str = ""
    sources: Sources = ()


class Clinician(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who can see the patient. ``unsafe_when``: when this is the wrong door."""

    id: Text
    name: Text
    lay_name: Text
    treats: Text
    refer_when: tuple[Statement, ...] = ()
    unsafe_when: tuple[Pitfall, ...] = ()
    sources: Sources = ()


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A red flag (raises urgency) or a pitfall (a warning for this case), as a condition over findings.

    Terms: ``finding`` (present), ``not finding`` (absent), ``finding is value``, ``measurement < 3.0`` (also
    <=, >, >=), ``age >= 65``, ``sex is female``, ``known condition``, ``suspected condition >= 0.05`` (cause),
    ``takes drug``.
    """

    id: Text
    kind: Literal["red_flag", "pitfall"]
    level: Level | None = None
    sentence: Text
    lay_sentence: Text
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    screen: bool = False
    sources: Sources = ()


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a pack case must give."""

    top: str = ""
    in_top: dict[str, int] = {}
    do_not_miss: tuple[str, ...] = ()
    urgency: Level | None = None
    urgency_at_least: Level | None = None
    urgency_at_most: Level | None = None
    rules: tuple[str, ...] = ()
    not_rules: tuple[str, ...] = ()
    cause_at_least: dict[str, float] = {}
    cause_at_most: dict[str, float] = {}


class PackCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A vignette with its expected result, argued from a source and not from the program's output.

    ``known_miss`` says why the pack does not give it yet. Such a case is counted apart; once it comes right the mark
    has to go, so the list of known misses can only shrink by being dealt with.
    """

    name: Text
    why: Text
    sources: Sources = ()
    age: float | None = None
    sex: Literal["female", "male"] | None = None
    setting: Setting = "primary_care"
    text: str = ""
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    values: dict[str, str | float] = {}
    known: tuple[str, ...] = ()
    expect: Expect
    known_miss: str = ""


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole pack in memory. Keys of the dicts are ids; ``hashes`` maps 'folder/id' to the item's content hash."""

    manifest: Manifest
    hash: str
    sources: dict[str, Source]
    measurements: dict[str, Measurement]
    findings: dict[str, Finding]
    conditions: dict[str, Condition]
    drugs: dict[str, Drug]
    treatments: dict[str, Treatment]
    tests: dict[str, Test]
    clinicians: dict[str, Clinician]
    rules: dict[str, Rule]
    cases: dict[str, tuple[PackCase, ...]]
    reviews: tuple[Review, ...]
    presentation: Presentation = Presentation()
    hashes: dict[str, str]
