"""The source attributes of a predictive decision support intervention (45 CFR 170.315(b)(11)(iv)(B)), answered."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from hickam.model.pack import Pack
from hickam.services.evaluation_pages import find_reports
from hickam.services.pack_reports import stats
from hickam.writing.words import percent

RULE = "45 CFR 170.315(b)(11)(iv)(B)"
SOURCE = "https://www.ecfr.gov/current/title-45/section-170.315"
PUBLISHED = "89 FR 1192, 9 January 2024 (HTI-1)"


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked, in our words, and the answer. ``number``: its place in the regulation's list, from 1."""

    asked: str
    state: Literal["answered", "not_done", "not_applicable"]
    answer: str
    number: int = 0


class AttributeGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Attributes that the regulation lists together."""

    group: str
    attributes: tuple[Attribute, ...]


def source_attributes(pack: Pack) -> tuple[AttributeGroup, ...]:
    """All 31, in order, filled in from the pack and from the measured results."""
    values, number = _values(pack), 0
    answered = []
    for group in _template():
        filled = []
        for attribute in group.attributes:
            number += 1
            answer = attribute.answer.format(**values)
            filled.append(msgspec.structs.replace(attribute, answer=answer, number=number))
        answered.append(msgspec.structs.replace(group, attributes=tuple(filled)))
    return tuple(answered)


@cache
def _template() -> tuple[AttributeGroup, ...]:
    text = files("hickam.services").joinpath("source_attributes.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=tuple[AttributeGroup, ...])


def _values(pack: Pack) -> dict[str, Any]:
    counts = stats(pack)["numbers"]
    manifest = pack.manifest
    values: dict[str, Any] = {
        "owners": ", ".join(manifest.owners),
        "conditions": len(pack.conditions),
        "intended_use": manifest.intended_use,
        "population": manifest.population,
        "not_for": " ".join(manifest.not_for),
        "estimates": percent(counts.get("estimate", 0) / max(1, sum(counts.values()))),
        "updated": manifest.updated or "on no recorded day",
    }
    for name in ("published", "lay"):
        measures = json.loads((find_reports() / name / "results.json").read_text(encoding="utf-8"))["measures"]
        values[f"{name}_cases"] = measures["cases"]
        for first in ("1", "5"):
            values[f"{name}_top{first}"] = percent(measures["top"][first]["value"])
    return values
