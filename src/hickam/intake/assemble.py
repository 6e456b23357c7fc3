"""Statements and readings to observations: ranges, thresholds, implied findings, contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from hickam.intake.readings import Reading
from hickam.intake.statements import Statement
from hickam.intake.vocabulary import FindingWords, Vocabulary
from hickam.model.case import Conflict, Observation, Span


def from_reading(r: Reading, vocabulary: Vocabulary, age: float | None, sex: str | None) -> list[Observation]:
    """What one measured value says: the range of a ranged finding, and the yes/no findings with thresholds on it."""
    out = []
    unit = vocabulary.measurements[r.measurement].unit
    for id, f in vocabulary.findings.items():
        if f.type == "ranged" and f.measurement == r.measurement:
            values = ranges_for(f, r)
            if values:
                out.append(
                    Observation(
                        finding=id,
                        state="present",
                        values=values,
                        value=r.value,
                        unit=unit if r.value is not None else "",
                        span=r.span,
                        how="measurement",
                    )
                )
        for measurement, at_least, at_most, below, above, ages, whose in f.thresholds:
            if (
                measurement != r.measurement
                or (whose not in ("any", sex) and not (sex is None and _either_sex(f, r, age)))
                or not ages[0] <= (40 if age is None else age) <= ages[1]
            ):
                continue
            state = (
                _by_number(r.value, at_least, at_most, below, above)
                if r.value is not None
                else _by_word(r, at_least, at_most)
            )
            if state:
                out.append(
                    Observation(
                        finding=id,
                        state="present" if state == "present" else "absent",
                        value=r.value,
                        unit=unit if r.value is not None else "",
                        span=r.span,
                        how="measurement",
                    )
                )
                break
    return out


def _either_sex(f: FindingWords, r: Reading, age: float | None) -> bool:
    """Whether the limits for women and for men say the same of a value, so that the sex does not matter."""
    said = set()
    for measurement, at_least, at_most, below, above, ages, whose in f.thresholds:
        fits = measurement == r.measurement and ages[0] <= (40 if age is None else age) <= ages[1]
        if fits and whose != "any":
            by_number = r.value is not None
            said.add(
                _by_number(r.value, at_least, at_most, below, above)
                if by_number and r.value is not None
                else _by_word(r, at_least, at_most)
            )
    return len(said) == 1


def ranges_for(f: FindingWords, r: Reading) -> tuple[str, ...]:
    """The range a number falls in, or every range a word such as 'raised' allows."""
    if r.value is not None:
        for id, _level, below in f.ranges:
            if below is None or r.value < below:
                return (id,)
        return ()
    if r.words == "normal":
        return tuple(id for id, level, _ in f.ranges if level == 0)
    if r.words == "borderline":
        return tuple(id for id, level, _ in f.ranges if abs(level) == 1)
    sign = 1 if r.words == "high" else -1
    chosen = [(id, level * sign) for id, level, _ in f.ranges if level * sign > 0]
    if r.degree < 0:
        chosen = [(id, k) for id, k in chosen if k <= 2] or chosen
    if r.degree > 0:
        chosen = [(id, k) for id, k in chosen if k >= 2] or chosen
    return tuple(id for id, _ in chosen)


def _by_number(
    v: float, at_least: float | None, at_most: float | None, below: float | None, above: float | None
) -> str:
    if (at_least is not None and v >= at_least) or (at_most is not None and v <= at_most):
        return "present"
    if (below is not None and v < below) or (above is not None and v > above):
        return "absent"
    return ""


def _by_word(r: Reading, at_least: float | None, at_most: float | None) -> str:
    if r.words == "high":
        return "present" if at_least is not None else "absent"
    if r.words == "low":
        return "present" if at_most is not None else "absent"
    return "absent" if r.words == "normal" else ""


def settle(
    observations: Iterable[Observation], vocabulary: Vocabulary
) -> tuple[list[Observation], list[Conflict], list[str]]:
    """One observation a finding. A measured number beats words; the affected side beats the sound one; what is left
    contradictory is a conflict and counts as not asked. Then implied findings are added."""
    groups: dict[str, list[Observation]] = {}
    told = list(observations)
    broad = _broad(told)
    for o in told:
        groups.setdefault(o.finding, []).append(o)
    settled: dict[str, Observation] = {}
    conflicts: list[Conflict] = []
    notes: list[str] = []
    for id, group in groups.items():
        one, conflict, note = _settle_one(id, _without_broad(group, broad), vocabulary)
        if one is not None:
            settled[id] = one
        if conflict is not None:
            conflicts.append(conflict)
        if note:
            notes.append(note)
    for id in _denied_by_the_disputed(settled, conflicts):
        del settled[id]
    return _close(settled, {c.finding for c in conflicts}, vocabulary), conflicts, notes


def _denied_by_the_disputed(settled: dict[str, Observation], conflicts: Sequence[Conflict]) -> list[str]:
    """Findings denied by the very words a conflict disputes: 'pulses normal' after 'pulses absent' denies nothing."""
    disputed = {(s.start, s.end) for c in conflicts for s in c.spans}
    return [
        id
        for id, o in settled.items()
        if o.state == "absent" and o.span is not None and (o.span.start, o.span.end) in disputed
    ]


MOST_VALUES = 3
"""Sensations kept of a longer list, the first-named ones: four at once say next to nothing."""
BROAD = 4
"""Findings denied by the same words for them to be a broad statement, which yields to a particular one."""


def _broad(observations: Sequence[Observation]) -> set[tuple[int, int]]:
    """Places of words such as 'examination normal' that deny many findings at once."""
    denied: dict[tuple[int, int], set[str]] = {}
    for o in observations:
        if o.span is not None and (o.state == "absent" or (o.values and o.how == "phrase")):
            denied.setdefault((o.span.start, o.span.end), set()).add(o.finding)
    return {place for place, findings in denied.items() if len(findings) >= BROAD}


def _without_broad(group: Sequence[Observation], broad: set[tuple[int, int]]) -> list[Observation]:
    """The observations of one finding without broad denials, where something particular says otherwise."""
    rest = [o for o in group if o.span is None or (o.span.start, o.span.end) not in broad]
    return rest if any(o.state == "present" for o in rest) else list(group)


def _settle_one(
    id: str, group: Sequence[Observation], vocabulary: Vocabulary
) -> tuple[Observation | None, Conflict | None, str]:
    f = vocabulary.findings[id]
    note = ""
    measured = [o for o in group if o.how == "measurement" and o.value is not None] or [
        o for o in group if o.how == "measurement"
    ]
    if measured:
        if any(o.state != measured[-1].state for o in group if o.how != "measurement"):
            note = f"{f.name}: the measured value was used where the words say otherwise"
        if f.type == "ranged" and len(measured) > 1:
            note = note or f"{f.name}: the first of {len(measured)} values was used"
        first = measured[0]
        if f.type != "ranged" and any(o.state == "present" for o in measured):
            first = next(o for o in measured if o.state == "present")
        return first, None, note
    present = [o for o in group if o.state == "present"]
    absent = [o for o in group if o.state == "absent"]
    if f.type != "yes_no":
        if not present:
            return None, None, ""
        values = tuple(dict.fromkeys(v for o in present for v in o.values))
        if f.type == "categorical":
            values = values[:MOST_VALUES]
        return _with_values(present[0], values), None, ""
    if present and absent:
        sides = {o.side for o in present} - {""}
        healthy = {o.side for o in absent} - {""}
        if (
            "both" in sides
            or (sides and healthy and not sides & healthy and "both" not in healthy)
            or any(o.how == "derived" for o in absent)
        ):
            return _merge(present), None, ""
        if all(o.how == "derived" for o in present):
            return _merge(absent), None, ""
        spans = tuple(o.span for o in (present[0], absent[0]) if o.span is not None)
        words = " and ".join(f"'{s.text}'" for s in spans)
        sentence = (
            f"The text says both yes and no to: {f.name} ({words}); it counts as not asked until settled."
            if spans
            else f"{f.name} was given both as present and as absent; it counts as not asked until settled."
        )
        return None, Conflict(finding=id, spans=spans, sentence=sentence), ""
    return _merge(present or absent), None, ""


def _with_values(o: Observation, values: tuple[str, ...]) -> Observation:
    return replace(o, values=values)


def _merge(group: Sequence[Observation]) -> Observation:
    first = next((o for o in group if o.how != "derived"), group[0])
    sides = {o.side for o in group} - {""}
    side = next(iter(sides)) if len(sides) == 1 else "both" if sides else ""
    return replace(first, side=side)


def _close(settled: dict[str, Observation], blocked: set[str], vocabulary: Vocabulary) -> list[Observation]:
    """Add what present findings imply, step by step; what was stated stays as stated."""
    queue = [o for o in settled.values() if o.state == "present"]
    while queue:
        o = queue.pop(0)
        f = vocabulary.findings[o.finding]
        for state, ids in (("present", f.implies), ("absent", f.implies_absent)):
            for id in ids:
                if id in settled or id in blocked or id not in vocabulary.findings:
                    continue
                new = Observation(
                    finding=id,
                    state="present" if state == "present" else "absent",
                    side=o.side,
                    span=o.span,
                    how="implied",
                    resource=o.resource,
                )
                settled[id] = new
                if state == "present":
                    queue.append(new)
    return list(settled.values())


def observation(s: Statement, *, how: str | None = None) -> Observation:
    """A finding statement as an observation."""
    return Observation(
        finding=s.id,
        state="absent" if s.said == "absent" else "present",
        values=(s.value,) if s.value else (),
        side=s.side,
        span=s.span,
        how=how or s.how,
    )


def span_of(text: str, start: int, end: int) -> Span:
    """The words at start..end."""
    return Span(text=text[start:end], start=start, end=end)
