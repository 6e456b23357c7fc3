"""What the engine believes of one case, as the clinic rules need it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Beliefs:
    """Probabilities by condition id: of the cause, of presence, and both with nothing but age, sex and setting known.

    ``unexplained`` is the probability that no condition of the pack is the cause.
    """

    cause: dict[str, float]
    present: dict[str, float]
    prior_cause: dict[str, float]
    prior_present: dict[str, float]
    unexplained: float

    @cached_property
    def ranked(self) -> list[str]:
        """Condition ids by P(cause), then P(present), then name, so that equal cases give equal lists."""
        return sorted(self.cause, key=self._order)

    @cached_property
    def leading(self) -> str:
        """The first of ``ranked``, without ranking the others."""
        highest = max(self.cause.values())
        tied = [name for name, chance in self.cause.items() if chance == highest]
        return min(tied, key=self._order)

    def _order(self, name: str) -> tuple[float, float, str]:
        return -self.cause[name], -self.present.get(name, 0.0), name
