"""``hickam case``: save, list, show, versions, compare, replay, erase."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from hickam.interfaces.cli.assess import (
    as_of_date,
    case_of_input,
    decoded,
    print_nothing_understood,
    read_input,
    screen_width,
    with_colour,
)
from hickam.interfaces.cli.output import put
from hickam.model.assessment import Reader
from hickam.model.records import LOCAL, CaseVersion
from hickam.services.assess import Options
from hickam.services.compare import Comparison, compare_versions
from hickam.services.handing_over import hand_over
from hickam.services.knowledge import open_knowledge
from hickam.services.saved_cases import CaseDesk, answer_of, new_version, open_store, replay
from hickam.services.settings import chosen
from hickam.writing.screen import Style
from hickam.writing.terminal import render


def case_command(options: argparse.Namespace) -> int:
    """Run one of the actions as the person who holds the database."""
    store = open_store(options.database)
    try:
        desk = CaseDesk(store, LOCAL)
        if options.action == "save":
            return _save(desk, options)
        if options.action == "list":
            return _list(desk, options)
        options.id = desk.find(options.id)
        if options.action == "give":
            hand_over(desk, options.id, options.to)
            print(f"{options.id} is {options.to}'s now")
            return 0
        actions = {"show": _show, "versions": _versions, "compare": _compare, "replay": _replay, "erase": _erase}
        return actions[options.action](desk, options)
    finally:
        store.close()


def _save(desk: CaseDesk, options: argparse.Namespace) -> int:
    knowledge = open_knowledge(options.pack)
    name, text = read_input(options.case)
    case = case_of_input(name, text, knowledge, options)
    told: dict[str, Any] = {"case": decoded(name, text)} if name.endswith(".json") else {"text": text}
    told |= {key: value for key in ("age", "sex", "setting") if (value := getattr(options, key)) is not None}
    reader: Reader = chosen("reader", options.reader)  # type: ignore[assignment]
    answered = Options(reader=reader, as_of=as_of_date(options.as_of))
    new = new_version(knowledge, case, told, answered, patient=options.patient, title=options.title)
    if options.id is None:
        saved = desk.save(new)
    else:
        case_id = desk.find(options.id)
        after = options.after or desk.version(case_id).number
        saved = desk.add_version(case_id, new, after=after)
    print(f"{saved.case_id} version {saved.number}: {_line(saved)}")
    print(f"kept in {desk.store.name}", file=sys.stderr)
    if saved.answer is None:
        print_nothing_understood(case)
        return 3
    return 0


def _list(desk: CaseDesk, options: argparse.Namespace) -> int:
    for line in desk.lines(patient=options.patient, most=10_000):
        words = [line.patient, line.title, line.urgency, line.leading]
        print(f"{line.id}  {line.saved_at[:16]}  v{line.versions}  {' · '.join(word for word in words if word)}")
    return 0


def _show(desk: CaseDesk, options: argparse.Namespace) -> int:
    saved = desk.version(options.id, options.version)
    if options.format == "json":
        if saved.answer is not None:
            put(msgspec.json.format(saved.answer.answer, indent=2) + b"\n", None, binary=False)
        return 0 if saved.answer else 3
    print(f"{saved.case_id} version {saved.number}, saved {saved.saved_at[:16]} UTC: {_line(saved)}", file=sys.stderr)
    if saved.answer is None:
        print("hickam: nothing was understood of this version, so it has no answer", file=sys.stderr)
        return 3
    style = Style(colour=with_colour(options.colour), width=screen_width())
    print(render(answer_of(saved.answer), style, whole=options.full), end="")
    return 0


def _versions(desk: CaseDesk, options: argparse.Namespace) -> int:
    found = desk.versions(options.id)
    if options.format == "json":
        rows = [{"version": v.number, "saved_at": v.saved_at, "title": v.title, "hash": v.hash} for v in found]
        put(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n", None, binary=False)
        return 0
    for version in found:
        print(f"v{version.number}  {version.saved_at[:16]}  {_line(version)}")
    return 0


def _replay(desk: CaseDesk, options: argparse.Namespace) -> int:
    saved = desk.version(options.id, options.version)
    found = replay(desk, saved, open_knowledge(options.pack))
    verdict = "the same to the last byte" if found.same else f"not the same: {found.why_not}"
    print(f"{found.case_id} version {found.version}: {verdict}")
    if found.pack_hash:
        print(f"pack {found.pack_hash[:12]} · engine {found.engine_version} · answer SHA-256 {found.answer_sha256}")
    return 0 if found.same else 1


def _erase(desk: CaseDesk, options: argparse.Namespace) -> int:
    if not options.yes:
        number = desk.version(options.id).number
        print(f"{options.id} with {number} version(s) and its documents would be erased; add --yes to do it")
        return 0
    desk.erase(options.id)
    print(f"{options.id} is erased; {desk.store.compact()}")
    return 0


def _compare(desk: CaseDesk, options: argparse.Namespace) -> int:
    found = compare_versions(*desk.versions(options.id, options.before, options.after))
    if options.format == "json":
        put(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n", None, binary=False)
    else:
        print(_comparison(found))
    return 0


def _comparison(found: Comparison) -> str:
    """The comparison as a page of text."""
    before, after = found.before, found.after
    lines = [f"version {before.version} ({before.saved_at[:16]}) -> version {after.version} ({after.saved_at[:16]})"]
    if not found.same_knowledge:
        lines.append("answered from different knowledge or by different engines: not all that moved was told")
    lines.append(f"URGENCY  {before.urgency or 'no answer'} -> {after.urgency or 'no answer'}")
    lines.append("TOLD OTHERWISE")
    lines += [f"  {c.name}: {c.before or 'not asked'} -> {c.after or 'not asked'}" for c in found.told] or ["  nothing"]
    lines.append("DIFFERENTIAL")
    lines += [
        f"  {c.name}: {_percent(c.before)} -> {_percent(c.after)}"
        + (f", {c.tier_before} -> {c.tier_after}" if c.tier_before != c.tier_after else "")
        for c in found.differential
    ] or ["  nothing moved by a point"]
    return "\n".join(lines).replace("_", " ")


def _percent(value: float | None) -> str:
    return "not listed" if value is None else f"{100 * value:.0f} %"


def _line(saved: CaseVersion) -> str:
    kept = saved.answer
    words = [saved.patient, saved.title, *([kept.urgency, kept.leading] if kept else ["nothing understood"])]
    return " · ".join(word for word in words if word)
