"""A Case as FHIR resources, in a form that is read back without loss.

What FHIR has an element for goes there; what it has none for (which words a finding came from, how it was recognised,
how complete the story is) goes into extensions, so that another program can leave it alone.
"""

from __future__ import annotations

import base64
import re

from hickam.interfaces.fhir.resources import (
    Document,
    Json,
    coded,
    concept,
    extend,
    span_extension,
)
from hickam.interfaces.fhir.systems import (
    ACT_CODE,
    AGE,
    BUNDLE,
    CASE_TAG,
    COMPLAINTS,
    HISTORY,
    LOINC,
    RXNORM,
    SETTINGS,
    TERMINOLOGY,
    UCUM,
    own,
)
from hickam.model.case import Allergy, Case, Fact, Medication, Observation
from hickam.model.pack import Drug, Pack

VERIFICATION = TERMINOLOGY + "condition-ver-status"
CLINICAL = TERMINOLOGY + "condition-clinical"
CLASSES = {
    "primary_care": ("AMB", "ambulatory"),
    "emergency": ("EMER", "emergency"),
    "specialist": ("AMB", "ambulatory"),
}
CATEGORIES = {"history": "survey", "examination": "exam", "test": "laboratory", "risk_factor": "social-history"}


def case_bundle(pack: Pack, case: Case, as_of: str) -> Json:
    """A collection Bundle that ``read_fhir`` turns into the same case on the same day."""
    document = Document(f"case {as_of}")
    case_resources(pack, case, as_of, document)
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": BUNDLE, "code": CASE_TAG}]},
        "type": "collection",
        "entry": document.entries,
    }


def case_resources(pack: Pack, case: Case, as_of: str, document: Document) -> list[Json]:
    """Add the case's resources; returns references to its findings, facts and medicines."""
    patient: Json = {"resourceType": "Patient"}
    if case.sex:
        patient["gender"] = case.sex
    document.add("patient", patient)
    _encounter(case, document)
    if case.text:
        document.add("story", _story(case, document))
    found = []
    if case.age is not None:
        found.append(document.add("age", _age(case.age, as_of, document)))
    for i, o in enumerate(case.observations):
        found.append(document.add(f"observation {i} {o.finding}", _observation(pack, o, as_of, document)))
    for i, c in enumerate(case.conflicts):
        finding = pack.findings[c.finding]
        found.append(
            document.add(
                f"conflict {i} {c.finding}",
                {
                    "resourceType": "Observation",
                    "extension": [
                        extend("conflict", valueString=c.sentence),
                        *(span_extension("span", s) for s in c.spans),
                    ],
                    "status": "preliminary",
                    "code": concept(pack, "findings", finding.id, finding.name, finding.codes),
                    "subject": document.reference("patient"),
                    "effectiveDateTime": as_of,
                    "dataAbsentReason": coded(TERMINOLOGY + "data-absent-reason", "unknown"),
                },
            )
        )
    for i, fact in enumerate(case.facts):
        found.append(document.add(f"known {i} {fact.condition}", _known(pack, fact, "confirmed", document)))
    for i, fact in enumerate(case.ruled_out):
        found.append(document.add(f"ruled out {i} {fact.condition}", _known(pack, fact, "refuted", document)))
    for i, medicine in enumerate(case.medications):
        found.append(document.add(f"medicine {i} {medicine.name}", _medicine(pack, medicine, document)))
    for i, allergy in enumerate(case.allergies):
        found.append(document.add(f"allergy {i} {allergy.name}", _allergy(pack, allergy, document)))
    return found


def _encounter(case: Case, document: Document) -> Json:
    code, display = CLASSES[case.setting]
    return document.add(
        "visit",
        {
            "resourceType": "Encounter",
            "extension": [
                extend("completeness", valueDecimal=case.completeness),
                *(extend("note", valueString=note) for note in case.notes),
                *(span_extension("not-understood", s) for s in case.not_understood),
            ],
            "status": "in-progress",
            "class": {"system": ACT_CODE, "code": code, "display": display},
            "type": [coded(SETTINGS, case.setting, case.setting.replace("_", " "))],
            "subject": document.reference("patient"),
            "reasonCode": [
                {
                    "coding": [{"system": COMPLAINTS, "code": case.complaint}],
                    "text": "a leg symptom" if case.complaint == "leg" else "any complaint",
                }
            ],
        },
    )


def _story(case: Case, document: Document) -> Json:
    return {
        "resourceType": "DocumentReference",
        "extension": [extend("story", valueCode="case")],
        "status": "current",
        "type": coded(LOINC, HISTORY, "History of Present illness Narrative"),
        "subject": document.reference("patient"),
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": base64.b64encode(case.text.encode()).decode(),
                }
            }
        ],
    }


def _age(age: float, as_of: str, document: Document) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(LOINC, AGE, "Age"),
        "subject": document.reference("patient"),
        "effectiveDateTime": as_of,
        "valueQuantity": {"value": age, "unit": "years", "system": UCUM, "code": "a"},
    }


