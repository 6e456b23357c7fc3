"""Backup, restore, export, erasure and retention: what the keeper of a store does; on both databases."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import hashlib
import io
import json
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders_of_records import ANNA, BEN, add_user, new_case, new_document
from databases import Server
from sqlalchemy import select, text

from hickam.errors import HickamError
from hickam.model.records import LOCAL
from hickam.services.custody import Custody, as_zip, back_up, restore
from hickam.store.case_desk import CaseDesk, Once
from hickam.store.database import Store
from hickam.store.document_desk import DocumentDesk, Signature
from hickam.store.hashing import now
from hickam.store.tables import metadata, sessions
from hickam.store.verify import verify

MARK = "Xylophone-Marker-47"


def fill(store: Store) -> str:
    """One patient with the mark in every place that holds words, and another without."""
    add_user(store, ANNA)
    add_user(store, BEN)
    desk, papers = CaseDesk(store, ANNA), DocumentDesk(store, ANNA)
    once = Once(key="k", request=MARK.encode())
    case_id = desk.save(new_case(MARK + " story " * 900, patient=MARK, title=MARK, answered=True), once).case_id
    desk.add_version(case_id, new_case(f"second {MARK}", patient=MARK), after=1)
    draft = papers.draft(case_id, 1, new_document(f"# {MARK}"))
    papers.sign(draft.id, Signature(name="Dr Anna", at=now(), pdf=MARK.encode()), after=1)
    papers.edit(papers.draft(case_id, 2, new_document(MARK)).id, f"changed {MARK}", "", after=1)
    other = CaseDesk(store, BEN).save(new_case("another", patient="P 2", answered=True)).case_id
    CaseDesk(store, BEN).add_version(other, new_case("another still", patient="P 2"), after=1)
    return case_id


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything in the tables."""
    with store.reading() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
            if table is not sessions
        }


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty place to restore to, without tables."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'elsewhere' / 'hickam.db'}")
        yield store
    else:
        server: Server = request.getfixturevalue("postgresql")
        url = server.new_database()
        store = Store(url)
        yield store
        store.close()
        server.drop_database(url)
    store.close()


def test_a_restored_store_is_the_one_that_was_backed_up(store: Store, elsewhere: Store, tmp_path: Path) -> None:
    fill(store)
    path = tmp_path / "backup.gz"
    back_up(store, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert restore(elsewhere, path).problems == []
    assert rows(elsewhere) == rows(store)
    CaseDesk(elsewhere, ANNA).save(new_case("life goes on"))
    with elsewhere.reading() as connection:
        assert verify(connection).problems == []


def test_a_backup_made_while_others_save_is_one_moment_of_it(store: Store, tmp_path: Path) -> None:
    case_id, stop = fill(store), threading.Event()

    def go_on() -> None:
        desk, number = CaseDesk(store, ANNA), 2
        while not stop.is_set():
            desk.add_version(case_id, new_case(f"more {number} " * 300, answered=True), after=number)
            number += 1

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        for number in range(3):
            back_up(store, tmp_path / f"{number}.gz")
    finally:
        stop.set()
        writer.join()
    with store.reading() as connection:
        whole = verify(connection)
        heads = {row.seq: row.hash for row in connection.execute(text("SELECT seq, hash FROM audit"))}
    assert whole.problems == []
    for number in range(3):
        copy = Store(f"sqlite:///{tmp_path / f'{number}.db'}")
        found = restore(copy, tmp_path / f"{number}.gz")
        copy.close()
        assert found.problems == []
        assert heads[found.rows] == found.head


def at_revision(path: Path, revision: str, **columns: dict[str, Any]) -> bytes:
    """The backup as a program of that revision would have written it: with those columns, and its own trailer."""
    header, *lines, _ = (json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines())
    old = [[table, {**row, **columns.get(table, {})}] for table, row in lines]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in [{**header, "revision": revision}, *old])
    trailer = {"rows": len(old), "sha256": hashlib.sha256(body).hexdigest()}
    return gzip.compress(body + json.dumps(trailer).encode() + b"\n")


