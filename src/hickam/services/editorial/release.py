"""Take approved changes into the pack as a new version, with a changelog that says which patients are affected.

Order of writing: the changelog, the items, the version, then the proposals go. Each file is written whole or not at
all; a release that was killed is finished by running it again, as a change that is in the pack is no longer proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.knowledge.changed import with_items
from hickam.knowledge.lint import lint_pack
from hickam.knowledge.review_files import one_writer, proposal_files, write_whole
from hickam.knowledge.standing import records_of
from hickam.knowledge.yaml12 import read_yaml, write_yaml
from hickam.model.review import Review
from hickam.services.editorial.desk import Desk, Found
from hickam.services.editorial.effect import CaseChange, Effect, effect
from hickam.services.editorial.records import Person
from hickam.services.editorial.versions import PackDifference, compare_packs
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.status import standing_words

VERSION = re.compile(r"^(\d+)\.(\d+)\.(\d+)$")
CHANGELOG = "CHANGELOG.md"
MOST_CASES = 40


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What a release takes over and what the changelog says of it."""

    version: str
    items: tuple[str, ...]
    effect: Effect
    changelog: str


def release(
    desk: Desk,
    version: str,
    who: Person,
    *,
    previous: Knowledge | None = None,
    removes: tuple[str, ...] = (),
    write: bool = True,
) -> Release:
    """Make the version; ``write`` False says what it would be. ``previous``: the pack as released before, where files
    have been edited by hand since; ``removes``: dangerous items that it may no longer have."""
    if not any(letter.isalpha() for letter in who.name):
        raise _refused("--by", "nobody is named", "a release has somebody who answers for it", "write their name")
    with one_writer(desk.root):
        desk.refresh()
        _check_version(desk, version)
        taken = _approved(desk)
        if not taken and previous is None and not _begun(desk, version):
            raise _refused(
                desk.root.name,
                "no proposed change is approved",
                "the new version would be the old one",
                "see hickam review list --state proposed; for files edited by hand add --previous PACK",
            )
        after = Knowledge.of_pack(with_items(desk.pack, {found.item: found.content for found in taken}), desk.root)
        _check_sound(desk, after)
        by_hand = compare_packs(previous, after) if previous else None
        if by_hand:
            _check_nothing_lost(by_hand, removes)
        found = by_hand.effect if by_hand else effect(desk.knowledge, after)
        text = "\n".join(_section(desk, after, version, who, taken, by_hand, found)) + "\n"
        if write:
            _write(desk, version, who, taken, text)
    return Release(version=version, items=tuple(found.item for found in taken), effect=found, changelog=text)


def _begun(desk: Desk, version: str) -> bool:
    """Whether a release of this version was killed after it had written the changelog."""
    path = desk.root / CHANGELOG
    return path.exists() and f"\n## {version} (" in path.read_text(encoding="utf-8")


def _approved(desk: Desk) -> list[Found]:
    """Proposed changes that reviewers approved; refused when one was made from a content that is not the pack's any
    more, or when an item has two."""
    taken: dict[str, Found] = {}
    for entry in desk.entries():
        if not entry.proposed or entry.state != "approved":
            continue
        found = desk.find(entry.reference)
        if found.item in taken:
            raise _refused(found.item, "two changes of it are approved", "one would undo the other", "send one back")
        if _submission(desk, found).base != desk.pack.hashes.get(found.item, ""):
            raise _refused(
                entry.reference,
                "it was made from a content that is not in the pack any more",
                "what was changed meanwhile would be undone in silence",
                "send it back, and propose it anew from the content that is there now",
            )
        taken[found.item] = found
    return list(taken.values())


def _check_version(desk: Desk, version: str) -> None:
    now, then = (VERSION.match(text) for text in (desk.pack.manifest.version, version))
    if then is None or (now is not None and tuple(map(int, then.groups())) <= tuple(map(int, now.groups()))):
        raise _refused(
            "VERSION",
            f"{version!r} does not come after {desk.pack.manifest.version}",
            "two contents would have one name",
            "write major.minor.patch, larger than the last",
        )


def _check_sound(desk: Desk, after: Knowledge) -> None:
    before = {(issue.file, issue.path, issue.what) for issue in lint_pack(desk.pack)}
    for issue in lint_pack(after.pack):
        if issue.severity == "error" and (issue.file, issue.path, issue.what) not in before:
            what = f"together the changes break the pack: {issue.what}"
            raise _refused(f"{issue.file} › {issue.path}", what, issue.why, issue.fix)


def _check_nothing_lost(found: PackDifference, removes: tuple[str, ...]) -> None:
    lost = [item for item in found.removed_dangers if item not in removes]
    if lost:
        raise _refused(
            ", ".join(lost),
            "dangerous content of the last version is gone",
            "a danger would no longer be seen",
            "restore it, or add --removes ITEM for each that is meant to go",
        )
    why, fix = "what people judged must stay to be read", "restore reviews.jsonl and drafted_by"
    if found.lost_reviews:
        raise _refused("--previous", f"{found.lost_reviews} review records are gone", why, fix)
    if found.lost_mark:
        raise _refused("--previous", "the mark of who drafted it is gone", why, fix)


