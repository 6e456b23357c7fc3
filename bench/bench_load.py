"""People typing stories into one ``hickam serve --team`` on this machine: how long an update takes, whether any fails.

Each simulated person has a session and types stories of the intake tests without end, about 40 words a minute: 290 ms
between keys on average, more before a word, a second or two at a comma or full stop. The client does what the workbench
does: waits as long as its last update took (40 to 500 ms), asks for one quick answer at a time, of the latest text, and
in a pause for 400 draws and next steps. An *update* is the time from sending to the whole answer; what was given up is
counted by itself. Load generator, server and database share the cores, so the record says how busy those were.

    PYTHONPATH=src python bench/bench_load.py [--people 50] [--seconds 300] [--sanity] [--database URL]

That nothing acknowledged is lost when the server is killed under load: tests/functional/test_serve_kill.py.
"""

from __future__ import annotations

import argparse
import asyncio
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

ROOT = Path(__file__).parents[1]
HICKAM = str(Path(sys.executable).with_name("hickam"))
RESULTS = ROOT / "docs" / "evaluation" / "load.json"
SOONEST, LATEST, SETTLING = 0.040, 0.500, 0.160
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

    def client(self, person: int) -> httpx.AsyncClient:
        """A browser of this person."""
        token, csrf = self.tokens[person]
        headers = {"cookie": f"hickam={token}; hickam-csrf={csrf}", "x-csrf-token": csrf}
        return httpx.AsyncClient(base_url=self.address, headers=headers, timeout=30)


class Seen:
    """What happened to everybody's updates."""

    def __init__(self) -> None:
        self.updates: list[float] = []
        self.settled: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.given_up = 0


async def type_stories(service: Service, person: int, until: float, seen: Seen) -> None:
    """One person at the workbench until the time is over."""
    chance = random.Random(person)
    told = stories()
    async with service.client(person) as client:
        await asyncio.sleep(chance.uniform(0, 3))
        page = Page(client, seen)
        while time.monotonic() < until:
            for pause, text in keys(chance.choice(told), chance):
                if time.monotonic() > until:
                    break
                await asyncio.sleep(pause)
                page.key(text)
        await page.end()


class Page:
    """The workbench of one person: one quick answer at a time, of the latest text; the full one in a pause."""

    def __init__(self, client: httpx.AsyncClient, seen: Seen) -> None:
        self.client, self.seen = client, seen
        self.asking = asyncio.Lock()
        self.took = 0.0
        self.running: asyncio.Task[None] | None = None

    def key(self, text: str) -> None:
        """A key was pressed; what waits for the text before it is given up."""
        if self.running is not None and not self.asking.locked():
            self.running.cancel()
        self.latest = text
        self.running = asyncio.create_task(self._update(text))
        self.running.add_done_callback(lambda done: None if done.cancelled() else done.exception())

    async def end(self) -> None:
        """Wait for what is under way."""
        if self.running is not None:
            await asyncio.wait({self.running}, timeout=30)

    async def _update(self, text: str) -> None:
        await asyncio.sleep(min(LATEST, max(SOONEST, self.took)))
        if text != self.latest:
            return
        async with self.asking:
            if text != self.latest:
                self.seen.given_up += 1
                return
            self.took = await self._ask(text, {"draws": 200, "steps": 0}, self.seen.updates)
        await asyncio.sleep(SETTLING)
        if text == self.latest:
            await self._ask(text, {"draws": 400, "steps": 12}, self.seen.settled)

    async def _ask(self, text: str, more: dict[str, int], times: list[float]) -> float:
        begun = time.monotonic()
        try:
            response = await self.client.post("/api/v1/assess", json={"text": text, "reader": "clinician", **more})
        except asyncio.CancelledError:
            self.seen.given_up += 1
            raise
        except httpx.HTTPError as error:
            self.seen.statuses[type(error).__name__] += 1
            return LATEST
        code = "" if response.status_code == 200 else response.json().get("code", "")
        self.seen.statuses[f"{response.status_code} {code}".strip()] += 1
        times.append(time.monotonic() - begun)
        return times[-1]


def figures(seen: Seen, people: int, seconds: float) -> dict[str, Any]:
    """The record: milliseconds, counts, the machine's load."""

    def ms(times: list[float], share: float) -> float:
        return round(1000 * statistics.quantiles(times, n=1000)[int(1000 * share) - 1], 1) if len(times) > 1 else 0.0

    read = {"200", "422 nothing-understood"}
    return {
        "people": people,
        "seconds": round(seconds),
        "updates": len(seen.updates),
        "updates_a_second": round(len(seen.updates) / seconds, 1),
        "given_up": seen.given_up,
        "update_ms": {"median": ms(seen.updates, 0.5), "p95": ms(seen.updates, 0.95), "p99": ms(seen.updates, 0.99)},
        "settled_ms": {"median": ms(seen.settled, 0.5), "p95": ms(seen.settled, 0.95)},
        "answers": dict(seen.statuses),
        "errors": sum(count for status, count in seen.statuses.items() if status not in read),
        "load_average": [round(value, 1) for value in os.getloadavg()],
        "cores": os.cpu_count(),
    }


async def typing(service: Service, people: int, seconds: float) -> dict[str, Any]:
    """Everybody types for so long."""
    seen, begun = Seen(), time.monotonic()
    await asyncio.gather(*(type_stories(service, person, begun + seconds, seen) for person in range(people)))
    return figures(seen, people, time.monotonic() - begun)


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
        RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    return int(bool(found["errors"]))


if __name__ == "__main__":
    sys.exit(main())
