"""Births and operations with a date: 'gave birth nine days ago', 'knee replacement six years ago'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hickam.intake.flags import FAMILY, HYPO, NEG
from hickam.intake.numbers_in_words import Period
from hickam.intake.scene import Scene
from hickam.intake.statements import Statement
from hickam.intake.times import is_past

BIRTH = re.compile(
    r"\b(?:gave birth|given birth|had (?:a|my|our|her) (?:\w+ )?baby|baby was born|delivered (?:a|my|her|our) "
    r"|just delivered"
    r"|after (?:giving birth|having (?:a|my|her) baby)|new mother|(?:my|her) (?:new ?born|baby is))",
    re.I,
)
BIRTH_ALONE = re.compile(r"\b(?:birth|delivery|caesarean|cesarean|c-?section|lscs|svd)\b", re.I)
JUST = re.compile(
    r"\b(?:last|this|earlier this) week\b|\b(?:yesterday|recently|just|last month|new mother|new ?born)\b"
    r"|\bfew (?:days|weeks)\b",
    re.I,
)
SIX_WEEKS = 45.0
"""Days after a birth."""
LONG_PAST = 95.0
"""Days after which no operation is recent."""


def births(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """A birth within six weeks, by its date."""
    for pattern in (BIRTH, BIRTH_ALONE):
        for m in pattern.finditer(scene.text[:20_000]):
            at = next((i for i, t in enumerate(scene.tokens) if t.start >= m.start()), None)
            if at is None or scene.context.flags[at] & (FAMILY | HYPO | NEG):
                continue
            if any(_after(scene, p, at) and p.days <= SIX_WEEKS for p in times):
                return [scene.make("postpartum", at, at)]
            near = [
                p for p in times if 0 <= p.lo - at <= 9 and scene.context.sentence[p.lo] == scene.context.sentence[at]
            ]
            if near:
                follows = scene.stems[near[0].hi + 1 : near[0].hi + 2]
                if near[0].days <= SIX_WEEKS and follows in (["ago"], ["old"], ["back"]):
                    return [scene.make("postpartum", at, near[0].hi)]
                continue
            around = scene.text[max(0, m.start() - 20) : m.end() + 25].split(".")[0]
            if pattern is BIRTH and JUST.search(around):
                return [scene.make("postpartum", at, at)]
    return []


def _after(scene: Scene, p: Period, at: int) -> bool:
    """'10 days post LSCS', 'three weeks after my c-section': the time stands before the birth."""
    between = scene.stems[p.hi + 1 : at]
    return 0 < len(between) <= 3 and between[0] in ("post", "after", "since", "from", "follow")


def long_past_operation(scene: Scene, s: Statement, times: Sequence[Period]) -> bool:
    """'Knee replacement six years ago' is no recent operation, nor a birth two years ago a recent one."""
    longest = {"recent_surgery": LONG_PAST, "postpartum": SIX_WEEKS}.get(s.id)
    if longest is None or s.said != "present" or s.kind != "finding":
        return False
    for p in times:
        if 0 < p.lo - s.hi <= 7 and is_past(scene.stems[p.hi + 1 : p.hi + 4]) and p.days > longest:
            return scene.context.sentence[p.lo] == scene.context.sentence[s.lo]
    return False
