"""The editors' desk over one pack folder: every item and every proposed change, where it stands, and what it says.

The folder is the truth: contents in its files, judgements in ``reviews.jsonl``, proposed contents in ``proposals/``.
The desk keeps nothing that a crash could lose and reads the folder again when a file in it has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hickam.errors import HickamError
from hickam.knowledge.changed import KINDS, item_of, kind_of
from hickam.knowledge.hashing import item_hash, reviewed_part
from hickam.knowledge.issues import Issue
from hickam.knowledge.loading import convert, pack_files
from hickam.knowledge.review_files import SHORT, proposal_files, read_reviewed
from hickam.knowledge.standing import approved_hash, content_standing, states
from hickam.knowledge.yaml12 import read_yaml, write_yaml
from hickam.model.pack import Pack
from hickam.model.review import Standing
from hickam.services.knowledge import Knowledge


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list: an item as it is, or a change that is proposed. ``reference`` finds it again."""

    item: str
    name: str
    hash: str
    state: str
    proposed: bool
    approvals: int
    needed: int
    due: str
    reference: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One content of an item: as the pack has it, or as somebody proposes it."""

    item: str
    hash: str
    content: msgspec.Struct
    text: str
    proposed: bool

    @property
    def reference(self) -> str:
        """How a person names this very content."""
        return f"{self.item}@{self.hash[:SHORT]}"


class Desk:
    """What editors and reviewers look at and decide about."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.knowledge = Knowledge(root)
        self._seen = self._signature()

    def refresh(self) -> None:
        """Take over what changed on disk since: records always, contents when a file is newer."""
        seen = self._signature()
        if seen != self._seen:
            self.knowledge, self._seen = Knowledge(self.root), seen
        self.knowledge.read_reviews_again()

    @property
    def pack(self) -> Pack:
        """The pack as it was when last read."""
        return self.knowledge.pack

    def entries(self) -> list[Entry]:
        """Every item, and every proposed change that is not in the pack, in the order of their names."""
        return sorted((*self._items(), *self._proposals()), key=lambda entry: (entry.item, entry.proposed))

    def find(self, reference: str) -> Found:
        """What a reference names: ``folder/id``, a bare id, each with ``@`` and digits of a hash or ``@proposed``."""
        name, _, digits = reference.partition("@")
        item = self._item(name)
        offered = [found for found in self._contents(item) if _fits(found, digits)]
        if not offered:
            raise HickamError(
                code="no-such-content",
                where=reference,
                what=f"{item} has no content {digits!r}" if digits else f"no item {item!r}",
                why="a review is of one exact content, which may have changed since you looked",
                fix=f"run: hickam review show {item}",
            )
        if len({found.hash for found in offered}) > 1 and digits:
            raise HickamError(
                code="ambiguous-content",
                where=reference,
                what=f"{len(offered)} proposed changes of {item}",
                why="a review is of one exact content",
                fix="name one: " + ", ".join(found.reference for found in offered),
            )
        return offered[0]

    def standing(self, found: Found) -> Standing:
        """Where this content stands."""
        return content_standing(self.pack, found.item, found.hash)

    def approved_before(self, found: Found) -> object | None:
        """The content of the item that was approved last, if it is another one and was kept."""
        kind = kind_of(found.item)
        value = approved_hash(self.pack, found.item)
        if value in ("", found.hash) or kind is None:
            return None
        return read_reviewed(self.root, value, kind)

    def _item(self, name: str) -> str:
        if kind_of(name) is not None:
            return name
        fitting = [item for item in self.pack.hashes if item.rpartition("/")[2] == name]
        if len(fitting) == 1:
            return fitting[0]
        what = f"several items are called {name!r}: {', '.join(fitting)}" if fitting else f"no item {name!r}"
        raise HickamError(
            code="no-such-item",
            where="hickam review",
            what=what,
            why="there is nothing to show or to judge",
            fix="write folder/id, for instance conditions/hypokalaemia; hickam review list shows them",
        )

    def _contents(self, item: str) -> Iterator[Found]:
        """The content in the pack first, then the proposed ones."""
        content = item_of(self.pack, item)
        if content is not None:
            text = item_text(self.root, item, content)
            yield Found(item=item, hash=self.pack.hashes[item], content=content, text=text, proposed=False)
        for proposed, _, path in proposal_files(self.root):
            if proposed == item:
                found = read_content(item, path.read_text(encoding="utf-8"))
                if not isinstance(found, list) and found.hash != self.pack.hashes.get(item):
                    yield found

    def _items(self) -> Iterator[Entry]:
        for item, state in states(self.pack).items():
            content = item_of(self.pack, item)
            stands = content_standing(self.pack, item, self.pack.hashes[item])
            yield _entry(item, _name(content, item), stands, state, proposed=False)

    def _proposals(self) -> Iterator[Entry]:
        for item in dict.fromkeys(item for item, _, _ in proposal_files(self.root)):
            if kind_of(item) is None:
                continue
            for found in self._contents(item):
                if found.proposed:
                    stands = self.standing(found)
                    yield _entry(item, _name(found.content, item), stands, stands.state, proposed=True)

    def _signature(self) -> tuple[int, int]:
        stats = [path.stat() for path in pack_files(self.root)]
        return len(stats), max((stat.st_mtime_ns for stat in stats), default=0)


