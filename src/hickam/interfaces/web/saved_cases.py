"""/api/v1/cases: cases that a person saves, with every version; idempotent saving, edits that cannot cross unseen."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response

from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.cases import read_case
from hickam.interfaces.web.openapi import gone, kept, zipped
from hickam.interfaces.web.saved_bodies import (
    GiveBody,
    PatientBody,
    SaveBody,
    SavedCases,
    Versions,
    saved_case,
    version_line,
    wanted_number,
)
from hickam.interfaces.web.workers import Worker
from hickam.model.records import CaseVersion
from hickam.services.assess import Options
from hickam.services.compare import compare_versions
from hickam.services.custody import as_zip
from hickam.services.handing_over import hand_over
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import CaseDesk, NewVersion, Once, Store, new_version, replay

CaseId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]
Number = Annotated[int, Path(ge=1, le=10**8)]
Key = Annotated[str | None, Header(alias="idempotency-key", max_length=200, pattern=r"^[!-~]+$")]
IfMatch = Annotated[str | None, Header(alias="if-match", max_length=40)]


def as_json(value: object, *, status: int = 200, etag: int | None = None, place: str = "") -> Response:
    """An answer about a patient: never kept by a cache."""
    headers = {"cache-control": "no-store"}
    if etag is not None:
        headers["etag"] = f'"{etag}"'
    if place:
        headers["location"] = place
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def as_saved(saved: CaseVersion, status: int = 201) -> Response:
    """A version with its number as ETag."""
    place = f"/api/v1/cases/{saved.case_id}/versions/{saved.number}" if status == 201 else ""
    return as_json(saved_case(saved), status=status, etag=saved.number, place=place)


def saved_case_routes(knowledge: Knowledge, worker: Worker, store: Store) -> APIRouter:
    """The routes over one store. Every one begins at the desk of the person who acts."""
    router = APIRouter(prefix="/api/v1/cases", tags=["saved cases"])

    def desk(request: Request) -> CaseDesk:
        return CaseDesk(store, acting(request))

    def told(body: SaveBody) -> NewVersion:
        options = Options(reader=body.reader, full=body.full, as_of=body.as_of or datetime.date.today().isoformat())
        case = read_case(body, knowledge)
        return new_version(knowledge, case, body.entered(), options, patient=body.patient, title=body.title)

    def once(body: SaveBody, key: str | None, about: str) -> Once | None:
        return Once(key=key, request=f"{about} {body.model_dump_json()}".encode()) if key else None

    @router.post(
        "",
        summary="Save a case",
        status_code=201,
        responses=kept("SavedCase", "saved; ETag: its version", 201),
    )
    async def save(request: Request, body: SaveBody, key: Key = None) -> Response:
        def work() -> Response:
            return as_saved(desk(request).save(told(body), once(body, key, "new")))

        return await worker.run(request, work)

    @router.get("", summary="Your cases, newest first", responses=kept("SavedCases", "one line a case"))
    def listed(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        before: Annotated[str, Query(max_length=40, pattern=r"^[0-9T:.+Z-]*$")] = "",
    ) -> Response:
        return as_json(SavedCases(cases=tuple(desk(request).lines(before=before, most=limit))))

    @router.post("/search", summary="Your cases of one patient", responses=kept("SavedCases", "one line a case"))
    def search(request: Request, body: PatientBody) -> Response:
        return as_json(SavedCases(cases=tuple(desk(request).lines(patient=body.patient.strip(), most=500))))

    @router.post(
        "/export",
        summary="Everything in your cases of one patient: a ZIP of JSON and documents",
        response_class=Response,
        responses=zipped(),
    )
    def export(request: Request, body: PatientBody) -> Response:
        data = as_zip(desk(request).export(body.patient.strip()))
        headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="patient.zip"'}
        return Response(data, media_type="application/zip", headers=headers)

    @router.post(
        "/{case_id}/give",
        summary="Hand a case over to a colleague: it is theirs then",
        status_code=204,
        response_class=Response,
        responses=gone(),
    )
    def give(request: Request, case_id: CaseId, body: GiveBody) -> Response:
        hand_over(desk(request), case_id, body.to)
        return Response(status_code=204)

    @router.get("/{case_id}", summary="The latest version", responses=kept("SavedCase", "ETag: its version"))
    def latest(request: Request, case_id: CaseId) -> Response:
        return as_saved(desk(request).version(case_id), 200)

    @router.delete(
        "/{case_id}",
        summary="Erase a case with its documents",
        status_code=204,
        response_class=Response,
        responses=gone(),
    )
    def erase(request: Request, case_id: CaseId) -> Response:
        desk(request).erase(case_id)
        return Response(status_code=204)

    @router.post(
        "/{case_id}/versions",
        summary="Save a further version; If-Match says which one was changed",
        status_code=201,
        responses=kept("SavedCase", "saved; ETag: its version", 201),
    )
    async def add(
        request: Request, case_id: CaseId, body: SaveBody, key: Key = None, if_match: IfMatch = None
    ) -> Response:
        after = wanted_number(if_match, "version")

        def work() -> Response:
            repeated = once(body, key, f"{case_id} {after}")
            return as_saved(desk(request).add_version(case_id, told(body), after=after, once=repeated))

        return await worker.run(request, work)

    @router.get("/{case_id}/versions", summary="Every version in a line", responses=kept("Versions", "oldest first"))
    def versions(request: Request, case_id: CaseId) -> Response:
        found = desk(request).versions(case_id)
        return as_json(Versions(id=case_id, versions=tuple(version_line(v) for v in found)))

    @router.get("/{case_id}/versions/{number}", summary="One version", responses=kept("SavedCase", "as saved"))
    def version(request: Request, case_id: CaseId, number: Number) -> Response:
        return as_saved(desk(request).version(case_id, number), 200)

    @router.get(
        "/{case_id}/versions/{number}/replay",
        summary="Whether the answer comes out again to the last byte",
        responses=kept("Replay", "computed from the kept case and the kept pack"),
    )
    async def replayed(request: Request, case_id: CaseId, number: Number) -> Response:
        def work() -> Response:
            mine = desk(request)
            return as_json(replay(mine, mine.version(case_id, number), knowledge))

        return await worker.run(request, work)

    @router.get(
        "/{case_id}/compare",
        summary="Two versions: what was told otherwise, how differential and urgency moved",
        responses=kept("Comparison", "from the answers as they were given"),
    )
    def compare(
        request: Request,
        case_id: CaseId,
        before: Annotated[int, Query(ge=1, le=10**8)],
        after: Annotated[int, Query(ge=1, le=10**8)],
    ) -> Response:
        return as_json(compare_versions(*desk(request).versions(case_id, before, after)))

    return router
