"""How a page is rendered; the start page and the workbench. ``public.py`` and ``articles.py`` have the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

import hickam
from hickam.intake.reading import parse
from hickam.interfaces.web.bodies import STORY
from hickam.interfaces.web.etag import assets_digest, tagged
from hickam.interfaces.web.problems import FHIR_JSON, ProblemError, as_outcome, as_response
from hickam.interfaces.web.workers import Worker
from hickam.model.assessment import Assessment
from hickam.services.assess import Options, assess, stamp
from hickam.services.knowledge import Knowledge
from hickam.services.pack_reports import stats
from hickam.writing.articles.assemble import LEVEL_NAMES
from hickam.writing.words import CATEGORY_NAMES, TIER_TITLES, decibans, likelihood_word, percent, stamp_state

NAV = (
    ("/workbench", "workbench", "Workbench"),
    ("/scribe", "scribe", "Scribe"),
    ("/articles", "articles", "Articles"),
    ("/conditions", "conditions", "Conditions"),
    ("/findings", "findings", "Findings"),
    ("/search", "search", "Search"),
    ("/about", "about", "About"),
)
"""Address, name and words of the links on top of every page."""
ACCOUNT = (("/account", "account", "Account"),)
"""Where people log in."""
COLOPHON = (
    ("/about", "about", "Intended use and limits"),
    ("/evaluation", "evaluation", "Evaluation"),
    ("/editorial-policy", "editorial-policy", "Editorial policy"),
    ("/sources", "sources", "Sources"),
    ("/statistics", "statistics", "Knowledge in numbers"),
    ("/source-attributes", "source-attributes", "Source attributes"),
    ("/editorial", "editorial", "For editors"),
)
"""The same for the links at the foot of every page."""
BASES = {
    "direct": "the source states this number for this population",
    "derived": "arithmetic on numbers the source states",
    "extrapolated": "the source states it for another population",
    "estimate": "the authors' judgement, with a wide interval",
}


class Pages:
    """Renders templates over one pack."""

    def __init__(self, knowledge: Knowledge, *, team: bool = False, self_service: bool = False) -> None:
        self.knowledge, self.team = knowledge, team
        self.environment = Environment(
            loader=PackageLoader("hickam.interfaces.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals |= {
            "version": hickam.__version__,
            "self_service": self_service,
            "assets": assets_digest(),
            "bases": BASES,
            "percent": percent,
            "decibans": decibans,
            "nav": (*NAV, *ACCOUNT) if team else NAV,
            "colophon": COLOPHON,
        }

    @property
    def tag(self) -> str:
        """Of every page: the pack's hash, its reviews and the digest of templates and assets."""
        return f"{self.knowledge.tag}-{assets_digest()}{'-team' if self.team else ''}"

    def render(self, name: str, status: int = 200, **parts: Any) -> HTMLResponse:
        """One page; the pack's stamp and disclaimer are on all of them."""
        pack = self.knowledge.pack
        common = {
            "pack": pack,
            "stamp": stamp(pack),
            "review_words": stamp_state(stamp(pack)),
        }
        return HTMLResponse(self.environment.get_template(name).render(**common, **parts), status_code=status)

    def problem(self, problem: ProblemError) -> Response:
        """An error as a page, for a person who followed a link."""
        response = self.render("problem.html", status=problem.status, problem=problem.out)
        response.headers["cache-control"] = "no-store"
        return response


def island(value: object) -> Markup:
    """Data for a script, as the content of a JSON data block (which is never run)."""
    text = json.dumps(value, ensure_ascii=False)
    for character, safe in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, safe)
    return Markup(text)


def likelihood_bands() -> list[tuple[float, str]]:
    """(least probability, word) from the likeliest word down, read off the one function that names them."""
    bands: list[tuple[float, str]] = []
    for thousandth in range(1001):
        word = likelihood_word(thousandth / 1000)
        if not bands or bands[-1][1] != word:
            bands.append((thousandth / 1000, word))
    return bands[::-1]


def page_routes(knowledge: Knowledge, pages: Pages, worker: Worker) -> APIRouter:
    """The pages' routes; they are not part of the API's description."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @cache
    def worked_example() -> Assessment:
        return assess(knowledge, parse(STORY, knowledge.vocabulary), Options(steps=0))

    def shown(request: Request, make: Callable[[], Response]) -> Response:
        return tagged(request, pages.tag, make)

    @router.get("/")
    async def start(request: Request) -> Response:
        answer = await worker.run(request, worked_example)
        leading = [item for item in answer.differential if item.tier != "unlisted"][:3]
        level = LEVEL_NAMES[answer.urgency.level]
        counts = stats(knowledge.pack)["numbers"]
        estimates = counts.get("estimate", 0) / max(1, sum(counts.values()))

        def make() -> Response:
            return pages.render(
                "start.html", story=STORY, example=answer, leading=leading, level=level, estimates=estimates
            )

        return shown(request, make)

    @router.get("/workbench")
    async def workbench(request: Request) -> Response:
        words = {
            "tiers": TIER_TITLES,
            "categories": CATEGORY_NAMES,
            "levels": LEVEL_NAMES,
            "bands": likelihood_bands(),
            "team": pages.team,
            "clinicians": {id: item.name for id, item in sorted(knowledge.pack.clinicians.items())},
        }
        return shown(request, lambda: pages.render("workbench.html", words=island(words)))

    @router.get("/scribe")
    async def scribe(request: Request) -> Response:
        words = {"levels": LEVEL_NAMES}
        return shown(request, lambda: pages.render("scribe.html", words=island(words)))

    return router


def wants_page(request: Request) -> bool:
    """Whether an error should be a page: a person's browser asked for one outside the API."""
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(("/api/", "/static/"))


def error_response(pages: Pages, request: Request, problem: ProblemError) -> Response:
    """The error as a page or as problem+json."""
    if wants_page(request):
        return pages.problem(problem)
    return as_outcome(problem) if FHIR_JSON in request.headers.get("accept", "") else as_response(problem)
