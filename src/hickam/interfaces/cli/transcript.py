"""``hickam transcript``: look at a transcript, listen to the seconds behind its words, correct it."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import msgspec

from hickam.errors import HickamError
from hickam.intake.speech import editing
from hickam.intake.speech.cutting import cut
from hickam.interfaces.cli.output import put
from hickam.interfaces.cli.transcribe import rendered
from hickam.model.transcript import Transcript, Turn, read_transcript, write_transcript


def transcript_command(options: argparse.Namespace) -> int:
    """Run one of the actions; a correction is written back to the file."""
    if options.action == "schema":
        put(
            msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Transcript)), indent=2) + b"\n",
            None,
            binary=False,
        )
        return 0
    path = Path(options.file)
    transcript = read_transcript(path.read_bytes(), path.name)
    if options.action == "show":
        put(rendered(transcript, options.format, heard=options.heard), None, binary=False)
    elif options.action == "cut":
        start, end = _seconds(transcript.turn(options.turn), options.words)
        put(cut(transcript, Path(options.audio), start, end), options.out, binary=True)
    else:
        _write(path, _corrected(transcript, options))
    return 0


def _corrected(transcript: Transcript, options: argparse.Namespace) -> Transcript:
    action = options.action
    if action == "swap":
        return editing.swap(transcript)
    if action == "role":
        return editing.set_role(transcript, options.speaker, options.role)
    if action == "speaker":
        return editing.give_to(transcript, options.turn, options.speaker)
    if action == "edit":
        return editing.edit(transcript, options.turn, sys.stdin.read() if options.text == "-" else options.text)
    if action == "confirm":
        every = options.turns == ["all"]
        return editing.confirm(transcript, [turn.id for turn in transcript.turns] if every else options.turns)
    change = editing.accept if action == "accept" else editing.refuse
    for proposal in options.proposals:
        transcript = change(transcript, proposal)
    return transcript


def _seconds(turn: Turn, words: str | None) -> tuple[float, float]:
    """From the first to the last of the words N-M of the turn (from 1), or of all."""
    if words is None:
        return turn.start, turn.end
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", words)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= len(turn.words):
        raise HickamError(
            code="no-such-words",
            where="--words",
            what=f"{words!r} are no words of this turn",
            why="only what was said can be played",
            fix=f"{turn.id} has words 1-{len(turn.words)}",
        )
    return turn.words[first - 1].start, turn.words[last - 1].end


def _write(path: Path, transcript: Transcript) -> None:
    """In one step: a crash leaves the old file, and never half of the new one."""
    part = path.with_name(path.name + ".new")
    put(write_transcript(transcript), str(part), binary=False)
    os.replace(part, path)
