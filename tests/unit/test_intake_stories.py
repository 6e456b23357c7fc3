"""Unit: sixty fresh stories (V: a doctor's, L: a patient's) read with the leg cramps pack.

Written before the cases of the benchmark were looked at. ``expected`` holds what a careful reader takes from the
story, '+finding', '-finding' or '+finding=value'; ``also_right`` what else is true of it. What intake reads beyond
both counts as wrong.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from hickam.intake import Vocabulary, build_vocabulary, parse
from hickam.model.case import Case
from hickam.model.condition import Condition
from hickam.model.finding import Finding, Measurement
from hickam.model.pack import Drug, Manifest, Pack

PACK = Path(__file__).parents[2] / "packs" / "leg_cramps"
STORIES = [json.loads(line) for line in Path(__file__).with_name("intake_stories.jsonl").read_text().splitlines()]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of the pack, read file by file, so that an unfinished condition elsewhere does not matter."""

    def part(name: str, kind: Any) -> dict[str, Any]:
        files = sorted((PACK / name).glob("*.yaml"))
        return {p.stem: msgspec.convert(yaml.load(p.read_text(), yaml.CSafeLoader), kind) for p in files}

    manifest = msgspec.convert(yaml.load((PACK / "pack.yaml").read_text(), yaml.CSafeLoader), Manifest)
    parts = {
        "measurements": part("measurements", Measurement),
        "findings": part("findings", Finding),
        "conditions": part("conditions", Condition),
        "drugs": part("drugs", Drug),
    }
    empty: dict[str, Any] = {"treatments": {}, "tests": {}, "clinicians": {}, "rules": {}, "cases": {}}
    return build_vocabulary(Pack(manifest=manifest, hash="", sources={}, reviews=(), hashes={}, **parts, **empty))


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
