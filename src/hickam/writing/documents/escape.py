"""Values put into a Markdown template stay words: nothing in them can become markup."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

_ALWAYS = re.compile(r"[*`|]")
_EDGE_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<=\])[(:\[]|\\(?=[!-/:-@\[-`{-~])")
_BLOCK = re.compile(r"^(#{1,6}(?= |$)|[-+>=~](?=[ =~-]|$)|>)")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Overrides of the writing direction: one left open in a story would turn the rest of the page round."""
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?= |$)")


def escape(value: Any) -> Markup:
    """Any value as Markdown text on one line; Markup (what a template or a message wrote) is left as it is."""
    if isinstance(value, Markup):
        return value
    text = " ".join(_TURNING.sub("", str(value)).split())
    text = _TAG.sub(lambda found: "\\" + found.group(), text)
    text = _ALWAYS.sub(lambda found: "\\" + found.group(), text)
    text = _EDGE_UNDERSCORE.sub(lambda found: "\\_" * len(found.group()), text)
    text = _BLOCK.sub(lambda found: "\\" + found.group(), text)
    return Markup(_NUMBERED.sub(r"\1\\\2", text))
