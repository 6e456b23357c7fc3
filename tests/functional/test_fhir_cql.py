"""Red flags as CQL: programs by others (the reference translator, cql-execution) give our answers on every pack case."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fhir_bundles import AS_OF, pack_cases
from fhir_judges import GATE, INSTALLED, MISSING

from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.cql_out import FLOOR, floor_findings, red_flag_rules, red_flags_cql
from hickam.interfaces.fhir.reading import read_fhir
from hickam.model.case import Case
from hickam.model.condition import LEVELS
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

pytestmark = pytest.mark.skipif(not INSTALLED, reason=MISSING)
WRITTEN = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
READ_BY_RULES = ("Patient", "Observation", "Condition", "MedicationStatement", "RiskAssessment")
Answer = tuple[list[str], str | None]


def run(folder: Path, cql: str, bundles: list[dict[str, Any]]) -> list[Answer]:
    """(rules that hold, urgency) of each bundle, by the programs of others. Raises CalledProcessError."""
    (folder / "rules.cql").write_text(cql)
    lines = "".join(json.dumps({"name": i, "bundle": b}) + "\n" for i, b in enumerate(bundles))
    done = subprocess.run(
        ["node", "cql.mjs", str(folder / "rules.cql"), AS_OF], cwd=GATE, input=lines, capture_output=True, text=True,
        check=True, timeout=600,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[-1]["bundles"] == len(bundles)
    return [(sorted(t["fired"]), t["urgency"]) for t in told[:-1]]


def ours(knowledge: Knowledge, case: Case) -> tuple[dict[str, Any], Answer]:
    """What the rules see of a case, and what our own evaluation says."""
    answer = assess(knowledge, case, Options(as_of=AS_OF, draws=0, explain=False, steps=0))
    document = assessment_document(knowledge.pack, case, answer, WRITTEN)
    document["entry"] = [e for e in document["entry"] if e["resource"]["resourceType"] in READ_BY_RULES]
    fired = [r for r in answer.urgency.reasons if r.rule]
    highest = max((r.level for r in fired), key=LEVELS.index, default=None)
    return document, (sorted(r.rule for r in fired), highest)


def test_every_pack_case_gets_the_same_red_flags(knowledge: Knowledge, tmp_path: Path) -> None:
    cases = pack_cases(knowledge)
    bundles, expected = zip(*(ours(knowledge, case) for case in cases), strict=True)
    found = run(tmp_path, red_flags_cql(knowledge.pack), list(bundles))
    assert [
        (i, theirs, own) for i, (theirs, own) in enumerate(zip(found, expected, strict=True)) if theirs != own
    ] == []
    fired = {rule for rules, _ in found for rule in rules}
    known = {r.id for r in red_flag_rules(knowledge.pack)} | {FLOOR + f.id for f in floor_findings(knowledge.pack)}
    assert fired <= known
    assert len(fired) > 0.9 * len(known), sorted(known - fired)


def calcium(value: float, unit: str, day: str, status: str = "final") -> dict[str, Any]:
    return {
        "resourceType": "Observation", "status": status, "effectiveDateTime": day,
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "17861-6"}]},
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }  # fmt: skip


def record(*values: dict[str, Any]) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-05"}
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in (patient, *values)]}


LOW = calcium(1.7, "mmol/L", "2026-11-20")
RECORDS: dict[str, tuple[dict[str, Any], bool]] = {
    "low": (record(LOW), True),
    "low in the other unit": (record(calcium(6.8, "mg/dL", "2026-11-20")), True),
    "normal now, low before": (
        record(calcium(1.7, "mmol/L", "2026-11-01"), calcium(2.3, "mmol/L", "2026-11-20")),
        False,
    ),
    "low now, listed first": (record(LOW, calcium(2.3, "mmol/L", "2026-11-01")), True),
    "low last year": (record(calcium(1.7, "mmol/L", "2025-11-20")), False),
    "low in error": (record(calcium(1.7, "mmol/L", "2026-11-20", "entered-in-error")), False),
    "a unit nobody knows": (record(calcium(1.7, "furlong", "2026-11-20")), False),
}


def test_values_of_a_record_count_as_in_our_own_reading(knowledge: Knowledge, tmp_path: Path) -> None:
    bundles = [bundle for bundle, _ in RECORDS.values()]
    theirs = ["calcium_low_severe" in fired for fired, _ in run(tmp_path, red_flags_cql(knowledge.pack), bundles)]
    assert dict(zip(RECORDS, theirs, strict=True)) == {name: low for name, (_, low) in RECORDS.items()}
    own = ["calcium_low_severe" in ours(knowledge, read_fhir(b, knowledge, AS_OF).case)[1][0] for b in bundles]
    assert own == theirs


def test_a_rule_written_wrongly_is_seen(knowledge: Knowledge, tmp_path: Path) -> None:
    cql = red_flags_cql(knowledge.pack)
    assert cql.count("< 1.9)") == 1
    assert run(tmp_path, cql.replace("< 1.9)", "> 1.9)"), [record(LOW)]) == [([], None)]
    with pytest.raises(subprocess.CalledProcessError) as error:
        run(tmp_path, cql.replace('define "Present"', 'define "Presents"'), [record(LOW)])
    assert "identifier Present" in error.value.stderr
