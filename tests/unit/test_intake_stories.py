"""Unit: sixty fresh stories (V: a doctor's, L: a patient's) read with the leg cramps pack.

Written before the cases of the benchmark were looked at. ``expected`` holds what a careful reader takes from the
story, '+finding', '-finding' or '+finding=value'; ``also_right`` what else is true of it. What intake reads beyond
both counts as wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from leg_cramps_words import vocabulary

from hickam.intake import parse
from hickam.model.case import Case

PACK = Path(__file__).parents[2] / "packs" / "leg_cramps"
STORIES = [json.loads(line) for line in Path(__file__).with_name("intake_stories.jsonl").read_text().splitlines()]


def read(case: Case) -> tuple[set[str], set[str]]:
    """All that a case says, and what was read in the words (not implied by other findings)."""
    every: set[str] = set()
    told: set[str] = set()
    for o in case.observations:
        sign = "+" if o.state == "present" else "-"
        values = {f"{sign}{o.finding}={v}" for v in o.values}
        every |= values | {sign + o.finding}
        if o.how != "implied":
            told |= values if o.finding == "quality" or len(o.values) == 1 else {sign + o.finding}
    return every, told


@pytest.mark.parametrize("kind", ["V", "L"])
def test_recall_and_precision(kind: str) -> None:
    found = expected = right = told_of = 0
    missed: list[str] = []
    wrong: list[str] = []
    for story in (s for s in STORIES if s["id"].startswith(kind)):
        every, told = read(parse(story["text"], vocabulary()))
        wanted = set(story["expected"])
        allowed = wanted | set(story["also_right"]) | {w.split("=")[0] for w in wanted}
        found += len(wanted & every)
        expected += len(wanted)
        right += len(told & allowed)
        told_of += len(told)
        missed += [f"{story['id']} {w}" for w in sorted(wanted - every)]
        wrong += [f"{story['id']} {w}" for w in sorted(told - allowed)]
    assert found >= 0.85 * expected, missed
    assert right >= 0.92 * told_of, wrong


@pytest.mark.parametrize("story", STORIES, ids=[s["id"] for s in STORIES])
def test_age_and_sex(story: dict[str, Any]) -> None:
    case = parse(story["text"], vocabulary())
    assert case.age == story["age"]
    assert case.sex == story["sex"]
    assert case.complaint == "leg"
