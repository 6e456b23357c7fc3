"""Questions about this patient: answered from the engine's numbers for the case, each as a claim of its own.

A claim's id is ``case#field.key``; its text states numbers of one assessment and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hickam.answers.claims import Claim, case_claim, lower_first, lower_first_word
from hickam.answers.draft import Draft
from hickam.answers.question import Question
from hickam.answers.search import Index
from hickam.clinic.plan import URGENT
from hickam.knowledge.telling import withheld
from hickam.model.assessment import Assessment, Candidate, Estimate, MedicationReview
from hickam.model.case import Case
from hickam.services.ask_what_if import what_if
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.writing.words import likelihood_word, out_of, percent

CASE_KINDS = frozenset(["likelihood", "why", "what_if", "next_step", "my_drugs"])
"""Kinds that always need a case."""
LEADING = 3
WEIGHED = 4
MOVED = 0.02


class CaseAnswers:
    """Answers about one case for one reader."""

    def __init__(self, knowledge: Knowledge, index: Index, case: Case, quick: Assessment, options: Options) -> None:
        self.knowledge, self.index, self.case, self.options = knowledge, index, case, options
        self.pack = knowledge.pack
        self.quick = quick
        """The assessment without intervals, working and next steps."""

    def answer(self, question: Question) -> Draft | None:
        """The draft, or None when this question is not about the case."""
        makers: dict[str, Callable[[Question], Draft | None]] = {
            "likelihood": self._likelihood,
            "why": self._why,
            "what_if": self._what_if,
            "next_step": self._next,
            "workup": self._next,
            "my_drugs": self._my_drugs,
            "who": self._who,
            "urgency": self._urgency,
            "treatment": self._treatment,
            "can_take": self._treatment,
            "prevention": self._treatment,
            "action": self._action,
        }
        kind = question.kind
        if kind == "compare" and "likely" in question.plain.lower():
            return self._likelihood(question)
        things = [i for i in question.targets if not i.startswith("findings/")]
        if (
            kind not in CASE_KINDS
            and kind != "action"
            and (things or (question.residue and kind not in ("urgency", "who")))
        ):
            return None
        maker = makers.get(kind)
        return maker(question) if maker else None

    def _with(self, *, draws: int = 400, explain: bool = False, steps: int = 0, working: str = "") -> Options:
        return Options(
            reader=self.options.reader,
            as_of=self.options.as_of,
            draws=draws,
            explain=explain,
            steps=steps,
            working=working,
        )

    # ---- likelihood and reasons

    def _likelihood(self, question: Question) -> Draft:
        wanted = [item.split("/")[1] for item in question.targets if item.startswith("conditions/")]
        answer = assess(self.knowledge, self.case, self._with(working=wanted[0] if wanted else ""))
        found = [c for name in wanted[:LEADING] for c in answer.differential if c.condition.id == name]
        missing = [name for name in wanted[:LEADING] if name not in {c.condition.id for c in found}]
        for name in missing:
            more = assess(self.knowledge, self.case, self._with(working=name))
            found += [c for c in more.differential if c.condition.id == name]
        shown = found or list(answer.differential[:LEADING])
        claims = [self.chance(c, named=c.condition.id in wanted) for c in shown]
        claims += self._dangers(answer, {c.condition.id for c in shown} if wanted else set())
        return Draft(claims=tuple(claims), lead=len(shown), notes=self._fit(answer))

    def chance(self, candidate: Candidate, *, named: bool = False) -> Claim:
        """How likely a condition is the cause, and present, in this patient. A patient whose question names it gets the
        name back, though a clinician would tell it face to face."""
        ref, cause = candidate.condition, candidate.cause
        if self.options.reader == "patient":
            words = self.pack.conditions[ref.id].lay_name if named else ref.lay_name
            name = f"{words[:1].upper()}{words[1:]}"
            text = f"{name}: {likelihood_word(cause.value)} as the cause. "
            if ref.id in withheld(self.pack, self.case):
                text += "A doctor should talk with you about this face to face."
            else:
                people = out_of(cause.value).replace(" of 100 people", "")
                text += f"Of 100 people with this story, about {people} would have it as the cause."
        else:
            text = f"{ref.name}: {likelihood_word(cause.value)} as the cause, {_interval(cause)}"
            if candidate.present is not None:
                text += f"; present {percent(candidate.present.value)}"
            text += f". With age, sex and setting alone it would be {percent(candidate.prior.value)}."
        return case_claim(f"cause.{ref.id}", text, grade="from the pack's numbers, most of them estimates")

    def _dangers(self, answer: Assessment, of: set[str]) -> list[Claim]:
        """What excludes a danger that is above its test threshold."""
        found: list[Claim] = []
        for c in answer.differential:
            if c.danger and c.danger.state == "above_threshold" and (not of or c.condition.id in of):
                found += [x for x in self._pack(c.condition.id, "do_not_miss") if x.id.endswith("exclusion")]
        return found[:2]

    def _looked_for(self, answer: Assessment) -> str:
        """Whose tests come first: where the case cannot wait the likeliest danger above its test threshold, else the
        leading cause."""
        dangers = (c for c in answer.differential if c.danger and c.danger.state == "above_threshold")
        first = next(dangers, None) if answer.urgency.level in URGENT else None
        return (first or answer.differential[0]).condition.id

    def _pack(self, condition: str, *fields: str) -> list[Claim]:
        return [c for c in self.index.of_item.get(f"conditions/{condition}", ()) if c.field in fields]

    def _fit(self, answer: Assessment) -> tuple[str, ...]:
        return () if answer.fit.known_pattern else (answer.fit.sentence,)

    def _why(self, question: Question) -> Draft | None:
        wanted = [item.split("/")[1] for item in question.targets if item.startswith("conditions/")]
        taken = {f"drugs/{m.drug}" for m in self.case.medications}
        if not wanted and taken & {*question.targets, *question.others}:
            return self._my_drugs(question)
        name = wanted[0] if wanted else self.quick.differential[0].condition.id
        answer = assess(self.knowledge, self.case, self._with(draws=0, explain=True, working=name))
        candidate = next(c for c in answer.differential if c.condition.id == name)
        label = self._label(candidate)
        told = [part for part in candidate.contributions if abs(part.decibans) >= 0.5]
        against = "against" in question.plain.lower() or any(w in question.plain.lower() for w in (" not", "n't"))
        ordered = sorted(told, key=lambda part: part.decibans if against else -part.decibans)
        claims = [
            case_claim(
                f"contributions.{name}.{part.finding}",
                f"{'For' if part.decibans > 0 else 'Against'} {label}: {lower_first(part.sentence)}"
                + (f" ({part.decibans:+.0f} dB)" if self.options.reader != "patient" else ""),
                sources=part.sources,
                grade=part.basis,
            )
            for part in ordered[:WEIGHED]
        ]
        if not claims:
            text = f"Nothing that is known of this patient moves {label} by half a deciban or more"
            claims = [case_claim(f"contributions.{name}", text)]
        first = [case_claim(f"contributions.{name}.total", f"{label}: {percent(candidate.cause.value)} as the cause")]
        told_apart = [
            c
            for c in self._pack(name, "lookalikes")
            if c.id.endswith(f".{self.quick.differential[0].condition.id}") and against
        ]
        return Draft(claims=(*first, *claims, *told_apart), lead=2)

    def _label(self, candidate: Candidate) -> str:
        ref = candidate.condition
        return ref.lay_name if self.options.reader == "patient" else ref.name

    def _what_if(self, question: Question) -> Draft:
        return what_if(self.knowledge, self.case, self.quick, question, self._with(draws=0))

    # ---- next, who, how soon

    def _next(self, question: Question) -> Draft:
        answer = assess(self.knowledge, self.case, self._with(draws=0, steps=8))
        steps = [s for s in answer.next_steps if s.why == "gain"] or list(answer.next_steps)
        low = question.plain.lower()
        wants = "test" if "test" in low or "investigation" in low or "order" in low else "ask" if "ask" in low else ""
        kinds = {"test": ("test", "examination"), "ask": ("history", "risk_factor")}.get(wants)
        chosen = [s for s in steps if kinds is None or s.kind in kinds] or steps
        claims = []
        for number, step in enumerate(chosen[:LEADING]):
            words = step.lay_question if self.options.reader == "patient" else step.question
            effects = sorted(step.could_change, key=lambda c: not c.overturns)
            effect = f" If {effects[0].answer}: {lower_first(effects[0].effect)}" if effects else ""
            verb = "Ask" if step.kind in ("history", "risk_factor") else "Examine or test"
            claims.append(case_claim(f"next.{number}.{step.id}", f"{verb}: {words or step.name}{effect}"))
        if wants == "test" or (self.options.reader == "patient" and wants != "ask"):
            claims = [*self._pack(self._looked_for(answer), "workup")[:LEADING], *claims]
        if question.kind == "workup" and "blood" in low:
            claims = [c for c in self.index.of_item["pack"] if c.id.startswith("pack#articles.laboratory.")][
                :2
            ] + claims[:2]
        elif question.kind == "workup":
            claims = [*self._pack(answer.differential[0].condition.id, "workup")[:LEADING], *claims[:2]]
        claims = list(dict.fromkeys(claims))
        urgent = [case_claim("urgency.level", f"{answer.urgency.sentence}. {answer.route.sentence}")]
        pressing = answer.urgency.level in URGENT
        return Draft(claims=(*(urgent if pressing else ()), *claims), lead=2 if pressing else 1)

    def _who(self, question: Question) -> Draft:
        route = self.quick.route
        claims = [case_claim("route.first", f"{route.first_name}: {lower_first(route.sentence)}")]
        claims += [
            case_claim(
                f"route.{r.clinician}",
                f"{r.name} ({r.urgency.replace('_', ' ')}), for {', '.join(r.for_conditions)}: {lower_first(r.when)}",
                sources=r.sources,
            )
            for r in route.referrals[:WEIGHED]
        ]
        return Draft(claims=tuple(claims))

    def _urgency(self, question: Question) -> Draft:
        level = self.quick.urgency
        claims = [case_claim("urgency.level", f"{level.sentence}. {self.quick.route.sentence}")]
        for number, reason in enumerate(r for r in level.reasons[:LEADING]):
            words = reason.lay_sentence if self.options.reader == "patient" else reason.sentence
            claims.append(case_claim(f"urgency.reason.{number}", words, sources=reason.sources))
        return Draft(claims=tuple(claims), lead=2)

    def _treatment(self, question: Question) -> Draft:
        answer = self.quick
        top = answer.differential[0]
        steps = self._pack(top.condition.id, "management")
        if self.options.reader == "patient":
            steps = self._pack(top.condition.id, "patient_text") + steps[:2]
        cautions = [
            case_claim(f"management.caution.{i}", f"{c.text} ({', '.join(c.because)})", sources=c.sources)
            for i, c in enumerate(answer.cautions[:2])
        ]
        head = case_claim(
            f"management.{top.condition.id}",
            f"For the leading cause, {self._label(top)} ({percent(top.cause.value)}), the knowledge says this",
        )
        return Draft(
            claims=(head, *steps[:4], *cautions),
            lead=2,
            counted=tuple(b for c in answer.cautions[:2] for b in c.because),
        )

    # ---- medicines

    def _my_drugs(self, question: Question) -> Draft | None:
        entries = self._suspects(self.quick.medication_review)
        if not self.case.medications:
            return Draft(
                claims=tuple(c for c in self.index.of_item["pack"] if c.id == "pack#articles.categories.4"),
                notes=("No medicine of this patient is known, so this is about medicines in general.",),
            )
        taken = {m.drug: m.name for m in self.case.medications if m.drug and m.current}
        by_name = {self.pack.drugs[d].name: d for d in taken}
        claims: list[Claim] = []
        for entry in entries[:LEADING]:
            drug = by_name[entry.drug]
            ratio = entry.odds_ratio
            strength = f", odds ratio {ratio.value:.3g} ({ratio.low:.3g} to {ratio.high:.3g})" if ratio else ""
            same = entry.name.lower() == entry.drug.lower()
            text = entry.name if same else f"{entry.name} ({lower_first_word(entry.drug)})"
            said = entry.effects[0].text if entry.effects else entry.mechanism
            claims.append(
                case_claim(f"medication.{drug}", f"{text}{strength}: {lower_first(said)}", sources=entry.sources)
            )
        actions = [
            c
            for entry in entries[:2]
            for c in self.index.of_item[f"drugs/{by_name[entry.drug]}"]
            if c.field == "action"
        ]
        counted = tuple(f"takes {name}" for name in taken.values())
        return Draft(claims=(*claims, *actions), lead=max(1, min(2, len(claims))), counted=counted)

    def _suspects(self, review: Iterable[MedicationReview]) -> list[MedicationReview]:
        """Drugs with a measured association first, then those the pack names a condition for, then the rest."""
        causes = {c.id for c in self.pack.conditions.values() if c.category == "medication"}
        chance = {c.condition.id: c.cause.value for c in self.quick.differential}

        def worth(entry: MedicationReview) -> float:
            drug = next(d for d in self.pack.drugs.values() if d.name == entry.drug)
            factors = set(drug.factors)
            own = [
                chance.get(c, 0.0) for c in causes if (e := self.pack.conditions[c].exposure) and e.factor in factors
            ]
            return max(own, default=0.0) * 10 + (entry.odds_ratio.value if entry.odds_ratio else 0.0)

        return sorted(review, key=lambda entry: -worth(entry))

    def _action(self, question: Question) -> Draft | None:
        """'Should I stop my water tablet': of the drugs named, the one this patient takes."""
        taken = {m.drug for m in self.case.medications if m.current}
        own = [i for i in question.targets if i.startswith("drugs/") and i.split("/")[1] in taken]
        if not own:
            return None
        claims = [
            c
            for item in own
            for field in ("action", "effects", "check")
            for c in self.index.of_item[item]
            if c.field == field
        ]
        names = [m.name for m in self.case.medications if f"drugs/{m.drug}" in own]
        return Draft(claims=tuple(claims[:LONGEST]), counted=tuple(f"takes {name}" for name in names))


LONGEST = 5


def _interval(estimate: Estimate) -> str:
    low, high = (percent(bound).removesuffix(" %") for bound in (estimate.low, estimate.high))
    return percent(estimate.value) + ("" if low == high else f" (90 % interval {low} to {high})")
