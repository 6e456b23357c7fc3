"""scope.yaml: what a pack undertakes to cover, and the place in the pack that carries each item.

A place is ``folder/id``, ``folder/id#field`` or ``pack#field``; a field may go on with dots, through keys and
through the ids of listed things: ``conditions/x#findings.on_exertion``, ``pack#articles.pitfalls``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from hickam.knowledge.issues import Issue, PackError
from hickam.knowledge.loading import FOLDERS, convert
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.finding import Text
from hickam.model.numbers import Sources
from hickam.model.pack import Pack

ItemKind = Literal[
    "approach",
    "cause",
    "cause_category",
    "definition",
    "disclaimer",
    "drug",
    "exam",
    "feature",
    "goal",
    "history",
    "location",
    "mimic",
    "pathway",
    "pitfall",
    "prevention",
    "ranking",
    "red_flag",
    "referral",
    "referral_trigger",
    "risk_factor",
    "source",
    "specialist",
    "statistic",
    "symptom",
    "test",
    "timing",
    "treatment",
    "trigger",
    "urgency",
]

_FILE = "scope.yaml"
_PLACES = (*FOLDERS, "sources", "cases")
_NAMES = ("id", "finding", "condition", "factor", "clinician", "treatment", "name")
"""Attributes by which an entry of a list is addressed, in this order."""


class ScopeItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing the pack undertakes to cover. ``instead`` is what the pack says where better evidence disagrees."""

    id: Text
    kind: ItemKind
    text: Text
    carried_by: tuple[Text, ...]
    instead: str = ""
    why: str = ""
    sources: Sources = ()


class Disagreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A point on which texts contradict each other or the evidence, and what the pack says."""

    id: Text
    point: Text
    we_say: Text
    why: Text
    carried_by: tuple[Text, ...]
    sources: Sources = ()


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """scope.yaml."""

    title: Text
    note: Text
    items: tuple[ScopeItem, ...]
    disagreements: tuple[Disagreement, ...] = ()


def read_scope(root: Path) -> Scope:
    """Read ``root``/scope.yaml; raises PackError that says why it cannot be read."""
    issues: list[Issue] = []
    scope: Any = None
    try:
        scope = convert(_FILE, read_yaml((root / _FILE).read_bytes()), Scope, issues)
    except FileNotFoundError:
        issues.append(_issue("", "the file is missing", "nobody can see what the pack covers", f"add {_FILE}"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        issues.append(
            _issue(
                "",
                f"not readable as YAML: {' '.join(str(error).split())}",
                "nothing in this file can be used",
                "mend the YAML at the place named",
            )
        )
    if not isinstance(scope, Scope):
        raise PackError(str(root), issues)
    return scope


def check_scope(pack: Pack, scope: Scope) -> list[Issue]:
    """Every problem: ids used twice, places that lead nowhere or to nothing, unknown sources, unexplained dissent."""
    issues: list[Issue] = []
    for part, entries in (("items", scope.items), ("disagreements", scope.disagreements)):
        seen: set[str] = set()
        for entry in entries:
            place = f"{part}.{entry.id}"
            if entry.id in seen:
                issues.append(_issue(place, "the id is used twice", "an item must be one item", "renumber one of them"))
            seen.add(entry.id)
            issues += _check_entry(place, entry, pack)
    return issues


def _check_entry(place: str, entry: ScopeItem | Disagreement, pack: Pack) -> Iterator[Issue]:
    if not entry.carried_by:
        yield _issue(place, "carried nowhere", "the pack undertakes to cover it", "say where, as folder/id#field")
    for path in entry.carried_by:
        if (problem := place_problem(pack, path)) is not None:
            yield _issue(place, f"{path!r}: {problem}", "a reader who looks there finds nothing", "correct the place")
    for key in entry.sources:
        if key not in pack.sources:
            yield _issue(place, f"no source {key!r}", "a citation must lead to a source", "correct the key")
    if isinstance(entry, ScopeItem) and entry.instead and not entry.why:
        yield _issue(place, "'instead' without 'why'", "who departs from a text must say on what grounds", "add why")


def place_problem(pack: Pack, path: str) -> str | None:
    """Why ``path`` does not lead to something the pack says; None when it does."""
    place, _, field = path.partition("#")
    if place == "pack":
        if not field:
            return "write pack#field"
        found: Any = pack.manifest
    else:
        folder, _, name = place.partition("/")
        if folder not in _PLACES:
            return f"no folder {folder!r}: use {', '.join(_PLACES)} or pack#field"
        items: Mapping[str, Any] = getattr(pack, folder)
        if name not in items:
            return f"there is no {name!r} in {folder}{_near(name, list(items))}"
        found = items[name]
    for step in field.split(".") if field else ():
        found, known = _inside(found, step)
        if found is None:
            return f"nothing called {step!r} there{_near(step, known)}"
    return None if _says_something(found) else "it is there but empty"


def _inside(node: Any, step: str) -> tuple[Any, list[str]]:
    """The part of ``node`` called ``step`` (None if there is none) and the names there are."""
    if isinstance(node, msgspec.Struct):
        names = list(node.__struct_fields__)
        return (getattr(node, step) if step in names else None), names
    if isinstance(node, dict):
        return node.get(step), [str(key) for key in node]
    if isinstance(node, tuple):
        named = tuple(entry for entry in node if _entry_name(entry) == step)
        return (named[0] if len(named) == 1 else named or None), [
            name for entry in node if (name := _entry_name(entry))
        ]
    return None, []


def _entry_name(entry: Any) -> str:
    """The id by which an entry of a list is known, or nothing for a plain sentence."""
    return next((str(getattr(entry, name)) for name in _NAMES if getattr(entry, name, "")), "")


def _says_something(node: Any) -> bool:
    if isinstance(node, str):
        return bool(node.strip())
    return bool(node) if isinstance(node, (tuple, dict, bool)) else node is not None


def _near(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def scope_text(scope: Scope, issues: list[Issue]) -> str:
    """A page for people: how many items are carried, which are not and why, and where the pack differs."""
    faults: dict[str, list[str]] = {}
    for issue in issues:
        faults.setdefault(issue.path, []).append(issue.what)
    missing = [item for item in scope.items if f"items.{item.id}" in faults]
    lines = [scope.title, "", f"{len(scope.items) - len(missing)} of {len(scope.items)} items are carried by the pack."]
    if missing:
        lines += ["", "Not carried:"]
        lines += [f"  {item.id} {item.text}: {'; '.join(faults[f'items.{item.id}'])}" for item in missing]
    differing = [item for item in scope.items if item.instead]
    lines += ["", f"Items for which the pack says something else ({len(differing)}):"]
    for item in differing:
        lines += [f"  {item.id} {item.text}", f"      we say: {item.instead}", f"      why:    {item.why}"]
        lines += [f"      from:   {', '.join(item.sources)}"] if item.sources else []
    lines += ["", f"Disagreements ({len(scope.disagreements)}):"]
    for entry in scope.disagreements:
        lines += [f"  {entry.id} {entry.point}", f"      we say: {entry.we_say}", f"      why:    {entry.why}"]
        lines += [f"      where:  {', '.join(entry.carried_by)}"]
        lines += [f"      from:   {', '.join(entry.sources)}"] if entry.sources else []
        lines += [f"      FAULT:  {fault}" for fault in faults.get(f"disagreements.{entry.id}", [])]
    return "\n".join(lines) + "\n"


def _issue(path: str, what: str, why: str, fix: str) -> Issue:
    return Issue(file=_FILE, path=path, what=what, why=why, fix=fix)
