"""A case as rules see it: three states for every finding, never two."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from hickam.model.case import Case, Fact, Observation
from hickam.model.pack import Pack
from hickam.model.terms import Term, compare, parse_term


class CaseView:
    """Lookups over one case. A finding that was not asked is None, which is neither true nor false."""

    def __init__(self, pack: Pack, case: Case) -> None:
        self.pack = pack
        self.case = case
        self.memo: dict[Any, Any] = {}
        """Results of other modules that rest on this case alone, by their own keys."""

    @cached_property
    def by_finding(self) -> dict[str, Observation]:
        """Observation by finding id; the last one given wins."""
        return {observation.finding: observation for observation in self.case.observations}

    @cached_property
    def measured(self) -> dict[str, float]:
        """Measured value (in the measurement's unit) by measurement id."""
        found: dict[str, float] = {}
        for observation in self.case.observations:
            if observation.value is None:
                continue
            finding = self.pack.findings.get(observation.finding)
            names = [finding.measurement] if finding and finding.measurement else []
            names += [threshold.measurement for threshold in finding.thresholds] if finding else []
            for name in names or [observation.finding]:
                if name in self.pack.measurements:
                    found[name] = observation.value
        return found

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Known conditions that still count (a past one does not)."""
        return {fact.condition: fact for fact in self.case.facts}

    @cached_property
    def drugs(self) -> frozenset[str]:
        """Pack drugs the patient takes now."""
        return frozenset(m.drug for m in self.case.medications if m.drug and m.current)

    def state(self, finding: str) -> bool | None:
        """True present, False absent, None not asked."""
        observation = self.by_finding.get(finding)
        return None if observation is None else observation.state == "present"

    def holds(self, text: str, cause: dict[str, float] | None = None) -> bool | None:
        """Whether a term holds; None when it was not asked. ``cause``: P(cause) for 'suspected' terms."""
        term = parse_term(text)
        value = self._plain(term, cause or {})
        return value if value is None or not term.negated else not value

    def _plain(self, term: Term, cause: dict[str, float]) -> bool | None:
        if term.kind == "finding":
            return self.state(term.name)
        if term.kind == "value":
            observation = self.by_finding.get(term.name)
            return None if observation is None else term.value in observation.values
        if term.kind == "sex":
            return None if self.case.sex is None else self.case.sex == term.value
        if term.kind == "known":
            return term.name in self.facts
        if term.kind == "takes":
            return term.name in self.drugs
        left = (
            self.case.age
            if term.kind == "age"
            else cause.get(term.name, 0.0)
            if term.kind == "suspected"
            else self.measured.get(term.name)
        )
        return None if left is None else compare(left, term.op, float(term.value))

    def applies(self, only_sex: str, only_age: tuple[float, float]) -> bool:
        """Whether a finding limited to a sex or age band can concern this patient."""
        sex_fits = only_sex == "any" or self.case.sex in (None, only_sex)
        age_fits = self.case.age is None or only_age[0] <= self.case.age <= only_age[1]
        return sex_fits and age_fits
