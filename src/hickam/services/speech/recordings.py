"""Recordings that reach Hickam over the network: consent first, then sound, then a transcript; nothing is kept.

Sound is written to a temporary file that only this program can read and removed as soon as it has been transcribed,
discarded, or given up. Transcripts wait in memory until they are fetched or an hour has passed.
"""

from __future__ import annotations

import datetime
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from hickam.errors import HickamError
from hickam.intake.speech.decoding import AudioFile
from hickam.intake.speech.transcribing import Transcriber
from hickam.model.transcript import Consent, Transcript

State = Literal["awaiting_audio", "receiving", "waiting", "transcribing", "done", "failed"]
KEPT_SECONDS = 3600.0
MOST_BYTES = 1_000_000_000
"""About two hours of uncompressed stereo."""
MOST_AT_ONCE = 20


class RecordingProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a recording has come. ``seconds_total``: null until the file is opened, or where it does not say."""

    id: str
    state: State
    seconds_done: float = 0.0
    seconds_total: float | None = None
    problem: str = ""
    fix: str = ""
    transcript: Transcript | None = None


@dataclass
class _Recording:
    consent: Consent
    owner: str
    begun: float = field(default_factory=time.monotonic)
    progress: RecordingProgress = field(
        default_factory=lambda: RecordingProgress(id=secrets.token_hex(10), state="awaiting_audio")
    )
    path: Path | None = None
    discarded: bool = False


class Recordings:
    """All recordings in hand. ``make``: the transcriber, built at the first use; one recording is heard at a time."""

    def __init__(self, make: Callable[[], Transcriber], *, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._make = make
        self._transcriber: Transcriber | None = None
        self._all: dict[str, _Recording] = {}
        self._turn = threading.Lock()

    def begin(
        self, *, owner: str, given_by: str, how: str, recorded_by: str, now: datetime.datetime | None = None
    ) -> RecordingProgress:
        """A place for one recording, once consent is on record. HickamError where it is not, or too many wait."""
        self._forget_old()
        if len(self._all) >= MOST_AT_ONCE:
            raise _refused("busy-recording", "too many recordings wait", "finish or discard one, or try again later")
        if not recorded_by.strip():
            raise _refused("no-consent", "nobody is named who asked for consent", "send recorded_by")
        moment = (now or datetime.datetime.now(datetime.UTC)).isoformat(timespec="seconds")
        try:
            consent = msgspec.convert(
                {"given_by": given_by, "how": how, "recorded_by": recorded_by.strip(), "recorded_at": moment}, Consent
            )
        except msgspec.ValidationError:
            raise _refused(
                "no-consent",
                "who consented, and how, is not said",
                "send given_by (patient, carer, patient_and_others) and how (spoken, written)",
            ) from None
        recording = _Recording(consent=consent, owner=owner)
        self._all[recording.progress.id] = recording
        return recording.progress

    def open(self, id: str, owner: str) -> Upload:
        """Where the sound of a recording goes, once."""
        recording = self._of(id, owner)
        if recording.progress.state != "awaiting_audio":
            raise _refused("audio-there", "this recording has its sound", "begin another")
        _set(recording, state="receiving")
        return Upload(self, recording)

    def transcribe(self, id: str, owner: str) -> None:
        """Hear a recording whose sound is complete; blocks. Its file is gone afterwards, whatever happens."""
        recording = self._of(id, owner)
        try:
            with self._turn:
                if recording.discarded or recording.path is None:
                    return
                _set(recording, state="transcribing")
                made = self._heard(recording, recording.path)
                _set(recording, state="done", transcript=msgspec.structs.replace(made, consent=recording.consent))
        except _DiscardedError:
            return
        except HickamError as error:
            _set(recording, state="failed", problem=error.what, fix=error.fix)
        except Exception as error:  # its text may hold what was said
            _set(recording, state="failed", problem=f"it could not be transcribed ({type(error).__name__})")
        finally:
            _remove(recording)

    def progress(self, id: str, owner: str) -> RecordingProgress:
        """How far it is, with the transcript when it is done."""
        self._forget_old()
        return self._of(id, owner).progress

    def discard(self, id: str, owner: str) -> None:
        """Forget it: sound and words."""
        recording = self._of(id, owner)
        recording.discarded = True
        _remove(recording)
        self._all.pop(id, None)

    def _heard(self, recording: _Recording, path: Path) -> Transcript:
        if self._transcriber is None:
            self._transcriber = self._make()

        def tell(done: float, total: float | None) -> None:
            if recording.discarded:
                raise _DiscardedError
            _set(recording, seconds_done=round(done, 1), seconds_total=total)

        return self._transcriber.transcribe(AudioFile(path), tell)

    def _of(self, id: str, owner: str) -> _Recording:
        recording = self._all.get(id)
        if recording is None or recording.owner != owner:
            raise HickamError(
                code="no-recording",
                where="recording",
                what="there is no such recording of yours",
                why="recordings are kept for an hour at most",
                fix="begin again",
            )
        return recording

    def _forget_old(self) -> None:
        now = time.monotonic()
        for id, recording in list(self._all.items()):
            busy = recording.progress.state in ("waiting", "transcribing")
            if now - recording.begun > KEPT_SECONDS and not busy:
                _remove(recording)
                self._all.pop(id, None)


class Upload:
    """Sound on its way into a temporary file; use as a context manager. Incomplete sound is removed."""

    def __init__(self, recordings: Recordings, recording: _Recording) -> None:
        self.most, self.recording, self.size = recordings.most_bytes, recording, 0
        target, name = tempfile.mkstemp(prefix="hickam-", suffix=".audio")  # mode 0600
        self.file = os.fdopen(target, "wb")
        recording.path = Path(name)

    def add(self, part: bytes) -> None:
        """More sound. HickamError when it is more than may be sent."""
        self.size += len(part)
        if self.size > self.most:
            raise _refused("too-large", f"more than {self.most / 1e6:g} MB", "send Opus or M4A, or shorter parts")
        self.file.write(part)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.file.close()
        if kind is None and not self.recording.discarded:
            _set(self.recording, state="waiting")
        else:
            _remove(self.recording)
            _set(self.recording, state="awaiting_audio")


class _DiscardedError(Exception):
    """Somebody discarded the recording while it was heard."""


def _set(recording: _Recording, **changes: object) -> None:
    recording.progress = msgspec.structs.replace(recording.progress, **changes)


def _remove(recording: _Recording) -> None:
    if recording.path is not None:
        recording.path.unlink(missing_ok=True)
        recording.path = None


def _refused(code: str, what: str, fix: str) -> HickamError:
    why = "people agree to be recorded before the first word is" if code == "no-consent" else "a visit is kept briefly"
    return HickamError(code=code, where="recording", what=what, why=why, fix=fix)
