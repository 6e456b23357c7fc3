"""Cases and bundles for the FHIR tests: drawn from the pack, and damaged in every way a sender might."""

from __future__ import annotations

import copy
import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hickam.intake.structured import case_from_json
from hickam.model.case import Case
from hickam.services.influence import simulated_cases
from hickam.services.knowledge import Knowledge

AS_OF = "2026-11-22"
EXAMPLE = Path(__file__).parents[1] / "examples" / "record.json"
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 2.5, 1e300, "", " ", "x", "2026-02-30", "entered-in-error", "final", "Patient/other",
    "\u0000", "𝛼" * 50, [], [[]], [None], {}, {"a": {}}, {"coding": "x"}, {"coding": [None]}, [{"url": 3}],
    {"reference": "#none"}, {"value": "3.1"}, {"value": 3.1, "code": "mg/dL"}, {"extension": [{"extension": []}]},
)  # fmt: skip


@lru_cache(maxsize=2)
def pack_cases(knowledge: Knowledge) -> tuple[Case, ...]:
    """The pack's vignettes as cases."""
    found = []
    for cases in knowledge.pack.cases.values():
        for c in cases:
            data = {
                "age": c.age, "sex": c.sex, "setting": c.setting, "text": c.text, "present": list(c.present),
                "absent": list(c.absent), "values": c.values, "known_conditions": list(c.known),
            }  # fmt: skip
            filled = {k: v for k, v in data.items() if v not in (None, "", [], {})}
            found.append(case_from_json(filled, knowledge.vocabulary))
    return tuple(found)


@lru_cache(maxsize=4)
def drawn_cases(knowledge: Knowledge, number: int) -> tuple[Case, ...]:
    """Simulated patients, with the findings that a record would hold."""
    return tuple(simulated_cases(knowledge, number))


def bare(case: Case) -> Case:
    """The case without pointers into a record."""
    return replace(
        case,
        observations=tuple(replace(o, resource="") for o in case.observations),
        facts=tuple(replace(f, resource="") for f in case.facts),
        ruled_out=tuple(replace(f, resource="") for f in case.ruled_out),
        medications=tuple(replace(m, resource="") for m in case.medications),
        allergies=tuple(replace(a, resource="") for a in case.allergies),
    )


def example() -> dict[str, Any]:
    """The record of the documentation."""
    data: dict[str, Any] = json.loads(EXAMPLE.read_text())
    return data


def damaged(bundle: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A copy with one to four things deleted, replaced, doubled, moved or wrapped."""
    data: dict[str, Any] = copy.deepcopy(bundle)
    for _ in range(chance.randint(1, 4)):
        places = list(_places(data))
        if not places:
            break
        parent, key = chance.choice(places)
        act = chance.randrange(6)
        if act == 0:
            del parent[key]
        elif act == 1:
            parent[key] = copy.deepcopy(chance.choice(STRANGE))
        elif act == 2:
            other, name = chance.choice(places)
            parent[key] = copy.deepcopy(other[name])
        elif act == 3:
            parent[key] = [parent[key]]
        elif act == 4 and isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]))
        elif isinstance(parent, dict):
            parent[chance.choice(("modifierExtension", "valueBoolean", "status", "subject", "implicitRules"))] = (
                chance.choice(STRANGE)
            )
    return data


def _places(node: Any) -> Any:
    """(container, key) of everything below a node."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])
