"""Judges of FHIR that are not ours: two npm validators, the R4B models of fhir.resources, and FHIRPath for the rest.

No one of them sees everything: R4B finds a value told twice, the npm validators codes, types and invariants, FHIRPath
what R4 says in words only and what we ask of ourselves beyond R4.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from fhirpathpy import compile as compile_path

GATE = Path(__file__).parent / "fhir_gate"
INSTALLED = (GATE / "node_modules" / "fhir").is_dir()
MISSING = "the npm validators are not installed: make fhir-tools"
INVARIANTS: tuple[tuple[str, str, str], ...] = (
    ("Questionnaire", "descendants().linkId.isDistinct()", "linkId twice (que-2)"),
    ("RiskAssessment", "status = 'preliminary'", "a program's answer is preliminary"),
    ("RiskAssessment", "code.coding.code != 'cause' or prediction.where(probabilityDecimal > 1).exists()",
     "no cause above one per cent: fractions where R4 wants per cent"),
    ("RiskAssessment", "note.where(text.contains('pack')).exists() and note.count() >= 2", "no stamp or disclaimer"),
    ("ServiceRequest", "intent = 'proposal' and status = 'draft'", "an order instead of a proposal"),
    ("Condition", "verificationStatus.coding.code != 'differential' or note.exists()", "a candidate without a note"),
    ("GuidanceResponse", "outputParameters.exists() and note.count() >= 2", "no stamp or disclaimer"),
    ("Composition", "section.where(title = 'About this answer').exists()", "no stamp or disclaimer"),
)  # fmt: skip


def problems(resources: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    """'name type judge: what' for everything any judge objects to. ``resources``: (name, resource)."""
    found = [f"{name} {r['resourceType']} R4B: {what}" for name, r in resources for what in _models(r)]
    found += [f"{name} {r['resourceType']} path: {what}" for name, r in resources for what in _invariants(r)]
    return found + _validators(resources)


def _models(resource: dict[str, Any]) -> Iterable[str]:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValueError as error:
        yield " ".join(str(error).split())[:200]


@lru_cache(maxsize=64)
def _path(expression: str) -> Any:
    return compile_path(expression)


def _invariants(resource: dict[str, Any]) -> Iterable[str]:
    for kind, expression, words in INVARIANTS:
        if resource["resourceType"] == kind and _path(expression)(resource) != [True]:
            yield words


def _validators(resources: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    lines = "".join(json.dumps({"name": name, "resource": r}) + "\n" for name, r in resources)
    done = subprocess.run(
        ["node", "validate.mjs"], cwd=GATE, input=lines, capture_output=True, text=True, check=True, timeout=900
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[-1]["checked"] == len(resources), "the validators did not see every resource"
    return [f"{t['name']} {t['type']} {t['by']}: {t['what']}" for t in told[:-1]]


def loose_references(bundle: dict[str, Any]) -> set[str]:
    """References of a document that lead to nothing in it."""
    urls = {entry["fullUrl"] for entry in bundle["entry"]}

    def walk(node: Any) -> Iterable[str]:
        if isinstance(node, dict):
            if isinstance(node.get("reference"), str):
                yield node["reference"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return set(walk(bundle)) - urls
