"""An assessment as one FHIR document: a Composition first, and everything it speaks of behind it.

Each resource stands by itself too: it carries its review state, who drafted the knowledge in it, and the stamp and
disclaimer where it has notes. What is only repeated of the case carries no label.
"""

from __future__ import annotations

import datetime

from hickam.interfaces.fhir.answer_parts import Answer
from hickam.interfaces.fhir.case_out import case_resources
from hickam.interfaces.fhir.note_text import note_parts
from hickam.interfaces.fhir.plan_out import add_issues, add_plan, add_requests, add_urgency
from hickam.interfaces.fhir.resources import Document, Json, coded, marked_up, narrative, stable_id
from hickam.interfaces.fhir.risk_out import add_candidates, add_guidance, add_risks
from hickam.interfaces.fhir.systems import BUNDLE, CASE_TAG, LOINC, OWN, TERMINOLOGY
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.pack import Pack
from hickam.writing.words import stamp_state

SECTIONS = {
    "subjective": ("61150-9", "Subjective"),
    "objective": ("61149-1", "Objective"),
    "assessment": ("51848-0", "Evaluation note"),
    "plan": ("18776-5", "Plan of care note"),
}
"""LOINC codes of note sections, as the R4 value set of document sections lists them."""
DICOM = "http://dicom.nema.org/resources/ontology/DCM"


def assessment_document(pack: Pack, case: Case, answer: Assessment, recorded: datetime.datetime) -> Json:
    """A Bundle of type document. ``recorded`` must have a time zone.

    ``read_fhir`` turns it back into the case that was assessed.
    """
    written = recorded.isoformat(timespec="seconds")
    document = Document(f"answer {answer.as_of} {written}")
    basis = case_resources(pack, case, answer.as_of, document)
    parts = Answer(pack=pack, case=case, assessment=answer, document=document, recorded=written, basis=basis)
    document.add("device", _device(parts))
    risks, candidates = add_risks(parts), add_candidates(parts)
    urgency, issues, requests = add_urgency(parts), add_issues(parts), add_requests(parts)
    plan = add_plan(parts, requests)
    guidance = add_guidance(parts, plan)
    made = [*risks, *candidates, urgency, *issues, *requests, *([plan] if plan else []), guidance]
    document.add("provenance", _provenance(parts, made))
    document.add("audit", _audit(parts))
    sections = {
        "assessment": [*risks, *candidates, urgency, *issues],
        "plan": [*([plan] if plan else []), *requests, guidance],
    }
    document.add("composition", _composition(parts, sections))
    document.entries.insert(0, document.entries.pop())
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": BUNDLE, "code": CASE_TAG}]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{stable_id(document.seed, 'bundle')}"},
        "type": "document",
        "timestamp": written,
        "entry": document.entries,
    }


def _device(a: Answer) -> Json:
    stamp = a.assessment.pack
    return {
        "resourceType": "Device",
        "status": "active",
        "deviceName": [{"name": "Hickam clinical decision support", "type": "user-friendly-name"}],
        "version": [
            {"value": a.assessment.engine_version},
            {"component": {"value": stamp.id}, "value": f"{stamp.version} {stamp.hash}"},
        ],
        "note": [{"text": a.assessment.disclaimer}],
    }


def _provenance(a: Answer, made: list[Json]) -> Json:
    stamp = a.assessment.pack
    drafted = f", drafted by {stamp.drafted_by}" if stamp.drafted_by else ""
    return {
        "resourceType": "Provenance",
        "target": made,
        "occurredDateTime": a.recorded,
        "recorded": a.recorded,
        "activity": coded(TERMINOLOGY + "v3-DataOperation", "CREATE", "create"),
        "agent": [
            {"type": coded(TERMINOLOGY + "provenance-participant-type", "assembler", "Assembler"), "who": a.device}
        ],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": {"system": f"{OWN}pack-hash", "value": stamp.hash},
                    "display": f"knowledge pack {stamp.id} {stamp.version}, {stamp_state(stamp)}{drafted}",
                },
            },
            *({"role": "source", "what": reference} for reference in a.basis),
        ],
    }


def _audit(a: Answer) -> Json:
    """That this run took place. It names the patient of this document and nothing else of them."""
    return {
        "resourceType": "AuditEvent",
        "type": {"system": DICOM, "code": "110100", "display": "Application Activity"},
        "action": "E",
        "recorded": a.recorded,
        "outcome": "0",
        "agent": [{"who": a.device, "requestor": False}],
        "source": {"observer": a.device},
        "entity": [{"what": a.subject}],
    }


def _composition(a: Answer, sections: dict[str, list[Json]]) -> Json:
    text = note_parts(a.pack, a.case, a.assessment)
    names = {"subjective": [], "objective": [], **sections}
    if a.case.text:
        names["subjective"] = [a.document.reference("story")]
    for i, o in enumerate(a.case.observations):
        kind = a.pack.findings[o.finding].kind
        part = "subjective" if kind in ("history", "risk_factor") else "objective"
        names[part].append(a.document.reference(f"observation {i} {o.finding}"))
    return {
        "resourceType": "Composition",
        "meta": a.meta,
        "status": "preliminary",
        "type": coded(LOINC, "51848-0", "Evaluation note"),
        "subject": a.subject,
        "encounter": a.document.reference("visit"),
        "date": a.recorded,
        "author": [a.device],
        "title": "Decision support for a leg complaint: not signed, not reviewed by a clinician",
        "section": [
            *(
                {
                    "title": title,
                    "code": coded(LOINC, code, title),
                    "text": marked_up(text[part]),
                    "entry": names[part],
                }
                for part, (code, title) in SECTIONS.items()
            ),
            *([{"title": "References", "text": marked_up(text["references"])}] if "references" in text else []),
            {"title": "About this answer", "text": narrative([a.stamp, a.assessment.disclaimer])},
        ],
    }
