"""The databases that tests of the store run on: SQLite in a file, and a PostgreSQL server really started.

The server is Debian's, runs as an unprivileged user in a folder of its own and listens on a socket in that folder only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from hickam.store.database import Store

SUPERUSER = "postgres"


def server_programs() -> Path | None:
    """The folder with initdb and pg_ctl of PostgreSQL 15 or newer; None where it is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    named = shutil.which("initdb")
    found = [*folders, *([Path(named).parent] if named else [])]
    return next((path for path in found if (path / "initdb").exists()), None)


class Server:
    """One PostgreSQL server in a temporary folder. ``durable``: it waits for the disk, as a real one does; tests kill
    programs, never the machine, and need not wait."""

    def __init__(self, programs: Path, *, durable: bool = False) -> None:
        self.programs, self.durable = programs, durable
        self.folder = Path(tempfile.mkdtemp(prefix="hickam-pg-", dir="/tmp"))
        self.data = self.folder / "data"
        self.made = 0
        if os.getuid() == 0:
            shutil.chown(self.folder, SUPERUSER)
        self._run(
            "initdb", "--pgdata", self.data, "--username", SUPERUSER, "--auth", "trust", "--no-sync", "-E", "UTF8"
        )
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        fsync = "on" if self.durable else "off"
        options = f"-c fsync={fsync} -c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        self._run("pg_ctl", "start", "--wait", "-D", self.data, "-l", self.folder / "log", "-o", options)

    def crash(self) -> None:
        """Stop it at once, as when the machine fails: nothing is finished, nothing is written."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", "immediate")

    def remove(self) -> None:
        """Stop it and delete its folder."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "stop", "-D", self.data, "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, like: str = "") -> str:
        """URL of a new database: empty, or a copy of the one at the URL ``like``."""
        self.made += 1
        name = f"hickam_{self.made}"
        template = f" TEMPLATE {_name(like)}" if like else ""
        self.execute(f"CREATE DATABASE {name}{template}")
        return f"postgresql://{SUPERUSER}@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Delete it, whoever is connected."""
        self.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement as the server's superuser."""
        with psycopg.connect(f"host={self.folder} user={SUPERUSER} dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: object) -> None:
        as_user = ["runuser", "-u", SUPERUSER, "--"] if os.getuid() == 0 else []
        words = [*as_user, str(self.programs / program), *map(str, arguments)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")


def _name(url: str) -> str:
    return url.split("/")[3].split("?")[0]


def with_tables(url: str) -> str:
    """Make the tables there."""
    store = Store(url)
    store.upgrade()
    store.close()
    return url


def running_server() -> Iterator[Server | None]:
    """A server for as long as it is wanted; None where PostgreSQL is not installed."""
    programs = server_programs()
    if programs is None:
        yield None
        return
    server = Server(programs)
    try:
        yield server
    finally:
        server.remove()
