"""What is known of a stretch of a dialogue before its words are read: answered no, doubtful, a relative's, examined.

A question's words say nothing by themselves; with a mark the answer decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple

from hickam.intake.flags import ASKED, COND, DOUBT, FAMILY, HYPO, NEG, OPINION, VOID
from hickam.intake.statements import SIDES, Said, Side, Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token
from hickam.model.case import Span

Known = Literal["affirmed", "denied", "doubtful", "family", "examined", "meant"]
"""``meant``: its words are not read, only what they mean."""
Meaning = tuple[str, Literal["present", "absent"]]
_SET = {"affirmed": 0, "examined": 0, "denied": NEG, "doubtful": VOID, "family": FAMILY, "meant": VOID}
_CLEARED = HYPO | COND | ASKED | DOUBT | OPINION


class Mark(NamedTuple):
    """Characters start..end (end exclusive) of the text, and what is known of them; ``means``: findings that they
    state whatever their words."""

    start: int
    end: int
    known: Known
    means: tuple[Meaning, ...] = ()


def mark_flags(tokens: Sequence[Token], flags: list[int], marks: Sequence[Mark]) -> None:
    """Give the tokens of each mark its flag; a question that was answered is no longer a question."""
    for i, t in enumerate(tokens):
        mark = mark_at(marks, t.start)
        if mark is not None:
            settled = mark.known not in ("family", "examined")
            flags[i] = (flags[i] & ~_CLEARED if settled else flags[i]) | _SET[mark.known]


def mark_at(marks: Sequence[Mark], start: int) -> Mark | None:
    """The mark that holds a character; ``marks`` are in order and apart."""
    at = bisect_right(marks, start, key=lambda m: m.start) - 1
    return marks[at] if at >= 0 and start < marks[at].end else None


def mark_statements(stated: Sequence[Statement], marks: Sequence[Mark], vocabulary: Vocabulary) -> list[Statement]:
    """The statements with what the marks say of them. A denied normal ('is sensation fine?' 'no') says nothing sure."""
    within = [(s, mark_at(marks, s.span.start)) for s in stated]
    headed = {m.start for s, m in within if m is not None and not _episode(s, vocabulary)}
    return [
        s if m is None else s._replace(said=_said(s, m.known, _episode(s, vocabulary), headed=m.start in headed))
        for s, m in within
    ]


def meant_statements(
    head: str, tokens: Sequence[Token], marks: Sequence[Mark], vocabulary: Vocabulary
) -> list[Statement]:
    """What the marks mean by themselves."""
    out: list[Statement] = []
    for mark in (m for m in marks if m.means):
        lo = bisect_left(tokens, mark.start, key=lambda t: t.start)
        hi = bisect_left(tokens, mark.end, key=lambda t: t.start) - 1
        span = Span(text=head[mark.start : mark.end], start=mark.start, end=mark.end)
        out += [
            Statement("finding", id, "", state, span, lo, hi, (lo,), _side(tokens[lo : hi + 1]))
            for id, state in mark.means
            if lo <= hi and id in vocabulary.findings
        ]
    return out


def _side(tokens: Sequence[Token]) -> Side:
    """The side named in it, where it is one."""
    named = {SIDES[t.stem] for t in tokens if t.stem in SIDES}
    return named.pop() if len(named) == 1 else ""


def _episode(s: Statement, vocabulary: Vocabulary) -> bool:
    return s.kind in ("finding", "value", "absent") and vocabulary.findings[s.id].about == "episode"


def _said(s: Statement, known: Known, episode: bool, *, headed: bool) -> Said:
    if known == "examined":  # 'tender at the ankle' says where the sign is, not where the complaint is
        return "not_counted" if episode else s.said
    if known == "denied" and episode and headed:  # 'any sweats at night?' 'no' denies the sweats, not the night
        return "not_counted"
    if known == "meant":
        return "not_counted"
    if known == "affirmed":
        return "present" if s.said in ("asked", "possible") else s.said
    if known == "doubtful":
        return "asked"
    if known == "family":
        return s.said if s.id.startswith("family_") else "family"
    if s.said in ("family", "past"):
        return "not_counted"
    if s.kind == "absent":
        return "absent" if s.span.text.lower().startswith("no ") else "not_counted"
    return "absent"
