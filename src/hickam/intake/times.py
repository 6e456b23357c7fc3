"""Since when the complaint has been there.

A time belongs to the complaint when a leg symptom stands nearest to it in its clause; 'hypertension for 10 years' and
'simvastatin for 8 years' are not about the leg. Rules are inert when the pack has none of the findings they set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hickam.intake.flags import FAMILY, NEG
from hickam.intake.numbers_in_words import Period
from hickam.intake.scene import LEG, SYMPTOM, VOIDING, Scene, elsewhere, others_here
from hickam.intake.scope import CALENDAR_YEAR
from hickam.intake.statements import Statement
from hickam.intake.words import stem, stem_set

ONSET = ("onset_days", "onset_weeks_months", "onset_years")
DURATION = ("duration_seconds_minutes", "duration_hours")
BEGAN = stem_set("begin start come onset sinc appear present")
LASTS = stem_set("last go time persist each episod attack bout spasm")
WEEKDAYS = stem_set("monday tuesday wednesday thursday friday saturday sunday weekend")
MEALS = stem_set("lunch lunchtime breakfast dinner supper tea teatime today tonight bedtime midday noon midnight")
MONTHS = stem_set("""
    jan january feb february march april june july aug august sept september oct october nov november dec december
    christmas easter spring summer autumn winter halloween
""")
AUTUMN = stem_set("fall")
AT = frozenset(["in", "at", "after", "around", "before", "over"])
LEADING = frozenset(["for", "over", "past", "last", "dur", "this", "since", "these", "x", "go"])
EVENTS = stem_set("""
    birth born baby deliveri delivery deliver replac replacement replaced operation operated surgery bite flight
    flew fly
    vaccin vaccination jab vaccine transplant stent bypass biopsy covid flu chemotherapy dialysis miscarriage caesarean
    cesarean hysterectomy arthroscopy antibiotics period
""")
"""What has its own date: 'tick bite 3 weeks ago' is not how long the leg has hurt."""
DOSE_CHANGE = stem_set("increased dose doubled reduced")
EACH = stem_set("a per each every")
NOT_SINCE_WHEN = stem_set(
    "later old shift drive flight journey trip walk run match game session hike ride nap sleep day"
)
"""After a time: what lasts so long is something done, no complaint ('twelve-hour shifts', 'a two hour drive')."""
ENDURED = stem_set("put suffer endure live")
LATE = stem("late")
RESTED = stem_set("sit rest stand lie play walk run stop train work")


COMPLAINTS = frozenset(
    [
        *("muscle_weakness", "proximal_weakness", "distal_weakness", "arm_weakness", "leg_giving_way", "foot_drop"),
        *("numbness_feet", "paraesthesia_feet", "leg_swelling", "leg_swelling_unilateral", "unable_to_walk"),
        *("gait_disturbance", "balance_problem", "after_injury", "recent_leg_trauma"),
    ]
)
"""What brings people as pain does: 'over the last five months struggling with stairs'."""


class _Onset(NamedTuple):
    """How well a time belongs to the complaint, the finding it means and its tokens."""

    score: int
    id: str
    lo: int
    hi: int


def onset(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'for 3 months', '6 months of pain', 'began two days ago', 'since yesterday': the first about the leg symptom."""
    best: _Onset | None = None
    for p in times:
        if _told_as_onset(scene, p):
            score = _onset_score(scene, p)
            if score > 0 and (best is None or score > best.score):
                best = _Onset(score, _onset_id(p.days), p.lo, p.hi)
    for i in range(len(scene.stems)):
        since = best is not None and i < best.lo and "since" in scene.stems[max(0, i - 3) : i]
        if best is not None and best.score >= 2 and not since:
            break
        id = named_time(scene, i)
        if id and not scene.context.flags[i] & VOIDING:
            score = _anchor(scene, i) or int(_dated_by_what_follows(scene, i))
            if score and (best is None or score > best.score or (since and score == best.score)):
                best = _Onset(score, id, max(0, i - 1), i)
                # 'Since March the leg hurts. A week ago I fell' began in March
    return [scene.make(best.id, best.lo, best.hi)] if best else []


