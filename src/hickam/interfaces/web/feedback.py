"""Feedback on a line: /api/v1/feedback takes it from anybody, /editorial/feedback is the editors' queue."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import HTMLResponse, Response

from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.bodies import Body
from hickam.interfaces.web.editorial_api import as_json
from hickam.interfaces.web.openapi import other
from hickam.interfaces.web.pages import Pages
from hickam.services.feedback import LONGEST_SUBJECT, LONGEST_TEXT, FeedbackDesk
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import Store

Id = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]


class FeedbackBody(Body):
    """``subject``: the page and heading; ``text``: the line and what is wrong with it; ``case``: a saved case of one's
    own, only when its owner adds it."""

    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT)]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    case: Annotated[str, Field(pattern=r"^([0-9a-f]{20})?$")] = ""


class AnswerBody(Body):
    """What became of a remark."""

    state: Literal["open", "answered", "closed"]
    answer: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


def feedback_routes(knowledge: Knowledge, pages: Pages, store: Store) -> APIRouter:
    """The routes over one store; nothing is stored before somebody sends something."""
    router = APIRouter(tags=["feedback"])

    def desk(request: Request) -> FeedbackDesk:
        return FeedbackDesk(store, acting(request))

    @router.post(
        "/api/v1/feedback",
        summary="A remark on a line of an answer or article, for the editors",
        responses=other("application/json", "noted"),
    )
    async def send(request: Request, body: FeedbackBody) -> Response:
        at = desk(request)
        sent = await asyncio.to_thread(at.send, body.subject, body.text, knowledge.pack.hash, body.case)
        return as_json({"id": sent})

    @router.post("/api/v1/feedback/{id}", include_in_schema=False)
    async def answer(request: Request, id: Id, body: AnswerBody) -> Response:
        at = desk(request)
        await asyncio.to_thread(at.answer, id, body.state, body.answer)
        return as_json({"id": id, "state": body.state})

    @router.get("/api/v1/feedback/{id}/case", include_in_schema=False)
    async def attached(request: Request, id: Id) -> Response:
        at = desk(request)
        return as_json(await asyncio.to_thread(at.attached, id))

    @router.get("/editorial/feedback", include_in_schema=False, response_class=HTMLResponse)
    async def queue(request: Request) -> Response:
        at = desk(request)
        found = await asyncio.to_thread(at.queue)
        response = pages.render("editorial_feedback.html", remarks=found)
        response.headers["cache-control"] = "no-store"
        return response

    return router
