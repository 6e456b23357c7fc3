"""What a recogniser gives for a clip of sound, and when it is not to be believed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from hickam.model.transcript import Recogniser, WhyUncovered, Word

REPETITIVE = 2.4
"""Compression ratio above which a text repeats itself (Whisper's own threshold)."""
NO_SPEECH, UNLIKELY = 0.6, -1.0
"""Probability of no speech, and mean log probability, that together mean silence (Whisper's own thresholds)."""
HOPELESS = -1.5
"""Mean log probability below which words are worth nothing."""
WORDS_A_SECOND = 8.0
OTHER_LANGUAGE, SAME_BESIDE, ENOUGH = 0.95, 0.7, 4.0
"""How sure another language has to be heard alone, how sure beside a clip that is so sure, and in how many seconds of
speech. An accent alone was taken for Japanese with .88, and with .76 and .81 in neighbouring clips; Spanish had .99,
and .75 in a short clip beside that one."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One clip: words with times from its start; ``hinted`` from the pass with hotwords (null when none was made).

    ``language_probability`` is null where the recogniser knows one language only or was told.
    """

    words: tuple[Word, ...] = ()
    hinted: tuple[Word, ...] | None = None
    mean_log_probability: float | None = None
    no_speech: float | None = None
    language: str = "en"
    language_probability: float | None = None


Hints = Callable[[Sequence[Word]], str]
"""Hotwords for a second pass, from the words of the first; '' for no second pass."""


class Hearing(Protocol):
    """A recogniser: this machine's or a server's."""

    @property
    def identity(self) -> Recogniser:
        """What the transcript says of it."""

    def hear(self, clips: Sequence[NDArray[np.float32]], hints: Hints | None) -> list[Heard]:
        """The words of each 16 kHz mono clip; with hints a second pass, with the hotwords they give."""


def untrusted(heard: Heard, seconds: float, beside: Sequence[Heard] = ()) -> WhyUncovered | None:
    """Why the words of a clip are left out: None to keep them."""
    text = " ".join(word.text for word in heard.words)
    if not text:
        return None
    if _foreign(heard, seconds, beside):
        return "another language"
    if not any(character.isalnum() for character in text):
        return "words not trusted"
    raw = text.encode()
    looping = len(raw) / len(zlib.compress(raw)) > REPETITIVE
    hasty = len(heard.words) > WORDS_A_SECOND * max(seconds, 1.0)
    mean = heard.mean_log_probability
    silent = (heard.no_speech or 0) > NO_SPEECH and mean is not None and mean < UNLIKELY
    return "words not trusted" if looping or hasty or silent or (mean is not None and mean < HOPELESS) else None


def _foreign(heard: Heard, seconds: float, beside: Sequence[Heard]) -> bool:
    """The recogniser would write English for it all the same: a translation nobody made."""
    sure = heard.language_probability or 0.0
    if heard.language == "en" or seconds < ENOUGH:
        return False
    again = any(h.language == heard.language and (h.language_probability or 0) >= OTHER_LANGUAGE for h in beside)
    return sure >= OTHER_LANGUAGE or (sure >= SAME_BESIDE and again)