def _told_as_onset(scene: Scene, p: Period) -> bool:
    """Whether a time is one since when, not the length of an attack, an age, a frequency or a change of dose."""
    before = scene.stems[max(0, p.lo - 3) : p.lo]
    after = scene.stems[p.hi + 1 : p.hi + 3]
    first = after[0] if after else ""
    ago = is_past(after)
    if p.unit == "second" or (p.unit == "minute" and not ago):
        return False
    if before[-2:] != ["go", "on"] and LASTS.intersection(before[-2:]) and not _the_last(scene, p.lo):
        return False
    if "stop" in before and p.unit not in ("minute", "hour"):
        return False  # 'I stopped it for a fortnight'
    if not ago and _practised(scene, p.lo):
        return False
    if p.unit in ("minute", "hour") and not ago and _spent(scene, p.lo):
        return False  # 'if I sit down for half an hour'
    if set(before) & {"after", "within", "every", "than", "least"} and ("of" not in after or "stop" in after):
        return False  # 'within a week of stopping it was gone'
    often = scene.tokens[p.lo].text == "a" and before[-1:] == ["x"]  # 'netball 4x a week'
    if often or (before and before[-1] in ("twic", "once", "time")):  # 'twice a week' is how often
        return False
    per = first in EACH and bool({"day", "night", "week", "month", "year"} & set(after[1:]))  # 'three months a year'
    if first in NOT_SINCE_WHEN or per or (p.unit == "night" and "last" not in before):
        return False
    if not DOSE_CHANGE.isdisjoint(scene.stems[max(0, p.lo - 6) : p.lo]):
        return False
    return (
        ago
        or not LEADING.isdisjoint(before)
        or (p.unit in ("day", "week", "month", "year") and _leads(scene, p))
        or first in ("of", "now")
        or "history" in after
        or scene.stems[p.lo + 1 : p.lo + 2] == ["/"]  # 'LBP 3/12'
    )


def is_past(after: Sequence[str]) -> bool:
    """'Three days ago', 'five years or so ago', 'a couple of days back'; 'two weeks back pain' is the back."""
    return (
        after[:1] == ["ago"]
        or list(after) == ["or", "so", "ago"]
        or (after[:1] == ["back"] and SYMPTOM.isdisjoint(after[1:2]))
    )


DONE = stem_set("run running play train work cycle swim smoke live married taken take")


def _practised(scene: Scene, at: int) -> bool:
    """'I've run for two years', 'smoked for thirty': how long somebody has done something."""
    lo, _ = scene.bounds[scene.context.clause[at]]
    before = scene.stems[max(lo, at - 3) : at]
    return "for" in before[-2:] and not DONE.isdisjoint(before[:2]) and scene.told.isdisjoint(range(lo, at))


def _spent(scene: Scene, at: int) -> bool:
    """'Walking in a circle in my bedroom for three hours': the time of something done."""
    lo, _ = scene.bounds[scene.context.clause[at]]
    done = [i for i in range(max(lo, at - 10), at) if scene.stems[i] in RESTED]
    return bool(done) and (at - done[-1] <= 5 or scene.told.isdisjoint(range(done[-1], at)))


def _now_another(scene: Scene, p: Period) -> bool:
    """'Varicose veins for years, now a tender cord': the time is of what stood before, and that was no symptom."""
    lo, _ = scene.bounds[scene.context.clause[p.lo]]
    after = scene.stems[p.hi + 1 : p.hi + 4]
    return "now" in after and after[:1] == [","] and SYMPTOM.isdisjoint(scene.stems[lo : p.lo]) and p.lo > lo + 1


def _onset_score(scene: Scene, p: Period) -> int:
    if _now_another(scene, p):
        return 0
    before = scene.stems[max(0, p.lo - 3) : p.lo]
    ago = is_past(scene.stems[p.hi + 1 : p.hi + 4])
    if ago and dates_an_event(scene, p.lo):
        return 0
    if ago and (_then_follows(scene, p.hi + 1) or _starts_after(scene, p.hi + 1)):
        return 2
    score = _anchor(scene, p.lo, p.hi)
    if not score:
        earlier = {scene.context.clause[p.lo] - k for k in (1, 2, 3)} & scene.symptom_clauses
        event = ago and (_began_with_it(scene, p) or _now_follows(scene, p.hi + 1))
        score = int(bool((before[-2:] == ["go", "on"] and earlier) or event or _fragment(scene, p)))
    if ago and p.unit == "year" and not BEGAN & set(scene.stems[max(0, p.lo - 8) : p.hi + 9]):
        return 0
    if "worse" in before or "worsen" in before or scene.context.flags[p.lo] & FAMILY:
        score -= 1
    return score


