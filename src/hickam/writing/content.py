"""What of a case and its assessment is shown to whom: the one selection that every document draws on.

Nothing here words anything. Present, absent and not asked stay three lists, and what was implied by another finding is
in none of them: a document never says that something was examined because something else was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from msgspec import structs

from hickam.knowledge.telling import until_told, withheld
from hickam.model.assessment import (
    Advice,
    Assessment,
    Candidate,
    Contribution,
    ManagementItem,
    NextStep,
    PatientAdvice,
    Reader,
    Reason,
)
from hickam.model.case import Case, Medication, Observation
from hickam.model.condition import LEVELS, Condition, Level
from hickam.model.finding import Finding, FindingKind
from hickam.model.pack import Exercise, Pack

REASONS: dict[Reader, int] = {"patient": 0, "clinician": 3, "student": 6, "researcher": 100}
"""How many reasons for and against each condition a reader is shown."""
WORTH = 0.5
"""Contributions below half a deciban are left out, but for the researcher."""
LINES: dict[Reader, int] = {"patient": 4, "clinician": 6, "student": 8, "researcher": 12}
"""How many conditions are worked out for a reader beside those that must not be missed."""
WORTH_TELLING = 0.05
"""A patient is not told of other causes rarer than this unless they must not be missed."""
VITAL_SIGNS = ("pulse", "systolic_bp", "diastolic_bp", "respiratory_rate", "temperature", "oxygen_saturation")
URGENT: tuple[Level, ...] = ("same_day", "emergency")
STRETCHING = "stretching"
Amount = Literal["low", "usual", "high", ""]


@dataclass(frozen=True)
class Said:
    """One finding of the case as it was told, measured or given. ``quote``: the words of the story, '' for data."""

    finding: Finding
    observation: Observation
    quote: str
    value: str
    lay_value: str
    measured: str
    amount: Amount

    @property
    def present(self) -> bool:
        """Present; else absent. A finding that was not asked is no Said at all."""
        return self.observation.state == "present"


@dataclass(frozen=True)
class Content:
    """The case, the answer and the pack, with the selections that templates ask for."""

    pack: Pack
    """In the reader's language."""
    case: Case
    answer: Assessment
    english: Pack | None = None
    """The pack the answer was made from, when ``pack`` is a translation of it."""

    def until_told(self) -> Content:
        """The same for a patient whom no clinician has told serious news: those conditions are not named."""
        untold = withheld(self.pack, self.case)
        english = until_told(self.english, untold) if self.english else None
        return replace(self, pack=until_told(self.pack, untold), english=english)

    def withheld(self, name: str) -> bool:
        """The condition goes by other words than its name until a clinician has told the patient."""
        item = self.condition(name)
        return item.tell_in_person is not None and item.lay_name == item.tell_in_person.lay_name

    @cached_property
    def numbered(self) -> bool:
        """A patient is shown a number of people in a hundred: not for what a clinician has to tell first."""
        return not all(self.withheld(c.condition.id) for c in self.possible)

    @cached_property
    def withholds(self) -> bool:
        """Something that this patient reads goes by other words than its name."""
        named = [c.condition.id for c in (*self.possible, *self.tier("do_not_miss"))]
        return any(map(self.withheld, (*named, *(r.condition for r in self.raising if r.condition))))

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """Findings that someone stated or measured, in the order of the story."""
        stated = [o for o in self.case.observations if o.how not in ("implied", "drug")]
        ordered = sorted(stated, key=lambda o: o.span.start if o.span else len(self.case.text))
        return tuple(_said(self.pack, o) for o in ordered)

    @cached_property
    def side(self) -> str:
        """Left, right or both when everything that has a side has the same; '' otherwise."""
        sides = {s.observation.side for s in self.said if s.present and s.observation.side}
        return next(iter(sides)) if len(sides) == 1 else ""

    def of_kind(self, *kinds: FindingKind, present: bool) -> tuple[Said, ...]:
        """Stated findings of these kinds that are present, or that are absent; a value stands for itself."""
        found = [s for s in self.said if s.finding.kind in kinds]
        chosen = [s for s in found if (s.present or bool(s.measured)) == present]
        return tuple({s.measured or s.finding.id: s for s in chosen}.values())

    @cached_property
    def results(self) -> tuple[Said, ...]:
        """Tests with a result, one line for each measured quantity."""
        seen: set[str] = set()
        kept = []
        for item in self.said:
            if item.finding.kind == "test" and (not item.measured or item.measured not in seen):
                seen.add(item.measured)
                kept.append(item)
        return tuple(kept)

    @cached_property
    def measured(self) -> frozenset[str]:
        """Measurements that have a number in this case."""
        return frozenset(m for s in self.said if s.measured for m in _measurements(s.finding))

    @cached_property
    def vital_blanks(self) -> tuple[str, ...]:
        """Names of vital signs without a number."""
        known = self.pack.measurements
        return tuple(known[m].name for m in VITAL_SIGNS if m in known and m not in self.measured)

    @cached_property
    def examination_blanks(self) -> tuple[Finding, ...]:
        """Examinations worth doing here that the case does not state: danger signs, then what would tell most."""
        steps = [s.id for s in self.answer.next_steps if s.kind == "examination"]
        names = dict.fromkeys((*self.answer.urgency.not_asked, *steps))
        found = [self.pack.findings[n] for n in names if n in self.pack.findings]
        return tuple(f for f in found if f.kind == "examination")

    @cached_property
    def danger_questions(self) -> tuple[Finding, ...]:
        """Danger signs of the history that have not been asked about."""
        found = [self.pack.findings[n] for n in self.answer.urgency.not_asked if n in self.pack.findings]
        return tuple(f for f in found if f.kind in ("history", "risk_factor"))

    def questions(self, most: int) -> tuple[NextStep, ...]:
        """What would help to know, short of the danger signs."""
        steps = [s for s in self.answer.next_steps if s.why != "red_flag_screen"]
        return tuple(s for s in steps if s.kind in ("history", "risk_factor"))[:most]

    @cached_property
    def medicines(self) -> tuple[Medication, ...]:
        """What the patient takes now."""
        return tuple(m for m in self.case.medications if m.current)

    @cached_property
    def stopped(self) -> tuple[Medication, ...]:
        """What the patient took before."""
        return tuple(m for m in self.case.medications if not m.current)

    def tier(self, *names: str) -> tuple[Candidate, ...]:
        """Conditions of these tiers, most likely first."""
        return tuple(c for c in self.answer.differential if c.tier in names)

    @cached_property
    def worked(self) -> tuple[Candidate, ...]:
        """Conditions whose working this reader is shown."""
        most = LINES[self.answer.reader]
        tiered = self.tier("most_likely", "do_not_miss", "other_likely", "rare")
        return tuple(c for place, c in enumerate(tiered) if place < most or c.tier == "do_not_miss")

    def support(self, candidate: Candidate, sign: Literal["for", "against"]) -> tuple[Said, ...]:
        """Stated findings behind the two strongest contributions for (or the strongest against) one condition."""
        parts = self.reasons(candidate, sign)[: 2 if sign == "for" else 1]
        stated = {item.finding.id: item for item in self.said}
        return tuple(stated[name] for part in parts for name in part.findings if name in stated)

    def reasons(self, candidate: Candidate, sign: Literal["for", "against"]) -> tuple[Contribution, ...]:
        """Contributions for or against one condition, strongest first, as many as the reader is shown."""
        reader = self.answer.reader
        least = 0.0 if reader == "researcher" else WORTH
        side = 1 if sign == "for" else -1
        found = [c for c in candidate.contributions if side * c.decibans > 0 and abs(c.decibans) >= least]
        return tuple(found[: REASONS[reader]])

    def follows(self, part: Contribution) -> bool:
        """The contribution rests on nothing that was stated: what was said implies it."""
        stated = {item.finding.id for item in self.said}
        return not stated & set(part.findings)

    def condition(self, name: str) -> Condition:
        """A condition of the pack in this language."""
        return self.pack.conditions[name]

    @cached_property
    def urgent(self) -> bool:
        """The case has to be seen the same day or at once."""
        return self.answer.urgency.level in URGENT

    @cached_property
    def raising(self) -> tuple[Reason, ...]:
        """The reasons that set the level, each condition or rule once; a rule's sentence before the plain route."""
        level = self.answer.urgency
        found = {(r.rule, r.condition): r for r in level.reasons if r.level == level.level}
        return tuple(found.values())

    @cached_property
    def advice(self) -> tuple[PatientAdvice, ...]:
        """The answer's words to the patient in the reader's language, without lines that this reader is not told."""
        parts = (structs.replace(part, texts=tuple(self._in_language(part))) for part in self.answer.patient_advice)
        return tuple(part for part in parts if part.texts)

    def _in_language(self, part: PatientAdvice) -> Iterator[str]:
        """Translations keep the lines of ``patient_text`` one by one (knowledge/translations.py)."""
        english = (self.english or self.pack).conditions[part.condition].patient_text
        for before, now in zip(english, self.condition(part.condition).patient_text, strict=True):
            if before in part.texts:
                yield now

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """Stretches of the plan; none in an urgent case, or where something about this patient speaks against them."""
        treatment = self.pack.treatments.get(STRETCHING)
        planned = {m.treatment for m in self.answer.management if m.line in ("first", "second")}
        if treatment is None or self.urgent or STRETCHING not in planned:
            return ()
        warned = any(advice.text.startswith(f"{treatment.name}:") for advice in self.answer.cautions)
        harmed = any(c.condition.id in treatment.caution for c in (*self.possible, *self.tier("do_not_miss")))
        return () if warned or harmed else treatment.exercises

    def planned(self, *lines: str) -> tuple[tuple[str, tuple[ManagementItem, ...]], ...]:
        """Steps of these lines by the condition they are for, in the plan's order."""
        grouped: dict[str, list[ManagementItem]] = {}
        for item in self.answer.management:
            if item.line in lines:
                grouped.setdefault(item.condition, []).append(item)
        return tuple((name, tuple(steps)) for name, steps in grouped.items())

    @cached_property
    def avoided(self) -> tuple[ManagementItem, ...]:
        """What not to do."""
        return tuple(item for item in self.answer.management if item.line == "avoid")

    @cached_property
    def cautions(self) -> tuple[Advice, ...]:
        """Cautions of what is planned, and between medicines; not those of treatments that are only named to avoid."""
        planned = {m.treatment for m in self.answer.management if m.line in ("first", "second")}
        idle = tuple(f"{t.name}:" for name, t in self.pack.treatments.items() if name not in planned)
        return tuple(a for a in self.answer.cautions if not a.text.startswith(idle))

    def there(self, candidate: Candidate) -> float:
        """How likely the condition is there, whatever causes the complaint; never less than its part as the cause."""
        return max(candidate.cause.value, candidate.present.value if candidate.present else 0.0)

    @cached_property
    def possible(self) -> tuple[Candidate, ...]:
        """What a patient is told it may be: the leading cause, and others of at least one in twenty."""
        others = (c for c in self.tier("other_likely") if c.cause.value >= WORTH_TELLING)
        return (*self.tier("most_likely"), *others)[:3]

    @cached_property
    def referred_to(self) -> str:
        """Whom a letter goes to when nobody is named: the first referral that is no more urgent than the case, of the
        leading cause before the others.

        Referrals are conditional ("if the foot turns cold"); one more urgent than the case waits for its condition.
        """
        limit = max(LEVELS.index(self.answer.urgency.level), LEVELS.index("routine"))
        listed = [(r.clinician, r.urgency) for r in self.answer.route.referrals]
        named = {clinician for clinician, _ in listed}
        causes = [self.condition(c.condition.id) for c in self.tier("most_likely")[:1]]
        leading = [(r.clinician, r.urgency) for c in causes for r in c.referral if r.clinician in named]
        for clinician, urgency in (*leading, *listed):
            if LEVELS.index(urgency) <= limit:
                return clinician
        return self.answer.route.first

    def at_least(self, level: Level, other: Level) -> Level:
        """The higher of two levels."""
        return max(level, other, key=LEVELS.index)


