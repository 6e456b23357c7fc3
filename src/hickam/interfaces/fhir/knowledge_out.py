"""Knowledge out: a condition as a PlanDefinition, the pack as a Library that lists them, its red flags as CQL.

What to do is given with its sources and how sure the evidence is (GRADE word of the pack; "expert opinion" is its own
word and never turned into a grade). Status is ``draft`` until a person has approved the condition at its present hash;
only then are there an approval and a review date.
"""

from __future__ import annotations

import base64

from hickam.interfaces.fhir.cql_out import LIBRARY_NAME, red_flag_rules, red_flags_cql
from hickam.interfaces.fhir.plan_out import PRIORITY
from hickam.interfaces.fhir.resources import Json, coded, concept, extend, labelled, stamp_extensions
from hickam.interfaces.fhir.systems import OWN, TERMINOLOGY
from hickam.knowledge.standing import standing
from hickam.model.condition import Certainty, Condition
from hickam.model.pack import Pack
from hickam.model.review import Review
from hickam.services.assess import stamp
from hickam.writing.citations import reference

QUALITY = "http://hl7.org/fhir/StructureDefinition/cqf-qualityOfEvidence"
GRADES: dict[Certainty, str] = {"high": "high", "moderate": "moderate", "low": "low", "very_low": "very-low"}


def plan_canonical(pack: Pack, condition: str) -> str:
    """The name under which a condition's plan is known."""
    return f"{OWN}{pack.manifest.id}:plan:{condition}"


def red_flag_canonical(pack: Pack) -> str:
    """The name under which the library of red flags is known."""
    return f"{OWN}{pack.manifest.id}:red-flags"


def plan_definition(pack: Pack, item: Condition) -> Json:
    """One condition: what to test, do, avoid, whom to refer to, each with sources."""
    approved = _approval(pack, f"conditions/{item.id}")
    groups = [
        ("Work-up", [_action(pack, w.test, w.why, w.sources) for w in item.workup]),
        ("Management", [_managed(pack, item, i) for i in range(len(item.management))]),
        ("Prevention", [_action(pack, p.text, "", p.sources) for p in item.prevention]),
        ("Referral", [_action(pack, _clinician(pack, r.clinician), r.when, r.sources) for r in item.referral]),
    ]
    if item.do_not_miss is not None:
        danger = item.do_not_miss
        groups.insert(
            0, ("Do not miss", [_action(pack, f"To exclude: {danger.exclusion}", danger.why, danger.sources)])
        )
    dates = {"approvalDate": approved.on, "lastReviewDate": approved.on} if approved else {}
    return {
        "resourceType": "PlanDefinition",
        "id": item.id.replace("_", "-")[:64],
        "extension": [
            extend("item-hash", valueString=pack.hashes.get(f"conditions/{item.id}", "")),
            extend("pack-hash", valueString=pack.hash),
            extend("review-state", valueCode="approved" if approved else "submitted"),
        ],
        "url": plan_canonical(pack, item.id),
        "version": pack.manifest.version,
        "name": "".join(word.capitalize() for word in item.id.split("_")),
        "title": item.name,
        "type": coded(TERMINOLOGY + "plan-definition-type", "clinical-protocol"),
        "status": "active" if approved else "draft",
        "description": item.summary,
        "purpose": pack.manifest.disclaimer,
        "copyright": pack.manifest.licence,
        **dates,
        "topic": [concept(pack, "conditions", item.id, item.name, item.codes)],
        "relatedArtifact": _cited(pack, item.sources),
        "action": [{"title": title, "action": parts} for title, parts in groups if parts],
    }


def library(pack: Pack) -> Json:
    """The pack as a collection: its plans and its bibliography."""
    made_from = stamp(pack)
    plans = [
        {"type": "composed-of", "display": c.name, "resource": plan_canonical(pack, c.id)}
        for c in pack.conditions.values()
    ]
    plans += [
        {"type": "composed-of", "display": "Red flags", "resource": name}
        for name in (red_flag_canonical(pack), plan_canonical(pack, "red_flags"))
    ]
    return {
        "resourceType": "Library",
        "id": pack.manifest.id.replace("_", "-"),
        "extension": stamp_extensions(made_from),
        "url": f"{OWN}{pack.manifest.id}",
        "version": made_from.version,
        "name": "HickamPack",
        "title": pack.manifest.title,
        "status": "active" if made_from.review_state == "approved" else "draft",
        "type": coded(TERMINOLOGY + "library-type", "asset-collection"),
        "description": pack.manifest.disclaimer,
        "purpose": pack.manifest.intended_use,
        "copyright": pack.manifest.licence,
        "relatedArtifact": [*plans, *_cited(pack, tuple(pack.sources))],
    }


