"""``hickam assess``."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.intake.reading import parse, understood_nothing
from hickam.intake.structured import case_from_json
from hickam.interfaces.cli.output import put
from hickam.model.assessment import Reader
from hickam.model.case import Case
from hickam.model.pack import Setting
from hickam.services.assess import Options, assess
from hickam.services.conditions import wanted_condition
from hickam.services.knowledge import Knowledge, open_knowledge
from hickam.services.settings import chosen
from hickam.writing.screen import Style
from hickam.writing.terminal import render
from hickam.writing.terminal_explain import explain

MOST_CHARACTERS = 200_000
MOST_RECORD = 20_000_000
"""Characters of a file of data: a record's bundle holds far more than one story."""
TEXT_FILES = (".txt", ".md")
LONGEST_NAME = 240
"""Longer arguments are stories: a file name has at most 255 bytes."""
NOTHING = """Nothing in this story was understood, so there is no differential.
    why it matters: an answer made from nothing would only be the average patient.
    what to do: say where and when the leg hurts, what brings it on, what eases it, how long it lasts, age and sex."""


def assess_command(options: argparse.Namespace) -> int:
    """Read the case, assess it, print it; 3 when nothing was understood."""
    as_of = as_of_date(options.as_of)
    knowledge = open_knowledge(options.pack)
    case = read_case(options.case, knowledge, options)
    if understood_nothing(case):
        print_nothing_understood(case)
        return 3
    if options.explain and options.format != "text":
        raise HickamError(
            code="explain-json",
            where="--explain",
            what="it prints text",
            why="the JSON answer already carries every contribution",
            fix=f"drop --explain, or drop --format {options.format}",
        )
    reader: Reader = chosen("reader", options.reader)  # type: ignore[assignment]
    for_a_patient = reader == "patient" and options.format == "text" and options.explain is None
    if options.format in ("markdown", "html", "pdf") or for_a_patient:
        return _report(knowledge, case, options, as_of)
    working = wanted_condition(knowledge.pack, options.explain, "--explain") if options.explain is not None else ""
    overturn = bool(working) or options.overturn
    answer = assess(
        knowledge, case, Options(reader=reader, as_of=as_of, working=working, overturn=overturn, full=options.full)
    )
    style = Style(colour=with_colour(options.colour), width=screen_width())
    if working:
        candidate = next(c for c in answer.differential if c.condition.id == working)
        print(explain(answer, candidate, style), end="")
    elif options.format == "json":
        put(msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n", options.out, binary=False)
    elif options.format == "fhir":
        from hickam.interfaces.cli.fhir import as_json
        from hickam.interfaces.fhir.assessment_out import assessment_document

        document = assessment_document(knowledge.pack, case, answer, datetime.datetime.now(datetime.UTC))
        put(as_json(document), options.out, binary=False)
    elif options.out:
        put(render(answer, Style(width=style.width), whole=options.full).encode(), options.out, binary=False)
    else:
        print(render(answer, style, whole=options.full), end="")
    return 0


def _report(knowledge: Knowledge, case: Case, options: argparse.Namespace, as_of: str) -> int:
    """The assessment report as a document."""
    from hickam.interfaces.cli.note import wanted_document
    from hickam.services.documents import write_document

    wanted = wanted_document(options, "report", options.format, as_of)
    put(write_document(knowledge, case, wanted), options.out, binary=options.format == "pdf")
    return 0


def print_nothing_understood(case: Case) -> None:
    """Say so on standard error, with what intake noted."""
    print(f"hickam: {NOTHING}", file=sys.stderr)
    for note in case.notes:
        print(f"    note: {note}", file=sys.stderr)


def read_case(given: str, knowledge: Knowledge, options: argparse.Namespace) -> Case:
    """A case from text, a file or standard input."""
    return case_of_input(*read_input(given), knowledge, options)


def case_of_input(name: str, text: str, knowledge: Knowledge, options: argparse.Namespace) -> Case:
    """A case from what was read; a name that ends in .json says that it is data."""
    if name.endswith(".json"):
        data = decoded(name, text)
        if isinstance(data, dict) and "resourceType" in data:
            from hickam.interfaces.fhir.reading import read_fhir

            as_of = as_of_date(getattr(options, "as_of", None))
            told = {key: getattr(options, key, None) for key in ("age", "sex", "setting")}
            return read_fhir(data, knowledge, as_of, **told).case
        if isinstance(data, dict):
            for key in ("age", "sex", "setting"):
                if getattr(options, key) is not None:
                    data[key] = getattr(options, key)
        return case_from_json(data, knowledge.vocabulary)
    setting: Setting = options.setting or "primary_care"
    return parse(text, knowledge.vocabulary, age=options.age, sex=options.sex, setting=setting)


def decoded(name: str, text: str) -> Any:
    """JSON, or a HickamError that says where it goes wrong."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise HickamError(
            code="bad-json",
            where=name,
            what=f"not JSON: {error}",
            why="the case cannot be read",
            fix="write one JSON object: a FHIR record, or a case (age, sex, text, present, absent, values …)",
        ) from error


def read_input(given: str) -> tuple[str, str]:
    """(name, text) of the input."""
    if given == "-":
        text = as_text("standard input", sys.stdin.buffer.read(), MOST_RECORD)
        return (
            ("standard input.json", text)
            if text.lstrip()[:1] == "{"
            else ("standard input", _checked("standard input", text))
        )
    path = Path(given) if len(given) <= LONGEST_NAME and "\n" not in given else None
    suffix = path.suffix.lower() if path else ""
    if path is not None and (path.is_file() or (suffix in (*TEXT_FILES, ".json") and " " not in given)):
        if not path.is_file():
            raise HickamError(
                code="no-such-file",
                where=given,
                what="no such file",
                why="there is no case to assess",
                fix="check the path, or write the story itself in quotes",
            )
        if suffix not in (*TEXT_FILES, ".json"):
            raise HickamError(
                code="unknown-file-type",
                where=given,
                what=f"a {suffix or 'nameless'} file cannot be read as a case",
                why="the program would guess at its meaning",
                fix="give a .txt, .md or .json file",
            )
        most = MOST_RECORD if suffix == ".json" else MOST_CHARACTERS
        return given, as_text(given, path.read_bytes(), most)
    return "the story", _checked("the story", given)


def as_text(name: str, data: bytes, most: int = MOST_CHARACTERS) -> str:
    try:
        return _checked(name, data.decode("utf-8-sig"), most)
    except UnicodeDecodeError as error:
        raise HickamError(
            code="not-text",
            where=name,
            what=f"not UTF-8 text (byte {error.start})",
            why="words that cannot be read cannot be understood",
            fix="save the story as UTF-8 text",
        ) from error


def _checked(name: str, text: str, most: int = MOST_CHARACTERS) -> str:
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise HickamError(
            code="not-text",
            where=name,
            what="this is binary data, not text",
            why="words that cannot be read cannot be understood",
            fix="give the story as text",
        )
    if not text.strip():
        raise HickamError(
            code="empty",
            where=name,
            what="the story is empty",
            why="there is nothing to assess",
            fix="describe the leg symptom, or see hickam assess --help",
        )
    if len(text) > most:
        raise HickamError(
            code="too-long",
            where=name,
            what=f"{len(text):,} characters; the limit is {most:,}",
            why="one case is one patient at one time, and a longer text is usually something else",
            fix="give the part that tells this patient's story",
        )
    return text


def as_of_date(given: str | None) -> str:
    if given is None:
        return datetime.date.today().isoformat()
    try:
        return datetime.date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise HickamError(
            code="bad-date",
            where="--as-of",
            what=f"{given!r} is not a date",
            why="the answer names the day it holds for",
            fix="write YYYY-MM-DD",
        ) from error


def with_colour(choice: str) -> bool:
    """Whether to write ANSI colours: as chosen, else on a terminal whose user has not set NO_COLOR."""
    return choice == "always" or (choice == "auto" and sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def screen_width() -> int:
    """Columns of the terminal, between 60 and 120; 100 without one."""
    try:
        return max(60, min(120, os.get_terminal_size(sys.stdout.fileno()).columns))
    except (OSError, ValueError):
        return 100
