"""What one version of a pack changes against another: items, reviews, and the results of every case."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hickam.knowledge.changed import item_of
from hickam.knowledge.standing import double_checked, states
from hickam.model.assessment import PackStamp
from hickam.services.assess import stamp
from hickam.services.editorial.difference import Row, difference
from hickam.services.editorial.effect import Effect, effect
from hickam.services.knowledge import Knowledge


class ChangedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item whose content is another one; ``state`` is that of the new content."""

    item: str
    state: str
    difference: tuple[Row | None, ...]


class PackDifference(msgspec.Struct, frozen=True, kw_only=True):
    """``lost_reviews``: records of the old pack that the new one has no more; ``removed_dangers``: removed items that
    two people had to approve."""

    old: PackStamp
    new: PackStamp
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ChangedItem, ...]
    removed_dangers: tuple[str, ...]
    lost_reviews: int
    lost_mark: bool
    effect: Effect


def compare_packs(old: Knowledge, new: Knowledge, files: tuple[Path, ...] = ()) -> PackDifference:
    """Everything that differs; weighs every case with both."""
    before, after = old.pack, new.pack
    standing = states(after)
    removed = tuple(item for item in before.hashes if item not in after.hashes)
    changed = tuple(
        ChangedItem(
            item=item,
            state=standing[item],
            difference=tuple(difference(item_of(before, item), item_of(after, item))),
        )
        for item, value in before.hashes.items()
        if after.hashes.get(item, value) != value
    )
    return PackDifference(
        old=stamp(before),
        new=stamp(after),
        added=tuple(item for item in after.hashes if item not in before.hashes),
        removed=removed,
        changed=changed,
        removed_dangers=tuple(item for item in removed if item in double_checked(before)),
        lost_reviews=sum(record not in after.reviews for record in before.reviews),
        lost_mark=bool(before.manifest.drafted_by) and before.manifest.drafted_by != after.manifest.drafted_by,
        effect=effect(old, new, files),
    )
