"""``python -m hickam.services.editorial.weigh``: what a change does to every case, in a process of its own.

Weighing hundreds of cases takes seconds; in the server's own process everybody who types would wait for it. Reads one
JSON object from standard input (``root``, ``reference``, and for a change not yet submitted ``item`` and ``text``),
writes ``Weighed`` to standard output. Runs at a lower priority than the server.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from hickam.services.editorial.desk import Desk, read_content
from hickam.services.editorial.effect import CaseRecord, Effect, cases_resting_on
from hickam.services.editorial.sheet import effect_of


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A content by its reference, or a text that is not submitted yet."""

    root: str
    reference: str = ""
    item: str = ""
    text: str = ""


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """``effect``: against the content approved last or the pack as it is; None where there is nothing to compare."""

    cases: tuple[CaseRecord, ...]
    effect: Effect | None


def weigh(asked: Asked) -> Weighed:
    """Weigh every case with and without the change; raises HickamError or PackError."""
    desk = Desk(Path(asked.root))
    found = read_content(asked.item, asked.text) if asked.text else desk.find(asked.reference)
    if isinstance(found, list):
        raise ValueError("the text was to be checked first")
    cases = tuple(cases_resting_on(desk.knowledge, found.item))
    return Weighed(cases=cases, effect=effect_of(desk, found, desk.approved_before(found)))


if __name__ == "__main__":
    os.nice(10)
    sys.stdout.buffer.write(msgspec.json.encode(weigh(msgspec.json.decode(sys.stdin.buffer.read(), type=Asked))))
