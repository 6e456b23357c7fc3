"""Answers to 'how long', 'where', 'which tablets': a few words are joined to what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from hickam.intake.dialogue import answer_words as aw
from hickam.intake.dialogue.fragments import score_of, worsened
from hickam.intake.dialogue.lines import (
    EASED,
    SMALL_AGES,
    for_or_ago,
    in_time,
    named_before,
    open_end,
    placed,
    segment,
    tells,
)
from hickam.intake.dialogue.questions import MEDICINES, as_statement, asks_all_medicines, without_wh
from hickam.intake.dialogue.replies import Answer
from hickam.intake.dialogue.retelling import Retelling
from hickam.intake.dialogue.spoken import Line, added, bare_text
from hickam.intake.scene import LEG
from hickam.intake.words import stem

HOW_MUCH = re.compile(r"\bhow (?:long|often|far|much|many)\b|\bwhen\b")
WHERE = re.compile(r"\b(?:where|where's|whereabouts|which)\b")


class WhAnswer(NamedTuple):
    """One question of that kind; ``topic``: what it only names ('how's your weight?')."""

    out: Retelling
    names_drug: Callable[[Line], bool]
    question: Line
    topic: str

    def tell(self, lines: list[Line], answer: Answer) -> list[Line]:
        """Tell what the answer says of it; the lines still to be told."""
        text = bare_text(self.question)
        if MEDICINES.search(text) and (answer == "no" or not lines):
            if asks_all_medicines(text):
                self.out.say(added("I take no medicines."), None, self.question)
            return lines
        if answer == "no" and aw.DRINKS.search(text):
            self.out.say(added("no alcohol."), None, self.question)
        if not lines:
            return lines
        if aw.WORSE.search(text):
            told, rest = worsened(lines)
            for line in told:
                self.out.say(line)
            return rest
        first, rest = in_time(lines[0]), lines[1:]
        if re.search(r"\bwhat happens when\b", text):
            when = next(i for i, w in enumerate(self.question) if w.bare == "when")
            self.out.say((*open_end(as_statement(self.question[when:])), *first))
            return rest
        if tells(segment(first)) and not re.match(r"how old\b", text):
            return lines
        if aw.HOW_BAD.search(text) and (score := score_of(lines)):
            self.out.say((*added("pain"), score, *added("out of 10")))
            return rest
        self.out.say(self._joined(text, first))
        return rest

    def _joined(self, text: str, first: Line) -> Line:
        """The fragment with what was asked."""
        words = bare_text(first)
        if "old" in text.split():
            figure = next((w for w in first if w.bare[:1].isdigit() or w.bare in SMALL_AGES), None)
            return (*added("aged"), figure) if figure else first
        if EASED.search(text):
            return (*added("it eases with"), *first)
        if HOW_MUCH.search(text):
            lead = added("it bothers me") if "how often" in text else open_end(without_wh(self.question))
            return (*lead, *(first if aw.SINCE.match(words) else for_or_ago(text, first)))
        if WHERE.search(text) and not self.names_drug(first):
            noun = () if any(stem(w.bare) in LEG for w in first) else without_wh(self.question)
            if not any(stem(w.bare) in LEG for w in noun):
                noun = named_before(self.out.words) if aw.SIDED.match(words) else ()
            return (*added("pain" if aw.BODY.match(words) else "pain in"), *open_end(first), *noun)
        if self.topic:
            return (*added(f"my {self.topic}"), *first)
        if MEDICINES.search(text) or self.names_drug(first) or aw.NAMES.search(text):
            return (*added("I take"), *first)
        return placed(first)
