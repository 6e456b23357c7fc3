"""The pages of a site that are no articles: home, lists, search, about. Bodies only; ``html.page`` wraps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from hickam.model.pack import Pack
from hickam.writing.articles.assemble import capital
from hickam.writing.articles.document import Article
from hickam.writing.articles.finding import KIND_NAMES
from hickam.writing.articles.html import Address, environment
from hickam.writing.articles.status import updated_words
from hickam.writing.language import N_, _
from hickam.writing.words import CATEGORY_NAMES

Entry = tuple[str, str, str, str]
"""Name, address, a word beside it, a mark ('' for none)."""
WHOLE = {
    "topic": (
        "overview",
        N_("In plain words: causes and risk factors, symptoms, when to seek help, diagnosis, treatment, prevention."),
    ),
    "presentation": (
        "differential",
        N_("For clinicians: causes in tiers and groups, how to tell them apart, what to ask, examine, test."),
    ),
    "clinicians": (
        "who-treats",
        N_("Where to start, which specialist for which suspected cause, and when not to wait."),
    ),
}
"""Kind of article of which a pack has one -> its name in addresses and what it holds."""
LISTS = {
    "conditions": (
        N_("Conditions"),
        N_("conditions, exposures and states that can be present."),
    ),
    "findings": (
        N_("Findings"),
        N_("things that can be asked, examined or tested. Each is present, absent or not asked."),
    ),
    "tests": (N_("Tests"), N_("tests: what each is for, how good it is, when it is not worth doing.")),
    "drugs": (N_("Medicines"), N_("medicines and classes: their part in cramps and what to do about it.")),
    "treatments": (N_("Treatments"), N_("treatments: what each does, how sure that is, its harms.")),
}
"""Folder of the pack -> title of its list and what it holds."""


def lists(pack: Pack, address: Address) -> list[tuple[str, str, int]]:
    """(title, address, number of items) of each list."""
    return [(_(title), address(folder), len(getattr(pack, folder))) for folder, (title, _holds) in LISTS.items()]


def list_body(pack: Pack, folder: str, address: Address) -> str:
    """All items of a folder, grouped as a reader looks for them."""
    title, holds = map(_, LISTS[folder])
    items = sorted(getattr(pack, folder).values(), key=lambda item: str(item.name).lower())
    groups = [(name, list(_entries(folder, members, address))) for name, members in _groups(folder, items)]
    return _rendered("list.html", title=title, lead=f"{len(items)} {holds}", groups=groups)


def home_body(pack: Pack, articles: Sequence[tuple[Article, str, str]], address: Address, search: str) -> str:
    """The first page; ``articles``: (article, address, what it holds); ``search``: where the search page is."""
    return _rendered("home.html", pack=pack, articles=articles, lists=lists(pack, address), search=search)


def search_body(pack: Pack, kinds: Sequence[str], address: Address) -> str:
    """The search page; it works from a file, and says where the lists are when scripts are off."""
    return _rendered("search.html", kinds=kinds, lists=lists(pack, address))


def about_body(pack: Pack, about: Article) -> str:
    """Use and limits, editorial policy, feedback, what the marks mean."""
    return _rendered("about.html", pack=pack, updated=updated_words(about.status))


def _groups(folder: str, items: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    keys: dict[str, tuple[Callable[[Any], str], dict[str, str]]] = {
        "conditions": (lambda item: item.category, CATEGORY_NAMES),
        "findings": (lambda item: item.kind, KIND_NAMES),
        "tests": (lambda item: item.kind, {item.kind: item.kind for item in items} if folder == "tests" else {}),
    }
    if folder not in keys:
        yield "All", items
        return
    key, names = keys[folder]
    for name, words in names.items():
        members = [item for item in items if key(item) == name]
        if members:
            yield capital(_(words)), members


def _entries(folder: str, items: Iterable[Any], address: Address) -> Iterator[Entry]:
    for item in items:
        marks = (
            (getattr(item, "do_not_miss", None), N_("do not miss")),
            (getattr(item, "red_flag_screen", False), N_("danger sign")),
            (getattr(item, "avoid", False), N_("avoid")),
        )
        mark = next((_(name) for holds, name in marks if holds), "")
        yield capital(item.name), address(f"{folder}/{item.id}"), item.lay_name, mark


def _rendered(template: str, **parts: object) -> str:
    return environment().get_template(template).render(**parts)