def test_a_backup_of_an_older_program_is_brought_up(store: Store, elsewhere: Store, tmp_path: Path) -> None:
    fill(store)
    path = tmp_path / "backup.gz"
    back_up(store, path)
    path.write_bytes(at_revision(path, "0001", users={"failed_logins": 0, "locked_until": None}))
    assert restore(elsewhere, path).problems == []
    assert elsewhere.revision() == store.revision() != "0001"
    assert rows(elsewhere) == rows(store)


def test_a_damaged_backup_is_refused(store: Store, tmp_path: Path) -> None:
    fill(store)
    path = tmp_path / "backup.gz"
    back_up(store, path)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    whole = path.read_bytes()
    damaged = {
        "cut": whole[: len(whole) // 2],
        "row left out": gzip.compress(b"".join(lines[:2] + lines[3:])),
        "word changed": gzip.compress(b"".join(lines).replace(b"second", b"third_")),
        "no trailer": gzip.compress(b"".join(lines[:-1])),
        "not ours": gzip.compress(b"hello\n"),
        "not a gzip": b"hello",
        "empty": b"",
        "newer": at_revision(path, "9999"),
    }
    for name, data in damaged.items():
        bad = tmp_path / "bad.gz"
        bad.write_bytes(data)
        target = Store(f"sqlite:///{tmp_path / name}.db")
        with pytest.raises(HickamError) as refused:
            restore(target, bad)
        assert refused.value.code == "bad-backup"
        assert not target.exists()
    with pytest.raises(HickamError) as refused:
        restore(store, path)
    assert refused.value.code == "store-not-empty"
    with pytest.raises(HickamError) as refused:
        back_up(store, path)
    assert refused.value.code == "bad-backup"


def test_everything_of_one_patient_and_of_nobody_else(store: Store) -> None:
    case_id = fill(store)
    data = as_zip(Custody(store, LOCAL).export(MARK))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        found = json.loads(file.read("patient.json"))
        names = sorted(name.rsplit("-", 1)[0][21:] for name in file.namelist() if name.startswith("documents/"))
        pdf = next(file.read(name) for name in file.namelist() if name.endswith(".pdf"))
    assert [(v["case_id"], v["number"]) for v in found["versions"]] == [(case_id, 1), (case_id, 2)]
    assert MARK in found["versions"][0]["answer"]["answer"]["about"]
    assert names == ["soap-draft", "soap-signed", "soap-signed"]
    assert pdf == MARK.encode()
    assert {row["action"] for row in found["trail"]} >= {"case.created", "case.saved", "document.signed"}
    assert "P 2" not in json.dumps(found)


def test_a_person_exports_what_is_theirs(store: Store) -> None:
    case_id = fill(store)
    CaseDesk(store, BEN).save(new_case("of the same patient", patient=MARK))
    mine = CaseDesk(store, ANNA).export(MARK)
    assert {version.case_id for version in mine.versions} == {case_id}
    assert len(Custody(store, LOCAL).export(MARK).versions) == len(mine.versions) + 1
    with pytest.raises(HickamError):
        CaseDesk(store, ANNA).export("P 2")


def test_a_case_is_handed_over_with_all_that_hangs_on_it(store: Store) -> None:
    case_id = fill(store)
    CaseDesk(store, ANNA).give(case_id, BEN.user)
    with pytest.raises(HickamError):
        CaseDesk(store, ANNA).version(case_id)
    assert DocumentDesk(store, ANNA).documents(case_id) == []
    assert CaseDesk(store, BEN).version(case_id).number == 2
    assert len(DocumentDesk(store, BEN).documents(case_id)) == 2
    assert Custody(store, LOCAL).give_all(BEN.user, ANNA.user) == 2
    assert CaseDesk(store, BEN).lines() == []
    with store.reading() as connection:
        assert verify(connection).problems == []


def test_only_an_administrator_reaches_every_patient(store: Store) -> None:
    fill(store)
    with pytest.raises(HickamError) as refused:
        Custody(store, ANNA)
    assert refused.value.code == "not-allowed"


def places_of(store: Store, server_data: Path | None) -> list[Path]:
    """Every file of the database; on PostgreSQL without the write-ahead log, which keeps old pages and says so."""
    if store.file is not None:
        return [path for path in store.file.parent.glob(store.file.name + "*") if path.is_file()]
    assert server_data is not None
    return [path for path in (server_data / "base").rglob("*") if path.is_file()]


def with_mark(paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # a running server writes caches anew: what is gone holds nothing
            if MARK.encode() in path.read_bytes():
                found.append(str(path))
    return found


def test_what_is_erased_is_in_no_file_any_more(store: Store, request: pytest.FixtureRequest) -> None:
    data = None if store.is_sqlite else request.getfixturevalue("postgresql").data
    fill(store)
    with store.reading() as connection:
        before = [dict(row._mapping) for row in connection.execute(text("SELECT * FROM audit ORDER BY seq"))]
    if not store.is_sqlite:
        request.getfixturevalue("postgresql").execute("CHECKPOINT")
    assert with_mark(places_of(store, data))
    erased = Custody(store, LOCAL).erase(MARK)
    assert (erased.cases, erased.versions, erased.documents) == (1, 2, 2)
    said = store.compact()
    if not store.is_sqlite:
        assert "write-ahead log keeps it" in said
        request.getfixturevalue("postgresql").execute("CHECKPOINT")
    assert with_mark(places_of(store, data)) == []
    with store.reading() as connection:
        assert verify(connection).problems == []
        after = [dict(row._mapping) for row in connection.execute(text("SELECT * FROM audit ORDER BY seq"))]
    assert after[: len(before)] == before
    assert [line.patient for line in CaseDesk(store, BEN).lines()] == ["P 2"]
    assert CaseDesk(store, ANNA).lines() == []


def test_what_a_person_erases_is_in_no_file_of_sqlite(sqlite_tables: Path, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'hickam.db'}")
    case_id = fill(store)
    CaseDesk(store, ANNA).erase(case_id)
    assert with_mark(places_of(store, None)) == []
    store.close()


def test_a_case_that_once_bore_the_name_is_told(store: Store) -> None:
    fill(store)
    desk = CaseDesk(store, ANNA)
    moved = desk.save(new_case("misfiled", patient=MARK)).case_id
    desk.add_version(moved, new_case("put right", patient="P 3"), after=1)
    assert Custody(store, LOCAL).erase(MARK).elsewhere == (moved,)
    assert desk.version(moved).patient == "P 3"


def test_retention_erases_what_was_last_saved_long_ago(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=400)
    for module in ("case_desk", "document_desk"):
        monkeypatch.setattr(f"hickam.store.{module}.now", lambda: long_ago.isoformat(timespec="microseconds"))
    case_id = fill(store)
    monkeypatch.undo()
    fresh = CaseDesk(store, BEN).save(new_case("fresh")).case_id
    custody = Custody(store, LOCAL)
    assert custody.outdated(401) == []
    outdated = custody.outdated(365)
    assert case_id not in outdated
    assert len(outdated) == 1
    assert case_id in custody.outdated(365, signed_too=True)
    assert custody.retain(365).cases == 1
    assert [line.id for line in CaseDesk(store, BEN).lines()] == [fresh]
    assert custody.retain(365, signed_too=True).cases == 1
    with store.reading() as connection:
        assert verify(connection).problems == []


def test_a_store_of_an_older_program_is_not_touched(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    again = Store(store.url.render_as_string(hide_password=False))
    with pytest.raises(HickamError) as refused:
        CaseDesk(again, LOCAL).lines()
    assert refused.value.code == "store-not-upgraded"
    again.close()


def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"not a database" * 100)
    places = ["postgresql://nobody:SECRET@127.0.0.1:1/x", f"sqlite:///{tmp_path / 'file'}"]
    if os.getuid():
        places.append("sqlite:////proc/none/hickam.db")
    for url in places:
        with pytest.raises(HickamError) as refused:
            CaseDesk(Store(url), LOCAL).lines()
        assert refused.value.code == "store-unreachable"
        assert "SECRET" not in str(refused.value)
