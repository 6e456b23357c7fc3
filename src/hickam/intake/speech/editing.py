"""What a person changes in a transcript. What was heard is kept beside every change."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from hickam.errors import HickamError
from hickam.model.transcript import Proposal, Role, Speaker, Transcript, Turn, Word

replace = msgspec.structs.replace
AT = 0.011
"""Seconds by which rounding may move a word out of its proposal."""


@dataclass(frozen=True)
class _Times:
    start: float
    end: float


def edit(transcript: Transcript, turn_id: str, text: str) -> Transcript:
    """The turn reads ``text``. Words that stay keep times and marks; new ones share the time of those replaced."""
    turn = transcript.turn(turn_id)
    given = text.split()
    words: list[Word] = []
    matcher = difflib.SequenceMatcher(None, [word.text for word in turn.words], given, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        words += turn.words[a:b] if kind == "equal" else _typed(given[c:d], _times(turn, a, b))
    return _with_turn(transcript, _changed(turn, words))


def confirm(transcript: Transcript, turn_ids: Iterable[str]) -> Transcript:
    """Every marked word of these turns is right."""
    for turn_id in turn_ids:
        turn = transcript.turn(turn_id)
        words = tuple(replace(word, confirmed=True) if word.confirm else word for word in turn.words)
        transcript = _with_turn(transcript, replace(turn, words=words))
    return transcript


def give_to(transcript: Transcript, turn_id: str, speaker_id: str) -> Transcript:
    """Another of the speakers said this turn."""
    _speaker(transcript, speaker_id)
    turn = transcript.turn(turn_id)
    return _with_turn(
        transcript,
        replace(turn, speaker=speaker_id, heard_speaker=turn.heard_speaker or turn.speaker, speaker_sure=None),
    )


def set_role(transcript: Transcript, speaker_id: str, role: Role) -> Transcript:
    """Who a speaker is."""
    _speaker(transcript, speaker_id)
    return _with_speakers(
        transcript, lambda s: replace(s, role=role, standing="confirmed") if s.id == speaker_id else s
    )


def swap(transcript: Transcript) -> Transcript:
    """Clinician and patient were mistaken for each other."""
    other: dict[Role, Role] = {"clinician": "patient", "patient": "clinician"}
    if {speaker.role for speaker in transcript.speakers} < {"clinician", "patient"}:
        raise _refused(
            "there is no clinician and patient to swap",
            "say who each speaker is: hickam transcript role FILE A clinician",
        )
    return _with_speakers(
        transcript, lambda s: replace(s, role=other[s.role], standing="confirmed") if s.role in other else s
    )


def accept(transcript: Transcript, proposal_id: str) -> Transcript:
    """The proposal's words take the place of what was heard."""
    proposal = _open(transcript, proposal_id)
    turn = transcript.turn(proposal.turn)
    inside = _inside(turn, proposal)
    if " ".join(turn.words[i].text for i in inside) != proposal.said:
        raise _refused("these words have been changed since they were heard", "edit the turn, or refuse the proposal")
    first, last = inside[0], inside[-1] + 1
    ending = proposal.said[-1] if proposal.said[-1] in ".,?!;:" else ""
    new = _typed((proposal.proposed + ending).split(), _times(turn, first, last))
    changed = _changed(turn, [*turn.words[:first], *new, *turn.words[last:]])
    return _settled(_with_turn(transcript, changed), proposal_id, "accepted")


def refuse(transcript: Transcript, proposal_id: str) -> Transcript:
    """The words stay as they were heard; other reasons to confirm them stay too."""
    proposal = _open(transcript, proposal_id)
    turn = transcript.turn(proposal.turn)
    inside = set(_inside(turn, proposal))
    words = tuple(
        replace(word, confirm=tuple(reason for reason in word.confirm if reason != "disputed")) if i in inside else word
        for i, word in enumerate(turn.words)
    )
    return _settled(_with_turn(transcript, replace(turn, words=words)), proposal_id, "refused")


def _typed(texts: Sequence[str], times: _Times) -> list[Word]:
    """Words a person gave, spread over the time of those they replace."""
    step = (times.end - times.start) / max(1, len(texts))
    return [
        Word(
            text=text,
            start=round(times.start + i * step, 3),
            end=round(times.start + (i + 1) * step, 3),
            confirmed=True,
        )
        for i, text in enumerate(texts)
    ]


def _times(turn: Turn, first: int, last: int) -> _Times:
    """When words first..last (last exclusive) were said; where there are none, the moment between their neighbours."""
    if first < last:
        return _Times(turn.words[first].start, turn.words[last - 1].end)
    before = turn.words[first - 1].end if first else turn.start
    after = turn.words[first].start if first < len(turn.words) else turn.end
    return _Times(before, max(before, after))


def _changed(turn: Turn, words: Sequence[Word]) -> Turn:
    return replace(turn, words=tuple(words), heard=turn.words if turn.heard is None else turn.heard)


def _inside(turn: Turn, proposal: Proposal) -> list[int]:
    """The words at the proposal's time; of a word without length beside them only those that were said."""
    near = [
        i for i, word in enumerate(turn.words) if proposal.start - AT <= word.start and word.end <= proposal.end + AT
    ]
    count = len(proposal.said.split())
    said = (near[at : at + count] for at in range(len(near)))
    return next((part for part in said if " ".join(turn.words[i].text for i in part) == proposal.said), near)


def _open(transcript: Transcript, proposal_id: str) -> Proposal:
    known = [proposal.id for proposal in transcript.proposals if proposal.state == "open"]
    for proposal in transcript.proposals:
        if proposal.id == proposal_id and proposal.state == "open":
            return proposal
    raise _refused(f"there is no open proposal {proposal_id!r}", f"open are: {', '.join(known) or 'none'}")


def _speaker(transcript: Transcript, speaker_id: str) -> Speaker:
    for speaker in transcript.speakers:
        if speaker.id == speaker_id:
            return speaker
    raise _refused(
        f"there is no speaker {speaker_id!r}", f"give one of {', '.join(s.id for s in transcript.speakers) or 'none'}"
    )


def _settled(transcript: Transcript, proposal_id: str, state: str) -> Transcript:
    return replace(
        transcript,
        proposals=tuple(replace(p, state=state) if p.id == proposal_id else p for p in transcript.proposals),
    )


def _with_turn(transcript: Transcript, turn: Turn) -> Transcript:
    return replace(transcript, turns=tuple(turn if t.id == turn.id else t for t in transcript.turns))


def _with_speakers(transcript: Transcript, change: Callable[[Speaker], Speaker]) -> Transcript:
    return replace(transcript, speakers=tuple(change(speaker) for speaker in transcript.speakers))


def _refused(what: str, fix: str) -> HickamError:
    return HickamError(
        code="cannot-change-transcript",
        where="transcript",
        what=what,
        why="a correction must say which words it corrects",
        fix=fix,
    )
