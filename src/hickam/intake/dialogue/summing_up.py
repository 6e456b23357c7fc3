"""A clinician who sums up and asks whether it is so: 'calves, at night, no numbness. Have I got that right?'"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hickam.intake.dialogue.questions import as_statement, foresees, tag_of, untagged
from hickam.intake.dialogue.replies import read_reply
from hickam.intake.dialogue.spoken import Line, bare_text

LEAD = r"^(?:(?:and|so|okay|now|well|right) )*"
RIGHT = re.compile(
    LEAD + r"(?:(?:have|did) i (?:got|get|understood|heard|hear|missed nothing)\b.*|(?:is )?(?:that|all that|this) "
    r"(?:about |all )?(?:right|correct|fair|it|accurate|the picture)(?: so far)?|right|correct|"
    r"is (?:that|this) a fair summary|does (?:that|all that) (?:sound|seem|cover)\b.*|am i right|"
    r"have i understood\b.*)$"
)
MISSED = re.compile(
    LEAD + r"(?:(?:is there |have i |did i )?(?:anything|something) (?:else )?(?:that )?i(?:'ve| have)? "
    r"(?:missed|left out|forgotten)|(?:have i |did i )?(?:missed|miss|left|forgotten) anything(?: out)?|"
    r"anything to add|anything else(?: to add)?)$"
)
"""The other way round: here a no agrees."""
AGREED = re.compile(
    r"^(?:that's (?:it|about it|me|right|the (?:size|long and short) of it)|in a nutshell|spot on|you have|you did|"
    r"perfect(?:ly)?|exactly|more or less|pretty much|got it in one|i think so|i believe so|just about|"
    r"that (?:sounds|is|about covers|covers)\b.*|word for word|bang on|couldn't have put it better)"
)
NEW = re.compile(
    r"^(?:no|not|but|it's|they're|you|you're|you've|your|he|he's|she|she's|"
    r"and (?:it|it's|the|they|they're|you|you're|you've|your|no|not|he|he's|she|she's|at|when|that|that's))\b"
)
"""Begins a clause of its own after a comma."""
PARTS = 3
"""Words of a sentence with its own 'is that right?' from which on it sums up rather than asks."""


def sums_up(lines: Sequence[Line]) -> bool:
    """Whether a turn ends by asking if what was just said is so."""
    last = next((line for line in reversed(lines) if len(line) > 1 or line[-1].text.endswith("?")), lines[-1])
    return len(lines) > 1 and (RIGHT.match(bare_text(last)) or MISSED.match(bare_text(last))) is not None


def summary_of(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The sentences that sum up, as the patient would say them; no plan, nor an earlier question."""
    said = [line for line in lines[:-1] if not foresees(line)]
    asked = max((i for i, line in enumerate(said) if line[-1].text.endswith("?")), default=-1)
    return tuple(as_statement(part) for line in said[asked + 1 :] for part in clauses(line))


def clauses(line: Line) -> list[Line]:
    """'No numbness, no back pain, and it's worse at night': three; but 'no numbness, tingling or swelling' is one."""
    for i in range(1, len(line) - 1):
        if line[i - 1].text[-1] in ",;" and NEW.match(bare_text(line[i : i + 2])):
            return [line[:i], *clauses(line[i:])]
    return [line]


def agrees(check: Line, first: Line) -> bool:
    """Whether the answer lets the summary stand."""
    answer = read_reply(first).answer
    wanted = "no" if MISSED.match(bare_text(check)) else "yes"
    return answer == wanted or (answer != "no" and AGREED.match(bare_text(first)) is not None)


def is_list_with_tag(line: Line) -> bool:
    """'So no numbness, no back pain, and it's worse at night, is that right?': a summary in one sentence."""
    body = untagged(line)
    return tag_of(line) > 0 and sum(w.text.endswith(",") for w in body[1:-1]) > 1 and len(body) > PARTS