def named_time(scene: Scene, i: int) -> str:
    """'yesterday', 'since Tuesday', 'since lunch', 'since March', 'last month', 'since I was 14': what it means."""
    s = scene.stems[i]
    before = scene.stems[max(0, i - 2) : i]
    if before[-1:] == ["than"] or dates_an_event(scene, i):
        return ""
    last = before[-1:] and before[-1] in ("this", "last")
    if s == "yesterday" or (s in ("morning", "afternoon", "evening", "week", "night") and last):
        return "onset_days"
    if s in ("day", "morning", "evening") and before[-1:] in (["next"], ["follow"]) and _goes_on_with(scene, i):
        return "onset_days"
    if s in WEEKDAYS and not scene.tokens[i].text.lower().endswith("s"):
        return "onset_days" if {"since", "on", "last", "this", "from"} & set(before) else ""
    if s == "month" and last and not scene.tokens[i].text.lower().endswith("s"):
        return "onset_weeks_months"
    year = scene.tokens[i].kind == "n" and CALENDAR_YEAR.fullmatch(scene.tokens[i].text)
    if year and before[-1:] == ["in"] and not BEGAN.isdisjoint(scene.stems[max(0, i - 5) : i]):
        return "onset_years"
    if s in MONTHS | AUTUMN and _began_then(scene, i):
        return "onset_weeks_months"
    if "since" not in scene.stems[max(0, i - 3) : i]:
        return ""
    if s in MEALS:
        return "onset_days"
    if s == "year" and before == [LATE, "last"]:
        return "onset_weeks_months"
    if s in MONTHS:
        return "onset_weeks_months"
    if scene.tokens[i].kind == "n" and before[-1:] == ["be"]:
        return "onset_years"
    if year and before[-1:] == ["since"]:
        return "onset_years"
    return ""


def _began_then(scene: Scene, i: int) -> bool:
    """'It started in the summer', 'after Easter', 'last autumn I began to trip'; 'fall' after 'last' or 'the' only."""
    before = scene.stems[max(0, i - 2) : i]
    if scene.stems[i] in AUTUMN and before[-1:] not in (["last"], ["the"]):
        return False
    dated = before[-1:] == ["last"] or "in" in before or not AT.isdisjoint(before[-1:])
    return dated and not BEGAN.isdisjoint(scene.stems[max(0, i - 5) : i] + scene.stems[i + 1 : i + 4])


PAST_TENSE = frozenset(
    ["was", "were", "had", "felt", "got", "woke", "noticed", "couldn't", "began", "started", "became", "went", "came"]
)


def _goes_on_with(scene: Scene, i: int) -> bool:
    """'The next morning my feet felt odd' goes on with a story of days; 'is sore the next day' tells what is usual."""
    sentence = [
        t.text.lower() for j, t in enumerate(scene.tokens) if scene.context.sentence[j] == scene.context.sentence[i]
    ]
    first = i < 4 or scene.context.sentence[i - 4] != scene.context.sentence[i]
    return first and not PAST_TENSE.isdisjoint(sentence)


def dates_an_event(scene: Scene, at: int) -> bool:
    """Whether a date stands behind an event of its own, with no symptom between: 'birth 3 weeks ago, calf pain'."""
    for i in range(at - 1, max(-1, at - 8), -1):
        if scene.stems[i] in (",", ";", ".", "since") or scene.stems[i] in SYMPTOM:
            return False
        if scene.context.clause[i] != scene.context.clause[at]:
            return False
        if scene.stems[i] in EVENTS:
            return True
    return False


def _now_follows(scene: Scene, at: int) -> bool:
    """'flew four days ago, now calf pain', 'antibiotics last week and now my thighs hurt'."""
    nxt = scene.stems[at + 1 : at + 4]
    if "now" not in nxt:
        return False
    sentence = scene.context.sentence[at]
    return any(i > at and scene.context.sentence[i] == sentence for i in scene.symptoms)


def _the_last(scene: Scene, at: int) -> bool:
    """'for the last few months', 'over these last weeks': not an attack that lasts months."""
    return (
        scene.stems[at - 1] == "last"
        and scene.stems[max(0, at - 3)] in ("for", "over", "in", "dur", "within", "since", "this", "these")
    ) or scene.stems[max(0, at - 2) : at] == ["the", "last"]


def _since_then(scene: Scene, at: int) -> bool:
    """'since yesterday my calf has been throbbing', after words about something else."""
    if scene.stems[at - 1 : at] != ["since"]:
        return False
    sentence = scene.context.sentence[at]
    return any(i > at and scene.context.sentence[i] == sentence for i in scene.symptoms)


def _dated_by_what_follows(scene: Scene, at: int) -> bool:
    """Whether the words round a named time make it that of the complaint, though another thing stands nearer."""
    return any(rule(scene, at) for rule in (_now_follows, _since_then, _began_then, _since_an_event))


def _since_an_event(scene: Scene, at: int) -> bool:
    """'My calf is agony since they put the plaster on this afternoon'."""
    sentence = scene.context.sentence[at]
    since = next((i for i in range(at - 1, max(-1, at - 9), -1) if scene.stems[i] == "since"), None)
    return since is not None and any(
        since - 12 <= i < since and scene.context.sentence[i] == sentence for i in scene.symptoms
    )


