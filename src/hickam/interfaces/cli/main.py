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
from hickam.interfaces.cli.case_parsers import add_ask, add_assess, add_interview, add_note, add_scribe, add_settings
from hickam.interfaces.cli.knowledge_parsers import add_batch, add_evaluate, add_pack, add_review
from hickam.interfaces.cli.page_parsers import add_article, add_figure, add_site
from hickam.interfaces.cli.record_parsers import add_cds, add_fhir
from hickam.interfaces.cli.saved_parsers import add_saved
from hickam.interfaces.cli.speech_parsers import add_transcribe, add_transcript
from hickam.interfaces.cli.team import add_serve, add_user

DOCUMENT_LIBRARIES = ("jinja2", "markupsafe", "markdown_it", "typst", "vl_convert", "fontpkg_atkinson_hyperlegible")


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
    add_assess(commands)
    add_ask(commands)
    add_note(commands)
    add_scribe(commands)
    add_interview(commands)
    add_figure(commands)
    add_article(commands)
    add_site(commands)
    add_serve(commands)
    add_user(commands)
    add_fhir(commands)
    add_cds(commands)
    add_pack(commands)
    add_review(commands)
    add_evaluate(commands)
    add_batch(commands)
    add_transcribe(commands)
    add_transcript(commands)
    add_settings(commands)
    add_saved(commands)
    return parser
