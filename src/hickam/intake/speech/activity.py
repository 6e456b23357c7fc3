"""Where somebody speaks, and how speech is cut into clips for the recogniser. Always on: without it, hotwords turn
silence into drug names (measured: ten seconds of silence became "hydrochlorothiazide atorvastatin")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hickam.intake.speech.decoding import RATE

LONGEST = 28.0
"""Seconds of a clip. At 15, one word in seven more was wrong than at 28 (ten visits): a recogniser needs what was said
before and after."""
MARGIN = 0.2
"""Seconds of sound around the speech of a clip: soft consonants begin before the detector hears them."""
JOIN_GAP = 2.0
"""A longer silence ends a clip: the recogniser is most likely to invent words in silence."""
WORTH_SHOWING = 0.3
"""Seconds of speech without words from which it is shown as uncovered."""


class Span(NamedTuple):
    """Seconds from the start of whatever was examined."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


def speech_spans(sound: NDArray[np.float32]) -> list[Span]:
    """Stretches of speech in 16 kHz mono sound, unpadded, none longer than a clip (Silero VAD)."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_silence_duration_ms=160, min_speech_duration_ms=90, speech_pad_ms=0, max_speech_duration_s=LONGEST
    )
    found = get_speech_timestamps(sound, options)
    return [Span(item["start"] / RATE, item["end"] / RATE) for item in found]


def clips_of(spans: Sequence[Span], total: float) -> list[Span]:
    """Neighbouring stretches joined into clips with a margin, never over a neighbour's speech."""
    joined = [Span(group[0].start, group[-1].end) for group in _groups(spans)]
    out = []
    for i, span in enumerate(joined):
        before = (joined[i - 1].end + span.start) / 2 if i else 0.0
        after = (span.end + joined[i + 1].start) / 2 if i + 1 < len(joined) else total
        out.append(Span(max(before, span.start - MARGIN), min(after, span.end + MARGIN)))
    return out


def _groups(spans: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """Stretches that belong in one clip: parted at long silences, and where too long, at the longest pause of the
    second half, so that few sentences are cut."""
    at = 0
    while at < len(spans):
        end = at + 1
        while (
            end < len(spans)
            and spans[end].end - spans[at].start <= LONGEST
            and spans[end].start - spans[end - 1].end <= JOIN_GAP
        ):
            end += 1
        if end < len(spans) and spans[end].start - spans[end - 1].end <= JOIN_GAP:
            late = [i for i in range(at + 1, end + 1) if spans[i - 1].end - spans[at].start >= LONGEST / 2]
            end = max(late, key=lambda i: spans[i].start - spans[i - 1].end, default=end)
        yield spans[at:end]
        at = end


def uncovered(spans: Iterable[Span], words: Sequence[Span]) -> list[Span]:
    """Parts of the speech that no word covers. A word counts for a little around it: a recogniser's
    times are no better than that."""
    near = 0.15
    out: list[Span] = []
    for span in spans:
        at = span.start
        for word in words:
            if word.end + near <= at or word.start - near >= span.end:
                continue
            if word.start - near > at:
                out.append(Span(at, word.start - near))
            at = max(at, word.end + near)
        if at < span.end:
            out.append(Span(at, span.end))
    return [span for span in out if span.seconds >= WORTH_SHOWING]
