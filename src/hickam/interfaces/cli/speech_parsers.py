"""The options of ``hickam transcribe`` and ``hickam transcript``."""

from __future__ import annotations

import argparse


def add_transcribe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """``hickam transcribe AUDIO``."""
    parser = commands.add_parser("transcribe", help="a recorded visit becomes a transcript, on this machine")
    parser.add_argument("audio", metavar="AUDIO", help="WAV, FLAC, MP3, M4A, Opus or WebM")
    parser.add_argument("--out", default=None, metavar="FILE", help="write to this file (readable by its owner alone)")
    parser.add_argument(
        "--format",
        choices=("text", "json", "srt", "vtt"),
        default=None,
        help="default: by the ending of --out, else text",
    )
    parser.add_argument("--speakers", type=int, choices=range(1, 7), default=2, metavar="N", help="how many speak (2)")
    parser.add_argument("--resume", action="store_true", help="go on where a run to the same --out was stopped")
    parser.add_argument("--no-proposals", action="store_true", help="leave out the pass with the pack's names")
    parser.add_argument("--model", default=None, metavar="NAME", help="base (default where installed) or tiny.en")
    parser.add_argument("--model-dir", default=None, metavar="DIR", help="your own CTranslate2 Whisper model")
    parser.add_argument("--server", default=None, metavar="URL", help="an OpenAI-compatible server nearby (…/v1)")
    parser.add_argument("--server-model", default="whisper-1", metavar="NAME", help="what the server calls its model")
    parser.add_argument("--pack", default="leg_cramps", help="pack name or folder (default: leg_cramps)")
    parser.set_defaults(command=_transcribe)


def add_transcript(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """``hickam transcript ACTION FILE``."""
    parser = commands.add_parser("transcript", help="look at a transcript, listen to it, correct it")
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    wanted = {
        "show": "as text, subtitles or JSON",
        "cut": "the seconds of the recording behind words, as a WAV file",
        "swap": "clinician and patient were mistaken for each other",
        "role": "say who a speaker is",
        "speaker": "give one turn to another speaker",
        "edit": "correct the words of one turn; what was heard is kept",
        "confirm": "the marked words of a turn (or of all) are right",
        "accept": "take a proposal into the words",
        "refuse": "put a proposal aside",
        "schema": "the JSON Schema of hickam.transcript/1",
    }
    made = {name: actions.add_parser(name, help=text) for name, text in wanted.items()}
    for name, action in made.items():
        action.set_defaults(command=_transcript)
        if name != "schema":
            action.add_argument("file", metavar="FILE", help="what hickam transcribe --format json wrote")
    made["show"].add_argument("--format", choices=("text", "json", "srt", "vtt"), default="text")
    made["show"].add_argument("--heard", action="store_true", help="the words as recognised, without corrections")
    for name in ("cut", "speaker", "edit"):
        made[name].add_argument("turn", metavar="TURN", help="as show prints it: t12")
    made["cut"].add_argument("audio", metavar="AUDIO", help="the recording itself")
    made["cut"].add_argument("--words", default=None, metavar="N[-M]", help="only these words of the turn, from 1")
    made["cut"].add_argument("--out", default=None, metavar="FILE.wav", help="default: standard output, for a player")
    made["role"].add_argument("speaker", metavar="SPEAKER", help="as show prints it: A")
    made["role"].add_argument("role", choices=("clinician", "patient", "other"))
    made["speaker"].add_argument("speaker", metavar="SPEAKER", help="as show prints it: A")
    made["edit"].add_argument("text", metavar="TEXT", help="the whole turn as it should read; '-' for standard input")
    made["confirm"].add_argument("turns", metavar="TURN", nargs="+", help="t12 …, or all")
    for name in ("accept", "refuse"):
        made[name].add_argument("proposals", metavar="PROPOSAL", nargs="+", help="as show prints it: p3 …")


def _transcribe(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.transcribe import transcribe_command

    return transcribe_command(options)


def _transcript(options: argparse.Namespace) -> int:
    from hickam.interfaces.cli.transcript import transcript_command

    return transcript_command(options)
