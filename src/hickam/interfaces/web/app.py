"""``create_app(knowledge)``: the web application over one pack."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response

from hickam.errors import HickamError
from hickam.intake.errors import IntakeError
from hickam.interfaces.cds.trust import Trust
from hickam.interfaces.web.access import Access, FormTokens, Gate
from hickam.interfaces.web.api import api_routes
from hickam.interfaces.web.articles import article_routes
from hickam.interfaces.web.cds import cds_routes
from hickam.interfaces.web.editorial_api import Editing, editorial_api
from hickam.interfaces.web.editorial_pages import editorial_pages
from hickam.interfaces.web.etag import HERE, Assets
from hickam.interfaces.web.feedback import feedback_routes
from hickam.interfaces.web.fhir import fhir_routes
from hickam.interfaces.web.guard import Guard, Limits
from hickam.interfaces.web.login import Entry, login_routes, me_routes
from hickam.interfaces.web.observe import Observer
from hickam.interfaces.web.openapi import describe
from hickam.interfaces.web.operation import operation_routes
from hickam.interfaces.web.pages import Pages, error_response, page_routes
from hickam.interfaces.web.problems import ProblemError, as_problem, as_response
from hickam.interfaces.web.provider import provider_routes
from hickam.interfaces.web.public import public_routes
from hickam.interfaces.web.rates import Rates
from hickam.interfaces.web.saved_cases import saved_case_routes
from hickam.interfaces.web.saved_documents import saved_document_routes
from hickam.interfaces.web.serving import Serving
from hickam.interfaces.web.transcribing import transcribe_routes
from hickam.interfaces.web.visits import visit_routes
from hickam.interfaces.web.workers import Worker
from hickam.knowledge.issues import PackError
from hickam.services.accounts import Accounts
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import Store, open_store

EXPECTED = (ProblemError, HickamError, IntakeError, PackError, RequestValidationError, HTTPException)


def create_app(
    knowledge: Knowledge,
    limits: Limits | None = None,
    trust: Trust | None = None,
    store: Store | None = None,
    serving: Serving | None = None,
) -> FastAPI:
    """The application. It keeps nothing of a case but the engine's few most recent ones, in memory, and what a person
    saves, in ``store`` (None: the user's own)."""
    limits, store, serving = limits or Limits(), store or open_store(), serving or Serving()
    ready = asyncio.Event()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worker.start()
        loading = asyncio.create_task(_load(worker, ready))
        yield
        loading.cancel()
        worker.stop()

    app = FastAPI(
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry={"tracing": False, "logs": False},  # its spans hold queries, its logs the texts of errors
    )
    describe(app)
    app.state.self_service = serving.self_service
    pages = Pages(knowledge, team=serving.team, self_service=serving.self_service)

    async def on_error(request: Request, error: Exception) -> Response:
        problem = as_problem(error)
        if isinstance(error, PackError):
            return as_response(problem)
        return error_response(pages, request, problem)

    for kind in EXPECTED:
        app.add_exception_handler(kind, on_error)

    def respond(request: Request, problem: ProblemError) -> Response:
        return error_response(pages, request, problem)

    observer, tokens = Observer(access_log=serving.access_log), FormTokens()
    gate = Gate(Accounts(store), https=serving.https) if serving.team else None
    if serving.provider is not None:  # keeps state, nonce and verifier while the person is at the provider
        app.add_middleware(
            SessionMiddleware,
            secret_key=secrets.token_urlsafe(32),
            session_cookie="hickam-provider",
            max_age=600,
            path="/login/provider",
            https_only=serving.https,
        )
    app.add_middleware(
        Access, rates=Rates(serving.rate), gate=gate, respond=respond, tokens=tokens, callers_known=trust is not None
    )
    app.add_middleware(Guard, limits=limits, observer=observer, hosts=serving.hosts, https=serving.https)
    worker = Worker(limits.seconds, knowledge, serving.workers)
    app.include_router(api_routes(knowledge, worker))
    app.include_router(visit_routes(knowledge, worker, store))
    app.include_router(saved_case_routes(knowledge, worker, store))
    app.include_router(saved_document_routes(knowledge, worker, store))
    app.include_router(transcribe_routes(knowledge))
    app.include_router(fhir_routes(knowledge, worker))
    app.include_router(cds_routes(knowledge, worker, trust))
    if trust is not None and trust.smart:
        from hickam.interfaces.web.smart import smart_routes  # brings an OAuth client that nothing else needs

        app.include_router(smart_routes(knowledge, pages, worker, trust, store))
    app.include_router(page_routes(knowledge, pages, worker))
    app.include_router(public_routes(knowledge, pages))
    app.include_router(article_routes(knowledge, pages))
    editing = Editing(knowledge)
    app.include_router(editorial_api(editing))
    app.include_router(editorial_pages(pages, editing))
    app.include_router(feedback_routes(knowledge, pages, store))

    app.include_router(me_routes())
    if gate is not None:
        entry = Entry(gate, tokens, pages, serving.provider.name if serving.provider else "")
        app.include_router(login_routes(gate, entry, pages))
        if serving.provider is not None:
            app.include_router(provider_routes(serving.provider, gate.accounts, entry))
    app.include_router(operation_routes(knowledge, ready, observer))
    app.mount("/static", Assets(directory=HERE / "static", packages=[("hickam.writing", "assets")]), name="static")
    return app


async def _load(worker: Worker, ready: asyncio.Event) -> None:
    """Load every part that a first answer would otherwise wait for."""
    await worker.ready()
    ready.set()
