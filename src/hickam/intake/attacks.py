"""How long an attack lasts, how soon rest eases it, how often it comes and at what hour.

Rules are inert when the pack has none of the findings they set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hickam.intake.flags import NEG, PAST
from hickam.intake.numbers_in_words import Period, read_number
from hickam.intake.particular import goes_elsewhere
from hickam.intake.scene import RELIEF, REST, VOIDING, Scene, of_a_dose, of_an_activity
from hickam.intake.statements import Statement
from hickam.intake.times import EACH
from hickam.intake.words import stem_set


def duration(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'lasts 5 minutes', 'can go on for 25 minutes', '5-10 minutes at a time', 'spasms of about five minutes'."""
    out = []
    for p in times:
        before = scene.stems[max(0, p.lo - 6) : p.lo]
        after = scene.stems[p.hi + 1 : p.hi + 4]
        if p.unit not in ("second", "minute", "hour"):
            continue
        lasting = (
            ("last" in before and p.unit != "hour")
            or "last" in before[-3:]
            or ("go" in before and "for" in before)
            or "until" in after
            or after[:2] == ["at", "a"]
            or "each" in after[:1]
            or (before[-2:-1] and before[-2] in ("cramp", "spasm", "pain", "attack") and before[-1] == "of")
            or before[-3:-1] in (["cramp", "of"], ["spasm", "of"])
            or before[-2:] == ["up", "to"]
            or (after[:1] and after[0] in ("befor", "before"))
            or (before[-1:] and before[-1] in ABOUT and not ATTACKS.isdisjoint(before[-4:]))
            or (p.unit != "hour" and _ends(scene, p))
            or ("take" in before[-3:] and after[:1] == ["to"] and not ENDING.isdisjoint(after[1:2]))
        )
        if before[-2:] == ["the", "last"]:
            continue
        if not lasting or ((before[-1:] or [""])[0] == "in" and "last" in before):
            continue
        if (
            "last" not in before[-3:]
            and scene.near_symptom(p.lo, 20) == 999
            and scene.context.clause[p.lo] - 1 not in scene.symptom_clauses
            and scene.context.clause[p.lo] + 1 not in scene.symptom_clauses
        ):
            continue
        minutes = p.days * 1440
        if minutes <= 12:
            out.append(scene.make("duration_seconds_minutes", p.lo, p.hi))
        elif minutes > 30:
            out.append(scene.make("duration_hours", p.lo, p.hi))
    return out


ATTACKS = stem_set("attack episode bout spasm cramp spell")
ABOUT = frozenset(["of", "about", "~", "around", "roughly"])
ENDING = stem_set("gone over pass ease settle stop fade subside vanish disappear go let wear")
ENDS_WHAT = stem_set("it they that cramp pain spasm be then all and")
KEPT_UP = REST | stem_set("walk run stand move exercise jog cycle bike")


def _ends(scene: Scene, p: Period) -> bool:
    """'It's over in a minute', 'a minute or two and it's gone', 'after two minutes it lets go'; no rest eases it."""
    lo, hi = scene.bounds[scene.context.clause[p.lo]]
    if scene.context.clause[hi] != scene.context.clause[-1] and scene.stems[hi + 1 : hi + 2] == ["and"]:
        hi = scene.bounds[scene.context.clause[hi + 1]][1]  # 'a minute or two and it's gone'
    near = range(max(lo, p.lo - 5), min(hi, p.hi + 7) + 1)
    return KEPT_UP.isdisjoint(scene.stems[lo : hi + 1]) and any(
        scene.stems[i] in ENDING and scene.stems[i - 1] in ENDS_WHAT and not goes_elsewhere(scene, i)
        for i in near
        if i and i not in range(p.lo, p.hi + 1)
    )


