"""The options of ``hickam case``, ``hickam document`` and ``hickam store``."""

from __future__ import annotations

import argparse
import importlib.util

from hickam.errors import HickamError
from hickam.interfaces.cli.options import READERS, SETTINGS, Commands

NEEDED = ("sqlalchemy", "alembic", "psycopg")


def add_saved(commands: Commands) -> None:
    """The three commands about what is saved."""
    _add_case(commands)
    _add_document(commands)
    _add_store(commands)


def database_option(parser: argparse.ArgumentParser) -> None:
    """``--database``, the same everywhere."""
    parser.add_argument(
        "--database",
        default=None,
        metavar="URL",
        help="where it is kept (default: HICKAM_DATABASE or your own file)",
    )


def _add_case(commands: Commands) -> None:
    parser = commands.add_parser("case", help="save a case with its answer; every version is kept")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    save = _action(actions, "save", "save a case, or with --id a further version of one", _case)
    save.add_argument("case", metavar="CASE", help="as for hickam assess")
    save.add_argument(
        "--id", type=_text, default=None, metavar="ID", help="the saved case that this is a further version of"
    )
    save.add_argument("--after", type=_count, default=None, metavar="N", help="the version you changed (or the latest)")
    save.add_argument("--patient", type=_text, default="", help="the patient, as your records name them")
    save.add_argument("--title", type=_text, default="", help="a few words to know it by")
    save.add_argument("--reader", choices=READERS, default=None)
    save.add_argument("--setting", choices=SETTINGS, default=None)
    save.add_argument("--age", type=float, default=None)
    save.add_argument("--sex", choices=("female", "male"), default=None)
    save.add_argument("--as-of", default=None, metavar="DATE", help="date of the answer (default: today)")
    save.add_argument("--pack", default="leg_cramps")
    listed = _action(actions, "list", "your cases, newest first", _case)
    listed.add_argument("--patient", type=_text, default=None, help="only those of this patient")
    for name, text in (
        ("show", "the answer as it was given"),
        ("versions", "every version in a line"),
        ("replay", "compute the answer again from what was kept, and compare every byte"),
        ("compare", "two versions: what was told otherwise, how differential and urgency moved"),
        ("give", "hand a case over to a user: it is theirs then"),
        ("erase", "erase a case with all its versions and documents"),
    ):
        action = _action(actions, name, text, _case)
        action.add_argument("id", type=_text, metavar="ID", help="id of the case, or its beginning")
        if name in ("show", "replay"):
            action.add_argument("--version", type=_count, default=None, metavar="N", help="default: the latest")
        if name in ("show", "compare", "versions"):
            action.add_argument("--format", choices=("text", "json"), default="text")
        if name == "show":
            action.add_argument("--full", action="store_true", help="every reason, step and source, not one screen")
            action.add_argument("--colour", choices=("auto", "always", "never"), default="auto")
        if name == "compare":
            action.add_argument("before", type=_count, metavar="N", help="number of one version")
            action.add_argument("after", type=_count, metavar="M", help="number of the other")
        if name == "replay":
            action.add_argument("--pack", default="leg_cramps")
        if name == "give":
            action.add_argument("to", type=_text, metavar="USER", help="as they log in")
        if name == "erase":
            action.add_argument("--yes", action="store_true", help="do it; without, say what would go")


def _add_document(commands: Commands) -> None:
    parser = commands.add_parser("document", help="notes and letters of saved cases: draft, edit, sign, print")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    draft = _action(actions, "draft", "begin a document about a saved case", _document)
    draft.add_argument("id", type=_text, metavar="CASE", help="id of the saved case")
    draft.add_argument("--kind", choices=("report", "soap", "referral", "handout", "result"), required=True)
    draft.add_argument("--version", type=_count, default=None, metavar="N", help="of the case (default: the latest)")
    draft.add_argument("--to", default=None, metavar="CLINICIAN", help="whom a referral letter goes to")
    draft.add_argument("--reader", choices=READERS, default=None)
    draft.add_argument("--language", default=None, metavar="CODE")
    draft.add_argument("--templates", default=None, metavar="FOLDER")
    draft.add_argument("--as-of", default=None, metavar="DATE")
    draft.add_argument("--pack", default="leg_cramps")
    listed = _action(actions, "list", "the documents of a case", _document)
    listed.add_argument("id", type=_text, metavar="CASE", help="id of the saved case")
    show = _action(actions, "show", "print a document", _document)
    show.add_argument("--format", choices=("text", "markdown", "html", "pdf"), default="text")
    show.add_argument("--out", default=None, metavar="FILE", help="write it there (readable by its owner alone)")
    show.add_argument("--bare", action="store_true", help="only the text, to be edited")
    edit = _action(actions, "edit", "give a draft another text", _document)
    sign = _action(actions, "sign", "sign a draft: it never changes again", _document)
    sign.add_argument("--name", type=_text, required=True, help="the name under which you sign")
    amend = _action(actions, "amend", "a new draft with the text of a signed document", _document)
    discard = _action(actions, "discard", "delete a draft", _document)
    for action in (show, edit, sign, amend, discard):
        action.add_argument("id", type=_text, metavar="ID", help="id of the document, or its beginning")
    edit.add_argument("file", metavar="FILE", help="the whole text as Markdown, - for standard input")
    for action in (edit, sign):
        action.add_argument("--after", type=_count, default=None, metavar="N", help="the revision you read")


