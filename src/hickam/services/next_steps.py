"""What to ask, examine or test next: core history, red-flag screen, then what pays most for its burden."""

from __future__ import annotations

from typing import Literal

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import counted
from hickam.clinic.urgency import settling
from hickam.clinic.view import CaseView
from hickam.inference.next_step import NextSteps
from hickam.inference.results import OutcomePosterior
from hickam.model.assessment import CouldChange, NextStep, Urgency
from hickam.model.condition import LEVELS
from hickam.model.finding import Finding
from hickam.model.pack import Rule
from hickam.services.knowledge import Knowledge
from hickam.writing.words import percent

Why = Literal["core_history", "red_flag_screen", "settles", "gain"]
CORE_SHOWN = 3
LEAST_SCORE = 2e-4
MOVED = 0.10
"""An answer is worth a sentence when it moves some cause by ten points or more."""


def next_steps(
    knowledge: Knowledge, view: CaseView, beliefs: Beliefs, level: Urgency, most: int
) -> tuple[NextStep, ...]:
    """At most ``most`` steps beyond the fixed ones; each says which answer would change what.

    Where the level is the highest already, the danger screen is not among them: no answer to it could raise the level.
    """
    asker = _Asker(view, beliefs, knowledge.engine.next_steps(view.case))
    chosen = [asker.step(finding, "core_history") for finding in _core(view)[:CORE_SHOWN]]
    named = {step.id for step in chosen}
    for name in level.not_asked if level.level != LEVELS[-1] else ():
        if name not in named:
            named.add(name)
            chosen.append(asker.screen(view.pack.findings[name]))
    for name, rule in settling(view, beliefs).items():
        if name not in named and view.pack.findings[name].kind == "history":
            named.add(name)
            chosen.append(asker.settling(view.pack.findings[name], rule))
    left = most
    for step in asker.gains.steps:
        finding = view.pack.findings[step.finding]
        if left == 0 or step.score < LEAST_SCORE:
            break
        if finding.id in named or not view.applies(finding.only_sex, finding.only_age):
            continue
        left -= 1
        chosen.append(asker.step(finding, "gain"))
    return tuple(chosen)


def _core(view: CaseView) -> list[Finding]:
    """Findings of the fixed core history that were not asked, in the pack's order."""
    asked = [f for f in view.pack.findings.values() if f.core_history and view.state(f.id) is None]
    return sorted(asked, key=lambda finding: finding.core_history)


class _Asker:
    """Turns gains into steps; what holds now is worked out once."""

    def __init__(self, view: CaseView, beliefs: Beliefs, gains: NextSteps) -> None:
        self.view, self.beliefs, self.gains = view, beliefs, gains
        self.by_id = {step.finding: step for step in gains.steps}
        self.top = beliefs.leading
        self.counted = counted(view, beliefs)

    def screen(self, finding: Finding) -> NextStep:
        """A danger sign of the screen."""
        return self._made(finding, "red_flag_screen", ())

    def settling(self, finding: Finding, rule: Rule) -> NextStep:
        """A question of which one answer takes a red flag back."""
        taken_back = (
            "absent" if any(term.removeprefix("not ") == finding.id != term for term in rule.unless) else "present"
        )
        chance = next((o.probability for o in self.gains.outcomes(finding.id) if o.id == taken_back), 0.0)
        effect = f"this red flag no longer holds: {rule.sentence}"
        answer = answer_words(finding, taken_back)
        change = CouldChange(answer=answer, probability=chance, effect=effect, overturns=True)
        return self._made(finding, "settles", (change,))

    def step(self, finding: Finding, why: Why) -> NextStep:
        """One finding, with what each answer would change."""
        outcomes = self.gains.outcome_posteriors(finding.id) if finding.id in self.by_id else ()
        changes = tuple(change for outcome in outcomes if (change := self._change(finding, outcome)) is not None)
        return self._made(finding, why, changes)

    def _made(self, finding: Finding, why: Why, changes: tuple[CouldChange, ...]) -> NextStep:
        step = self.by_id.get(finding.id)
        return NextStep(
            kind=finding.kind,
            id=finding.id,
            name=finding.name,
            question=finding.question,
            lay_question=finding.lay_question,
            expected_gain=step.gain if step else 0.0,
            burden=finding.burden,
            why=why,
            could_change=changes,
        )

    def _change(self, finding: Finding, outcome: OutcomePosterior) -> CouldChange | None:
        after = Beliefs(
            cause=dict(outcome.cause),
            present=dict(outcome.present),
            prior_cause=self.beliefs.prior_cause,
            prior_present=self.beliefs.prior_present,
            unexplained=outcome.unexplained,
        )
        cause = self.beliefs.cause
        top, now = after.leading, counted(self.view, after)
        moved = max(after.cause, key=lambda c: abs(after.cause[c] - cause[c]))
        overturns = top != self.top or now != self.counted
        if not overturns and abs(after.cause[moved] - cause[moved]) < MOVED:
            return None
        return CouldChange(
            answer=answer_words(finding, outcome.outcome.id),
            probability=outcome.outcome.probability,
            effect=self._effect(moved, after, now),
            overturns=overturns,
        )

    def _effect(self, moved: str, after: Beliefs, now: set[str]) -> str:
        """'PAD 31 % to 72 % and the leading cause; stenosis would then need to be excluded'."""
        conditions, (top, before) = self.view.pack.conditions, (after.leading, self.beliefs.cause[moved])
        effect = f"{conditions[moved].name} from {percent(before)} to {percent(after.cause[moved])}"
        if top != self.top:
            effect += ", the leading cause" if top == moved else f"; {conditions[top].name} would lead"
        for new in sorted(now - self.counted):
            effect += ", then to be excluded" if new == moved else f"; {conditions[new].name} then to be excluded"
        for gone in sorted(self.counted - now):
            named = "" if gone == moved else f"; {conditions[gone].name}"
            effect += f"{named or ','} below its test threshold"
        return effect


def answer_words(finding: Finding, outcome: str) -> str:
    """'comes at night', 'not comes at night', 'potassium: 3.0 to 3.4 mmol/L'."""
    names = {value.id: value.name for value in finding.values} | {part.id: part.name for part in finding.ranges}
    if outcome in names:
        return f"{finding.name}: {names[outcome]}"
    return finding.name if outcome == "present" else f"no: {finding.name}"
