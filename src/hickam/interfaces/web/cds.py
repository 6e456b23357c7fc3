"""/cds-services: CDS Hooks over HTTP: discovery, services, feedback; tokens, origins, 412 for missing prefetch."""

from __future__ import annotations

import asyncio
import datetime
import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from starlette.responses import Response

from hickam.interfaces.cds.cards import Shown
from hickam.interfaces.cds.definitions import PREFETCH, SERVICES, discovery
from hickam.interfaces.cds.feedback import FeedbackBook
from hickam.interfaces.cds.hooks import cards_for
from hickam.interfaces.cds.records import MissingError, record
from hickam.interfaces.cds.requests import feedback_body, hook_request
from hickam.interfaces.cds.trust import Gatekeeper, NotTrustedError, Trust
from hickam.interfaces.web.openapi import other
from hickam.interfaces.web.problems import ProblemError
from hickam.interfaces.web.resources import readable
from hickam.interfaces.web.workers import Worker
from hickam.services.knowledge import Knowledge

PREFIX = "/cds-services"
PROBLEMS = {"404": "no such service", "412": "what is needed was not prefetched and may not be read"}
Sent = Annotated[dict[str, Any], Body()]


def cds_routes(knowledge: Knowledge, worker: Worker, trust: Trust | None = None) -> APIRouter:
    """The routes over one pack. ``trust`` None: anybody who reaches this program may call, and no record is read."""
    router = APIRouter(prefix=PREFIX, tags=["CDS Hooks"])
    allowed = trust or Trust()
    keeper, shown, book = Gatekeeper(allowed), Shown(), FeedbackBook(allowed.feedback)

    def respond(request: Request, body: dict[str, Any] | None, status: int = 200) -> Response:
        headers = {"cache-control": "no-store", "vary": "Origin", **_cors(request, allowed)}
        if body is None:
            return Response(status_code=status, headers=headers)
        return Response(json.dumps(body, ensure_ascii=False), status, headers, "application/json")

    def admit(request: Request, service: str) -> str:
        if service not in SERVICES:
            raise ProblemError(404, "not-found", "There is no such service.", fix=f"see GET {PREFIX}")
        try:
            return keeper.admit(request.headers.get("authorization", ""), request.url.path)
        except NotTrustedError as error:
            raise ProblemError(401, "not-trusted", f"The caller is not let in: {error}.") from None

    @router.get(
        "",
        summary="Discovery: the services, their hooks and prefetch templates",
        responses=other("application/json", "the services"),
    )
    async def discover(request: Request) -> Response:
        return respond(request, discovery(knowledge.pack))

    @router.options("", include_in_schema=False)
    @router.options("/{rest:path}", include_in_schema=False)
    async def preflight(request: Request, rest: str = "") -> Response:
        return respond(request, None, 204)

    @router.post(
        "/{service}",
        summary="One hook: cards for this patient, often none",
        responses=other("application/json", "cards", **PROBLEMS),
    )
    async def call(request: Request, service: str, sent: Sent) -> Response:
        caller = await asyncio.to_thread(admit, request, service)
        hook = hook_request(readable(sent), SERVICES[service][0])
        base, day = allowed.audience or str(request.base_url), datetime.date.today().isoformat()

        try:
            bundle = readable(await asyncio.to_thread(record, hook, allowed))
        except MissingError as error:
            raise _missing(error) from None

        def work() -> Response:
            cards = cards_for(knowledge, service, hook, bundle, day, shown=shown, caller=caller, base=base)
            return respond(request, {"cards": cards})

        return await worker.run(request, work)

    @router.post(
        "/{service}/feedback",
        summary="What became of cards",
        responses=other("application/json", "noted", **PROBLEMS),
    )
    async def feedback(request: Request, service: str, sent: Sent) -> Response:
        await asyncio.to_thread(admit, request, service)
        book.add(service, feedback_body(readable(sent)), knowledge.pack.hash)
        return respond(request, None)

    return router


def _missing(error: MissingError) -> ProblemError:
    wanted = "; ".join(f"{key}: {PREFETCH[key]}" for key in error.keys)
    return ProblemError(
        412,
        "missing-prefetch",
        f"Not prefetched, and not to be read from the record server: {', '.join(error.keys)}.",
        where="prefetch",
        why="without them the answer would be about an average patient",
        fix=f"prefetch {wanted}; or let this service read the record (docs/how-to/cds-hooks.md)",
    )


def _cors(request: Request, trust: Trust) -> dict[str, str]:
    """Headers for a page of a listed origin; none for any other."""
    origin = request.headers.get("origin", "")
    if origin not in trust.origins:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST, OPTIONS",
        "access-control-allow-headers": "authorization, content-type",
        "access-control-expose-headers": "location",
        "access-control-max-age": "600",
    }
