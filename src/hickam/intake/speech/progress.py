"""What is kept of a long transcription while it runs, so that a kill costs a minute and not an hour.

One JSON line for what is being transcribed with what, then one a stretch. The file holds words of the visit: it is
readable by its owner alone, and removed when the transcript is done.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.intake.speech.activity import Span
from hickam.intake.speech.speakers import Run
from hickam.intake.speech.together import Sample
from hickam.model.transcript import WhyUncovered


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A difference between the passes, in seconds of the recording."""

    start: float
    end: float
    said: str
    proposed: str
    probability: float | None = None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Speech whose words were left out, and why."""

    start: float
    end: float
    why: WhyUncovered


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What was found from the end of the stretch before to ``until``, in seconds of the recording.

    ``languages``: seconds of speech by language heard; ``clipped``: share of samples at full scale.
    """

    until: float
    speech: tuple[Span, ...] = ()
    runs: tuple[Run, ...] = ()
    proposed: tuple[Proposed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    samples: tuple[Sample, ...] = ()
    languages: dict[str, float] = {}
    clipped: float = 0.0


class Kept:
    """The file beside the wanted transcript. ``key``: everything that must be the same to go on."""

    def __init__(self, path: Path | None, key: list[str], *, resume: bool) -> None:
        self.path, self.key = path, key
        self.found = self._read() if resume else ()
        if path is not None and not self.found:
            self._write(msgspec.json.encode(key), os.O_TRUNC)

    def add(self, stretch: Stretch) -> None:
        """Keep one more stretch."""
        if self.path is not None:
            self._write(msgspec.json.encode(stretch), os.O_APPEND)

    def done(self) -> None:
        """The transcript is written: nothing of it is kept elsewhere."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _write(self, line: bytes, how: int) -> None:
        assert self.path is not None
        target = os.open(self.path, os.O_WRONLY | os.O_CREAT | how, 0o600)
        with os.fdopen(target, "wb") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> tuple[Stretch, ...]:
        """Whole stretches of an earlier run; a half-written last line is that run's end."""
        if self.path is None or not self.path.is_file():
            raise self._refused("there is nothing to go on with", "run the command without --resume")
        first, *rest = self.path.read_bytes().split(b"\n")
        if first != msgspec.json.encode(self.key):
            raise self._refused(
                "it belongs to another recording, model or pack", "run without --resume, which starts anew"
            )
        found: list[Stretch] = []
        for line in rest[:-1]:
            try:
                found.append(msgspec.json.decode(line, type=Stretch))
            except msgspec.DecodeError:
                break
        self._write(first, os.O_TRUNC)
        for stretch in found:
            self.add(stretch)
        return tuple(found)

    def _refused(self, what: str, fix: str) -> HickamError:
        return HickamError(
            code="cannot-resume",
            where=self.path.name if self.path else "--resume",
            what=what,
            why="two halves of different transcripts must not become one",
            fix=fix,
        )
