"""Recording over the network: no sound without consent, nothing left behind, clear ends."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from sounds import VISIT, needs_speech

from hickam.interfaces.web import app as application
from hickam.interfaces.web.transcribing import transcribe_routes
from hickam.services.knowledge import Knowledge
from hickam.services.speech.recordings import Recordings
from hickam.services.speech.transcriber import chosen_hearing, transcriber

pytestmark = needs_speech
CONSENT = {"given_by": "patient", "how": "spoken", "recorded_by": "Dr Example"}
OPUS = {"content-type": "audio/ogg"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sound")


@pytest.fixture(scope="module")
def client(knowledge: Knowledge, files: Path) -> Iterator[TestClient]:
    made = Recordings(lambda: transcriber(chosen_hearing("tiny.en"), knowledge, second_pass=False), most_bytes=100_000)

    def routes(known: Knowledge) -> APIRouter:
        return transcribe_routes(known, made)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(files))
        patch.setattr(application, "transcribe_routes", routes)
        app: FastAPI = application.create_app(knowledge)
        with TestClient(app) as opened:
            yield opened


def begin(client: TestClient) -> str:
    response = client.post("/api/v1/transcribe", json=CONSENT)
    assert response.status_code == 201, response.text
    id: str = response.json()["id"]
    return id


def finished(client: TestClient, id: str) -> dict[str, Any]:
    """The last state, after at most a minute."""
    for _ in range(600):
        progress: dict[str, Any] = client.get(f"/api/v1/transcribe/{id}").json()
        if progress["state"] in ("done", "failed"):
            return progress
        time.sleep(0.1)
    raise AssertionError(progress["state"])


def test_consent_then_sound_then_words_and_no_file_is_left(client: TestClient, files: Path) -> None:
    id = begin(client)
    response = client.put(f"/api/v1/transcribe/{id}/audio", content=VISIT.read_bytes(), headers=OPUS)
    assert response.status_code == 202, response.text
    made = finished(client, id)
    assert made["state"] == "done"
    assert "cramps" in str(made["transcript"]["turns"])
    assert made["transcript"]["consent"]["recorded_by"] == "Dr Example"
    assert list(files.iterdir()) == []
    assert client.put(f"/api/v1/transcribe/{id}/audio", content=b"x", headers=OPUS).status_code == 409
    assert client.delete(f"/api/v1/transcribe/{id}").status_code == 204
    assert client.get(f"/api/v1/transcribe/{id}").status_code == 404


@pytest.mark.parametrize(
    "consent",
    [
        {},
        {**CONSENT, "given_by": "nobody"},
        {**CONSENT, "recorded_by": ""},
        {**CONSENT, "recorded_by": "  "},
        {"how": "spoken"},
    ],
)
def test_without_consent_there_is_no_place_for_sound(client: TestClient, consent: dict[str, str]) -> None:
    assert client.post("/api/v1/transcribe", json=consent).status_code == 422
    assert client.put(f"/api/v1/transcribe/{'0' * 20}/audio", content=b"x", headers=OPUS).status_code == 404


def test_what_is_too_large_or_not_sound_is_refused_and_removed(client: TestClient, files: Path) -> None:
    id = begin(client)
    address = f"/api/v1/transcribe/{id}/audio"
    assert client.put(address, content=b"x", headers={"content-type": "text/html"}).status_code == 415
    large = client.put(address, content=b"x" * 200_000, headers=OPUS)
    assert (large.status_code, large.json()["code"]) == (413, "too-large")
    assert list(files.iterdir()) == []
    assert client.put(address, content=b"not sound at all" * 100, headers=OPUS).status_code == 202
    made = finished(client, id)
    assert (made["state"], made["transcript"]) == ("failed", None)
    assert "not audio" in made["problem"]
    assert list(files.iterdir()) == []


def test_another_person_cannot_reach_a_recording(knowledge: Knowledge) -> None:
    held = Recordings(lambda: transcriber(chosen_hearing("tiny.en"), knowledge))
    made = held.begin(owner="one", given_by="carer", how="written", recorded_by="Nurse")
    with pytest.raises(Exception, match="no such recording"):
        held.progress(made.id, "two")


def test_a_recording_discarded_while_it_waits_is_never_heard(knowledge: Knowledge) -> None:
    called = threading.Event()

    def make() -> Any:
        called.set()
        raise AssertionError("it must not be heard")

    held = Recordings(make)
    made = held.begin(owner="one", given_by="patient", how="spoken", recorded_by="Dr Example")
    with held.open(made.id, "one") as upload:
        upload.add(VISIT.read_bytes())
        path = upload.recording.path
    assert path is not None
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    held.discard(made.id, "one")
    assert not path.exists()
    with pytest.raises(Exception, match="no such recording"):
        held.transcribe(made.id, "one")
    assert not called.is_set()
