"""/fhir: a record in, an answer out, the interview as a form; stateless, with the guard and errors of the API."""

from __future__ import annotations

import datetime
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from hickam.intake.reading import understood_nothing
from hickam.interfaces.fhir.adaptive import next_question_response
from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.capability import capability
from hickam.interfaces.fhir.questionnaire import Scope, questionnaire
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.web.etag import tagged
from hickam.interfaces.web.interviews import with_a_clinician
from hickam.interfaces.web.openapi import other
from hickam.interfaces.web.problems import ProblemError
from hickam.interfaces.web.resources import readable
from hickam.interfaces.web.workers import Worker
from hickam.model.pack import Setting
from hickam.services.assess import Options, assess
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge

FHIR_JSON = "application/fhir+json"


class FhirResponse(Response):
    """For the description: FHIR JSON."""

    media_type = FHIR_JSON


Day = Annotated[datetime.date | None, Query(description="Day of the answer; today when left out.")]


def fhir_response(resource: dict[str, Any], *, private: bool = True) -> Response:
    """FHIR JSON; what is about a patient is never kept by a cache."""
    headers = {"cache-control": "no-store"} if private else {}
    return Response(json.dumps(resource, ensure_ascii=False), media_type=FHIR_JSON, headers=headers)


def assessed(knowledge: Knowledge, record: dict[str, Any], as_of: str, setting: Setting | None) -> dict[str, Any]:
    """The document that answers a record, or ProblemError 'nothing-understood'."""
    case = read_fhir(readable(record), knowledge, as_of, setting=setting).case
    if understood_nothing(case):
        raise ProblemError(
            422,
            "nothing-understood",
            "Nothing in this record was understood, so there is no differential.",
            why="an answer made from nothing would only be the average patient",
            fix="send findings, problems, medicines, or the reason for the visit in words",
            case=describe_case(knowledge.pack, case),
        )
    answer = assess(knowledge, case, Options(as_of=as_of))
    return assessment_document(knowledge.pack, case, answer, datetime.datetime.now(datetime.UTC))


def fhir_routes(knowledge: Knowledge, worker: Worker) -> APIRouter:
    """The routes over one pack."""
    router = APIRouter(prefix="/fhir", tags=["FHIR"])

    @router.get(
        "/metadata",
        summary="What this service can do: a CapabilityStatement",
        response_class=FhirResponse,
        responses=other(FHIR_JSON, "a CapabilityStatement"),
    )
    async def metadata(request: Request) -> Response:
        today = datetime.date.today().isoformat()
        return tagged(
            request, knowledge.pack.hash, lambda: fhir_response(capability(knowledge.pack, today), private=False)
        )

    @router.get(
        "/Questionnaire/interview",
        summary="The interview as an SDC Questionnaire",
        response_class=FhirResponse,
        responses=other(FHIR_JSON, "a Questionnaire"),
    )
    async def form(
        request: Request, scope: Scope = "core", reader: Literal["clinician", "patient"] = "clinician"
    ) -> Response:
        return tagged(
            request,
            f"{knowledge.pack.hash}-{scope}-{reader}",
            lambda: fhir_response(questionnaire(knowledge.pack, reader=reader, scope=scope), private=False),
        )

    @router.post(
        "/Questionnaire/$next-question",
        summary="SDC: the response with the next question, or completed",
        response_class=FhirResponse,
        responses=other(FHIR_JSON, "a QuestionnaireResponse"),
    )
    async def next_question(
        request: Request,
        sent: Annotated[dict[str, Any], Body(description="A QuestionnaireResponse, bare or in Parameters.")],
        reader: Literal["clinician", "patient"] = "clinician",
    ) -> Response:
        with_a_clinician(request, reader)
        return await worker.run(
            request, lambda: fhir_response(next_question_response(knowledge, readable(sent), reader=reader))
        )

    @router.post(
        "/$assess",
        summary="A record becomes a document: differential, urgency, proposals, provenance",
        response_class=FhirResponse,
        responses=other(FHIR_JSON, "a document Bundle"),
    )
    async def assess_route(
        request: Request,
        record: Annotated[dict[str, Any], Body(description="A Bundle, or one resource that a case is read from.")],
        as_of: Day = None,
        setting: Setting | None = None,
    ) -> Response:
        day = (as_of or datetime.date.today()).isoformat()
        return await worker.run(request, lambda: fhir_response(assessed(knowledge, record, day, setting)))

    return router
