"""``hickam article`` and ``hickam site build``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.cli.assess import screen_width, with_colour
from hickam.services.articles import ITEM_KINDS, article
from hickam.services.knowledge import open_knowledge
from hickam.writing.articles.document import Article
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
    made = article(open_knowledge(options.pack), options.kind, options.id or "")
    text = written(made, options)
    if options.out:
        Path(options.out).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def written(made: Article, options: argparse.Namespace) -> str:
    """The article in the form that was asked for."""
    if options.format == "json":
        return msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"
    if options.format == "markdown":
        from hickam.writing.articles.markdown import article_markdown

        return article_markdown(made)
    if options.format == "html":
        from hickam.writing.articles.html import article_page

        return article_page(made)
    from hickam.writing.articles.text import article_text

    colour = with_colour(options.colour) and not options.out
    return article_text(made, Style(colour=colour, width=screen_width()))


def site_command(options: argparse.Namespace) -> int:
    """Build the site."""
    from hickam.services.site import build_site

    out = Path(options.out)
    number = build_site(open_knowledge(options.pack), out)
    print(f"{number} pages in {out}; open {os.path.join(options.out, 'index.html')}")
    return 0
