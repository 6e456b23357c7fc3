"""What the engine believes of one case, as the clinic rules need it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Beliefs:
    """Probabilities by condition id: of the cause, of presence, and both with nothing but age, sex and setting known.

    ``unexplained`` is the probability that no condition of the pack is the cause.
    """

    cause: dict[str, float]
    present: dict[str, float]
    prior_cause: dict[str, float]
    prior_present: dict[str, float]
    unexplained: float
