"""Shorthand written out: 'Mg low, f/u?' is 'magnesium low, follow-up?'. What the pack itself calls something stays."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from pathlib import Path

from hickam.answers.words import words
from hickam.knowledge.yaml12 import read_yaml

TABLE = Path(__file__).with_name("shorthand.yaml")


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], re.Pattern[str]]:
    """Long forms, and what finds the short ones: as written where a key has a capital, else in either case."""
    table = read_yaml(TABLE.read_bytes())
    keys = sorted(table, key=len, reverse=True)
    either = "|".join(f"(?i:{re.escape(k)})" if k.islower() else re.escape(k) for k in keys)
    return table, re.compile(rf"(?<![\w&/'’.-])(?:{either})(?![\w&'’+-]|\.\w)")


def written_out(text: str, names: Container[str]) -> str:
    """The question with its shorthand in full; ``names`` are the pack's own, joined as by ``words``."""
    table, found = _table()

    def full(match: re.Match[str]) -> str:
        short = match.group(0)
        kept = " ".join(words(short)) in names
        return short if kept else table.get(short) or table.get(short.lower(), short)

    return found.sub(full, text)
