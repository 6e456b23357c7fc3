"""The files of review in a pack's folder: ``reviews.jsonl``, the contents that people judged, and proposed changes.

``reviews.jsonl`` is only ever added to: one line a record, on disk before the caller hears of it, one writer at a time.
``reviewed/<hash>.json`` holds each content that somebody approved, as JSON whose canonical form has that SHA-256, so
that a later change can be shown word by word where there is no git. ``proposals/<folder>/<id>@<hash>.yaml`` holds a
change that is not part of the pack yet.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.knowledge.hashing import item_hash, reviewed_part, trimmed
from hickam.knowledge.issues import Issue, PackError
from hickam.knowledge.review_records import PROPOSALS, REVIEWS, parse_records
from hickam.model.review import Review

REVIEWED = "reviewed"
SHORT = 12
"""Digits of a content hash that a person types or sees in a file name."""


def read_reviews(root: Path) -> tuple[Review, ...]:
    """The records as they are on disk now; raises PackError for one that cannot be read or says too little."""
    issues: list[Issue] = []
    path = root / REVIEWS
    found = tuple(parse_records(path.read_bytes(), issues)) if path.exists() else ()
    if issues:
        raise PackError(str(root), issues)
    return found


def reviews_signature(root: Path) -> tuple[int, int]:
    """Another one whenever a record was added: time and size of the file, noughts where there is none."""
    try:
        found = (root / REVIEWS).stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


@contextlib.contextmanager
def one_writer(root: Path) -> Iterator[None]:
    """Nobody else records a review of this pack meanwhile. Raises HickamError where nothing can be written."""
    try:
        handle = os.open(root / ".reviews.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _cannot_write(root, error) from error
    try:
        with contextlib.suppress(ImportError):  # Windows has no fcntl; there one person works on a pack at a time
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def append_record(root: Path, record: Review) -> None:
    """Add one line, on disk when this returns. Half a line that a killed program left behind is taken away first."""
    path = root / REVIEWS
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        raise _cannot_write(root, error) from error
    try:
        kept = path.read_bytes()
        if kept and not kept.endswith(b"\n"):
            whole = kept.rfind(b"\n") + 1
            if _decodes(kept[whole:]):
                os.write(handle, b"\n")
            else:
                os.ftruncate(handle, whole)
        os.write(handle, msgspec.json.encode(record) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def _decodes(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Review)
    except msgspec.DecodeError:
        return False
    return True


def keep_reviewed(root: Path, content: msgspec.Struct) -> None:
    """Keep this content for the differences of later changes."""
    kept = reviewed_part(content)
    write_whole(root / REVIEWED / f"{item_hash(kept)}.json", msgspec.json.encode(trimmed(kept)))


def read_reviewed(root: Path, value: str, kind: type[msgspec.Struct]) -> object | None:
    """The kept content of this hash, in the order of its fields; None when it is not there or was tampered with."""
    try:
        data: object = msgspec.json.decode((root / REVIEWED / f"{value}.json").read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    if hashlib.sha256(msgspec.json.encode(data, order="deterministic")).hexdigest() != value:
        return None
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError:  # an older form of the file: its plain data still show what it said
        return data


def proposal_file(root: Path, item: str, value: str) -> Path:
    """Where a proposed content of an item stands."""
    return root / PROPOSALS / f"{item}@{value[:SHORT]}.yaml"


def write_proposal(root: Path, item: str, value: str, text: str) -> None:
    """Keep a proposed content, as the editor wrote it."""
    write_whole(proposal_file(root, item, value), text.encode())


def proposal_files(root: Path) -> Iterator[tuple[str, str, Path]]:
    """(item, first digits of the hash, file) of everything proposed."""
    for path in sorted((root / PROPOSALS).rglob("*@*.yaml")):
        item, _, digits = path.relative_to(root / PROPOSALS).as_posix().removesuffix(".yaml").rpartition("@")
        yield item, digits, path


def write_whole(path: Path, data: bytes) -> None:
    """The whole file on disk, or none of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    except OSError as error:
        raise _cannot_write(path.parent, error) from error
    try:
        os.write(handle, data)
        os.fsync(handle)
        os.fchmod(handle, 0o644)
        os.replace(name, path)
    except OSError as error:
        os.unlink(name)
        raise _cannot_write(path.parent, error) from error
    finally:
        os.close(handle)


def _cannot_write(folder: Path, error: OSError) -> HickamError:
    return HickamError(
        code="cannot-record",
        where=str(folder),
        what=f"cannot be written: {error.strerror}",
        why="a review that is not on disk was never made",
        fix="work on a copy of the pack that you may write (cp -r), and name it with --pack",
    )
