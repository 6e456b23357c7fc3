"""The seconds of a recording behind words, as a WAV file."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np

from hickam.errors import HickamError
from hickam.intake.speech.decoding import RATE, AudioFile
from hickam.model.transcript import Transcript

MARGIN = 0.2
"""Seconds before and after: a recogniser's times are no better than that."""


def cut(transcript: Transcript, audio: Path, start: float, end: float) -> bytes:
    """``start``..``end`` seconds with a margin, 16 kHz mono. HickamError when it is not this transcript's recording."""
    file = AudioFile(audio)
    if file.sha256 != transcript.recording.sha256:
        raise HickamError(
            code="other-recording",
            where=audio.name,
            what="not the recording that this transcript was made from",
            why="other words would be played for those that are shown",
            fix="give the original file, unchanged",
        )
    first, last = max(0, round((start - MARGIN) * RATE)), round((end + MARGIN) * RATE)
    parts, at = [], 0
    for block in file.blocks():
        mono = block.mean(axis=0)
        parts.append(mono[max(0, first - at) : max(0, last - at)])
        at += len(mono)
        if at >= last:
            break
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((np.concatenate(parts) * 32767).astype("<i2").tobytes())
    return out.getvalue()
