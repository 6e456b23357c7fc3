"""``hickam article`` and ``hickam site build``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.cli.assess import screen_width, with_colour
from hickam.interfaces.cli.output import put
from hickam.services.articles import ITEM_KINDS, article
from hickam.services.knowledge import open_knowledge
from hickam.services.settings import chosen
from hickam.writing.articles.document import Article
from hickam.writing.language import open_language, speaking
from hickam.writing.screen import Style


def article_command(options: argparse.Namespace) -> int:
    """One article, in one form, to standard output or a file."""
    if options.id and options.kind not in ITEM_KINDS:
        raise HickamError(
            code="one-article",
            where=f"article {options.kind}",
            what=f"{options.id!r} after it",
            why="a pack has one article of this kind",
            fix=f"leave it out, or ask for one of: {', '.join(ITEM_KINDS)}",
        )
    patient = chosen("reader", options.reader) == "patient"
    with speaking(open_language(chosen("language", options.language))):
        data = written(article(open_knowledge(options.pack), options.kind, options.id or "", patient=patient), options)
    if options.out:
        Path(options.out).write_bytes(data)
    else:
        put(data, None, binary=options.format == "pdf")
    return 0


def written(made: Article, options: argparse.Namespace) -> bytes:
    """The article in the form that was asked for."""
    if options.format == "json":
        return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    if options.format == "markdown":
        from hickam.writing.articles.markdown import article_markdown

        return article_markdown(made).encode()
    if options.format == "html":
        from hickam.writing.articles.html import article_page

        return article_page(made).encode()
    if options.format == "pdf":
        from hickam.writing.articles.pdf import article_pdf

        return article_pdf(made)
    from hickam.writing.articles.text import article_text

    colour = with_colour(options.colour) and not options.out
    return article_text(made, Style(colour=colour, width=screen_width())).encode()


def site_command(options: argparse.Namespace) -> int:
    """Build the site."""
    from hickam.services.site import build_site

    out = Path(options.out)
    with speaking(open_language(chosen("language", options.language))):
        number = build_site(open_knowledge(options.pack), out)
    print(f"{number} pages in {out}; open {os.path.join(options.out, 'index.html')}")
    return 0