def read_content(item: str, text: str) -> Found | list[Issue]:
    """YAML text as a proposed content of the item, or what is wrong with its structure."""
    kind, issues = kind_of(item), list[Issue]()
    if kind is None:
        where = f"an item is folder/id with a folder of: {', '.join(KINDS)}"
        return [Issue(file=item, path="", what="no such kind of item", why="it could stand nowhere", fix=where)]
    try:
        data = read_yaml(text.encode("utf-8"))
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        what = f"not readable as YAML: {' '.join(str(error).split())[:300]}"
        return [Issue(file=item, path="", what=what, why="nothing of it can be used", fix="mend it at the place named")]
    except RecursionError:
        return [Issue(file=item, path="", what="nested too deeply", why="no item is", fix="make it flat")]
    content = convert(item, data, kind, issues)
    name = item.partition("/")[2]
    if content is not None and getattr(content, "id", name) != name and name:
        what, why = f"the id {content.id!r} is not {name!r}", "other items refer to it by this id"
        issues.append(Issue(file=item, path="id", what=what, why=why, fix=f"write id: {name}"))
    if issues:
        return issues
    return Found(item=item, hash=item_hash(reviewed_part(content)), content=content, text=text, proposed=True)


def item_text(root: Path, item: str, content: msgspec.Struct) -> str:
    """The YAML of an item: its file as it stands, or for a source, which shares its file, written out."""
    path = root / f"{item}.yaml"
    if item.startswith("sources/") or not path.exists():
        return content_text(content)
    return path.read_text(encoding="utf-8")


def content_text(content: object) -> str:
    """A content as YAML without what is left at its default, for reading and for comparing."""
    return write_yaml(stated(content), width=float("inf"))


def stated(value: Any) -> Any:
    """What a content says, as plain data: fields at their default and empty ones are left out."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        said = {field.name: getattr(value, field.name) for field in fields if not _default(value, field)}
        return stated(said)
    if isinstance(value, dict):
        return {key: stated(inner) for key, inner in value.items() if inner not in (None, "", [], {}, ())}
    if isinstance(value, list | tuple):
        return [stated(inner) for inner in value]
    return value


def _default(value: msgspec.Struct, field: msgspec.structs.FieldInfo) -> bool:
    return field.default is not msgspec.NODEFAULT and getattr(value, field.name) == field.default


def _entry(item: str, name: str, stands: Standing, state: str, *, proposed: bool) -> Entry:
    return Entry(
        item=item,
        name=name,
        hash=stands.hash,
        state=state,
        proposed=proposed,
        approvals=len(stands.approvals),
        needed=stands.needed,
        due=stands.due,
        reference=f"{item}@{stands.hash[:SHORT]}",
    )


def _name(content: object, item: str) -> str:
    for key in ("name", "title", "sentence"):
        if text := getattr(content, key, ""):
            return str(text)
    return item


def _fits(found: Found, digits: str) -> bool:
    if digits in ("", "current"):
        return not found.proposed or not digits
    return found.proposed if digits == "proposed" else len(digits) >= 6 and found.hash.startswith(digits)
