"""A QuestionnaireResponse to our Questionnaire: items are findings, answered yes, no, not known, or with a value."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hickam.interfaces.fhir import elements as e
from hickam.interfaces.fhir.dates import When, as_date, as_moment, is_after
from hickam.interfaces.fhir.gathered import Dated, Gathered
from hickam.interfaces.fhir.measured import of_reading
from hickam.interfaces.fhir.read_history import read_medicine
from hickam.interfaces.fhir.units import UnitError, in_pack_unit
from hickam.model.case import Observation
from hickam.model.finding import Finding
from hickam.services.interview_questions import SCREEN, TOGETHER, asked_by

DONE = frozenset({"completed", "amended", "in-progress"})
MEDICINES = "medicines"
STATES = {"yes": "present", "no": "absent"}


def read_response(response: e.QuestionnaireResponse, pointer: str, g: Gathered) -> None:
    """Every answer; a link id that is not ours is listed."""
    if response.status not in DONE:
        g.ignore(pointer, f"its status is {response.status}")
        return
    day = as_date(response.authored) if response.authored else None
    if response.authored and (day is None or is_after(response.authored, g.today)):
        g.ignore(pointer, "its date cannot be read, or is after the day of this answer")
        return
    if day is not None and (g.today - day).days > g.knowledge.pack.manifest.window_days:
        g.ignore(pointer, "it was filled in before the period the pack speaks of")
        return
    for item in items(response.item):
        answers = [a for a in item.answer if answered(a)]
        if answers:
            before = len(g.observations)
            _read_item(item.link_id, answers, f"{pointer}#{item.link_id}", g)
            told, g.observations[before:] = g.observations[before:], []
            g.dated.extend(_dated(o, f"{pointer}#{item.link_id}", (day, as_moment(response.authored)), g) for o in told)


def _dated(o: Observation, pointer: str, when: When, g: Gathered) -> Dated:
    """An answer with the time of its form, since a newer form or observation may say otherwise; what a medicine in it
    implies is a risk like any other."""
    kind = g.knowledge.pack.findings[o.finding].kind
    return Dated(observations=(o,), key=o.finding, kind=kind, day=when[0], moment=when[1], pointer=pointer)


def items(found: list[e.Item]) -> Iterator[e.Item]:
    """Every item, groups and items under answers too."""
    for item in found:
        yield item
        yield from items(item.item)
        for answer in item.answer:
            yield from items(answer.item)


def answered(answer: e.Answer) -> bool:
    """Whether something was answered at all."""
    return any(
        getattr(answer, name) not in (None, "") for name in e.Answer.__struct_fields__ if name.startswith("value_")
    )


def _read_item(link: str, answers: list[e.Answer], pointer: str, g: Gathered) -> None:
    if link in ("age", "sex", "story"):
        _person(link, answers[0], pointer, g)
        return
    if link == MEDICINES:
        for answer in answers:
            _medicine(answer.value_string or "", pointer, g)
        return
    if link.startswith(SCREEN) or TOGETHER in link:
        _several(link, answers, pointer, g)
        return
    finding = g.knowledge.pack.findings.get(link)
    if finding is None:
        g.ignore(pointer, "this question is not of this pack's questionnaire")
        return
    found, why = _answer(finding, answers, g)
    if not found and why:
        g.ignore(pointer, why)
    g.observations.extend(replace(o, resource=pointer) for o in found)


def _several(link: str, answers: list[e.Answer], pointer: str, g: Gathered) -> None:
    """One question over several findings: those chosen are present, the rest absent; 'not known' says nothing."""
    names = asked_by(link)
    codes = {a.value_coding.code for a in answers if a.value_coding is not None}
    if codes == {"unknown"}:
        return
    if len(codes) > 1 and codes & {"unknown", "none"}:
        chosen = codes & set(names)
        g.observations.extend(Observation(finding=n, state="present", resource=pointer) for n in names if n in chosen)
        g.ignore(pointer, "something and 'none' or 'not known' are both answered: what is not chosen is not denied")
        return
    if not codes or not codes - {"none"} <= set(names) or not set(names) <= set(g.knowledge.pack.findings):
        g.ignore(pointer, "this question or its answer is not of this pack's questionnaire")
        return
    g.observations.extend(
        Observation(finding=name, state="present" if name in codes else "absent", resource=pointer) for name in names
    )


def _medicine(words: str, pointer: str, g: Gathered) -> None:
    """A medicine in words, as the record's are."""
    statement = e.Medicine(
        status="active", medication_codeable_concept=e.CodeableConcept(text=words), subject=e.Reference()
    )
    read_medicine(statement, pointer, g)


def _person(link: str, answer: e.Answer, pointer: str, g: Gathered) -> None:
    if link == "age":
        age = answer.value_decimal if answer.value_decimal is not None else answer.value_integer
        if age is None or not 0 <= age <= 120:
            g.ignore(pointer, "it is not an age from 0 to 120 years")
        elif g.age is None:
            g.age = float(age)
    elif link == "sex":
        if answer.value_coding is not None and answer.value_coding.code in ("female", "male") and g.sex is None:
            g.sex = answer.value_coding.code  # type: ignore[assignment]
    elif answer.value_string:
        g.words.append((pointer, answer.value_string))


def _answer(finding: Finding, answers: list[e.Answer], g: Gathered) -> tuple[list[Observation], str]:
    """(observations, reason for none); an answer 'not known' gives none and needs no reason."""
    first = answers[0]
    if finding.type == "yes_no" and any(a != first for a in answers):
        return [], "it is answered in several ways"
    if first.value_boolean is not None and finding.type == "yes_no":
        return [Observation(finding=finding.id, state="present" if first.value_boolean else "absent")], ""
    if first.value_coding is not None:
        codes = [a.value_coding.code for a in answers if a.value_coding is not None]
        if codes == ["unknown"]:
            return [], ""
        if finding.type == "yes_no" and codes[0] in STATES:
            return [Observation(finding=finding.id, state=STATES[codes[0]])], ""  # type: ignore[arg-type]
        allowed = {v.id for v in finding.values} | {r.id for r in finding.ranges}
        if finding.type != "yes_no" and set(codes) <= allowed:
            return [Observation(finding=finding.id, state="present", values=tuple(codes))], ""
        return [], f"the answer is not one of the choices of {finding.name}"
    if finding.measurement and (first.value_quantity is not None or first.value_decimal is not None):
        return _measured(finding, first, g)
    return [], f"the kind of answer does not fit {finding.name}"


def _measured(finding: Finding, answer: e.Answer, g: Gathered) -> tuple[list[Observation], str]:
    measurement = g.knowledge.pack.measurements[finding.measurement]
    quantity = answer.value_quantity or e.Quantity(value=answer.value_decimal, unit=measurement.unit)
    if not (quantity.code or quantity.unit):
        quantity.unit = measurement.unit
    try:
        value = in_pack_unit(quantity, measurement)
    except UnitError as error:
        return [], str(error)
    return of_reading(measurement.id, value, "", g), ""
