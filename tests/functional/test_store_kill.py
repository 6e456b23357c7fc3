"""Programs that are killed in the middle of saving, again and again, lose nothing they had said was saved."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from databases import Server
from store_writer import text_of

from hickam.model.records import LOCAL
from hickam.store.case_desk import CaseDesk
from hickam.store.database import Store
from hickam.store.document_desk import DocumentDesk
from hickam.store.verify import verify

TESTS = Path(__file__).parents[1]
KILLS = 8


def start(url: str, name: str) -> tuple[subprocess.Popen[str], str]:
    """The program, which is saving by now, and the first thing it said was saved."""
    paths = f"{TESTS}{os.pathsep}{TESTS.parent / 'src'}"
    program = [sys.executable, str(TESTS / "store_writer.py"), url, name]
    started = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started, started.stdout.readline()


def acknowledged(writer: subprocess.Popen[str], first: str) -> list[list[str]]:
    """What the killed program had said, but for a line it was killed in."""
    assert writer.stdout is not None
    said = first + writer.stdout.read()
    writer.stdout.close()
    writer.wait()
    return [line.split() for line in said.split("\n")[:-1]]


def check(store: Store, name: str, said: list[list[str]]) -> None:
    """All of it is there with its words; what is there besides is whole."""
    desk, papers = CaseDesk(store, LOCAL), DocumentDesk(store, LOCAL)
    for kind, row_id, number, count in said:
        words = text_of(name, int(count))
        if kind == "case":
            assert desk.version(row_id, int(number)).case.text == words
        else:
            assert papers.document(row_id).text == words
    with store.reading() as connection:
        assert verify(connection).problems == []


def test_a_program_that_is_killed_loses_nothing_it_acknowledged(database: str) -> None:
    chance = random.Random(7)
    store = Store(database)
    for kill in range(KILLS):
        name = f"writer {kill}"
        writer, first = start(database, name)
        time.sleep(chance.uniform(0, 0.3))
        os.kill(writer.pid, signal.SIGKILL)
        said = acknowledged(writer, first)
        assert said
        check(store, name, said)
    store.close()


def test_two_programs_killed_at_once_leave_one_sound_chain(database: str) -> None:
    store = Store(database)
    writers = {name: start(database, name) for name in ("left", "right")}
    time.sleep(0.8)
    for writer, _ in writers.values():
        os.kill(writer.pid, signal.SIGKILL)
    for name, (writer, first) in writers.items():
        said = acknowledged(writer, first)
        assert said
        check(store, name, said)
    store.close()


def test_a_server_that_crashes_loses_nothing_it_acknowledged(postgresql: Server, postgresql_tables: str) -> None:
    database = postgresql.new_database(postgresql_tables)
    for crash in range(3):
        name = f"crash {crash}"
        writer, first = start(database, name)
        time.sleep(0.3)
        postgresql.crash()
        said = acknowledged(writer, first)
        postgresql.start()
        store = Store(database)
        check(store, name, said)
        store.close()
        assert said
    postgresql.drop_database(database)


@pytest.fixture(autouse=True)
def _few_words_from_the_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
