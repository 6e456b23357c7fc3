"""Since when the complaint has been there.

A time belongs to the complaint when a leg symptom stands nearest to it in its clause; 'hypertension for 10 years' and
'simvastatin for 8 years' are not about the leg. Rules are inert when the pack has none of the findings they set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hickam.intake.dated import (
    AT,
    AUTUMN,
    BEFORE_LAST,
    BEGAN,
    DONE,
    MONTHS,
    WEEKDAYS,
    began_then,
    dated_by_what_follows,
    day_after_day,
    it_has_been,
    now_follows,
    plural_day,
    starts_after,
    then_follows,
    was_then,
)
from hickam.intake.flags import FAMILY, NEG
from hickam.intake.numbers_in_words import Period
from hickam.intake.scene import LEG, SYMPTOM, VOIDING, Scene, elsewhere, others_here
from hickam.intake.scope import CALENDAR_YEAR
from hickam.intake.statements import Statement
from hickam.intake.words import stem, stem_set

ONSET = ("onset_days", "onset_weeks_months", "onset_years")
DURATION = ("duration_seconds_minutes", "duration_hours")
LASTS = stem_set("last go time persist each episod attack bout spasm")
MEALS = stem_set("lunch lunchtime breakfast dinner supper tea teatime today tonight bedtime midday noon midnight")
LEADING = frozenset(["for", "over", "past", "last", "dur", "this", "since", "these", "x", "go"])
BEFORE_A_DATE = LEADING | AT | {"on", "by", "from", "next", "follow", "the"}
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
            score = _anchor(scene, i) or int(dated_by_what_follows(scene, i))
            if score and (best is None or score > best.score or (since and score == best.score)):
                best = _Onset(score, id, _date_from(scene, i), i)
                # 'Since March the leg hurts. A week ago I fell' began in March
    if best is None:
        best = _only_time(scene, times)
    return [scene.make(best.id, best.lo, best.hi)] if best else []


def _only_time(scene: Scene, times: Sequence[Period]) -> _Onset | None:
    """The first time that stands with a part of the leg ('for two months her knee sticks out') or with what happened
    ('he did something at the race yesterday'), where no symptom has a time."""
    for p in times:
        words = scene.stems[slice(*_span(scene, p.lo))]
        told = _told_as_onset(scene, p) and not LEG.isdisjoint(words) and "for" in scene.stems[max(0, p.lo - 2) : p.lo]
        if told and not _elsewhere_told(scene, p.lo):
            return _Onset(1, _onset_id(p.days), p.lo, p.hi)
    for i in range(len(scene.stems)):
        if scene.context.sentence[i] > 1:
            break  # what happened later in the story is not how it began
        if named_time(scene, i) == "onset_days" and was_then(scene, i) and not _elsewhere_told(scene, i):
            return _Onset(1, "onset_days", _date_from(scene, i), i)
    return None


def _span(scene: Scene, at: int) -> tuple[int, int]:
    lo, hi = scene.bounds[scene.context.clause[at]]
    return lo, hi + 1


VISITS = stem_set(
    "gp doctor nurse physio scan blood appointment tablet antibiotic booked told said started finish finished"
)


def _elsewhere_told(scene: Scene, at: int) -> bool:
    """Whether a time is a visit's, a test's or a relative's, or is denied or feared."""
    return (
        bool(scene.context.flags[at] & (VOIDING | NEG | FAMILY))
        or not VISITS.isdisjoint(scene.stems[i] for i in scene.around(at))
        or others_here(scene, scene.context.clause[at])
    )


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
    if not AFTERWARDS.isdisjoint(scene.stems[p.hi + 1 : p.hi + 5]):
        return False  # 'it is there for a day or so afterwards'
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
        or _alone(scene, p)
        or scene.stems[p.lo + 1 : p.lo + 2] == ["/"]  # 'LBP 3/12'
    )


AFTERWARDS = stem_set("afterwards afterward")
HAD_IT = stem_set("have it this now about near so real rough maybe probable be then anyway easily least more")


