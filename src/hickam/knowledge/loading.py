"""A pack folder -> Pack, or the list of what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec.structs import replace

from hickam.knowledge.hashing import item_hash, reviewed_part, whole_hash
from hickam.knowledge.issues import Issue, PackError
from hickam.knowledge.review_records import PROPOSALS, REVIEWS, parse_records
from hickam.knowledge.yaml12 import read_yaml
from hickam.model.condition import Condition
from hickam.model.finding import Finding, Measurement
from hickam.model.pack import Clinician, Drug, Manifest, Pack, PackCase, Rule, Source, Test, Treatment
from hickam.model.presentation import Presentation

FOLDERS: dict[str, type[msgspec.Struct]] = {
    "measurements": Measurement,
    "findings": Finding,
    "conditions": Condition,
    "drugs": Drug,
    "treatments": Treatment,
    "tests": Test,
    "clinicians": Clinician,
    "rules": Rule,
}
_ID = re.compile(r"^[a-z][a-z0-9_]*$")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`(?: - at `\$(.*)`)?")
_AT = re.compile(r" - at `\$(.*)`$")


def load_pack(root: Path) -> Pack:
    """Read and structurally check a pack; raises PackError with every structural problem found."""
    pack, issues = read_pack(root)
    if pack is None or issues:
        raise PackError(str(root), issues)
    return pack


def read_pack(root: Path) -> tuple[Pack | None, list[Issue]]:
    """Read a pack, collecting problems. The pack is None when pack.yaml itself cannot be read."""
    issues: list[Issue] = []
    manifest = _read_one(root, root / "pack.yaml", Manifest, issues)
    parts: dict[str, dict[str, Any]] = {folder: {} for folder in FOLDERS}
    for folder, kind in FOLDERS.items():
        for path in sorted((root / folder).glob("*.yaml")):
            item = _read_one(root, path, kind, issues)
            if item is not None:
                _check_name(root, path, item.id, issues)
                parts[folder][path.stem] = item
    presentation = Presentation()
    if (root / "presentation.yaml").exists():
        presentation = _read_one(root, root / "presentation.yaml", Presentation, issues) or presentation
    sources = _read_sources(root, issues)
    cases = dict(_read_cases(root, issues))
    log = root / REVIEWS
    reviews = tuple(parse_records(log.read_bytes(), issues)) if log.exists() else ()
    if not isinstance(manifest, Manifest):
        return None, issues
    hashes = {f"{folder}/{name}": item_hash(item) for folder, items in parts.items() for name, item in items.items()}
    hashes["presentation"] = item_hash(presentation)
    hashes |= {f"sources/{key}": item_hash(source) for key, source in sources.items()}
    hashes["pack"] = item_hash(reviewed_part(manifest))
    pack = Pack(
        manifest=manifest,
        hash=whole_hash(manifest, hashes),
        sources=sources,
        cases=cases,
        reviews=reviews,
        presentation=presentation,
        hashes=hashes,
        **parts,
    )
    return pack, issues


def pack_files(root: Path) -> list[Path]:
    """Every file that can change what the pack says, in a fixed order: not its reviews, nor what is only proposed."""
    return sorted(
        path
        for path in root.rglob("*")
        if path.suffix in (".yaml", ".jsonl")
        and path.is_file()
        and path.relative_to(root).parts[0] not in (REVIEWS, PROPOSALS)
    )


def _read_one(root: Path, path: Path, kind: type[Any], issues: list[Issue]) -> Any:
    """One file as one struct, or None with the problem noted."""
    data = _read_document(root, path, issues)
    return None if data is None else convert(str(path.relative_to(root)), data, kind, issues)


def _read_document(root: Path, path: Path, issues: list[Issue]) -> Any:
    name = str(path.relative_to(root))
    try:
        data = read_yaml(path.read_bytes())
    except FileNotFoundError:
        issues.append(
            Issue(
                file=name,
                path="",
                what="the file is missing",
                why="a pack cannot be read without it",
                fix=f"add {name}; docs/reference/pack-format.md shows its keys",
            )
        )
        return None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        issues.append(
            Issue(
                file=name,
                path="",
                what=f"not readable as YAML: {' '.join(str(error).split())}",
                why="nothing in this file can be used",
                fix="mend the YAML at the place named",
            )
        )
        return None
    if data is None:
        issues.append(
            Issue(
                file=name,
                path="",
                what="the file is empty",
                why="an item without content says nothing",
                fix="fill it or delete it",
            )
        )
    return data


def convert(file: str, data: Any, kind: type[Any], issues: list[Issue]) -> Any:
    """``data`` as ``kind``, or None with an issue that names the place and, for a key, the nearest known one."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        issues.append(_structural(file, str(error), kind))
        return None


