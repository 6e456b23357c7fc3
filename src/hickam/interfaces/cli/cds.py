"""``hickam cds``: the CDS Hooks services, and what became of their cards."""

from __future__ import annotations

import argparse
import sys

from hickam.interfaces.cds.definitions import discovery
from hickam.interfaces.cds.feedback import feedback_report
from hickam.interfaces.cli.fhir import as_json
from hickam.services.knowledge import open_knowledge


def cds_command(options: argparse.Namespace) -> int:
    """Run one of the actions."""
    if options.action == "feedback":
        print(feedback_report(options.file))
        return 0
    sys.stdout.buffer.write(as_json(discovery(open_knowledge(options.pack).pack)))
    return 0
