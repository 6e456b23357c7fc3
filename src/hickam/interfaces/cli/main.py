"""``hickam``: parse the arguments, run one command, turn errors into words and exit codes.

Exit codes: 0 answered; 1 a check failed (lint, pack test); 2 bad usage or unreadable input; 3 nothing understood.
Commands import what they need when they run, so that a cold start stays quick.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence

import hickam
from hickam.errors import HickamError
from hickam.interfaces.cli.saved_parsers import add_saved
from hickam.interfaces.cli.speech_parsers import add_transcribe, add_transcript
from hickam.interfaces.cli.team import add_serve, add_user

SETTINGS = ("primary_care", "emergency", "specialist")
ARTICLES = ("presentation", "topic", "clinicians", "condition", "finding", "test", "drug", "treatment")
DOCUMENT_LIBRARIES = ("jinja2", "markupsafe", "markdown_it", "typst", "vl_convert", "fontpkg_atkinson_hyperlegible")
READERS = ("clinician", "patient", "student", "researcher")


def run() -> None:
    """Console entry point. A process that lives half a second needs no garbage collector."""
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    from hickam.intake.errors import IntakeError
    from hickam.interfaces.memory import keep_freed_memory
    from hickam.knowledge.issues import PackError

    options = build_parser().parse_args(arguments)
    keep_freed_memory()
    try:
        return int(options.command(options))
    except (HickamError, IntakeError, PackError) as error:
        print(f"hickam: {error}", file=sys.stderr)
        return 2
    except RecursionError:
        print(
            "hickam: the input is nested too deeply to be a case\n    what to do: give a flat object", file=sys.stderr
        )
        return 2
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in DOCUMENT_LIBRARIES:
            raise
        print(
            f"hickam: not installed: {missing}\n    why it matters: documents, articles and figures are made with it\n"
            "    what to do: pip install 'hickam[documents]' (in a checkout: make setup)",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"hickam: {error.filename or 'file'}: {error.strerror}", file=sys.stderr)
        return 2


def build_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(
        prog="hickam",
        description="Clinical decision support for leg cramps: educational, cited, pending human review.",
        epilog="A person decides. In an emergency call the emergency number.",
    )
    parser.add_argument("--version", action="version", version=f"hickam {hickam.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_assess(commands)
    _add_ask(commands)
    _add_note(commands)
    _add_scribe(commands)
    _add_interview(commands)
    _add_figure(commands)
    _add_article(commands)
    _add_site(commands)
    add_serve(commands)
    add_user(commands)
    _add_fhir(commands)
    _add_cds(commands)
    _add_pack(commands)
    _add_review(commands)
    _add_evaluate(commands)
    _add_batch(commands)
    add_transcribe(commands)
    add_transcript(commands)
    _add_settings(commands)
    add_saved(commands)
    return parser


def _count(text: str) -> int:
    """A whole number of 0 or more."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is below 0")
    return value


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pack", default="leg_cramps", help="pack name or folder (default: leg_cramps)")


def _add_assess(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
        "--overturn", action="store_true", help="in the JSON answer: what would put another cause first"
    )
    _document_options(parser)
    parser.add_argument("--colour", choices=("auto", "always", "never"), default="auto")
    _common(parser)
    parser.set_defaults(command=_assess)


def _document_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", default=None, metavar="FILE", help="write to this file (readable by its owner alone)")
    parser.add_argument("--language", default=None, metavar="CODE", help="language of a document (hickam settings)")
    parser.add_argument("--templates", default=None, metavar="FOLDER", help="a site's own document templates")


