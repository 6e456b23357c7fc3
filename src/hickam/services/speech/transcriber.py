"""A recording becomes a transcript: which recogniser, with whose names."""

from __future__ import annotations

from pathlib import Path

from hickam.intake.speech.decoding import AudioFile, need_speech
from hickam.intake.speech.hints import Names
from hickam.intake.speech.recogniser import Hearing
from hickam.intake.speech.transcribing import Options, Transcriber
from hickam.intake.speech.weights import find_weights
from hickam.services.knowledge import Knowledge

__all__ = ["AudioFile", "chosen_hearing", "part_file", "transcriber"]


def chosen_hearing(
    model: str | None = None, folder: str | None = None, server: str | None = None, server_model: str = ""
) -> Hearing:
    """The server where one is given, else the recogniser on this machine.

    HickamError when the extra or its weights are not installed, or the server's address may not be used.
    """
    need_speech()
    if server:
        from hickam.services.speech.server import SpeechServer

        return SpeechServer(server, server_model)
    from hickam.intake.speech.whisper import Whisper

    return Whisper(find_weights(model, folder))


def transcriber(hearing: Hearing, knowledge: Knowledge, *, speakers: int = 2, second_pass: bool = True) -> Transcriber:
    """Ready to transcribe, with the names of this pack."""
    pack = knowledge.pack
    options = Options(speakers=speakers, second_pass=second_pass, pack=pack.manifest.id, pack_hash=pack.hash)
    return Transcriber(hearing, Names(pack), options)


def part_file(out: Path) -> Path:
    """Where progress towards ``out`` is kept."""
    return out.with_name(out.name + ".part")
