"""SDC ``$next-question``: the adaptive interview, one question a call, the whole state in the response.

The client sends the QuestionnaireResponse as it has it; the answer is the same response with one more question in its
contained Questionnaire, or with status completed when no answer would change anything any more. Nothing is kept here.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.fhir.elements import Answer as Given
from hickam.interfaces.fhir.elements import QuestionnaireResponse
from hickam.interfaces.fhir.questionnaire import SDC, canonical, question_item
from hickam.interfaces.fhir.read_response import answered, items
from hickam.interfaces.fhir.resources import Json, extend, stamp_extensions
from hickam.interfaces.fhir.units import UnitError, in_pack_unit
from hickam.model.assessment import Reader
from hickam.services.assess import stamp
from hickam.services.interview import State, answer, begin, next_question, resume, to_json
from hickam.services.interview_questions import SCREEN, Value
from hickam.services.knowledge import Knowledge

CONTAINED = "questions"
LINK = re.compile(r"[a-z][a-z0-9_:|.-]{0,2000}")
"""How our link ids look; any other may hold anything, and is not repeated."""


def next_question_response(knowledge: Knowledge, sent: object, *, reader: Reader = "clinician") -> Json:
    """The response with the next question, or completed. Raises HickamError for what cannot be read as one."""
    response = _response(sent)
    state = _state(knowledge, response, reader)
    question = next_question(knowledge, state)
    asked = _asked(response, knowledge)
    if question is not None:
        item = question_item(knowledge.pack, question)
        item["extension"] = [*item.get("extension", []), extend("why", valueString=question.why or question.text)]
        asked["item"].append(item)
    return {
        **{k: v for k, v in response.items() if k not in ("contained", "status", "questionnaire")},
        "contained": [asked],
        "questionnaire": f"#{CONTAINED}",
        "status": "completed" if question is None else "in-progress",
    }


def _response(sent: object) -> dict[str, Any]:
    """The QuestionnaireResponse, bare or as the parameter that SDC names."""
    found = sent
    if isinstance(sent, dict) and sent.get("resourceType") == "Parameters":
        given = sent.get("parameter")
        parts = [p for p in given if isinstance(p, dict)] if isinstance(given, list) else []
        found = next((p.get("resource") for p in parts if p.get("name") == "questionnaire-response"), None)
    if not isinstance(found, dict) or found.get("resourceType") != "QuestionnaireResponse":
        raise _bad("a QuestionnaireResponse is needed", "send one, empty to begin, bare or in Parameters")
    return copy.deepcopy(found)


def _state(knowledge: Knowledge, response: dict[str, Any], reader: Reader) -> State:
    """The interview that these answers make, in their order."""
    try:
        typed = msgspec.convert(response, QuestionnaireResponse)
    except msgspec.ValidationError as error:
        raise _bad(
            f"it does not fit R4: {error}", "send a QuestionnaireResponse as this operation returned it"
        ) from None
    state = begin(knowledge, reader=reader)
    for item in items(typed.item):
        given = [a for a in item.answer if answered(a)]
        if given and not LINK.fullmatch(item.link_id):
            raise _bad("a linkId is not one of a question", "answer under the linkId of the question that was asked")
        if given:
            state = answer(state, item.link_id, _value(knowledge, item.link_id, given))
    return resume(knowledge, to_json(state))


def _value(knowledge: Knowledge, link: str, given: list[Given]) -> Value:
    """FHIR answers as one answer of the interview."""
    codes = [a.value_coding.code for a in given if a.value_coding is not None]
    if "unknown" in codes:
        return "unknown"
    if link.startswith(SCREEN):
        if len(codes) < len(given):
            raise _bad(
                f"{link}: an answer is not one of the choices", "answer with the choices offered, as valueCoding"
            )
        return tuple(c for c in codes if c != "none")
    if codes:
        return codes[0]
    first = given[0]
    if first.value_boolean is not None:
        return "yes" if first.value_boolean else "no"
    finding = knowledge.pack.findings.get(link)
    if first.value_quantity is not None and finding is not None and finding.measurement:
        try:
            return in_pack_unit(first.value_quantity, knowledge.pack.measurements[finding.measurement])
        except UnitError as error:
            raise _bad(f"{link}: {error}", "give a possible number with its UCUM unit") from None
    number = first.value_decimal if first.value_decimal is not None else first.value_integer
    return float(number) if number is not None else first.value_string or "unknown"


def _asked(response: dict[str, Any], knowledge: Knowledge) -> Json:
    """The contained Questionnaire so far, or a new one."""
    parts = response.get("contained")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict) and part.get("id") == CONTAINED and isinstance(part.get("item", []), list):
            return {**part, "item": [item for item in part.get("item", []) if isinstance(item, dict)]}
    made_from = stamp(knowledge.pack)
    return {
        "resourceType": "Questionnaire",
        "id": CONTAINED,
        "extension": [
            {"url": SDC + "sdc-questionnaire-questionnaireAdaptive", "valueBoolean": True},
            *stamp_extensions(made_from),
        ],
        "derivedFrom": [canonical(knowledge.pack)],
        "version": made_from.version,
        "status": "draft",
        "description": knowledge.pack.manifest.disclaimer,
        "item": [],
    }


def _bad(what: str, fix: str) -> HickamError:
    return HickamError(
        code="bad-fhir", where="$next-question", what=what, why="the next question depends on the answers", fix=fix
    )
