"""What each hook has to say about a patient. Silence is the usual answer: a card is shown only where it may help."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec.structs import replace

from hickam.intake.reading import parse, understood_nothing
from hickam.interfaces.cds.cards import INDICATOR, Shown, card, one_critical, proposal, removal
from hickam.interfaces.cds.definitions import SERVICES
from hickam.interfaces.cds.requests import HookRequest
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.fhir.resources import Json
from hickam.model.assessment import Assessment, Estimate, MedicationReview
from hickam.model.case import Case, Medication
from hickam.model.pack import Treatment
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge

MOST_CAUSES = 3
MOST_TESTS = 3
MOST_QUESTIONS = 4
MOST_NAMES = 3
CRAMP_AND_SPASM = "R25.2"
"""ICD-10-CM's code that leg cramps are most often given; too wide for a finding, wide enough to warn of quinine."""
WHY = (("reasonReference", "display"), ("dosageInstruction", "text"), ("note", "text"))
"""Where else than in its reason codes an order says in words what it is for."""
ORDERED = ("resourceType", "id", "status", "doNotPerform", "modifierExtension", "implicitRules", "contained",
           "medicationCodeableConcept", "medicationReference")  # fmt: skip
"""Parts of a draft that say what is ordered; nothing else in it, odd or not yet due, may silence a card."""
LEVEL_WORDS = {
    "emergency": "emergency",
    "same_day": "to be seen today",
    "soon": "within two weeks",
    "routine": "routine",
    "self_care": "self-care",
}


def cards_for(
    knowledge: Knowledge,
    service: str,
    request: HookRequest,
    bundle: Json,
    as_of: str,
    *,
    shown: Shown,
    caller: str,
    base: str,
) -> list[Json]:
    """The cards of one call, those left out that this person has had for this patient on the same basis, at any hook.
    ``caller``: whose ids the patient's and the person's are."""
    case = read_fhir(bundle, knowledge, as_of).case
    hook = SERVICES[service][0]
    if hook in ("patient-view", "encounter-start"):
        found = _about_patient(knowledge, case, request, as_of, base, ask=hook == "encounter-start")
    elif hook in ("order-select", "order-sign"):
        found = _about_orders(knowledge, case, request, as_of, base)
    else:
        found = _about_problem(knowledge, case, request, as_of, base)
    whose = (caller, request.server, request.patient, request.user)
    return one_critical([c for basis, c in found if shown.first_time(*whose, c["summary"], *basis)])


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
        suggestions=[proposal(knowledge.pack, request.patient, w.test, w.why, level, note) for w in tests],
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
    """One card for all drafts of what is never to be used for cramps, one for all that cause them in this patient."""
    orders = [(o, m) for o in _orders(knowledge, case, request, as_of) for m in o.medicines if m.drug]
    both = replace(case, medications=(*case.medications, *(m for _, m in orders)))
    if not orders:
        return []
    answer = assess(knowledge, both, Options(as_of=as_of, draws=0, explain=False, steps=0))
    treatments = knowledge.pack.treatments
    avoided = [(o, m) for o, m in orders if m.drug in treatments and treatments[m.drug].avoid]
    reviews = {r.name: r for r in answer.medication_review if r.effects}
    causes = [
        (o, m) for o, m in orders if (o, m) not in avoided and m.name in reviews and _drives_cramps(knowledge, m.drug)
    ]
    found: Found = []
    if avoided:
        found.append((_order_basis(case, avoided), _avoid(answer, treatments, avoided, base)))
    if causes:
        names = _names(causes)
        lines = [line for name in names for line in _review_lines(reviews[name], name if len(names) > 1 else "")]
        link = _link(base, "conditions", "Conditions of the pack")
        words = f"{_listed(names)} can play a part in this patient's leg symptom"
        made = card(answer, words, lines, "info", suggestions=_removals(causes), links=[link])
        found.append((_order_basis(case, causes), made))
    return found


class Order(NamedTuple):
    """A drafted prescription: its id as the record system has it, '' without one, and the medicines in it."""

    resource: str
    medicines: tuple[Medication, ...]


Ordered = list[tuple[Order, Medication]]


def _orders(knowledge: Knowledge, case: Case, request: HookRequest, as_of: str) -> list[Order]:
    """Drafted prescriptions for a patient with a leg symptom, or that say themselves that they are for one."""
    drafts = _drafts(request, "draftOrders")
    products = [d for d in _drafts(request, "draftOrders", selected=False) if d.get("resourceType") == "Medication"]
    found = []
    for draft in drafts:
        if draft.get("resourceType") != "MedicationRequest":
            continue
        if not (_has_leg_symptom(case) or _has_cramps(knowledge, case) or _for_cramps(knowledge, draft, as_of)):
            continue
        order = {k: v for k, v in draft.items() if k in ORDERED}
        order |= {"intent": "order", "subject": {"reference": f"Patient/{request.patient}"}}
        if draft.get("status") in (None, "draft", "on-hold"):
            order["status"] = "active"
        entries = [{"resource": r} for r in (order, *products)]
        medicines = read_fhir({"resourceType": "Bundle", "entry": entries}, knowledge, as_of).case.medications
        id = f"MedicationRequest/{draft['id']}" if isinstance(draft.get("id"), str) else ""
        found.append(Order(id, tuple(m for m in medicines if m.current)))
    return found


