"""Whisper on this machine (faster-whisper, CTranslate2, int8): one encoding of each clip, two decodings of it.

faster-whisper's own batched pipeline encodes again for the second pass and cannot tell the language of each clip, so
its parts are used instead. Temperature is 0 and no clip is given another's text: a loop cannot spread.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from hickam.intake.speech.activity import LONGEST, MARGIN
from hickam.intake.speech.decoding import need_speech
from hickam.intake.speech.recogniser import Heard, Hints
from hickam.intake.speech.weights import Weights
from hickam.model.transcript import Recogniser, Word

BEAM = 5
BATCH = 2
FRAMES_A_SECOND = 100
WINDOW = round((LONGEST + 2 * MARGIN + 0.6) * FRAMES_A_SECOND)
"""Frames the encoder sees: a whole clip."""
TOKENS_A_SECOND, TOKENS_BESIDES = 9, 24
"""Most tokens of a clip: fast speech is below 6 a second, and a loop ends here."""
SHORTEST_LONG, A_LETTER = 0.3, 0.07
"""Seconds of the longest word: so much and so much a letter."""
PUNCTUATION = " .,?!;:…\"'-"


class Whisper:
    """One loaded model. ``language`` fixed to English: other languages are recognised as such and left out."""

    def __init__(self, weights: Weights) -> None:
        need_speech()
        from faster_whisper import WhisperModel, __version__
        from faster_whisper.tokenizer import Tokenizer

        self.model: Any = WhisperModel(
            str(weights.folder or weights.name),
            device="cpu",
            compute_type="int8",
            cpu_threads=min(4, os.cpu_count() or 1),
            files=dict(weights.files) if weights.files else None,
        )
        many = bool(self.model.model.is_multilingual)
        self.tokenizer: Any = Tokenizer(self.model.hf_tokenizer, many, task="transcribe", language="en")
        self.many_languages = many
        self.identity = Recogniser(name=f"faster-whisper {__version__}", model=weights.name, sha256=weights.sha256)

    def hear(self, clips: Sequence[NDArray[np.float32]], hints: Hints | None) -> list[Heard]:
        """The words of each clip, at most ``BATCH`` at once."""
        return [
            heard for start in range(0, len(clips), BATCH) for heard in self._batch(clips[start : start + BATCH], hints)
        ]

    def _batch(self, clips: Sequence[NDArray[np.float32]], hints: Hints | None) -> list[Heard]:
        from faster_whisper.audio import pad_or_trim

        frames = [len(clip) // 160 for clip in clips]
        features = [pad_or_trim(self.model.feature_extractor(clip)[..., :-1], WINDOW) for clip in clips]
        encoded = self.model.encode(np.stack(features))
        languages = self._languages(encoded, len(clips))
        record = self._decoded(encoded, frames, "")
        hotwords = hints([word for words, _, _ in record for word in words]) if hints else ""
        hinted = self._decoded(encoded, frames, hotwords) if hotwords else [None] * len(clips)
        return [
            Heard(
                words=words,
                hinted=other[0] if other else None,
                mean_log_probability=mean,
                no_speech=silence,
                language=language,
                language_probability=sure,
            )
            for (words, mean, silence), other, (language, sure) in zip(record, hinted, languages, strict=True)
        ]

    def _languages(self, encoded: Any, clips: int) -> list[tuple[str, float | None]]:
        if not self.many_languages:
            return [("en", None)] * clips
        return [(found[0][0].strip("<|>"), float(found[0][1])) for found in self.model.model.detect_language(encoded)]

    def _decoded(self, encoded: Any, frames: list[int], hotwords: str) -> list[tuple[tuple[Word, ...], float, float]]:
        """Words, mean log probability and no-speech probability of each clip."""
        prompt = self.model.get_prompt(self.tokenizer, [], without_timestamps=True, hotwords=hotwords or None)
        longest = round(max(frames) / FRAMES_A_SECOND * TOKENS_A_SECOND) + TOKENS_BESIDES
        results = self.model.model.generate(
            encoded,
            [list(prompt) for _ in frames],
            beam_size=BEAM,
            max_length=min(self.model.max_length, len(prompt) + longest),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = [[t for t in result.sequences_ids[0] if t < self.tokenizer.eot] for result in results]
        aligned = self.model.find_alignment(self.tokenizer, tokens, encoded, frames)
        return [
            (trimmed(joined_words(words, length / FRAMES_A_SECOND)), _mean(result), float(result.no_speech_prob))
            for words, result, length in zip(aligned, results, frames, strict=True)
        ]


def _mean(result: Any) -> float:
    """CTranslate2 gives the score per token; the end of the text counts as one."""
    length = len(result.sequences_ids[0])
    return float(result.scores[0]) * length / (length + 1)


def joined_words(pieces: list[dict[str, Any]], seconds: float) -> tuple[Word, ...]:
    """Words as people write them: a piece without a space before it belongs to the word before ("2" and ".9")."""
    words: list[Word] = []
    for piece in pieces:
        text, probability = str(piece["word"]), float(piece["probability"])
        start, end = (min(max(float(piece[side]), 0.0), seconds) for side in ("start", "end"))
        if words and not text.startswith(" "):
            last = words.pop()
            if text.strip(PUNCTUATION):
                end, probability = max(end, last.end), min(last.probability or 0.0, probability)
            else:  # its time is the silence after the word
                end, probability = last.end, last.probability or 0.0
            words.append(Word(text=last.text + text.rstrip(), start=last.start, end=end, probability=probability))
        elif text.strip():
            words.append(Word(text=text.strip(), start=start, end=max(start, end), probability=probability))
    return tuple(words)


def trimmed(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words no longer than words are. The alignment gives the pause beside a sentence to its first or last word, and
    with it whatever was said there and not recognised: "No." before "Cancer?" would look as if it were heard."""
    out: list[Word] = []
    for i, word in enumerate(words):
        longest = SHORTEST_LONG + A_LETTER * len(word.text)
        if word.end - word.start > longest:
            if i == 0 or words[i - 1].text[-1] in ".?!":
                word = msgspec.structs.replace(word, start=word.end - longest)
            elif word.text[-1] in ".?!" or i + 1 == len(words):
                word = msgspec.structs.replace(word, end=word.start + longest)
        out.append(word)
    return tuple(out)
