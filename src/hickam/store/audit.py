"""The audit trail: rows chained by hash, so that a changed, removed or inserted row shows.

Whoever can write the whole database could also compute a whole new chain; a head hash noted elsewhere (a backup, a
printed ``hickam store verify``) shows that too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from hickam.model.records import Actor, AuditEntry
from hickam.store.hashing import now, row_hash
from hickam.store.tables import audit, audit_head

GENESIS = "0" * 64
"""What the first row follows."""


class Recorder:
    """A transaction that changes something: the connection, and the audit rows that say what. Made by the store."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        self.connection, self.actor = connection, actor
        self._before = connection.execute(select(audit_head.c.seq, audit_head.c.hash).with_for_update()).one()
        self._seq, self._hash = self._before

    def record(self, action: str, subject: str, **detail: Any) -> None:
        """Add a row. ``subject``: 'case/ID', 'document/ID', …; ``detail`` must hold no patient's words."""
        row = {
            "seq": self._seq + 1,
            "at": now(),
            "user_id": self.actor.user,
            "action": action,
            "subject": subject,
            "detail": msgspec.json.encode(detail, order="sorted").decode(),
            "previous": self._hash,
        }
        self._seq, self._hash = row["seq"], row_hash(row)
        self.connection.execute(insert(audit).values(**row, hash=self._hash))

    def finish(self) -> None:
        """Move the head. A change that recorded nothing is a mistake in the program and is undone."""
        if self._seq == self._before.seq:
            raise RuntimeError("a recorded change left no row in the audit trail")
        self.connection.execute(update(audit_head).values(seq=self._seq, hash=self._hash))


def entries(connection: Connection) -> Iterator[AuditEntry]:
    """Rows in order of their number."""
    wanted = select(audit).order_by(audit.c.seq)
    for row in connection.execute(wanted, execution_options={"yield_per": 500}):
        yield _entry(row)


def last_entries(connection: Connection, *, subject: str | None, user: str | None, last: int) -> list[AuditEntry]:
    """The newest rows, about a subject or of a user, oldest first."""
    wanted = select(audit).order_by(audit.c.seq.desc()).limit(last)
    wanted = wanted.where(audit.c.subject == subject) if subject is not None else wanted
    wanted = wanted.where(audit.c.user_id == user) if user is not None else wanted
    return [_entry(row) for row in connection.execute(wanted)][::-1]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        user=row.user_id,
        action=row.action,
        subject=row.subject,
        detail=msgspec.json.decode(row.detail),
        previous=row.previous,
        hash=row.hash,
    )
