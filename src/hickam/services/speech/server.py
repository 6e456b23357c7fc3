"""A recogniser on the operator's own network, behind the OpenAI-compatible audio route (…/v1/audio/transcriptions).

Clips are found here, sent one at a time, and what comes back is checked: times outside the clip are bent into it, and
a server that gives no times gets its words spread over the speech. Nothing is sent beyond this network over plain http,
and no address is followed elsewhere. The log says how a call ended and how long it took; no words.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import math
import os
import time
import wave
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from hickam.errors import HickamError
from hickam.intake.speech.decoding import RATE
from hickam.intake.speech.recogniser import Heard, Hints
from hickam.model.transcript import Recogniser, Word
from hickam.services.language_model import near

log = logging.getLogger("hickam.speech_server")
SECONDS = 60.0
"""For one clip of at most 28 s."""
TRIES = 3
MOST_BYTES = 1_000_000
LANGUAGES = {"english": "en"}


class SpeechServer:
    """One server and one of its models. ``$HICKAM_SPEECH_KEY`` is a key, where it needs one."""

    def __init__(self, url: str, model: str, *, seconds: float = SECONDS) -> None:
        self.url, self.model, self.seconds = _checked(url), model, seconds
        self.identity = Recogniser(name=f"server {urlsplit(url).hostname}", model=model)
        key = os.environ.get("HICKAM_SPEECH_KEY", "")
        self.headers = {"authorization": f"Bearer {key}"} if key else {}

    def hear(self, clips: Sequence[NDArray[np.float32]], hints: Hints | None) -> list[Heard]:
        """The words of each clip. HickamError when the server cannot be used: half a record is none."""
        out = []
        for clip in clips:
            record = self._ask(clip, "")
            hotwords = hints(record.words) if hints and record.words else ""
            hinted = self._ask(clip, hotwords).words if hotwords else None
            out.append(
                Heard(
                    words=record.words,
                    hinted=hinted,
                    mean_log_probability=record.mean_log_probability,
                    no_speech=record.no_speech,
                    language=record.language,
                    language_probability=record.language_probability,
                )
            )
        return out

    def _ask(self, clip: NDArray[np.float32], prompt: str) -> Heard:
        """One clip, with a second and third try where the server is busy or cut off."""
        problem = ""
        for attempt in range(TRIES):
            started = time.monotonic()
            reply, problem, again = self._post(clip, prompt)
            log.info("clip: %s in %.1f s", problem or "ok", time.monotonic() - started)
            if reply is not None:
                return reply
            if not again:
                break
            time.sleep(min(0.5 * 2**attempt, self.seconds / 10))
        raise _refused(problem, "see that the server runs and serves this model, or leave --server out")

    def _post(self, clip: NDArray[np.float32], prompt: str) -> tuple[Heard | None, str, bool]:
        """What was heard; else what went wrong, and whether it may pass."""
        import httpx

        fields = {
            "model": self.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
            **({"prompt": prompt} if prompt else {}),
        }
        try:
            with (
                httpx.Client(timeout=self.seconds, follow_redirects=False, trust_env=False) as client,
                client.stream(
                    "POST",
                    f"{self.url}/audio/transcriptions",
                    data=fields,
                    files={"file": ("clip.wav", as_wav(clip), "audio/wav")},
                    headers=self.headers,
                ) as response,
            ):
                data = _limited(response.iter_bytes())
        except httpx.TimeoutException:
            return None, f"no answer within {self.seconds:g} s", True
        except httpx.HTTPError as error:
            return None, f"no connection ({type(error).__name__})", True
        if response.status_code != 200:
            return None, f"it answered {response.status_code}", response.status_code in (429, 500, 502, 503, 504)
        try:
            return read_reply(data, len(clip) / RATE), "", False
        except (ValueError, TypeError, KeyError, RecursionError):
            return None, "its answer is not a transcription", False


def read_reply(data: bytes, seconds: float) -> Heard:
    """A verbose_json (or plain json) answer as words; ValueError, TypeError or KeyError when it is none."""
    import msgspec

    try:
        reply = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    if not isinstance(reply, dict) or not isinstance(reply.get("text"), str):
        raise ValueError("no text")
    segments = reply.get("segments") or []
    language = str(reply.get("language") or "en").lower()
    return Heard(
        words=_words(reply, seconds),
        mean_log_probability=_number(segments, "avg_logprob"),
        no_speech=_number(segments, "no_speech_prob"),
        language=LANGUAGES.get(language, language)[:2] if language != "english" else "en",
        language_probability=1.0 if reply.get("language") else None,
    )


def _words(reply: dict[str, Any], seconds: float) -> tuple[Word, ...]:
    """Its words with their times, or its text spread over the clip."""
    given = reply.get("words")
    if not given:
        texts = reply["text"].split()
        step = seconds / max(1, len(texts))
        return tuple(Word(text=text, start=i * step, end=(i + 1) * step) for i, text in enumerate(texts))
    words, at = [], 0.0
    for item in given:
        text = str(item["word"]).strip()
        start, end = (float(item[side]) for side in ("start", "end"))
        if not (math.isfinite(start) and math.isfinite(end)):
            raise ValueError("a time is no number")
        start = min(max(start, at), seconds)
        at = min(max(end, start), seconds)
        probability = item.get("probability")
        sure = min(max(float(probability), 0.0), 1.0) if isinstance(probability, int | float) else None
        if text:
            words.append(Word(text=text, start=start, end=at, probability=sure))
    return tuple(words)


def _number(segments: Any, name: str) -> float | None:
    """Mean of one number over the segments, where all have it."""
    found = [segment.get(name) for segment in segments if isinstance(segment, dict)]
    numbers = [float(value) for value in found if isinstance(value, int | float)]
    return sum(numbers) / len(numbers) if numbers and len(numbers) == len(segments) else None


def as_wav(clip: NDArray[np.float32]) -> bytes:
    """16 kHz mono samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((np.clip(clip, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def _limited(parts: Any) -> bytes:
    data = b""
    for part in parts:
        data += part
        if len(data) > MOST_BYTES:
            return b""
    return data


def _checked(url: str) -> str:
    """The address, when words may be sent there."""
    if importlib.util.find_spec("httpx") is None:
        raise _refused("httpx is not installed", "make speech")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(f"{url!r} is no web address", "give http://127.0.0.1:…/v1 or https://…/v1")
    if parts.scheme == "http" and not near(parts.hostname):
        raise _refused("plain http beyond this network", "use https, or a server on this machine or network")
    return url.rstrip("/")


def _refused(what: str, fix: str) -> HickamError:
    return HickamError(
        code="speech-server",
        where="--server",
        what=what,
        why="a visit must be heard whole, and by nobody else",
        fix=fix,
    )
