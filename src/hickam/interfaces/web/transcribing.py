"""/api/v1/transcribe: consent on record, then the sound as it is recorded, then the transcript. Nothing is kept."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.bodies import Body
from hickam.interfaces.web.openapi import answers, gone, kept
from hickam.interfaces.web.problems import ProblemError
from hickam.services.knowledge import Knowledge
from hickam.services.speech.recordings import RecordingProgress, Recordings
from hickam.services.speech.transcriber import chosen_hearing, transcriber

RecordingId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]
SOUND = ("audio/", "video/webm", "video/mp4")
"""Types no page elsewhere can send without asking; browsers call recorded sound video too."""
IDLE_SECONDS = 30.0
"""Longest silence of the connection while sound is sent; live recording sends more often."""


class ConsentBody(Body):
    """That the people recorded agreed. It stands in the transcript."""

    given_by: Literal["patient", "carer", "patient_and_others"] = Field(description="Who agreed.")
    how: Literal["spoken", "written"] = Field(description="How they agreed.")
    recorded_by: str = Field(min_length=1, max_length=100, description="Who asked them.")


def transcribe_routes(knowledge: Knowledge, recordings: Recordings | None = None) -> APIRouter:
    """The routes. The recogniser is loaded at the first recording."""
    router = APIRouter(prefix="/api/v1", tags=["transcribe"])
    held = recordings or Recordings(lambda: transcriber(chosen_hearing(), knowledge))
    running: set[asyncio.Task[None]] = set()

    @router.post(
        "/transcribe",
        summary="Begin: who agreed to be recorded",
        status_code=201,
        responses=answers("RecordingProgress", "the recording's id; now send the sound", 201),
    )
    async def begin(request: Request, body: ConsentBody) -> Response:
        made = held.begin(
            owner=acting(request).user, given_by=body.given_by, how=body.how, recorded_by=body.recorded_by
        )
        return _as_json(made, 201)

    @router.put(
        "/transcribe/{id}/audio",
        summary="The sound, in one request that may last as long as the visit",
        status_code=202,
        responses=kept("RecordingProgress", "received; ask for the transcript", 202),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def receive(request: Request, id: RecordingId) -> Response:
        owner = acting(request).user
        if not request.headers.get("content-type", "").lower().startswith(SOUND):
            raise ProblemError(
                415, "not-audio", "The body must be sound.", where="content-type", fix="send Content-Type: audio/…"
            )
        with held.open(id, owner) as upload:
            parts = request.stream().__aiter__()
            while True:
                try:
                    part = await asyncio.wait_for(anext(parts), IDLE_SECONDS)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    raise ProblemError(
                        408, "slow-request", "The sound stopped arriving.", fix="send it again"
                    ) from None
                await asyncio.to_thread(upload.add, part)
        task = asyncio.create_task(asyncio.to_thread(held.transcribe, id, owner))
        running.add(task)
        task.add_done_callback(running.discard)
        return _as_json(held.progress(id, owner), 202)

    @router.get(
        "/transcribe/{id}",
        summary="How far it is, and the transcript",
        responses=kept("RecordingProgress", "progress; the transcript when state is done"),
    )
    async def progress(request: Request, id: RecordingId) -> Response:
        return _as_json(held.progress(id, acting(request).user), 200)

    @router.delete("/transcribe/{id}", summary="Discard sound and words", status_code=204, responses=gone())
    async def discard(request: Request, id: RecordingId) -> Response:
        held.discard(id, acting(request).user)
        return Response(status_code=204)

    return router


def _as_json(progress: RecordingProgress, status: int) -> Response:
    return Response(
        msgspec.json.encode(progress),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
