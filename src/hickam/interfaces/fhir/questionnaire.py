"""The interview as a Questionnaire: every question of the fixed parts, then history, risks, examination and tests.

Yes-or-no questions offer *not known* too, so that a blank, "no" and "nobody knows" stay three answers. A question that
an earlier "no" has settled is not shown. The wording is the interview's own (services/interview_questions.py).
"""

from __future__ import annotations

from typing import Literal

from hickam.interfaces.fhir.read_response import MEDICINES
from hickam.interfaces.fhir.resources import Json, labelled, stamp_extensions
from hickam.interfaces.fhir.systems import OWN, UCUM, own
from hickam.model.assessment import Reader
from hickam.model.finding import Finding
from hickam.model.pack import Pack
from hickam.services.assess import stamp
from hickam.services.interview_questions import Question, finding_question, person_question

Scope = Literal["core", "all"]
ANSWERS = OWN + "answer"
HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
WORDS = {"yes": "yes", "no": "no", "unknown": "not known", "none": "none of these", "female": "female", "male": "male"}
GROUPS = {
    "core": "The complaint",
    "danger": "Danger signs",
    "history": "More about the complaint",
    "risk_factor": "Background",
    "examination": "Examination",
    "test": "Tests",
}
MOST_BUTTONS = 4
EXTRACT = {"url": SDC + "sdc-questionnaire-observationExtract", "valueBoolean": True}


def canonical(pack: Pack) -> str:
    """The name under which the Questionnaire is known."""
    return f"{OWN}{pack.manifest.id}:questionnaire"


def questionnaire(pack: Pack, *, reader: Reader = "clinician", scope: Scope = "core") -> Json:
    """The form. ``core``: who, the fixed history, the danger signs, the commonest risks. ``all``: every finding.

    A patient is not asked for examination or tests.
    """
    groups = [_group(pack, name, found, reader) for name, found in _chosen(pack, reader, scope).items() if found]
    form = {
        "resourceType": "Questionnaire",
        "id": f"{pack.manifest.id.replace('_', '-')}-{scope}-{reader}",
        "extension": stamp_extensions(stamp(pack)),
        "url": canonical(pack),
        "version": pack.manifest.version,
        "name": "HickamInterview",
        "title": f"{pack.manifest.title}: questions",
        "status": "draft",
        "subjectType": ["Patient"],
        "description": pack.manifest.disclaimer,
        "purpose": pack.manifest.intended_use,
        "item": [_person(reader), *groups],
    }
    return labelled(pack, form)


def _chosen(pack: Pack, reader: Reader, scope: Scope) -> dict[str, list[Finding]]:
    """Findings of each group, none twice."""
    core = sorted((f for f in pack.findings.values() if f.core_history), key=lambda f: f.core_history)
    danger = [f for f in pack.findings.values() if f.red_flag_screen and not f.core_history]
    taken = {f.id for f in (*core, *danger)}
    found = {"core": core, "danger": danger}
    for kind in ("history", "risk_factor", "examination", "test"):
        of_kind = [f for f in pack.findings.values() if f.kind == kind and f.id not in taken]
        of_kind = [f for f in of_kind if not f.id.startswith("takes_")]
        if scope == "core":
            of_kind = [f for f in of_kind if kind == "risk_factor" and f.mentioned >= 0.5]
        if reader == "patient" and kind in ("examination", "test"):
            of_kind = []
        found[kind] = of_kind
    return found


def _person(reader: Reader) -> Json:
    age, sex, story = (person_question(kind, reader) for kind in ("age", "sex", "story"))
    own_words = "Which medicines do you take?" if reader == "patient" else "Which medicines does the patient take?"
    return {
        "linkId": "person",
        "text": "The patient",
        "type": "group",
        "item": [
            {"linkId": "age", "text": age.text, "type": "decimal"} | _range(0, 120),
            {
                "linkId": "sex",
                "text": sex.text,
                "type": "choice",
                "extension": [_control("radio-button")],
                "answerOption": _options(ANSWERS, ["female", "male"]),
            },
            {"linkId": "story", "text": story.text, "type": "text"},
            {"linkId": MEDICINES, "text": own_words, "type": "string", "repeats": True},
        ],
    }


def _range(low: int, high: int) -> Json:
    return {
        "extension": [
            {"url": HL7 + "minValue", "valueDecimal": low},
            {"url": HL7 + "maxValue", "valueDecimal": high},
        ]
    }


def _group(pack: Pack, name: str, chosen: list[Finding], reader: Reader) -> Json:
    items = []
    for place, finding in enumerate(chosen):
        item = question_item(pack, finding_question(pack, (finding,), reader, "focused", ""))
        item["code"] = [{"system": own(pack.manifest.id, "findings"), "code": finding.id, "display": finding.name}]
        item["extension"] = [*item.get("extension", []), EXTRACT]
        item |= _enabled(finding, [f.id for f in chosen[:place]])
        items.append(item)
    return {"linkId": f"group-{name}", "text": GROUPS[name], "type": "group", "item": items}


def _enabled(finding: Finding, earlier: list[str]) -> Json:
    """When to show the question: for this sex only; not after a "no" that rules it out."""
    if finding.only_sex != "any":
        coding = {"system": ANSWERS, "code": finding.only_sex}
        return {"enableWhen": [{"question": "sex", "operator": "=", "answerCoding": coding}]}
    parents = [f for f in finding.implies if f in earlier]
    if len(parents) != 1:
        return {}
    no = {"system": ANSWERS, "code": "no"}
    return {
        "enableWhen": [
            {"question": parents[0], "operator": "exists", "answerBoolean": False},
            {"question": parents[0], "operator": "!=", "answerCoding": no},
        ],
        "enableBehavior": "any",
    }


def question_item(pack: Pack, question: Question) -> Json:
    """One question of the interview as an item; ``linkId`` is the question's id."""
    item: Json = {"linkId": question.id, "text": question.text}
    if question.kind == "number":
        measurement = pack.measurements[pack.findings[question.findings[0]].measurement]
        ucum = measurement.codes.get("ucum", ())
        unit = {"system": UCUM, "code": ucum[0], "display": measurement.unit} if ucum else {"display": measurement.unit}
        return {
            **item,
            "type": "quantity",
            "extension": [{"url": HL7 + "questionnaire-unitOption", "valueCoding": unit}],
        }
    if question.kind == "age":
        return {**item, "type": "decimal", **_range(0, 120)}
    if question.kind == "story":
        return {**item, "type": "text"}
    system = ANSWERS
    if question.kind == "choice" and len(question.findings) == 1:
        system = own(pack.manifest.id, f"findings:{question.findings[0]}")
    elif question.findings and question.kind != "yes_no":
        system = own(pack.manifest.id, "findings")
    options = [
        {"valueCoding": {"system": ANSWERS if c.id in WORDS else system, "code": c.id, "display": c.name}}
        for c in question.choices
    ]
    if question.kind == "screen":
        options += _options(ANSWERS, ["none"])
    if question.kind != "sex":
        options += _options(ANSWERS, ["unknown"])
    control = "radio-button" if len(options) <= MOST_BUTTONS else "drop-down"
    if question.kind == "screen":
        item["repeats"], control = True, "check-box"
    return {**item, "type": "choice", "extension": [_control(control)], "answerOption": options}


def _control(code: str) -> Json:
    """How the choices are drawn."""
    concept = {"coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}]}
    return {"url": HL7 + "questionnaire-itemControl", "valueCodeableConcept": concept}


def _options(system: str, codes: list[str]) -> list[Json]:
    return [{"valueCoding": {"system": system, "code": c, "display": WORDS[c]}} for c in codes]
