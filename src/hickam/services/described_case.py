"""The case as the answer shows it back: what was understood, from which words, and what was not."""

from __future__ import annotations

from hickam.model.assessment import AllergyOut, CaseOut, FindingOut, KnownOut, MedicationOut, SpanOut
from hickam.model.case import Case, Fact, Observation, Span
from hickam.model.pack import Pack


def describe_case(pack: Pack, case: Case) -> CaseOut:
    """Names for ids; nothing left out."""
    return CaseOut(
        age=case.age,
        sex=case.sex,
        setting=case.setting,
        complaint=case.complaint,
        known_conditions=tuple(_known(pack, fact) for fact in case.facts),
        ruled_out=tuple(_known(pack, fact) for fact in case.ruled_out),
        medications=tuple(
            MedicationOut(
                name=m.name, drug=m.drug, dose=m.dose, current=m.current, source=_span(m.span), resource=m.resource
            )
            for m in case.medications
        ),
        allergies=tuple(
            AllergyOut(name=a.name, drug=a.drug, confirmed=a.confirmed, source=_span(a.span), resource=a.resource)
            for a in case.allergies
        ),
        findings=tuple(_finding(pack, observation) for observation in case.observations),
        not_understood=tuple(SpanOut(text=s.text, start=s.start, end=s.end) for s in case.not_understood),
        conflicts=case.conflicts,
        notes=case.notes,
    )


def _known(pack: Pack, fact: Fact) -> KnownOut:
    name = pack.conditions[fact.condition].name
    return KnownOut(id=fact.condition, name=name, status=fact.status, source=_span(fact.span), resource=fact.resource)


def _finding(pack: Pack, observation: Observation) -> FindingOut:
    finding = pack.findings[observation.finding]
    value: float | str | None = observation.value
    if value is None and observation.values:
        names = {v.id: v.name for v in finding.values} | {r.id: r.name for r in finding.ranges}
        value = " or ".join(names.get(v, v) for v in observation.values)
    modifiers = tuple(x for x in (observation.side, observation.how) if x and x not in ("given", "phrase"))
    return FindingOut(
        id=finding.id,
        name=finding.name,
        state=observation.state,
        value=value,
        unit=observation.unit,
        source=_span(observation.span),
        modifiers=modifiers,
        resource=observation.resource,
    )


def _span(span: Span | None) -> SpanOut | None:
    return None if span is None else SpanOut(text=span.text, start=span.start, end=span.end)
