"""Facade of the inference package: one ``Engine`` per compiled pack, lazy parts per case.

>>> engine = Engine(compile_network(pack))                                          # doctest: +SKIP
>>> answer = engine.posterior(case)                                                 # doctest: +SKIP
>>> answer.cause["nocturnal_leg_cramps"], answer.present["nocturnal_leg_cramps"]    # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hickam.inference.results import (
    Contribution,
    Contributions,
    Interval,
    Intervals,
    Of,
    Outcome,
    OutcomePosterior,
    Posterior,
    Step,
)
from hickam.model.case import Case

__all__ = [
    "Contribution", "Contributions", "Engine", "Interval", "Intervals", "NextSteps", "Outcome", "OutcomePosterior",
    "Posterior", "Step",
]


class NextSteps:
    """Expected gains of every finding not yet known, best ``score`` first."""

    steps: tuple[Step, ...]

    def outcome_posteriors(self, finding: str) -> tuple[OutcomePosterior, ...]:
        """The posterior for each possible answer to one finding."""
        raise NotImplementedError


class Engine:
    """Answers questions about cases with one compiled pack (``Network``)."""

    def __init__(self, network: object) -> None:
        self.network = network

    def posterior(self, case: Case) -> Posterior:
        """P(cause) and P(present) of every condition."""
        raise NotImplementedError

    def k_only(self, case: Case) -> Posterior:
        """The case mix: same age, sex, setting and complaint, nothing else known, no facts."""
        raise NotImplementedError

    def intervals(self, case: Case, draws: int = 400) -> Intervals:
        """90 % intervals from Latin-hypercube draws of the pack's numbers (200 while typing)."""
        raise NotImplementedError

    def contributions(
        self, case: Case, condition_ids: Iterable[str], of: Of = "cause"
    ) -> dict[str, Contributions]:
        """What each finding did to each of these conditions, in decibans."""
        raise NotImplementedError

    def next_steps(self, case: Case) -> NextSteps:
        """Expected gain of every finding not yet known."""
        raise NotImplementedError

    def upstream(self, case: Case) -> dict[str, dict[str, float]]:
        """For each child of a family: the share of each parent in it, given that it is present."""
        raise NotImplementedError

    def posterior_batch(self, cases: Sequence[Case]) -> list[Posterior]:
        """Posteriors of many structured cases, without intervals."""
        raise NotImplementedError
