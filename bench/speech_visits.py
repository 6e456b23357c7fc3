"""The written visits as sound: which voice says which line, what is written beside it, and noise."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hickam.services.scribe_evaluation import read_scripts

ROOT = Path(__file__).parents[1]
VISITS = ROOT / "tests" / "visits"
VOICES_PYTHON = ROOT / ".venv-voices" / "bin" / "python"
AMERICAN = ("joe", "heart")
PAIRS = (
    ("joe", "jf_alpha"),
    ("jf_nezumi", "jm_kumo"),
    ("joe", "jm_kumo"),
    ("jf_gongitsune", "joe"),
    ("jm_kumo", "jf_tebukuro"),
    ("jf_alpha", "jf_nezumi"),
    ("jf_tebukuro", "joe"),
)
"""Clinician, patient; same-sex pairs among them. A third person gets the first voice that is free."""
AMERICAN_PAIRS = (AMERICAN, AMERICAN[::-1])
ALL = (*AMERICAN, "jm_kumo", "jf_gongitsune", "jf_nezumi", "jf_alpha", "jf_tebukuro")
LABEL = re.compile(r"^([A-Z][a-z]+): ")
CLINICIANS = frozenset({"Doctor", "Dr", "Nurse", "Midwife"})
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Line:
    """One line of a script: who says it (its label), with which voice, from when to when."""

    speaker: str
    voice: str
    text: str
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True)
class Spoken:
    """A visit as sound. ``group``: building or held_apart."""

    name: str
    group: str
    lines: tuple[Line, ...]
    path: Path

    @property
    def text(self) -> str:
        """Everything said."""
        return " ".join(line.text for line in self.lines)


def spoken_visits(folder: Path, *, american: bool = False, as_they_are: bool = False) -> list[Spoken]:
    """Every written visit, spoken once and kept in ``folder``; ``american``: by the two American voices;
    ``as_they_are``: only those already there."""
    pairs = AMERICAN_PAIRS if american else PAIRS
    folder.mkdir(parents=True, exist_ok=True)
    visits, jobs = [], []
    for group in ("building", "held_apart"):
        for script in read_scripts(VISITS / group):
            lines = _lines(script.script, pairs[_number(script.name) % len(pairs)])
            given = [[line.voice, line.text] for line in lines]
            path = folder / f"{script.name}-{hashlib.sha256(json.dumps(given).encode()).hexdigest()[:12]}.wav"
            visits.append(Spoken(script.name, group, tuple(lines), path))
            jobs.append({"out": str(path), "lines": given, "seed": _number(script.name)})
    if as_they_are:
        visits = [visit for visit in visits if visit.path.exists()]
    elif any(not visit.path.exists() for visit in visits):
        (folder / "jobs.json").write_text(json.dumps(jobs))
        subprocess.run([str(VOICES_PYTHON), str(ROOT / "bench" / "speak.py"), str(folder / "jobs.json")], check=True)
    return [_timed(visit) for visit in visits]


def _number(name: str) -> int:
    """The same for a visit whatever others are written beside it."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)


def _lines(script: str, pair: tuple[str, str]) -> list[Line]:
    """Lines with their speaker; without labels two people take turns."""
    found: list[Line] = []
    voices: dict[str, str] = {}
    for number, text in enumerate(line.strip() for line in script.splitlines() if line.strip()):
        match = LABEL.match(text)
        speaker = match[1] if match else ("Doctor", "Patient")[number % 2]
        if speaker not in voices:
            first = pair[0] if speaker in CLINICIANS else pair[1]
            taken = set(voices.values())
            voices[speaker] = first if first not in taken else next(v for v in ALL if v not in {*taken, *pair})
        found.append(Line(speaker, voices[speaker], LABEL.sub("", text)))
    return found


def _timed(visit: Spoken) -> Spoken:
    times = json.loads(visit.path.with_suffix(".json").read_text())
    lines = tuple(
        Line(line.speaker, line.voice, line.text, start, end)
        for line, (start, end) in zip(visit.lines, times, strict=True)
    )
    return Spoken(visit.name, visit.group, lines, visit.path)


def read_wav(path: Path) -> Sound:
    """Mono samples in -1..1."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return (samples / np.float32(32768)).astype(np.float32)


def with_noise(sound: Sound, decibels: float, seed: int) -> Sound:
    """White noise so many decibels below the speech (its root mean square where there is any)."""
    speech = sound[np.abs(sound) > 0.002]
    level = float(np.sqrt((speech**2).mean())) / 10 ** (decibels / 20)
    noise: Sound = np.random.default_rng(seed).normal(0, level, len(sound)).astype(np.float32)
    return (sound + noise).astype(np.float32)