def _alone(scene: Scene, p: Period) -> bool:
    """'Sore calf. 7 weeks.', 'Had it 3 yrs, ibuprofen helps': a time and nothing else up to the next mark."""
    lo, hi = scene.bounds[scene.context.clause[p.lo]]
    start = next((i + 1 for i in range(p.lo - 1, lo - 1, -1) if scene.tokens[i].kind == "p"), lo)
    end = next((i - 1 for i in range(p.hi + 1, hi + 1) if scene.tokens[i].kind == "p"), hi)
    words = scene.stems[start : p.lo] + scene.stems[p.hi + 1 : end + 1]
    an_age = p.unit == "year" and "have" not in words and scene.context.sentence[p.lo] == 0
    told = any(i < p.lo for i in scene.symptoms) or "have" in words
    stands_alone = end + 1 >= len(scene.tokens) or scene.tokens[end + 1].kind == "p"
    return p.unit in ("week", "month", "year") and stands_alone and told and not an_age and HAD_IT.issuperset(words)


def is_past(after: Sequence[str]) -> bool:
    """'Three days ago', 'five years or so ago', 'a couple of days back'; 'two weeks back pain' is the back."""
    return (
        after[:1] == ["ago"]
        or list(after) == ["or", "so", "ago"]
        or (after[:1] == ["back"] and SYMPTOM.isdisjoint(after[1:2]))
    )


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
    if ago and (then_follows(scene, p.hi + 1) or starts_after(scene, p.hi + 1)):
        return 2
    if scene.stems[p.lo + 1 : p.lo + 2] == ["/"] and not scene.told.isdisjoint(range(p.hi + 1, p.hi + 6)):
        return 2  # 'BMI 31, 4/52 L knee pain'
    score = _anchor(scene, p.lo, p.hi) or int(_alone(scene, p))
    if not score:
        earlier = {scene.context.clause[p.lo] - k for k in (1, 2, 3)} & scene.symptom_clauses
        event = ago and (_began_with_it(scene, p) or now_follows(scene, p.hi + 1))
        score = int(
            bool((before[-2:] == ["go", "on"] and earlier) or event or _fragment(scene, p) or it_has_been(scene, p.lo))
        )
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
    if s in WEEKDAYS and not plural_day(scene.tokens[i].text.lower()):
        named = {"since", "last", "this", "from"} & set(before) or day_after_day(scene, i)
        part_of_it = scene.stems[i + 1 : i + 2] and scene.stems[i + 1] in ("night", "morning", "afternoon", "evening")
        dated = part_of_it or {"on", "by"} & set(before) or before == ["that", "be"]
        return "onset_days" if named or (dated and was_then(scene, i)) else ""
    if s == "month" and last and not scene.tokens[i].text.lower().endswith("s"):
        return "onset_weeks_months"
    year = scene.tokens[i].kind == "n" and CALENDAR_YEAR.fullmatch(scene.tokens[i].text)
    if year and before[-1:] == ["in"] and not BEGAN.isdisjoint(scene.stems[max(0, i - 5) : i]):
        return "onset_years"
    if s in MONTHS | AUTUMN and (began_then(scene, i) or (before[-1:] == ["in"] and now_follows(scene, i))):
        return "onset_years" if set(scene.stems[i + 1 : i + 6]) >= BEFORE_LAST else "onset_weeks_months"
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


def _date_from(scene: Scene, i: int) -> int:
    """Where the words of a named time begin: 'since Friday', but not 'table yesterday'."""
    return i - 1 if i and scene.stems[i - 1] in BEFORE_A_DATE else i


def _goes_on_with(scene: Scene, i: int) -> bool:
    """'The next morning my feet felt odd' goes on with a story of days; 'is sore the next day' tells what is usual."""
    first = i < 4 or scene.context.sentence[i - 4] != scene.context.sentence[i]
    return first and was_then(scene, i)


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


def _the_last(scene: Scene, at: int) -> bool:
    """'for the last few months', 'over these last weeks': not an attack that lasts months."""
    return (
        scene.stems[at - 1] == "last"
        and scene.stems[max(0, at - 3)] in ("for", "over", "in", "dur", "within", "since", "this", "these")
    ) or scene.stems[max(0, at - 2) : at] == ["the", "last"]


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
