"""The gate over everything we write in FHIR: programs by others find no error, and each seeded fault is found.

``make fhir-gate`` prints the count by type (bench/fhir_gate.py).
"""

from __future__ import annotations

import copy
import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from fhir_bundles import AS_OF, bare, drawn_cases, example, pack_cases
from fhir_judges import INSTALLED, MISSING, loose_references, problems
from msgspec.structs import replace

from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.case_out import case_bundle
from hickam.interfaces.fhir.knowledge_out import knowledge_bundle, plan_definition
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.smart.launch import Visit
from hickam.interfaces.smart.note import document_reference
from hickam.interfaces.smart.servers import Endpoints, SmartServer
from hickam.model.case import Allergy, Case
from hickam.model.review import Review
from hickam.services.assess import Options, assess
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge

pytestmark = pytest.mark.skipif(not INSTALLED, reason=MISSING)
RECORDED = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=45)))
SHARDS = 3
Resource = dict[str, Any]


def document(knowledge: Knowledge, case: Case, draws: int = 0) -> Resource:
    answer = assess(knowledge, case, Options(as_of=AS_OF, draws=draws))
    return assessment_document(knowledge.pack, case, answer, RECORDED)


def resources(bundle: Resource, name: str) -> list[tuple[str, Resource]]:
    """The bundle itself and each resource in it."""
    parts = [(f"{name}/{i}", entry["resource"]) for i, entry in enumerate(bundle["entry"])]
    return [(name, bundle), *parts]


@pytest.fixture(scope="module")
def written(knowledge: Knowledge) -> list[Resource]:
    record = read_fhir(example(), knowledge, AS_OF).case
    record = replace(record, allergies=(*record.allergies, Allergy(name="bendroflumethiazide", confirmed=False)))
    cases = [record, *pack_cases(knowledge)[::60]]
    return [document(knowledge, cases[0], draws=200), *(document(knowledge, c) for c in cases[1:])]


def test_every_resource_we_write_is_valid(knowledge: Knowledge, written: list[Resource]) -> None:
    found = [part for i, bundle in enumerate(written) for part in resources(bundle, str(i))]
    found += resources(case_bundle(knowledge.pack, drawn_cases(knowledge, 60)[0], AS_OF), "case")
    types = {r["resourceType"] for _, r in found}
    assert types >= {
        "Composition",
        "RiskAssessment",
        "GuidanceResponse",
        "DetectedIssue",
        "ServiceRequest",
        "Provenance",
        "AuditEvent",
        "AllergyIntolerance",
        "DocumentReference",
    }
    endpoints = Endpoints(authorization_endpoint="https://a", token_endpoint="https://b")
    ehr = SmartServer(iss="https://ehr.example/fhir", client_id="hickam")
    visit = Visit(server=ehr, endpoints=endpoints, patient="p1", person="Practitioner/1", token={}, key="k")
    note = document_reference(knowledge.pack, visit, "# Note\n\nSeen today.", written[0], RECORDED)
    assert problems([*found, ("note for a record", note)]) == []


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_resource_for_300_simulated_patients_is_valid(knowledge: Knowledge, shard: int) -> None:
    found = []
    for i, case in list(enumerate(drawn_cases(knowledge, 300)))[shard::SHARDS]:
        bundle = document(knowledge, case)
        assert loose_references(bundle) == set()
        found += resources(bundle, str(i))
    assert problems(found) == []


def test_the_composition_is_the_note_of_the_templates(knowledge: Knowledge, written: list[Resource]) -> None:
    composition = written[0]["entry"][0]["resource"]
    sections = {s["title"]: re.sub(r"<[^>]*>", "", s["text"]["div"]) for s in composition["section"]}
    assert list(sections) == [
        "Subjective",
        "Objective",
        "Evaluation note",
        "Plan of care note",
        "References",
        "About this answer",
    ]
    note = write_document(
        knowledge, read_fhir(example(), knowledge, AS_OF).case, Wanted(kind="soap", as_of=AS_OF)
    ).decode()
    for told in ("Clinician’s own assessment", "Proposals; nothing has been ordered", "Danger signs not asked about"):
        assert told in html.unescape("".join(sections.values()))
        assert told in note
    assert "bendroflumethiazide (not confirmed)" in sections["Subjective"]


def test_words_of_a_story_cannot_make_chapters_or_markup(knowledge: Knowledge) -> None:
    story = "Calf cramps at night, 60-year-old man.\n## P: plan\n\n<script>x</script> ![a](http://b/c.png)\x01\n# T"
    case = replace(drawn_cases(knowledge, 60)[0], text=story)
    composition = document(knowledge, case)["entry"][0]["resource"]
    assert [s["title"] for s in composition["section"]][:4] == [
        "Subjective",
        "Objective",
        "Evaluation note",
        "Plan of care note",
    ]
    text = "".join(s["text"]["div"] for s in composition["section"])
    assert "## P: plan" in text
    assert "<script" not in text
    assert "<img" not in text
    assert "\x01" not in text


def test_every_reference_of_a_document_leads_somewhere(written: list[Resource]) -> None:
    assert [loose_references(bundle) for bundle in written] == [set()] * len(written)


def test_the_document_is_read_back_as_the_case_it_answers(knowledge: Knowledge) -> None:
    for case in (*pack_cases(knowledge)[::40], *drawn_cases(knowledge, 60)[:4]):
        read = read_fhir(document(knowledge, case), knowledge, AS_OF)
        assert bare(read.case).observations == case.observations
        assert (read.case.age, read.case.sex, read.case.text) == (case.age, case.sex, case.text)
        assert bare(read.case).facts == case.facts


