"""Who opens a connection and says nothing, says it slowly or never stops is cut off; who pauses in between is not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from hickam.interfaces.web.connection import Connection

PATIENCE = 0.4
HEAD = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n"


class Hasty(Connection):
    head_seconds = PATIENCE


async def says_length(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(says_length, http=Hasty, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def closed_after(port: int, said: bytes, drip: bytes = b"") -> float:
    """Seconds until the server closes a connection that says this, then drips."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(PATIENCE / 8)
        begun = time.monotonic()
        try:
            client.sendall(said)
            while time.monotonic() - begun < 20 * PATIENCE:
                try:
                    if not client.recv(1000):
                        return time.monotonic() - begun
                except TimeoutError:
                    client.sendall(drip)
        except OSError:  # it refused to listen to more
            return time.monotonic() - begun
    raise AssertionError("still open")


@pytest.mark.parametrize(
    ("said", "drip"), [(b"", b""), (HEAD, b"x-slow: 1\r\n"), (HEAD + b"\r\n" + HEAD, b"x-slow: 1\r\n")]
)
def test_a_head_that_does_not_end_is_cut_off(port: int, said: bytes, drip: bytes) -> None:
    assert closed_after(port, said, drip) >= 0.9 * PATIENCE


def test_an_endless_head_is_cut_off_before_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hasty, "head_seconds", 60.0)
    assert closed_after(port, HEAD + b"x-long: ", b"a" * 40_000) < 20 * PATIENCE


def test_a_long_slow_body_and_a_pause_between_requests_are_not_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(20 * PATIENCE)
        for _ in range(2):
            client.sendall(HEAD + b"content-length: 200000\r\n\r\n")
            for _ in range(4):
                time.sleep(PATIENCE / 3)
                client.sendall(b"a" * 50_000)
            assert client.recv(1000).endswith(b"200000")
            time.sleep(1.5 * PATIENCE)
