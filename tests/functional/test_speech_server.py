"""A recogniser on the network, played by a small server here: what is sent, and what is made of every kind of answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from sounds import VISIT, needs_speech

from hickam.errors import HickamError
from hickam.intake.speech.decoding import RATE
from hickam.interfaces.cli.main import main
from hickam.services.speech.server import SpeechServer, read_reply

ANSWER = {
    "text": "Hello doctor.",
    "language": "english",
    "words": [{"word": "Hello", "start": 0.1, "end": 0.5}, {"word": "doctor.", "start": 0.6, "end": 99.0}],
}
CLIP = np.zeros(2 * RATE, np.float32)


class Stub(ThreadingHTTPServer):
    """Answers each request with the next reply: (status, body, seconds to wait); the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: list[tuple[int, bytes, float]] = [(200, json.dumps(ANSWER).encode(), 0.0)]
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    """Keeps what was sent."""

    server: Stub

    def do_POST(self) -> None:
        self.server.bodies.append(self.path.encode() + b"\n" + self.rfile.read(int(self.headers["content-length"])))
        status, body, wait = self.server.replies.pop(0) if len(self.server.replies) > 1 else self.server.replies[0]
        time.sleep(wait)
        self.send_response(status)
        if status == 302:
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@needs_speech
def test_a_visit_is_transcribed_with_speakers_by_the_server(stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transcribe", str(VISIT), "--server", stub.url, "--server-model", "big"]) == 0
    out = capsys.readouterr().out
    assert "Hello [doctor.]" in out or "Hello doctor." in out
    assert "server 127.0.0.1, big" in out
    assert stub.bodies[0].startswith(b"/v1/audio/transcriptions")
    assert b"RIFF" in stub.bodies[0]
    assert b'name="prompt"' not in stub.bodies[0]
    assert b'name="prompt"' in stub.bodies[1]  # the second pass
    assert b"hydrochlorothiazide" in stub.bodies[1]


def test_words_come_with_times_inside_the_clip(stub: Stub) -> None:
    heard = SpeechServer(stub.url, "m").hear([CLIP], None)[0]
    assert [(word.text, word.start, word.end) for word in heard.words] == [("Hello", 0.1, 0.5), ("doctor.", 0.6, 2.0)]
    assert heard.language == "en"


def test_a_busy_server_is_asked_again(stub: Stub) -> None:
    stub.replies.insert(0, (503, b"", 0.0))
    assert len(SpeechServer(stub.url, "m", seconds=2).hear([CLIP], None)[0].words) == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((500, b"oh", 0.0), "answered 500"),
        ((401, b"key", 0.0), "answered 401"),
        ((302, b"", 0.0), "answered 302"),
        ((200, b"<html>", 0.0), "not a transcription"),
        ((200, b'{"text": null}', 0.0), "not a transcription"),
        ((200, b'{"text": "a", "words": [{"word": "a", "start": "x", "end": 1}]}', 0.0), "not a transcription"),
        ((200, b'{"text": "a", "words": 5}', 0.0), "not a transcription"),
        ((200, b"[" * 100_000, 0.0), "not a transcription"),
        ((200, b" " * 2_000_000, 0.0), "not a transcription"),
        ((200, b"{}", 1.0), "no answer within"),
    ],
)
def test_an_answer_that_is_none_ends_in_words(stub: Stub, reply: tuple[int, bytes, float], words: str) -> None:
    stub.replies = [reply]
    with pytest.raises(HickamError, match=words) as caught:
        SpeechServer(stub.url, "m", seconds=0.4).hear([CLIP], None)
    assert "oh" not in str(caught.value).split("answered")[-1]


def test_nobody_there(stub: Stub) -> None:
    url = stub.url
    stub.shutdown()
    stub.server_close()
    with pytest.raises(HickamError, match="no connection"):
        SpeechServer(url, "m", seconds=0.5).hear([CLIP], None)


@pytest.mark.parametrize("url", ["http://example.com/v1", "ftp://127.0.0.1/v1", "127.0.0.1:8000", ""])
def test_an_open_network_is_refused(url: str) -> None:
    with pytest.raises(HickamError):
        SpeechServer(url, "m")


def test_text_without_times_is_spread_over_the_clip() -> None:
    heard = read_reply(b'{"text": "my calf hurts now"}', 4.0)
    assert [(word.start, word.end) for word in heard.words] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert all(word.probability is None for word in heard.words)
    with pytest.raises(ValueError, match="no number"):
        read_reply(b'{"text": "a", "words": [{"word": "a", "start": 0, "end": "nan"}]}', 1.0)
