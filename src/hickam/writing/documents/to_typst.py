"""Markdown to Typst markup. Every word is a quoted Typst string, so that no story can be read as code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markdown_it.token import Token

from hickam.writing.documents.to_html import BLANK, DRAWING, FIGURE, TICK, tokens

_SPECIAL = re.compile(f"({BLANK.pattern}|{TICK})")
_WRAP = {
    "blockquote_open": "#callout[",
    "blockquote_close": "]\n\n",
    "paragraph_close": "\n\n",
    "bullet_list_open": "#list(",
    "ordered_list_open": "#enum(",
    "bullet_list_close": ")\n\n",
    "ordered_list_close": ")\n\n",
    "list_item_open": "[",
    "list_item_close": "],",
    "heading_close": "]\n\n",
    "table_close": ")\n\n",
    "thead_open": "table.header(",
    "thead_close": "),",
    "th_open": "[",
    "th_close": "],",
    "td_open": "[",
    "td_close": "],",
    "hr": "#rule\n\n",
}
SHORTEST, LONGEST = 14, 60
"""Characters of a cell that a column's width is reckoned from, at the least and at the most."""
LINE = 92
"""Characters that fit across a page in a table, its gaps left out."""
_HEIGHTS = {"people": "3.4cm", "matrix": "20cm"}
_INLINE = {"em_open": "#emph[", "strong_open": "#strong[", "em_close": "]", "strong_close": "]", "hardbreak": "\\ "}


def to_typst(markdown: str, figures: Mapping[str, str], drawing: str = "3.6cm") -> str:
    """The body of the document; ``figures``: SVG by name, ``drawing``: the height of a drawn exercise. The page's own
    functions are in templates/page.typ."""
    items = tokens(markdown)
    out: list[str] = []
    ticked = -1
    for place, token in enumerate(items):
        if token.type == "heading_open":
            out.append(f"#heading(level: {token.tag[1:]})[")
        elif token.type == "table_open":
            out.append(f"#grid-table({_columns(items[place:])}, ")
        elif token.type == "bullet_list_open" and _all_ticked(items[place:]):
            out.append("#list(marker: tick, ")
            ticked = token.level
        elif token.type == "bullet_list_close" and token.level == ticked:
            out.append(_WRAP[token.type])
            ticked = -1
        elif token.type == "inline":
            children = token.children or []
            if ticked >= 0 and children and children[0].type == "text":
                children[0].content = children[0].content.removeprefix(TICK).lstrip()
            out.append(_inline(children, figures, drawing))
        elif not (token.hidden and token.type == "paragraph_close"):
            out.append(_WRAP.get(token.type, ""))
    return "".join(out)


def _all_ticked(items: Sequence[Token]) -> bool:
    """Whether each item of the list that begins here begins with a box to tick."""
    first: list[str] = []
    for place, token in enumerate(items):
        if token.type == "bullet_list_close" and token.level == items[0].level:
            break
        if token.type == "list_item_open" and token.level == items[0].level + 1:
            first.append(next(t.content for t in items[place:] if t.type == "inline"))
    return all(text.startswith(TICK) for text in first)


def _columns(items: Sequence[Token]) -> str:
    """Column widths in proportion to the words of a usual cell, within limits, and wide enough for the longest word."""
    lengths: dict[int, list[int]] = {}
    longest: dict[int, int] = {}
    column = 0
    for token in items:
        if token.type == "tr_open":
            column = 0
        elif token.type == "inline":
            lengths.setdefault(column, []).append(len(token.content))
            longest[column] = max([longest.get(column, 0), *map(len, token.content.split())])
            column += 1
        elif token.type == "table_close":
            break
    widths = [min(max(sum(cells) / len(cells), SHORTEST), LONGEST) for cells in lengths.values()]
    for _ in range(len(widths)):  # widening one column narrows the others
        total = sum(widths)
        widths = [max(width, longest[column] * total / LINE) for column, width in enumerate(widths)]
    return "(" + ", ".join(f"{width:.1f}fr" for width in widths) + ")"


def _inline(children: Sequence[Token], figures: Mapping[str, str], drawing: str) -> str:
    out = []
    for child in children:
        if child.type in ("text", "code_inline"):
            out.append(_words(child.content))
        elif child.type == "softbreak":
            out.append(" ")
        elif child.type == "image":
            name = str(child.attrGet("src") or "").removeprefix(FIGURE)
            drawn = figures.get(name)
            height = _HEIGHTS.get(name.split("-")[0], drawing if name.startswith(DRAWING) else "9cm")
            call = f"#figure-svg({quoted(drawn or '')}, {quoted(child.content)}, {height});"
            out.append(call if drawn else _words(child.content))
        else:
            out.append(_INLINE.get(child.type, ""))
    return "".join(out)


def _words(text: str) -> str:
    parts = []
    for part in _SPECIAL.split(text):
        if part == TICK:
            parts.append("#tick;")
        elif BLANK.fullmatch(part):
            parts.append(f"#blank({len(part)});")
        elif part:
            parts.append(f"#{quoted(part)};")
    return "".join(parts)


def quoted(text: str) -> str:
    """A Typst string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
