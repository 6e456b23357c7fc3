"""A recording to a transcript, stretch by stretch: find speech, hear it twice, keep what can be trusted.

Only one stretch of sound is in memory at a time. Nothing heard with hotwords enters the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

import hickam
from hickam.intake.speech.activity import Span, clips_of, speech_spans, uncovered
from hickam.intake.speech.decoding import RATE, AudioFile
from hickam.intake.speech.finishing import finished
from hickam.intake.speech.hints import Names, plain
from hickam.intake.speech.progress import Kept, LeftOut, Proposed, Stretch
from hickam.intake.speech.proposals import differences
from hickam.intake.speech.recogniser import ENOUGH, Heard, Hearing, Hints, untrusted
from hickam.intake.speech.speakers import Run, runs_of
from hickam.intake.speech.together import sampled
from hickam.intake.speech.voices import Voices
from hickam.model.transcript import Transcript, WhyUncovered, Word

BLOCK = 60.0
"""Seconds decoded at a time."""
SECOND_LOOK = -0.8
"""Mean log probability that words need which only a second look at a gap gave."""
INVENTED = 0.6
"""A word below this probability, where nobody speaks, is left out."""
NEAR = 0.35
"""Seconds by which a recogniser's time may miss the speech it belongs to."""
FULL_SCALE = 0.99
Sound = NDArray[np.float32]
Tell = Callable[[float, float | None], None]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted. ``speakers``: how many people speak; ``second_pass``: propose the pack's names."""

    speakers: int = 2
    second_pass: bool = True
    pack: str = ""
    pack_hash: str = ""


class Piece(NamedTuple):
    """One clip: its words, what the second pass proposes, speech whose words were left out and why."""

    words: tuple[Word, ...]
    proposed: list[Proposed]
    left_out: list[tuple[Span, WhyUncovered]]


