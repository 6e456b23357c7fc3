"""A pack in another language: translated words in front of the English, item by item, while they are up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from hickam.knowledge.hashing import item_hash
from hickam.knowledge.issues import Issue
from hickam.knowledge.loading import convert
from hickam.knowledge.standing import content_standing
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.pack import Pack
from hickam.model.translation import FIELDS, Translation

FOLDER = "languages"
ReviewState = Literal["submitted", "under_review", "approved"]


class _Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is hashed: the English words of one item."""

    words: dict[str, Any]


class Localised(msgspec.Struct, frozen=True, kw_only=True):
    """The pack with translated words. ``missing``: items still in English, untranslated or out of date."""

    pack: Pack
    translated: int
    missing: int
    review_state: ReviewState


def words_hash(folder: str, item: msgspec.Struct) -> str:
    """Hash of the words of one item that a patient reads."""
    built: dict[str, Any] = msgspec.to_builtins(item)
    words = {name: built[name] for name in FIELDS[folder] if built.get(name)}
    if "values" in words:
        words["values"] = {value["id"]: value["lay_name"] or value["name"] for value in words["values"]}
    return item_hash(_Words(words=words))


def localise(root: Path, pack: Pack, code: str) -> Localised:
    """The pack in this language; English where nobody has translated, or where the English has changed since."""
    found, _ = read_translations(root, pack, code)
    parts: dict[str, dict[str, Any]] = {folder: dict(getattr(pack, folder)) for folder in FIELDS}
    used: dict[str, str] = {}
    for (folder, name), translation in found.items():
        item = parts[folder].get(name)
        if item is not None and translation.of == words_hash(folder, item):
            parts[folder][name] = _translated(folder, item, translation)
            used[f"{FOLDER}/{code}/{folder}/{name}"] = item_hash(translation)
    states = {content_standing(pack, item, value).state for item, value in used.items()} or {"submitted"}
    begun = states & {"approved", "under_review"}
    state: ReviewState = "approved" if states == {"approved"} else "under_review" if begun else "submitted"
    total = sum(len(items) for items in parts.values())
    return Localised(pack=replace(pack, **parts), translated=len(used), missing=total - len(used), review_state=state)


def read_translations(root: Path, pack: Pack, code: str) -> tuple[dict[tuple[str, str], Translation], list[Issue]]:
    """Translations of one language by (folder, id), and what is wrong with them."""
    found: dict[tuple[str, str], Translation] = {}
    issues: list[Issue] = []
    for path in sorted((root / FOLDER / code).glob("*/*.yaml")):
        file, folder, name = str(path.relative_to(root)), path.parent.name, path.stem
        item = getattr(pack, folder).get(name) if folder in FIELDS else None
        if item is None:
            what = f"the pack has no {folder}/{name} that a patient reads"
            issues.append(_issue(file, what, "it would never be used", f"name an item of: {', '.join(FIELDS)}"))
            continue
        translation = convert(file, read_yaml(path.read_bytes()), Translation, issues)
        if translation is not None:
            found[folder, name] = translation
            issues += _checks(file, folder, item, translation)
    return found, issues


def check_translations(root: Path, pack: Pack) -> Iterator[Issue]:
    """Every language of the pack: fields that fit, and translations whose English has changed."""
    for folder in sorted((root / FOLDER).glob("*")):
        if folder.is_dir():
            yield from read_translations(root, pack, folder.name)[1]


def _checks(file: str, folder: str, item: Any, translation: Translation) -> Iterator[Issue]:
    given = {name for name in translation.__struct_fields__ if name != "of" and getattr(translation, name)}
    for name in sorted(given - set(FIELDS[folder])):
        yield _issue(
            file, f"{folder} have no {name}", "it would be lost in silence", f"use {', '.join(FIELDS[folder])}"
        )
    for name in FIELDS[folder]:
        if getattr(item, name) and name not in given and name != "values":
            yield _issue(file, f"{name} is not translated", "the page would mix languages", f"add {name}")
    for before, after in zip(_lines(item), _lines(translation), strict=True):
        if after and len(before) != len(after):
            what = f"patient_text has {len(after)} lines, the English has {len(before)}"
            yield _issue(file, what, "single lines are left out where they do not fit a case", "translate line by line")
    unknown = sorted(set(translation.values) - {value.id for value in getattr(item, "values", ())})
    if unknown:
        yield _issue(file, f"no value {', '.join(unknown)}", "it would be lost in silence", "use the item's value ids")
    current = words_hash(folder, item)
    if translation.of != current:
        yield _issue(
            file,
            "the English words have changed since this was translated",
            "an out-of-date translation is not used; English is shown instead",
            f"translate again, then write of: {current}",
            "warning",
        )


def _lines(item: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines for the patient, and those until serious news has been told."""
    told = getattr(item, "tell_in_person", None)
    return getattr(item, "patient_text", ()), told.patient_text if told else ()


def _issue(file: str, what: str, why: str, fix: str, severity: Literal["error", "warning"] = "error") -> Issue:
    return Issue(file=file, path="", what=what, why=why, fix=fix, severity=severity)


def _translated(folder: str, item: Any, translation: Translation) -> Any:
    changes = {name: getattr(translation, name) for name in FIELDS[folder] if getattr(translation, name)}
    if "values" in changes:
        lay = changes["values"]
        changes["values"] = tuple(replace(v, lay_name=lay.get(v.id, v.lay_name)) for v in item.values)
    return replace(item, **changes)
