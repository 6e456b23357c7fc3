"""Facade of the inference package: one ``Engine`` per compiled pack, lazy parts per case.

>>> engine = Engine(compile_network(pack))                                          # doctest: +SKIP
>>> answer = engine.posterior(case)                                                 # doctest: +SKIP
>>> answer.cause["nocturnal_leg_cramps"], answer.present["nocturnal_leg_cramps"]    # doctest: +SKIP
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from hickam.inference.kernel import PosteriorArrays, posterior
from hickam.inference.layout import COMPLAINTS, Network
from hickam.inference.query import Query, build_query
from hickam.inference.reading import nothing_known, read_case
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

if TYPE_CHECKING:
    from hickam.inference.batch import BatchPosterior
    from hickam.inference.next_step import NextSteps

__all__ = [
    "Contribution",
    "Contributions",
    "Engine",
    "Interval",
    "Intervals",
    "Network",
    "Of",
    "Outcome",
    "OutcomePosterior",
    "Posterior",
    "Step",
]

REMEMBERED = 16
"""Cases whose parts are kept."""
T = TypeVar("T")


class Engine:
    """Answers questions about cases with one compiled pack. Every part is computed when asked for and kept."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._kept: OrderedDict[Case, dict[Any, Any]] = OrderedDict()

    def posterior(self, case: Case) -> Posterior:
        """P(cause) and P(present) of every condition."""
        return self._once(case, "posterior", lambda: self._answer(self._query(case), self._arrays(case)))

    def k_only(self, case: Case) -> Posterior:
        """The case mix: same age, sex, setting and complaint, nothing else known, no facts."""

        def answer() -> Posterior:
            query = build_query(self.network, nothing_known(read_case(self.network, case)))
            return self._answer(query, posterior(query))

        return self._once(case, "k_only", answer)

    def intervals(self, case: Case, draws: int = 400) -> Intervals:
        """90 % intervals from Latin-hypercube draws of the pack's numbers (200 while typing)."""
        from hickam.inference.intervals import intervals

        return self._once(case, ("intervals", draws), lambda: intervals(self._query(case), self._arrays(case), draws))

    def contributions(self, case: Case, condition_ids: Iterable[str], of: Of = "cause") -> dict[str, Contributions]:
        """What each finding did to each of these conditions, in decibans."""
        from hickam.inference.contributions import Explainer

        explainer = self._once(case, "explainer", lambda: Explainer(self._query(case)))
        return explainer.contributions(list(condition_ids), of)

    def next_steps(self, case: Case) -> NextSteps:
        """Expected gain of every finding not yet known, best first; and the posterior for each possible answer."""
        from hickam.inference.next_step import next_steps

        return self._once(case, "next", lambda: next_steps(self._query(case)))

    def upstream(self, case: Case) -> dict[str, dict[str, float]]:
        """Child id -> parent id -> share of the parent in the child, given that the child is present."""
        from hickam.inference.upstream import upstream

        return self._once(case, "upstream", lambda: upstream(self._query(case), self._arrays(case)))

    def posterior_batch(self, cases: Sequence[Case]) -> BatchPosterior:
        """Posteriors of many structured cases as arrays, without intervals."""
        from hickam.inference.batch import posterior_batch

        return posterior_batch(self.network, cases)

    def posterior_variants(self, cases: Sequence[Case]) -> BatchPosterior:
        """Posteriors of cases of one patient that differ in a few findings (a sign left out, an answer supposed)."""
        from hickam.inference.variants import posterior_variants

        return posterior_variants(self.network, cases)

    def _query(self, case: Case) -> Query:
        return self._once(case, "query", lambda: build_query(self.network, case))

    def _arrays(self, case: Case) -> PosteriorArrays:
        return self._once(case, "arrays", lambda: posterior(self._query(case)))

    def _answer(self, query: Query, arrays: PosteriorArrays) -> Posterior:
        return as_posterior(query, arrays)

    def _once(self, case: Case, part: Any, make: Callable[[], T]) -> T:
        parts = self._kept.get(case)
        if parts is None:
            parts = self._kept[case] = {}
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(case)
        if part not in parts:
            parts[part] = make()
        result: T = parts[part]
        return result


def as_posterior(query: Query, arrays: PosteriorArrays) -> Posterior:
    """Arrays as a record by condition id."""
    names = query.network.conditions
    return Posterior(
        cause=dict(zip(names, arrays.cause.tolist(), strict=True)),
        present=dict(zip(names, arrays.present.tolist(), strict=True)),
        unexplained=arrays.unexplained,
        log_evidence=arrays.log_evidence,
        approximated=arrays.approximated,
        cancellation=arrays.cancellation,
        complaint="leg" if query.view.complaint == COMPLAINTS.index("leg") else "any",
    )
