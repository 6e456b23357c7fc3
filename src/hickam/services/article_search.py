"""What the search page knows: for each article its title, kind, address, other names and a line of text.

The words that somebody types stay in their browser: the whole index is sent, and nothing is asked of a server.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Any

import msgspec

from hickam.model.pack import Pack
from hickam.services.articles import ITEM_KINDS
from hickam.writing.articles.document import Article
from hickam.writing.articles.pages import WHOLE

_SPACES = re.compile(r"\s+")
LONGEST = 220
"""Characters of the line of text."""


def search_entry(pack: Pack, made: Article, url: str) -> dict[str, str]:
    """t title, k kind, u address, n other names (synonyms, brands, what patients say), x a line of text."""
    item: Any = getattr(pack, ITEM_KINDS[made.kind][0])[made.id] if made.kind in ITEM_KINDS else None
    names = [item.lay_name] if item is not None else [*pack.manifest.complaint_phrases]
    for value in getattr(item, "values", ()):
        names += [value.name, value.lay_name, *value.synonyms, *value.phrases]
    for field in ("synonyms", "mentions", "phrases", "members", "brands", "class_words"):
        names += getattr(item, field, ())
    text = made.lead.plain if made.lead else (item.lay_name if item is not None else WHOLE[made.kind][1])
    unique = dict.fromkeys(_SPACES.sub(" ", name) for name in names)
    line = textwrap.shorten(text, LONGEST, placeholder=" …")
    return {"t": made.title, "k": made.kind, "u": url, "n": " · ".join(unique), "x": line}


def search_script(entries: Iterable[dict[str, str]]) -> str:
    """The index as a script, since a page opened from a file may not fetch data."""
    data = msgspec.json.encode(list(entries)).decode().replace("</", "<\\/")
    return f"window.HICKAM_PAGES = {data};\n"
