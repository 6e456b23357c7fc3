"""A hospital by others (SEKMET, a small FHIR server) that the tests of exchange talk to."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fhir_bundles import example

SEKMET = shutil.which("sekmet", path=str(Path(sys.executable).parent))
PATIENCE = 90


def ask(method: str, url: str, resource: dict[str, Any] | None = None) -> dict[str, Any]:
    """One FHIR call."""
    data = None if resource is None else json.dumps(resource).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/fhir+json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
    return found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.contextmanager
def running(command: list[str], folder: Path, probe: str) -> Iterator[None]:
    """A server of others, until it answers at ``probe``; ended afterwards."""
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    ask("GET", probe)
                    break
                except OSError:
                    assert server.poll() is None, f"{command[0]} did not start"
                    assert time.monotonic() < until, f"{command[0]} does not answer"
                    time.sleep(0.3)
            yield
        finally:
            server.terminate()
            server.wait(20)


def admit(hospital: str) -> str:
    """Admit the patient of the example record today; their id there."""
    admitted = {"resourceType": "Patient", "gender": "female", "birthDate": "1954-03-02"}
    id = str(ask("POST", f"{hospital}/Patient", admitted)["id"])
    for entry in example()["entry"]:
        resource = {k: v for k, v in entry["resource"].items() if k != "id" and not k.startswith("effective")}
        if resource["resourceType"] in ("Patient", "Immunization"):
            continue
        text = json.dumps(resource).replace("Patient/p1", f"Patient/{id}")
        ask("POST", f"{hospital}/{resource['resourceType']}", json.loads(text))
    return id