def relief_time(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'gone in 2 minutes of standing still', 'eases within a few minutes of stopping'."""
    out = []
    for p in times:
        if p.unit not in ("second", "minute") or p.days * 1440 > 11:
            continue
        lo, hi = scene.bounds[scene.context.clause[p.lo]]
        stopped = scene.stems[max(0, lo - 2) : lo] in (["stop", ";"], ["stop", ","], ["rest", ","], ["rest", ";"])
        around = range(max(lo - 2 * stopped, p.lo - 8), min(hi, p.hi + 6) + 1)  # 'has to stop; settles in 5 min'
        window = {scene.stems[i] for i in around if scene.tokens[i].text.lower() != "go"}  # 'thighs go numb'
        exerted = any(
            s.id == "on_exertion" and s.said == "present" and 0 <= p.lo - s.hi <= 25 for s in scene.statements
        )
        if (
            window & RELIEF
            and (exerted or window & {"rest", "stop", "stand", "paus"})
            and not scene.context.flags[p.lo] & VOIDING
        ):
            out.append(
                scene.make("rest_relief", p.lo, p.hi, "absent" if scene.context.flags[p.lo] & NEG else "present")
            )
    return out


STIFF = stem_set("stiff stiffness rusty creaky")
UPON = stem_set("morning wake waking get up start rise sit first")
HALF_AN_HOUR = 30 / 1440


def stiffness(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'Morning stiffness 10 min', 'stiff when I get up, only for five minutes': how long decides what it means."""
    for p in times:
        before = range(max(0, p.lo - 16), p.lo)
        here = [i for i in before if scene.context.sentence[i] == scene.context.sentence[p.lo]]
        words = {scene.stems[i] for i in here}
        last = next((i for i in reversed(here) if scene.stems[i] in STIFF), None)
        if p.unit not in ("minute", "hour") or last is None or UPON.isdisjoint(words):
            continue
        if not scene.context.flags[last] & (VOIDING | NEG | PAST):
            return [scene.make("morning_stiffness", last, p.hi, "absent" if p.days < HALF_AN_HOUR else "present")]
    return []


def _usually(scene: Scene, i: int) -> bool:
    """'most nights', 'every night', 'nightly', 'every other day'."""
    s = scene.stems[i]
    text = scene.tokens[i].text.lower()
    if scene.context.flags[i] & (VOIDING | NEG | PAST):
        return False
    if text == "nightly":
        return True
    before = scene.stems[max(0, i - 2) : i]
    return (
        s in ("night", "evening", "day")
        and bool(before)
        and (
            before[-1] in ("most", "every", "each")
            or before in (["every", "single"], ["every", "other"], ["every", "second"])
        )
    )


SMALL_HOURS = re.compile(
    r"\b(?:0?[1-5](?:[:.]\d\d)?(?:\s?(?:-|to|or)\s?[1-6])?\s?(?:a\.m\.|am\b)"
    r"|(?:one|two|three|four|five) (?:am\b|a\.m\.)"
    r"|(?:[1-5]|one|two|three|four|five) (?:o['’]?clock )?in the morning)",
    re.I,
)


def small_hours(scene: Scene) -> list[Statement]:
    """'about 3am', '2 to 4 a.m.', 'four in the morning': at night, when the text tells of a symptom."""
    m = SMALL_HOURS.search(scene.text)
    if m is None or not scene.symptoms:
        return []
    at = [i for i, t in enumerate(scene.tokens) if m.start() <= t.start < m.end()]
    if not at or scene.context.flags[at[0]] & (VOIDING | NEG | PAST):
        return []
    return [scene.make("timing_night", at[0], at[-1])]


def frequency(scene: Scene) -> list[Statement]:
    """'three times a week', 'every night', '1-2 a month', in a clause with a symptom or beside one."""
    out = []
    for i, s in enumerate(scene.stems):
        usual = _usually(scene, i)
        if usual and of_an_activity(scene, i - 1):
            continue
        if usual and {scene.context.clause[i] + k for k in (-1, 0, 1)} & scene.symptom_clauses:
            out.append(scene.make("frequent_attacks", max(0, i - 1), i))
            continue
        if s not in ("week", "night", "day", "month", "year") or i < 2 or of_a_dose(scene, i):
            continue
        shorthand = i > 2 and scene.stems[i - 2 : i] in (["x", "/"], ["x", "a"], ["x", "per"])
        if scene.stems[i - 1] not in EACH and not shorthand:
            continue
        number = next(
            (x for x in (read_number(scene.tokens, j) for j in range(max(0, i - 5), i - 1)) if x is not None), None
        )
        if (
            not shorthand
            and not {"time", "night", "day", "evening"} & set(scene.stems[max(0, i - 4) : i])
            and scene.stems[i - 2] not in ("twic", "once")
        ):
            continue
        times = number.value if number else 2.0 if "twic" in scene.stems[i - 3 : i] else 1.0
        clause = scene.context.clause[i]
        if not {clause, clause + 1, clause - 1} & scene.symptom_clauses or scene.context.flags[i] & (VOIDING | NEG):
            continue
        if of_an_activity(scene, i - 1):
            continue
        per_week = times * {"week": 1, "night": 7, "day": 7, "month": 0.23, "year": 0.02}[s]
        if per_week >= 2:
            out.append(scene.make("frequent_attacks", max(0, i - 3), i))
        elif per_week < 0.5:
            out.append(scene.make("frequent_attacks", max(0, i - 3), i, "absent"))
    return out
