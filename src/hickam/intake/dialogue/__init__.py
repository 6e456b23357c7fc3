"""A visit's dialogue to findings, medicines and statements, each with the words it came from."""

from hickam.intake.dialogue.turns import DialogueTurn, Speech, turns_of_text, turns_of_transcript
from hickam.intake.dialogue.visit import read_visit

__all__ = ["DialogueTurn", "Speech", "read_visit", "turns_of_text", "turns_of_transcript"]
