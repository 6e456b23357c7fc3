"""The options of the commands that write pages and pictures: figure, article, site."""

from __future__ import annotations

import argparse

from hickam.interfaces.cli.options import READERS, SETTINGS, Commands, pack_option

ARTICLES = ("presentation", "topic", "clinicians", "condition", "finding", "test", "drug", "treatment")


def add_figure(commands: Commands) -> None:
    """``hickam figure``."""
    parser = commands.add_parser("figure", help="draw one figure of a case: bars, waterfall, course, people of 100")
    parser.add_argument("kind", choices=("differential", "waterfall", "course", "icons", "comparison"))
    about = "as for assess; for course a file of hickam interview --save; comparison needs none"
    parser.add_argument("case", metavar="CASE", nargs="?", default=None, help=about)
    parser.add_argument("--condition", default=None, help="for waterfall and icons (default: the leading cause)")
    parser.add_argument("--format", choices=("svg", "html", "text"), default="svg")
    parser.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="auto follows the screen")
    parser.add_argument("--out", default=None, metavar="FILE", help="write it there instead of standard output")
    parser.add_argument("--reader", choices=READERS, default=None, help="whom it is drawn for (hickam settings)")
    parser.add_argument("--language", default=None, metavar="CODE", help="language of its words (hickam settings)")
    parser.add_argument("--setting", choices=SETTINGS, default=None, help="where (default: primary_care)")
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    pack_option(parser)
    parser.set_defaults(command=_figure)


def _figure(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.figure import figure_command

    return figure_command(options)


def add_article(commands: Commands) -> None:
    """``hickam article``."""
    parser = commands.add_parser("article", help="what the pack says about one thing, as an article with its sources")
    parser.add_argument("kind", choices=ARTICLES, help="the complaint, its topic page, who treats it, or one item")
    parser.add_argument(
        "id", nargs="?", default=None, help="id or name of the condition, finding, test, drug, treatment"
    )
    parser.add_argument("--format", choices=("text", "markdown", "html", "pdf", "json"), default="text")
    parser.add_argument("--out", default=None, metavar="FILE", help="write it there instead of standard output")
    parser.add_argument("--reader", choices=READERS, default=None, help="patient: plain words (hickam settings)")
    parser.add_argument("--language", default=None, metavar="CODE", help="language of the page (hickam settings)")
    parser.add_argument("--colour", choices=("auto", "always", "never"), default="auto")
    pack_option(parser)
    parser.set_defaults(command=_article)


def _article(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.article import article_command

    return article_command(options)


def add_site(commands: Commands) -> None:
    """``hickam site``."""
    parser = commands.add_parser("site", help="every article as a static site that works offline")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    build = actions.add_parser("build", help="write the site into a folder")
    build.add_argument("out", metavar="OUT", help="a new folder, or one that an earlier build wrote")
    build.add_argument("--language", default=None, metavar="CODE", help="language of the pages (hickam settings)")
    pack_option(build)
    build.set_defaults(command=_site)


def _site(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.article import site_command

    return site_command(options)
