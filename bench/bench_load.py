"""People typing stories into one ``hickam serve --team`` on this machine: how long an update takes, whether any fails.

Each simulated person has a session, an age of their own (so that no two share an answer) and types stories of the
intake tests without end, about 40 words a minute: 290 ms between keys on average, more before a word, a second or two
at a comma or full stop; nobody stops to read. The client does what the workbench of a team does
(``static/workbench.js``): waits as long as its last update took (40 to 500 ms), asks for one quick answer at a time,
of the latest text; after a pause of 500 ms for the whole answer, then for suggestions. An *update* is the time from
sending to the whole quick answer; *shown* is the time from the key itself. What was given up is counted by itself.
Load generator, server and database share the cores, so the record says how busy those were and what the server's part
was.

    PYTHONPATH=src python bench/bench_load.py [--people 50] [--seconds 300] [--sanity] [--database URL]

A full run writes its part of docs/evaluation/load.json and load.md. That nothing acknowledged is lost when the
server is killed under load: tests/functional/test_serve_kill.py.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from loopback import Connection
from service_page import record

ROOT = Path(__file__).parents[1]
HICKAM = str(Path(sys.executable).with_name("hickam"))
QUICK = {"draws": 0, "explain": False, "steps": 0}
WHOLE = {"draws": 400, "steps": 12}
SOONEST, LATEST, PAUSE = 0.040, 0.500, 0.500
KEY = (-1.66, 0.5)
"""Log-normal of the seconds between keys within a word: median 190 ms."""
WORD, STOP = (-1.0, 0.6), (0.3, 0.5)
"""The same before a word (median 370 ms), and after a comma or full stop (1.35 s)."""
PASSWORD = "violet tractor hums softly"


def stories() -> list[str]:
    """The stories of the intake tests that have at least a sentence, in patients' and doctors' words."""
    lines = (ROOT / "tests" / "unit" / "intake_stories.jsonl").read_text().splitlines()
    told = [" ".join(json.loads(line)["text"].split()) for line in lines]
    return [text for text in told if len(text) >= 80]


def keys(story: str, chance: random.Random) -> Iterator[tuple[float, str]]:
    """(pause before this key, the text after it)."""
    for place, character in enumerate(story):
        before = story[place - 1] if place else "."
        mean, spread = STOP if before in ".,;" and character == " " else WORD if before == " " else KEY
        yield chance.lognormvariate(mean, spread), story[: place + 1]


class Service:
    """One ``hickam serve --team`` with people who are logged in."""

    def __init__(self, folder: Path, database: str, people: int) -> None:
        self.environment = {**os.environ, "HICKAM_DATABASE": database, "PYTHONPATH": str(ROOT / "src")}
        self.folder, self.database = folder, database
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.tokens = self._people(people)

    def _people(self, people: int) -> list[tuple[str, str]]:
        """(session token, CSRF token) of each person: logins themselves are not what is measured."""
        from hickam.services.accounts import Accounts
        from hickam.services.saved_cases import open_store
        from hickam.services.users import UserAdmin

        store = open_store(self.database)
        admin, accounts, found = UserAdmin(store), Accounts(store), []
        for number in range(people):
            user = admin.add(f"person{number}", "", ["clinician"], None)
            token = accounts.begin(user)
            session = accounts.session(token)
            assert session is not None
            found.append((token, session.csrf))
        store.close()
        return found

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [HICKAM, "serve", "--team", "--port", str(self.port), "--rate", "50"]
        log = (self.folder / "serve.log").open("ab")
        self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        self.port = int(line.split("127.0.0.1:")[1].split("/")[0])
        for _ in range(300):
            try:
                if httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the server did not get ready")

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def connection(self, person: int) -> Connection:
        """A browser of this person."""
        token, csrf = self.tokens[person]
        return Connection(self.port, {"cookie": f"hickam={token}; hickam-csrf={csrf}", "x-csrf-token": csrf})

    def cpu_seconds(self) -> float:
        """Processor time of the server and of the processes it has started, so far."""
        assert self.process is not None
        times: dict[int, tuple[int, int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rsplit(")", 1)[1].split()
                times[int(path.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
        mine = {self.process.pid}
        ticks = sum(used for pid, (parent, used) in times.items() if pid in mine or parent in mine)
        return ticks / os.sysconf("SC_CLK_TCK")


class Seen:
    """What happened to everybody's keys. Seconds."""

    def __init__(self) -> None:
        self.updates: list[float] = []
        self.shown: list[float] = []
        self.settled: list[float] = []
        self.suggested: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.keys = self.given_up = 0


async def type_stories(service: Service, person: int, until: float, seen: Seen) -> None:
    """One person at the workbench until the time is over."""
    chance = random.Random(person)
    told = stories()
    page = Page(service.connection(person), seen)
    await asyncio.sleep(chance.uniform(0, 3))
    while time.monotonic() < until:
        page.age = round(chance.uniform(18, 95), 3)
        for pause, text in keys(chance.choice(told), chance):
            if time.monotonic() > until:
                break
            await asyncio.sleep(pause)
            page.key(text)
    await page.end()


