"""``hickam serve`` as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = str(Path(__file__).parents[1] / "src")
COMMAND = (sys.executable, "-c", "from hickam.interfaces.cli.main import run; run()")
PATIENCE = 60


@contextmanager
def running(folder: Path, *options: str) -> Iterator[str]:
    """Address of a service whose database is in ``folder``; afterwards nothing of a story may be in its output."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    output = folder / "output"
    environment = {**os.environ, "PYTHONPATH": SOURCE, "HICKAM_DATABASE": f"sqlite:///{folder / 'hickam.db'}"}
    with output.open("wb") as out:
        command = [*COMMAND, "serve", "--port", str(port), *options]
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            _wait_ready(f"http://127.0.0.1:{port}", server, output)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)
    said = output.read_text()
    assert "calf" not in said
    assert "cramps at night" not in said


def _wait_ready(url: str, server: subprocess.Popen[bytes], output: Path) -> None:
    for _ in range(4 * PATIENCE):
        assert server.poll() is None, f"hickam serve ended: {output.read_text()}"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError("hickam serve is not ready")
