"""``hickam document``: draft, list, show, edit, sign, amend, discard."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hickam.interfaces.cli.assess import as_of_date, as_text
from hickam.interfaces.cli.note import wanted_document
from hickam.interfaces.cli.output import put
from hickam.model.records import LOCAL, SavedDocument
from hickam.services.knowledge import open_knowledge
from hickam.services.saved_cases import CaseDesk, open_store
from hickam.services.saved_documents import (
    DocumentDesk,
    blanks,
    draft_document,
    edit_document,
    printed_document,
    sign_document,
)


def document_command(options: argparse.Namespace) -> int:
    """Run one of the actions as the person who holds the database."""
    store = open_store(options.database)
    try:
        cases, desk = CaseDesk(store, LOCAL), DocumentDesk(store, LOCAL)
        if options.action == "draft":
            return _draft(cases, desk, options)
        if options.action == "list":
            for document in desk.documents(cases.find(options.id)):
                print(_line(document))
            return 0
        options.id = desk.find(options.id)
        if options.action == "show":
            return _show(desk, options)
        if options.action == "discard":
            desk.discard(options.id)
            print(f"{options.id} is discarded")
            return 0
        print(_line(_changed(desk, options)))
        return 0
    finally:
        store.close()


def _draft(cases: CaseDesk, desk: DocumentDesk, options: argparse.Namespace) -> int:
    options.full = False
    wanted = wanted_document(options, options.kind, "markdown", as_of_date(options.as_of))
    saved = cases.version(cases.find(options.id), options.version)
    document = draft_document(open_knowledge(options.pack), desk, saved, wanted)
    print(_line(document))
    print(f"{blanks(document)} blanks to fill in: hickam document show {document.id} --bare", file=sys.stderr)
    return 0


def _show(desk: DocumentDesk, options: argparse.Namespace) -> int:
    if options.bare:
        data = desk.document(options.id).text.encode()
    else:
        data = printed_document(desk, options.id, options.format)
    put(data, options.out, binary=options.format == "pdf" and not options.bare)
    return 0


def _changed(desk: DocumentDesk, options: argparse.Namespace) -> SavedDocument:
    if options.action == "amend":
        return desk.amend(options.id)
    after = options.after or desk.document(options.id).revision
    if options.action == "sign":
        signed = sign_document(desk, options.id, options.name, after=after)
        if blanks(signed):
            print(f"signed with {blanks(signed)} blanks not filled in", file=sys.stderr)
        return signed
    data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    return edit_document(desk, options.id, as_text(options.file, data), after=after)


def _line(document: SavedDocument) -> str:
    words = [f"{document.title}: {document.state}", f"revision {document.revision}"]
    words += [f"by {document.signed_name} on {document.signed_at[:16]} UTC"] if document.signed_name else []
    words += [f"amends {document.amends}"] if document.amends else []
    return f"{document.id}  {document.kind}  {', '.join(words)}"
