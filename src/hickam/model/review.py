"""What a person did with one item of a pack: sent a change, took it for review, approved it, sent it back."""

from __future__ import annotations

from typing import Literal

import msgspec

from hickam.model.finding import Text

Outcome = Literal["submitted", "under_review", "approved", "returned"]


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One line of ``reviews.jsonl``, bound to the content hash of what was read.

    ``by``: the person; of a submission the editor, of all others the reviewer. ``role``: as what they judge
    ("vascular surgeon"). ``next_review``: of an approval, the day by which somebody must look again. ``signed_in``:
    the name was that of an account, not one typed on a command line. ``base``: of a submission, the content it was
    made from.
    """

    item: Text
    hash: Text
    by: Text
    on: Text
    outcome: Outcome
    role: str = ""
    next_review: str = ""
    comment: str = ""
    signed_in: bool = False
    base: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one content of one item stands, worked out from the records.

    ``approvals``: those that count, latest of each person; ``needed``: how many make it approved. ``editors``: who
    may not approve it. ``due``: the day by which it has to be looked at again, '' unless approved.
    """

    item: str
    hash: str
    state: Outcome
    approvals: tuple[Review, ...] = ()
    needed: int = 1
    editors: tuple[str, ...] = ()
    last: Review | None = None
    due: str = ""

    @property
    def last_approval(self) -> Review | None:
        """The latest approval that counts."""
        return max(self.approvals, key=lambda record: record.on, default=None)
