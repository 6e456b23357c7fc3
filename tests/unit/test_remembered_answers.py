"""Answers are remembered by what is known: the words are each story's own, and none of them is kept."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from hickam.intake.reading import parse
from hickam.services.assess import REMEMBERED, Options, assess
from hickam.services.knowledge import Knowledge, open_knowledge

QUICK = Options(draws=0, explain=True, steps=2, as_of="2026-01-02")
STORIES = (
    "62-year-old man, calf cramps at night, smoker, called Zenobia",
    "A man of 62 who smokes. At night his calf cramps. Name of Quill",
)


@pytest.fixture(scope="module")
def fresh() -> Knowledge:
    return open_knowledge("leg_cramps")


def test_the_same_findings_in_other_words_share_an_answer_and_keep_their_words(fresh: Knowledge) -> None:
    first, second = (parse(story, fresh.vocabulary) for story in STORIES)
    second = replace(second, completeness=first.completeness)
    alone = msgspec.json.encode(assess(open_knowledge("leg_cramps"), second, QUICK))
    one, other = assess(fresh, first, QUICK), assess(fresh, second, QUICK)
    assert msgspec.json.encode(other) == alone, "as if nothing had been remembered"
    for answer, story in zip((one, other), STORIES, strict=True):
        shown = [f.source for f in answer.case.findings if f.source] + list(answer.case.not_understood)
        assert shown
        assert all(story[span.start : span.end] == span.text for span in shown)


def test_no_story_is_kept_and_no_more_answers_than_said(fresh: Knowledge) -> None:
    for years in range(20, 20 + REMEMBERED + 5):
        assess(fresh, parse(f"{years}-year-old woman, calf cramps, called Zenobia", fresh.vocabulary), QUICK)
    kept = str(fresh.answers) + str(fresh.engine._kept)
    assert len(fresh.answers) == REMEMBERED
    assert "Zenobia" not in kept
    assert "calf cramps" not in kept


def test_another_reader_gets_another_answer(fresh: Knowledge) -> None:
    case = parse(STORIES[0], fresh.vocabulary)
    assert assess(fresh, case, QUICK).reader == "clinician"
    assert assess(fresh, case, Options(draws=0, steps=2, as_of="2026-01-02", reader="patient")).reader == "patient"
