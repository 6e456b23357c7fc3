"""What a reviewer reads before judging: the content, the words that changed, its sources, the cases it touches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from hickam.knowledge.changed import with_items
from hickam.model.assessment import Reference
from hickam.model.review import Review, Standing
from hickam.services.editorial.desk import Desk, Found, stated
from hickam.services.editorial.difference import Row, difference
from hickam.services.editorial.effect import CaseRecord, Effect, cases_resting_on, effect
from hickam.services.knowledge import Knowledge
from hickam.writing.citations import reference


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """``compared_with``: the content that the difference is against: the last approved one, the pack's present one, or
    '' when there is none (everything is new). ``effect``: against that content, None when it is not another one.
    ``cases``: those that rest on the item as it is."""

    item: str
    hash: str
    reference: str
    standing: Standing
    history: tuple[Review, ...]
    text: str
    compared_with: str
    difference: tuple[Row | None, ...]
    sources: tuple[Reference, ...]
    missing_sources: tuple[str, ...]
    cases: tuple[CaseRecord, ...] = ()
    effect: Effect | None = None


def review_sheet(desk: Desk, found: Found, files: tuple[Path, ...] = ()) -> Sheet:
    """Everything about one content that bears on judging it; weighs the changed pack where there is a change."""
    cases = tuple(cases_resting_on(desk.knowledge, found.item, files))
    return replace(
        reading_sheet(desk, found), cases=cases, effect=effect_of(desk, found, desk.approved_before(found), files)
    )


def reading_sheet(desk: Desk, found: Found) -> Sheet:
    """The same without weighing any case: at once."""
    pack = desk.pack
    stands = desk.standing(found)
    earlier = desk.approved_before(found)
    compared = "the content approved last" if earlier is not None else ""
    if earlier is None and found.proposed and found.item in pack.hashes:
        earlier, compared = _present(desk, found), "the pack as it is"
    keys = tuple(dict.fromkeys(source_keys(stated(found.content))))
    return Sheet(
        item=found.item,
        hash=found.hash,
        reference=found.reference,
        standing=stands,
        history=tuple(record for record in pack.reviews if record.item == found.item),
        text=found.text,
        compared_with=compared,
        difference=tuple(difference(earlier, found.content)) if earlier is not None else (),
        sources=tuple(reference(key, pack.sources[key]) for key in keys if key in pack.sources),
        missing_sources=tuple(key for key in keys if key not in pack.sources),
    )


def effect_of(desk: Desk, found: Found, earlier: object | None, files: tuple[Path, ...] = ()) -> Effect | None:
    """What the content changes against ``earlier``; None when there is nothing it could be compared with."""
    if found.proposed:
        changed = Knowledge.of_pack(with_items(desk.pack, {found.item: found.content}), desk.root)
        return effect(desk.knowledge, changed, files)
    if isinstance(earlier, msgspec.Struct):
        before = Knowledge.of_pack(with_items(desk.pack, {found.item: earlier}), desk.root)
        return effect(before, desk.knowledge, files)
    return None


def source_keys(value: Any) -> list[str]:
    """Keys of the bibliography anywhere in a content, in their order."""
    if isinstance(value, dict):
        own = [value["source"]] if isinstance(value.get("source"), str) and value["source"] else []
        return own + list(value.get("sources") or ()) + [key for inner in value.values() for key in source_keys(inner)]
    if isinstance(value, list | tuple):
        return [key for inner in value if isinstance(inner, dict | list | tuple) for key in source_keys(inner)]
    return []


def _present(desk: Desk, found: Found) -> msgspec.Struct:
    return desk.find(f"{found.item}@current").content
