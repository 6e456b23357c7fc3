"""``hickam transcribe`` and ``hickam transcript`` as a user meets them, with the small model (tiny.en)."""

from __future__ import annotations

import io
import json
import os
import shutil
import wave
from pathlib import Path
from typing import Any

import av
import jsonschema
import msgspec
import numpy as np
import pytest
from sounds import RATE, VISIT, needs_speech, tune, visit_samples, write_wav

from hickam.intake.speech import transcribing
from hickam.interfaces.cli.main import main
from hickam.model.transcript import Transcript, read_transcript

pytestmark = needs_speech


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The transcript of the recorded visit, and the recording beside it."""
    folder = tmp_path_factory.mktemp("visit")
    shutil.copy(VISIT, folder / "visit.opus")
    assert main(["transcribe", str(VISIT), "--model", "tiny.en", "--out", str(folder / "visit.json")]) == 0
    return folder


def transcript_of(path: Path) -> Transcript:
    return read_transcript(path.read_bytes(), path.name)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_visit_has_its_words_speakers_times_and_marks(made: Path) -> None:
    data = json.loads((made / "visit.json").read_text())
    jsonschema.Draft202012Validator(msgspec.json.schema(Transcript)).validate(data)
    transcript = transcript_of(made / "visit.json")
    assert [transcript.role(turn) for turn in transcript.turns] == ["clinician", "patient", "clinician", "patient"]
    assert "cramps at night" in transcript.turns[0].text
    assert all(speaker.standing == "guessed" for speaker in transcript.speakers)
    marks = {word.text.strip(".,").lower(): word.confirm for turn in transcript.turns for word in turn.words}
    assert "side" in marks["left"]
    assert "negation" in marks["no"]
    assert "dose" in marks["milligrams"]
    assert transcript.recogniser.sha256.startswith("1a5afae06a4d")
    assert oct((made / "visit.json").stat().st_mode & 0o777) == "0o600"
    assert not (made / "visit.json.part").exists()


def test_the_words_are_where_the_sound_is(made: Path) -> None:
    sound = visit_samples()
    for turn in transcript_of(made / "visit.json").turns:
        inside = sound[round(turn.start * RATE) : round(turn.end * RATE)]
        assert np.sqrt((inside**2).mean()) > 0.01


def test_cut_gives_the_seconds_behind_a_word_and_refuses_another_recording(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["transcript", "cut", str(made / "visit.json"), "t3"]
    assert main([*arguments, str(made / "visit.opus"), "--words", "1-2", "--out", str(tmp_path / "w.wav")]) == 0
    turn = transcript_of(made / "visit.json").turn("t3")
    with wave.open(str(tmp_path / "w.wav")) as file:
        assert file.getnframes() / RATE == pytest.approx(turn.words[1].end - turn.words[0].start + 0.4, abs=0.01)
    other = write_wav(tmp_path / "other.wav", tune(3))
    assert run(capsys, *arguments, str(other))[0] == 2
    code, _, error = run(capsys, *arguments, str(made / "visit.opus"), "--words", "9-12")
    assert code == 2
    assert "words 1-2" in error


def test_corrections_keep_what_was_heard(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "visit.json"
    shutil.copy(made / "visit.json", path)
    before = transcript_of(path)
    text = "The left calf, doctor. I take amlodipine five milligrams."
    assert main(["transcript", "edit", str(path), "t2", text]) == 0
    assert main(["transcript", "swap", str(path)]) == 0
    assert main(["transcript", "speaker", str(path), "t4", "A"]) == 0
    assert main(["transcript", "confirm", str(path), "t4"]) == 0
    after = transcript_of(path)
    assert after.turn("t2").text == text
    assert after.turn("t2").heard_text == before.turn("t2").text
    assert (after.speakers[0].role, after.speakers[0].standing) == ("patient", "confirmed")
    assert (after.turn("t4").speaker, after.turn("t4").heard_speaker) == ("A", "B")
    assert not any(word.to_confirm for word in after.turn("t4").words)
    capsys.readouterr()
    assert main(["transcript", "show", str(path), "--heard"]) == 0
    assert before.turn("t2").text.split()[1] in capsys.readouterr().out
    assert main(["transcript", "show", str(path), "--format", "srt"]) == 0
    assert capsys.readouterr().out.startswith("1\n00:00:00,")
    assert run(capsys, "transcript", "edit", str(path), "t99", "x")[0] == 2


SOUNDS = {
    "silence": np.zeros(8 * RATE),
    "noise": np.random.default_rng(0).normal(0, 0.1, 8 * RATE),
    "a tune": tune(8),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_where_nobody_speaks_nothing_is_written(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_wav(tmp_path / "sound.wav", SOUNDS[name])
    code, out, _ = run(capsys, "transcribe", str(path), "--model", "tiny.en", "--format", "json")
    assert code == 3
    transcript = read_transcript(out.encode(), "out")
    assert (transcript.outcome, transcript.turns, transcript.proposals) == ("no_speech", (), ())
    assert "nothing was transcribed" in transcript.notes[-1]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.wav", b"", "empty"),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", "not audio"),
        ("story.mp3", b"My calf cramps at night. " * 400, "not audio"),
        ("list.wav", f"#EXTM3U\n#EXTINF:10,\nfile://{VISIT}\n#EXT-X-ENDLIST\n".encode(), "not audio"),
        ("cut.m4a", b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00" + os.urandom(4000), "not audio"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(
    name: str, data: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    code, out, error = run(capsys, "transcribe", str(tmp_path / name), "--model", "tiny.en")
    assert (code, out) == (2, "")
    assert words in error
    assert "what to do" in error
    assert run(capsys, "transcribe", str(tmp_path / "missing.wav"))[0] == 2
    assert run(capsys, "transcribe", str(tmp_path))[0] == 2


def encoded(path: Path, codec: str, container: str, rate: int) -> Path:
    """The recorded visit in another format."""
    with av.open(str(VISIT)) as source, av.open(str(path), "w", format=container) as target:
        stream: Any = target.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.format.name, layout="mono", rate=rate)
        for frame in [*source.decode(audio=0), None]:
            if frame is not None:
                frame.pts = None
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "container", "rate"),
    [
        ("a.wav", "pcm_s16le", "wav", 8000),
        ("a.flac", "flac", "flac", 44100),
        ("a.mp3", "libmp3lame", "mp3", 44100),
        ("a.m4a", "aac", "ipod", 44100),
        ("a.webm", "libopus", "webm", 48000),
    ],
)
def test_every_format_is_heard(
    name: str, codec: str, container: str, rate: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = encoded(tmp_path / name, codec, container, rate)
    code, out, _ = run(capsys, "transcribe", str(path), "--model", "tiny.en", "--no-proposals")
    assert code == 0
    assert "night" in out
    assert ("telephone" in out) == (rate == 8000)


def test_a_file_cut_off_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = write_wav(tmp_path / "whole.wav", visit_samples()).read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    code, out, _ = run(capsys, "transcribe", str(tmp_path / "cut.wav"), "--model", "tiny.en", "--no-proposals")
    assert code == 0
    assert "ends early" in out


def test_two_channels_tell_the_speakers_apart(made: Path, tmp_path: Path) -> None:
    sound, sides = visit_samples(), np.zeros((len(visit_samples()), 2))
    for turn in transcript_of(made / "visit.json").turns:
        part = slice(max(0, round((turn.start - 0.2) * RATE)), round((turn.end + 0.2) * RATE))
        sides[part, 0 if turn.speaker == "B" else 1] = sound[part]
        sides[part, 1 if turn.speaker == "B" else 0] = sound[part] * 0.1
    path = write_wav(tmp_path / "two.wav", sides)
    out = tmp_path / "two.json"
    assert main(["transcribe", str(path), "--model", "tiny.en", "--no-proposals", "--out", str(out)]) == 0
    transcript = transcript_of(out)
    assert [transcript.role(turn) for turn in transcript.turns] == ["clinician", "patient", "clinician", "patient"]
    assert any("channels" in note for note in transcript.notes)
    assert transcript.recording.channels == 2


def test_a_stopped_run_goes_on_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(transcribing, "BLOCK", 8.0)
    path, out = write_wav(tmp_path / "long.wav", np.tile(visit_samples(), 3)), tmp_path / "long.json"
    arguments = ["transcribe", str(path), "--model", "tiny.en", "--no-proposals", "--out", str(out)]
    assert main(arguments) == 0
    once = out.read_bytes()
    out.unlink()
    assert run(capsys, *arguments, "--resume")[0] == 2  # nothing to go on with
    stretch, calls = transcribing.Transcriber._stretch, []

    def killed(self: transcribing.Transcriber, *given: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return stretch(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(transcribing.Transcriber, "_stretch", killed)
    code, _, error = run(capsys, *arguments)
    assert code == 130
    assert "--resume" in error
    part = tmp_path / "long.json.part"
    assert oct(part.stat().st_mode & 0o777) == "0o600"
    part.write_bytes(part.read_bytes() + b'{"until": 9')  # as a kill leaves it
    monkeypatch.setattr(transcribing.Transcriber, "_stretch", stretch)
    other = write_wav(tmp_path / "other.wav", visit_samples())
    assert run(capsys, *[str(other) if a == str(path) else a for a in arguments], "--resume")[0] == 2
    assert main([*arguments, "--resume"]) == 0
    assert out.read_bytes() == once
    assert not part.exists()


def test_weights_that_are_not_the_pinned_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hickam.intake.speech import weights

    wrong = tuple(weights.Pinned(**{**vars(pinned), "sha256": "0" * 64}) for pinned in weights.PINNED)
    monkeypatch.setattr(weights, "PINNED", wrong)
    code, _, error = run(capsys, "transcribe", str(VISIT), "--model", "tiny.en")
    assert code == 2
    assert "SHA-256" in error
    code, _, error = run(capsys, "transcribe", str(VISIT), "--model-dir", str(tmp_path))
    assert code == 2
    assert "model.bin" in error
    assert run(capsys, "transcribe", str(VISIT), "--model", "large-v9")[0] == 2


def test_show_reads_only_transcripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}")
    code, _, error = run(capsys, "transcript", "show", str(tmp_path / "x.json"))
    assert code == 2
    assert "not a transcript" in error
    assert main(["transcript", "schema"]) == 0
    json.load(io.StringIO(capsys.readouterr().out))
