"""The written visits, and what a bad microphone makes of them."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from hickam.intake.dialogue import Speech, turns_of_text, turns_of_transcript
from hickam.model.transcript import Reason, Recogniser, Recording, Role, Speaker, Transcript, Turn, Word
from hickam.services.scribe_evaluation import Script, read_scripts

VISITS = Path(__file__).parent / "visits"
MISHEARD = [
    "left",
    "right",
    "no",
    "not",
    "two",
    "fifty",
    "atenolol",
    "simvastatin",
    "milligrams",
    "hundred",
    "leg",
    "the",
]
SOUND: Role = "unknown"


@cache
def scripts(group: str = "") -> tuple[Script, ...]:
    """The scripts of one folder, or of both."""
    return tuple(
        s for folder in ("building", "held_apart") if group in ("", folder) for s in read_scripts(VISITS / folder)
    )


def misheard(script: Script, seed: int, rate: float) -> Speech:
    """The script as a recogniser might have heard it: some words replaced or lost, and those around a loss unsure.

    What was changed has a low probability and has to be confirmed, as a recogniser's doubtful words have.
    """
    chance = random.Random(seed)
    at = 0.0
    turns = []
    roles: dict[str, Role] = {}
    for said in turns_of_text(script.script):
        speaker = said.speaker or said.role
        roles[speaker] = said.role
        words: list[Word] = []
        lost = False
        for text in said.text.split():
            drawn = chance.random()
            if drawn < rate / 2:
                words = [*words[:-1], _doubtful(words[-1])] if words else words
                lost = True
                continue
            changed = drawn < rate
            word = Word(text=chance.choice(MISHEARD) if changed else text, start=at, end=at + 0.3, probability=0.9)
            words.append(_doubtful(word) if changed or lost else word)
            lost = False
            at += 0.4
        if words:
            turns.append(Turn(id=said.id, speaker=speaker, start=words[0].start, end=at, words=tuple(words)))
    transcript = Transcript(
        recording=Recording(duration=at + 1, channels=1, sha256="0" * 64),
        recogniser=Recogniser(name="test", model="none"),
        engine_version="0",
        speakers=tuple(Speaker(id=name, role=role, standing="confirmed") for name, role in roles.items()),
        turns=tuple(turns),
    )
    return turns_of_transcript(transcript)


def _doubtful(word: Word) -> Word:
    reasons: tuple[Reason, ...] = ("unsure", "number")
    return Word(text=word.text, start=word.start, end=word.end, probability=0.2, confirm=reasons)
