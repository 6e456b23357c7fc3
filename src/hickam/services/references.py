"""Collect the sources an assessment cites, as citations, in order of first use."""

from __future__ import annotations

from typing import Any

import msgspec

from hickam.model.assessment import Assessment
from hickam.model.pack import Pack
from hickam.writing.citations import reference


def references(pack: Pack, draft: Assessment) -> Assessment:
    """The assessment with its bibliography filled in."""
    keys = dict.fromkeys(key for key in _keys(draft) if key in pack.sources)
    return msgspec.structs.replace(draft, references=tuple(reference(key, pack.sources[key]) for key in keys))


def _keys(item: Any) -> list[str]:
    """Every source key in a struct or tuple, in the order of its parts."""
    found: list[str] = []
    if isinstance(item, msgspec.Struct):
        for field in item.__struct_fields__:
            value = getattr(item, field)
            if field == "sources":
                found += value
            elif isinstance(value, (msgspec.Struct, tuple)):
                found += _keys(value)
    else:
        for part in item:
            if isinstance(part, (msgspec.Struct, tuple)):
                found += _keys(part)
    return found
