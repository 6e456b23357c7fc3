"""``hickam note``: a SOAP note, a referral letter, a patient handout or a result letter for one case."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hickam.intake.reading import understood_nothing
from hickam.interfaces.cli.assess import as_of_date, print_nothing_understood, read_case
from hickam.interfaces.cli.output import put
from hickam.services.documents import Wanted, write_document
from hickam.services.knowledge import open_knowledge
from hickam.services.settings import chosen


def note_command(options: argparse.Namespace) -> int:
    """Read the case, write the document; 3 when nothing was understood."""
    as_of = as_of_date(options.as_of)
    knowledge = open_knowledge(options.pack)
    case = read_case(options.case, knowledge, options)
    if understood_nothing(case):
        print_nothing_understood(case)
        return 3
    wanted = wanted_document(options, options.kind, options.format, as_of)
    put(write_document(knowledge, case, wanted), options.out, binary=options.format == "pdf")
    if options.out:
        print(f"written to {options.out}", file=sys.stderr)
    return 0


def wanted_document(options: argparse.Namespace, kind: str, form: str, as_of: str) -> Wanted:
    """The document that the options ask for, with what the settings remember."""
    templates = chosen("templates", options.templates)
    return Wanted(
        kind=kind,  # type: ignore[arg-type]
        form=form,  # type: ignore[arg-type]
        reader=chosen("reader", options.reader),  # type: ignore[arg-type]
        to=getattr(options, "to", None) or "",
        language=chosen("language", options.language),
        templates=Path(templates) if templates else None,
        as_of=as_of,
        full=options.full,
    )
