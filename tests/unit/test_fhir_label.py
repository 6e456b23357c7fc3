"""The label of what an artificial intelligence drafted: on what carries the pack's knowledge, not on the case."""

from __future__ import annotations

import datetime
from typing import Any

from fhir_bundles import AS_OF, example
from msgspec.structs import replace

from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.knowledge_out import knowledge_bundle
from hickam.interfaces.fhir.questionnaire import questionnaire
from hickam.interfaces.fhir.reading import read_fhir
from hickam.model.pack import Pack
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

OF_THE_CASE = {"Patient", "Encounter", "MedicationStatement", "AllergyIntolerance", "DocumentReference"}
OF_THE_RUN = {"Provenance", "AuditEvent", "Device", "Parameters", "OperationOutcome"}


def is_labelled(resource: dict[str, Any]) -> bool:
    return [label["code"] for label in resource.get("meta", {}).get("security", [])] == ["AIAST"]


def repeats_the_case(resource: dict[str, Any]) -> bool:
    """Findings, and conditions that are known or ruled out; not the urgency, not a candidate."""
    if resource["resourceType"] == "Observation":
        return "urn:hickam:urgency" not in str(resource["code"])
    if resource["resourceType"] == "Condition":
        return bool(resource["verificationStatus"]["coding"][0]["code"] != "differential")
    return resource["resourceType"] in OF_THE_CASE


def test_the_pack_is_labelled_and_the_case_is_not(knowledge: Knowledge) -> None:
    case = read_fhir(example(), knowledge, AS_OF).case
    answer = assess(knowledge, case, Options(as_of=AS_OF, draws=0))
    written = assessment_document(knowledge.pack, case, answer, datetime.datetime.now(datetime.UTC))
    resources = [e["resource"] for e in written["entry"]]
    assert {r["resourceType"] for r in resources} > {"Composition", "RiskAssessment", "ServiceRequest", "Condition"}
    wrong = [
        r["resourceType"]
        for r in resources
        if is_labelled(r) == (repeats_the_case(r) or r["resourceType"] in OF_THE_RUN)
    ]
    assert wrong == []
    (provenance,) = (r for r in resources if r["resourceType"] == "Provenance")
    assert provenance["entity"][0]["what"]["display"].endswith("drafted by AI")


def test_knowledge_that_people_drafted_has_no_label(knowledge: Knowledge) -> None:
    def knowledge_of(pack: Pack) -> list[dict[str, Any]]:
        plans = [e["resource"] for e in knowledge_bundle(pack, "peripheral_artery_disease")["entry"]]
        return [*plans, questionnaire(pack)]

    people = replace(knowledge.pack, manifest=replace(knowledge.pack.manifest, drafted_by="the authors"))
    assert all(is_labelled(r) for r in knowledge_of(knowledge.pack))
    assert not any("meta" in r for r in knowledge_of(people))
