"""/api/v1/cases/…/documents and /api/v1/documents: draft, edit, sign, amend, print."""

from __future__ import annotations

import datetime
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.openapi import DOCUMENT_TYPES, document_answers, gone, kept
from hickam.interfaces.web.saved_bodies import (
    Documents,
    DraftBody,
    SignBody,
    TextBody,
    document_out,
    wanted_number,
)
from hickam.interfaces.web.saved_cases import CaseId, IfMatch, as_json
from hickam.interfaces.web.workers import Worker
from hickam.model.records import LOCAL, SavedDocument
from hickam.services.documents import Wanted
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import CaseDesk, Store
from hickam.services.saved_documents import (
    DocumentDesk,
    draft_document,
    edit_document,
    printed_document,
    sign_document,
)
from hickam.services.settings import chosen
from hickam.writing.documents.sheet import Format

DocumentId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]


def as_document(document: SavedDocument, status: int = 200) -> Response:
    """A document with its revision as ETag."""
    place = f"/api/v1/documents/{document.id}" if status == 201 else ""
    return as_json(document_out(document), status=status, etag=document.revision, place=place)


def saved_document_routes(knowledge: Knowledge, worker: Worker, store: Store) -> APIRouter:
    """The routes over one store. Every one begins at the desk of the person who acts."""
    router = APIRouter(prefix="/api/v1", tags=["saved documents"])

    def desk(request: Request) -> DocumentDesk:
        return DocumentDesk(store, acting(request))

    @router.post(
        "/cases/{case_id}/documents",
        summary="Begin a document about a saved case",
        status_code=201,
        responses=kept("DocumentOut", "a draft; ETag: its revision", 201),
    )
    async def draft(request: Request, case_id: CaseId, body: DraftBody) -> Response:
        templates = chosen("templates")
        wanted = Wanted(
            kind=body.kind,
            reader=body.reader,
            to=body.to,
            language=body.language,
            templates=FilePath(templates) if templates else None,
            as_of=body.as_of or datetime.date.today().isoformat(),
            full=body.full,
        )

        def work() -> Response:
            saved = CaseDesk(store, acting(request)).version(case_id, body.version)
            return as_document(draft_document(knowledge, desk(request), saved, wanted), 201)

        return await worker.run(request, work)

    @router.get("/cases/{case_id}/documents", summary="The documents of a case", responses=kept("Documents", "all"))
    def listed(request: Request, case_id: CaseId) -> Response:
        return as_json(Documents(documents=tuple(desk(request).documents(case_id))))

    @router.get("/documents/{id}", summary="One document", responses=kept("DocumentOut", "ETag: its revision"))
    def document(request: Request, id: DocumentId) -> Response:
        return as_document(desk(request).document(id))

    @router.put(
        "/documents/{id}",
        summary="Another text for a draft; If-Match says which revision was changed",
        responses=kept("DocumentOut", "the draft; ETag: its revision"),
    )
    def edit(request: Request, id: DocumentId, body: TextBody, if_match: IfMatch = None) -> Response:
        after = wanted_number(if_match, "revision")
        return as_document(edit_document(desk(request), id, body.text, after=after))

    @router.post(
        "/documents/{id}/sign",
        summary="Sign a draft: it never changes again; If-Match says which revision was read",
        responses=kept("DocumentOut", "the signed document"),
    )
    def sign(request: Request, id: DocumentId, body: SignBody, if_match: IfMatch = None) -> Response:
        after, actor = wanted_number(if_match, "revision"), acting(request)
        name = body.name if actor == LOCAL else actor.name
        return as_document(sign_document(desk(request), id, name, after=after))

    @router.post(
        "/documents/{id}/amend",
        summary="A new draft with the text of a signed document, which stays",
        status_code=201,
        responses=kept("DocumentOut", "a draft; ETag: its revision", 201),
    )
    def amend(request: Request, id: DocumentId) -> Response:
        return as_document(desk(request).amend(id), 201)

    @router.delete(
        "/documents/{id}", summary="Discard a draft", status_code=204, response_class=Response, responses=gone()
    )
    def discard(request: Request, id: DocumentId) -> Response:
        desk(request).discard(id)
        return Response(status_code=204)

    @router.get(
        "/documents/{id}/print/{form}",
        summary="As text, Markdown, HTML or PDF; the PDF of a signed document is the pages that were signed",
        response_class=Response,
        responses={**document_answers(), 404: gone()[404]},
    )
    def printed(request: Request, id: DocumentId, form: Format) -> Response:
        media, suffix = DOCUMENT_TYPES[form]
        name = f'inline; filename="document-{id[:8]}.{suffix}"'
        headers = {"cache-control": "no-store", "content-disposition": name}
        return Response(printed_document(desk(request), id, form), media_type=media, headers=headers)

    return router
