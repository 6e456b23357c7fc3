"""A transcript as data: ``hickam.transcript/1``. What was heard, by whom, when, how surely, and what a person changed.

Times are seconds from the start of the recording. A turn's text is its words joined by single spaces. A change by a
person replaces ``words`` and keeps what was heard in ``heard``; nothing that was heard is ever lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from hickam.errors import HickamError

SCHEMA: Final = "hickam.transcript/1"
Role = Literal["clinician", "patient", "other", "unknown"]
Reason = Literal["unsure", "drug", "dose", "number", "side", "negation", "disputed"]
"""Why a word has to be confirmed. ``disputed``: the pass with the pack's words heard something else."""
Outcome = Literal["transcribed", "no_speech", "other_language"]
WhyUncovered = Literal["no words", "words not trusted", "another language", "two at once"]
SLACK = 0.02
"""Seconds by which rounding may put a time out of order."""


class Recording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The audio: seconds, channels as recorded, SHA-256 of the file, and what the file itself is (wav, mp3 …)."""

    duration: float
    channels: int
    sha256: str
    format: str = ""


class Recogniser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who heard it: program with version, model, SHA-256 of the weights ('' for a server, which does not tell)."""

    name: str
    model: str
    sha256: str = ""


class Consent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the people recorded agreed, before the first byte. ``recorded_at``: ISO date and time with its zone."""

    given_by: Literal["patient", "carer", "patient_and_others"]
    how: Literal["spoken", "written"]
    recorded_by: str
    recorded_at: str


class Speaker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One voice (or channel). ``standing``: whether the role was guessed from what was said or set by a person."""

    id: str
    role: Role = "unknown"
    standing: Literal["guessed", "confirmed"] = "guessed"


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word with its punctuation. ``probability`` 0..1 is the recogniser's own; null when it gave none.

    ``confirm``: why a person has to look; ``confirmed``: a person has.
    """

    text: str
    start: float
    end: float
    probability: float | None = None
    confirm: tuple[Reason, ...] = ()
    confirmed: bool = False

    @property
    def to_confirm(self) -> bool:
        """A person still has to look at this word."""
        return bool(self.confirm) and not self.confirmed


class Turn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one speaker said without another coming between. ``id`` never changes.

    ``heard``: the words as recognised, once a person has changed them (null: ``words`` are as recognised).
    ``heard_speaker``: likewise for the speaker ('' unchanged). ``speaker_sure``: 0..1, 0 a toss-up; null unmeasured.
    """

    id: str
    speaker: str
    start: float
    end: float
    words: tuple[Word, ...]
    speaker_sure: float | None = None
    heard: tuple[Word, ...] | None = None
    heard_speaker: str = ""

    @property
    def text(self) -> str:
        """The words as they stand now."""
        return " ".join(word.text for word in self.words)

    @property
    def heard_text(self) -> str:
        """The words as recognised."""
        return " ".join(word.text for word in (self.words if self.heard is None else self.heard))

    def words_in(self, start: int, end: int) -> range:
        """Indices of the words that characters start..end (end exclusive) of ``text`` touch."""
        touched, at = [], 0
        for index, word in enumerate(self.words):
            if at < end and at + len(word.text) > start:
                touched.append(index)
            at += len(word.text) + 1
        return range(touched[0], touched[-1] + 1) if touched else range(0)


class Uncovered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Speech without words in the transcript: none recognised, or left out as untrustworthy or not English.

    "two at once": two voices together, of which at most one is in the words of that time.
    """

    start: float
    end: float
    why: WhyUncovered = "no words"


class Proposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the pass with the pack's words heard instead: offered to a person, never applied by itself.

    The words ``said`` of turn ``turn`` lie between ``start`` and ``end``; ``said`` is '' when it heard words there
    that the record has not.
    """

    id: str
    turn: str
    start: float
    end: float
    said: str
    proposed: str
    probability: float | None = None
    state: Literal["open", "accepted", "refused"] = "open"


class Transcript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything of one recording. ``language``: code and how surely (null where the recogniser was told)."""

    recording: Recording
    recogniser: Recogniser
    engine_version: str
    schema: Literal["hickam.transcript/1"] = SCHEMA
    outcome: Outcome = "transcribed"
    language: str = "en"
    language_probability: float | None = None
    pack: str = ""
    pack_hash: str = ""
    speakers: tuple[Speaker, ...] = ()
    turns: tuple[Turn, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
    consent: Consent | None = None

    def __post_init__(self) -> None:
        if problem := next(_problems(self), ""):
            raise ValueError(problem)

    def turn(self, id: str) -> Turn:
        """The turn of this id; HickamError when there is none."""
        for turn in self.turns:
            if turn.id == id:
                return turn
        raise HickamError(
            code="no-such-turn",
            where="transcript",
            what=f"there is no turn {id!r}",
            why="only what was said can be shown or corrected",
            fix=f"give one of {self.turns[0].id} … {self.turns[-1].id}" if self.turns else "the transcript is empty",
        )

    def role(self, turn: Turn) -> Role:
        """Who speaks in this turn."""
        return next(speaker.role for speaker in self.speakers if speaker.id == turn.speaker)


def _problems(transcript: Transcript) -> Iterator[str]:
    """What contradicts itself, in words and without what was said."""
    known = {speaker.id for speaker in transcript.speakers}
    seen: set[str] = set()
    for turn in transcript.turns:
        if turn.id in seen:
            yield f"two turns are called {turn.id}"
        seen.add(turn.id)
        if turn.speaker not in known:
            yield f"turn {turn.id} is by a speaker that is not listed"
        if not all(word.text and not word.text.isspace() for word in turn.words):
            yield f"turn {turn.id} has an empty word"
        if not _ordered([turn.start, *(t for word in turn.words for t in (word.start, word.end)), turn.end]):
            yield f"turn {turn.id} has times out of order"
        if not (turn.start >= 0 and turn.end <= transcript.recording.duration + SLACK):
            yield f"turn {turn.id} lies outside the recording"
    if any(proposal.turn not in seen for proposal in transcript.proposals):
        yield "a proposal is about a turn that is not there"


def _ordered(times: list[float]) -> bool:
    return all(earlier <= later + SLACK for earlier, later in itertools.pairwise(times))


def read_transcript(data: bytes, where: str) -> Transcript:
    """The transcript of a JSON file; ``where`` names the file in the HickamError for one that is none."""
    try:
        return msgspec.json.decode(data, type=Transcript)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HickamError(
            code="not-a-transcript",
            where=where,
            what=f"not a transcript ({SCHEMA}): {error}",
            why="words without speaker, time and probability cannot be checked against the recording",
            fix="give the file that hickam transcribe … --format json wrote",
        ) from None


def write_transcript(transcript: Transcript) -> bytes:
    """The transcript as JSON on one line; ``read_transcript`` gives the same back. Two hours are about 2 MB."""
    return msgspec.json.encode(transcript) + b"\n"
