"""docs/safety/hazards.yaml as data, and which of its tests have not passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from hickam.knowledge.yaml12 import read_yaml

HAZARDS = Path(__file__).parents[1] / "docs" / "safety" / "hazards.yaml"


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What keeps the hazard from doing harm, and the tests that show it."""

    says: str
    tests: tuple[str, ...]


class Hazard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which the program in use could do harm."""

    id: str
    hazard: str
    cause: str
    effect: str
    severity: Literal["catastrophic", "critical", "serious", "minor"]
    controls: tuple[Control, ...]
    residual: str


def hazards() -> list[Hazard]:
    """All of them; an unknown or missing key is an error."""
    return msgspec.convert(read_yaml(HAZARDS.read_bytes()), list[Hazard])


def controls() -> set[str]:
    """Every test that a control names, as file::name under tests/."""
    return {test for hazard in hazards() for control in hazard.controls for test in control.tests}


def unproved(wanted: Iterable[str], outcomes: Mapping[str, str]) -> list[str]:
    """Tests of which no case passed or one failed; ``outcomes``: node id to passed, failed or skipped."""
    missing = []
    for test in sorted(wanted):
        found = {result for node, result in outcomes.items() if node.partition("[")[0].endswith(f"tests/{test}")}
        if "failed" in found or "passed" not in found:
            missing.append(f"{test}: {'failed' if 'failed' in found else 'skipped' if found else 'not run'}")
    return missing
