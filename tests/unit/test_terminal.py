"""The clinician's screen: short enough to act on, and nothing dangerous is left out to make it so."""

from __future__ import annotations

from statistics import median

import pytest

from hickam.intake.reading import parse
from hickam.model.assessment import Assessment
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.writing.screen import Style
from hickam.writing.terminal import LINES, render


@pytest.fixture(scope="module")
def answers(knowledge: Knowledge) -> list[Assessment]:
    """Every fifteenth story of the pack's own cases, the dangerous ones among them."""
    stories = [case.text for cases in knowledge.pack.cases.values() for case in cases if len(case.text) > 40]
    return [
        assess(knowledge, parse(story, knowledge.vocabulary), Options(draws=0, steps=3))
        for story in stories[:: max(1, len(stories) // 25)]
    ]


def acted_on(answer: Assessment) -> list[str]:
    lines = render(answer, Style(width=100)).splitlines()
    return lines[: lines.index("UNDERSTOOD")]


def test_most_cases_fit_one_screen(answers: list[Assessment]) -> None:
    lengths = [len(acted_on(answer)) for answer in answers]
    assert len(lengths) > 20
    assert median(lengths) <= LINES
    assert sum(length <= LINES for length in lengths) > 0.75 * len(lengths)
    assert max(lengths) <= 1.6 * LINES


def test_no_danger_is_left_out_for_want_of_room(answers: list[Assessment]) -> None:
    for answer in answers:
        screen = " ".join(" ".join(acted_on(answer)).split())
        wanted = [answer.urgency.sentence]
        for candidate in answer.differential:
            if candidate.tier in ("most_likely", "do_not_miss"):
                wanted += [candidate.condition.name, *([candidate.danger.exclusion] if candidate.danger else [])]
        wanted += [step.name for step in answer.next_steps if step.why == "red_flag_screen"]
        wanted += [item.step.rstrip(".") for item in answer.management if item.line == "avoid"]
        wanted += [text for referral in answer.route.referrals for text in referral.warnings]
        wanted += [review.action for review in answer.medication_review]
        missing = [text for text in wanted if " ".join(text.split()) not in screen]
        assert missing == []


def test_what_is_left_out_is_counted(answers: list[Assessment]) -> None:
    for answer in answers:
        now = [w for w in answer.workup if w.stage == "now"]
        if len(now) > 3:
            assert "with --full" in "\n".join(acted_on(answer))
