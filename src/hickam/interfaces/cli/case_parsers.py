"""The options of the commands about one case: assess, ask, note, scribe, interview, settings."""

from __future__ import annotations

import argparse

from hickam.interfaces.cli.options import READERS, SETTINGS, Commands, document_options, pack_option
from hickam.interfaces.cli.saved_parsers import database_option


def add_assess(commands: Commands) -> None:
    """``hickam assess``."""
    parser = commands.add_parser("assess", help="a case in words or data becomes a cited, tiered differential")
    parser.add_argument(
        "case", metavar="CASE", help="the story itself, a .txt, .md or .json file, or - for standard input"
    )
    parser.add_argument("--format", choices=("text", "json", "markdown", "html", "pdf", "fhir"), default="text")
    parser.add_argument("--reader", choices=READERS, default=None, help="whom it is written for (hickam settings)")
    parser.add_argument(
        "--setting", choices=SETTINGS, default=None, help="where the patient is seen (default: primary_care)"
    )
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    parser.add_argument("--as-of", default=None, metavar="DATE", help="date of the answer, YYYY-MM-DD (default: today)")
    parser.add_argument("--full", action="store_true", help="every reason and source; for a patient, serious names too")
    parser.add_argument("--explain", default=None, metavar="CONDITION", help="print the full working for one condition")
    parser.add_argument(
        "--overturn", action="store_true", help="in text and JSON: what would put another cause first (a second)"
    )
    document_options(parser)
    parser.add_argument("--colour", choices=("auto", "always", "never"), default="auto")
    pack_option(parser)
    parser.set_defaults(command=_assess)


