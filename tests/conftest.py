"""Fixtures: the shipped pack, opened once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Server, running_server

from hickam.services.knowledge import Knowledge, open_knowledge
from hickam.store.database import Store


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The leg-cramp pack as shipped."""
    return open_knowledge("leg_cramps")


@pytest.fixture(autouse=True)
def _no_remembered_choices(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have chosen a reader; the tests have not."""
    monkeypatch.setenv("HICKAM_SETTINGS", str(Path(tmp_path_factory.getbasetemp()) / "no-settings.json"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    for name in ("READER", "LANGUAGE", "TEMPLATES", "DATABASE"):
        monkeypatch.delenv(f"HICKAM_{name}", raising=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    for server in running_server():
        if server is None:
            pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql; make postgresql)")
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a new database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store' / 'hickam.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.new_database()
    yield url
    server.execute(f"DROP DATABASE {url.split('/')[3].split('?')[0]} WITH (FORCE)")


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store with its tables, new for each test."""
    opened = Store(database)
    opened.upgrade()
    yield opened
    opened.close()
