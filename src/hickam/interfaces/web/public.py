"""The pages about Hickam that anybody may read: limits, policy, sources, statistics, attributes, evaluation."""

from __future__ import annotations

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import FileResponse, HTMLResponse, Response

from hickam.interfaces.web.etag import tagged
from hickam.interfaces.web.pages import Pages
from hickam.interfaces.web.problems import ProblemError
from hickam.services.bibliography import bibliography
from hickam.services.evaluation_pages import PICTURES, Reports, find_reports
from hickam.services.knowledge import Knowledge
from hickam.services.pack_reports import stats
from hickam.services.source_attributes import PUBLISHED, RULE, SOURCE, source_attributes


def public_routes(knowledge: Knowledge, pages: Pages) -> APIRouter:
    """The routes; plain functions, so that a long page does not hold up other requests."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    reports = Reports(find_reports())

    @router.get("/about")
    def about(request: Request) -> Response:
        return tagged(request, pages.tag, lambda: pages.render("about.html"))

    @router.get("/editorial-policy")
    def editorial_policy(request: Request) -> Response:
        return tagged(request, pages.tag, lambda: pages.render("editorial_policy.html"))

    @router.get("/sources")
    def sources(request: Request) -> Response:
        return tagged(request, pages.tag, lambda: pages.render("sources.html", groups=bibliography(knowledge.pack)))

    @router.get("/statistics")
    def statistics(request: Request) -> Response:
        return tagged(request, pages.tag, lambda: pages.render("statistics.html", stats=stats(knowledge.pack)))

    @router.get("/source-attributes")
    def attributes(request: Request) -> Response:
        def make() -> Response:
            groups = source_attributes(knowledge.pack)
            return pages.render("source_attributes.html", groups=groups, rule=RULE, source=SOURCE, published=PUBLISHED)

        return tagged(request, pages.tag, make)

    @router.get("/evaluation")
    def evaluation(request: Request) -> Response:
        return tagged(request, pages.tag, lambda: _report(pages, reports, ""))

    @router.get("/evaluation/{name:path}")
    def report(request: Request, name: str) -> Response:
        if name in reports.pictures:
            picture = reports.pictures[name]
            return FileResponse(picture, media_type=PICTURES[picture.suffix], headers={"cache-control": "no-cache"})
        if name not in reports.texts or not name:
            raise ProblemError(404, "not-found", "There is no such report.", fix="see /evaluation")
        return tagged(request, pages.tag, lambda: _report(pages, reports, name))

    return router


def _report(pages: Pages, reports: Reports, name: str) -> Response:
    body = reports.html(name, lambda target: f"/evaluation/{target}" if target else "/evaluation")
    listed = [(f"/evaluation/{other}", reports.title(other)) for other in reports.texts if other]
    title = reports.title(name)
    return pages.render("evaluation.html", title=title, body=Markup(body), first=not name, reports=listed)
