"""What changed between two contents, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from hickam.services.editorial.desk import content_text

WORDS = re.compile(r"\s+|[^\s\w]|\w+")
Kind = Literal["same", "removed", "added"]


class Run(msgspec.Struct, frozen=True):
    """Words that stayed, went or came."""

    kind: Kind
    text: str


class Row(msgspec.Struct, frozen=True):
    """One line of the content, with its changes; ``changed`` False for a line around them."""

    runs: tuple[Run, ...]
    changed: bool


def difference(before: object, after: object, around: int = 1) -> list[Row | None]:
    """The lines that changed, with ``around`` unchanged lines about them; None where lines are left out."""
    rows = list(_rows(content_text(before).splitlines(), content_text(after).splitlines()))
    near = {
        other
        for at, row in enumerate(rows)
        if row.changed
        for other in range(max(0, at - around), min(len(rows), at + around + 1))
    }
    shown: list[Row | None] = []
    last = -1
    for at in sorted(near):
        if at > last + 1:
            shown.append(None)
        shown.append(rows[at])
        last = at
    if near and last < len(rows) - 1:
        shown.append(None)
    return shown


def _rows(before: list[str], after: list[str]) -> Iterator[Row]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Row((Run("same", line),), False) for line in before[i1:i2])
            continue
        old, new = before[i1:i2], after[j1:j2]
        for one, other in zip(old, new, strict=False):
            yield Row(tuple(_words(one, other)), True)
        yield from (Row((Run("removed", line),), True) for line in old[len(new) :])
        yield from (Row((Run("added", line),), True) for line in new[len(old) :])


def _words(before: str, after: str) -> Iterator[Run]:
    old, new = WORDS.findall(before), WORDS.findall(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Run("same", "".join(old[i1:i2]))
            continue
        if i2 > i1:
            yield Run("removed", "".join(old[i1:i2]))
        if j2 > j1:
            yield Run("added", "".join(new[j1:j2]))


def plain(rows: list[Row | None]) -> str:
    """For a terminal: [-gone-]{+come+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(
        "  …\n" if row is None else "  " + "".join(marks[run.kind].format(run.text) for run in row.runs) + "\n"
        for row in rows
    )
