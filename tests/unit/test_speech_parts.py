"""The parts of speech to transcript that need no model: clips, gaps, speakers, roles, marks, names, proposals, edits."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.test_transcript import transcript, turn

from hickam.errors import HickamError
from hickam.intake.speech import editing
from hickam.intake.speech.activity import JOIN_GAP, LONGEST, MARGIN, Span, clips_of, uncovered
from hickam.intake.speech.hints import Names
from hickam.intake.speech.marking import mark
from hickam.intake.speech.progress import Kept, Stretch
from hickam.intake.speech.proposals import differences
from hickam.intake.speech.recogniser import Heard, untrusted
from hickam.intake.speech.roles import guess_roles
from hickam.intake.speech.speakers import Run, attribute, runs_of
from hickam.intake.speech.together import Sample, sampled, two_at_once
from hickam.intake.speech.voices import Voices
from hickam.intake.speech.whisper import joined_words, trimmed
from hickam.model.transcript import Proposal, Transcript, Word
from hickam.services.knowledge import open_knowledge


@st.composite
def speech(draw: st.DrawFn) -> list[Span]:
    """Stretches of speech in order, none longer than a clip."""
    at, spans = 0.0, []
    for gap, length in draw(st.lists(st.tuples(st.floats(0.16, 30), st.floats(0.1, LONGEST)), max_size=30)):
        spans.append(Span(at + gap, at + gap + length))
        at = spans[-1].end
    return spans


@given(speech())
def test_clips_hold_all_speech_once_and_are_never_too_long(spans: list[Span]) -> None:
    total = (spans[-1].end if spans else 0.0) + 1.0
    clips = clips_of(spans, total)
    assert all(clip.seconds <= LONGEST + 2 * MARGIN + 1e-6 for clip in clips)
    assert all(a.end <= b.start + 1e-6 for a, b in itertools.pairwise(clips))
    for span in spans:
        assert sum(clip.start <= span.start + 1e-6 and span.end <= clip.end + 1e-6 for clip in clips) == 1
    for clip in clips:
        inside = [span for span in spans if clip.start <= span.start and span.end <= clip.end]
        assert all(b.start - a.end <= JOIN_GAP for a, b in itertools.pairwise(inside))


def test_speech_without_words_is_found_between_before_and_after() -> None:
    words = [Span(2.0, 3.0), Span(6.0, 7.0)]
    assert uncovered([Span(0, 10)], words) == [
        Span(0, 1.85),
        Span(3.15, 5.85),
        Span(7.15, 10),
    ]
    assert uncovered([Span(2, 3.4), Span(5.8, 7)], words) == []
    assert uncovered([Span(20, 21)], words) == [Span(20, 21)]


def said(text: str, *, sure: float = 0.9, start: float = 0.0, pause: float = 0.05) -> tuple[Word, ...]:
    """Words of a third of a second each."""
    return tuple(
        Word(text=t, start=start + i * (0.3 + pause), end=start + i * (0.3 + pause) + 0.3, probability=sure)
        for i, t in enumerate(text.split())
    )


def test_runs_end_at_pauses_and_sentences() -> None:
    words = (*said("any numbness? no."), *said("none", start=3.0))
    assert [" ".join(w.text for w in run) for run in runs_of(words)] == ["any numbness?", "no.", "none"]


def voice(kind: int, seed: int) -> bytes:
    """A unit vector near one of a few directions."""
    random = np.random.default_rng(seed)
    vector = np.eye(256)[kind] + random.normal(0, 0.03, 256)
    data: bytes = (vector / np.linalg.norm(vector)).astype(np.float16).tobytes()
    return data


def runs(pattern: Sequence[int], text: str = "one two three four.") -> list[Run]:
    return [Run(words=said(text, start=i * 3.0), voice=voice(kind, i)) for i, kind in enumerate(pattern)]


def test_speakers_are_numbered_by_who_speaks_first() -> None:
    told = attribute(runs([3, 7, 3, 3, 7]), 2)
    assert told.speaker == (0, 1, 0, 0, 1)
    assert told.voices == 2
    assert min(s for s in told.sure if s is not None) > 0.9


def test_one_voice_is_not_split_in_two() -> None:
    assert attribute(runs([3] * 8), 2).voices == 1
    assert attribute(runs([3, 7, 3]), 1).voices == 1
    assert attribute([], 2).speaker == ()


def test_a_voice_between_two_speakers_is_two_at_once() -> None:
    means = attribute(runs([3, 7, 3, 3, 7]), 2).means
    mixed = np.eye(256)[3] + np.eye(256)[7]
    heard = [voice(3, 1), voice(7, 2), (mixed / 2**0.5).astype(np.float16).tobytes(), voice(90, 3), voice(3, 4)]
    samples = [Sample(start=i * 0.75, end=i * 0.75 + 1.5, voice=v) for i, v in enumerate(heard)]
    assert two_at_once(samples, means) == [Span(1.5, 3.0)]
    assert two_at_once([*samples[:3], samples[2]], means) == [Span(1.5, 3.0)]
    assert two_at_once(samples, attribute(runs([3] * 8), 2).means) == []


def test_voices_are_sampled_along_the_speech_and_nowhere_else() -> None:
    class Length(Voices):
        def vector(self, sound: np.ndarray) -> np.ndarray:
            return np.full(4, len(sound) / 16_000, np.float32)

    found = sampled(np.zeros(16_000 * 12, np.float32), [Span(1.0, 4.0), Span(6.0, 6.9), Span(8.0, 9.0)], Length(), 60.0)
    assert [(s.start, s.end) for s in found] == [(61.0, 62.5), (61.75, 63.25), (62.5, 64.0), (68.0, 69.0)]
    assert {float(np.frombuffer(s.voice, np.float16)[0]) for s in found} == {1.5, 1.0}


def test_a_cough_is_not_a_speaker() -> None:
    pattern = runs([3, 7] * 20)
    pattern.insert(5, Run(words=said("hm.", start=13.0), voice=voice(90, 5)))
    told = attribute(pattern, 2)
    assert told.voices == 2
    assert told.speaker[:5] == (0, 1, 0, 1, 0)


def test_channels_decide_when_each_carries_somebody() -> None:
    level = [Run(words=said("yes, always.", start=i * 3.0), decibels=20.0 * (-1) ** i) for i in range(6)]
    told = attribute(level, 2)
    assert (told.by_channel, told.speaker) == (True, (0, 1, 0, 1, 0, 1))
    assert attribute([msgspec.structs.replace(run, decibels=0.5) for run in level], 2).voices == 1


def test_roles_come_from_what_is_said() -> None:
    asks = "What brings you in? Do you take any tablets? Let me examine your legs. Any swelling?"
    tells = "My left calf cramps, doctor. I take a water tablet and it wakes me."
    assert guess_roles({"A": tells, "B": asks}) == {"A": "patient", "B": "clinician"}
    assert guess_roles({"A": "Yes.", "B": "Well."}) == {"A": "unknown", "B": "unknown"}
    assert guess_roles({"A": asks}) == {"A": "unknown"}
    assert guess_roles({"A": asks, "B": tells, "C": "She sleeps badly."})["C"] == "other"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("The left calf", {"left": "side"}),
        ("all right then", {}),
        ("I don't smoke", {"don't": "negation"}),
        ("amlodipine 2.5 mg, twice", {"amlodipine": "drug", "2.5": "number", "mg,": "dose", "twice": "dose"}),
        ("twenty-five milligrams", {"twenty-five": "number", "milligrams": "dose"}),
        ("some zorastatin", {"zorastatin": "drug"}),
        ("the other one hurts", {}),
        ("one leg", {"one": "number"}),
        ("0.5mg daily", {"0.5mg": "dose", "daily": "dose"}),
    ],
)
def test_what_harms_when_wrong_is_marked(text: str, marked: dict[str, str]) -> None:
    found = {word.text: word.confirm for word in mark(said(text), {"amlodipine"}) if word.confirm}
    assert set(found) == set(marked)
    assert all(reason in found[word] for word, reason in marked.items())


def test_an_uncertain_word_is_marked_and_a_certain_one_is_not() -> None:
    assert [word.confirm for word in mark(said("calf", sure=0.4), ())] == [("unsure",)]
    assert [word.confirm for word in mark(said("calf"), ())] == [()]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(open_knowledge().pack)


def offered(record: str, hinted: str, names: Names, sure: float = 0.4) -> list[tuple[str, str]]:
    words = said(record, sure=sure)
    return [
        (" ".join(w.text for w in words[d.first : d.last]), d.proposed) for d in differences(words, said(hinted), names)
    ]


def test_a_name_heard_better_is_proposed(names: Names) -> None:
    assert offered("I take hydro clora thighs at night", "I take hydrochlorothiazide at night", names) == [
        ("hydro clora thighs", "hydrochlorothiazide")
    ]
    assert offered("and add over 13-40 mg", "and atorvastatin 40 mg", names) == [("add over 13-40", "atorvastatin 40")]
    assert offered("check creating kinase today", "check creatine kinase today", names) == [("creating", "creatine")]


@pytest.mark.parametrize(
    ("record", "hinted"),
    [
        ("what medicines are you taking", ""),  # the second pass drops sentences
        ("my calf hurts", "my calf hurts atorvastatin"),  # and adds names
        ("I see the garden today", "I amlodipine today"),  # and writes names over other words
        ("I take simvastatin", "I take atorvastatin"),  # and changes one medicine into another
        ("two weeks ago", "2 weeks ago"),
    ],
)
def test_the_second_pass_offers_nothing_else(record: str, hinted: str, names: Names) -> None:
    assert offered(record, hinted, names, sure=0.9) == []


def test_a_doubtful_word_is_offered_as_the_medicine_it_resembles(names: Names) -> None:
    assert offered("I take arovastatin", "I take arovastatin", names) == [("arovastatin", "atorvastatin")]
    assert offered("I take atorvastatin", "I take atorvastatin", names) == []


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("I take amla dipine in the morning", [("amla dipine", "amlodipine")]),
        ("he is on by kalu tamaid daily", [("by kalu tamaid", "bicalutamide")]),
        ("I take a picks up in for my heart", [("a picks up in", "apixaban")]),
        ("the river ox tablet", [("river ox", "rivaroxaban")]),
        ("we saw a pick up truck", []),
        ("has she lost any weight", []),
        ("the anal tone is fine", []),
        ("Amla. Dipine", []),
        ("amla 5 dipine", []),
    ],
)
def test_a_medicine_heard_in_pieces_is_offered_whole(names: Names, heard: str, name: list[tuple[str, str]]) -> None:
    assert offered(heard, heard, names, sure=0.6) == name
    assert offered(heard, heard, names, sure=0.95) == []


def test_hotwords_fit_the_recogniser(names: Names) -> None:
    hotwords = names.hotwords(said("hydrochlorosiers at 25 and ammo depying and add over stating", sure=0.3))
    assert {"hydrochlorothiazide", "amlodipine", "atorvastatin"} <= set(hotwords.split(", "))
    assert len(hotwords) < 223 * 3.2  # about three letters a token of a drug's name


def test_words_are_joined_as_people_write_them() -> None:
    pieces = [
        (" was", 0.0, 0.2, 0.9),
        (" 2", 0.2, 0.4, 0.8),
        (".9", 0.4, 0.6, 0.6),
        (".", 0.6, 3.0, 0.1),
        (" -", 3.0, 3.1, 0.9),
    ]
    words = joined_words(
        [dict(zip(("word", "start", "end", "probability"), piece, strict=True)) for piece in pieces], 2.0
    )
    assert [(w.text, w.start, w.end, w.probability) for w in words][:2] == [
        ("was", 0.0, 0.2, 0.9),
        ("2.9.", 0.2, 0.6, 0.6),
    ]
    assert all(word.end <= 2.0 for word in words)


@pytest.mark.parametrize(
    ("heard", "seconds", "why"),
    [
        (Heard(words=said("my calf hurts"), mean_log_probability=-0.2), 2.0, None),
        (Heard(words=said("thank you " * 40), mean_log_probability=-0.1), 15.0, "words not trusted"),
        (Heard(words=said("Thank you."), mean_log_probability=-1.2, no_speech=0.8), 2.0, "words not trusted"),
        (Heard(words=said("♪ ♪")), 2.0, "words not trusted"),
        (Heard(words=said("my calf hurts"), language="es", language_probability=0.99), 6.0, "another language"),
        (Heard(words=said("my calf hurts"), language="ja", language_probability=0.88), 6.0, None),  # an accent
        (Heard(words=said("no"), language="es", language_probability=0.99), 1.0, None),
        (Heard(), 3.0, None),
    ],
)
def test_when_words_are_left_out(heard: Heard, seconds: float, why: str | None) -> None:
    assert untrusted(heard, seconds) == why


def test_a_clip_beside_a_surely_foreign_one_is_believed_sooner_and_an_accent_in_two_clips_is_none() -> None:
    def heard(language: str, sure: float) -> Heard:
        return Heard(words=said("my calf hurts"), language=language, language_probability=sure)

    assert untrusted(heard("es", 0.75), 6.0, [heard("fr", 0.99)]) is None
    assert untrusted(heard("es", 0.75), 6.0, [heard("es", 0.99)]) == "another language"
    assert untrusted(heard("ja", 0.76), 6.0, [heard("ja", 0.81)]) is None


def test_a_word_does_not_cover_the_reply_that_was_not_heard() -> None:
    words = (
        Word(text="breath.", start=0.0, end=0.4, probability=0.9),
        Word(text="Any", start=0.5, end=2.3, probability=0.9),  # over "None of those."
        Word(text="clots?", start=2.4, end=4.4, probability=0.9),  # over "No."
    )
    _, first, last = trimmed(words)
    assert (first.start > 1.7, first.end) == (True, 2.3)
    assert (last.start, last.end < 3.2) == (2.4, True)
    gaps = uncovered([Span(0.5, 1.4), Span(2.3, 3.0), Span(3.8, 4.4)], [Span(w.start, w.end) for w in (first, last)])
    assert [gap.start for gap in gaps] == [0.5, 3.8]


def offered_transcript() -> Transcript:
    """One turn with one proposal."""
    first = turn("I take hydro thighs at night.")
    proposal = Proposal(
        id="p1", turn="t1", start=1.0, end=1.9, said="hydro thighs", proposed="hydrochlorothiazide", probability=0.5
    )
    words = [
        msgspec.structs.replace(w, confirm=("unsure", "disputed")) if 1.0 <= w.start < 1.9 else w for w in first.words
    ]
    return msgspec.structs.replace(
        transcript(msgspec.structs.replace(first, words=tuple(words))), proposals=(proposal,)
    )


def test_accepting_changes_the_words_and_keeps_the_time() -> None:
    after = editing.accept(offered_transcript(), "p1")
    word = after.turns[0].words[2]
    assert after.turns[0].text == "I take hydrochlorothiazide at night."
    assert (word.start, word.end, word.confirmed) == (1.0, 1.9, True)
    assert after.turns[0].heard_text == "I take hydro thighs at night."
    assert after.proposals[0].state == "accepted"
    with pytest.raises(HickamError, match="no open proposal"):
        editing.accept(after, "p1")


def test_refusing_leaves_the_words_and_their_other_doubts() -> None:
    after = editing.refuse(offered_transcript(), "p1")
    assert after.turns[0].words[2].confirm == ("unsure",)
    assert after.turns[0].heard is None


def test_a_proposal_is_taken_beside_a_word_without_length() -> None:
    words = (Word(text="and", start=1.0, end=1.0), Word(text="Pergeabolin,", start=1.0, end=1.6))
    proposal = Proposal(id="p1", turn="t1", start=1.0, end=1.6, said="Pergeabolin,", proposed="pregabalin")
    said_so = msgspec.structs.replace(turn("and Pergeabolin,"), start=1.0, end=1.6, words=words)
    offer = msgspec.structs.replace(transcript(said_so), proposals=(proposal,))
    assert editing.accept(offer, "p1").turn("t1").text == "and pregabalin,"


def test_a_proposal_for_words_since_edited_is_not_taken() -> None:
    with pytest.raises(HickamError, match="changed since"):
        editing.accept(editing.edit(offered_transcript(), "t1", "I take water tablets at night."), "p1")


@given(st.lists(st.sampled_from(["calf", "left", "no", "pain", "2.9"]), max_size=8))
def test_any_edit_keeps_order_of_times_and_what_was_heard(words: list[str]) -> None:
    before = transcript(turn("the left calf hurts no more"))
    after = editing.edit(editing.edit(before, "t1", " ".join(words)), "t1", "the calf")
    assert after.turns[0].text == "the calf"
    assert after.turns[0].heard == before.turns[0].words


def test_swap_needs_both_and_marks_them_confirmed() -> None:
    after = editing.swap(transcript(turn("hello")))
    assert [(s.id, s.role, s.standing) for s in after.speakers] == [
        ("A", "patient", "confirmed"),
        ("B", "clinician", "confirmed"),
    ]
    alone = msgspec.structs.replace(after, speakers=after.speakers[:1])
    with pytest.raises(HickamError, match="no clinician and patient"):
        editing.swap(alone)


def test_progress_of_another_recording_is_not_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "v.json.part"
    kept = Kept(path, ["recording one"], resume=False)
    kept.add(Stretch(until=60.0))
    assert [s.until for s in Kept(path, ["recording one"], resume=True).found] == [60.0]
    with pytest.raises(HickamError, match="another recording"):
        Kept(path, ["recording two"], resume=True)
    kept.done()
    assert not path.exists()
