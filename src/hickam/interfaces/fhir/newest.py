"""Which observations of a record count: the newest of each kind, unless it is too old; the rest is listed."""

from __future__ import annotations

import datetime

from hickam.interfaces.fhir.codes import PREGNANT, PREGNANT_DAYS
from hickam.interfaces.fhir.gathered import Dated, Gathered
from hickam.interfaces.fhir.measured import said

TESTS_COUNT_DAYS = 90
"""How old a test result may be. A judgement, not a measured number: long enough for a value asked for at the last
visit, short enough that last year's potassium is not taken for today's. The rest uses the pack's window."""


def current_only(g: Gathered) -> None:
    """Keep the newest of each kind, unless it is too old; the rest is listed. An undated one counts as now. Of
    results that disagree and are equally new the first counts: a record server gives the newest first."""
    window = g.knowledge.pack.manifest.window_days
    told: dict[str, list[Dated]] = {}
    for one in g.dated:
        told.setdefault(one.key, []).append(one)
    newest = {key: _newest(group, g) for key, group in told.items()}
    pregnant = g.codes.icd.get(PREGNANT)
    for one in g.dated:
        age = (g.today - _day(one, g)).days
        limit = TESTS_COUNT_DAYS if one.kind == "test" else window
        if one.kind == "risk_factor" and any(o.state == "present" for o in one.observations):
            limit = PREGNANT_DAYS if pregnant is not None and one.key == pregnant.id else float("inf")
        latest = newest[one.key]
        if not any(one is other for other in latest):
            g.ignore(one.pointer, f"a newer one is in the record ({latest[0].pointer})")
        elif age > limit:
            g.ignore(one.pointer, f"it is {age} days old, and counts for {limit:g}")
        elif _disagree(one, latest[0]):
            g.ignore(one.pointer, f"{latest[0].pointer} is as new, corrects it or comes first, and disagrees")
        else:
            g.observations.extend(one.observations)


def _newest(group: list[Dated], g: Gathered) -> list[Dated]:
    """Those of the last day; of these the last in time, when all give a time."""
    day = max(_day(one, g) for one in group)
    latest = [one for one in group if _day(one, g) == day]
    moments = [one.moment for one in latest if one.moment is not None]
    if len(moments) == len(latest):
        latest = [one for one in latest if one.moment == max(moments)]
    return sorted(latest, key=lambda one: -one.rank)


def _disagree(one: Dated, other: Dated) -> bool:
    """Whether two results of one test, of the same side, say different things."""
    sides = {o.side for o in (*one.observations, *other.observations)}
    return one.kind == "test" and len(sides) == 1 and said([*one.observations]) != said([*other.observations])


def _day(one: Dated, g: Gathered) -> datetime.date:
    return one.day or g.today