def _observation(pack: Pack, o: Observation, as_of: str, document: Document) -> Json:
    """A finding: yes or no as a boolean, values as codes, the measured number beside them."""
    finding = pack.findings[o.finding]
    extensions = [extend("how", valueCode=o.how)]
    if o.span is not None:
        extensions.append(span_extension("span", o.span))
    if o.side:
        extensions.append(extend("side", valueCode=o.side))
    if o.value is not None:
        extensions.append(extend("value", valueDecimal=o.value))
        if o.unit:
            extensions.append(extend("unit", valueString=o.unit))
    resource: Json = {
        "resourceType": "Observation",
        "extension": extensions,
        "status": "final",
        "category": [coded(TERMINOLOGY + "observation-category", CATEGORIES[finding.kind])],
        "code": concept(pack, "findings", finding.id, finding.name, finding.codes),
        "subject": document.reference("patient"),
        "effectiveDateTime": as_of,
    }
    if finding.type == "yes_no":
        return {**resource, "valueBoolean": o.state == "present"}
    extensions += [extend("range", valueCode=v) for v in o.values]
    if o.state == "absent":
        extensions.append(extend("state", valueCode="absent"))
    measured = pack.measurements.get(finding.measurement)
    if o.value is not None and measured is not None:
        codes = {**measured.codes, **finding.codes}
        resource["code"] = concept(pack, "findings", finding.id, finding.name, codes)
        return {**resource, "valueQuantity": quantity(o.value, measured.unit, measured.codes.get("ucum", ()))}
    names = {v.id: v.name for v in finding.values} | {r.id: r.name for r in finding.ranges}
    system = own(pack.manifest.id, f"findings:{finding.id}")
    coding = [{"system": system, "code": v, "display": names.get(v, v)} for v in o.values]
    return {**resource, "valueCodeableConcept": {"coding": coding, "text": " or ".join(c["display"] for c in coding)}}


def quantity(value: float, unit: str, ucum: tuple[str, ...]) -> Json:
    """A number with its unit, and the UCUM code where the pack gives one."""
    return {"value": value, "unit": unit, **({"system": UCUM, "code": ucum[0]} if ucum else {})}


def _known(pack: Pack, fact: Fact, verified: str, document: Document) -> Json:
    condition = pack.conditions[fact.condition]
    clinical = "resolved" if fact.status == "past" else "active"
    resource: Json = {
        "resourceType": "Condition",
        "extension": [
            extend("status", valueCode=fact.status),
            *([span_extension("span", fact.span)] if fact.span else []),
        ],
        "clinicalStatus": coded(CLINICAL, clinical),
        "verificationStatus": coded(VERIFICATION, verified),
        "code": concept(pack, "conditions", condition.id, condition.name, condition.codes),
        "subject": document.reference("patient"),
    }
    if verified == "refuted":
        del resource["clinicalStatus"]
    return resource


def _drug(pack: Pack, id: str, words: str) -> Json:
    """The pack's drug, or that it has none of this name; RxNorm's ingredient when one is named; the words as said."""
    coding: Json = {"system": own(pack.manifest.id, "drugs"), "code": id or "unlisted"}
    public = []
    if id in pack.drugs:
        coding["display"] = pack.drugs[id].name
        public = [{"system": RXNORM, "code": code} for code in _ingredients(pack.drugs[id], words)]
    return {"coding": [coding, *public], "text": words}


def _ingredients(drug: Drug, words: str) -> set[str]:
    """RxNorm's concept of the one ingredient of this drug that the words name ('quinine sulfate' is not 'quinine');
    empty when they name none or several."""
    said = [m for m in drug.rxnorm if re.search(rf"\b{re.escape(m)}\b", words, re.I)]
    longest = [m for m in said if not any(m != other and m.lower() in other.lower() for other in said)]
    codes = {drug.rxnorm[m] for m in longest}
    return codes if len(codes) == 1 else set()


def _allergy(pack: Pack, allergy: Allergy, document: Document) -> Json:
    return {
        "resourceType": "AllergyIntolerance",
        "extension": [span_extension("span", allergy.span)] if allergy.span else [],
        "clinicalStatus": coded(TERMINOLOGY + "allergyintolerance-clinical", "active"),
        "verificationStatus": coded(
            TERMINOLOGY + "allergyintolerance-verification", "confirmed" if allergy.confirmed else "unconfirmed"
        ),
        "code": _drug(pack, allergy.drug, allergy.name),
        "patient": document.reference("patient"),
    }


def _medicine(pack: Pack, medicine: Medication, document: Document) -> Json:
    return {
        "resourceType": "MedicationStatement",
        "extension": [span_extension("span", medicine.span)] if medicine.span else [],
        "status": "active" if medicine.current else "stopped",
        "medicationCodeableConcept": _drug(pack, medicine.drug, medicine.name),
        "subject": document.reference("patient"),
        "dosage": [{"text": medicine.dose}] if medicine.dose else [],
    }
