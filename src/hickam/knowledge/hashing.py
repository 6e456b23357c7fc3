"""Content hashes: of an item (what a review is bound to), of a pack (what every answer carries)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec


def item_hash(item: msgspec.Struct) -> str:
    """SHA-256 over the item's canonical JSON: sorted keys, empty values left out."""
    built = msgspec.to_builtins(item)
    return hashlib.sha256(msgspec.json.encode(_trim(built), order="deterministic")).hexdigest()


def pack_hash(items: Mapping[str, str]) -> str:
    """SHA-256 over all item hashes in order of their names; reviews are not part of it."""
    lines = "\n".join(f"{name} {items[name]}" for name in sorted(items))
    return hashlib.sha256(lines.encode()).hexdigest()


def _trim(value: object) -> object:
    if isinstance(value, dict):
        return {key: _trim(inner) for key, inner in value.items() if inner not in (None, "", [], {}, ())}
    if isinstance(value, list):
        return [_trim(inner) for inner in value]
    return value
