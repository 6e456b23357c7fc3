"""Do-not-miss conditions: above their test threshold or not, excluded or not (Pauker and Kassirer 1980).

*Shown* when P(cause) > T, or when P(present) > T and presence has been raised at least threefold over the answer for
this age, sex and setting alone; a fact that is already known is judged as a cause only.

*Urgent* when shown, and the story itself points there: P(cause) at least twice the K-only answer, or presence raised as
above with at least one of the condition's own signs (``presence_needs``) where the pack names them. Without the second
half every older patient would be urgent for limb-threatening ischaemia, and every suspected clot an emergency for
pulmonary embolism although nothing in the chest is wrong. What has not been asked keeps the level provisional.
"""

from __future__ import annotations

from dataclasses import dataclass

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.view import CaseView
from hickam.model.condition import Condition, DoNotMiss, Level

RAISED = 3.0
POINTED = 2.0
ACT = 4.0
"""An emergency condition between its test threshold and this many times it is examined or tested the same day; above
it the patient goes to an emergency department at once. The threshold says that it must be looked for, and that is
done at the bedside (pulses and warmth for an ischaemic limb). The presence of a lasting state (an aneurysm that is not
the cause of the complaint) is a reason to look the same day, never an emergency by itself."""


@dataclass(frozen=True)
class Danger:
    """One do-not-miss condition in one case. ``above``: over its threshold; ``urgent``: and the story points there.

    ``level``: how soon it has to be looked for, given how likely it is.
    """

    condition: Condition
    rule: DoNotMiss
    threshold: float
    above: bool
    urgent: bool
    level: Level
    excluded_by: tuple[str, ...]

    @property
    def shown(self) -> bool:
        """Above its threshold and not excluded."""
        return self.above and not self.excluded_by

    @property
    def counts(self) -> bool:
        """Raises the urgency: urgent and not excluded."""
        return self.urgent and not self.excluded_by


@dataclass(frozen=True)
class _Sought:
    """One do-not-miss condition and what the case alone says of it, whatever is believed."""

    condition: Condition
    rule: DoNotMiss
    threshold: float
    known: bool
    own_sign: bool
    excluded_by: tuple[str, ...]


def dangers(view: CaseView, beliefs: Beliefs) -> list[Danger]:
    """Every do-not-miss condition of the pack that can concern this patient, likeliest first."""
    key = ("dangers", beliefs)
    found: list[Danger] | None = view.memo.get(key)
    if found is None:
        found = [_danger(sought, beliefs) for sought in _sought(view)]
        found = view.memo[key] = sorted(found, key=lambda d: -beliefs.cause.get(d.condition.id, 0.0))
    return found


def counted(view: CaseView, beliefs: Beliefs) -> set[str]:
    """Ids of the dangers that raise the urgency: what ``counts`` says of each of ``dangers``, without making them."""
    found = set()
    cause, present = beliefs.cause, beliefs.present
    for sought in _sought(view):
        name, threshold = sought.condition.id, sought.threshold
        if cause.get(name, 0.0) <= threshold and present.get(name, 0.0) <= threshold:
            continue
        pointed, raised = _signals(sought, beliefs)
        if (pointed or (raised and sought.own_sign)) and not sought.excluded_by:
            found.add(name)
    return found


def _sought(view: CaseView) -> list[_Sought]:
    found: list[_Sought] | None = view.memo.get("sought")
    if found is None:
        found = view.memo["sought"] = [
            _Sought(
                condition=item,
                rule=rule,
                threshold=rule.test_threshold.best,
                known=item.id in view.facts,
                own_sign=not rule.presence_needs or any(view.state(name) for name in rule.presence_needs),
                excluded_by=tuple(term for term in rule.excluded_by if view.holds(term)),
            )
            for item in view.pack.conditions.values()
            if (rule := item.do_not_miss) is not None
        ]
    return found


def _signals(sought: _Sought, beliefs: Beliefs) -> tuple[bool, bool]:
    """Whether the story points at it as the cause, and whether its presence is raised."""
    name, threshold = sought.condition.id, sought.threshold
    cause, present = beliefs.cause.get(name, 0.0), beliefs.present.get(name, 0.0)
    pointed = cause > threshold and cause >= POINTED * beliefs.prior_cause.get(name, 0.0)
    raised = present > threshold and not sought.known and present >= RAISED * beliefs.prior_present.get(name, 0.0)
    return pointed, raised


def _danger(sought: _Sought, beliefs: Beliefs) -> Danger:
    name, rule, threshold = sought.condition.id, sought.rule, sought.threshold
    cause, present = beliefs.cause.get(name, 0.0), beliefs.present.get(name, 0.0)
    pointed, raised = _signals(sought, beliefs)
    prior = sought.condition.prior
    lasting = prior is not None and prior.measure == "prevalence"
    chance = max(cause if pointed else 0.0, present if raised and not lasting else 0.0)
    level: Level = "same_day" if rule.harm == "emergency" and chance < ACT * threshold else rule.harm
    return Danger(
        condition=sought.condition,
        rule=rule,
        threshold=threshold,
        above=cause > threshold or raised,
        level=level,
        urgent=pointed or (raised and sought.own_sign),
        excluded_by=sought.excluded_by,
    )
