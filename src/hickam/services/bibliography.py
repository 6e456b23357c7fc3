"""The sources of a pack, by kind, each with the items that rest on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from hickam.model.assessment import Reference
from hickam.model.pack import Pack
from hickam.writing.articles.status import evidence_kind
from hickam.writing.citations import reference

FOLDERS = ("conditions", "findings", "drugs", "treatments", "tests", "rules", "measurements")


class CitedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source; ``cited_by``: items such as 'conditions/gout', sorted; none where only the articles cite it."""

    reference: Reference
    cited_by: tuple[str, ...]


def bibliography(pack: Pack) -> dict[str, tuple[CitedSource, ...]]:
    """Kind of evidence in words -> its sources, by first author and year."""
    items: dict[str, set[str]] = defaultdict(set)
    for folder in FOLDERS:
        for id, item in getattr(pack, folder).items():
            for key in source_keys(msgspec.to_builtins(item)):
                items[key].add(f"{folder}/{id}")
    groups: dict[str, list[CitedSource]] = defaultdict(list)
    for key, source in pack.sources.items():
        shown = CitedSource(reference=reference(key, source), cited_by=tuple(sorted(items[key])))
        groups[evidence_kind(source.kind)].append(shown)
    return {kind: tuple(sorted(groups[kind], key=lambda s: s.reference.citation.lower())) for kind in sorted(groups)}


def source_keys(value: Any) -> Iterator[str]:
    """Keys of the sources that an item's data names, in order, with repeats."""
    if isinstance(value, dict):
        if isinstance(value.get("source"), str):
            yield value["source"]
        yield from (key for key in value.get("sources", ()) if isinstance(key, str))
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for inner in value:
        yield from source_keys(inner)