def _structural(file: str, message: str, kind: type[Any]) -> Issue:
    if match := _UNKNOWN.search(message):
        key, place = match.group(1), (match.group(2) or "").lstrip(".")
        close = difflib.get_close_matches(key, _known_keys(kind), n=1)
        hint = (
            f"did you mean {close[0]!r}?"
            if close
            else "remove it; the allowed keys are in docs/reference/pack-format.md"
        )
        return Issue(
            file=file,
            path=place,
            what=f"unknown key {key!r}",
            fix=hint,
            why="an unknown key is usually a misspelt one, and what it says would be lost in silence",
        )
    place = _AT.search(message)
    return Issue(
        file=file,
        path=(place.group(1).lstrip(".") if place else ""),
        what=_AT.sub("", message),
        why="the value cannot be read as what the pack format says it is",
        fix="see docs/reference/pack-format.md for the type of this key",
    )


def _known_keys(kind: type[Any]) -> list[str]:
    """All key names of a struct and of the structs inside it."""
    schema = msgspec.json.schema(kind)
    return sorted({key for part in schema.get("$defs", {}).values() for key in part.get("properties", {})})


def _check_name(root: Path, path: Path, found: str, issues: list[Issue]) -> None:
    name = str(path.relative_to(root))
    if found != path.stem:
        issues.append(
            Issue(
                file=name,
                path="id",
                what=f"the id {found!r} is not the file name {path.stem!r}",
                why="other files refer to an item by its file name",
                fix="make the two the same",
            )
        )
    if not _ID.match(path.stem):
        issues.append(
            Issue(
                file=name,
                path="id",
                what=f"{path.stem!r} is not a plain id",
                why="ids appear in rules and addresses",
                fix="use lower-case letters, digits and _",
            )
        )


def _read_sources(root: Path, issues: list[Issue]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    where: dict[str, str] = {}
    for path in sorted((root / "sources").glob("*.yaml")):
        name = str(path.relative_to(root))
        data = _read_document(root, path, issues)
        if data is None:
            continue
        if not isinstance(data, dict):
            issues.append(
                Issue(
                    file=name,
                    path="",
                    what="not a mapping of key to source",
                    why="sources are looked up by key",
                    fix="write 'key: {title: …, kind: …}'",
                )
            )
            continue
        for key, entry in data.items():
            if key in sources:
                issues.append(
                    Issue(
                        file=name,
                        path=str(key),
                        what=f"the key is already used in {where[key]}",
                        why="a citation must lead to one source",
                        fix="rename or remove one of them",
                    )
                )
                continue
            source = convert(name, entry, Source, issues)
            if source is None:
                issues[-1] = replace(issues[-1], path=f"{key}.{issues[-1].path}".rstrip("."))
            else:
                sources[str(key)], where[str(key)] = source, name
    return sources


def _read_cases(root: Path, issues: list[Issue]) -> Iterator[tuple[str, tuple[PackCase, ...]]]:
    for path in sorted((root / "cases").glob("*.yaml")):
        cases = _read_one(root, path, tuple[PackCase, ...], issues)
        if cases is not None:
            yield path.stem, cases
