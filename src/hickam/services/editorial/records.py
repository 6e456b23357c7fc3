"""Submitting, taking, approving and sending back: each checked against the records on disk, then added to them.

``on`` is an argument, so that nothing here reads a clock.
"""

from __future__ import annotations

import datetime

from hickam.errors import HickamError
from hickam.knowledge.changed import with_items
from hickam.knowledge.issues import Issue
from hickam.knowledge.lint import lint_pack
from hickam.knowledge.review_files import append_record, keep_reviewed, one_writer, write_proposal
from hickam.knowledge.review_records import as_day, record_problems
from hickam.knowledge.standing import approved_hash, records_of, same_person
from hickam.model.review import Outcome, Review
from hickam.services.editorial.desk import Desk, Found, read_content


class Person:
    """Who acts, as what, on which day; ``signed_in``: an account vouches for the name."""

    def __init__(self, name: str, on: str, role: str = "", signed_in: bool = False) -> None:
        self.name, self.on, self.role, self.signed_in = " ".join(name.split()), on, " ".join(role.split()), signed_in


def check_change(desk: Desk, item: str, text: str) -> Found | list[Issue]:
    """A proposed content, or what the linter has against it that it does not have against the pack as it is."""
    found = read_content(item, text)
    if isinstance(found, list):
        return found
    before = {(issue.file, issue.path, issue.what) for issue in lint_pack(desk.pack)}
    changed = with_items(desk.pack, {item: found.content})
    issues = [issue for issue in lint_pack(changed) if (issue.file, issue.path, issue.what) not in before]
    errors = [issue for issue in issues if issue.severity == "error"]
    return sorted(errors, key=lambda issue: issue.file != f"{item}.yaml") or found


def submit(desk: Desk, item: str, who: Person, why: str, text: str | None = None) -> Found:
    """Propose ``text`` as the item's content, or say who edited the item's file as it stands (``text`` None)."""
    if not why.strip():
        raise _refused(item, "a change without a reason", "a reviewer has to know what it is for", "say why it is made")
    if text is None:
        found = desk.find(item)
    else:
        checked = check_change(desk, item, text)
        if isinstance(checked, list):
            raise _refused(item, "\n    ".join(map(str, checked)), "the pack would be broken", "mend what is named")
        if checked.hash == desk.pack.hashes.get(item):
            raise _refused(item, "nothing is changed", "there would be nothing to review", "change it first")
        found = checked
    with one_writer(desk.root):
        desk.refresh()
        if desk.standing(found).state == "approved":
            raise _refused(
                item, "this content is approved already", "nothing would change", "look at hickam review show"
            )
        record = _record(found, "submitted", who, comment=why, base=_base(desk, found))
        if text is not None:
            write_proposal(desk.root, item, found.hash, text)
        _append(desk, record)
    return found


def take(desk: Desk, reference: str, who: Person) -> Found:
    """Begin the review of one content."""
    with one_writer(desk.root):
        desk.refresh()
        found = desk.find(reference)
        _may_judge(desk, found, who)
        if desk.standing(found).state == "returned":
            raise _refused(
                found.item, "it was sent back", "the editor has not answered yet", "wait until it is submitted"
            )
        _append(desk, _record(found, "under_review", who))
    return found


def approve(desk: Desk, reference: str, who: Person, next_review: str, comment: str = "") -> Found:
    """Approve one content; its reference carries digits of its hash, so that what was read is what is approved."""
    if "@" not in reference:
        raise _refused(
            reference,
            "no content hash",
            "an approval is of exactly the content that was read",
            f"run: hickam review show {reference}, and approve the reference it prints (ITEM@HASH)",
        )
    with one_writer(desk.root):
        desk.refresh()
        found = desk.find(reference)
        _may_judge(desk, found, who)
        stands = desk.standing(found)
        if stands.state not in ("under_review", "approved"):
            raise _refused(
                found.item,
                f"it is {stands.state.replace('_', ' ')}, not under review",
                "a content is taken, read, and then judged",
                f"run: hickam review take {found.reference} --by … --role …",
            )
        record = _record(found, "approved", who, comment=comment, next_review=next_review)
        keep_reviewed(desk.root, found.content)
        _append(desk, record)
    return found


def send_back(desk: Desk, reference: str, who: Person, comment: str) -> Found:
    """Return one content to its editor with what has to change; earlier approvals of it no longer count."""
    with one_writer(desk.root):
        desk.refresh()
        found = desk.find(reference)
        _append(desk, _record(found, "returned", who, comment=comment))
    return found


def _may_judge(desk: Desk, found: Found, who: Person) -> None:
    """A second pair of eyes: not the editor's, not the drafter's, and of a change whose editor is known."""
    stands = desk.standing(found)
    barred = {same_person(name) for name in (*stands.editors, desk.pack.manifest.drafted_by) if name}
    if same_person(who.name) in barred:
        raise _refused(
            found.item,
            f"{who.name} edited or drafted it",
            "nobody approves their own work",
            "let another person review it",
        )
    said = any(r.outcome == "submitted" and r.hash == found.hash for r in records_of(desk.pack).get(found.item, ()))
    if not said and (found.proposed or approved_hash(desk.pack, found.item) not in ("", found.hash)):
        raise _refused(
            found.item,
            "it is a change, and nobody has said by whom",
            "the editor may not be among its reviewers",
            f"the editor runs: hickam review submit {found.reference} --by NAME --comment WHY",
        )


def _base(desk: Desk, found: Found) -> str:
    """The content that a proposed one was made from: said when it was first submitted; '' for a file as it stands."""
    if not found.proposed:
        return ""
    earlier = [r.base for r in records_of(desk.pack).get(found.item, ()) if r.hash == found.hash and r.base]
    return earlier[0] if earlier else desk.pack.hashes.get(found.item, "")


def _record(
    found: Found, outcome: Outcome, who: Person, *, comment: str = "", next_review: str = "", base: str = ""
) -> Review:
    """A record that says enough; HickamError for one that does not. Nothing is written yet."""
    record = Review(
        item=found.item,
        hash=found.hash,
        by=who.name,
        on=who.on,
        outcome=outcome,
        role=who.role,
        next_review=next_review,
        comment=" ".join(comment.split()),
        signed_in=who.signed_in,
        base=base,
    )
    for key, what, fix in record_problems(record):
        why = "a record that does not say who judged what, and until when, must approve nothing"
        raise _refused(f"{found.item}, {key}", what, why, fix)
    return record


def _append(desk: Desk, record: Review) -> None:
    append_record(desk.root, record)
    desk.knowledge.read_reviews_again()


def overdue(desk: Desk, by: datetime.date) -> list[tuple[str, str]]:
    """(item, day) of every approval that has to be looked at again by this day, the longest overdue first."""
    due = [(entry.item, entry.due) for entry in desk.entries() if entry.due]
    return sorted(((item, day) for item, day in due if (as_day(day) or by) <= by), key=lambda pair: pair[1])


def _refused(where: str, what: str, why: str, fix: str) -> HickamError:
    return HickamError(code="review-refused", where=where, what=what, why=why, fix=fix)
