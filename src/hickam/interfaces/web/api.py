"""REST /api/v1: stateless assess, parse and interview; the pack and its articles; health and readiness."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from hickam.interfaces.web.answers import Parsed, finding_list, pack_summary, parsed
from hickam.interfaces.web.articles import article_data, condition_data
from hickam.interfaces.web.asking import Asking
from hickam.interfaces.web.bodies import (
    AskBody,
    AssessBody,
    ExplainBody,
    InterviewBody,
    NextBody,
    NoteBody,
    OwnListBody,
    ParseBody,
    today,
)
from hickam.interfaces.web.cases import read_case, understood
from hickam.interfaces.web.etag import tagged
from hickam.interfaces.web.interviews import interview_step, with_a_clinician
from hickam.interfaces.web.openapi import DOCUMENT_TYPES, answers, document_answers, knowledge_answers
from hickam.interfaces.web.problems import ProblemError
from hickam.interfaces.web.remembered import Assessing
from hickam.interfaces.web.workers import Worker, as_json
from hickam.interfaces.web.working import compared, explained, what_next
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import Knowledge
from hickam.services.settings import chosen

Id = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]


def parse_body(body: ParseBody, knowledge: Knowledge) -> Parsed:
    """What is understood of the story."""
    return parsed(knowledge, read_case(body, knowledge))


def note_body(body: NoteBody, knowledge: Knowledge) -> Response:
    """The document in the media type of its format, named so that a browser saves it."""
    templates = chosen("templates")
    wanted = Wanted(
        kind=body.kind,
        form=body.format,
        reader=body.reader,
        to=body.to,
        language=body.language,
        templates=FilePath(templates) if templates else None,
        as_of=today(body.as_of),
        full=body.full,
    )
    data = write_document(knowledge, understood(body, knowledge), wanted)
    media, suffix = DOCUMENT_TYPES[body.format]
    name = f'attachment; filename="{body.kind}.{suffix}"'
    return Response(data, media_type=media, headers={"cache-control": "no-store", "content-disposition": name})


def api_routes(knowledge: Knowledge, worker: Worker) -> APIRouter:
    """The routes over one pack."""
    router = APIRouter(prefix="/api/v1")
    asking, assessing = Asking(knowledge), Assessing(worker)

    @router.post(
        "/assess",
        summary="A story or a case becomes a cited, tiered differential",
        responses=answers("Assessment", "the answer, hickam.assessment/1: the object the command line prints"),
    )
    async def assess_route(request: Request, body: AssessBody) -> Response:
        return await assessing.answer(request, body)

    @router.post(
        "/explain",
        summary="The working of one condition: each finding's weight, and what would overturn it",
        responses=answers("Explained", "one line of the differential with contributions, sources and overturning"),
    )
    async def explain_route(request: Request, body: ExplainBody) -> Response:
        return await worker.compute(request, explained, body)

    @router.post(
        "/next",
        summary="What to ask, examine or test next, and what each answer could change",
        responses=answers("Next", "next steps, best first after the core history and the danger signs"),
    )
    async def next_route(request: Request, body: NextBody) -> Response:
        return await worker.compute(request, what_next, body)

    @router.post(
        "/own-list",
        summary="A person's own list of conditions beside the answer's: agreement, disagreement, omissions",
        responses=answers("OwnList", "both lists compared, and names that the pack does not know"),
    )
    async def own_list_route(request: Request, body: OwnListBody) -> Response:
        return await worker.compute(request, compared, body)

    @router.post(
        "/parse",
        summary="What is understood of a story, and what its other words may have meant",
        responses=answers("Parsed", "findings with their spans, words not understood, suggestions"),
    )
    async def parse_route(request: Request, body: ParseBody) -> Response:
        return await worker.compute(request, parse_body, body, urgent=True)

    @router.post(
        "/ask",
        summary="A question about the knowledge or a patient, answered from cited claims or refused",
        responses=answers("CitedAnswer", "the answer, hickam.answer/1: the object the command line prints"),
    )
    async def ask_route(request: Request, body: AskBody) -> Response:
        return await worker.run(request, lambda: as_json(msgspec.json.encode(asking.answer(body))))

    @router.post(
        "/note",
        summary="A report, note, letter or handout as text, Markdown, HTML or PDF",
        response_class=Response,
        responses=document_answers(),
    )
    async def note_route(request: Request, body: NoteBody) -> Response:
        return await worker.run(request, lambda: note_body(body, knowledge))

    @router.post(
        "/interview/next",
        summary="One step of an interview: the next question, and where things stand",
        responses=answers("Interview", "the state to send back, the next question (null at the end), the standing"),
    )
    async def interview_route(request: Request, body: InterviewBody) -> Response:
        with_a_clinician(request, (body.state or {}).get("reader", body.reader))
        return await worker.compute(request, interview_step, body)

    @router.get("/pack", summary="The knowledge in use", responses=knowledge_answers("stamp, use, counts, conditions"))
    async def pack_route(request: Request) -> Response:
        return tagged(request, knowledge.tag, lambda: _public(pack_summary(knowledge.pack)))

    @router.get(
        "/pack/findings",
        summary="Every finding with its questions",
        responses=knowledge_answers("{pack: hash, findings: […]}"),
    )
    async def findings_route(request: Request) -> Response:
        return tagged(
            request,
            knowledge.tag,
            lambda: _public({"pack": knowledge.pack.hash, "findings": finding_list(knowledge.pack)}),
        )

    @router.get(
        "/pack/conditions/{id}",
        summary="One condition: text, numbers with basis and source, references",
        responses=knowledge_answers("the article", named=True),
    )
    async def condition_route(request: Request, id: Id) -> Response:
        if id not in knowledge.pack.conditions:
            raise ProblemError(404, "not-found", "The pack has no condition of this id.", fix="see /api/v1/pack")
        return tagged(request, knowledge.tag, lambda: _public(condition_data(knowledge.pack, id)))

    @router.get(
        "/articles/{kind}",
        summary="The article on the complaint, its topic page, or which clinician treats it",
        responses=knowledge_answers("hickam.article/1", named=True),
    )
    def article_route(request: Request, kind: Id) -> Response:
        return tagged(request, knowledge.tag, lambda: _public(article_data(knowledge, kind)))

    @router.get(
        "/articles/{kind}/{id}",
        summary="The article on one condition, finding, test, drug or treatment",
        responses=knowledge_answers("hickam.article/1", named=True),
    )
    def item_article_route(request: Request, kind: Id, id: Id) -> Response:
        return tagged(request, knowledge.tag, lambda: _public(article_data(knowledge, kind, id)))

    return router


def _public(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
