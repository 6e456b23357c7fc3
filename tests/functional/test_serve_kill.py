"""The service is killed while people save, started again, and has everything it had said was saved, once."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from hickam.model.records import LOCAL
from hickam.store.case_desk import CaseDesk
from hickam.store.database import Store
from hickam.store.verify import verify

PEOPLE = 4
KILLS = 2
COMMAND = [sys.executable, "-c", "from hickam.interfaces.cli.main import run; run()"]


class Service:
    """``hickam serve`` on a free port."""

    def __init__(self, database: str) -> None:
        words = [*COMMAND, "serve", "--port", "0", "--rate", "0", "--database", database]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", self.process.stdout.readline())
        assert found
        self.url = found.group()
        end = time.monotonic() + 60
        while not self.ready() and time.monotonic() < end:
            time.sleep(0.05)

    def ready(self) -> bool:
        """Whether it takes requests."""
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> str:
        """Kill it at once; returns what it had logged."""
        os.kill(self.process.pid, signal.SIGKILL)
        return self.process.communicate()[1]


def story(key: str) -> str:
    return f"calf cramp at night, secret-{key}"


def save(client: httpx.Client, key: str) -> dict[str, str]:
    """Save one story under its key; raises httpx.HTTPError when no answer came."""
    body = {"text": story(key), "patient": f"patient-{key}"}
    response = client.post("/api/v1/cases", json=body, headers={"idempotency-key": key}, timeout=20)
    assert response.status_code == 201, response.text[:200]
    return {"id": response.json()["id"], "hash": response.json()["hash"]}


def person(url: str, name: str, said: dict[str, dict[str, str]], tried: list[str]) -> None:
    """Save one story after another until the service is gone."""
    with httpx.Client(base_url=url) as client:
        for number in itertools.count():
            key = f"{name}-{number}"
            tried.append(key)
            try:
                said[key] = save(client, key)
            except httpx.HTTPError:
                return


def test_the_killed_service_has_all_it_acknowledged_and_nothing_twice(database: str) -> None:
    said: dict[str, dict[str, str]] = {}
    tried: list[str] = []
    for kill in range(KILLS):
        service, before = Service(database), len(said)
        people = [
            threading.Thread(target=person, args=(service.url, f"{kill}-{number}", said, tried))
            for number in range(PEOPLE)
        ]
        for thread in people:
            thread.start()
        while len(said) < before + PEOPLE and any(thread.is_alive() for thread in people):
            time.sleep(0.02)
        logged = service.kill()
        for thread in people:
            thread.join()
        assert len(said) >= before + PEOPLE
        assert "secret" not in logged
    service = Service(database)
    try:
        with httpx.Client(base_url=service.url) as client:
            for key, saved in said.items():
                found = client.get(f"/api/v1/cases/{saved['id']}").json()
                assert (found["told"]["text"], found["hash"]) == (story(key), saved["hash"])
            with ThreadPoolExecutor(PEOPLE) as pool:  # everybody tries again what had no answer, and what had
                again = dict(zip(tried, pool.map(lambda key: save(client, key), tried), strict=True))
        assert {key: again[key] for key in said} == said
    finally:
        service.kill()
    store = Store(database)
    assert sorted(line.patient for line in CaseDesk(store, LOCAL).lines(most=10_000)) == sorted(
        f"patient-{key}" for key in tried
    )
    with store.reading() as connection:
        assert verify(connection).problems == []
    store.close()
