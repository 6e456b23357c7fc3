"""A case as data in the case format, so that another part of the program can go on from it."""

from __future__ import annotations

from typing import Any

from hickam.model.case import Case
from hickam.model.pack import Pack

WORKED_OUT = ("implied", "drug")
"""Observations that follow from others and are worked out again."""


def as_data(pack: Pack, case: Case) -> dict[str, Any]:
    """What ``case_from_json`` takes. Of a finding with several possible values nothing is told."""
    data: dict[str, Any] = {
        "age": case.age,
        "sex": case.sex,
        "setting": case.setting,
        "text": case.text,
        "present": [],
        "absent": [],
        "values": {},
        "known_conditions": [{"id": f.condition, "status": f.status} for f in case.facts],
        "ruled_out": [f.condition for f in case.ruled_out],
        "medications": [m.name for m in case.medications if m.current],
    }
    for o in case.observations:
        if o.how in WORKED_OUT or o.span is not None:
            continue
        finding = pack.findings[o.finding]
        if o.value is not None and finding.measurement:
            data["values"][finding.measurement] = o.value
        elif finding.type == "yes_no":
            data[o.state].append(o.finding)
        elif len(o.values) == 1:
            data["present"].append(f"{o.finding}={o.values[0]}")
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
