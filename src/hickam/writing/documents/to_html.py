"""Markdown to the tokens every renderer reads, and to HTML with the figures inside."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

BLANK = re.compile(r"_{4,}")
TICK = "☐"
FIGURE = "figure:"
DRAWING = "drawing-"


def parser() -> MarkdownIt:
    """CommonMark with tables; raw HTML, and links that a story may hold, stay text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["autolink", "html_inline", "html_block"])


def tokens(markdown: str) -> list[Token]:
    """The document as a list of tokens."""
    return parser().parse(markdown)


def to_html(markdown: str, figures: Mapping[str, str], words: Mapping[str, str]) -> str:
    """The body of a page. ``figures``: SVG by name. ``words``: 'blank', the spoken name of a blank to fill."""
    engine = parser()

    def image(self: Any, items: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = items[index]
        name = str(token.attrGet("src") or "").removeprefix(FIGURE)
        drawn = figures.get(name)
        kind = "drawing" if name.startswith(DRAWING) else "figure"
        return f'<span class="{kind}">{drawn}</span>' if drawn else html.escape(token.content)

    def text(self: Any, items: Sequence[Token], index: int, options: Any, env: Any) -> str:
        safe = html.escape(items[index].content, quote=False)
        gap = f'<span class="blank" role="img" aria-label="{html.escape(words["blank"])}"></span>'
        return BLANK.sub(gap, safe).replace(TICK, f'<span class="tick" aria-hidden="true">{TICK}</span>')

    engine.add_render_rule("image", image)
    engine.add_render_rule("text", text)
    made = str(engine.render(markdown)).replace("<th>", '<th scope="col">')
    return made.replace('<li><span class="tick"', '<li class="box"><span class="tick"')
