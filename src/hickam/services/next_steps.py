"""What to ask, examine or test next: core history, red-flag screen, then what pays most for its burden."""

from __future__ import annotations

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import dangers
from hickam.clinic.tiers import ranking
from hickam.clinic.view import CaseView
from hickam.inference.next_step import NextSteps
from hickam.inference.results import OutcomePosterior, Step
from hickam.model.assessment import CouldChange, NextStep, Urgency
from hickam.model.finding import Finding
from hickam.services.knowledge import Knowledge
from hickam.writing.words import percent

CORE_SHOWN = 3
LEAST_SCORE = 2e-4
MOVED = 0.10
"""An answer is worth a sentence when it moves some cause by ten points or more."""


def next_steps(
    knowledge: Knowledge, view: CaseView, beliefs: Beliefs, level: Urgency, most: int
) -> tuple[NextStep, ...]:
    """At most ``most`` steps of each kind; each says which answer would change what."""
    gains = knowledge.engine.next_steps(view.case)
    by_id = {step.finding: step for step in gains.steps}
    chosen: list[NextStep] = []
    named: set[str] = set()
    for finding in _core(view)[:CORE_SHOWN]:
        named.add(finding.id)
        chosen.append(_step(view, finding, by_id.get(finding.id), gains, beliefs, "core_history"))
    for name in level.not_asked:
        if name not in named:
            named.add(name)
            chosen.append(_screen(view.pack.findings[name], by_id.get(name)))
    left = most
    for step in gains.steps:
        finding = view.pack.findings[step.finding]
        if left == 0 or step.score < LEAST_SCORE:
            break
        if finding.id in named or not view.applies(finding.only_sex, finding.only_age):
            continue
        left -= 1
        chosen.append(_step(view, finding, step, gains, beliefs, "gain"))
    return tuple(chosen)


def _core(view: CaseView) -> list[Finding]:
    """Findings of the fixed core history that were not asked, in the pack's order."""
    asked = [f for f in view.pack.findings.values() if f.core_history and view.state(f.id) is None]
    return sorted(asked, key=lambda finding: finding.core_history)


def _screen(finding: Finding, step: Step | None) -> NextStep:
    return NextStep(
        kind=finding.kind,
        id=finding.id,
        name=finding.name,
        question=finding.question,
        expected_gain=step.gain if step else 0.0,
        burden=finding.burden,
        why="red_flag_screen",
        could_change=(),
    )


def _step(
    view: CaseView, finding: Finding, step: Step | None, gains: NextSteps, beliefs: Beliefs, why: str
) -> NextStep:
    outcomes = gains.outcome_posteriors(finding.id) if step else ()
    changes = tuple(c for outcome in outcomes if (c := _change(view, finding, outcome, beliefs)) is not None)
    return NextStep(
        kind=finding.kind,
        id=finding.id,
        name=finding.name,
        question=finding.question,
        expected_gain=step.gain if step else 0.0,
        burden=finding.burden,
        why=why,  # type: ignore[arg-type]
        could_change=changes,
    )


def _change(view: CaseView, finding: Finding, outcome: OutcomePosterior, beliefs: Beliefs) -> CouldChange | None:
    after = Beliefs(
        cause=dict(outcome.cause),
        present=dict(outcome.present),
        prior_cause=beliefs.prior_cause,
        prior_present=beliefs.prior_present,
        unexplained=outcome.unexplained,
    )
    before_top, after_top = ranking(beliefs)[0], ranking(after)[0]
    moved = max(after.cause, key=lambda c: abs(after.cause[c] - beliefs.cause[c]))
    before_set = {d.condition.id for d in dangers(view, beliefs) if d.counts}
    after_set = {d.condition.id for d in dangers(view, after) if d.counts}
    overturns = before_top != after_top or before_set != after_set
    shift = abs(after.cause[moved] - beliefs.cause[moved])
    if not overturns and shift < MOVED:
        return None
    name = view.pack.conditions[moved].name
    effect = f"would move {name} from {percent(beliefs.cause[moved])} to {percent(after.cause[moved])}"
    if before_top != after_top:
        effect += f" and make {view.pack.conditions[after_top].name} the leading cause"
    for new in sorted(after_set - before_set):
        effect += f"; {view.pack.conditions[new].name} would then need to be excluded"
    for gone in sorted(before_set - after_set):
        effect += f"; {view.pack.conditions[gone].name} would fall below its test threshold"
    return CouldChange(
        answer=_answer(finding, outcome.outcome.id),
        probability=outcome.outcome.probability,
        effect=effect,
        overturns=overturns,
    )


def _answer(finding: Finding, outcome: str) -> str:
    names = {value.id: value.name for value in finding.values} | {part.id: part.name for part in finding.ranges}
    if outcome in names:
        return f"{finding.name}: {names[outcome]}"
    return finding.name if outcome == "present" else f"not {finding.name}"
