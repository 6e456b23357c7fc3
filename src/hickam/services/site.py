"""A static site of every article: plain files that work from a folder, a stick or a server, search included."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from hickam.errors import HickamError
from hickam.model.pack import Pack
from hickam.services.article_search import search_entry, search_script
from hickam.services.articles import ITEM_KINDS, WHOLE_KINDS, all_articles, article
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.document import Article
from hickam.writing.articles.html import Address, article_body, page
from hickam.writing.articles.pages import LISTS, WHOLE, about_body, home_body, list_body, search_body
from hickam.writing.language import N_, _

WHOLE_PAGES = {kind: f"{slug}.html" for kind, (slug, _holds) in WHOLE.items()}
NAV = (
    (N_("Overview"), "overview.html"),
    (N_("Differential"), "differential.html"),
    (N_("Who treats"), "who-treats.html"),
    *((title, f"{folder}/index.html") for folder, (title, _holds) in LISTS.items()),
    (N_("Search"), "search.html"),
    (N_("About"), "about.html"),
)
ASSETS = ("base.css", "icon.svg", "minisearch.js", "minisearch.LICENSE.txt", "search.js")
MARK = ".hickam-site"
"""A file that says the folder was written by this program, and may be written again."""


def build_site(knowledge: Knowledge, out: Path) -> int:
    """Write every page into ``out``; the number of pages. Raises HickamError for a folder that holds something else."""
    _prepare(out)
    pack = knowledge.pack
    written: list[Path] = []
    index: list[dict[str, str]] = []
    for made in all_articles(knowledge):
        path = page_of(made)
        written.append(_write(out, path, _article_page(made, path)))
        index.append(search_entry(pack, made, path))
    about = article(knowledge, "topic")
    for path, title, body, scripts in _other_pages(knowledge, pack):
        parts: dict[str, Any] = {"scripts": scripts, "wide": path.endswith("index.html")}
        written.append(_write(out, path, _page(title, body, about, path, **parts)))
    for name in ASSETS:
        _write(out, f"assets/{name}", files("hickam.writing").joinpath(f"assets/{name}").read_text(encoding="utf-8"))
    _write(out, "assets/pages.js", search_script(index))
    _remove_stale(out, written)
    return len(written)


def page_of(made: Article) -> str:
    """'conditions/gout.html', 'overview.html'."""
    return WHOLE_PAGES.get(made.kind) or f"{ITEM_KINDS[made.kind][0]}/{made.id}.html"


def address_from(path: str) -> Address:
    """Addresses of items as seen from a page: relative, so that a folder can be moved."""
    root = "../" * path.count("/")

    def address(item: str) -> str:
        folder, _, id = item.partition("/")
        if folder == "clinicians":
            return f"{root}{WHOLE_PAGES['clinicians']}#{id}"
        return f"{root}{folder}/{id or 'index'}.html"

    return address


def _article_page(made: Article, path: str) -> str:
    folder = path.partition("/")[0] if "/" in path else ""
    crumbs = [(_(LISTS[folder][0]), "index.html")] if folder else []
    return _page(made.title, article_body(made, address_from(path), crumbs), made, path)


def _page(title: str, body: str, about: Article, path: str, **parts: Any) -> str:
    folder = path.partition("/")[0]
    section = f"{folder}/index.html" if "/" in path else ""
    nav = [(_(name), href) for name, href in NAV]
    return page(
        title,
        body,
        about,
        root="../" * path.count("/"),
        nav=nav,
        here=path,
        section=section,
        **parts,
    )


def _other_pages(knowledge: Knowledge, pack: Pack) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """(path, title, body, scripts) of home, lists, search and about."""
    address = address_from("index.html")
    leading = [(article(knowledge, kind), WHOLE_PAGES[kind], _(holds)) for kind, (_slug, holds) in WHOLE.items()]
    yield "index.html", pack.manifest.title, home_body(pack, leading, address, "search.html"), ()
    for folder, (title, _holds) in LISTS.items():
        path = f"{folder}/index.html"
        yield path, _(title), list_body(pack, folder, address_from(path)), ()
    scripts = ("minisearch.js", "pages.js", "search.js")
    yield "search.html", _("Search"), search_body(pack, (*WHOLE_KINDS, *ITEM_KINDS), address), scripts
    yield "about.html", _("About and limits"), about_body(pack, leading[0][0]), ()


def _prepare(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise _refused(out, "is a file", "name a folder")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        raise _refused(out, "holds other files", "name a new or empty folder")
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("Written by hickam site build; may be written again.\n", encoding="utf-8")


def _refused(out: Path, what: str, fix: str) -> HickamError:
    why = "building would mix the site with something else"
    return HickamError(code="site-folder", where=str(out), what=what, why=why, fix=fix)


def _write(out: Path, path: str, text: str) -> Path:
    target = out / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def _remove_stale(out: Path, written: list[Path]) -> None:
    """Pages of an earlier build whose item is gone."""
    for path in set(out.rglob("*.html")) - set(written):
        path.unlink()
