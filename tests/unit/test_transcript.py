"""The transcript type: what it refuses, what it keeps, which words a span of characters touches."""

from __future__ import annotations

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hickam.errors import HickamError
from hickam.model.transcript import (
    Recogniser,
    Recording,
    Speaker,
    Transcript,
    Turn,
    Word,
    read_transcript,
    write_transcript,
)


def turn(text: str, *, start: float = 0.0, id: str = "t1", speaker: str = "A") -> Turn:
    """A turn that says ``text``, half a second a word."""
    words = tuple(
        Word(text=word, start=start + i / 2, end=start + i / 2 + 0.4, probability=0.9)
        for i, word in enumerate(text.split())
    )
    return Turn(id=id, speaker=speaker, start=start, end=words[-1].end, words=words)


def transcript(*turns: Turn) -> Transcript:
    """A valid transcript of these turns, speakers A and B."""
    return Transcript(
        recording=Recording(duration=60.0, channels=1, sha256="0" * 64),
        recogniser=Recogniser(name="none", model="none"),
        engine_version="0",
        speakers=(Speaker(id="A", role="clinician"), Speaker(id="B", role="patient")),
        turns=turns,
    )


def test_what_is_written_reads_back_and_fits_the_schema() -> None:
    said = transcript(turn("any numbness?"), turn("No.", start=3, id="t2", speaker="B"))
    data = write_transcript(said)
    assert read_transcript(data, "a.json") == said
    jsonschema.Draft202012Validator(msgspec.json.schema(Transcript)).validate(msgspec.json.decode(data))
    assert said.role(said.turn("t2")) == "patient"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"speakers": ()}, "speaker that is not listed"),
        ({"turns": (turn("a"), turn("b"))}, "two turns are called t1"),
        ({"turns": (turn("late", start=60),)}, "outside the recording"),
        ({"turns": (msgspec.structs.replace(turn("one two"), words=turn("one two").words[::-1]),)}, "out of order"),
        ({"schema": "hickam.transcript/2"}, "schema"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_transcript_that_contradicts_itself_is_refused(change: dict[str, object], problem: str) -> None:
    data = msgspec.json.encode(msgspec.to_builtins(transcript(turn("hello"))) | msgspec.to_builtins(change))
    with pytest.raises(HickamError, match=problem):
        read_transcript(data, "a.json")


@pytest.mark.parametrize("data", [b"", b"null", b"[" * 100_000, b"\xff\xfe", b"{}"])
def test_what_is_no_transcript_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(HickamError, match="not a transcript"):
        read_transcript(data, "a.json")


@given(st.lists(st.text("abc.", min_size=1, max_size=5), min_size=1, max_size=8), st.data())
def test_characters_lead_to_the_words_they_touch(words: list[str], data: st.DataObject) -> None:
    said = turn(" ".join(words))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    start = len(" ".join(words[:first])) + (first > 0)
    assert said.words_in(start, start + len(" ".join(words[first : last + 1]))) == range(first, last + 1)
