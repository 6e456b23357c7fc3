"""The options of the commands about the knowledge and about many cases: pack, review, evaluate, batch."""

from __future__ import annotations

import argparse

from hickam.interfaces.cli.options import SETTINGS, Commands, count, pack_option


def add_pack(commands: Commands) -> None:
    """``hickam pack``."""
    parser = commands.add_parser("pack", help="look after a knowledge pack")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    for name, text in (
        ("lint", "check the pack; exit 1 when it has errors"),
        ("show", "show one item with its numbers and sources"),
        ("stats", "count items, and numbers by basis"),
        ("test", "run the pack's own cases and the case-mix table"),
        ("scope", "what the pack undertakes to cover, and where it is carried"),
        ("ratios", "published likelihood ratios against the pack's, in simulated copies of the studies"),
        ("simulate", "draw patients from the pack, one JSON object a line"),
        ("compile", "compile the pack into the cache"),
        ("schema", "print the JSON Schema of one kind of file"),
        ("diff", "what another version of the pack changes: items, reviews, and the results of every case"),
    ):
        action = actions.add_parser(name, help=text)
        pack_option(action)
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
        if name == "ratios":
            action.add_argument("--report", metavar="FILE", help="write the page in Markdown")
        if name == "simulate":
            action.add_argument("number", type=count, help="how many patients")
            action.add_argument("--seed", type=count, default=0)
            action.add_argument("--setting", choices=SETTINGS, default="primary_care")


def _pack(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.pack import pack_command

    return pack_command(options)


def add_review(commands: Commands) -> None:
    """``hickam review``."""
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
        pack_option(action)
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
            action.add_argument("--within", type=count, default=60, metavar="DAYS", help="look ahead (default: 60)")


def _review(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.review import review_command

    return review_command(options)


def add_evaluate(commands: Commands) -> None:
    """``hickam evaluate``."""
    parser = commands.add_parser(
        "evaluate", help="measure the answers on cases with known diagnoses, or simulated ones"
    )
    parser.add_argument("files", nargs="*", metavar="CASES.jsonl")
    parser.add_argument("--cohort", type=count, default=0, metavar="N", help="N patients simulated from the pack too")
    parser.add_argument("--seed", type=count, default=4, help="of the simulation (default: 4)")
    parser.add_argument("--known", type=count, default=15, help="findings known of a simulated patient (default: 15)")
    parser.add_argument("--levels", type=count, default=300, help="simulated patients given a level of urgency (300)")
    parser.add_argument("--coverage", type=count, default=300, help="simulated cases for the intervals' coverage (300)")
    parser.add_argument("--report", default=None, metavar="DIR", help="results, figures and a TRIPOD+AI report")
    parser.add_argument("--name", default="", help="what the report calls the cases (default: the file's name)")
    parser.add_argument("--setting", choices=SETTINGS, default="primary_care")
    parser.add_argument("--details", action="store_true", help="one block a case")
    parser.add_argument("--misses", action="store_true", help="detail of the cases whose gold diagnosis is not first")
    parser.add_argument("--answers", default=None, metavar="OUT.jsonl", help="write the ranked names and the urgency")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    pack_option(parser)
    parser.set_defaults(command=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.evaluate import evaluate_command

    return evaluate_command(options)


def add_batch(commands: Commands) -> None:
    """``hickam batch``."""
    parser = commands.add_parser("batch", help="assess a file of cases, a row each; goes on where a kill stopped it")
    parser.add_argument("source", metavar="IN", help="cases: .parquet, .ndjson, .csv, or a folder of Parquet or FHIR")
    parser.add_argument(
        "out", metavar="OUT", help="answers: .parquet or .ndjson; refused rows go to OUT.refused.ndjson"
    )
    parser.add_argument("--workers", type=count, default=1, help="processes (default: 1)")
    parser.add_argument(
        "--from",
        choices=("parquet", "ndjson", "csv", "fhir"),
        default=None,
        dest="kind",
        help="format of IN, when its name does not say; fhir: bulk NDJSON of resources",
    )
    parser.add_argument("--as-of", default=None, metavar="DATE", help="day FHIR records are read on (default: today)")
    parser.add_argument("--top", type=count, default=10, help="most causes listed a row (default: 10)")
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
    pack_option(parser)
    parser.set_defaults(command=_batch)


def _batch(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.batch import batch_command

    return batch_command(options)
