"""Open the store by URL: SQLite (WAL, made when something is first saved) or PostgreSQL; transactions; migrations."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, InterfaceError, OperationalError, SQLAlchemyError

from hickam.errors import HickamError
from hickam.model.records import Actor
from hickam.store.audit import Recorder
from hickam.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 15
"""How long a writer waits for another."""

STAYS_SQLITE = (
    "nothing of it is left in the database's files; blocks that the disk has freed, and backups, are not reached"
)
STAYS_BUSY = (
    "another program has the database open, so its write-ahead log may still hold it: run hickam store compact again"
)
STAYS_POSTGRESQL = (
    "nothing of it is left in the tables; the server's write-ahead log keeps it until its segments are reused, and "
    "replicas, archives and backups have their own copies"
)


def default_url() -> str:
    """``$HICKAM_DATABASE``, else a SQLite file in the user's data folder."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return os.environ.get("HICKAM_DATABASE") or f"sqlite:///{data / 'hickam' / 'hickam.db'}"


class Store:
    """One database. Nothing is made before the first change; no connection is opened before it is needed."""

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file = Path(self.url.database or "") if self.is_sqlite else None
        # hide_parameters: an error text must not hold what was to be stored
        self.engine = create_engine(self.url, hide_parameters=True, **_options(self.url))
        self._ready = False
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        else:
            _prepare_postgresql(self.engine)

    @property
    def name(self) -> str:
        """The database for a person: without its password."""
        return self.url.render_as_string(hide_password=True)

    def exists(self) -> bool:
        """Whether anything was ever saved here. A server's database counts as there."""
        return self.file is None or self.file.exists()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; nothing is changed. Raises HickamError 'nothing-saved' before the first change."""
        if not self.exists():
            raise nothing_saved(self.name)
        with self._connected(changes=False) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A change that leaves no audit row: sessions, counters. All of it or nothing."""
        with self._connected(changes=True) as connection:
            yield connection

    @contextlib.contextmanager
    def recorded(self, actor: Actor) -> Iterator[Recorder]:
        """A change that is recorded in the audit trail: both or neither. Such changes take turns."""
        with self._connected(changes=True) as connection:
            recorder = Recorder(connection, actor)
            yield recorder
            recorder.finish()

    @contextlib.contextmanager
    def filling(self) -> Iterator[Connection]:
        """A change to tables of whatever revision: for restoring a backup."""
        with _words_for_failure(self.name), self._begun(changes=True) as connection:
            yield connection

    def upgrade(self, to: str = "head") -> str:
        """Bring the tables to this program's revision and return it; makes a SQLite file that is not there."""
        self._make_file()
        with _words_for_failure(self.name), self._begun(changes=True) as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, to)
        self._ready = to == "head"
        return head_revision() if self._ready else to

    def revision(self) -> str | None:
        """Revision of the tables; None where there are none."""
        if not self.exists():
            return None
        with _words_for_failure(self.name), self._begun(changes=False) as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def close(self) -> None:
        """Give the connections back; SQLite then folds its write-ahead log into the file."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _connected(self, *, changes: bool) -> Iterator[Connection]:
        self._check()
        with _words_for_failure(self.name), self._begun(changes=changes) as connection:
            yield connection

    def compact(self) -> str:
        """Give back the room of what was erased, so that no file of the database holds it; says what may stay."""
        if not self.exists():
            raise nothing_saved(self.name)
        with _words_for_failure(self.name), self.engine.connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            if self.is_sqlite:
                connection.exec_driver_sql("VACUUM")
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                return STAYS_BUSY if busy else STAYS_SQLITE
            for table in metadata.tables:
                connection.exec_driver_sql(f"VACUUM FULL {table}")
            return STAYS_POSTGRESQL

    def fold_log(self) -> None:
        """On SQLite fold the write-ahead log into the file and empty it; erased pages are zeros there."""
        if self.is_sqlite and self.exists():
            with _words_for_failure(self.name), self.engine.connect() as plain:
                plain.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _begun(self, *, changes: bool) -> Iterator[Connection]:
        options: dict[str, Any] = {"changes": changes}
        if not (changes or self.is_sqlite):
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def _check(self) -> None:
        """Tables at this program's revision, made now for a SQLite file that has none."""
        if self._ready:
            return
        found = self.revision()
        if found is None and self.is_sqlite:
            self.upgrade()
        elif found != head_revision():
            raise HickamError(
                code="store-not-upgraded",
                where=self.name,
                what=f"its tables are at revision {found or 'none'}, this program needs {head_revision()}",
                why="rows would be misread or lost",
                fix="back it up (hickam store backup), then run: hickam store upgrade",
            )
        self._ready = True

    def _make_file(self) -> None:
        """The SQLite file, for its owner alone; its journals take over the file's mode."""
        if self.file is None or self.file.exists():
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o600))
        except OSError as error:
            raise _unreachable(self.name, error.strerror or "it cannot be made") from None


def head_revision() -> str:
    """The revision this program's tables have."""
    script = ScriptDirectory(str(MIGRATIONS))
    head = script.get_current_head()
    assert head is not None
    return head


def nothing_saved(where: str) -> HickamError:
    """What is asked for cannot be there: nothing was ever saved."""
    return HickamError(
        code="nothing-saved",
        where=where,
        what="nothing has been saved here yet",
        why="there is nothing to show",
        fix="save a case first (hickam case save), or name the right database (--database, HICKAM_DATABASE)",
    )


def _checked(url: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError:
        made = None
    if (
        made is None
        or made.get_backend_name() not in ("sqlite", "postgresql")
        or (made.get_backend_name() == "sqlite" and made.database in (None, "", ":memory:"))
    ):
        raise HickamError(
            code="bad-database",
            where="--database or HICKAM_DATABASE",
            what="this is not a database that the store can use",
            why="saved cases need a place that lasts",
            fix="write sqlite:////folder/file.db or postgresql://user@host/name (docs/how-to/store.md)",
        )
    return made.set(drivername="postgresql+psycopg") if made.get_backend_name() == "postgresql" else made


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}


def _prepare_sqlite(engine: Engine) -> None:
    """WAL; every commit on the disk before it is acknowledged; freed pages overwritten; BEGIN by ourselves."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would begin late and commit early
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("changes", True) else "BEGIN")


def _prepare_postgresql(engine: Engine) -> None:
    """A program that hangs in the middle of a change holds up the others for a time, not for ever."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
        connection.execute("SET idle_in_transaction_session_timeout = '60s'")
        connection.commit()


@contextlib.contextmanager
def _words_for_failure(name: str) -> Iterator[None]:
    """A database's own error text may hold what was being stored, so it goes no further."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        busy = "lock" in str(error.orig)
        raise _unreachable(name, "it is busy" if busy else "it cannot be reached or written") from None
    except DataError:
        raise HickamError(
            code="bad-text",
            where="a text",
            what="it holds a character that the database cannot keep (NUL)",
            why="nothing of it was stored",
            fix="take the control characters out",
        ) from None
    except SQLAlchemyError as error:
        if type(error) is DatabaseError:
            raise _unreachable(name, "it is not a database, or it is damaged") from None
        raise HickamError(
            code="store-failed",
            where=name,
            what=f"the database refused the change ({type(error).__name__})",
            why="nothing of it was stored",
            fix="run: hickam store verify; report it if the store is sound",
        ) from None


def _unreachable(name: str, what: str) -> HickamError:
    return HickamError(
        code="store-unreachable",
        where=name,
        what=what,
        why="nothing can be saved or read",
        fix="check the path or address, the permissions and that the server runs; then try again",
    )
