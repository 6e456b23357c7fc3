"""The tiers clinicians use: most likely, other likely, do not miss, rare."""

from __future__ import annotations

from collections.abc import Callable

from hickam.clinic.beliefs import Beliefs
from hickam.clinic.dangers import Danger
from hickam.model.assessment import Tier

LIKELY = 0.05
MASS = 0.90
MOST_LINES = 6
RARE_PREVALENCE = 1 / 2000
RARE_CAUSE = 0.002
RARE_RAISED = 3.0


def tiers(beliefs: Beliefs, found: list[Danger], prevalence_of: Callable[[str], float]) -> dict[str, Tier]:
    """Condition id -> tier, for the conditions that have one.

    ``prevalence_of``: the population prior at this age and sex. The order of precedence is most likely, do not miss,
    other likely, rare; a condition has one tier, and ``danger`` in the answer says when a likely one is dangerous too.
    """
    ranked = beliefs.ranked
    result: dict[str, Tier] = {}
    covered = 0.0
    others = 0
    for place, name in enumerate(ranked):
        chance = beliefs.cause[name]
        if place == 0:
            result[name] = "most_likely"
        elif (
            others < MOST_LINES and (chance >= LIKELY or covered < MASS * (1 - beliefs.unexplained)) and chance > 0.002
        ):
            result[name] = "other_likely"
            others += 1
        elif _rare(name, beliefs, prevalence_of):
            result[name] = "rare"
        covered += chance
    for danger in found:
        if danger.shown and result.get(danger.condition.id) != "most_likely":
            result[danger.condition.id] = "do_not_miss"
    return result


def _rare(name: str, beliefs: Beliefs, prevalence_of: Callable[[str], float]) -> bool:
    chance = beliefs.cause[name]
    return (
        chance >= RARE_CAUSE
        and chance >= RARE_RAISED * beliefs.prior_cause.get(name, 0.0)
        and prevalence_of(name) < RARE_PREVALENCE
    )


def show_presence(name: str, beliefs: Beliefs, known: bool) -> bool:
    """Presence is shown for facts, for conditions raised at least twofold, and for causes of 1 % or more."""
    return (
        known
        or beliefs.cause[name] >= 0.01
        or beliefs.present.get(name, 0.0) >= 2 * beliefs.prior_present.get(name, 1.0)
    )
