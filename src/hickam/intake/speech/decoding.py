"""Audio files to 16 kHz samples, a block at a time, so that two hours need no more memory than two minutes.

Only ordinary audio containers are opened: FFmpeg would otherwise follow playlists to other files and addresses.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hickam.errors import HickamError
from hickam.model.transcript import Recording

RATE = 16_000
CONTAINERS = "wav,w64,flac,mp3,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff"
CHUNK = 1 << 20
TELEPHONE_RATE = 8_000
SHORTER = 0.97
"""A file that yields less than this share of its own declared length ends early."""


class AudioFile:
    """One recording on disk. ``blocks`` may be read once; ``notes`` is complete when it has been."""

    def __init__(self, path: Path) -> None:
        need_speech()
        self.path = path
        self.sha256, size = _digest(path)
        if not size:
            raise _refused(path, "the file is empty", "record again; nothing was stored in it")
        with _opened(path) as container:
            stream = container.streams.audio[0]
            self.format = str(container.format.name).split(",")[0]
            self.source_rate = int(stream.rate or 0)
            self.source_channels = int(stream.channels or 1)
            self.declared = _wave_length(path) or (float(container.duration) / 1e6 if container.duration else None)
        self.channels = 2 if self.source_channels == 2 else 1
        self.duration = 0.0
        self.damaged = 0

    def blocks(self, seconds: float = 60.0) -> Iterator[NDArray[np.float32]]:
        """Samples in -1..1 of shape (channels, n), about ``seconds`` a time; more than two channels come as one."""
        import av

        resampler = av.AudioResampler(format="s16p", layout="stereo" if self.channels == 2 else "mono", rate=RATE)
        with _opened(self.path) as container:
            pieces: list[NDArray[np.int16]] = []
            held = 0
            for frame in _frames(container, self):
                for part in resampler.resample(frame):
                    piece: NDArray[np.int16] = part.to_ndarray().astype(np.int16, copy=False)
                    pieces.append(piece)
                    held += piece.shape[1]
                if held >= seconds * RATE:
                    yield self._joined(pieces)
                    pieces, held = [], 0
            if pieces:
                yield self._joined(pieces)

    def _joined(self, pieces: list[NDArray[np.int16]]) -> NDArray[np.float32]:
        block = np.concatenate(pieces, axis=1)
        self.duration += block.shape[1] / RATE
        return block.astype(np.float32) / 32768.0

    def recording(self) -> Recording:
        """What the transcript says of the file, once every block has been read."""
        return Recording(
            duration=round(self.duration, 3), channels=self.source_channels, sha256=self.sha256, format=self.format
        )

    def notes(self) -> list[str]:
        """What about the file itself makes words doubtful."""
        found = []
        if self.damaged:
            found.append(f"{self.damaged} damaged parts of the file could not be decoded and were left out.")
        if self.declared and self.duration < SHORTER * self.declared:
            found.append(
                f"The file ends early: it announces {self.declared:.0f} s and holds {self.duration:.0f} s. "
                "What was said after that is not in it."
            )
        if 0 < self.source_rate <= TELEPHONE_RATE:
            found.append(f"Recorded at {self.source_rate / 1000:g} kHz, as over a telephone: expect more errors.")
        return found


def need_speech() -> None:
    """Refuse clearly where the optional part is not installed."""
    missing = [name for name in ("av", "faster_whisper", "scipy") if importlib.util.find_spec(name) is None]
    if missing:
        raise HickamError(
            code="not-installed",
            where="hickam transcribe",
            what=f"{', '.join(missing)} is not installed",
            why="speech is an optional part of Hickam",
            fix="make speech   (or: pip install 'hickam[speech]')",
        )


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
            size += len(data)
    return digest.hexdigest(), size


def _wave_length(path: Path) -> float | None:
    """Seconds that a WAV file's own header announces; FFmpeg believes the file's size instead."""
    with path.open("rb") as file:
        head = file.read(4096)
    at = head.find(b"data")
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE" or at < 0 or head[12:16] != b"fmt ":
        return None
    bytes_a_second, length = int.from_bytes(head[28:32], "little"), int.from_bytes(head[at + 4 : at + 8], "little")
    streamed = length >= 0xFFFFFFFF - 4096 or not length  # written to a pipe: nobody knew the length
    return None if streamed or not bytes_a_second else length / bytes_a_second


def _opened(path: Path) -> Any:
    """The container, when it is ordinary audio; a HickamError in words otherwise."""
    import av

    try:
        container = av.open(
            str(path), options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}, metadata_errors="ignore"
        )
    except (av.error.FFmpegError, ValueError) as error:
        if isinstance(error, OSError) and not isinstance(error, av.error.InvalidDataError) and not path.is_file():
            raise
        raise _refused(
            path,
            "not audio that can be read, or cut off before its index",
            "give WAV, FLAC, MP3, M4A, Opus or WebM; an M4A that was cut off cannot be mended, a WAV or MP3 can",
        ) from None
    if not container.streams.audio:
        container.close()
        raise _refused(path, "no sound track in this file", "give the recording itself")
    return container


def _frames(container: Any, counted: AudioFile) -> Iterator[Any]:
    """Decoded frames, damaged ones counted and skipped, and a last None that flushes the resampler."""
    import av

    frames = container.decode(audio=0)
    while True:
        try:
            frame = next(frames)
        except (StopIteration, av.error.EOFError):
            break
        except av.error.FFmpegError:
            counted.damaged += 1
            if counted.damaged > 1000:
                break
            continue
        frame.pts = None  # damaged files have times that jump
        yield frame
    yield None


def _refused(path: Path, what: str, fix: str) -> HickamError:
    return HickamError(
        code="not-audio", where=path.name, what=what, why="words can only come from sound that was recorded", fix=fix
    )
