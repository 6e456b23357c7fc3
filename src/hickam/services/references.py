"""Collect the sources an assessment cites, as citations, in order of first use."""

from __future__ import annotations

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
    keys: list[str] = []
    _collect(part, keys)
    return tuple(reference(key, pack.sources[key]) for key in dict.fromkeys(keys) if key in pack.sources)


def _collect(item: Any, keys: list[str]) -> None:
    """Append every source key in a struct or tuple, in the order of its parts."""
    if isinstance(item, tuple):
        if item and isinstance(item[0], (msgspec.Struct, tuple)):
            for part in item:
                _collect(part, keys)
        return
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if field == "sources":
            keys.extend(value)
        elif isinstance(value, (msgspec.Struct, tuple)):
            _collect(value, keys)
