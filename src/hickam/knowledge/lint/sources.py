"""Checks on the bibliography: findable, opened, and used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hickam.knowledge.issues import Issue
from hickam.model.numbers import Provenance
from hickam.model.pack import Pack

_FOLDERS = ("findings", "conditions", "drugs", "treatments", "tests", "clinicians", "rules")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def cited(pack: Pack) -> dict[str, list[str]]:
    """Source key -> the files that cite it."""
    found: dict[str, list[str]] = {}
    for folder in _FOLDERS:
        for name, item in getattr(pack, folder).items():
            for key in sorted(set(_keys(item))):
                found.setdefault(key, []).append(f"{folder}/{name}.yaml")
    for name, cases in pack.cases.items():
        for key in {key for case in cases for key in case.sources}:
            found.setdefault(key, []).append(f"cases/{name}.yaml")
    for key in {key for case in pack.manifest.articles.values() for part in case for key in part.sources}:
        found.setdefault(key, []).append("pack.yaml")
    for key in {key for keys in pack.manifest.code_sources.values() for key in keys}:
        found.setdefault(key, []).append("pack.yaml")
    for key in sorted(set(_keys(pack.presentation))):
        found.setdefault(key, []).append("presentation.yaml")
    return found


def _keys(item: object) -> Iterator[str]:
    if isinstance(item, msgspec.Struct):
        if isinstance(item, Provenance) and item.source:
            yield item.source
        for field in item.__struct_fields__:
            value = getattr(item, field)
            if field == "sources":
                yield from value
            else:
                yield from _keys(value)
    elif isinstance(item, tuple | dict):
        for inner in item.values() if isinstance(item, dict) else item:
            yield from _keys(inner)


def check_sources(pack: Pack) -> Iterator[Issue]:
    """Each citation leads to a source; each source can be found and was opened by somebody."""
    uses = cited(pack)
    for key, files in uses.items():
        if key not in pack.sources:
            yield Issue(
                file=files[0],
                path="sources",
                what=f"the source {key!r} is not in sources/",
                why="a reader could not follow the citation",
                fix="add it to sources/ or correct the key",
            )
    for key, source in pack.sources.items():
        if not (source.doi or source.pmid or source.url):
            yield Issue(
                file="sources",
                path=key,
                what="no DOI, PMID or URL",
                why="nobody could open it",
                fix="add the best address you have; a book needs its publisher's page",
            )


def check_source_use(root: Path, pack: Pack) -> Iterator[Issue]:
    """Each source is cited, or named in the reason for a number, in some file of the pack; and it was opened before."""
    named = set(_WORD.findall(" ".join(source.note or "" for source in pack.sources.values())))
    for file in root.rglob("*.yaml"):
        if file.parent.name != "sources":
            named.update(_WORD.findall(file.read_text(encoding="utf-8")))
    for key, source in pack.sources.items():
        if key in named and not source.opened:
            yield Issue(
                file="sources",
                path=key,
                what="cited, but no date on which it was opened",
                severity="warning",
                why="a citation is opened before it is cited",
                fix="open it, find the numbers that cite it, and write opened: YYYY-MM-DD",
            )
        if key not in named:
            yield Issue(
                file="sources",
                path=key,
                what="nothing cites this source",
                severity="warning",
                why="a bibliography that holds more than it supports looks better than it is",
                fix="cite it where it supports something, or remove it",
            )