def _add_store(commands: Commands) -> None:
    parser = commands.add_parser("store", help="look after what is saved: back up, verify, export, erase, retention")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    _action(actions, "status", "where it is, at which revision, how much is in it", _store)
    _action(actions, "upgrade", "make the tables, or bring them to this program's revision", _store)
    backup = _action(actions, "backup", "everything into one file, while others go on saving", _store)
    restore = _action(actions, "restore", "fill an empty store from a backup, and verify it", _store)
    for action in (backup, restore):
        action.add_argument("file", metavar="FILE")
    verify = _action(actions, "verify", "check the audit trail's chain and every kept row; exit 1 if unsound", _store)
    verify.add_argument("--head", default="", metavar="HASH", help="a head noted earlier, which must be in the chain")
    trail = _action(actions, "audit", "who did and read what", _store)
    trail.add_argument("--subject", type=_text, default=None, help="only rows about case/ID or document/ID")
    trail.add_argument("--user", type=_text, default=None, help="only rows of this user")
    trail.add_argument("--last", type=_count, default=50, metavar="N", help="how many, the newest (default: 50)")
    export = _action(actions, "export", "everything of one patient as a ZIP of JSON and documents", _store)
    export.add_argument("--out", required=True, metavar="FILE", help="a .zip file (readable by its owner alone)")
    erase = _action(actions, "erase", "erase every case of one patient", _store)
    for action in (export, erase):
        action.add_argument("patient", type=_text, metavar="PATIENT", help="the name under which the cases were saved")
    retention = _action(actions, "retention", "erase cases that were last saved long ago", _store)
    retention.add_argument("--days", type=int, required=True, metavar="N", help="keep cases saved within N days")
    retention.add_argument("--signed-too", action="store_true", help="erase cases with signed documents as well")
    for action in (erase, retention):
        action.add_argument("--yes", action="store_true", help="do it; without, say what would go")
    give = _action(actions, "give", "hand all cases of one user over to another", _store)
    give.add_argument("old", type=_text, metavar="FROM", help="whose cases; local: those saved without a login")
    give.add_argument("new", type=_text, metavar="TO", help="a user who may hold cases")
    _action(actions, "compact", "give back the room of what was erased, so that no file holds it", _store)


def _action(actions: Commands, name: str, text: str, command: object) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=text)
    database_option(action)
    action.set_defaults(command=command)
    return action


def _text(text: str) -> str:
    """Words, not the bytes of another encoding."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise argparse.ArgumentTypeError("this is not UTF-8 text")
    return text


def _count(text: str) -> int:
    """A whole number that a database can count to."""
    value = int(text)
    if not 1 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {2**31 - 1}")
    return value


def need_store() -> None:
    """Raises HickamError where the packages of the store are not installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise HickamError(
            code="store-not-installed",
            where="saving",
            what=f"not installed: {', '.join(missing)}",
            why="cases are kept in a database",
            fix="run: pip install 'hickam[store]' (in a checkout: make store)",
        )


def _case(options: argparse.Namespace) -> int:
    need_store()
    from hickam.interfaces.cli.saved_case import case_command

    return case_command(options)


def _document(options: argparse.Namespace) -> int:
    need_store()
    from hickam.interfaces.cli.saved_document import document_command

    return document_command(options)


def _store(options: argparse.Namespace) -> int:
    need_store()
    from hickam.interfaces.cli.store import store_command

    return store_command(options)