def _order_basis(case: Case, ordered: Ordered) -> tuple[str, ...]:
    return (*_basis(case), *sorted(m.name for _, m in ordered))


def _names(ordered: Ordered) -> list[str]:
    return list(dict.fromkeys(m.name for _, m in ordered))


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= MOST_NAMES else [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _removals(ordered: Ordered) -> list[Json]:
    """One suggestion for each medicine, to take all its drafts away."""
    drafts: dict[str, list[str]] = {}
    for order, medicine in ordered:
        if order.resource and order.resource not in drafts.setdefault(medicine.name, []):
            drafts[medicine.name].append(order.resource)
    return [removal(ids, f"Remove the draft of {name}") for name, ids in drafts.items() if ids]


def _avoid(answer: Assessment, treatments: dict[str, Treatment], ordered: Ordered, base: str) -> Json:
    """One card for all drafts of what is not to be used for cramps."""
    against = [treatments[id] for id in dict.fromkeys(m.drug for _, m in ordered)]
    lines = [line for t in against for line in (f"- {t.summary}", *(f"- {h.text}" for h in t.harms[:2]))]
    words = f"{_listed(_names(ordered))}: not for leg cramps. {against[0].summary}"
    links = [_link(base, f"treatments/{t.id}", t.name) for t in against]
    return card(answer, words, lines, "warning", suggestions=_removals(ordered), links=links)


def _drives_cramps(knowledge: Knowledge, drug: str) -> bool:
    """Whether the pack makes the drug a cause or a risk of something; 'no link known' is no reason to interrupt."""
    factors = set(knowledge.pack.drugs[drug].factors)
    return any(
        (c.exposure is not None and c.exposure.factor in factors)
        or any(m.factor in factors and m.odds_ratio.best > 1 for m in c.modifiers)
        for c in knowledge.pack.conditions.values()
    )


def _review_lines(review: MedicationReview, name: str) -> list[str]:
    said = [*(e.text for e in review.effects[:2]), *([review.action] if review.action else [])]
    return [f"- {name}: {words}" if name else f"- {words}" for words in said]


def _has_cramps(knowledge: Knowledge, case: Case) -> bool:
    """Whether cramps are on the problem list as a diagnosis (G47.62), with no symptom recorded beside it."""
    conditions = knowledge.pack.conditions
    return any(f.status != "past" and conditions[f.condition].category == "true_cramp" for f in case.facts)


def _for_cramps(knowledge: Knowledge, draft: dict[str, Any], as_of: str) -> bool:
    """Whether the order itself says, in words or codes, wherever it may say why, that it is for a leg symptom."""
    reasons = _objects(draft.get("reasonCode"))
    dosages = _objects(draft.get("dosageInstruction"))
    reasons += [c for d in dosages for c in _objects([d.get("asNeededCodeableConcept")])]
    texts = [o.get(name) for part, name in WHY for o in _objects(draft.get(part))]
    reasons += [{"text": words} for words in texts if isinstance(words, str)]
    for reason in reasons:
        words = [reason.get("text"), *(c.get("display") for c in _objects(reason.get("coding")))]
        if any(isinstance(w, str) and parse(w, knowledge.vocabulary).complaint == "leg" for w in words):
            return True
        if any(c.get("code") == CRAMP_AND_SPASM for c in _objects(reason.get("coding"))):
            return True
        problem = {"resourceType": "Condition", "subject": {}, "code": reason}
        if _has_cramps(knowledge, read_fhir(problem, knowledge, as_of).case):
            return True
    return False


def _objects(given: object) -> list[dict[str, Any]]:
    return [o for o in given if isinstance(o, dict)] if isinstance(given, list) else []


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


def _drafts(request: HookRequest, key: str, *, selected: bool = True) -> list[dict[str, Any]]:
    """Resources of a Bundle in the context that are this patient's; of order-select only those just ``selected``."""
    bundle = request.context.get(key)
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    listed = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    found = [e["resource"] for e in listed if isinstance(e.get("resource"), dict)]
    found = [r for r in found if _is_about(request, r)]
    selections = request.context.get("selections")
    if not isinstance(selections, list) or not selected or request.hook != "order-select":
        return found
    names = [f"/{s}".split("/_history/")[0] for s in selections if isinstance(s, str)]
    return [r for r in found if any(n.endswith(f"/{r.get('resourceType')}/{r.get('id')}") for n in names)]


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
