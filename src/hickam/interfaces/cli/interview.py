"""``hickam interview``: questions and answers on plain lines, from a terminal or a pipe.

The dialogue goes to standard output (with --format json to standard error, so that standard output is the answer
alone). Answers are written to a file only when --save names one, readable by its owner alone.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from pathlib import Path
from typing import TextIO

import msgspec

from hickam.errors import HickamError
from hickam.intake.reading import understood_nothing
from hickam.services.assess import Options, assess
from hickam.services.interview import (
    AnswerError,
    Question,
    State,
    answer,
    back,
    begin,
    case_of,
    hint,
    next_question,
    progress,
    read_answer,
    resume,
    standing,
    to_json,
)
from hickam.services.knowledge import Knowledge, open_knowledge
from hickam.writing.terminal import Style, render
from hickam.writing.words import likelihood_word, percent

WELCOME = "One question at a time. Also: ? not known · back · why · stop"
NOTHING = "Nothing was answered, so there is no differential: it would only be the average patient."
STOP = ("stop", "quit", "exit", "q")


def interview_command(options: argparse.Namespace) -> int:
    """Ask until nothing more matters, 'stop', or the end of the input; then print the assessment."""
    knowledge = open_knowledge(options.pack)
    state = _start(knowledge, options)
    dialogue = Dialogue(knowledge, sys.stderr if options.format == "json" else sys.stdout, options.save)
    state = dialogue.run(state)
    case = case_of(knowledge, state)
    if understood_nothing(case):
        print(f"hickam: {NOTHING}", file=sys.stderr)
        return 3
    found = assess(knowledge, case, Options(reader=state.reader, as_of=datetime.date.today().isoformat()))
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        return 0
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print("\n" + render(found, Style(colour=colour)), end="")
    return 0


class Dialogue:
    """One conversation on lines of text."""

    def __init__(self, knowledge: Knowledge, out: TextIO, save: str | None) -> None:
        self.knowledge = knowledge
        self.out = out
        self.save = Path(save) if save else None

    def run(self, state: State) -> State:
        """Every question until the end; returns the final state."""
        self.say(WELCOME)
        while (question := next_question(self.knowledge, state)) is not None:
            self.show(question, state)
            given = self.listen(question)
            if given is None:
                self.say("Stopped here; this is the answer so far.")
                return state
            state = back(state) if given == ("back",) else answer(state, question.id, given[0])
            self.keep(state)
            self.report(state)
        self.say("\nThat is all: no further question would change the answer.")
        return state

    def listen(self, question: Question) -> tuple[object, ...] | None:
        """(value,), ('back',) or None for the end. Asks again until the answer can be read."""
        return None

    def say(self, text: str) -> None:
        """One line of the dialogue."""
        print(text, file=self.out, flush=True)