def _then_follows(scene: Scene, at: int) -> bool:
    """'Three weeks ago I started a tablet and since then I get cramps': the time is that of the symptom.

    So it is with a time in the sentence before: 'could walk 300 m until four days ago. Since then the foot is cold'.
    """
    here = scene.context.sentence[at]
    for i in range(at + 1, len(scene.stems) - 1):
        if scene.context.sentence[i] > here + 1:
            break
        opens = scene.context.sentence[i] > scene.context.sentence[i - 1]
        if scene.stems[i : i + 2] == ["since", "then"] or (opens and scene.stems[i] == "now"):
            return any(j > i and scene.context.sentence[j] == scene.context.sentence[i] for j in scene.symptoms)
        if scene.stems[i : i + 2] == ["ever", "since"]:
            return any(at < j < i and scene.context.sentence[j] == here for j in scene.symptoms)
    return False


STARTS = stem_set("begin start come appear develop notice feel get wake")


def _starts_after(scene: Scene, at: int) -> bool:
    """'About three weeks ago the inside of my shin started hurting', whatever was told before."""
    sentence = scene.context.sentence[at]
    ahead = [i for i in range(at + 1, min(len(scene.stems), at + 13)) if scene.context.sentence[i] == sentence]
    begun = next((i for i in ahead if scene.stems[i] in STARTS), None)
    return begun is not None and any(i in scene.told for i in ahead if i > begun)


def _leads(scene: Scene, p: Period) -> bool:
    """'18 months progressive stiffness', 'four years I have put up with this': the symptom right after the time."""
    first = p.lo == 0 or scene.tokens[p.lo - 1].kind == "p" or scene.stems[p.lo - 1] in ("a", "with")
    after = scene.stems[p.hi + 1 : p.hi + 6]
    return first and not (SYMPTOM.isdisjoint(after[:3]) and ENDURED.isdisjoint(after))


def _began_with_it(scene: Scene, p: Period) -> bool:
    """'Ever since the new tablet a month ago I have had cramp', 'it started after an operation 5 years ago'."""
    clause = scene.context.clause[p.lo]
    lo, _hi = scene.bounds[clause]
    words = set(scene.stems[max(lo, p.lo - 14) : p.lo])
    if "since" in words:
        return clause in scene.symptom_clauses or clause + 1 in scene.symptom_clauses
    told = words & {"it", "they", "this", "pain", "cramp", "symptom"}
    return bool(words & BEGAN - {"since", "present", "come"}) and bool(told) and bool(scene.symptoms)


def _fragment(scene: Scene, p: Period) -> bool:
    """'3 weeks now.' standing alone after a sentence about the leg."""
    lo, hi = scene.bounds[scene.context.clause[p.lo]]
    near = {scene.context.clause[p.lo] - 1, scene.context.clause[p.lo] + 1}
    return hi - lo <= 7 and bool(near & scene.symptom_clauses) and not others_here(scene, scene.context.clause[p.lo])


def _onset_id(days: float) -> str:
    return "onset_days" if days <= 14.5 else "onset_years" if days >= 330 else "onset_weeks_months"


def _anchor(scene: Scene, at: int, end: int = -1) -> int:
    """How well a time belongs to the leg complaint: 2 leg symptom in its clause, 1 other symptom, 0 none."""
    clause = scene.context.clause[at]
    lo, hi = scene.bounds[clause]
    end = max(end, at)
    after_only = end + 1 < len(scene.stems) and scene.stems[end + 1] == "of"
    usable = [
        i
        for i in range(max(lo, at - 25), min(hi, end + 25) + 1)
        if scene.stems[i] in SYMPTOM and not scene.context.flags[i] & (VOIDING | NEG) and not (after_only and i < at)
    ]
    if not usable:
        told = {"it", "they", "them", "this", "these", "that"} & set(scene.stems[lo : hi + 1])
        if any(s.id in COMPLAINTS and s.said == "present" for s in scene.by_clause.get(clause, [])):
            return 1
        if clause in scene.symptom_clauses and not others_here(scene, clause):
            return 1
        return (
            1
            if told and {clause - 1, clause - 2, clause - 3} & scene.symptom_clauses and not others_here(scene, clause)
            else 0
        )
    nearest = min(usable, key=lambda i: min(abs(i - at), abs(i - end)))
    mine = min(abs(nearest - at), abs(nearest - end))
    for s in scene.by_clause.get(clause, []):
        theirs = min(abs(s.lo - end), abs(s.hi - at))
        if theirs < mine and not (after_only and mine <= 7) and not (after_only and s.lo < at) and elsewhere(scene, s):
            if s.kind == "finding" and scene.vocabulary.findings[s.id].about == "patient":
                return 1
            return 0
    words = scene.stems[max(lo, nearest - 8) : min(hi, nearest + 8) + 1]
    return 2 if LEG.intersection(words) or scene.stems[nearest] in ("cramp", "claudication") else 1
