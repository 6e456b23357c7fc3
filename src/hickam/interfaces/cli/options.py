"""Options that several commands share."""

from __future__ import annotations

import argparse
from typing import TypeAlias

SETTINGS = ("primary_care", "emergency", "specialist")
READERS = ("clinician", "patient", "student", "researcher")
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def count(text: str) -> int:
    """A whole number of 0 or more."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is below 0")
    return value


def pack_option(parser: argparse.ArgumentParser) -> None:
    """``--pack``, the same everywhere."""
    parser.add_argument("--pack", default="leg_cramps", help="pack name or folder (default: leg_cramps)")


def document_options(parser: argparse.ArgumentParser) -> None:
    """What every command that writes a document takes."""
    parser.add_argument("--out", default=None, metavar="FILE", help="write to this file (readable by its owner alone)")
    parser.add_argument("--language", default=None, metavar="CODE", help="language of a document (hickam settings)")
    parser.add_argument("--templates", default=None, metavar="FOLDER", help="a site's own document templates")
