"""Cases in the store: versions, who sees them, requests that come twice, edits that cross; on both databases."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from builders_of_records import ANNA, BEN, add_user, new_case
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hickam.errors import HickamError
from hickam.model.records import LOCAL
from hickam.store.audit import entries
from hickam.store.case_desk import CaseDesk, Once
from hickam.store.database import Store
from hickam.store.tables import metadata


def code_of(error: pytest.ExceptionInfo[HickamError]) -> str:
    return error.value.code


def actions(store: Store) -> list[str]:
    with store.reading() as connection:
        return [entry.action for entry in entries(connection)]


def test_the_migrations_make_the_tables_that_the_program_uses(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_saved_case_is_read_back_as_it_was(store: Store) -> None:
    desk = CaseDesk(store, LOCAL)
    saved = desk.save(new_case("calf pain at night \u2764 \x07", patient="P 1", title="first visit"))
    again = desk.version(saved.case_id)
    assert again == saved
    assert (again.number, again.patient, again.case.text) == (1, "P 1", "calf pain at night \u2764 \x07")
    assert actions(store) == ["case.created", "case.saved", "case.read"]


def test_versions_are_added_and_none_is_lost(store: Store) -> None:
    desk = CaseDesk(store, LOCAL)
    case_id = desk.save(new_case("one")).case_id
    for number in (1, 2, 3):
        desk.add_version(case_id, new_case(f"after {number}"), after=number)
    assert [(v.number, v.case.text) for v in desk.versions(case_id)] == [
        (1, "one"),
        (2, "after 1"),
        (3, "after 2"),
        (4, "after 3"),
    ]
    assert [line.versions for line in desk.lines()] == [4]


def test_of_two_edits_of_one_version_the_second_is_refused(store: Store) -> None:
    desk = CaseDesk(store, LOCAL)
    case_id = desk.save(new_case("one")).case_id
    desk.add_version(case_id, new_case("mine"), after=1)
    with pytest.raises(HickamError) as refused:
        desk.add_version(case_id, new_case("theirs"), after=1)
    assert code_of(refused) == "changed-meanwhile"
    assert [v.case.text for v in desk.versions(case_id)] == ["one", "mine"]


def test_of_edits_at_the_same_moment_one_wins(store: Store) -> None:
    case_id = CaseDesk(store, LOCAL).save(new_case("one")).case_id
    outcomes: list[str] = []

    def edit(number: int) -> None:
        try:
            CaseDesk(store, LOCAL).add_version(case_id, new_case(f"writer {number}"), after=1)
            outcomes.append("saved")
        except HickamError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed-meanwhile"] * 5 + ["saved"]
    assert CaseDesk(store, LOCAL).version(case_id).number == 2


def test_the_same_request_twice_saves_once(store: Store) -> None:
    desk, once = CaseDesk(store, LOCAL), Once(key="k1", request=b"the bytes")
    first = desk.save(new_case("one"), once)
    assert desk.save(new_case("one"), once) == first
    assert len(desk.lines()) == 1
    with pytest.raises(HickamError) as refused:
        desk.save(new_case("two"), Once(key="k1", request=b"other bytes"))
    assert code_of(refused) == "idempotency-key-reused"


def test_the_same_key_of_another_person_is_another_request(store: Store) -> None:
    add_user(store, ANNA)
    add_user(store, BEN)
    once = Once(key="k1", request=b"the bytes")
    first, second = CaseDesk(store, ANNA).save(new_case("one"), once), CaseDesk(store, BEN).save(new_case("one"), once)
    assert first.case_id != second.case_id


def test_another_person_sees_nothing_of_it(store: Store) -> None:
    add_user(store, ANNA)
    add_user(store, BEN)
    case_id = CaseDesk(store, ANNA).save(new_case("one", patient="P 1")).case_id
    other = CaseDesk(store, BEN)
    assert other.lines() == []
    assert other.lines(patient="P 1") == []
    attempts = (
        lambda: other.version(case_id),
        lambda: other.versions(case_id),
        lambda: other.add_version(case_id, new_case("two"), after=1),
        lambda: other.pack_kept(case_id, 1),
        lambda: other.find(case_id),
        lambda: other.erase(case_id),
    )
    for attempt in attempts:
        with pytest.raises(HickamError) as refused:
            attempt()
        assert code_of(refused) == "not-found"
    assert CaseDesk(store, ANNA).version(case_id).case.text == "one"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE case_versions SET title = 'x'",
        "UPDATE audit SET detail = '{}'",
        "DELETE FROM audit",
        "UPDATE knowledge SET content = ''",
        "UPDATE assessments SET urgency = 'self_care'",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_saved(store: Store, change: str) -> None:
    CaseDesk(store, LOCAL).save(new_case("one", answered=True))
    with store.engine.connect() as connection, pytest.raises(DBAPIError, match="kept as it is"):
        connection.execute(text(change))


def test_nothing_is_made_before_something_is_saved(tmp_path: object) -> None:
    store = Store(f"sqlite:///{tmp_path}/folder/hickam.db")
    desk = CaseDesk(store, LOCAL)
    assert desk.lines() == []
    with pytest.raises(HickamError) as refused:
        desk.version("0" * 20)
    assert code_of(refused) == "not-found"
    assert store.file is not None
    assert not store.file.parent.exists()
    desk.save(new_case("one"))
    assert store.file.stat().st_mode & 0o777 == 0o600
    assert store.file.parent.stat().st_mode & 0o777 == 0o700


def test_a_change_that_records_nothing_is_undone(store: Store) -> None:
    with pytest.raises(RuntimeError, match="audit trail"), store.recorded(LOCAL) as recorder:
        recorder.connection.execute(text("UPDATE users SET display_name = 'x'"))
    with store.reading() as connection:
        assert connection.execute(text("SELECT display_name FROM users")).scalar_one() == "local user"


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", ""])
def test_a_database_that_cannot_be_used_is_said_in_words(url: str) -> None:
    with pytest.raises(HickamError) as refused:
        Store(url)
    assert code_of(refused) == "bad-database"


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_stored(store: Store) -> None:
    with pytest.raises(HickamError) as refused, store.writing() as connection:
        connection.execute(text("INSERT INTO users (id, name) VALUES (:a, :b)"), {"a": "SECRET", "b": "SECRET"})
    assert code_of(refused) == "store-failed"
    assert "SECRET" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_store_that_another_holds_says_so_after_a_while(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hickam.store.database.BUSY_SECONDS", 1)
    holder, other = Store(database), Store(database)
    with holder.recorded(LOCAL) as recorder:
        recorder.record("test", "store")
        with pytest.raises(HickamError, match="it is busy"):
            CaseDesk(other, LOCAL).save(new_case("waiting"))
    assert CaseDesk(other, LOCAL).save(new_case("let in")).number == 1
    holder.close()
    other.close()
