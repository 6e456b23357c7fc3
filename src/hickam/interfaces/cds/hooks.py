"""What each hook has to say about a patient. Silence is the usual answer: a card is shown only where it may help."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hickam.intake.reading import parse, understood_nothing
from hickam.interfaces.cds.cards import INDICATOR, Shown, card, one_critical, proposal, removal
from hickam.interfaces.cds.definitions import SERVICES
from hickam.interfaces.cds.requests import HookRequest
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.fhir.resources import Json
from hickam.model.assessment import Assessment, Estimate, MedicationReview
from hickam.model.case import Case
from hickam.model.pack import Treatment
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

MOST_CAUSES = 3
MOST_TESTS = 3
MOST_QUESTIONS = 4
LEVEL_WORDS = {
    "emergency": "emergency",
    "same_day": "to be seen today",
    "soon": "within two weeks",
    "routine": "routine",
    "self_care": "self-care",
}


def cards_for(
    knowledge: Knowledge, service: str, request: HookRequest, bundle: Json, as_of: str, *, shown: Shown, base: str
) -> list[Json]:
    """The cards of one call, those already shown on this basis left out."""
    case = read_fhir(bundle, knowledge, as_of).case
    hook = SERVICES[service][0]
    if hook in ("patient-view", "encounter-start"):
        found = _about_patient(knowledge, case, request, as_of, base, ask=hook == "encounter-start")
    elif hook in ("order-select", "order-sign"):
        found = _about_orders(knowledge, case, request, as_of, base)
    else:
        found = _about_problem(knowledge, case, request, as_of, base)
    new = [c for basis, c in found if shown.first_time(service, request.patient, request.user, c["summary"], *basis)]
    return one_critical(new)


Found = list[tuple[tuple[str, ...], Json]]


def _basis(case: Case) -> tuple[str, ...]:
    """What an answer rests on."""
    said = [f"{o.finding}={o.state}={o.values}" for o in case.observations]
    return tuple(
        sorted([*said, *(f"{f.condition}:{f.status}" for f in case.facts), *(m.name for m in case.medications)])
    )


def _has_leg_symptom(case: Case) -> bool:
    return case.complaint == "leg" and not understood_nothing(case)


def _answer(knowledge: Knowledge, case: Case, as_of: str) -> Assessment:
    return assess(knowledge, case, Options(as_of=as_of, draws=200))


def _about_patient(
    knowledge: Knowledge, case: Case, request: HookRequest, as_of: str, base: str, *, ask: bool
) -> Found:
    """Urgency, first causes, tests to draft; at the start of a visit also what to ask."""
    if not _has_leg_symptom(case):
        return []
    answer = _answer(knowledge, case, as_of)
    level, first = answer.urgency.level, answer.differential[0]
    causes = [c for c in answer.differential if c.tier != "unlisted"][:MOST_CAUSES]
    detail = [
        *(
            f"- {_percent(c.cause.value)} {c.condition.name} ({_percent(c.cause.low)} to {_percent(c.cause.high)})"
            for c in causes
        ),
        *(f"- {r.sentence}" for r in answer.urgency.reasons[:2]),
    ]
    if answer.urgency.provisional:
        detail.append(f"- Provisional: {len(answer.urgency.not_asked)} danger signs have not been asked about.")
    tests = [w for w in answer.workup if w.stage == "now"][:MOST_TESTS]
    note = f"Pack {answer.pack.id} {answer.pack.version} ({answer.pack.hash}). {answer.disclaimer}"
    found = card(
        answer,
        f"Leg symptom, {LEVEL_WORDS[level]}: {first.condition.name} {_percent(first.cause.value)}",
        detail,
        INDICATOR[level],
        suggestions=[proposal(request.patient, w.test, w.why, level, note) for w in tests],
        links=[_link(base, f"conditions/{c.condition.id}", c.condition.name) for c in causes],
    )
    cards: Found = [((*_basis(case), level), found)]
    questions = [s.question for s in answer.next_steps if s.question][:MOST_QUESTIONS]
    if ask and questions:
        detail = [f"- {q}" for q in questions]
        words = f"Ask now: {questions[0]}"
        cards.append((_basis(case), card(answer, words, detail, "info", links=[_link(base, "", "Workbench")])))
    return cards


def _about_orders(knowledge: Knowledge, case: Case, request: HookRequest, as_of: str, base: str) -> Found:
    """Drafted medicines: one never to be used for cramps, or one that causes them in a patient who has them."""
    found: Found = []
    for draft in _drafts(request, "draftOrders"):
        if draft.get("resourceType") != "MedicationRequest":
            continue
        ordered = read_fhir({**draft, "status": "active", "intent": "order"}, knowledge, as_of).case.medications
        cramps = _has_leg_symptom(case) or _for_cramps(knowledge, draft)
        for medicine in ordered:
            if not medicine.drug or not cramps:
                continue
            both = replace(case, medications=(*case.medications, medicine))
            answer = assess(knowledge, both, Options(as_of=as_of, draws=0, explain=False, steps=0))
            name = f"MedicationRequest/{draft['id']}" if isinstance(draft.get("id"), str) else ""
            remove = [removal(name, f"Remove the draft of {medicine.name}")] if name else []
            basis = (*_basis(case), medicine.drug, name)
            avoided = knowledge.pack.treatments.get(medicine.drug)
            if avoided is not None and avoided.avoid:
                link = _link(base, f"treatments/{avoided.id}", avoided.name)
                found.append((basis, _avoid(answer, avoided, medicine.name, remove, link)))
                continue
            review = next((r for r in answer.medication_review if r.name == medicine.name and r.effects), None)
            if review is not None and _drives_cramps(knowledge, medicine.drug):
                words = f"{medicine.name} can play a part in this patient's leg symptom"
                link = _link(base, "conditions", "Conditions of the pack")
                made = card(answer, words, _review_lines(review), "info", suggestions=remove, links=[link])
                found.append((basis, made))
    return found


def _avoid(answer: Assessment, treatment: Treatment, name: str, remove: list[Json], link: Json) -> Json:
    lines = [f"- {treatment.summary}", *(f"- {h.text}" for h in treatment.harms[:2])]
    return card(
        answer, f"{name}: not for leg cramps. {treatment.summary}", lines, "warning", suggestions=remove, links=[link]
    )


def _drives_cramps(knowledge: Knowledge, drug: str) -> bool:
    """Whether the pack makes the drug a cause or a risk of something; 'no link known' is no reason to interrupt."""
    factors = set(knowledge.pack.drugs[drug].factors)
    return any(
        (c.exposure is not None and c.exposure.factor in factors)
        or any(m.factor in factors and m.odds_ratio.best > 1 for m in c.modifiers)
        for c in knowledge.pack.conditions.values()
    )


def _review_lines(review: MedicationReview) -> list[str]:
    return [*(f"- {e.text}" for e in review.effects[:2]), *([f"- {review.action}"] if review.action else [])]


def _for_cramps(knowledge: Knowledge, draft: dict[str, Any]) -> bool:
    """Whether the order itself says that it is for a leg symptom."""
    given = draft.get("reasonCode")
    reasons = [r for r in given if isinstance(r, dict)] if isinstance(given, list) else []
    words = " ".join(str(r.get("text", "")) for r in reasons)
    return bool(words.strip()) and parse(words, knowledge.vocabulary).complaint == "leg"


def _about_problem(knowledge: Knowledge, case: Case, request: HookRequest, as_of: str, base: str) -> Found:
    """A leg symptom or its cause goes on the problem list while something dangerous is not excluded."""
    drafts = _drafts(request, "conditions")
    added = read_fhir({"resourceType": "Bundle", "entry": [{"resource": d} for d in drafts]}, knowledge, as_of).case
    findings = knowledge.pack.findings
    episode = any(findings[o.finding].about == "episode" for o in added.observations)
    cramp = any(knowledge.pack.conditions[f.condition].category == "true_cramp" for f in added.facts)
    if not (episode or cramp or (added.facts and _has_leg_symptom(case))):
        return []
    named = {f.condition for f in added.facts}
    known = {o.finding for o in case.observations}
    observations = (*case.observations, *(o for o in added.observations if o.finding not in known))
    told = replace(case, complaint="leg", observations=observations)
    answer = _answer(knowledge, told, as_of)
    open_dangers = [
        c
        for c in answer.differential
        if c.danger is not None and c.danger.state == "above_threshold" and c.condition.id not in named
    ]
    if not open_dangers:
        return []
    lines = [
        f"- {c.condition.name}: cause {_percent(c.cause.value)}, threshold {_percent(c.danger.threshold)}. "
        f"To exclude: {c.danger.exclusion}"
        for c in open_dangers[:MOST_CAUSES]
        if c.danger is not None
    ]
    words = f"Not excluded yet: {', '.join(c.condition.name for c in open_dangers[:2])}"
    links = [_link(base, f"conditions/{c.condition.id}", c.condition.name) for c in open_dangers[:MOST_CAUSES]]
    return [((*_basis(told), *sorted(named)), card(answer, words, lines, INDICATOR[answer.urgency.level], links=links))]


def _drafts(request: HookRequest, key: str) -> list[dict[str, Any]]:
    """Resources of a Bundle in the context that are this patient's; for order-select only those just selected."""
    bundle = request.context.get(key)
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    listed = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    found = [e["resource"] for e in listed if isinstance(e.get("resource"), dict)]
    found = [r for r in found if _is_about(request, r)]
    selections = request.context.get("selections")
    if not isinstance(selections, list):
        return found
    return [r for r in found if f"{r.get('resourceType')}/{r.get('id')}" in selections]


def _is_about(request: HookRequest, resource: dict[str, Any]) -> bool:
    """Whether a draft names no patient, or this one on this record server."""
    subject = resource.get("subject")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    named = reference.split("/_history/")[0] if isinstance(reference, str) else ""
    own = f"Patient/{request.patient}"
    return "Patient/" not in named or named in (own, f"{request.server}/{own}")


def _link(base: str, path: str, label: str) -> Json:
    return {"label": label, "url": f"{base.rstrip('/')}/{path}", "type": "absolute"}


def _interval(estimate: Estimate) -> str:
    return f"{_percent(estimate.low)} to {_percent(estimate.high)}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"
