"""For whoever runs the program: is it alive, is it ready, what has it done."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, PlainTextResponse, Response

from hickam.interfaces.web.observe import Observer
from hickam.interfaces.web.problems import ProblemError
from hickam.services.knowledge import Knowledge


def operation_routes(knowledge: Knowledge, ready: asyncio.Event, observer: Observer) -> APIRouter:
    """The routes; ``ready`` is set once the pack is loaded."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="The process answers")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="The pack is loaded and answers can be given")
    async def readyz() -> JSONResponse:
        if not ready.is_set():
            raise ProblemError(503, "not-ready", "The knowledge pack is being loaded.", fix="try again in a moment")
        return JSONResponse({"status": "ready", "pack": knowledge.pack.hash})

    @router.get(
        "/metrics",
        summary="Counts and times for Prometheus, without anything of a patient",
        response_class=PlainTextResponse,
    )
    async def metrics() -> Response:
        headers = {"cache-control": "no-store", "content-type": CONTENT_TYPE_LATEST}
        return Response(observer.exposition(), headers=headers)

    return router
