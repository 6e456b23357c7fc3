"""A figure inside a page: the picture, its caption, and the same content as a table for those who want the words."""

from __future__ import annotations

from html import escape

from hickam.writing.figures.drawing import Figure
from hickam.writing.language import _


def figure_html(figure: Figure, *, table: bool = True) -> str:
    """``<figure>`` with SVG, caption and, unless ``table`` is off, the rows behind a disclosure."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in figure.columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in figure.rows
    )
    words = (
        '<details class="figure-words"><summary>' + escape(_("The same as a table")) + "</summary>"
        f'<div class="scroll" role="region" aria-label="{escape(figure.title)}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
        if table
        else ""
    )
    caption = f"<strong>{escape(figure.title)}.</strong> {escape(figure.description)}"
    return f'<figure class="figure figure-{figure.kind}">{figure.svg}<figcaption>{caption}</figcaption>{words}</figure>'