def _assess(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.assess import assess_command

    return assess_command(options)


def add_ask(commands: Commands) -> None:
    """``hickam ask``."""
    parser = commands.add_parser("ask", help="a question about the knowledge or a patient, answered with its sources")
    parser.add_argument(
        "question",
        metavar="QUESTION",
        nargs="*",
        help="one or more, in a conversation; none: one a line from standard input",
    )
    parser.add_argument("--case", default=None, metavar="CASE", help="the patient: as for hickam assess")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--reader", choices=READERS, default=None, help="whom it is written for (hickam settings)")
    parser.add_argument("--setting", choices=SETTINGS, default=None, help="where the patient is seen")
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    parser.add_argument("--as-of", default=None, metavar="DATE", help="date of the answer, YYYY-MM-DD (default: today)")
    parser.add_argument("--save", default=None, metavar="FILE", help="keep the conversation in this file (owner only)")
    parser.add_argument("--resume", default=None, metavar="FILE", help="go on with a saved conversation")
    parser.add_argument(
        "--language-model",
        action="store_true",
        help="let your own model reword; each sentence is checked",
    )
    parser.add_argument("--words-only", action="store_true", help="search by words even where the model is installed")
    parser.add_argument("--colour", choices=("auto", "always", "never"), default="auto")
    pack_option(parser)
    parser.set_defaults(command=_ask)


def _ask(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.ask import ask_command

    return ask_command(options)


def add_note(commands: Commands) -> None:
    """``hickam note``."""
    parser = commands.add_parser("note", help="a note, letter or handout for one case, with blanks to fill")
    parser.add_argument("case", metavar="CASE", help="as for hickam assess")
    parser.add_argument("--kind", choices=("soap", "referral", "handout", "result"), required=True)
    parser.add_argument(
        "--to", default=None, metavar="CLINICIAN", help="whom a referral letter goes to (a clinician id)"
    )
    parser.add_argument("--format", choices=("text", "markdown", "html", "pdf"), default="text")
    parser.add_argument("--full", action="store_true", help="in a patient's handout, serious names that were told")
    parser.add_argument("--reader", choices=READERS, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--setting", choices=SETTINGS, default=None, help="where the patient is seen")
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    parser.add_argument(
        "--as-of", default=None, metavar="DATE", help="date of the document, YYYY-MM-DD (default: today)"
    )
    document_options(parser)
    pack_option(parser)
    parser.set_defaults(command=_note)


def _note(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.note import note_command

    return note_command(options)


def add_scribe(commands: Commands) -> None:
    """``hickam scribe``."""
    parser = commands.add_parser("scribe", help="a visit's transcript to findings and a draft note that a person signs")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    read = actions.add_parser("read", help="findings and medicines of a visit, numbered, each with its words")
    note = actions.add_parser("note", help="the draft note from what you confirm")
    sign = actions.add_parser("sign", help="sign a note written with --format json; the signature lies beside it")
    keep = actions.add_parser("keep", help="keep a signed note with your saved cases: who signed, when, hash")
    show = actions.add_parser("show", help="a note to read or print, with its signature")
    document = actions.add_parser("document", help="a referral letter, handout or SOAP note from a signed note")
    evaluate = actions.add_parser("evaluate", help="measure the reading on visits with known findings")
    for action in (read, note):
        action.add_argument("transcript", metavar="TRANSCRIPT", help="text, or JSON of hickam transcribe; - for input")
        action.add_argument("--setting", choices=SETTINGS, default=None)
        action.add_argument("--age", type=float, default=None, help="years, when nobody says it")
        action.add_argument("--sex", choices=("female", "male"), default=None, help="when nobody says it")
    for action in (sign, keep, show, document):
        action.add_argument("note", metavar="NOTE.json")
    note.add_argument("--confirm", required=True, metavar="NUMBERS", help="all, none, or numbers such as 1,2,5-9")
    sign.add_argument("--name", required=True, help="who signs")
    sign.add_argument("--role", default="", help="of the person who signs")
    keep.add_argument("--patient", default="", help="the patient, as your records name them")
    database_option(keep)
    document.add_argument("--kind", choices=("referral", "handout", "soap"), default="referral")
    document.add_argument("--to", default=None, metavar="CLINICIAN", help="whom a referral goes to")
    document.add_argument("--reader", choices=READERS, default=None)
    document.add_argument("--full", action="store_true", help="in a patient's handout, serious names that were told")
    document_options(document)
    evaluate.add_argument("visits", nargs="+", metavar="VISITS", help="folders of .yaml visits, or .jsonl with notes")
    evaluate.add_argument("--report", default=None, metavar="FILE.md")
    read.add_argument("--format", choices=("text", "json"), default="text")
    note.add_argument("--format", choices=("json", "text", "markdown", "html", "pdf"), default="text")
    for action in (show, document):
        action.add_argument("--format", choices=("text", "markdown", "html", "pdf"), default="text")
    for action in (note, document):
        action.add_argument("--as-of", default=None, metavar="DATE", help="YYYY-MM-DD (default: today)")
    for action in (read, note, show):
        action.add_argument(
            "--out", default=None, metavar="FILE", help="write to this file (readable by its owner alone)"
        )
    for action in (read, note, sign, keep, show, document, evaluate):
        pack_option(action)
        action.set_defaults(command=_scribe)


def _scribe(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.scribe import scribe_command

    return scribe_command(options)


def add_interview(commands: Commands) -> None:
    """``hickam interview``."""
    parser = commands.add_parser("interview", help="ask the best next question until no answer matters")
    parser.add_argument("story", metavar="STORY", nargs="?", default=None, help="the story so far (else asked for)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--reader", choices=READERS, default=None, help="who answers (default: clinician)")
    parser.add_argument("--setting", choices=SETTINGS, default=None, help="where (default: primary_care)")
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    parser.add_argument("--save", default=None, metavar="FILE", help="keep the answers in this file after each one")
    parser.add_argument("--resume", default=None, metavar="FILE", help="go on with a saved interview")
    pack_option(parser)
    parser.set_defaults(command=_interview)


def _interview(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.interview import interview_command

    return interview_command(options)


def add_settings(commands: Commands) -> None:
    """``hickam settings``."""
    parser = commands.add_parser("settings", help="choose the reader, the language or the templates once")
    parser.add_argument("name", nargs="?", default=None, help="reader, language or templates")
    parser.add_argument("value", nargs="?", default=None)
    parser.add_argument("--forget", action="store_true", help="go back to the default")
    parser.set_defaults(command=_settings)


def _settings(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.settings import settings_command

    return settings_command(options)
