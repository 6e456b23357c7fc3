"""Lines of ``reviews.jsonl`` as records, and what a record must say to count for anything."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import msgspec

from hickam.knowledge.issues import Issue
from hickam.model.review import Review

REVIEWS, PROPOSALS = "reviews.jsonl", "proposals"
HASH = re.compile(r"^[0-9a-f]{64}$")
LONGEST = datetime.timedelta(days=5 * 366)
"""The furthest a next review may be: guidelines themselves are looked at again every three to five years."""


def parse_records(data: bytes, issues: list[Issue]) -> Iterator[Review]:
    """The records of a file; what cannot be read or says too little is noted and left out."""
    lines = data.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = msgspec.json.decode(line, type=Review)
        except msgspec.DecodeError as error:
            if number == len(lines) and not data.endswith(b"\n"):
                return  # the program was killed while writing it: nobody was told that it is recorded
            issues.append(_issue(number, "", str(error), "one JSON object a line: item, hash, by, on, outcome, …"))
            continue
        problems = [_issue(number, *problem) for problem in record_problems(record)]
        issues += problems
        if not problems:
            yield record


def record_problems(review: Review) -> Iterator[tuple[str, str, str]]:
    """(key, what is wrong, what to do) of one record."""
    day = as_day(review.on)
    if not HASH.match(review.hash):
        yield "hash", f"{review.hash[:20]!r} is not a content hash", "take the 64 digits that hickam review show prints"
    if day is None:
        yield "on", f"{review.on[:20]!r} is not a date", "write YYYY-MM-DD"
    if not any(letter.isalpha() for letter in review.by):
        yield "by", "nobody is named", "write the name of the person"
    if review.outcome == "returned" and not review.comment.strip():
        yield "comment", "sent back without a reason", "say what has to change"
    if review.outcome != "approved":
        if review.next_review:
            yield "next_review", "only an approval has a next review", "leave it out"
        return
    if not review.role.strip():
        yield "role", "an approval without a role", "say as what the reviewer judges, such as 'general practitioner'"
    again = as_day(review.next_review)
    if again is None:
        yield "next_review", "an approval without the day of its next review", "write YYYY-MM-DD"
    elif day is not None and not day < again <= day + LONGEST:
        what = f"{review.next_review} is not within five years after {review.on}"
        yield "next_review", what, "write a day after the review, at most five years on"


def as_day(text: str) -> datetime.date | None:
    """'2026-11-22' as a date, None for anything else."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


def _issue(number: int, path: str, what: str, fix: str) -> Issue:
    return Issue(
        file=REVIEWS,
        path=f"line {number}, {path}" if path else f"line {number}",
        what=what,
        why="a record that does not say who judged what, and until when, must approve nothing",
        fix=fix,
    )
