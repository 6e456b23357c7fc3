"""What saving costs: SQLite and PostgreSQL side by side, and what the audit trail adds to a save.

Both databases acknowledge when the change is on the disk. PostgreSQL is started for this, on a socket, with its own
settings. Operations alternate between the databases; medians of each.

    PYTHONPATH=tests python bench/bench_store.py [--cases 200] [--sanity]

A full run writes its part of docs/evaluation/load.json and load.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from builders_of_records import new_case
from databases import Server, server_programs, with_tables
from service_page import record
from sqlalchemy import insert

from hickam.model.records import LOCAL
from hickam.services.custody import back_up, restore, verify
from hickam.store.case_desk import CaseDesk
from hickam.store.database import Store
from hickam.store.hashing import new_id, now
from hickam.store.tables import login_failures

STORY = "calf pain after 200 m, gone in 2 minutes of standing still " * 10
Times = dict[tuple[str, str], list[float]]


def timed(times: Times, what: str, where: str, work: Callable[[], object]) -> None:
    """Add the seconds that ``work`` takes."""
    begun = time.perf_counter()
    work()
    times[what, where].append(time.perf_counter() - begun)


def unrecorded(store: Store) -> None:
    """A change of one small row without an audit row: what the database's own commit costs."""
    with store.writing() as connection:
        connection.execute(insert(login_failures).values(key=new_id(), failures=0, until=now()))


def measure(stores: dict[str, Store], cases: int, folder: Path) -> Times:
    """Seconds of each operation on each database, alternating."""
    times: Times = defaultdict(list)
    ids: dict[str, str] = {}
    for number in range(cases):
        for where, store in stores.items():
            desk = CaseDesk(store, LOCAL)
            new = new_case(f"{STORY} {number}", patient=f"P {number}", answered=True)
            timed(times, "commit of one small row", where, lambda: unrecorded(store))  # noqa: B023
            timed(times, "save a case", where, lambda: ids.update({where: desk.save(new).case_id}))  # noqa: B023
            timed(times, "add a version", where, lambda: desk.add_version(ids[where], new, after=1))  # noqa: B023
            timed(times, "read a version", where, lambda: desk.version(ids[where]))  # noqa: B023
            if number % 20 == 0:
                timed(times, "list 100 cases", where, desk.lines)
    for where, store in stores.items():
        path = folder / f"{where}.gz"
        timed(times, "verify everything", where, lambda: check(store))  # noqa: B023
        timed(times, "back up everything", where, lambda: back_up(store, path))  # noqa: B023
        copy = Store(f"sqlite:///{folder / where}.db")
        timed(times, "restore it (into SQLite)", where, lambda: restore(copy, path))  # noqa: B023
        copy.close()
    return times


def check(store: Store) -> None:
    """The store is sound; a benchmark of one that is not would be worth nothing."""
    with store.reading() as connection:
        assert verify(connection).problems == []


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--sanity", action="store_true", help="a few cases: does it run?")
    options = parser.parse_args()
    cases = 5 if options.sanity else options.cases
    programs = server_programs()
    with tempfile.TemporaryDirectory() as name, ExitStack() as end:
        folder = Path(name)
        stores = {"SQLite": Store(with_tables(f"sqlite:///{folder / 'hickam.db'}"))}
        if programs is None:
            print("PostgreSQL is not installed (make postgresql): SQLite alone")
        else:
            server = Server(programs, durable=True)
            end.callback(server.remove)
            stores["PostgreSQL"] = Store(with_tables(server.new_database()))
        times = measure(stores, cases, folder)
        print(f"{cases} cases of two versions; median milliseconds")
        medians = {
            what: {where: round(1000 * statistics.median(times[what, where]), 2) for where in stores}
            for what in dict.fromkeys(key[0] for key in times)
        }
        for what, row in medians.items():
            print(f"  {what:<26} {'   '.join(f'{where} {ms:8.2f}' for where, ms in row.items())}")
        if not options.sanity:
            load = [round(value, 1) for value in os.getloadavg()]
            record("saving", {"cases": cases, "median_ms": medians, "load_average": load, "cores": os.cpu_count()})
        for store in stores.values():
            store.close()


if __name__ == "__main__":
    main()
