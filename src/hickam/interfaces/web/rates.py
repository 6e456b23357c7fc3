"""How many requests one client may make: a bucket of tokens each, refilled at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_CLIENTS = 10_000


@dataclass(frozen=True)
class Rate:
    """``per_second`` in the long run, ``burst`` at once; ``per_second`` 0 is no limit."""

    per_second: float = 20.0
    burst: int = 60


NO_LIMIT = Rate(per_second=0)


class Rates:
    """The buckets of all clients seen lately."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.clock = rate, clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Seconds until this client may ask again; 0 when it may now, which uses up one token."""
        if self.rate.per_second <= 0:
            return 0.0
        now = self.clock()
        if client not in self._left and len(self._left) >= MOST_CLIENTS:
            self._forget(now)
        left = self._refilled(*self._left.get(client, (float(self.rate.burst), now)), now)
        allowed = left >= 1.0
        self._left[client] = (left - 1.0 if allowed else left, now)
        return 0.0 if allowed else (1.0 - left) / self.rate.per_second

    def _refilled(self, left: float, at: float, now: float) -> float:
        return min(float(self.rate.burst), left + (now - at) * self.rate.per_second)

    def _forget(self, now: float) -> None:
        """Drop full buckets, which say nothing; all of them when none is full."""
        kept = {c: (n, at) for c, (n, at) in self._left.items() if self._refilled(n, at, now) < self.rate.burst}
        self._left = kept if len(kept) < MOST_CLIENTS else {}
