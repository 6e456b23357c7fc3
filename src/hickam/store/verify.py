"""Whether everything is as it was saved: the audit trail's chain, and every kept row against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, select

from hickam.store.audit import GENESIS
from hickam.store.hashing import digest, row_hash
from hickam.store.tables import assessments, audit, audit_head, case_versions, cases, documents, knowledge

AT_ONCE = 200


@dataclass
class Expected:
    """What the audit trail says is there. Keys are ids; values are what the rows must show."""

    cases: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Case -> owner, time of its making, number of its latest version."""
    versions: dict[tuple[str, int], str] = field(default_factory=dict)
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    documents: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Document -> its case, its hash."""

    def take(self, action: str, subject: str, detail: dict[str, Any]) -> None:
        """One audit row. Raises KeyError, TypeError or ValueError for one that no program wrote."""
        name = subject.partition("/")[2]
        if action == "case.created":
            self.cases[name] = (detail["owner"], detail["created_at"], 0)
        elif action == "case.saved":
            owner, made, _ = self.cases[name]
            number = int(detail["version"])
            self.cases[name] = (owner, made, number)
            self.versions[name, number] = detail["hash"]
            if "answer" in detail:
                self.answers[name, number] = detail["answer"]
        elif action == "case.given":
            self.cases[name] = (detail["owner"], *self.cases[name][1:])
        elif action == "case.erased":
            latest = self.cases.pop(name)[2]
            for number in range(1, latest + 1):
                self.versions.pop((name, number))
                self.answers.pop((name, number), None)
            self.documents = {key: value for key, value in self.documents.items() if value[0] != name}
        elif action == "document.drafted":
            self.documents[name] = (detail["case"], detail["hash"])
        elif action in ("document.edited", "document.signed"):
            self.documents[name] = (self.documents[name][0], detail["hash"])
        elif action == "document.discarded":
            self.documents.pop(name)


@dataclass
class Verified:
    """``head``: hash of the last audit row, to be noted elsewhere. ``problems``: places and what is wrong there."""

    rows: int
    head: str
    problems: list[str]


def verify(connection: Connection, noted_head: str = "") -> Verified:
    """Check everything. ``noted_head``: a head seen earlier, which must still be in the chain."""
    expected = Expected()
    problems: list[str] = []
    number, previous, seen = 0, GENESIS, noted_head in ("", GENESIS)
    for row in _rows(connection, audit):
        problems += _chain_problems(row, number, previous)
        number, previous = row.seq, row.hash
        seen = seen or row.hash == noted_head
        try:
            expected.take(row.action, row.subject, msgspec.json.decode(row.detail))
        except (KeyError, TypeError, ValueError, AttributeError):
            problems.append(f"audit row {row.seq}: it says what no program wrote")
    heads = [(row.id, row.seq, row.hash) for row in connection.execute(select(audit_head))]
    if heads != [(1, number, previous)]:
        problems.append(f"audit_head: it does not name row {number} as the last one; rows were added or removed")
    if not seen:
        problems.append("audit: the noted head is not in the chain; it was rewritten or cut off before that row")
    return Verified(number, previous, [*problems, *_content_problems(connection, expected)])


def _chain_problems(row: Row[Any], number: int, previous: str) -> Iterator[str]:
    if row.seq != number + 1:
        yield f"audit row {row.seq}: row {number + 1} is missing"
    if row.previous != previous:
        yield f"audit row {row.seq}: it does not follow the row before it"
    if row.hash != row_hash(row._mapping):
        yield f"audit row {row.seq}: it was changed"


def _content_problems(connection: Connection, expected: Expected) -> Iterator[str]:
    for row in _rows(connection, cases):
        if expected.cases.pop(row.id, None) != (row.owner, row.created_at, row.latest):
            yield f"cases {row.id}: owner, time or latest version is not what was recorded"
    yield from (f"cases {name}: it is missing" for name in expected.cases)
    for table, column, hashes in (
        (case_versions, "number", expected.versions),
        (assessments, "version", expected.answers),
    ):
        for row in _rows(connection, table):
            key = (row.case_id, getattr(row, column))
            if hashes.pop(key, None) != row.hash or row.hash != row_hash(row._mapping):
                yield f"{table.name} {key[0]} version {key[1]}: it is not what was saved"
        yield from (f"{table.name} {name} version {version}: it is missing" for name, version in hashes)
    for row in _rows(connection, documents):
        if expected.documents.pop(row.id, ("", ""))[1] != row.hash or row.hash != row_hash(row._mapping):
            yield f"documents {row.id}: it is not what was saved"
    yield from (f"documents {name}: it is missing" for name in expected.documents)
    needed = set(connection.execute(select(assessments.c.knowledge).distinct()).scalars())
    for row in _rows(connection, knowledge):
        needed.discard(row.digest)
        if digest(bytes(row.content)) != row.digest:
            yield f"knowledge {row.digest[:12]}: the kept pack was changed"
    yield from (f"knowledge {name[:12]}: it is missing" for name in needed)


def _rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Every row in order of its key, a few at a time."""
    wanted = select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(wanted, execution_options={"yield_per": AT_ONCE})
