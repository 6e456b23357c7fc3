"""Known and excluded conditions of the patient, and whether the story is about the legs at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from hickam.intake import cues
from hickam.intake.flags import PAST
from hickam.intake.matching import Match
from hickam.intake.scene import LEG, Scene
from hickam.intake.statements import Statement
from hickam.model.case import Fact, Observation, Status


def known_conditions(
    scene: Scene, statements: Sequence[Statement], notes: list[str]
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Conditions the patient has, and conditions a test has excluded; what is neither goes into the notes."""
    facts: dict[str, Fact] = {}
    excluded: dict[str, Fact] = {}
    for s in statements:
        if s.kind not in ("condition", "mention") or _compared(scene, s):
            continue
        name = scene.vocabulary.conditions[s.id].name
        near = _near(scene, s)
        if any(p in near for p in ("ruled out", "excluded", "rules out", "excludes")) and "not " not in near:
            excluded.setdefault(s.id, Fact(condition=s.id, span=s.span))
        elif s.said == "absent":
            if _tested(scene, s):
                excluded.setdefault(s.id, Fact(condition=s.id, span=s.span))
            else:
                notes.append(f"'{s.span.text}' ({name}) is denied; that is not taken as excluded")
        elif s.said in ("possible", "asked"):
            notes.append(f"'{s.span.text}' ({name}) is a question or suspicion and was not counted as known")
        elif s.said == "family":
            notes.append(f"'{s.span.text}' ({name}) is told of a relative")
        elif s.said in ("present", "past") and s.id not in facts:
            facts[s.id] = Fact(condition=s.id, status=_status(near, s, scene), span=s.span)
    return tuple(facts.values()), tuple(f for id, f in excluded.items() if id not in facts)


def _compared(scene: Scene, s: Statement) -> bool:
    """'It doesn't feel like the shin splints I had before', 'like growing pains': what it is compared with."""
    before = scene.stems[max(0, s.lo - 5) : s.lo]
    return "like" in before and ("not" in before or "like" in before[-2:])


def _near(scene: Scene, s: Statement) -> str:
    clause = scene.context.clause
    lo, hi = max(0, s.lo - 12), min(len(scene.tokens), s.hi + 10)
    words = [scene.tokens[i].text.lower() for i in range(lo, hi) if clause[i] == clause[s.lo] and i not in s.used]
    return " ".join(["", *words, ""])


def _tested(scene: Scene, s: Statement) -> bool:
    """Whether a test is named in the sentence before the condition."""
    sentence = scene.context.sentence
    words = " ".join(
        scene.tokens[i].text.lower() for i in range(max(0, s.lo - 25), s.hi + 1) if sentence[i] == sentence[s.lo]
    )
    return any(f" {t} " in f" {words} " for t in cues.EXCLUDING_TESTS)


def _status(near: str, s: Statement, scene: Scene) -> Status:
    """A chronic condition with a date is still there ('hypothyroidism 2015'); an acute one is past ('DVT 2015')."""
    dated = bool(scene.context.flags[s.lo] & PAST) or s.said == "past"
    if dated and (not scene.vocabulary.conditions[s.id].chronic or any(f" {w} " in near for w in cues.PAST)):
        return "past"
    if any(f" {w} " in near for w in cues.UNCONTROLLED):
        return "active"
    return "controlled" if any(f" {w} " in near for w in cues.CONTROLLED) else "unknown"


def complaint_of(scene: Scene, matches: Sequence[Match], observations: Sequence[Observation]) -> Literal["leg", "any"]:
    """'leg' when the story names a part of the leg or a symptom of the kind this pack is about."""
    entries, findings = scene.vocabulary.entries, scene.vocabulary.findings
    if any(entries[m.entry].kind in ("body", "complaint") for m in matches) or not LEG.isdisjoint(scene.stems):
        return "leg"
    if any(
        (findings[o.finding].about == "episode" or findings[o.finding].limb) and o.state == "present"
        for o in observations
    ):
        return "leg"
    return "any"
