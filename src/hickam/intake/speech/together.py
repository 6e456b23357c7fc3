"""Two people at once: a recogniser writes one of them, and nothing shows that the other is lost.

A voice alone is near to one speaker's mean and far from the other's; two together are as near to both. In six visits
whose replies were laid over the questions, one of 233 stretches of 1.5 s of one speaker was taken for two; of 66 with
both at once half were found.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from hickam.intake.speech.activity import Span
from hickam.intake.speech.decoding import RATE
from hickam.intake.speech.voices import Voices

WINDOW, STEP = 1.5, 0.75
"""Seconds of a sample, and from one to the next."""
SHORTEST = 1.0
MIXED = 0.25
"""Difference of cosines to the two nearest speakers below which a sample is taken for both."""
PRESENT = 0.25
"""Least cosine to each of them: a third voice or a cough is near to neither."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The voice (a unit d-vector as float16) of a second or so of speech."""

    start: float
    end: float
    voice: bytes


def sampled(mono: NDArray[np.float32], speech: Sequence[Span], voices: Voices, start: float) -> tuple[Sample, ...]:
    """The voice along the speech in ``mono``, which begins ``start`` seconds into the recording."""
    out = []
    for span in speech:
        for at in np.arange(span.start, max(span.start, span.end - SHORTEST) + 1e-6, STEP).tolist():
            end = min(at + WINDOW, span.end)
            if end - at >= SHORTEST:
                voice = voices.vector(mono[round(at * RATE) : round(end * RATE)]).astype(np.float16).tobytes()
                out.append(Sample(start=at + start, end=end + start, voice=voice))
    return tuple(out)


def two_at_once(samples: Sequence[Sample], means: NDArray[np.float32] | None) -> list[Span]:
    """Where the voice lies between the two speakers' it is nearest to; touching samples are one stretch."""
    if means is None or not samples:
        return []
    vectors = np.array([np.frombuffer(sample.voice, np.float16) for sample in samples], np.float32)
    ranked = np.sort(vectors @ means.T, axis=1)
    out: list[Span] = []
    both = (ranked[:, -1] - ranked[:, -2] < MIXED) & (ranked[:, -2] >= PRESENT)
    for sample in (sample for sample, mixed in zip(samples, both, strict=True) if mixed):
        if out and sample.start <= out[-1].end:
            out[-1] = Span(out[-1].start, sample.end)
        else:
            out.append(Span(sample.start, sample.end))
    return out