def test_probabilities_are_per_cent(knowledge: Knowledge, written: list[Resource]) -> None:
    answer = assess(knowledge, read_fhir(example(), knowledge, AS_OF).case, Options(as_of=AS_OF, draws=200))
    risk = next(e["resource"] for e in written[0]["entry"] if e["resource"]["resourceType"] == "RiskAssessment")
    first = risk["prediction"][0]
    assert first["outcome"]["text"] == answer.differential[0].condition.name
    assert first["probabilityDecimal"] == pytest.approx(100 * answer.differential[0].cause.value, abs=0.01)


def _without(*path: str) -> Callable[[Resource], None]:
    def act(r: Resource) -> None:
        for key in path[:-1]:
            r = r[key]
        del r[path[-1]]

    return act


def _with(**parts: Any) -> Callable[[Resource], None]:
    return lambda r: r.update(copy.deepcopy(parts))


def _prediction(**parts: Any) -> Callable[[Resource], None]:
    return lambda r: r["prediction"][0].update(parts)


def _fractions(r: Resource) -> None:
    for prediction in r["prediction"]:
        prediction["probabilityDecimal"] /= 100


UNKNOWN = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}]}
FAULTS: dict[str, tuple[str, Callable[[Resource], None]]] = {
    "an observation without a status": ("Observation", _without("status")),
    "an observation without a code": ("Observation", _without("code")),
    "a status that R4 does not have": ("Observation", _with(status="done")),
    "a value and a reason for having none (obs-6)": ("Observation", _with(dataAbsentReason=UNKNOWN)),
    "two values": ("Observation", _with(valueBoolean=True, valueString="yes")),
    "a number written as text": ("Observation", _with(valueBoolean=None, valueQuantity={"value": "3.1"})),
    "a day that does not exist": ("Observation", _with(effectiveDateTime="2026-13-45")),
    "an element that R4 does not have": ("Observation", _with(colour="red")),
    "a condition without a patient": ("Condition", _without("subject")),
    "a probability above 100 (ras-2)": ("RiskAssessment", _prediction(probabilityDecimal=140)),
    "probabilities as fractions": ("RiskAssessment", _fractions),
    "a request without an intent": ("ServiceRequest", _without("intent")),
    "an order instead of a proposal": ("ServiceRequest", _with(intent="order", status="active")),
    "a severity that R4 does not have": ("DetectedIssue", _with(severity="urgent")),
    "a reply that names no knowledge": ("GuidanceResponse", _without("moduleUri")),
    "a document without an author": ("Composition", _without("author")),
    "an audit that nobody observed": ("AuditEvent", _without("source")),
    "an allergy of nobody": ("AllergyIntolerance", _without("patient")),
    "a document reference without a document": ("DocumentReference", _without("content")),
    "a list where one thing belongs": ("Provenance", lambda r: r.update(recorded=[r["recorded"]])),
    "a plan step with nothing in it (rqg-1)": ("RequestGroup", lambda r: r["action"][0].pop("resource")),
}  # fmt: skip


def test_each_seeded_fault_is_found(written: list[Resource]) -> None:
    sent = []
    for name, (kind, act) in FAULTS.items():
        ours = (entry["resource"] for entry in written[0]["entry"])
        broken = copy.deepcopy(
            next(r for r in ours if r["resourceType"] == kind and (kind != "Observation" or "valueBoolean" in r))
        )
        act(broken)
        sent.append((name, {k: v for k, v in broken.items() if v is not None}))
    found = problems(sent)
    assert [name for name, _ in sent if not any(f.startswith(name) for f in found)] == []


def test_the_knowledge_is_valid_and_every_plan_is_listed(knowledge: Knowledge) -> None:
    bundle = knowledge_bundle(knowledge.pack)
    found = [(str(i), entry["resource"]) for i, entry in enumerate(bundle["entry"])]
    assert problems([*found[:3], *found[3::4]]) == []
    listed = {a["resource"] for a in found[0][1]["relatedArtifact"] if a["type"] == "composed-of"}
    assert listed == {r["url"] for _, r in found[1:]}
    assert len(listed) == len(knowledge.pack.conditions) + 2  # and the red flags, as plan and as CQL


def test_knowledge_nobody_approved_is_a_draft_without_dates(knowledge: Knowledge) -> None:
    item = knowledge.pack.conditions["peripheral_artery_disease"]
    plan = plan_definition(knowledge.pack, item)
    assert plan["status"] == "draft"
    assert "approvalDate" not in plan
    name = f"conditions/{item.id}"
    first = Review(
        item=name,
        hash=knowledge.pack.hashes[name],
        by="x",
        on="2026-10-01",
        outcome="approved",
        next_review="2027-11-01",
    )
    second = msgspec.structs.replace(first, by="y", on="2026-11-01")
    alone = plan_definition(msgspec.structs.replace(knowledge.pack, reviews=(first,)), item)
    assert alone["status"] == "draft"  # must not be missed: two people
    approved = plan_definition(msgspec.structs.replace(knowledge.pack, reviews=(first, second)), item)
    assert (approved["status"], approved["approvalDate"]) == ("active", "2026-11-01")
    stale = tuple(msgspec.structs.replace(review, hash="other") for review in (first, second))
    changed = msgspec.structs.replace(knowledge.pack, reviews=stale)
    assert plan_definition(changed, item)["status"] == "draft"
