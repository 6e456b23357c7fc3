"""Back up the whole store into one file and restore it, on SQLite and PostgreSQL and from one to the other.

The file is gzipped lines of JSON: a header, one line a row, a trailer with the number of rows and a SHA-256 over all
before it. It is written from one consistent view while others go on saving. Sessions are left out: a restored store
has nobody logged in.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, LargeBinary, MetaData, Table, delete, func, insert, select

from hickam.errors import HickamError
from hickam.store.database import MIGRATIONS, Store, head_revision, nothing_saved
from hickam.store.hashing import now
from hickam.store.tables import metadata, sessions
from hickam.store.verify import Verified, verify

SCHEMA = "hickam.store/1"
AT_ONCE = 500


class Header(msgspec.Struct, frozen=True):
    """The first line."""

    schema: str
    revision: str
    at: str


class Trailer(msgspec.Struct, frozen=True):
    """The last line: rows between the first and the last, and the SHA-256 of every byte before this line."""

    rows: int
    sha256: str


def back_up(store: Store, path: Path) -> int:
    """Write the file, for its owner alone; it is there whole or not at all. Returns the number of rows."""
    if not store.exists():
        raise nothing_saved(store.name)
    if path.exists():
        raise _bad_file(path, "it is there already", "an older backup would be lost", "name a new file")
    partial = path.with_name(path.name + ".partial")
    with contextlib.suppress(FileNotFoundError):
        partial.unlink()
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with store.reading() as connection, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
                rows = _write(connection, file)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(partial, path)
        _sync_folder(path.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return rows


def restore(store: Store, path: Path) -> Verified:
    """Fill an empty store from the file, bring it to this program's revision, and verify it."""
    header = _check_file(path)
    if store.exists() and store.revision() is not None and not _is_empty(store):
        raise HickamError(
            code="store-not-empty",
            where=store.name,
            what="something is saved here already",
            why="a restored store is exactly what was backed up; two cannot be mixed",
            fix="name another database with --database",
        )
    if store.revision() not in (None, header.revision):
        raise HickamError(
            code="store-not-upgraded",
            where=store.name,
            what=f"its tables are at another revision than the backup's ({header.revision})",
            why="rows go into tables of the revision they were saved at",
            fix="name a database without tables",
        )
    store.upgrade(header.revision)
    with store.filling() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in reversed(tables.sorted_tables):
            if table.name != "alembic_version":
                connection.execute(delete(table))
        for name, rows in _read(path):
            connection.execute(insert(tables.tables[name]), [_decoded(tables.tables[name], row) for row in rows])
    store.upgrade()
    with store.reading() as connection:
        return verify(connection)


def _write(connection: Connection, file: gzip.GzipFile) -> int:
    digest, count = hashlib.sha256(), 0

    def line(value: object) -> None:
        data = msgspec.json.encode(value) + b"\n"
        digest.update(data)
        file.write(data)

    line(Header(SCHEMA, head_revision(), now()))
    for table in metadata.sorted_tables:
        if table is not sessions:
            wanted = select(table).order_by(*table.primary_key.columns)
            for row in connection.execute(wanted, execution_options={"yield_per": AT_ONCE}):
                line([str(table.name), {str(key): value for key, value in row._mapping.items()}])
                count += 1
    file.write(msgspec.json.encode(Trailer(count, digest.hexdigest())) + b"\n")
    return count


def _read(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(table, some of its rows), in the order they were written."""
    name, rows = "", list[dict[str, Any]]()
    with gzip.open(path) as file:
        next(file)
        for data in file:
            value = msgspec.json.decode(data)
            table = value[0] if isinstance(value, list) else ""
            if rows and (table != name or len(rows) == AT_ONCE):
                yield name, rows
                rows = []
            name = table
            if table:
                rows.append(value[1])


def _check_file(path: Path) -> Header:
    """The header of a file that is whole and unchanged, and whose tables this program knows."""
    try:
        with gzip.open(path) as file:
            header = _checked_lines(file)
    except FileNotFoundError:
        raise _bad_file(path, "no such file", "there is nothing to restore", "check the path") from None
    except (OSError, EOFError, ValueError, msgspec.DecodeError):
        header = None
    if header is None or header.schema != SCHEMA:
        what = "it is no backup of a Hickam store, or it is cut off or changed"
        raise _bad_file(path, what, "a part of a backup would look like the whole", "use another backup")
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(header.revision)
    except CommandError:
        what = f"it was written by a newer program (revision {header.revision})"
        raise _bad_file(path, what, "its rows would be misread", "install that version of Hickam") from None
    return header


def _checked_lines(file: gzip.GzipFile) -> Header | None:
    """The header, when the trailer fits everything before it."""
    digest, count, last = hashlib.sha256(), -2, b""
    first = b""
    for line in file:
        digest.update(last)
        first, last, count = first or line, line, count + 1
    trailer = msgspec.json.decode(last, type=Trailer)
    sound = (trailer.rows, trailer.sha256) == (count, digest.hexdigest())
    return msgspec.json.decode(first, type=Header) if sound else None


def _decoded(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Bytes come back from their base64."""
    binary = {column.name for column in table.c if isinstance(column.type, LargeBinary)}
    return {
        name: base64.b64decode(value) if name in binary and value is not None else value for name, value in row.items()
    }


def _is_empty(store: Store) -> bool:
    """Whether nothing was ever recorded; a store of another revision counts as filled."""
    with store.filling() as connection:
        tables = MetaData()
        tables.reflect(connection)
        trail = tables.tables.get("audit")
        return trail is not None and not connection.execute(select(func.count()).select_from(trail)).scalar_one()


def _sync_folder(folder: Path) -> None:
    """The new name on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bad_file(path: Path, what: str, why: str, fix: str) -> HickamError:
    return HickamError(code="bad-backup", where=str(path), what=what, why=why, fix=fix)
