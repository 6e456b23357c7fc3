"""Do-not-miss conditions: above their test threshold or not, excluded or not (Pauker and Kassirer 1980).

A dangerous condition counts when P(cause) > T, or when P(present) > T and presence has been raised at least
threefold over the answer for this age, sex and setting alone. The second half keeps a common chronic condition
(arterial disease at 75) from alarming everybody: on simulated night-cramp patients P(present) > T alone sent a
third of them to an urgent review, with the raise 2 %.
"""

from __future__ import annotations

from dataclasses import dataclass

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.view import CaseView
from hickam.model.condition import Condition, DoNotMiss

RAISED = 3.0


@dataclass(frozen=True)
class Danger:
    """One do-not-miss condition in one case."""

    condition: Condition
    rule: DoNotMiss
    threshold: float
    above: bool
    excluded_by: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Above its threshold and not excluded."""
        return self.above and not self.excluded_by


def dangers(view: CaseView, beliefs: Beliefs) -> list[Danger]:
    """Every do-not-miss condition of the pack that can concern this patient, likeliest first."""
    found = [
        _danger(view, beliefs, item, item.do_not_miss) for item in view.pack.conditions.values() if item.do_not_miss
    ]
    return sorted(found, key=lambda d: -beliefs.cause.get(d.condition.id, 0.0))


def _danger(view: CaseView, beliefs: Beliefs, item: Condition, rule: DoNotMiss) -> Danger:
    threshold = rule.test_threshold.best
    cause, present = beliefs.cause.get(item.id, 0.0), beliefs.present.get(item.id, 0.0)
    known = item.id in view.facts
    raised = present >= RAISED * beliefs.prior_present.get(item.id, 0.0)
    above = cause > threshold or (present > threshold and raised and not known)
    excluded = tuple(term for term in rule.excluded_by if view.holds(term))
    return Danger(condition=item, rule=rule, threshold=threshold, above=above, excluded_by=excluded)
