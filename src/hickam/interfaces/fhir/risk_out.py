"""The differential as RiskAssessments and candidate Conditions, and the reply as a GuidanceResponse.

``probabilityDecimal`` is a percentage from 0 to 100 (R4 invariant ras-2): 42 means 42 %, and 0.42 would be read as less
than half a per cent with no validator objecting.
"""

from __future__ import annotations

from hickam.interfaces.fhir.answer_parts import Answer
from hickam.interfaces.fhir.case_out import CLINICAL, VERIFICATION
from hickam.interfaces.fhir.resources import Json, coded, concept, extend, text_only
from hickam.interfaces.fhir.systems import OWN, own
from hickam.model.assessment import Candidate, Estimate, NextStep

TIERS = OWN + "tier"
RISKS = OWN + "risk"
TIER_WORDS = {
    "most_likely": "most likely",
    "other_likely": "other likely",
    "do_not_miss": "do not miss",
    "rare": "rare",
    "unlisted": "less likely",
}
PROPOSED = ("most_likely", "other_likely", "do_not_miss", "rare")
MOST_REASONS = 3


def percentage(probability: float) -> float:
    """A probability of 0..1 in per cent, to a hundredth.

    >>> percentage(0.42), percentage(1.0)
    (42.0, 100.0)
    """
    return round(100 * min(max(probability, 0.0), 1.0), 2)


def add_risks(answer: Answer) -> list[Json]:
    """Two RiskAssessments: what causes the complaint, and what is present; references to both."""
    listed = answer.assessment.differential
    cause = [_prediction(answer, c, c.cause, reasons=True) for c in listed]
    present = [_prediction(answer, c, c.present, reasons=False) for c in listed if c.present is not None]
    found = [_risk(answer, "cause", "Probability that the condition causes the complaint", cause)]
    if present:
        found.append(_risk(answer, "present", "Probability that the condition is present", present))
    return found


def _risk(answer: Answer, code: str, words: str, predictions: list[Json]) -> Json:
    assessment = answer.assessment
    return answer.document.add(
        f"risk {code}",
        {
            "resourceType": "RiskAssessment",
            "meta": answer.meta,
            "extension": [extend("unexplained", valueDecimal=percentage(assessment.fit.unexplained))],
            "status": "preliminary",
            "method": text_only(f"Exact Bayesian differential. {answer.stamp}"),
            "code": {"coding": [{"system": RISKS, "code": code, "display": words}], "text": words},
            "subject": answer.subject,
            "encounter": answer.document.reference("visit"),
            "occurrenceDateTime": assessment.as_of,
            "performer": answer.device,
            "basis": answer.basis,
            "prediction": predictions,
            "note": [{"text": assessment.fit.sentence}, *answer.notes],
        },
    )


def _prediction(answer: Answer, candidate: Candidate, estimate: Estimate | None, *, reasons: bool) -> Json:
    assert estimate is not None
    c = candidate.condition
    interval = extend(
        "interval",
        extension=[
            {"url": "low", "valueDecimal": percentage(estimate.low)},
            {"url": "high", "valueDecimal": percentage(estimate.high)},
        ],
    )
    found: Json = {
        "extension": [interval],
        "outcome": concept(answer.pack, "conditions", c.id, c.name, c.codes),
        "probabilityDecimal": percentage(estimate.value),
        "qualitativeRisk": coded(TIERS, candidate.tier, TIER_WORDS[candidate.tier]),
    }
    if reasons and candidate.prior.value > 0:
        found["relativeRisk"] = round(estimate.value / candidate.prior.value, 3)
    why = [x.sentence for x in candidate.contributions[:MOST_REASONS]] if reasons else []
    if candidate.danger is not None and candidate.danger.state == "above_threshold":
        why.append(f"Not excluded yet; to exclude: {candidate.danger.exclusion}")
    if why:
        found["rationale"] = " ".join(why)
    return found


def add_candidates(answer: Answer) -> list[Json]:
    """Each tiered condition that is not known as a Condition of verification ``differential``: a proposal only."""
    found = []
    for candidate in answer.assessment.differential:
        c = candidate.condition
        if candidate.tier not in PROPOSED or candidate.known:
            continue
        words = TIER_WORDS[candidate.tier]
        resource: Json = {
            "resourceType": "Condition",
            "meta": answer.meta,
            "clinicalStatus": coded(CLINICAL, "active"),
            "verificationStatus": coded(VERIFICATION, "differential"),
            "code": concept(answer.pack, "conditions", c.id, c.name, c.codes),
            "subject": answer.subject,
            "encounter": answer.document.reference("visit"),
            "note": [
                {"text": f"Proposed by a program ({words}); for a clinician to confirm or refuse. {answer.stamp}"}
            ],
        }
        found.append(answer.document.add(f"candidate {c.id}", resource))
    return found


def add_guidance(answer: Answer, plan: Json | None) -> Json:
    """The reply: whether more data would change it and which, the plan, and what knowledge gave it."""
    assessment, document = answer.assessment, answer.document
    parameters = document.add("stamp", _stamp(answer))
    said = [*assessment.case.notes, *(f"not understood: {s.text}" for s in assessment.case.not_understood)]
    messages = []
    if said:
        issues = [{"severity": "information", "code": "informational", "diagnostics": words} for words in said]
        messages.append(document.add("messages", {"resourceType": "OperationOutcome", "issue": issues}))
    return document.add(
        "guidance",
        {
            "resourceType": "GuidanceResponse",
            "meta": answer.meta,
            "moduleUri": f"{OWN}{assessment.pack.id}:{assessment.pack.version}",
            "status": "data-required" if assessment.next_steps else "success",
            "subject": answer.subject,
            "encounter": document.reference("visit"),
            "occurrenceDateTime": answer.recorded,
            "performer": answer.device,
            "reasonCode": [text_only(assessment.urgency.sentence)],
            "note": answer.notes,
            "evaluationMessage": messages,
            "outputParameters": parameters,
            "result": plan,
            "dataRequirement": [_wanted(answer, step) for step in assessment.next_steps],
        },
    )


def _wanted(answer: Answer, step: NextStep) -> Json:
    """One finding to ask for, with its question and why it is asked."""
    words = step.question or f"Is there {step.name}?"
    coding = {"system": own(answer.pack.manifest.id, "findings"), "code": step.id, "display": step.name}
    return {
        "extension": [extend("question", valueString=words), extend("why", valueCode=step.why.replace("_", "-"))],
        "type": "Observation",
        "mustSupport": ["value"],
        "codeFilter": [{"path": "code", "code": [coding]}],
    }


def _stamp(answer: Answer) -> Json:
    a = answer.assessment
    parts = {
        "engine-version": a.engine_version,
        "pack": a.pack.id,
        "pack-version": a.pack.version,
        "pack-hash": a.pack.hash,
        "review-state": a.pack.review_state,
        "urgency": a.urgency.level,
        "disclaimer": a.disclaimer,
    }
    return {"resourceType": "Parameters", "parameter": [{"name": k, "valueString": v} for k, v in parts.items()]}
