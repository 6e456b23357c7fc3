"""Articles on the web: a page for each and its JSON twin, both from the builder that the command line uses."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from hickam.errors import HickamError
from hickam.interfaces.web.etag import tagged
from hickam.interfaces.web.pages import Pages
from hickam.interfaces.web.problems import ProblemError
from hickam.model.pack import Pack
from hickam.services.article_search import search_entry, search_script
from hickam.services.articles import ITEM_KINDS, WHOLE_KINDS, all_articles, article
from hickam.services.bibliography import source_keys
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.document import Article
from hickam.writing.articles.html import article_body
from hickam.writing.articles.pages import LISTS, WHOLE, home_body, list_body, search_body
from hickam.writing.articles.status import review_words
from hickam.writing.citations import reference


def address(item: str) -> str:
    """Where the page of an item of the pack, or of a folder, is."""
    folder, _, id = item.partition("/")
    if folder == "clinicians":
        return f"/articles/{WHOLE['clinicians'][0]}#{id}"
    return f"/{folder}/{id}" if id else f"/{folder}"


def page_address(made: Article) -> str:
    """Where the page of an article is."""
    return (
        f"/articles/{WHOLE[made.kind][0]}" if made.kind in WHOLE else address(f"{ITEM_KINDS[made.kind][0]}/{made.id}")
    )


def article_routes(knowledge: Knowledge, pages: Pages) -> APIRouter:
    """The routes; plain functions, so that a first rendering does not hold up other requests. The three long articles
    and the index of the search are written once."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/articles")
    def articles(request: Request) -> Response:
        def make() -> Response:
            found = [(article(knowledge, kind), f"/articles/{slug}", holds) for kind, (slug, holds) in WHOLE.items()]
            return _shown(
                pages, "articles", "Articles", home_body(knowledge.pack, found, address, "/search"), wide=True
            )

        return tagged(request, pages.tag, make)

    @router.get("/search")
    def search(request: Request) -> Response:
        scripts = ("/static/minisearch.js", "/search/pages.js", "/static/search.js")
        body = search_body(knowledge.pack, (*WHOLE_KINDS, *ITEM_KINDS), address)
        return tagged(request, pages.tag, lambda: _shown(pages, "articles", "Search", body, scripts=scripts))

    @router.get("/search/pages.js")
    def index(request: Request) -> Response:
        return tagged(request, pages.tag, lambda: Response(search_index(), media_type="text/javascript"))

    @cache
    def search_index() -> str:
        return search_script(search_entry(knowledge.pack, made, page_address(made)) for made in all_articles(knowledge))

    @cache
    def whole_body(kind: str, tag: str) -> tuple[str, str]:
        made = article(knowledge, kind)
        return made.title, article_body(made, address, [("Articles", "/articles")])

    def whole(kind: str) -> None:
        @router.get(f"/articles/{WHOLE[kind][0]}", name=kind)
        def one(request: Request) -> Response:
            return tagged(request, pages.tag, lambda: _shown(pages, "articles", *whole_body(kind, knowledge.tag)))

    def listing(folder: str, kind: str) -> None:
        @router.get(f"/{folder}", name=folder)
        def all_of(request: Request) -> Response:
            title = LISTS[folder][0]
            body = list_body(knowledge.pack, folder, address)
            return tagged(request, pages.tag, lambda: _shown(pages, folder, title, body, wide=True))

        @router.get(f"/{folder}/{{id}}", name=kind)
        def one(request: Request, id: str) -> Response:
            if id not in getattr(knowledge.pack, folder):
                raise ProblemError(404, "not-found", f"The pack has no {kind} of this id.", fix="see the list")
            return tagged(request, pages.tag, lambda: _page(pages, folder, article(knowledge, kind, id)))

    for kind in WHOLE_KINDS:
        whole(kind)
    for kind, (folder, _) in ITEM_KINDS.items():
        listing(folder, kind)
    return router


def _page(pages: Pages, section: str, made: Article) -> Response:
    return _shown(pages, section, made.title, article_body(made, address, [(LISTS[section][0], f"/{section}")]))


def _shown(
    pages: Pages, section: str, title: str, body: str, *, wide: bool = False, scripts: tuple[str, ...] = ()
) -> Response:
    return pages.render("article.html", section=section, title=title, body=Markup(body), wide=wide, scripts=scripts)


def article_data(knowledge: Knowledge, kind: str, id: str = "") -> Article:
    """The article as data; ProblemError where there is none."""
    if kind not in (ITEM_KINDS if id else WHOLE_KINDS):
        known = ", ".join(ITEM_KINDS if id else WHOLE_KINDS)
        raise ProblemError(404, "not-found", f"There are no articles of the kind {kind!r}.", fix=f"one of: {known}")
    try:
        return article(knowledge, kind, id)
    except HickamError as error:
        raise ProblemError(404, "not-found", f"The pack has no {kind} of this id.", fix="see /api/v1/pack") from error


def condition_data(pack: Pack, id: str) -> dict[str, Any]:
    """A condition's file as data, with its review state and hash and every source it names."""
    content = msgspec.to_builtins(pack.conditions[id])
    keys = dict.fromkeys(source_keys(content))
    return {
        "pack": {"id": pack.manifest.id, "version": pack.manifest.version, "hash": pack.hash},
        "hash": pack.hashes[f"conditions/{id}"],
        "review_state": review_words(pack, f"conditions/{id}"),
        "condition": content,
        "references": [msgspec.to_builtins(reference(key, pack.sources[key])) for key in keys if key in pack.sources],
    }
