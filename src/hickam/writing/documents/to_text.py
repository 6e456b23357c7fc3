"""Markdown to plain text, wrapped: what a record system without formatting can hold."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from markdown_it.token import Token

from hickam.writing.documents.to_html import tokens

WIDTH = 88


def to_text(markdown: str) -> str:
    """Headings underlined, lists with dashes, tables as 'cell | cell', figures as their words."""
    lines: list[str] = []
    prefix: list[str] = []
    row: list[str] = []
    for token, inline in _flat(tokens(markdown)):
        match token.type:
            case "heading_open":
                lines.append("")
            case "heading_close":
                mark = "=" if token.tag == "h1" else "-"
                lines += [] if token.tag > "h2" else [mark * len(lines[-1].strip())]
            case "list_item_open":
                prefix.append(f"{token.info}. " if token.info else "- ")
            case "list_item_close":
                prefix.pop()
            case "blockquote_open":
                prefix.append("| ")
            case "blockquote_close":
                prefix.pop()
                lines.append("")
            case "bullet_list_open" | "ordered_list_open" | "table_open" if not prefix and lines and lines[-1]:
                lines.append("")
            case "paragraph_close" if not token.hidden and not prefix:
                lines.append("")
            case "bullet_list_close" | "ordered_list_close" | "table_close" if not prefix:
                lines.append("")
            case "tr_close":
                lines += _wrapped(" | ".join(row), prefix)
                row = []
            case "inline" if inline and token.meta.get("cell"):
                row.append(inline)
            case "inline":
                for part in inline.split("\n"):
                    lines += _wrapped(part, prefix)
                    prefix = [" " * len(p) if p != "| " else p for p in prefix]
            case "hr":
                lines += ["-" * WIDTH, ""]
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text + "\n"


def _flat(items: Sequence[Token]) -> list[tuple[Token, str]]:
    """Each token with its words; inline tokens of table cells are marked."""
    found, cell = [], False
    for token in items:
        cell = token.type in ("th_open", "td_open") or (cell and token.type not in ("th_close", "td_close"))
        if token.type == "inline":
            token.meta["cell"] = cell
            found.append((token, _words(token.children or [])))
        else:
            found.append((token, ""))
    return found


def _words(children: Sequence[Token]) -> str:
    parts = []
    for child in children:
        match child.type:
            case "text" | "code_inline" | "image":
                parts.append(child.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
    return "".join(parts)


def _wrapped(text: str, prefix: list[str]) -> list[str]:
    first = "".join(prefix)
    rest = "".join(p if p == "| " else " " * len(p) for p in prefix)
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first]
