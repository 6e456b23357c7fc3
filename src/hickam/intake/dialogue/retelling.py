"""The retold text in the making: what was said where, and what is known of each stretch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from hickam.intake.dialogue.lines import lasting, since_day
from hickam.intake.dialogue.questions import Kind, ended
from hickam.intake.dialogue.spoken import Line, SaidWord
from hickam.intake.marks import Known, Mark, Meaning


class Part(NamedTuple):
    """Characters start..end of the retold text that one question or statement fills; ``reply``: the words that
    answered it; ``known`` and ``means`` as in Mark; ``turn``: number of the turn that says it."""

    start: int
    end: int
    known: Known | None
    reply: Line
    turn: int
    means: tuple[Meaning, ...] = ()


class Told(NamedTuple):
    """A sentence somebody said, for the note: what kind it is, and its words."""

    kind: Kind
    role: str
    line: Line


@dataclass
class Retelling:
    """The text in the making."""

    words: list[SaidWord] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    unanswered: list[tuple[Line, ...]] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """The retold story."""
        return " ".join(w.text for w in self.words)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is known of its stretches."""
        return tuple(Mark(p.start, p.end, p.known, p.means) for p in self.parts if p.known is not None)

    def say(self, line: Line, known: Known | None = None, reply: Line = (), means: tuple[Meaning, ...] = ()) -> None:
        """Add one sentence."""
        line = ended(lasting(since_day(line)))
        if not line:
            return
        start = self.length
        for w in line:
            self.starts.append(self.length)
            self.words.append(w)
            self.length += len(w.text) + 1
        turn = next((w.turn for w in (*line, *reply) if w.turn >= 0), -1)
        self.parts.append(Part(start, self.length - 1, known, reply, turn, means))

    def said_at(self, start: int, end: int) -> Line:
        """The words, as said, behind characters start..end of the text."""
        first = max(0, bisect_right(self.starts, start) - 1)
        placed = zip(self.starts[first:], self.words[first : bisect_left(self.starts, end)], strict=False)
        return tuple(w for at, w in placed if w.turn >= 0 and at + len(w.text) > start)

    def part_at(self, start: int) -> Part | None:
        """The part a character is in."""
        at = bisect_right(self.parts, start, key=lambda p: p.start) - 1
        return self.parts[at] if at >= 0 and start <= self.parts[at].end else None