def _assess(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.assess import assess_command

    return assess_command(options)


def _add_ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    _common(parser)
    parser.set_defaults(command=_ask)


def _ask(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.ask import ask_command

    return ask_command(options)


def _add_note(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    _document_options(parser)
    _common(parser)
    parser.set_defaults(command=_note)


def _note(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.note import note_command

    return note_command(options)


def _add_scribe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("scribe", help="a visit's transcript to findings and a draft note that a person signs")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    read = actions.add_parser("read", help="findings and medicines of a visit, numbered, each with its words")
    note = actions.add_parser("note", help="the draft note from what you confirm")
    sign = actions.add_parser("sign", help="sign a note written with --format json; the signature lies beside it")
    show = actions.add_parser("show", help="a note to read or print, with its signature")
    document = actions.add_parser("document", help="a referral letter, handout or SOAP note from a signed note")
    evaluate = actions.add_parser("evaluate", help="measure the reading on visits with known findings")
    for action in (read, note):
        action.add_argument("transcript", metavar="TRANSCRIPT", help="text, or JSON of hickam transcribe; - for input")
        action.add_argument("--setting", choices=SETTINGS, default=None)
        action.add_argument("--age", type=float, default=None, help="years, when nobody says it")
        action.add_argument("--sex", choices=("female", "male"), default=None, help="when nobody says it")
    for action in (sign, show, document):
        action.add_argument("note", metavar="NOTE.json")
    note.add_argument("--confirm", required=True, metavar="NUMBERS", help="all, none, or numbers such as 1,2,5-9")
    sign.add_argument("--name", required=True, help="who signs")
    sign.add_argument("--role", default="", help="of the person who signs")
    document.add_argument("--kind", choices=("referral", "handout", "soap"), default="referral")
    document.add_argument("--to", default=None, metavar="CLINICIAN", help="whom a referral goes to")
    document.add_argument("--reader", choices=READERS, default=None)
    document.add_argument("--full", action="store_true", help="in a patient's handout, serious names that were told")
    _document_options(document)
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
    for action in (read, note, sign, show, document, evaluate):
        _common(action)
        action.set_defaults(command=_scribe)


def _scribe(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.scribe import scribe_command

    return scribe_command(options)


def _add_settings(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("settings", help="choose the reader, the language or the templates once")
    parser.add_argument("name", nargs="?", default=None, help="reader, language or templates")
    parser.add_argument("value", nargs="?", default=None)
    parser.add_argument("--forget", action="store_true", help="go back to the default")
    parser.set_defaults(command=_settings)


def _settings(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.settings import settings_command

    return settings_command(options)


def _add_interview(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("interview", help="ask the best next question until no answer matters")
    parser.add_argument("story", metavar="STORY", nargs="?", default=None, help="the story so far (else asked for)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--reader", choices=READERS, default=None, help="who answers (default: clinician)")
    parser.add_argument("--setting", choices=SETTINGS, default=None, help="where (default: primary_care)")
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    parser.add_argument("--save", default=None, metavar="FILE", help="keep the answers in this file after each one")
    parser.add_argument("--resume", default=None, metavar="FILE", help="go on with a saved interview")
    _common(parser)
    parser.set_defaults(command=_interview)


def _interview(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.interview import interview_command

    return interview_command(options)


def _add_figure(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("figure", help="draw one figure of a case: bars, waterfall, course, people of 100")
    parser.add_argument("kind", choices=("differential", "waterfall", "course", "icons", "comparison"))
    about = "as for assess; for course a file of hickam interview --save; comparison needs none"
    parser.add_argument("case", metavar="CASE", nargs="?", default=None, help=about)
    parser.add_argument("--condition", default=None, help="for waterfall and icons (default: the leading cause)")
    parser.add_argument("--format", choices=("svg", "html", "text"), default="svg")
    parser.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="auto follows the screen")
    parser.add_argument("--out", default=None, metavar="FILE", help="write it there instead of standard output")
    parser.add_argument("--reader", choices=READERS, default=None, help="whom it is drawn for (hickam settings)")
    parser.add_argument("--language", default=None, metavar="CODE", help="language of its words (hickam settings)")
    parser.add_argument("--setting", choices=SETTINGS, default=None, help="where (default: primary_care)")
    parser.add_argument("--age", type=float, default=None, help="years, when the story does not say")
    parser.add_argument("--sex", choices=("female", "male"), default=None, help="when the story does not say")
    _common(parser)
    parser.set_defaults(command=_figure)


def _figure(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.figure import figure_command

    return figure_command(options)


def _add_article(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("article", help="what the pack says about one thing, as an article with its sources")
    parser.add_argument("kind", choices=ARTICLES, help="the complaint, its topic page, who treats it, or one item")
    parser.add_argument(
        "id", nargs="?", default=None, help="id or name of the condition, finding, test, drug, treatment"
    )
    parser.add_argument("--format", choices=("text", "markdown", "html", "pdf", "json"), default="text")
    parser.add_argument("--out", default=None, metavar="FILE", help="write it there instead of standard output")
    parser.add_argument("--reader", choices=READERS, default=None, help="patient: plain words (hickam settings)")
    parser.add_argument("--language", default=None, metavar="CODE", help="language of the page (hickam settings)")
    parser.add_argument("--colour", choices=("auto", "always", "never"), default="auto")
    _common(parser)
    parser.set_defaults(command=_article)


def _article(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.article import article_command

    return article_command(options)


def _add_site(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("site", help="every article as a static site that works offline")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    build = actions.add_parser("build", help="write the site into a folder")
    build.add_argument("out", metavar="OUT", help="a new folder, or one that an earlier build wrote")
    build.add_argument("--language", default=None, metavar="CODE", help="language of the pages (hickam settings)")
    _common(build)
    build.set_defaults(command=_site)


def _site(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.article import site_command

    return site_command(options)


def _add_fhir(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("fhir", help="exchange with a record system in FHIR R4")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    read = actions.add_parser("read", help="what a Bundle gives, and what of it is not used and why")
    read.add_argument("bundle", metavar="BUNDLE", help="a .json file, or - for standard input")
    read.add_argument("--format", choices=("text", "json"), default="text")
    bundle = actions.add_parser("bundle", help="a case as a FHIR Bundle that is read back without loss")
    bundle.add_argument("case", metavar="CASE", help="as for hickam assess")
    bundle.add_argument("--setting", choices=SETTINGS, default=None)
    bundle.add_argument("--age", type=float, default=None)
    bundle.add_argument("--sex", choices=("female", "male"), default=None)
    form = actions.add_parser("questionnaire", help="the interview as an SDC Questionnaire")
    form.add_argument("--reader", choices=("clinician", "patient"), default="clinician")
    form.add_argument("--scope", choices=("core", "all"), default="core", help="the fixed questions, or every finding")
    known = actions.add_parser("knowledge", help="conditions as PlanDefinitions with sources, the pack as a Library")
    known.add_argument("condition", metavar="CONDITION", nargs="?", default=None, help="one condition (default: all)")
    cql = actions.add_parser("cql", help="red-flag rules as CQL, for other decision support to run")
    able = actions.add_parser("capability", help="what the service can do, as a CapabilityStatement")
    for action in (form, known, cql, able):
        _common(action)
        action.set_defaults(command=_fhir)
    for action in (read, bundle):
        action.add_argument("--as-of", default=None, metavar="DATE", help="day of the reading (default: today)")
        _common(action)
        action.set_defaults(command=_fhir)


def _add_cds(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("cds", help="CDS Hooks: the services offered, what became of cards")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    services = actions.add_parser("services", help="the discovery document")
    feedback = actions.add_parser("feedback", help="count cards taken and put aside, with the reasons")
    feedback.add_argument("file", metavar="FILE", help="the file that the trust file names under feedback")
    for action in (services, feedback):
        _common(action)
        action.set_defaults(command=_cds)


def _cds(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.cds import cds_command

    return cds_command(options)


def _fhir(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.fhir import fhir_command

    return fhir_command(options)


def _add_pack(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("pack", help="look after a knowledge pack")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    for name, text in (
        ("lint", "check the pack; exit 1 when it has errors"),
        ("show", "show one item with its numbers and sources"),
        ("stats", "count items, and numbers by basis"),
        ("test", "run the pack's own cases and the case-mix table"),
        ("scope", "what the pack undertakes to cover, and where it is carried"),
        ("simulate", "draw patients from the pack, one JSON object a line"),
        ("compile", "compile the pack into the cache"),
        ("schema", "print the JSON Schema of one kind of file"),
        ("diff", "what another version of the pack changes: items, reviews, and the results of every case"),
    ):
        action = actions.add_parser(name, help=text)
        _common(action)
        action.set_defaults(command=_pack)
        if name == "lint":
            action.add_argument("--strict", action="store_true", help="warnings count as errors")
            action.add_argument("--warnings", action="store_true", help="show warnings too")
        if name == "show":
            action.add_argument("item", help="an id, or folder/id")
        if name == "schema":
            action.add_argument("kind", help="findings, conditions, drugs, …, or assessment")
        if name == "diff":
            action.add_argument("old", metavar="OLD", help="a pack by name or folder")
            action.add_argument("new", metavar="NEW", help="another one")
            action.add_argument("--words", action="store_true", help="show the changed words of every item")
            action.add_argument("--cases", nargs="*", default=[], metavar="CASES.jsonl", help="weigh these cases too")
        if name in ("stats", "test", "diff"):
            action.add_argument("--format", choices=("text", "json"), default="text")
        if name == "stats":
            action.add_argument("--case-mix", action="store_true", help="print the case-mix table instead")
            action.add_argument("--by-influence", action="store_true", help="rank numbers by how far they move answers")
            action.add_argument("--cases", nargs="*", default=[], metavar="CASES.jsonl", help="with --by-influence")
        if name == "simulate":
            action.add_argument("number", type=_count, help="how many patients")
            action.add_argument("--seed", type=_count, default=0)
            action.add_argument("--setting", choices=SETTINGS, default="primary_care")


def _pack(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.pack import pack_command

    return pack_command(options)


def _add_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("review", help="editorial review of a pack: what stands where, judging, releasing")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    for name, text in (
        ("list", "every item and proposed change with its state"),
        ("show", "one content with its changes word by word, sources, history and the cases it touches"),
        ("submit", "propose a change, or say who edited an item's file"),
        ("take", "begin a review"),
        ("approve", "approve exactly the content that was read (ITEM@HASH)"),
        ("return", "send a content back to its editor"),
        ("due", "approvals that have to be looked at again"),
        ("release", "take approved changes into the pack as a new version, with its changelog"),
        ("feedback", "what readers said of lines of answers and articles"),
    ):
        action = actions.add_parser(name, help=text)
        _common(action)
        action.set_defaults(command=_review)
        if name == "list":
            action.add_argument("--state", choices=("submitted", "under_review", "approved", "returned", "proposed"))
            action.add_argument("--kind", default=None, metavar="FOLDER", help="conditions, findings, rules, …")
        if name in ("list", "show"):
            action.add_argument("--format", choices=("text", "json"), default="text")
        if name in ("show", "submit", "return"):
            action.add_argument("item", metavar="ITEM[@HASH]", help="folder/id, with digits of a content hash")
        if name in ("take", "approve"):
            action.add_argument("items", nargs="+", metavar="ITEM@HASH", help="as hickam review show prints it")
        if name == "show":
            action.add_argument("--cases", nargs="*", default=[], metavar="CASES.jsonl", help="weigh these cases too")
        if name == "submit":
            action.add_argument("--file", default=None, metavar="ITEM.yaml", help="the proposed content")
        if name == "release":
            action.add_argument("version", metavar="VERSION", help="major.minor.patch")
            action.add_argument(
                "--previous", default=None, metavar="PACK", help="as released before, if files were edited"
            )
            action.add_argument("--removes", action="append", default=[], metavar="ITEM", help="a danger meant to go")
            action.add_argument("--dry-run", action="store_true", help="print the changelog, write nothing")
        if name == "feedback":
            action.add_argument("--all", action="store_true", help="answered and closed ones too")
            action.add_argument("--close", default=None, metavar="ID", help="this one is dealt with")
            action.add_argument("--answer", default=None, metavar="TEXT", help="what became of it")
            action.add_argument("--database", default=None, metavar="URL", help="where it is kept (HICKAM_DATABASE)")
        if name in ("submit", "take", "approve", "return", "release"):
            action.add_argument("--by", required=True, metavar="NAME", help="the person who does it")
            action.add_argument("--on", default=None, metavar="DATE", help="when it was done (default: today)")
        if name in ("submit", "take", "approve", "return"):
            action.add_argument("--role", required=name == "approve", default=None, help="as what they judge")
            action.add_argument("--comment", required=name in ("submit", "return"), default=None, metavar="TEXT")
        if name == "approve":
            action.add_argument("--next-review", required=True, metavar="DATE", help="to be looked at again by then")
        if name == "due":
            action.add_argument("--as-of", default=None, metavar="DATE", help="today, if it is another day")
            action.add_argument("--within", type=_count, default=60, metavar="DAYS", help="look ahead (default: 60)")


def _review(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.review import review_command

    return review_command(options)


def _add_batch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("batch", help="assess a file of cases, a row each; goes on where a kill stopped it")
    parser.add_argument("source", metavar="IN", help="cases: .parquet, .ndjson, .csv, or a folder of Parquet or FHIR")
    parser.add_argument(
        "out", metavar="OUT", help="answers: .parquet or .ndjson; refused rows go to OUT.refused.ndjson"
    )
    parser.add_argument("--workers", type=_count, default=1, help="processes (default: 1)")
    parser.add_argument(
        "--from",
        choices=("parquet", "ndjson", "csv", "fhir"),
        default=None,
        dest="kind",
        help="format of IN, when its name does not say; fhir: bulk NDJSON of resources",
    )
    parser.add_argument("--as-of", default=None, metavar="DATE", help="day FHIR records are read on (default: today)")
    parser.add_argument("--top", type=_count, default=10, help="most causes listed a row (default: 10)")
    parser.add_argument("--every", action="store_true", help="probabilities of all conditions too")
    parser.add_argument("--urgency", action="store_true", help="level of urgency and tiers too (much slower)")
    parser.add_argument("--setting", choices=SETTINGS, default="primary_care", help="where a row names none")
    parser.add_argument("--overwrite", action="store_true", help="begin anew, replacing what is there")
    parser.add_argument(
        "--engine", choices=("local", "spark"), default="local", help="this machine, or a Spark cluster"
    )
    parser.add_argument(
        "--spark-master", default=None, metavar="URL", help="with --engine spark (default: Spark's own)"
    )
    _common(parser)
    parser.set_defaults(command=_batch)


def _batch(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.batch import batch_command

    return batch_command(options)


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "evaluate", help="measure the answers on cases with known diagnoses, or simulated ones"
    )
    parser.add_argument("files", nargs="*", metavar="CASES.jsonl")
    parser.add_argument("--cohort", type=_count, default=0, metavar="N", help="N patients simulated from the pack too")
    parser.add_argument("--seed", type=_count, default=4, help="of the simulation (default: 4)")
    parser.add_argument("--known", type=_count, default=15, help="findings known of a simulated patient (default: 15)")
    parser.add_argument("--levels", type=_count, default=300, help="simulated patients given a level of urgency (300)")
    parser.add_argument("--coverage", type=_count, default=40, help="simulated cases for the intervals' coverage (40)")
    parser.add_argument("--report", default=None, metavar="DIR", help="results, figures and a TRIPOD+AI report")
    parser.add_argument("--name", default="", help="what the report calls the cases (default: the file's name)")
    parser.add_argument("--setting", choices=SETTINGS, default="primary_care")
    parser.add_argument("--details", action="store_true", help="one block a case")
    parser.add_argument("--misses", action="store_true", help="detail of the cases whose gold diagnosis is not first")
    parser.add_argument("--answers", default=None, metavar="OUT.jsonl", help="write the ranked names and the urgency")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _common(parser)
    parser.set_defaults(command=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.evaluate import evaluate_command

    return evaluate_command(options)
