"""``hickam evaluate``."""

from __future__ import annotations

import argparse
import datetime
import gc
import sys
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.services.evaluation.cases import (
    CaseScore,
    Summary,
    answer_line,
    detail_text,
    evaluate,
    read_cases,
    summarise,
    summary_text,
)
from hickam.services.evaluation.measures import Measures, measure
from hickam.services.knowledge import Knowledge, open_knowledge


def evaluate_command(options: argparse.Namespace) -> int:
    """Score each file and, when asked, a simulated cohort; optionally print details, write answers and a report."""
    gc.enable()  # the short commands run without; a long one must not
    if not options.files and not options.cohort:
        raise HickamError(
            code="no-cases",
            where="hickam evaluate",
            what="neither a file of cases nor --cohort is given",
            why="there is nothing to measure",
            fix="give CASES.jsonl, or --cohort 2000",
        )
    knowledge = open_knowledge(options.pack)
    summaries: list[Summary | dict[str, object]] = []
    scores: list[CaseScore] = []
    for name in options.files:
        some = evaluate(knowledge, read_cases(Path(name)), options.setting)
        scores += some
        summaries.append(summarise(Path(name).name, some))
        if options.format == "text":
            _print(options, some, summarise(Path(name).name, some))
    measured: dict[str, Measures] = {}
    if scores and options.report:
        measured["cases"] = measure([one.scored for one in scores])
    if options.cohort:
        measured["simulated"] = _cohort(knowledge, options)
        summaries.append({"cohort": options.cohort, **msgspec.to_builtins(measured["simulated"])})
    if options.report:
        _report(knowledge, options, measured)
    if options.answers:
        lines = b"".join(msgspec.json.encode(answer_line(score)) + b"\n" for score in scores)
        Path(options.answers).write_bytes(lines)
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(summaries), indent=2) + b"\n")
    return 0


def _print(options: argparse.Namespace, scores: list[CaseScore], summary: Summary) -> None:
    for score in scores:
        if options.details or (options.misses and score.rank != 1):
            print(detail_text(score))
    print(summary_text(summary), end="")


def _cohort(knowledge: Knowledge, options: argparse.Namespace) -> Measures:
    """Simulated patients, measured and said."""
    from hickam.services.evaluation.cohort import cohort_coverage, score_cohort

    scored = score_cohort(knowledge, options.cohort, options.seed, options.setting, options.known, options.levels)
    found = measure(scored, cohort_coverage(knowledge.engine.network, options.coverage))
    if options.format == "text":
        tops = "  ".join(f"top-{k} {100 * share.value:.1f} %" for k, share in found.top.items())
        print(f"{found.cases:,} simulated patients, {options.known} findings known of each\n  cause       {tops}")
        print(
            f"  probability MRR {found.mrr.value:.3f}  NDCG {found.ndcg.value:.3f}  Brier {found.brier.value:.3f}",
            end="",
        )
        print(f"  calibration error of the first {100 * found.curves[0].error:.2f} %")
        if found.urgency:
            u = found.urgency
            shares = (
                f"exact {100 * u.exact.value:.1f} %  under {100 * u.under.value:.1f} %  over {100 * u.over.value:.1f} %"
            )
            print(f"  urgency     {shares}  ({u.cases:,} patients)")
        if found.coverage:
            c, inside = found.coverage, found.coverage.inside
            held = f"{100 * inside.value:.1f} % ({100 * inside.low:.1f}–{100 * inside.high:.1f})"
            print(f"  intervals   {held} of {c.answers:,} answers inside their 90 % interval ({c.patients} patients)")
    return found


def _report(knowledge: Knowledge, options: argparse.Namespace, measured: dict[str, Measures]) -> None:
    """One folder a set of cases."""
    from hickam.services.evaluation.report import Source, results, write_report

    for kind, found in measured.items():
        simulated = kind == "simulated"
        name = options.name or ", ".join(Path(file).name for file in options.files)
        source = Source(
            kind="simulated" if simulated else "cases",
            name="simulated patients" if simulated else name,
            setting=options.setting,
            how=_how_simulated(options) if simulated else f"{found.cases:,} cases with a known diagnosis ({name}).",
        )
        folder = Path(options.report) / (kind if len(measured) > 1 else "")
        record = results(knowledge, source, found, datetime.date.today())
        write_report(folder, record, knowledge.pack.manifest.disclaimer)
        print(f"report: {folder / 'report.md'}", file=sys.stderr)


def _how_simulated(options: argparse.Namespace) -> str:
    return f"""{options.cohort:,} patients drawn from the pack (seed {options.seed}), {options.known} findings chosen at
random known of each; level of urgency of the first {options.levels:,}."""
