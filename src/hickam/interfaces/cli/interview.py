"""``hickam interview``: questions and answers on plain lines, from a terminal or a pipe.

The dialogue goes to standard output (with --format json to standard error, so that standard output is the answer
alone). Answers are written to a file only when --save names one, readable by its owner alone.
"""

from __future__ import annotations

import argparse
import datetime
import io
import os
import sys
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec.structs import replace

from hickam.errors import HickamError
from hickam.intake.reading import understood_nothing
from hickam.model.condition import Level
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
from hickam.services.settings import chosen
from hickam.writing.screen import Style
from hickam.writing.terminal import render
from hickam.writing.words import likelihood_word, percent

WELCOME = "One question at a time. You may also answer: ? (not known), back, why, stop."
CHANGED = "The knowledge has changed since this interview began; the answers were kept."
NOTHING = "Nothing was answered, so there is no differential: it would only be the average patient."
NOW = "This may be an emergency: do not wait for the end of these questions."
STOP = ("stop", "quit", "exit")


def interview_command(options: argparse.Namespace) -> int:
    """Ask until nothing more matters, 'stop', or the end of the input; then print the assessment."""
    knowledge = open_knowledge(options.pack)
    dialogue = Dialogue(knowledge, sys.stderr if options.format == "json" else sys.stdout, options.save)
    state = dialogue.run(_start(knowledge, options, dialogue))
    case = case_of(knowledge, state)
    if understood_nothing(case):
        print(f"hickam: {NOTHING}", file=sys.stderr)
        return 3
    found = assess(knowledge, case, Options(reader=state.reader, as_of=datetime.date.today().isoformat()))
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
        return 0
    if found.reader == "patient":
        from hickam.services.documents import Wanted, document

        print("\n" + document(knowledge, case, found, Wanted(form="text", reader="patient")).decode(), end="")
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
        self.level: Level = "self_care"
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    def run(self, state: State) -> State:
        """Every question until the end; returns the final state."""
        self.say(WELCOME)
        self.keep(state)
        while (question := next_question(self.knowledge, state)) is not None:
            self.show(question, state)
            after = self.listen(question, state)
            if after is None:
                self.say("\nStopped here; this is the answer so far.")
                return state
            state = after
            self.keep(state)
            self.report(state)
        done = progress(self.knowledge, state)
        enough = (
            "as many questions as one interview asks" if done.asked >= done.most else "no more would change the answer"
        )
        self.say(f"\nThat is all: {enough}.")
        return state

    def show(self, question: Question, state: State) -> None:
        """The question with its choices and how far the interview is."""
        where = progress(self.knowledge, state)
        left = f"; {where.fixed_left} that everyone is asked are left" if where.fixed_left else ""
        about = (
            "About the person"
            if question.part == "person"
            else f"Question {where.asked + 1} of at most {where.most}{left}"
        )
        self.say(f"\n{about}")
        self.say(question.text + (f" ({question.unit})" if question.unit else ""))
        if question.kind in ("choice", "screen"):
            for number, choice in enumerate(question.choices, 1):
                self.say(f"  {number:>2} {choice.name}")

    def listen(self, question: Question, state: State) -> State | None:
        """The state after the answer, None for the end. Asks again until the answer can be read."""
        self.say(f"  [{hint(question)}]")
        while (typed := self.line()) is not None:
            word = typed.strip().lower()
            if word in STOP:
                return None
            if word == "why":
                self.say(f"  {question.why}")
            elif word == "back" and state.answers:
                return back(state)
            elif word == "back":
                self.say("  This is the first question.")
            else:
                try:
                    return answer(state, question.id, read_answer(question, typed))
                except AnswerError as error:
                    self.say(f"  Not understood: {error}.")
        return None

    def line(self) -> str | None:
        """One line of input, None at its end; echoed when nobody typed it."""
        print("> ", end="", file=self.out, flush=True)
        typed = sys.stdin.readline()
        if not sys.stdin.isatty():
            self.say(typed.strip())
        return typed or None

    def report(self, state: State) -> None:
        """The first three causes and the urgency, once anything is known."""
        if understood_nothing(case_of(self.knowledge, state)):
            return
        now = standing(self.knowledge, state)
        word = likelihood_word if state.reader == "patient" else percent
        self.say("  so far: " + "; ".join(f"{name} {word(chance)}" for name, chance in now.leading))
        self.say(f"  {now.urgency}")
        if now.level == "emergency" != self.level:
            self.say(f"  {NOW}")
        self.level = now.level

    def keep(self, state: State) -> None:
        """Write the state to the file that --save names."""
        if self.save is not None:
            target = os.open(self.save, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(target, "wb") as file:
                file.write(to_json(state))

    def say(self, text: str) -> None:
        """One line of the dialogue."""
        print(text, file=self.out, flush=True)


def _start(knowledge: Knowledge, options: argparse.Namespace, dialogue: Dialogue) -> State:
    """A new interview, or the saved one with what the options say instead."""
    if options.age is not None and not 0 <= options.age <= 120:
        raise _usage("--age", f"{options.age:g} is not an age", "give years from 0 to 120")
    if not options.resume:
        return begin(
            knowledge,
            options.story,
            age=options.age,
            sex=options.sex,
            setting=options.setting or "primary_care",
            reader=chosen("reader", options.reader),  # type: ignore[arg-type]
        )
    if options.story is not None:
        raise _usage(
            "STORY", "a story and --resume were both given", "the saved interview has its story; leave one out"
        )
    state = resume(knowledge, Path(options.resume).read_bytes())
    if state.pack != knowledge.pack.hash:
        dialogue.say(CHANGED)
    given = {name: getattr(options, name) for name in ("age", "sex", "setting", "reader")}
    return replace(state, **{name: value for name, value in given.items() if value is not None})


def _usage(where: str, what: str, fix: str) -> HickamError:
    return HickamError(code="bad-usage", where=where, what=what, why="the interview cannot begin", fix=fix)
