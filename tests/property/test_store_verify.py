"""What was saved cannot change unseen: any value of any kept row, any row taken away or put in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from builders_of_records import new_case, new_document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, LargeBinary, Table, delete, insert, select, text, update

from hickam.model.records import LOCAL
from hickam.store.case_desk import CaseDesk
from hickam.store.database import Store
from hickam.store.document_desk import DocumentDesk, Signature
from hickam.store.hashing import now
from hickam.store.tables import assessments, audit, audit_head, case_versions, cases, documents, knowledge, users
from hickam.store.verify import verify

KEPT = (cases, case_versions, assessments, documents, knowledge, audit, audit_head)
CELLS = [(table, column.name) for table in KEPT for column in table.c]


def fill(store: Store) -> None:
    """Two cases, a draft, a signed document, an erased case."""
    desk, papers = CaseDesk(store, LOCAL), DocumentDesk(store, LOCAL)
    first = desk.save(new_case("one \u00e9", patient="P1", title="t", answered=True)).case_id
    desk.add_version(first, new_case("two", answered=True), after=1)
    second = desk.save(new_case("three")).case_id
    draft = papers.draft(first, 1, new_document("# Note"))
    papers.sign(draft.id, Signature(name="Dr A", at=now(), pdf=b"%PDF"), after=1)
    papers.edit(papers.draft(second, 1, new_document("# Other")).id, "# Changed", "", after=1)
    gone = desk.save(new_case("four", answered=True)).case_id
    papers.draft(gone, 1, new_document("# Gone"))
    desk.erase(gone)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'hickam.db'}")
    fill(store)
    yield store
    store.close()


def unlock(connection: Connection) -> None:
    """What somebody with the whole database can do first: take the triggers and the checks of keys away."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
    else:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))


def test_what_is_untouched_is_sound(store: Store) -> None:
    fill(store)
    with store.reading() as connection:
        found = verify(connection)
        assert found.problems == []
        assert verify(connection, found.head).problems == []
        assert verify(connection, "0" * 63 + "1").problems != []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.sampled_from(CELLS), row=st.integers(0, 50), place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_byte_of_any_row_shows(filled: Store, cell: tuple[Table, str], row: int, place: int, flip: int) -> None:
    with filled.engine.connect().execution_options(changes=True) as connection:
        transaction = connection.begin()
        unlock(connection)
        _change(connection, cell, row, place, flip)
        assert verify(connection).problems != []
        transaction.rollback()
    with filled.reading() as connection:
        assert verify(connection).problems == []


def _change(connection: Connection, cell: tuple[Table, str], number: int, place: int, flip: int) -> None:
    """Another value in one cell: a byte or character flipped, a number moved, an empty one filled."""
    table, name = cell
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
    row = rows[number % len(rows)]
    old, column = getattr(row, name), table.c[name]
    new: object
    if isinstance(column.type, LargeBinary):
        data = bytearray(old or b"x")
        data[place % len(data)] ^= flip
        new = bytes(data)
    elif isinstance(old, int):
        new = old + 1000 + flip
    else:
        at = place % (len(old) + 1)
        new = old[:at] + chr(33 + flip % 90) + old[at + 1 :]
        new = new if new != old else old + "!"
    key = [c == getattr(row, c.name) for c in table.primary_key.columns]
    connection.execute(update(table).where(*key).values({name: new}))


@pytest.mark.parametrize("table", KEPT, ids=lambda table: table.name)
def test_a_row_taken_away_shows(store: Store, table: Table) -> None:
    fill(store)
    with store.engine.connect().execution_options(changes=True) as connection, connection.begin() as transaction:
        unlock(connection)
        keys = connection.execute(select(*table.primary_key.columns)).all()
        for key in (keys[0], keys[-1]):
            with connection.begin_nested() as nested:
                found = [c == v for c, v in zip(table.primary_key.columns, key, strict=True)]
                connection.execute(delete(table).where(*found))
                assert verify(connection).problems != []
                nested.rollback()
        transaction.rollback()


def test_a_row_put_in_shows(store: Store) -> None:
    fill(store)
    with store.engine.connect().execution_options(changes=True) as connection, connection.begin() as transaction:
        unlock(connection)
        row = connection.execute(select(cases).limit(1)).one()._mapping
        connection.execute(insert(cases).values({**row, "id": "f" * 20}))
        assert [problem.split(":")[0] for problem in verify(connection).problems] == ["cases " + "f" * 20]
        transaction.rollback()


def test_a_case_given_to_another_owner_shows(store: Store) -> None:
    fill(store)
    with store.engine.connect().execution_options(changes=True) as connection, connection.begin() as transaction:
        unlock(connection)
        row = dict(connection.execute(select(users)).one()._mapping)
        connection.execute(insert(users).values({**row, "id": "thief", "name": "thief"}))
        connection.execute(update(cases).values(owner="thief"))
        assert len(verify(connection).problems) == 2
        transaction.rollback()
