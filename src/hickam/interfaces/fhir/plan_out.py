"""Urgency, danger signs, tests, referrals and medicines as proposals that a clinician may take or leave.

Nothing here orders anything: requests are drafts of intent ``proposal``.
"""

from __future__ import annotations

from hickam.interfaces.fhir.answer_parts import Answer
from hickam.interfaces.fhir.resources import Json, coded, extend, text_only
from hickam.interfaces.fhir.systems import OWN, own
from hickam.model.condition import Level

LEVELS = OWN + "urgency"
CATEGORIES = OWN + "request"
PRIORITY: dict[Level, str] = {
    "emergency": "stat",
    "same_day": "asap",
    "soon": "urgent",
    "routine": "routine",
    "self_care": "routine",
}
SEVERITY: dict[Level, str] = {"emergency": "high", "same_day": "high", "soon": "moderate"}
STAGES = {"now": "to do now", "if_unexplained": "if still unexplained", "specialist": "by a specialist"}


def add_urgency(answer: Answer) -> Json:
    """How soon, as an Observation of ours: the receiver's triage stays the receiver's."""
    urgency = answer.assessment.urgency
    return answer.document.add(
        "urgency",
        {
            "resourceType": "Observation",
            "meta": answer.meta,
            "status": "preliminary",
            "code": {"coding": [{"system": LEVELS, "code": "urgency"}], "text": "Urgency proposed by decision support"},
            "subject": answer.subject,
            "encounter": answer.document.reference("visit"),
            "effectiveDateTime": answer.assessment.as_of,
            "device": answer.device,
            "valueCodeableConcept": {
                "coding": [{"system": LEVELS, "code": urgency.level}],
                "text": urgency.sentence,
            },
            "note": [
                *(
                    [{"text": "Provisional: not below this until the danger signs have been asked about."}]
                    * urgency.provisional
                ),
                *answer.notes,
            ],
        },
    )


def add_issues(answer: Answer) -> list[Json]:
    """A DetectedIssue for each reason of an urgent case, and for each medicine that can cause the complaint."""
    a, document = answer.assessment, answer.document
    found = []
    for i, reason in enumerate(a.urgency.reasons):
        severity = SEVERITY.get(reason.level)
        if severity is None:
            continue
        name = reason.rule or reason.condition
        code = {"coding": [{"system": LEVELS, "code": reason.level}], "text": name.replace("_", " ") or "danger sign"}
        found.append(
            document.add(f"issue {i}", {**_issue(answer, code, reason.sentence, reason.sources), "severity": severity})
        )
    for i, medicine in enumerate(a.medication_review):
        taken = [n for n, m in enumerate(answer.case.medications) if m.name == medicine.name]
        code = text_only("medicine that may play a part in the complaint")
        words = " ".join([f"{medicine.name}:", *(e.text for e in medicine.effects), medicine.action])
        issue = _issue(answer, code, words, medicine.sources)
        issue["implicated"] = [document.reference(f"medicine {n} {answer.case.medications[n].name}") for n in taken]
        if medicine.action:
            issue["mitigation"] = [{"action": text_only(medicine.action)}]
        found.append(document.add(f"medicine issue {i}", issue))
    return [*found, *_allergy_issues(answer)]


def _allergy_issues(answer: Answer) -> list[Json]:
    """One for each caution that rests on an allergy."""
    names = {f"allergy: {a.name}": f"allergy {i} {a.name}" for i, a in enumerate(answer.case.allergies)}
    found = []
    for i, caution in enumerate(answer.assessment.cautions):
        implicated = [answer.document.reference(names[because]) for because in caution.because if because in names]
        if implicated:
            code = text_only("allergy or intolerance against what is proposed or taken")
            issue = {
                **_issue(answer, code, caution.text, caution.sources),
                "severity": "high",
                "implicated": implicated,
            }
            found.append(answer.document.add(f"allergy issue {i}", issue))
    return found


def _issue(answer: Answer, code: Json, words: str, sources: tuple[str, ...]) -> Json:
    return {
        "resourceType": "DetectedIssue",
        "meta": answer.meta,
        "extension": answer.cite(sources),
        "status": "preliminary",
        "code": code,
        "patient": answer.subject,
        "identifiedDateTime": answer.recorded,
        "author": answer.device,
        "detail": words,
    }


def add_requests(answer: Answer) -> list[Json]:
    """Tests, referrals and advice as ServiceRequests of intent proposal; what not to do is marked doNotPerform."""
    a = answer.assessment
    found = []
    for i, item in enumerate(a.workup):
        if item.stage not in STAGES:
            continue
        request = _request(answer, "test", item.test, a.urgency.level if item.stage == "now" else "routine")
        request["reasonCode"] = [text_only(item.why)]
        request["note"] = [{"text": STAGES[item.stage]}, *([{"text": item.means}] if item.means else [])]
        request["extension"] = answer.cite(item.sources)
        found.append(answer.document.add(f"test {i}", request))
    for i, referral in enumerate(a.route.referrals):
        request = _request(answer, "referral", f"Referral to {referral.name}", referral.urgency)
        request["performerType"] = {
            "coding": [{"system": own(answer.pack.manifest.id, "clinicians"), "code": referral.clinician}],
            "text": referral.name,
        }
        request["reasonCode"] = [text_only(name) for name in referral.for_conditions]
        notes = [referral.when, *referral.before_referral, *referral.warnings]
        request["note"] = [{"text": words} for words in notes if words]
        request["extension"] = answer.cite(referral.sources)
        found.append(answer.document.add(f"referral {i}", request))
    for i, step in enumerate(a.management):
        request = _request(answer, "advice", step.step, "routine")
        if step.line == "avoid":
            request["doNotPerform"] = True
        request["extension"] = [
            extend("certainty", valueCode=step.certainty.replace("_", "-")),
            *answer.cite(step.sources),
        ]
        request["reasonCode"] = [text_only(step.condition)] if step.condition else []
        found.append(answer.document.add(f"advice {i}", request))
    return found


def _request(answer: Answer, kind: str, words: str, level: Level) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "meta": answer.meta,
        "status": "draft",
        "intent": "proposal",
        "category": [coded(CATEGORIES, kind)],
        "priority": PRIORITY[level],
        "code": text_only(words),
        "subject": answer.subject,
        "encounter": answer.document.reference("visit"),
        "authoredOn": answer.recorded,
        "requester": answer.device,
        "supportingInfo": [answer.document.reference("risk cause")],
    }


def add_plan(answer: Answer, requests: list[Json]) -> Json | None:
    """The requests as one RequestGroup; None when there is nothing to do."""
    titles = {e["fullUrl"]: e["resource"].get("code", {}).get("text", "") for e in answer.document.entries}
    actions = [{"title": titles[reference["reference"]], "resource": reference} for reference in requests]
    if not actions:
        return None
    return answer.document.add(
        "plan",
        {
            "resourceType": "RequestGroup",
            "meta": answer.meta,
            "status": "draft",
            "intent": "proposal",
            "subject": answer.subject,
            "encounter": answer.document.reference("visit"),
            "authoredOn": answer.recorded,
            "author": answer.device,
            "note": answer.notes,
            "action": actions,
        },
    )
