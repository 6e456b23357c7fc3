"""Where each item of a pack stands in review, worked out from ``reviews.jsonl`` and from nothing else.

- An approval counts for the content hash it names; a changed item is *submitted* again without anybody saying so.
- Nobody approves what they edited. An editor is whoever submitted this content, or content of the item on the way to
  it since it was last approved.
- Content that is dangerous to get wrong (``double_checked``) needs two different reviewers; the first approval leaves
  it under review.
- Sending back cancels the approvals before it. Taking an approved item again, for its next review, does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from hickam.model.pack import Pack
from hickam.model.review import Outcome, Review, Standing
from hickam.model.terms import parse_term

T = TypeVar("T")
FOUR_EYES = 2
NAMED_IN_TERMS = {
    "finding": "findings",
    "value": "findings",
    "measurement": "measurements",
    "takes": "drugs",
    "known": "conditions",
    "suspected": "conditions",
}


def once_a_pack(work: Callable[[Pack], T]) -> Callable[[Pack], T]:
    """Remember ``work`` for the last few packs, told apart by identity: hashing a whole pack takes longer than this."""
    kept: list[tuple[Pack, T]] = []

    def remembered(pack: Pack) -> T:
        for known, value in kept:
            if known is pack:
                return value
        value = work(pack)
        kept[:] = [*kept[-3:], (pack, value)]
        return value

    return remembered


class _Content:
    """What the records say of one content hash, while they are read in order."""

    def __init__(self) -> None:
        self.approvals: dict[str, Review] = {}
        self.submitted_by: dict[str, str] = {}
        self.barred: dict[str, str] = {}
        self.approved = False
        self.last: Review | None = None


def same_person(name: str) -> str:
    """A name without its case and spacing, so that one person is not two."""
    return " ".join(name.split()).casefold()


def standings(records: Iterable[Review], needed: int) -> dict[str, Standing]:
    """The standing of every content hash that the records of one item name."""
    contents: dict[str, _Content] = {}
    on_the_way: dict[str, tuple[str, str]] = {}
    item = ""
    for record in records:
        item, person = record.item, same_person(record.by)
        content = contents.setdefault(record.hash, _Content())
        content.last = record
        if record.outcome == "submitted":
            content.submitted_by[person] = record.by
            on_the_way[person] = (record.by, record.hash)
            content.approvals, content.approved = {}, False
        elif record.outcome == "returned":
            content.approvals, content.approved = {}, False
        elif record.outcome == "approved":
            content.barred |= {who: name for who, (name, _) in on_the_way.items()} | content.submitted_by
            if person not in content.barred:
                content.approvals[person] = record
            if len(content.approvals) >= needed:
                content.approved = True
                on_the_way = {who: (name, of) for who, (name, of) in on_the_way.items() if of != record.hash}
    return {
        value: _standing(item, value, content, needed, {who: name for who, (name, _) in on_the_way.items()})
        for value, content in contents.items()
    }


def _standing(item: str, value: str, content: _Content, needed: int, on_the_way: dict[str, str]) -> Standing:
    editors = content.barred | content.submitted_by | ({} if content.approved else on_the_way)
    approvals = tuple(content.approvals.values())
    last = content.last
    state: Outcome = last.outcome if last else "submitted"
    if content.approved:
        state = "approved"
    elif state == "approved":
        state = "under_review"
    dates = sorted((record.next_review for record in approvals), reverse=True)
    return Standing(
        item=item,
        hash=value,
        state=state,
        approvals=approvals,
        needed=needed,
        editors=tuple(editors.values()),
        last=last,
        due=dates[needed - 1] if content.approved else "",
    )


def standing(pack: Pack, item: str) -> Standing:
    """Where the item stands at its present content; ``item`` is a key of ``pack.hashes``, or a translation's."""
    return content_standing(pack, item, pack.hashes.get(item, ""))


def content_standing(pack: Pack, item: str, value: str) -> Standing:
    """Where one content of an item stands: the present one, an earlier one, or one that is only proposed."""
    needed = FOUR_EYES if item in double_checked(pack) else 1
    found = standings(records_of(pack).get(item, ()), needed)
    if value in found:
        return found[value]
    editors = {same_person(name): name for one in found.values() if one.state != "approved" for name in one.editors}
    return Standing(item=item, hash=value, state="submitted", needed=needed, editors=tuple(editors.values()))


def approved_hash(pack: Pack, item: str) -> str:
    """Hash of the content of the item that was approved last, '' when none ever was."""
    needed = FOUR_EYES if item in double_checked(pack) else 1
    records = records_of(pack).get(item, ())
    found = standings(records, needed)
    approved = [record.hash for record in records if record.outcome == "approved"]
    return next((value for value in reversed(approved) if found[value].state == "approved"), "")


@once_a_pack
def states(pack: Pack) -> dict[str, Outcome]:
    """Item -> state, of every item."""
    reviewed = records_of(pack)
    return {item: standing(pack, item).state if item in reviewed else "submitted" for item in pack.hashes}


@once_a_pack
def records_of(pack: Pack) -> dict[str, list[Review]]:
    """Item -> its records in their order."""
    found: dict[str, list[Review]] = {}
    for record in pack.reviews:
        found.setdefault(record.item, []).append(record)
    return found


@once_a_pack
def double_checked(pack: Pack) -> frozenset[str]:
    """Items that two people must approve: what must not be missed, red flags, and everything these listen to."""
    rules = {name: rule for name, rule in pack.rules.items() if rule.kind == "red_flag"}
    dangerous = {name: c.do_not_miss for name, c in pack.conditions.items() if c.do_not_miss}
    terms = {term for rule in rules.values() for term in (*rule.all, *rule.any, *rule.unless)}
    terms |= {term for danger in dangerous.values() for term in (*danger.excluded_by, *danger.presence_needs)}
    heard = {
        f"{NAMED_IN_TERMS[term.kind]}/{term.name}" for term in map(parse_term, terms) if term.kind in NAMED_IN_TERMS
    }
    own = {f"rules/{name}" for name in rules} | {f"conditions/{name}" for name in dangerous}
    return frozenset(heard | own) & pack.hashes.keys()