def _submission(desk: Desk, found: Found) -> Review:
    """The last record by which somebody proposed this content."""
    records = records_of(desk.pack).get(found.item, [])
    return next(r for r in reversed(records) if r.hash == found.hash and r.outcome == "submitted")


def _section(
    desk: Desk,
    after: Knowledge,
    version: str,
    who: Person,
    taken: list[Found],
    by_hand: PackDifference | None,
    found: Effect,
) -> Iterator[str]:
    """The changelog's section: what changed and why, who approved it, which patients see another answer."""
    yield f"## {version} ({who.on})\n"
    yield f"Released by {who.name}. {_patients(found)}\n"
    for change in taken:
        said = _submission(desk, change)
        yield f"- `{change.item}`: {said.comment} ({said.by}; {standing_words(desk.standing(change))})"
    named = {change.item for change in taken}
    for item in by_hand.changed if by_hand else ():
        if item.item not in named:
            yield f"- `{item.item}`: edited by hand, {item.state.replace('_', ' ')}"
    for verb, items in (("added", by_hand.added), ("taken out", by_hand.removed)) if by_hand else ():
        yield from (f"- `{item}`: {verb}" for item in items)
    if found.changes:
        yield "\nWhich patients are affected:\n"
        names = [after.pack.conditions[id].name for id in found.conditions if id in after.pack.conditions]
        if names:
            yield f"- more or less likely than before in some: {', '.join(names)}"
        yield from (f"- {change.name}: {'; '.join(_words(change))}" for change in found.changes[:MOST_CASES])
        if len(found.changes) > MOST_CASES:
            yield f"- and {len(found.changes) - MOST_CASES} more cases"


def _patients(found: Effect) -> str:
    if not found.changes:
        return f"No answer to any of {found.cases} cases changes."
    lowered = sum(change.lowered for change in found.changes)
    return f"{len(found.changes)} of {found.cases} cases are answered otherwise; urgency falls in {lowered}."


def _words(change: CaseChange) -> Iterator[str]:
    if change.level:
        yield f"urgency {change.level[0]} → {change.level[1]}".replace("_", " ")
    if change.leading:
        yield f"most likely {change.leading[0]} → {change.leading[1]}".replace("_", " ")
    yield from (f"{name} {was} → {now}".replace("_", " ") for name, was, now in change.tiers)
    yield from (f"{name} from place {was} to {now}".replace("_", " ") for name, was, now in change.places)


def _write(desk: Desk, version: str, who: Person, taken: list[Found], section: str) -> None:
    root = desk.root
    path = root / CHANGELOG
    old = path.read_text(encoding="utf-8") if path.exists() else f"# Changelog of {desk.pack.manifest.title}\n\n"
    if not _begun(desk, version):
        head, mark, rest = old.partition("\n## ")
        write_whole(path, f"{head.rstrip()}\n\n{section}{mark}{rest}".encode())
    for found in taken:
        _put(root, found)
    manifest = root / "pack.yaml"
    write_whole(manifest, _dated(manifest.read_text(encoding="utf-8"), version, who.on).encode())
    desk.refresh()
    for item, digits, file in proposal_files(root):
        if desk.pack.hashes.get(item, "").startswith(digits):
            file.unlink()
    wrong = [found.item for found in taken if desk.pack.hashes.get(found.item) != found.hash]
    if wrong:
        what = "is not in the pack as it was approved"
        raise _refused(", ".join(wrong), what, "it would need a new review", "compare the files")


def _dated(manifest: str, version: str, day: str) -> str:
    """pack.yaml with its version and day; line by line where it is written so, to keep its remarks."""
    for key, value in (("version", version), ("updated", f'"{day}"')):
        manifest, count = re.subn(rf"(?m)^{key}:.*$", f"{key}: {value}", manifest, count=1)
        if not count:
            return write_yaml({**read_yaml(manifest.encode()), "version": version, "updated": day})
    return manifest


def _put(root: Path, found: Found) -> None:
    """The item's file; a source is put in place of its own entry in the file that holds it."""
    folder, _, name = found.item.partition("/")
    if folder != "sources":
        write_whole(root / f"{found.item}.yaml", found.text.encode())
        return
    entry = f"{name}:\n" + "".join(f"  {line}\n" if line else "\n" for line in found.text.strip().splitlines())
    own = re.compile(rf"(?m)^{re.escape(name)}:.*\n(?:[ #].*\n|\n)*")
    for path in sorted((root / "sources").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if own.search(text):
            write_whole(path, own.sub(lambda _: entry, text, count=1).encode())
            return
    path = root / "sources" / "proposed.yaml"
    write_whole(path, ((path.read_text(encoding="utf-8") if path.exists() else "") + entry).encode())


def _refused(where: str, what: str, why: str, fix: str) -> HickamError:
    return HickamError(code="release-refused", where=where, what=what, why=why, fix=fix)
