"""The options of the commands for record systems: fhir, cds."""

from __future__ import annotations

import argparse

from hickam.interfaces.cli.options import SETTINGS, Commands, pack_option


def add_fhir(commands: Commands) -> None:
    """``hickam fhir``."""
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
        pack_option(action)
        action.set_defaults(command=_fhir)
    for action in (read, bundle):
        action.add_argument("--as-of", default=None, metavar="DATE", help="day of the reading (default: today)")
        pack_option(action)
        action.set_defaults(command=_fhir)


def _fhir(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.fhir import fhir_command

    return fhir_command(options)


def add_cds(commands: Commands) -> None:
    """``hickam cds``."""
    parser = commands.add_parser("cds", help="CDS Hooks: the services offered, what became of cards")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    services = actions.add_parser("services", help="the discovery document")
    feedback = actions.add_parser("feedback", help="count cards taken and put aside, with the reasons")
    feedback.add_argument("file", metavar="FILE", help="the file that the trust file names under feedback")
    for action in (services, feedback):
        pack_option(action)
        action.set_defaults(command=_cds)


def _cds(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.cds import cds_command

    return cds_command(options)
