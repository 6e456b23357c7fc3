"""An assessment as one FHIR document: a Composition first, and everything it speaks of behind it.

Each resource stands by itself too: it carries its review state, and the stamp and disclaimer where it has notes. No
resource is labelled as made by artificial intelligence (AIAST): the numbers come from the pack by arithmetic, not from
a trained model; docs/reference/fhir.md says more.
"""

from __future__ import annotations

import datetime

from hickam.interfaces.fhir.answer_parts import Answer
from hickam.interfaces.fhir.case_out import case_resources
from hickam.interfaces.fhir.plan_out import add_issues, add_plan, add_requests, add_urgency
from hickam.interfaces.fhir.resources import Document, Json, coded, narrative, stable_id
from hickam.interfaces.fhir.risk_out import TIER_WORDS, add_candidates, add_guidance, add_risks
from hickam.interfaces.fhir.systems import BUNDLE, CASE_TAG, LOINC, OWN, TERMINOLOGY
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.model.pack import Pack

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
                    "display": f"knowledge pack {stamp.id} {stamp.version}",
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
    lines = _lines(a.assessment)
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
                    "text": narrative(lines[part]),
                    "entry": names[part],
                }
                for part, (code, title) in SECTIONS.items()
            ),
            {"title": "About this answer", "text": narrative([a.stamp, a.assessment.disclaimer])},
        ],
    }


def _lines(a: Assessment) -> dict[str, list[str]]:
    """The words of each section, from the same answer as the resources."""
    told: dict[str, list[str]] = {"present": [], "absent": []}
    for f in a.case.findings:
        value = "" if f.value is None else f" {f.value:g} {f.unit}" if isinstance(f.value, float) else f": {f.value}"
        told[f.state].append(f"{f.name}{value}".strip())
    age = "age not known" if a.case.age is None else f"{a.case.age:g} years"
    subjective = [f"{age}, {a.case.sex or 'sex not known'}."]
    subjective += [f"Present: {'; '.join(told['present'])}."] * bool(told["present"])
    subjective += [f"Absent: {'; '.join(told['absent'])}."] * bool(told["absent"])
    subjective += [f"Known: {k.name} ({k.status})." for k in a.case.known_conditions]
    subjective += [f"Medicine: {m.name}{'' if m.current else ' (stopped)'}." for m in a.case.medications]
    measured = [f for f in a.case.findings if isinstance(f.value, float)]
    objective = [f"{f.name}: {f.value:g} {f.unit}".rstrip() for f in measured if isinstance(f.value, float)]
    ranked = [
        f"{TIER_WORDS[c.tier]}: {c.condition.name}, cause {100 * c.cause.value:.0f} % "
        f"({100 * c.cause.low:.0f} to {100 * c.cause.high:.0f} %)"
        for c in a.differential
        if c.tier != "unlisted"
    ]
    assessed = [a.urgency.sentence, *(r.sentence for r in a.urgency.reasons), *ranked, a.fit.sentence]
    plan = [
        a.route.sentence,
        *(f"Test: {w.test}. {w.why}" for w in a.workup if w.stage == "now"),
        *(("Not: " if m.line == "avoid" else "") + m.step for m in a.management),
        *(f"Caution: {c.text}" for c in a.cautions),
    ]
    return {"subjective": subjective, "objective": objective, "assessment": assessed, "plan": plan}