def _said(pack: Pack, observation: Observation) -> Said:
    finding = pack.findings[observation.finding]
    quote = " ".join(observation.span.text.split()) if observation.span else ""
    values = [(v.name, v.lay_name or v.name) for v in finding.values if v.id in observation.values]
    ranges = [r for r in finding.ranges if r.id in observation.values]
    number = ""
    if observation.value is not None:
        names = [pack.measurements[m].name for m in _measurements(finding) if m in pack.measurements]
        unit = "" if observation.unit == "ratio" else observation.unit
        shown = f"{observation.value:.4g} {unit}".strip()
        number = f"{names[0]} {shown}" if len(names) == 1 else quote or f"{finding.name}: {shown}"
    return Said(
        finding=finding,
        observation=observation,
        quote=quote,
        value=_either(name for name, _ in values) or _either(r.name for r in ranges),
        lay_value=_either(lay for _, lay in values),
        measured=number,
        amount=_amount([r.level for r in ranges]),
    )


def _measurements(finding: Finding) -> tuple[str, ...]:
    own = (finding.measurement,) if finding.measurement else ()
    return tuple(dict.fromkeys((*own, *(t.measurement for t in finding.thresholds))))


def _amount(levels: list[int]) -> Amount:
    """Low, usual or high; '' when the ranges that fit what was said do not agree."""
    signs = {(level > 0) - (level < 0) for level in levels}
    words: dict[int, Amount] = {-1: "low", 0: "usual", 1: "high"}
    return words[signs.pop()] if len(signs) == 1 else ""


def _either(names: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(names))
