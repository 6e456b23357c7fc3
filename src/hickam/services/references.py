"""Collect the sources an assessment cites, as citations, in order of first use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hickam.model.assessment import Assessment, Reference
from hickam.model.pack import Pack
from hickam.writing.citations import reference


def references(pack: Pack, draft: Assessment) -> Assessment:
    """The assessment with its bibliography filled in."""
    return msgspec.structs.replace(draft, references=cited(pack, draft))


def cited(pack: Pack, part: msgspec.Struct | tuple[Any, ...]) -> tuple[Reference, ...]:
    """The sources that a part of an answer names, as citations, in order of first use."""
    keys = dict.fromkeys(key for key in _keys(part) if key in pack.sources)
    return tuple(reference(key, pack.sources[key]) for key in keys)


def _keys(item: Any) -> Iterator[str]:
    """Every source key in a struct or tuple, in the order of its parts."""
    if isinstance(item, tuple):
        if item and isinstance(item[0], (msgspec.Struct, tuple)):
            for part in item:
                yield from _keys(part)
        return
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if field == "sources":
            yield from value
        elif isinstance(value, (msgspec.Struct, tuple)):
            yield from _keys(value)
