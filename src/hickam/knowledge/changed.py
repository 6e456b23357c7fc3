"""A pack with some of its items replaced or added, and the items of a pack by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from hickam.knowledge.hashing import item_hash, reviewed_part, whole_hash
from hickam.knowledge.loading import FOLDERS
from hickam.model.pack import Manifest, Pack, Source
from hickam.model.presentation import Presentation

KINDS: dict[str, type[msgspec.Struct]] = {
    **FOLDERS,
    "sources": Source,
    "pack": Manifest,
    "presentation": Presentation,
}
"""Folder, or the name of a file that is one item, to the type of its content."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def kind_of(item: str) -> type[msgspec.Struct] | None:
    """The type of ``folder/id``, ``pack`` or ``presentation``; None for a name that cannot be an item's."""
    folder, _, name = item.partition("/")
    if item in ("pack", "presentation"):
        return KINDS[item]
    return KINDS.get(folder) if NAME.fullmatch(name) and folder not in ("pack", "presentation") else None


def item_of(pack: Pack, item: str) -> msgspec.Struct | None:
    """The content of an item, None when the pack has none of this name."""
    folder, _, name = item.partition("/")
    if item == "pack":
        return pack.manifest
    if item == "presentation":
        return pack.presentation
    found: msgspec.Struct | None = getattr(pack, folder).get(name) if folder in KINDS and name else None
    return found


def with_items(pack: Pack, changes: Mapping[str, msgspec.Struct]) -> Pack:
    """The pack with these contents in place of, or beside, what it has. Not linted."""
    parts: dict[str, Any] = {}
    for item, content in changes.items():
        folder, _, name = item.partition("/")
        if isinstance(content, Manifest):
            parts["manifest"] = content
        elif isinstance(content, Presentation):
            parts["presentation"] = content
        else:
            parts.setdefault(folder, dict(getattr(pack, folder)))[name] = content
    hashes = pack.hashes | {item: item_hash(reviewed_part(content)) for item, content in changes.items()}
    manifest = parts.get("manifest", pack.manifest)
    return replace(pack, **parts, hashes=hashes, hash=whole_hash(manifest, hashes))
