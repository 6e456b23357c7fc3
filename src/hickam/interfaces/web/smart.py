"""/smart: opened from a record system (SMART App Launch), its patient, a note written back when a person says so."""

from __future__ import annotations

import asyncio
import datetime
import secrets
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from hickam.intake.reading import understood_nothing
from hickam.interfaces.cds.trust import Trust
from hickam.interfaces.fhir.assessment_out import assessment_document
from hickam.interfaces.fhir.reading import Read, read_fhir
from hickam.interfaces.smart.launch import BEGIN_ANEW, Launcher, Visit, public_keys
from hickam.interfaces.smart.note import document_reference, read_record, write_note
from hickam.interfaces.smart.servers import WRITTEN
from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.bodies import Body
from hickam.interfaces.web.pages import Pages
from hickam.interfaces.web.problems import ProblemError
from hickam.interfaces.web.resources import readable
from hickam.interfaces.web.workers import Worker
from hickam.model.records import Actor
from hickam.services.assess import Options, assess
from hickam.services.case_data import as_request
from hickam.services.described_case import describe_case
from hickam.services.documents import Wanted, document
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import Store

LAUNCHING, VISITING = "hickam-launch", "hickam-visit"
PAGE = "/smart/patient"
MOST_SHOWN = 8
Given = Annotated[str, Query(max_length=4000)]


class NoteToWrite(Body):
    """What a person confirmed. ``key``: proof that this page, and not another site's, sends it."""

    key: str = Field(max_length=100)
    note: str = Field(min_length=1, max_length=100_000)
    structured: bool = True


class Ending(Body):
    """End the visit."""

    key: str = Field(max_length=100)


def smart_routes(knowledge: Knowledge, pages: Pages, worker: Worker, trust: Trust, store: Store) -> APIRouter:
    """The routes. Launches from servers that ``trust`` does not name are refused; what is written back is recorded in
    the audit trail of ``store``."""
    router = APIRouter(prefix="/smart", include_in_schema=False)
    launcher = Launcher(trust.smart, trust.audience)
    secure = urlsplit(trust.audience).scheme == "https"

    def cookie(response: Response, name: str, value: str) -> Response:
        response.set_cookie(name, value, path="/smart", secure=secure, httponly=True, samesite="lax")
        response.headers["cache-control"] = "no-store"
        return response

    async def visit_of(request: Request) -> Visit:
        return await asyncio.to_thread(launcher.visit, request.cookies.get(VISITING, ""))

    async def record_of(visit: Visit) -> tuple[dict[str, Any], list[str]]:
        bundle, unread = await asyncio.to_thread(read_record, visit)
        return readable(bundle), unread

    @router.get("/launch")
    async def launch(request: Request, iss: Given = "", launch: Given = "") -> Response:
        begun, url = await asyncio.to_thread(launcher.begin, iss, launch)
        return cookie(RedirectResponse(url, status_code=303), LAUNCHING, begun)

    @router.get("/keys")
    async def keys() -> Response:
        return JSONResponse(public_keys(trust.smart))

    @router.get("/callback")
    async def callback(request: Request) -> Response:
        answer, begun = dict(request.query_params), request.cookies.get(LAUNCHING, "")
        opened = await asyncio.to_thread(launcher.finish, begun, answer)
        launcher.end(request.cookies.get(VISITING, ""))
        response = cookie(RedirectResponse(PAGE, status_code=303), VISITING, opened)
        response.delete_cookie(LAUNCHING, path="/smart")
        return response

    @router.get("/patient")
    async def patient(request: Request) -> Response:
        visit = await visit_of(request)
        bundle, unread = await record_of(visit)

        def work() -> Response:
            shown = _shown(knowledge, visit, read_fhir(bundle, knowledge, _today()), unread)
            return pages.render("smart.html", **shown)

        response = await worker.run(request, work)
        response.headers["cache-control"] = "no-store"
        return response

    @router.get("/case")
    async def case(request: Request) -> Response:
        visit = await visit_of(request)
        bundle, _ = await record_of(visit)
        told = await worker.run(
            request, lambda: as_request(knowledge.pack, read_fhir(bundle, knowledge, _today()).case)
        )
        return JSONResponse(told, headers={"cache-control": "no-store"})

    @router.post("/note")
    async def note(request: Request, body: NoteToWrite) -> Response:
        visit = await visit_of(request)
        _same_page(visit, body.key)
        bundle, _ = await record_of(visit)

        def work() -> dict[str, Any]:
            now = datetime.datetime.now(datetime.UTC)
            rests_on = _document(knowledge, bundle, now) if body.structured else None
            return document_reference(knowledge.pack, visit, body.note, rests_on, now)

        resource = await worker.run(request, work)
        id = await asyncio.to_thread(write_note, visit, resource)
        await asyncio.to_thread(_audit, store, acting(request), visit, id)
        return JSONResponse({"written": f"{WRITTEN}/{id}"}, 201, headers={"cache-control": "no-store"})

    @router.post("/end")
    async def end(request: Request, body: Ending) -> Response:
        _same_page(await visit_of(request), body.key)
        launcher.end(request.cookies.get(VISITING, ""))
        response = Response(status_code=204)
        response.delete_cookie(VISITING, path="/smart")
        return response

    return router


def _today() -> str:
    return datetime.date.today().isoformat()


def _audit(store: Store, actor: Actor, visit: Visit, id: str) -> None:
    """Who added which document to which record system, as this program and as that system knows them; nothing of the
    patient."""
    with store.recorded(actor) as recorder:
        by = {"person": visit.person} if visit.person else {}
        recorder.record("record.note-written", f"{WRITTEN}/{id}", server=visit.server.iss, **by)


def _same_page(visit: Visit, key: str) -> None:
    if not secrets.compare_digest(key.encode("utf-8", "replace"), visit.key.encode()):
        raise ProblemError(403, "not-this-visit", "The page belongs to another visit.", fix=BEGIN_ANEW)


def _shown(knowledge: Knowledge, visit: Visit, read: Read, unread: list[str]) -> dict[str, Any]:
    """What the page of a visit shows: the case with its resources, the answer in short, the note to be confirmed."""
    answer = note = None
    if not understood_nothing(read.case):
        answer = assess(knowledge, read.case, Options(as_of=_today(), draws=200))
        wanted = Wanted(kind="soap", as_of=_today())
        note = document(knowledge, read.case, answer, wanted).decode()
    return {
        "visit": visit,
        "may_write": visit.may_write(WRITTEN),
        "case": describe_case(knowledge.pack, read.case),
        "ignored": read.ignored,
        "unread": unread,
        "answer": answer,
        "causes": [c for c in answer.differential if c.tier != "unlisted"][:MOST_SHOWN] if answer else [],
        "note": note,
    }


def _document(knowledge: Knowledge, bundle: dict[str, Any], now: datetime.datetime) -> dict[str, Any]:
    case = read_fhir(bundle, knowledge, _today()).case
    return assessment_document(knowledge.pack, case, assess(knowledge, case, Options(as_of=_today())), now)
