"""Content hashes: of an item (what a review is bound to), of a pack (what every answer carries)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from hickam.model.pack import Manifest


def trimmed(item: msgspec.Struct) -> object:
    """The item as plain data without empty values."""
    return _trim(msgspec.to_builtins(item))


def item_hash(item: msgspec.Struct) -> str:
    """SHA-256 over the item's canonical JSON: sorted keys, empty values left out."""
    return hashlib.sha256(msgspec.json.encode(trimmed(item), order="deterministic")).hexdigest()


def reviewed_part(item: msgspec.Struct) -> msgspec.Struct:
    """What of an item a review is of: of the manifest all but the version and the day, which every release moves."""
    return replace(item, version="", updated="") if isinstance(item, Manifest) else item


def pack_hash(items: Mapping[str, str]) -> str:
    """SHA-256 over all item hashes in order of their names; reviews are not part of it."""
    lines = "\n".join(f"{name} {items[name]}" for name in sorted(items))
    return hashlib.sha256(lines.encode()).hexdigest()


def whole_hash(manifest: Manifest, items: Mapping[str, str]) -> str:
    """Of a pack: its items and its whole manifest. Who drafted it changes no answer and is left out."""
    return pack_hash({**items, "pack": item_hash(replace(manifest, drafted_by=""))})


def _trim(value: object) -> object:
    if isinstance(value, dict):
        return {key: _trim(inner) for key, inner in value.items() if inner not in (None, "", [], {}, ())}
    if isinstance(value, list):
        return [_trim(inner) for inner in value]
    return value
