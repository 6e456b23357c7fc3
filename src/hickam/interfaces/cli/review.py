"""``hickam review list|show|submit|take|approve|return|due|release|feedback``."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections import Counter
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.knowledge.review_records import as_day
from hickam.services.editorial.desk import Desk, Entry, Found
from hickam.services.editorial.records import Person, approve, overdue, send_back, submit, take
from hickam.services.knowledge import Knowledge, find_pack
from hickam.writing.articles.status import standing_words
from hickam.writing.words import drafted_words


def review_command(options: argparse.Namespace) -> int:
    """Run one action on the pack's folder."""
    actions = {
        "list": _list,
        "show": _show,
        "submit": _submit,
        "take": _take,
        "approve": _approve,
        "return": _return,
        "due": _due,
        "release": _release,
        "feedback": _feedback,
    }
    return actions[options.action](Desk(find_pack(options.pack)), options)


def _list(desk: Desk, options: argparse.Namespace) -> int:
    entries = [
        entry
        for entry in desk.entries()
        if options.state in (None, entry.state, "proposed" if entry.proposed else None)
        and options.kind in (None, entry.item.partition("/")[0])
    ]
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n")
        return 0
    for entry in entries:
        print(_line(entry))
    counts = Counter(entry.state for entry in desk.entries() if not entry.proposed)
    total = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(counts.items()))
    drafted = drafted_words(desk.pack.manifest.drafted_by)
    print(f"{len(entries)} shown; of {sum(counts.values())} items{f', {drafted},' if drafted else ''} {total}")
    return 0


def _line(entry: Entry) -> str:
    state = entry.state.replace("_", " ")
    if entry.state == "under_review" and entry.needed > 1:
        state += f" ({entry.approvals} of {entry.needed} approvals)"
    if entry.due:
        state += f", next review by {entry.due}"
    proposed = "proposed change, " if entry.proposed else ""
    needs = " [two reviewers]" if entry.needed > 1 and entry.state != "approved" else ""
    return f"{entry.reference}  {proposed}{state}{needs}  {entry.name}"


def _show(desk: Desk, options: argparse.Namespace) -> int:
    from hickam.services.editorial.sheet import review_sheet

    found = desk.find(options.item)
    sheet = review_sheet(desk, found, tuple(Path(name) for name in options.cases))
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(sheet), indent=2) + b"\n")
        return 0
    from hickam.interfaces.cli.review_text import sheet_text

    print(sheet_text(desk.pack, found, sheet), end="")
    return 0


def _submit(desk: Desk, options: argparse.Namespace) -> int:
    text = None
    if options.file:
        try:
            text = Path(options.file).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise HickamError(
                code="not-text",
                where=options.file,
                what="is not text in UTF-8",
                why="a change is the YAML of one item",
                fix="name the file that holds it",
            ) from error
    return _said(desk, submit(desk, options.item, _person(options), options.comment, text))


def _take(desk: Desk, options: argparse.Namespace) -> int:
    for item in options.items:
        _said(desk, take(desk, item, _person(options)))
    return 0


def _approve(desk: Desk, options: argparse.Namespace) -> int:
    for item in options.items:
        _said(desk, approve(desk, item, _person(options), options.next_review, options.comment or ""))
    return 0


def _return(desk: Desk, options: argparse.Namespace) -> int:
    return _said(desk, send_back(desk, options.item, _person(options), options.comment))


def _said(desk: Desk, found: Found) -> int:
    print(f"{found.reference}: {standing_words(desk.standing(found))}")
    return 0


def _due(desk: Desk, options: argparse.Namespace) -> int:
    today = _date(options.as_of, "--as-of")
    by = today + datetime.timedelta(days=options.within)
    found = overdue(desk, by)
    for item, day in found:
        late = " (overdue)" if day < today.isoformat() else ""
        print(f"{day}  {item}{late}")
    never = sum(entry.state != "approved" for entry in desk.entries() if not entry.proposed)
    print(f"{len(found)} to be reviewed again by {by.isoformat()}; {never} items were never approved as they are")
    return 0


def _release(desk: Desk, options: argparse.Namespace) -> int:
    from hickam.services.editorial.release import release

    previous = Knowledge(find_pack(options.previous)) if options.previous else None
    made = release(
        desk,
        options.version,
        _person(options),
        previous=previous,
        removes=tuple(options.removes),
        write=not options.dry_run,
    )
    print(made.changelog, end="")
    if options.dry_run:
        print("\nNothing was written.")
    else:
        print(f"\n{desk.root}: version {made.version}, {len(made.items)} changes taken over; restart what serves it")
    return 0


def _feedback(desk: Desk, options: argparse.Namespace) -> int:
    from hickam.model.records import LOCAL
    from hickam.services.feedback import FeedbackDesk
    from hickam.services.saved_cases import open_store

    store = open_store(options.database)
    try:
        remarks = FeedbackDesk(store, LOCAL)
        if options.close:
            remarks.answer(options.close, "answered" if options.answer else "closed", options.answer or "")
            print(f"{options.close}: {'answered' if options.answer else 'closed'}")
            return 0
        found = remarks.queue() if options.all else remarks.queue("open")
    finally:
        store.close()
    for remark in found:
        case = ", with a case" if remark.has_case else ""
        print(f"{remark.id}  {remark.at[:16]}  {remark.state}  {remark.subject}  ({remark.sender}{case})")
        for line in (*remark.text.splitlines(), *([f"answer: {remark.answer}"] if remark.answer else [])):
            print(f"    {line}")
    print(f"{len(found)} {'remarks' if options.all else 'open remarks'}")
    return 0


def _person(options: argparse.Namespace) -> Person:
    day = _date(options.on, "--on")
    if day > datetime.date.today():
        raise HickamError(
            code="bad-date",
            where="--on",
            what=f"{options.on} is in the future",
            why="a review happened before it is recorded",
            fix="leave --on out for today",
        )
    return Person(options.by, day.isoformat(), getattr(options, "role", None) or "")


def _date(text: str | None, where: str) -> datetime.date:
    if text is None:
        return datetime.date.today()
    day = as_day(text)
    if day is None:
        raise HickamError(
            code="bad-date",
            where=where,
            what=f"{text!r} is not a date",
            why="reviews are dated",
            fix="write YYYY-MM-DD",
        )
    return day
