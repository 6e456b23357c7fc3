"""A warning for records of items that the pack no longer has; ``review_records.py`` judges the records themselves."""

from __future__ import annotations

from collections.abc import Iterator

from hickam.knowledge.issues import Issue
from hickam.knowledge.review_records import REVIEWS
from hickam.model.pack import Pack


def check_reviews(pack: Pack) -> Iterator[Issue]:
    """A record of an item that is gone is history; those of translations (languages/…) belong to a language, which the
    pack may or may not carry."""
    for item in dict.fromkeys(record.item for record in pack.reviews):
        if item not in pack.hashes and not item.startswith("languages/"):
            yield Issue(
                file=REVIEWS,
                path="",
                what=f"no item {item!r}",
                why="its records approve nothing",
                fix="nothing to do if the item was taken out of the pack; otherwise write folder/id",
                severity="warning",
            )
