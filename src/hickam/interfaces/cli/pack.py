"""``hickam pack lint|show|stats|test|scope|ratios|simulate|diff|compile|schema``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.services.knowledge import Knowledge, find_pack


def pack_command(options: argparse.Namespace) -> int:
    """Run one action."""
    actions = {
        "lint": _lint,
        "show": _show,
        "stats": _stats,
        "test": _test,
        "scope": _scope,
        "ratios": _ratios,
        "simulate": _simulate,
        "compile": _compile,
        "schema": _schema,
        "diff": _diff,
    }
    return actions[options.action](options)


def _lint(options: argparse.Namespace) -> int:
    from hickam.knowledge.lint import lint_folder

    pack, issues = lint_folder(find_pack(options.pack))
    errors = [issue for issue in issues if issue.severity == "error" or options.strict]
    warnings = [issue for issue in issues if issue not in errors]
    for issue in errors + (warnings if options.warnings else []):
        print(issue)
    items = sum(len(getattr(pack, f)) for f in ("findings", "conditions", "drugs", "rules")) if pack else 0
    hint = "" if options.warnings or not warnings else " (--warnings shows them)"
    print(f"{options.pack}: {items} items, {len(errors)} errors, {len(warnings)} warnings{hint}")
    return 1 if errors else 0


def _show(options: argparse.Namespace) -> int:
    from hickam.services.pack_reports import show_item

    print(show_item(Knowledge(find_pack(options.pack)).pack, options.item), end="")
    return 0


def _stats(options: argparse.Namespace) -> int:
    from hickam.services.assess import stamp
    from hickam.services.pack_reports import case_mix_text, stats, stats_text
    from hickam.writing.words import stamp_state

    knowledge = Knowledge(find_pack(options.pack))
    if options.case_mix:
        print(case_mix_text(knowledge), end="")
        return 0
    if options.by_influence:
        print(_by_influence(knowledge, options.cases), end="")
        return 0
    numbers = stats(knowledge.pack)
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(numbers), indent=2) + b"\n")
    else:
        print(f"{knowledge.pack.manifest.id} {knowledge.pack.manifest.version}: {stamp_state(stamp(knowledge.pack))}")
        print(stats_text(numbers), end="")
    return 0


def _by_influence(knowledge: Knowledge, files: list[str]) -> str:
    """Ranked over the cases of the files, or over 300 simulated patients."""
    from hickam.services.evaluation.cases import case_of, read_cases
    from hickam.services.influence import influence, influence_text, simulated_cases

    cases = [case_of(knowledge, gold, "primary_care") for name in files for gold in read_cases(Path(name))]
    return influence_text(influence(knowledge, cases or simulated_cases(knowledge, 300)))


def _simulate(options: argparse.Namespace) -> int:
    from hickam.inference.simulate import simulate

    network = Knowledge(find_pack(options.pack)).engine.network
    for patient in simulate(network, options.number, options.seed, options.setting):
        sys.stdout.buffer.write(msgspec.json.encode(patient) + b"\n")
    return 0


def _test(options: argparse.Namespace) -> int:
    from hickam.services.pack_cases import run_cases

    results = run_cases(Knowledge(find_pack(options.pack)))
    failed = [result for result in results if result.problems]
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    else:
        for result in failed:
            print(f"FAILED {result.file} › {result.name}")
            for problem in result.problems:
                print(f"    {problem}")
        known = [result for result in results if result.known_miss]
        for result in known:
            print(f"known miss: {result.file} › {result.name}: {result.known_miss}")
        right = len(results) - len(failed) - len(known)
        print(f"{right} of {len(results)} cases as expected, {len(known)} known misses, {len(failed)} failed")
    return 1 if failed else 0


def _scope(options: argparse.Namespace) -> int:
    from hickam.knowledge.scope import check_scope, read_scope, scope_text

    root = find_pack(options.pack)
    scope = read_scope(root)
    issues = check_scope(Knowledge(root).pack, scope)
    print(scope_text(scope, issues), end="")
    return 1 if issues else 0


def _ratios(options: argparse.Namespace) -> int:
    """Exit code 1 when a result is not reproduced and the pack gives no reason."""
    from hickam.interfaces.cli.output import put
    from hickam.services.published_ratios import compare_ratios, read_ratios, unexplained
    from hickam.services.published_ratios_page import ratio_counts, ratio_page

    knowledge = Knowledge(find_pack(options.pack))
    compared = compare_ratios(knowledge, read_ratios(knowledge.root))
    if options.report:
        put(ratio_page(compared, knowledge.pack.hash).encode(), options.report, binary=False)
    for one in compared:
        if not one.inside:
            print(f"{one.sentence}\n    {one.ratio.misfit or 'no reason is given'}")
    print(ratio_counts(compared))
    return 1 if unexplained(compared) else 0


def _diff(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.review_text import pack_difference_text
    from hickam.services.editorial.versions import compare_packs

    old, new = Knowledge(find_pack(options.old)), Knowledge(find_pack(options.new))
    found = compare_packs(old, new, tuple(Path(name) for name in options.cases))
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    else:
        print(pack_difference_text(found, words=options.words), end="")
    return 0


def _compile(options: argparse.Namespace) -> int:
    from hickam.services.claims_index import ClaimsIndex

    start = time.process_time()
    knowledge = Knowledge(find_pack(options.pack))
    pack, engine, words = knowledge.pack, knowledge.engine, knowledge.vocabulary
    claims = ClaimsIndex(knowledge)
    index = claims.build()
    by = "by meaning and by words" if index.vectors is not None else "by words (make answers adds meaning)"
    del engine, words
    seconds = time.process_time() - start
    print(
        f"{pack.manifest.id} {pack.manifest.version}: {len(pack.conditions)} conditions, "
        f"{len(pack.findings)} findings, hash {pack.hash[:12]}, ready in {seconds:.1f} s; "
        f"{len(index.claims)} claims to ask, found {by}"
    )
    return 0


def _schema(options: argparse.Namespace) -> int:
    from hickam.knowledge.loading import FOLDERS
    from hickam.model.assessment import Assessment
    from hickam.model.pack import Manifest, PackCase, Source
    from hickam.model.presentation import Presentation

    kinds = {
        **FOLDERS,
        "pack": Manifest,
        "presentation": Presentation,
        "sources": dict[str, Source],
        "cases": list[PackCase],
        "assessment": Assessment,
    }
    if options.kind not in kinds:
        raise HickamError(
            code="no-such-kind",
            where="hickam pack schema",
            what=f"no kind {options.kind!r}",
            why="each kind of file has its own schema",
            fix=f"one of: {', '.join(sorted(kinds))}",
        )
    schema = msgspec.json.schema(kinds[options.kind])
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n")
    return 0