class Transcriber:
    """Everything that stays loaded between recordings."""

    def __init__(self, hearing: Hearing, names: Names, options: Options, voices: Voices | None = None) -> None:
        self.hearing, self.names, self.options = hearing, names, options
        self.voices = voices or Voices()

    def transcribe(
        self, audio: AudioFile, tell: Tell = lambda done, total: None, part: Path | None = None, *, resume: bool = False
    ) -> Transcript:
        """The transcript. ``tell``: seconds done, and in all (None unknown). ``part``: keeps progress."""
        identity = self.hearing.identity
        key = [audio.sha256, identity.name, identity.model, identity.sha256, hickam.__version__]
        kept = Kept(part, [*key, self.options.pack_hash, str(self.options.second_pass)], resume=resume)
        stretches = list(kept.found)
        for stretch in self._stretches(audio, stretches[-1].until if stretches else 0.0):
            stretches.append(stretch)
            kept.add(stretch)
            tell(stretch.until, audio.declared)
        transcript = finished(stretches, audio, identity, self.names, self.options)
        kept.done()
        return transcript

    def _stretches(self, audio: AudioFile, begin: float) -> Iterator[Stretch]:
        """Each block with what the one before left over, from ``begin`` seconds on."""
        skip, start = round(begin * RATE), begin
        pending = np.zeros((audio.channels, 0), np.float32)
        for block in audio.blocks(BLOCK):
            skipped = min(skip, block.shape[1])
            skip -= skipped
            pending = np.concatenate([pending, block[:, skipped:]], axis=1)
            if pending.shape[1] >= BLOCK * RATE / 2:
                stretch = self._stretch(pending, start, last=False)
                pending = pending[:, round((stretch.until - start) * RATE) :]
                start = stretch.until
                yield stretch
        if pending.shape[1]:
            yield self._stretch(pending, start, last=True)

    def _stretch(self, sound: Sound, start: float, *, last: bool) -> Stretch:
        """What is in (channels, n) samples that begin ``start`` seconds into the recording."""
        mono = sound.mean(axis=0)
        total = len(mono) / RATE
        speech = speech_spans(mono)
        clips = clips_of(speech, total)
        until = total
        if not last and clips:  # the last clip may go on in the next block
            until = clips.pop().start
            speech = [span for span in speech if span.end <= until]
        elif not last:
            until = total - 1.0
        heard = self.hearing.hear([_cut(mono, clip) for clip in clips], self.hints)
        beside = [heard[max(0, i - 1) : i] + heard[i + 1 : i + 2] for i in range(len(heard))]
        found = [self._piece(mono, *given, speech) for given in zip(clips, heard, beside, strict=True)]
        runs = [self._run(sound, words) for piece in found for words in runs_of(piece.words)]
        return Stretch(
            until=start + round(until * RATE) / RATE,
            speech=tuple(Span(span.start + start, span.end + start) for span in speech),
            runs=tuple(msgspec.structs.replace(run, words=_later(run.words, start)) for run in runs),
            proposed=tuple(
                msgspec.structs.replace(p, start=p.start + start, end=p.end + start)
                for piece in found
                for p in piece[1]
            ),
            left_out=tuple(
                LeftOut(start=span.start + start, end=span.end + start, why=why)
                for piece in found
                for span, why in piece.left_out
            ),
            samples=sampled(mono, speech, self.voices, start) if self._told_apart else (),
            languages=_languages(clips, heard),
            clipped=float((np.abs(mono) >= FULL_SCALE).mean()) if len(mono) else 0.0,
        )

    @property
    def hints(self) -> Hints | None:
        """What gives the second pass its hotwords, when one is wanted."""
        return self.names.hotwords if self.options.second_pass else None

    @property
    def _told_apart(self) -> bool:
        """Whether voices are compared."""
        return self.options.speakers > 1 and self.voices.installed

    def _piece(self, mono: Sound, clip: Span, heard: Heard, beside: Sequence[Heard], speech: Sequence[Span]) -> Piece:
        """Words of one clip, what the second pass proposes, and what was left out; times from the start of ``mono``."""
        inside = [span for span in speech if span.start < clip.end and span.end > clip.start]
        why = untrusted(heard, sum(span.seconds for span in inside), beside)
        if why == "another language":
            return Piece((), [], [(span, why) for span in inside])
        record = () if why else _where_spoken(_later(heard.words, clip.start), inside)
        made = [
            Proposed(
                start=record[d.first].start,
                end=record[d.last - 1].end,
                said=" ".join(word.text for word in record[d.first : d.last]),
                proposed=d.proposed,
                probability=d.probability,
            )
            for d in differences(record, heard.hinted or (), self.names if self.hints else None)
        ]
        words = list(record)
        out: list[tuple[Span, WhyUncovered]] = []
        for gap in uncovered(inside, [Span(word.start, word.end) for word in record]):
            more = self._second_look(mono, gap, words)
            words += more
            if why and not more:
                out.append((gap, why))
        return Piece(tuple(sorted(words, key=lambda word: word.start)), made, out)

    def _second_look(self, mono: Sound, gap: Span, around: Sequence[Word]) -> list[Word]:
        """Words of speech that the first look passed over, when they are sure enough and not those beside it again."""
        wider = Span(max(0.0, gap.start - 0.15), min(len(mono) / RATE, gap.end + 0.15))
        heard = self.hearing.hear([_cut(mono, wider)], None)[0]
        mean = heard.mean_log_probability
        if untrusted(heard, gap.seconds) or (mean is not None and mean < SECOND_LOOK):
            return []
        words = _where_spoken(_later(heard.words, wider.start), [gap])
        near = " ".join(plain(w.text) for w in around if w.start < gap.end + 3 and w.end > gap.start - 3)
        again = " ".join(plain(word.text) for word in words)
        return [] if again in near else list(words)

    def _run(self, sound: Sound, words: tuple[Word, ...]) -> Run:
        """The words with the voice that says them, and in which channel it is louder."""
        middle, half = (words[0].start + words[-1].end) / 2, max(0.25, (words[-1].end - words[0].start) / 2)
        part = sound[:, max(0, round((middle - half) * RATE)) : round((middle + half) * RATE)]
        wanted = self._told_apart and part.shape[1]
        voice = self.voices.vector(part.mean(axis=0)).astype(np.float16).tobytes() if wanted else b""
        power = (part**2).mean(axis=1) + 1e-9 if part.shape[1] else np.ones(1)
        return Run(words=words, voice=voice, decibels=float(10 * np.log10(power[0] / power[-1])))


def _cut(mono: Sound, span: Span) -> Sound:
    return mono[round(span.start * RATE) : round(span.end * RATE)]


def _later(words: Sequence[Word], by: float) -> tuple[Word, ...]:
    return tuple(
        msgspec.structs.replace(word, start=round(word.start + by, 3), end=round(word.end + by, 3)) for word in words
    )


def _where_spoken(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """Without doubtful words at times when nobody speaks."""
    return tuple(
        word
        for word in words
        if (word.probability is None or word.probability >= INVENTED)
        or any(word.start - NEAR < span.end and word.end + NEAR > span.start for span in speech)
    )


def _languages(clips: Sequence[Span], heard: Sequence[Heard]) -> dict[str, float]:
    """Seconds by language, of clips long enough to tell."""
    seconds: dict[str, float] = {}
    for clip, words in zip(clips, heard, strict=True):
        if words.language_probability is not None and clip.seconds >= ENOUGH:
            seconds[words.language] = seconds.get(words.language, 0.0) + clip.seconds
    return seconds
