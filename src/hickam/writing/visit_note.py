"""The draft note of a visit: what a person confirmed, said in the words of the visit.

No line says more than its quotation: the program adds the names of findings, never a medicine, dose, number or side of
its own. Words about safety, state of mind and social life are kept whatever was confirmed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from hickam.model.case import Case, Span
from hickam.model.note import Heading, NoteLine, Section
from hickam.model.visit import Place, Statement, Topic, Visit, VisitCondition, VisitFinding, VisitMedicine

VERBATIM: dict[Topic, tuple[Section, Heading]] = {
    "safety": ("subjective", "safety"),
    "mind": ("subjective", "mind"),
    "social": ("subjective", "social"),
    "impression": ("assessment", "said"),
    "plan": ("plan", "planned"),
}


def note_lines(visit: Visit, confirmed: Collection[int]) -> tuple[NoteLine, ...]:
    """The sentences of the note, in the order of the sections, then of the visit."""
    findings = [f for f in visit.findings if f.number in confirmed]
    medicines = [m for m in visit.medicines if m.number in confirmed]
    lines = [
        *_complaint(visit, findings),
        *_stated(visit, [f for f in findings if _told(f) and f.state == "present"], "subjective", "present"),
        *_stated(visit, [f for f in findings if _told(f) and f.state == "absent"], "subjective", "denied"),
        *(_known(visit, c) for c in visit.conditions if c.number in confirmed),
        *(_medicine(visit, m) for m in medicines),
        *_verbatim(visit, "safety", "mind", "social"),
        *_stated(visit, [f for f in findings if not _told(f)], "objective", "found"),
        *_uninterpreted(visit),
        *_verbatim(visit, "impression", "plan"),
    ]
    return tuple(dict.fromkeys(lines))


def left_out(visit: Visit, lines: Sequence[NoteLine]) -> tuple[Statement, ...]:
    """What patient, companions, and the clinician examining said that no line of the note holds."""
    held = [p for line in lines for p in line.places]
    return tuple(
        s
        for s in visit.statements
        if (s.place.role != "clinician" or s.topic == "examination")
        and not any(_overlap(s.place, p) for p in held)
        and len(s.place.words.split()) > 1
    )


def confirmed_case(visit: Visit, confirmed: Collection[int], lines: Sequence[NoteLine]) -> Case:
    """The case of what was confirmed alone; its text is the note's quotations, and its spans lie in that text."""
    case = visit.case
    text = " ".join(dict.fromkeys(p.shown for line in lines for p in line.places))
    stated = {(f.finding, f.state): f for f in visit.findings if f.number in confirmed}
    taken = [m for m, told in zip(case.medications, visit.medicines, strict=True) if told.number in confirmed]
    grounds = {m.span for m in taken} | {o.span for o in case.observations if (o.finding, o.state) in stated}
    kept = [
        replace(o, span=_span(text, o.span))
        for o in case.observations
        if (o.finding, o.state) in stated or (o.how in ("drug", "implied") and o.span in grounds)
    ]
    known = [f for f, told in zip(case.facts, visit.conditions, strict=True) if told.number in confirmed]
    return replace(
        case,
        text=text,
        observations=tuple(kept),
        facts=tuple(replace(f, span=_span(text, f.span)) for f in known),
        ruled_out=(),
        medications=tuple(replace(m, span=_span(text, m.span)) for m in taken),
        conflicts=(),
        notes=(),
    )


def _span(text: str, said: Span | None) -> Span | None:
    """The same words in another text; none where they are not shown as they were said."""
    if said is None or said.text not in text:
        return None
    start = text.index(said.text)
    return Span(text=said.text, start=start, end=start + len(said.text))


def _told(finding: VisitFinding) -> bool:
    return not finding.examined and finding.kind in ("history", "risk_factor")


def _complaint(visit: Visit, findings: Sequence[VisitFinding]) -> Iterator[NoteLine]:
    """The first thing said that holds a confirmed finding of the story, else the patient's first sentence."""
    told = [s for s in visit.statements if s.place.role in ("patient", "other")]
    places = [p for f in findings if _told(f) and f.state == "present" for p in f.places]
    first = next((s for s in told if any(_overlap(s.place, p) for p in places)), told[0] if told else None)
    if first is not None:
        yield NoteLine(section="subjective", heading="complaint", text=_quoted((first.place,)), places=(first.place,))


def _stated(visit: Visit, findings: Sequence[VisitFinding], section: Section, heading: Heading) -> Iterator[NoteLine]:
    """Findings grouped by the sentences they came from: their names, then the words."""
    grouped: dict[tuple[Place, ...], list[VisitFinding]] = {}
    for f in findings:
        grouped.setdefault(_sentences(visit, f.places), []).append(f)
    for places, group in grouped.items():
        names = "; ".join(dict.fromkeys(_name(f, heading) for f in group))
        yield NoteLine(
            section=section,
            heading=heading,
            text=f"{names}: {_quoted(places)}",
            places=places,
            findings=tuple(f.finding for f in group),
        )


def _name(finding: VisitFinding, heading: Heading) -> str:
    return f"no {finding.name}" if heading == "found" and finding.state == "absent" else finding.name


def _known(visit: Visit, condition: VisitCondition) -> NoteLine:
    places = _sentences(visit, condition.places)
    status = "" if condition.status == "unknown" else f" ({condition.status})"
    text = f"{condition.name}{status}: {_quoted(places)}"
    return NoteLine(section="subjective", heading="background", text=text, places=places)


def _medicine(visit: Visit, medicine: VisitMedicine) -> NoteLine:
    places = _sentences(visit, medicine.places)
    return NoteLine(
        section="subjective",
        heading="medicines" if medicine.current else "stopped",
        text=f"{medicine.name}{f' {medicine.dose}' if medicine.dose else ''}: {_quoted(places)}",
        places=places,
    )


def _verbatim(visit: Visit, *topics: Topic) -> Iterator[NoteLine]:
    for topic in topics:
        section, heading = VERBATIM[topic]
        for s in visit.statements:
            if s.topic == topic:
                places = (s.question, s.place) if s.question is not None else (s.place,)
                yield NoteLine(section=section, heading=heading, text=_quoted(places), places=places)


def _uninterpreted(visit: Visit) -> Iterator[NoteLine]:
    """Signs told aloud in which nothing was recognised: kept as they were said."""
    known = [p for f in visit.findings for p in f.places]
    for s in visit.statements:
        if s.topic == "examination" and not any(_overlap(s.place, p) for p in known):
            yield NoteLine(section="objective", heading="said", text=_quoted((s.place,)), places=(s.place,))


def _sentences(visit: Visit, places: Sequence[Place]) -> tuple[Place, ...]:
    """The whole sentences around some words."""
    spoken = [place for s in visit.statements for place in (s.question, s.place) if place is not None]
    found = dict.fromkeys(next((x for x in spoken if _overlap(x, p)), p) for p in places)
    return tuple(found)


def _overlap(a: Place, b: Place) -> bool:
    return a.turn == b.turn and a.start < b.end and b.start < a.end


def _quoted(places: Sequence[Place]) -> str:
    return " ".join(f"“{place.shown.strip()}”" for place in places)
