"""A case as a request to the API, so that the workbench can go on from it as if a person had told it."""

from __future__ import annotations

from typing import Any

from hickam.model.case import Case
from hickam.model.pack import Pack

WORKED_OUT = ("implied", "drug")
"""Observations that follow from others and are worked out again."""


def as_request(pack: Pack, case: Case) -> dict[str, Any]:
    """What ``POST /api/v1/assess`` takes. Medicines and allergies go into the story; of a finding that may have one of
    several values nothing is told."""
    takes = [f"Takes {m.name}." for m in case.medications if m.current]
    allergic = [f"Allergic to {a.name}." for a in case.allergies]
    data: dict[str, Any] = {
        "text": " ".join([case.text, *takes, *allergic]).strip(),
        "present": [],
        "absent": [],
        "values": {},
        "sides": {},
        "known_conditions": [{"id": f.condition, "status": f.status} for f in case.facts],
        "ruled_out": [f.condition for f in case.ruled_out],
    }
    for o in case.observations:
        if o.how in WORKED_OUT or o.span is not None:
            continue
        finding = pack.findings[o.finding]
        if o.value is not None and finding.measurement:
            data["values"][o.finding] = o.value
        elif finding.type == "yes_no":
            data[o.state].append(o.finding)
            if o.side and o.state == "present":
                data["sides"][o.finding] = o.side
        elif len(o.values) == 1:
            data["present"].append(f"{o.finding}={o.values[0]}")
    return {"case": data, "age": case.age, "sex": case.sex, "setting": case.setting}
