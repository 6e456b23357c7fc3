"""An article as HTML: the body for any page, and a page of its own with everything in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hickam.errors import HickamError
from hickam.writing.articles.document import Article, Matrix
from hickam.writing.articles.status import (
    REVIEW_WORDS,
    STEPS,
    evidence_kind,
    meaning,
    part_words,
    parts_sentence,
    stamp_words,
    translation_words,
    updated_words,
)
from hickam.writing.language import _, spoken

if TYPE_CHECKING:
    from jinja2 import Environment

Address = Callable[[str], str]
"""From an item of the pack (``conditions/gout``) to where its page is; '' where there is none."""


def nowhere(item: str) -> str:
    """The address of every item in a page that stands alone."""
    return ""


def article_body(article: Article, address: Address = nowhere, crumbs: Sequence[tuple[str, str]] = ()) -> str:
    """What belongs inside ``<main>``. Figures take their colours from the page's style sheet."""
    status = article.status
    return (
        environment()
        .get_template("article.html")
        .render(
            article=article,
            numbers=article.numbers,
            address=address,
            crumbs=crumbs,
            drawn=_drawn,
            evidence_kind=evidence_kind,
            steps=[(state, _(name)) for state, name in STEPS],
            meaning=meaning(status),
            translation=translation_words(article),
            updated=updated_words(status),
            parts=parts_sentence(status),
            reviewed=[part_words(part) for part in status.reviewed],
            stamp=stamp_words(article),
        )
    )


def article_page(article: Article) -> str:
    """One file that needs nothing else: style inside, no links to other pages."""
    return page(article.title, article_body(article), article, inline_style=style_sheet())


def page(title: str, body: str, about: Article, *, inline_style: str = "", **parts: object) -> str:
    """A whole page around a body; ``about`` gives stamp, review state and disclaimer."""
    from markupsafe import Markup

    given = {"root": "", "nav": (), "here": "", "section": "", "scripts": (), "wide": False} | parts
    return (
        environment()
        .get_template("page.html")
        .render(
            title=title,
            body=Markup(body),
            inline_style=Markup(inline_style),
            disclaimer=about.disclaimer,
            stamp=stamp_words(about),
            state=about.status.state,
            state_words=_(REVIEW_WORDS[about.status.state]),
            **given,
        )
    )


def style_sheet() -> str:
    """The style sheet of every page."""
    return files("hickam.writing").joinpath("assets/base.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates of this package, escaping everything; raises HickamError where Jinja is not installed."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise HickamError(
            code="pages-not-installed",
            where="HTML",
            what="not installed: jinja2",
            why="pages are written with it; text and Markdown are not",
            fix="run: pip install 'hickam[documents]' (in a checkout: make setup)",
        ) from error
    made = Environment(
        loader=PackageLoader("hickam.writing.articles"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "language": lambda: spoken().code.replace("_", "-")}
    made.filters["kind"] = lambda block: block.__struct_config__.tag
    return made


def _drawn(block: Matrix) -> object:
    from markupsafe import Markup

    from hickam.writing.figures import comparison_matrix, figure_html

    features = [(text, shares) for text, shares, _ in block.features]
    return Markup(figure_html(comparison_matrix(block.names, features, title=block.title, theme="page")))
