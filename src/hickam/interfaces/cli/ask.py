"""``hickam ask``: one question, or a conversation. Nothing is kept unless --save names a file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hickam.errors import HickamError
from hickam.intake.reading import understood_nothing
from hickam.interfaces.cli.assess import (
    as_of_date,
    case_of_input,
    print_nothing_understood,
    read_input,
    screen_width,
    with_colour,
)
from hickam.model.answer import CitedAnswer, Turn
from hickam.model.assessment import Reader
from hickam.model.case import Case
from hickam.services.ask import AskOptions, ask
from hickam.services.claims_index import ClaimsIndex
from hickam.services.knowledge import Knowledge, open_knowledge
from hickam.services.settings import chosen
from hickam.writing.screen import Style
from hickam.writing.terminal_answer import answer_screen

if TYPE_CHECKING:
    from hickam.services.language_model import Endpoint

CONVERSATION = "hickam.conversation/1"


class Conversation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A saved conversation: the case as it was given, the questions asked, and what a follow-up may refer to."""

    schema: str = CONVERSATION
    case: str = ""
    case_is_json: bool = False
    questions: tuple[str, ...] = ()
    carry: Turn | None = None


def ask_command(options: argparse.Namespace) -> int:
    """Answer every question in turn; 2 on unusable input."""
    as_of = as_of_date(options.as_of)
    knowledge = open_knowledge(options.pack)
    claims = ClaimsIndex(knowledge, by_meaning=not options.words_only)
    kept = _resumed(options) if options.resume else _begun(options)
    case = _case(kept, knowledge, options)
    if case is not None and understood_nothing(case):
        print_nothing_understood(case)
        return 3
    _say_when_building(claims)
    reader: Reader = chosen("reader", options.reader)  # type: ignore[assignment]
    endpoint = _endpoint(options)
    proposed = _proposed(case, knowledge, endpoint)
    shown = 0
    for text in _questions(options):
        answer = ask(claims, text, case, AskOptions(reader=reader, as_of=as_of, before=kept.carry))
        if endpoint is not None:
            answer = _reworded(answer, knowledge, endpoint, proposed if shown == 0 else ())
        kept = msgspec.structs.replace(kept, questions=(*kept.questions, text), carry=answer.carry)
        _show(answer, options, first=shown == 0)
        shown += 1
        if options.save:
            _keep(kept, Path(options.save))
    if not shown:
        raise HickamError(
            code="no-question",
            where="hickam ask",
            what="no question was given",
            why="there is nothing to answer",
            fix='write it in quotes: hickam ask "does stretching help?"',
        )
    return 0


def _questions(options: argparse.Namespace) -> Iterator[str]:
    if options.question:
        yield from options.question
        return
    while True:
        if sys.stdin.isatty():
            print("? ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _begun(options: argparse.Namespace) -> Conversation:
    if options.case is None:
        return Conversation()
    name, text = read_input(options.case)
    return Conversation(case=text, case_is_json=name.endswith(".json"))


def _resumed(options: argparse.Namespace) -> Conversation:
    if options.case is not None:
        raise HickamError(
            code="two-cases",
            where="--case",
            what="a case and --resume were both given",
            why="a saved conversation has its own case",
            fix="leave one of them out",
        )
    try:
        found = msgspec.json.decode(Path(options.resume).read_bytes(), type=Conversation)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = Conversation(schema="")
    if found.schema != CONVERSATION:
        raise HickamError(
            code="not-a-conversation",
            where=options.resume,
            what="not a conversation that hickam ask --save wrote",
            why="the questions before cannot be taken up",
            fix="give the file that --save named, or start anew",
        )
    return found


def _case(kept: Conversation, knowledge: Knowledge, options: argparse.Namespace) -> Case | None:
    if not kept.case:
        return None
    return case_of_input("case.json" if kept.case_is_json else "the case", kept.case, knowledge, options)


def _endpoint(options: argparse.Namespace) -> Endpoint | None:
    if not options.language_model:
        return None
    from hickam.services.language_model import configured_endpoint

    return configured_endpoint()


def _proposed(case: Case | None, knowledge: Knowledge, endpoint: Endpoint | None) -> tuple[str, ...]:
    """What the model thinks of words that were not understood: shown to be confirmed, counted nowhere."""
    if case is None or endpoint is None:
        return ()
    from hickam.services.language_model import proposed_findings

    return tuple(
        f"“{words}” may mean: {name}. Not counted; say it in the case if it is so (proposed by the language model)."
        for words, name in proposed_findings(case, knowledge, endpoint)
    )


def _reworded(answer: CitedAnswer, knowledge: Knowledge, endpoint: Endpoint, notes: tuple[str, ...]) -> CitedAnswer:
    from hickam.services.language_model import reworded

    out = reworded(answer, knowledge, endpoint)
    return msgspec.structs.replace(out, notes=(*out.notes, *notes))


def _say_when_building(claims: ClaimsIndex) -> None:
    if not claims.built():
        print("hickam: building the index of claims, once for this pack (about half a minute) …", file=sys.stderr)


def _show(answer: CitedAnswer, options: argparse.Namespace, *, first: bool) -> None:
    if options.format == "json":
        data = msgspec.json.encode(answer)
        sys.stdout.buffer.write((msgspec.json.format(data, indent=2) if len(options.question) == 1 else data) + b"\n")
        sys.stdout.flush()
        return
    style = Style(colour=with_colour(options.colour), width=screen_width())
    if not first or len(options.question) != 1:
        print(style.bold(f"? {answer.question}"))
    print(answer_screen(answer, style), flush=True)


def _keep(kept: Conversation, path: Path) -> None:
    """Write the conversation to the file that --save names, readable by its owner alone."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(target, "wb") as handle:
        handle.write(msgspec.json.encode(kept) + b"\n")
