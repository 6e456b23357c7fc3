"""Stretches to a transcript: who spoke, turns, what to confirm, what is not covered, and the notes a reader needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

import hickam
from hickam.intake.speech.activity import Span, uncovered
from hickam.intake.speech.decoding import AudioFile
from hickam.intake.speech.hints import Names
from hickam.intake.speech.marking import mark
from hickam.intake.speech.progress import LeftOut, Proposed, Stretch
from hickam.intake.speech.roles import guess_roles
from hickam.intake.speech.speakers import Attributed, Run, attribute
from hickam.intake.speech.together import two_at_once
from hickam.model.transcript import (
    Outcome,
    Proposal,
    Recogniser,
    Speaker,
    Transcript,
    Turn,
    Uncovered,
    Word,
)

if TYPE_CHECKING:
    from hickam.intake.speech.transcribing import Options

LONG_PAUSE = 3.0
"""Seconds of silence at which the same speaker begins a new turn."""
LETTERS = "ABCDEFGHIJ"
CLIPPED = 0.001
"""Share of samples at full scale from which the recording is called overdriven."""


def finished(
    stretches: Sequence[Stretch], audio: AudioFile, recogniser: Recogniser, names: Names, options: Options
) -> Transcript:
    """The transcript of everything heard."""
    runs = [run for stretch in stretches for run in stretch.runs]
    left_out = [part for stretch in stretches for part in stretch.left_out]
    outcome, language = _outcome(stretches, runs)
    if outcome != "transcribed":
        runs = []
    told = attribute(runs, options.speakers)
    turns = tuple(_marked(turn, names) for turn in _turns(runs, told))
    proposals = _proposals([p for stretch in stretches for p in stretch.proposed], turns)
    turns = tuple(_disputed(turn, proposals) for turn in turns)
    texts = {
        LETTERS[i]: " ".join(turn.text for turn in turns if turn.speaker == LETTERS[i]) for i in range(told.voices)
    }
    roles = guess_roles(texts)
    samples = [sample for stretch in stretches for sample in stretch.samples]
    together = [
        Uncovered(start=round(span.start, 3), end=round(span.end, 3), why="two at once")
        for span in two_at_once(samples, told.means)
    ]
    speech = [span for stretch in stretches for span in stretch.speech]
    return Transcript(
        recording=audio.recording(),
        recogniser=recogniser,
        engine_version=hickam.__version__,
        outcome=outcome,
        language=language,
        language_probability=_share(stretches, language),
        pack=options.pack,
        pack_hash=options.pack_hash,
        speakers=tuple(Speaker(id=id, role=role) for id, role in roles.items()) if turns else (),
        turns=turns,
        uncovered=_in_order(_uncovered(speech, runs, left_out), together) if turns else (),
        proposals=proposals,
        notes=(*audio.notes(), *_notes(stretches, told, options, outcome, language, bool(runs))),
    )


def _outcome(stretches: Sequence[Stretch], runs: Sequence[Run]) -> tuple[Outcome, str]:
    """What became of it, and the language heard most."""
    seconds = _seconds(stretches)
    language = max(seconds, key=lambda name: seconds[name]) if seconds else "en"
    foreign = any(part.why == "another language" for stretch in stretches for part in stretch.left_out)
    if language != "en" and foreign and seconds[language] > sum(seconds.values()) / 2:
        return "other_language", language
    return ("transcribed" if runs else "no_speech"), "en"


def _seconds(stretches: Sequence[Stretch]) -> dict[str, float]:
    total: dict[str, float] = {}
    for stretch in stretches:
        for language, seconds in stretch.languages.items():
            total[language] = total.get(language, 0.0) + seconds
    return total


def _share(stretches: Sequence[Stretch], language: str) -> float | None:
    """Share of the speech (in clips long enough to tell) in this language."""
    seconds = _seconds(stretches)
    return round(seconds.get(language, 0.0) / sum(seconds.values()), 3) if seconds else None


def _turns(runs: Sequence[Run], told: Attributed) -> list[Turn]:
    """Neighbouring runs of one speaker as one turn. Overlapping times (two clips' margins) are put in order."""
    groups: list[tuple[int, list[Word], list[tuple[float, float]]]] = []
    at = 0.0
    for run, speaker, sure in zip(runs, told.speaker, told.sure, strict=True):
        words = []
        for word in run.words:
            start = max(word.start, at)
            at = max(word.end, start)
            words.append(msgspec.structs.replace(word, start=start, end=at))
        last = groups[-1] if groups else None
        if last is None or last[0] != speaker or words[0].start - last[1][-1].end > LONG_PAUSE:
            groups.append((speaker, [], []))
        groups[-1][1].extend(words)
        if sure is not None:
            groups[-1][2].append((sure, max(0.1, run.seconds)))
    return [
        Turn(
            id=f"t{number}",
            speaker=LETTERS[speaker],
            start=words[0].start,
            end=words[-1].end,
            words=tuple(words),
            speaker_sure=round(sum(s * w for s, w in sure) / sum(w for _, w in sure), 2) if sure else None,
        )
        for number, (speaker, words, sure) in enumerate(groups, start=1)
    ]


def _marked(turn: Turn, names: Names) -> Turn:
    rounded = tuple(
        msgspec.structs.replace(word, probability=None if word.probability is None else round(word.probability, 3))
        for word in turn.words
    )
    return msgspec.structs.replace(turn, words=mark(rounded, names.drugs))


def _proposals(made: Sequence[Proposed], turns: Sequence[Turn]) -> tuple[Proposal, ...]:
    """Each with the turn its words are in; one whose words went to two speakers is dropped."""
    out: list[Proposal] = []
    for p in sorted(made, key=lambda p: p.start):
        turn = next(
            (t for t in turns if t.start - 0.05 <= p.start and p.end <= t.end + 0.05 and p.said in t.text), None
        )
        if turn is not None:
            out.append(
                Proposal(
                    id=f"p{len(out) + 1}",
                    turn=turn.id,
                    start=round(p.start, 3),
                    end=round(p.end, 3),
                    said=p.said,
                    proposed=p.proposed,
                    probability=None if p.probability is None else round(p.probability, 3),
                )
            )
    return tuple(out)


def _disputed(turn: Turn, proposals: Sequence[Proposal]) -> Turn:
    """The words that a proposal would replace are to be confirmed."""
    spans = [(p.start, p.end) for p in proposals if p.turn == turn.id]
    words = tuple(
        msgspec.structs.replace(word, confirm=(*word.confirm, "disputed"))
        if any(start - 0.01 <= word.start and word.end <= end + 0.01 for start, end in spans)
        else word
        for word in turn.words
    )
    return msgspec.structs.replace(turn, words=words)


def _uncovered(speech: Sequence[Span], runs: Sequence[Run], left_out: Sequence[LeftOut]) -> tuple[Uncovered, ...]:
    """Speech without words; neighbouring gaps with one reason are one."""
    words = sorted(Span(word.start, word.end) for run in runs for word in run.words)
    out: list[Uncovered] = []
    for gap in uncovered(speech, words):
        reasons = [part.why for part in left_out if part.start < gap.end and part.end > gap.start]
        found = Uncovered(start=round(gap.start, 3), end=round(gap.end, 3), why=reasons[0] if reasons else "no words")
        last = out[-1] if out else None
        if (
            last
            and last.why == found.why
            and not any(last.end < word.end and word.start < found.start for word in words)
        ):
            out[-1] = msgspec.structs.replace(last, end=found.end)
        else:
            out.append(found)
    return tuple(out)


def _in_order(*gaps: Sequence[Uncovered]) -> tuple[Uncovered, ...]:
    return tuple(sorted((gap for some in gaps for gap in some), key=lambda gap: gap.start))


def _notes(
    stretches: Sequence[Stretch], told: Attributed, options: Options, outcome: Outcome, language: str, words: bool
) -> list[str]:
    notes = []
    spoken = sum(span.seconds for stretch in stretches for span in stretch.speech)
    if outcome == "no_speech":
        notes.append(
            f"{spoken:.0f} s sounded like speech, but no words in it could be trusted: nothing was transcribed."
            if spoken >= 1
            else "No speech was found: nothing was transcribed."
        )
    if outcome == "other_language":
        notes.append(f"Most of the speech is in another language ({language}); only English is transcribed.")
    others = sorted(name for name in _seconds(stretches) if name != "en") if outcome == "transcribed" else []
    if others:
        notes.append(f"Parts sounded like another language ({', '.join(others)}): what stands there may be wrong.")
    if max((stretch.clipped for stretch in stretches), default=0.0) > CLIPPED:
        notes.append(
            "The recording is overdriven (samples at full scale): expect more errors; turn the microphone down."
        )
    if words and options.speakers > 1 and told.voices < options.speakers:
        notes.append(
            f"{told.voices} voice was found instead of {options.speakers}: who said what is not told apart."
            if told.voices == 1
            else f"{told.voices} voices were found instead of {options.speakers}."
        )
    if told.by_channel:
        notes.append("Speakers were told apart by the two channels of the recording.")
    return notes
