"""``hickam transcribe``: a recording to a transcript. Nothing is kept but the file that --out names."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from hickam.errors import HickamError
from hickam.interfaces.cli.assess import screen_width
from hickam.interfaces.cli.batch import Bar
from hickam.interfaces.cli.output import put
from hickam.model.transcript import Transcript, write_transcript
from hickam.services.knowledge import open_knowledge
from hickam.services.speech.transcriber import AudioFile, chosen_hearing, part_file, transcriber
from hickam.writing.screen import Style
from hickam.writing.transcript import subtitles, transcript_screen

ENDINGS = {".json": "json", ".srt": "srt", ".vtt": "vtt"}


def transcribe_command(options: argparse.Namespace) -> int:
    """0 transcribed; 3 when there was nothing to transcribe (silence, another language); 2 unreadable."""
    gc.enable()  # the short commands run without; a long one must not
    out = Path(options.out) if options.out else None
    if options.resume and out is None:
        raise HickamError(
            code="cannot-resume",
            where="--resume",
            what="there is no --out",
            why="progress is kept beside the file that --out names",
            fix="give the same --out as before",
        )
    kind = options.format or ENDINGS.get(out.suffix if out else "", "text")
    audio = AudioFile(Path(options.audio))
    hearing = chosen_hearing(options.model, options.model_dir, options.server, options.server_model)
    ready = transcriber(
        hearing, open_knowledge(options.pack), speakers=options.speakers, second_pass=not options.no_proposals
    )
    bar = Bar("seconds")
    begun: list[float] = []

    def tell(done: float, total: float | None) -> None:
        begun.append(done)
        if total:
            bar.tell(round(done), min(1.0, done / total), 0.0 if not options.resume else begun[0] / total)

    try:
        transcript = ready.transcribe(audio, tell, part_file(out) if out else None, resume=options.resume)
    except KeyboardInterrupt:
        bar.end()
        again = "the same command with --resume goes on from here" if out else "with --out FILE it could be resumed"
        print(f"hickam: stopped; {again}", file=sys.stderr)
        return 130
    finally:
        bar.end()
    put(rendered(transcript, kind), options.out, binary=False)
    for note in transcript.notes if out else ():
        print(f"hickam: {note}", file=sys.stderr)
    return 0 if transcript.outcome == "transcribed" else 3


def rendered(transcript: Transcript, kind: str, *, heard: bool = False) -> bytes:
    """The transcript in one of the formats."""
    if kind == "json":
        return write_transcript(transcript)
    if kind in ("srt", "vtt"):
        return subtitles(transcript, web=kind == "vtt").encode()
    style = Style(colour=False, width=screen_width())
    return (transcript_screen(transcript, style, heard=heard) + "\n").encode()