def red_flag_library(pack: Pack) -> Json:
    """The red-flag rules as a logic Library whose content is CQL."""
    made_from = stamp(pack)
    return {
        "resourceType": "Library",
        "id": f"{pack.manifest.id.replace('_', '-')}-red-flags",
        "extension": stamp_extensions(made_from),
        "url": red_flag_canonical(pack),
        "version": made_from.version,
        "name": LIBRARY_NAME,
        "title": f"{pack.manifest.title}: red flags",
        "status": "draft",
        "type": coded(TERMINOLOGY + "library-type", "logic-library"),
        "description": pack.manifest.disclaimer,
        "copyright": pack.manifest.licence,
        "relatedArtifact": _cited(pack, tuple(dict.fromkeys(s for r in red_flag_rules(pack) for s in r.sources))),
        "content": [
            {"contentType": "text/cql", "data": base64.b64encode(red_flags_cql(pack).encode()).decode(), "title": "CQL"}
        ],
    }


def red_flag_plan(pack: Pack) -> Json:
    """Each red flag as an event-condition-action rule over the logic Library; what it does is to say its sentence."""
    actions = []
    for rule in red_flag_rules(pack):
        action = _action(pack, rule.sentence, rule.lay_sentence, rule.sources)
        expression = {"language": "text/cql-identifier", "expression": rule.id, "reference": red_flag_canonical(pack)}
        condition = {"kind": "applicability", "expression": expression}
        actions.append({**action, "priority": PRIORITY[rule.level or "soon"], "condition": [condition]})
    made_from = stamp(pack)
    return {
        "resourceType": "PlanDefinition",
        "id": "red-flags",
        "extension": stamp_extensions(made_from),
        "url": plan_canonical(pack, "red_flags"),
        "version": made_from.version,
        "name": "RedFlags",
        "title": f"{pack.manifest.title}: red flags",
        "type": coded(TERMINOLOGY + "plan-definition-type", "eca-rule"),
        "status": "draft",
        "description": pack.manifest.disclaimer,
        "copyright": pack.manifest.licence,
        "library": [red_flag_canonical(pack)],
        "action": actions,
    }


def knowledge_bundle(pack: Pack, condition: str = "") -> Json:
    """The Library, the red flags and every plan, or one plan, as a collection."""
    if condition:
        resources = [plan_definition(pack, pack.conditions[condition])]
    else:
        plans = [plan_definition(pack, c) for c in pack.conditions.values()]
        resources = [library(pack), red_flag_library(pack), red_flag_plan(pack), *plans]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": labelled(pack, r)} for r in resources],
    }


def _approval(pack: Pack, item: str) -> Review | None:
    """The last approval, if the item is approved as it is now."""
    stands = standing(pack, item)
    return stands.last_approval if stands.state == "approved" else None


def _clinician(pack: Pack, id: str) -> str:
    found = pack.clinicians.get(id)
    return found.name if found else id


def _action(pack: Pack, title: str, why: str, sources: tuple[str, ...]) -> Json:
    action: Json = {"title": title}
    if why:
        action["description"] = why
    cited = _cited(pack, sources)
    return {**action, **({"documentation": cited} if cited else {})}


def _managed(pack: Pack, item: Condition, place: int) -> Json:
    step = item.management[place]
    action = _action(pack, f"Do not: {step.step}" if step.line == "avoid" else step.step, "", step.sources)
    action["extension"] = [extend("certainty", valueCode=step.certainty.replace("_", "-"))]
    grade = GRADES.get(step.certainty)
    for artifact in action.get("documentation", []) if grade else []:
        quality = {"url": QUALITY, "valueCodeableConcept": coded(TERMINOLOGY + "evidence-quality", str(grade))}
        artifact["document"] = {"extension": [quality], **artifact.get("document", {"title": artifact["citation"]})}
    return action


def _cited(pack: Pack, keys: tuple[str, ...]) -> list[Json]:
    """Sources as citations, with their address where they have one."""
    found = []
    for key in keys:
        source = pack.sources.get(key)
        if source is None:
            continue
        told = reference(key, source)
        artifact: Json = {"type": "citation", "label": key, "citation": told.citation}
        if told.url.startswith("http"):
            artifact["document"] = {"url": told.url, "title": source.title}
        found.append(artifact)
    return found
