"""Fixtures: the shipped pack, opened once a session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Server, running_server, with_tables
from hazards import controls, unproved

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


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the store's tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("tables") / "hickam.db"
    with_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_tables(postgresql: Server) -> str:
    """The same on PostgreSQL."""
    return with_tables(postgresql.new_database())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a new database with the store's tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_tables"), tmp_path / "hickam.db")
        yield f"sqlite:///{tmp_path / 'hickam.db'}"
        return
    like, server = request.getfixturevalue("postgresql_tables"), request.getfixturevalue("postgresql")
    url = server.new_database(like)
    yield url
    server.drop_database(url)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A store with its tables, new for each test."""
    opened = Store(database)
    yield opened
    opened.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--hazards", action="store_true", help="fail unless every test that docs/safety/hazards.yaml names passed"
    )


class _Proof:
    """Notes how each test ended; with several processes the reports come together in the first."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        missing = unproved(controls(), self.outcomes)
        if missing and not hasattr(session.config, "workerinput"):
            print("\nhazards whose controls are not shown to work:", *missing, sep="\n  ")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--hazards"):
        config.pluginmanager.register(_Proof(), "hazards")