class Page:
    """The workbench of one person: one quick answer at a time, of the latest text; the whole one in a pause."""

    age = 0.0

    def __init__(self, connection: Connection, seen: Seen) -> None:
        self.connection, self.seen = connection, seen
        self.asking = asyncio.Lock()
        self.took = 0.0
        self.running: asyncio.Task[None] | None = None

    def key(self, text: str) -> None:
        """A key was pressed; what waits for the text before it is given up."""
        self.seen.keys += 1
        if self.running is not None and not self.asking.locked():
            self.running.cancel()
        self.latest = text
        self.running = asyncio.create_task(self._update(text, time.monotonic()))
        self.running.add_done_callback(lambda done: None if done.cancelled() else done.exception())

    async def end(self) -> None:
        """Wait for what is under way."""
        if self.running is not None:
            await asyncio.wait({self.running}, timeout=30)
        self.connection.close()

    async def _update(self, text: str, pressed: float) -> None:
        await asyncio.sleep(min(LATEST, max(SOONEST, self.took)))
        if text != self.latest:
            return
        async with self.asking:
            if text != self.latest:
                self.seen.given_up += 1
                return
            begun = time.monotonic()
            await self._ask("assess", text, {"reader": "clinician", **QUICK}, self.seen.updates)
            self.took = time.monotonic() - begun
            if text == self.latest:
                self.seen.shown.append(time.monotonic() - pressed)
        await asyncio.sleep(PAUSE)
        if text != self.latest:
            return
        answer = await self._ask("assess", text, {"reader": "clinician", **WHOLE}, self.seen.settled)
        if answer is not None and b'"not_understood":[]' not in answer:
            await self._ask("parse", text, {}, self.seen.suggested)

    async def _ask(self, call: str, text: str, more: dict[str, Any], times: list[float]) -> bytes | None:
        begun = time.monotonic()
        try:
            status, answer = await self.connection.post(f"/api/v1/{call}", {"text": text, "age": self.age, **more})
        except asyncio.CancelledError:
            self.seen.given_up += 1
            raise
        except (OSError, asyncio.IncompleteReadError) as error:
            self.seen.statuses[type(error).__name__] += 1
            return None
        code = "" if status == 200 else json.loads(answer).get("code", "")
        self.seen.statuses[f"{status} {code}".strip()] += 1
        times.append(time.monotonic() - begun)
        return answer if status == 200 else None


def figures(seen: Seen, people: int, seconds: float, server: float, ours: float) -> dict[str, Any]:
    """The record: milliseconds, counts, the machine's load. ``server``, ``ours``: seconds of processor time."""

    def ms(times: list[float]) -> dict[str, float]:
        parts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
        return {name: round(1000 * parts[part - 1], 1) for name, part in (("median", 50), ("p95", 95), ("p99", 99))}

    read = {"200", "422 nothing-understood"}
    requests = sum(seen.statuses.values())
    return {
        "people": people,
        "seconds": round(seconds),
        "keys": seen.keys,
        "requests": requests,
        "updates": len(seen.updates),
        "given_up": seen.given_up,
        "update_ms": ms(seen.updates),
        "shown_ms": ms(seen.shown),
        "whole_ms": ms(seen.settled),
        "suggestions_ms": ms(seen.suggested),
        "answers": dict(sorted(seen.statuses.items())),
        "errors": sum(count for status, count in seen.statuses.items() if status not in read),
        "server_cpu_ms_a_request": round(1000 * server / max(1, requests), 2),
        "server_cores_used": round(server / seconds, 2),
        "generator_cores_used": round(ours / seconds, 2),
        "load_average": [round(value, 1) for value in os.getloadavg()],
        "cores": os.cpu_count(),
    }


async def typing(service: Service, people: int, seconds: float) -> dict[str, Any]:
    """Everybody types for so long."""
    seen, begun = Seen(), time.monotonic()
    server, ours = service.cpu_seconds(), time.process_time()
    await asyncio.gather(*(type_stories(service, person, begun + seconds, seen) for person in range(people)))
    used = service.cpu_seconds() - server, time.process_time() - ours
    return figures(seen, people, time.monotonic() - begun, *used)


def main() -> int:
    """Run, print, and with the full length record; 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--sanity", action="store_true", help="a few people for a few seconds: does it still run")
    parser.add_argument("--database", default="", help="default: a new SQLite file")
    given = parser.parse_args()
    people, seconds = (5, 6.0) if given.sanity else (given.people, given.seconds)
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder), given.database or f"sqlite:///{folder}/load.db", people)
        service.start()
        try:
            found = asyncio.run(typing(service, people, seconds))
        finally:
            service.stop()
    print(json.dumps(found, indent=2))
    if not given.sanity:
        record("load", found)
    return int(bool(found["errors"]))


if __name__ == "__main__":
    sys.exit(main())
