"""Statements that need company: a lone 'calf', a bare 'two days ago', 'bilateral' of reflexes, 'heavy' of periods.

``filter_statements`` drops the readings of words that only count beside a symptom, or that mean another thing where
they stand.
"""

from __future__ import annotations

from collections.abc import Callable

from hickam.intake.complaint import keep_painless, mend_swelling
from hickam.intake.events import long_past_operation
from hickam.intake.flags import NEG, PAST
from hickam.intake.matching import FREE
from hickam.intake.medicines import stopped
from hickam.intake.normals import NORMAL, WHOLE_EXAM
from hickam.intake.numbers_in_words import periods
from hickam.intake.scene import (
    EXAM,
    LEG,
    RELIEF,
    SYMPTOM,
    VOIDING,
    Scene,
    elsewhere,
    exam_clause,
    of_a_dose,
    of_an_activity,
)
from hickam.intake.statements import Statement
from hickam.intake.times import DURATION, ONSET, WEEKDAYS, dates_an_event
from hickam.intake.words import stem_set

PLACE = SYMPTOM | stem_set(
    """
    cry crying clutch clutching holding grab red hot patch rash bruise bruised lock problem pull pulled pulling tore
    torn injured injury knock knocked bang banged hit kicked twisted broke broken bashed lunged
    """
)
SPREAD_SITES = {
    "site_hands_arms": stem_set("cramp spasm twitch stif contraction tetani pain"),
    "site_trunk_face": stem_set("cramp spasm twitch stif contraction tetani"),
}
LIMITED = stem_set("more far further without beyond over than as past")
BEYOND = stem_set("under below above beneath beyond")
NOT_LEG = stem_set("""
    neck head chest abdomen abdominal stomach belly shoulder jaw face facial eye throat tongue heart scalp nose ear
""")
HEAVY_OTHER = stem_set("""
    drinker drinking drink smoker smoking lifting lift period periods bleeding menses menstrual goods work worker
    traffic load loads alcohol use going exercise training weights weight bags shopping machinery object vehicle coffee
""")
TIGHT_OTHER = stem_set("jeans trousers shoes shoe boots boot socks sock clothes control chest budget glycaemic belt")


def filter_statements(scene: Scene) -> list[Statement]:
    """The statements without those that need company they have not got."""
    times = periods(scene.tokens)
    timed = {i for p in times for i in range(p.lo, p.hi + 1)}
    checks = (_place_alone, _side_alone, _other_thing, _other_time, _stands_what)
    kept = [
        s
        for s in scene.statements
        if not _time_only(scene, s, timed)
        and not long_past_operation(scene, s, times)
        and not any(check(scene, s) for check in checks)
    ]
    return mend_swelling(scene, kept)


def _stands_what(scene: Scene, s: Statement) -> bool:
    """'can't stand the sheets', 'can't stand for long' and 'can't stand on tiptoe' are no leg that does not carry."""
    return s.id == "unable_to_walk" and any(
        o.lo == s.lo and o.hi > s.hi and o.id != s.id and o.kind == "finding" for o in scene.statements
    )


def _time_only(scene: Scene, s: Statement, timed: set[int]) -> bool:
    """A bare time ('two days ago') is read by the rules for times, 'last hour' is no hour long."""
    if s.id not in ONSET + DURATION or s.kind != "finding" or s.how != "phrase":
        return False
    if timed.intersection(s.used) or scene.stems[s.hi] == "yesterday" or dates_an_event(scene, s.lo):
        return True
    return s.id == "duration_hours" and scene.tokens[s.hi].text.lower() == "hour"


RED = ("leg_redness", "mottled_cyanotic", "pale_leg", "colour_change_foot", "cool_leg")
ASLEEP = stem_set("wake bed asleep sleep up sweat")
VEINS = stem_set("vein veins spider thread capillaries vessels")


ARM = stem_set("finger hand arm thumb nail face lip ear nose cheek tongue eye")


OTHERWISE: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "site_trunk_face": (stem_set("fem femoral"), frozenset()),
    "at_rest": (stem_set("normal"), frozenset()),
    "falls": (stem_set("hair rain night"), stem_set("asleep out apart into pregnant for behind ill sick")),
    "timing_night": (frozenset(), stem_set("today with")),
    "worse_when_sitting_car": (frozenset(), stem_set("me mad insane crazy nuts up")),
    "fatigue": (frozenset(), stem_set("outside inside leg thigh calf side")),
    "back_pain": (stem_set("come go get put give call send take bring turn way move"), frozenset()),
    "quality": (
        stem_set("covid flu booster b12 steroid tetanus vaccine"),
        stem_set("myself himself herself themselves calori fat food dinner"),
    ),
}
"""Finding -> words right before and after it that change its meaning: 'fall asleep', 'hair fall', 'woke up today'."""


HURTS = stem_set("worse worst hurts pain painful agony sore scream")
HELPS = RELIEF | stem_set("help sort ease eases easier fix trick works better stretch")


def _stretch_hurts(scene: Scene, s: Statement) -> bool:
    """'It hurts more when I pull my toes up' tells no relief: pain on stretch is a danger sign."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    words = set(scene.stems[lo : hi + 1])
    return bool(words & HURTS) and not words & HELPS


def _not_of_the_leg(scene: Scene, s: Statement) -> bool:
    """'Blue and red broken veins' are no redness of the leg, and fingers that go white no pale leg."""
    if s.id not in RED or s.kind != "finding":
        return False
    before = scene.stems[max(0, s.lo - 4) : s.lo]
    elsewhere_named = not ARM.isdisjoint(before) and LEG.isdisjoint([*before, *(scene.stems[i] for i in s.used)])
    return elsewhere_named or not VEINS.isdisjoint(scene.stems[s.hi + 1 : s.hi + 4])


def _of_something_done(scene: Scene, s: Statement) -> bool:
    """'I run three times a week' is no frequency of attacks, 'playing squash last night' no attack at night."""
    clause = scene.context.clause[s.lo]
    lo, hi = scene.bounds[clause]
    if s.id == "frequent_attacks" and (of_an_activity(scene, s.lo) or of_a_dose(scene, s.lo)):
        return True
    if s.id == "worse_when_sitting_car" and len(s.used) == 1 and clause not in scene.word_clauses:
        return scene.stems[s.lo] == "driv"  # 'I drive a van': what someone does
    if s.id == "timing_night" and (of_a_dose(scene, s.lo) or _of_a_weekday(scene, s)):
        return True
    last_night = s.id == "timing_night" and len(s.used) == 1 and scene.stems[max(0, s.lo - 1)] == "last"
    return last_night and ASLEEP.isdisjoint(scene.stems[lo : hi + 1])


def _of_a_weekday(scene: Scene, s: Statement) -> bool:
    """'It was on Sunday night', 'three hours a night': when something happened once, and how long one sleeps."""
    before = scene.stems[max(0, s.lo - 2) : s.lo]
    return (before[-1:] and before[-1] in WEEKDAYS) or before == ["hour", "a"]


def _place_alone(scene: Scene, s: Statement) -> bool:
    """A part of the body without a symptom, or denied in passing."""
    if not s.id.startswith("site_") or s.kind != "finding":
        return False
    if s.said == "absent" and not _plainly_denied(scene, s):
        return True
    return all(scene.stems[i] not in SYMPTOM for i in s.used) and not _site_counts(scene, s)


def _side_alone(scene: Scene, s: Statement) -> bool:
    """'ankle jerks absent bilaterally' and 'longstanding diabetes' are not about the complaint."""
    if s.kind != "finding" or s.id not in (*ONSET, "unilateral", "bilateral"):
        return False
    bare = s.id not in ONSET and len(s.used) == 1
    if bare and EXAM & set(scene.stems[max(0, s.lo - 4) : s.hi + 3]):
        return True
    return not _of_the_complaint(scene, s)


def _other_thing(scene: Scene, s: Statement) -> bool:
    """Wordings that mean something else in their surroundings."""
    left, right = OTHERWISE.get(s.id, (frozenset(), frozenset()))
    if left & set(scene.stems[max(0, s.lo - 1) : s.lo]) or right & set(scene.stems[s.hi + 1 : s.hi + 3]):
        return True
    if _not_of_the_leg(scene, s) or _of_something_done(scene, s):
        return True
    if s.kind == "absent" and scene.stems[s.lo] == "examination" and _partial_examination(scene, s):
        return True
    check = PARTICULAR.get(s.id)
    return (check is not None and check(scene, s)) or (s.kind == "value" and _of_another_part(scene, s))


def _texts(scene: Scene, s: Statement) -> set[str]:
    """The words of a statement and the one before it, as written."""
    return {scene.tokens[i].text.lower() for i in range(max(0, s.lo - 1), s.hi + 1)}


def _no_injury(scene: Scene, s: Statement) -> bool:
    """'Feels like a pulled muscle' is none; 'it doesn't hurt' tells of pain."""
    if s.said == "absent" and "hurt" in {scene.stems[i] for i in s.used}:
        return True
    return "like" in scene.stems[max(0, s.lo - 2) : s.lo]


def _lactate(scene: Scene, s: Statement) -> bool:
    """A blood value, not a mother who lactates."""
    return any(scene.tokens[i].text.lower() == "lactate" for i in s.used)


def _crossed(scene: Scene, s: Statement) -> bool:
    """The crossed straight leg raise is a sign of its own."""
    return bool({"cross", "crossed", "contralateral"} & set(scene.stems[max(0, s.lo - 2) : s.lo]))


def _in_an_attack(scene: Scene, s: Statement) -> bool:
    """'The shin goes rock hard' is no compartment that is tense all the time."""
    return any(scene.stems[i] == "go" for i in range(max(0, s.lo - 1), s.hi))


def _falls_to_a_number(scene: Scene, s: Statement) -> bool:
    """'The index falls to 0.45'."""
    after = scene.tokens[s.hi + 1 : s.hi + 3]
    return len(after) == 2 and after[0].stem == "to" and after[1].kind == "n"


def _comes_and_goes(scene: Scene, s: Statement) -> bool:
    """'My leg goes dead when I sit' is no acute loss of feeling."""
    return bool(_texts(scene, s) & {"goes", "go", "going"})


def _one_run(scene: Scene, s: Statement) -> bool:
    """'Stops the run' is not 'the runs'."""
    return "run" in _texts(scene, s)


def _twitching_only(scene: Scene, s: Statement) -> bool:
    """'It twitches all the time' tells of no constant pain."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    told = {scene.stems[i] for i in range(lo, hi + 1)} & SYMPTOM
    return bool(told) and told <= TWITCHES


TWITCHES = stem_set("twitch twitching twitches flicker jump jumping fasciculation tingle tingling numb weak stiff")
UNTIL = (("get", "to", "where"), ("get", "to", "the", "point"), ("until",), ("till",), ("til",), ("so", "far"))


def _walks_until(scene: Scene, s: Statement) -> bool:
    """'cannot walk more than 100 m', 'it gets to where I can scarcely walk': limited on the way, not unable."""
    if set(scene.stems[s.hi + 1 : s.hi + 3]) & LIMITED or "without" in scene.stems[s.hi + 1 : s.hi + 9]:
        return True
    before = scene.stems[max(0, s.lo - 7) : s.lo]
    walked = any(
        o.id == "on_exertion"
        and o.said == "present"
        and o.lo < s.lo
        and scene.context.sentence[o.lo] == scene.context.sentence[s.lo]
        for o in scene.statements
    )
    return walked and any(tuple(before[i : i + len(u)]) == u for u in UNTIL for i in range(len(before)))


PARTICULAR: dict[str, Callable[[Scene, Statement], bool]] = {
    "after_injury": _no_injury,
    "constant_pain": _twitching_only,
    "diarrhoea": _one_run,
    "falls": _falls_to_a_number,
    "limb_sensory_loss_acute": _comes_and_goes,
    "painless_symptom": lambda scene, s: not keep_painless(scene, s),
    "postpartum": _lactate,
    "straight_leg_raise_positive": _crossed,
    "stretch_relief": lambda scene, s: s.said == "present" and _stretch_hurts(scene, s),
    "tense_compartment": _in_an_attack,
    "unable_to_walk": lambda scene, s: s.said == "present" and _walks_until(scene, s),
}
"""When the words of a finding mean another thing, finding by finding."""


def _other_time(scene: Scene, s: Statement) -> bool:
    """A medicine only tried, or a feature of the complaint in the words of an examination or a test."""
    taken = s.id.startswith("takes_") and s.said == "present"
    if taken and (_only_tried(scene, s) or stopped(scene.tokens, scene.context, s.lo)):
        return True
    episode = s.kind in ("finding", "absent") and scene.vocabulary.findings[s.id].about == "episode"
    return episode and scene.context.clause[s.lo] not in scene.word_clauses and exam_clause(scene, s.lo)


def _of_the_complaint(scene: Scene, s: Statement) -> bool:
    """Not of an examination, a test or a known disease: 'longstanding diabetes', 'reflexes normal bilaterally'."""
    clause = scene.context.clause[s.lo]
    if clause in scene.word_clauses:
        return True
    if s.id in ONSET and not {clause - 1, clause + 1} & scene.symptom_clauses and scene.word_clauses:
        return False
    others = [o for o in scene.by_clause.get(clause, []) if o is not s]
    return not any(
        elsewhere(scene, o) or (o.kind in ("finding", "absent") and scene.vocabulary.findings[o.id].kind != "history")
        for o in others
    )


def _only_tried(scene: Scene, s: Statement) -> bool:
    """'I have tried tonic water, bananas, a bar of soap': not taken now."""
    return any(
        scene.tokens[i].text.lower() == "tried" and scene.context.sentence[i] == scene.context.sentence[s.lo]
        for i in range(max(0, s.lo - 10), s.lo)
    )


def _plainly_denied(scene: Scene, s: Statement) -> bool:
    """'not in the calf' denies the place; 'cannot bend my knees' does not."""
    return bool({"no", "not", "never", "without"} & set(scene.stems[max(0, s.lo - 3) : s.lo])) and any(
        scene.stems[i] in SYMPTOM for i in range(max(0, s.lo - 3), min(len(scene.stems), s.hi + 3))
    )


def _partial_examination(scene: Scene, s: Statement) -> bool:
    """'knee examination normal' is not 'examination normal'."""
    i = s.lo - 1
    return i >= 0 and scene.tokens[i].kind == "w" and scene.stems[i] not in WHOLE_EXAM | FREE | NORMAL


def _of_another_part(scene: Scene, s: Statement) -> bool:
    """'my neck is stiff' says nothing of the leg."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    if (
        scene.stems[s.lo] == "jerk"
        and s.lo
        and scene.stems[s.lo - 1] in ("ankle", "knee", "tendon", "biceps", "triceps")
    ):
        return True
    nxt = scene.stems[s.hi + 1] if s.hi + 1 < len(scene.stems) else ""
    if (scene.stems[s.hi] == "heavi" and nxt in HEAVY_OTHER) or (scene.stems[s.hi] == "tight" and nxt in TIGHT_OTHER):
        return True
    near = set(scene.stems[max(lo, s.lo - 4) : min(hi, s.hi + 4) + 1])
    return bool(near & NOT_LEG) and not near & (LEG | {"muscl", "arm", "hand", "body"})


def _site_counts(scene: Scene, s: Statement) -> bool:
    """A bare body word counts as the place of the complaint beside a symptom word and away from examination words."""
    if s.lo and (
        scene.stems[s.lo - 1] in BEYOND
        or (s.lo > 1 and scene.stems[s.lo - 1] == "the" and scene.stems[s.lo - 2] in BEYOND)
    ):
        return False
    wanted = SPREAD_SITES.get(s.id, PLACE)
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    nxt = s.hi + 1
    if nxt <= hi and scene.stems[nxt] in ("pain", "cramp", "ach", "spasm"):
        return not scene.context.flags[nxt] & (VOIDING | NEG | PAST)  # 'calf pain, pulses normal'
    for i in range(max(lo, s.lo - 4), min(hi, s.hi + 4) + 1):
        if scene.stems[i] in EXAM:
            return False
    near = range(max(lo, s.lo - 10), min(hi, s.hi + 10) + 1)
    if any(scene.stems[i] in wanted and not scene.context.flags[i] & (VOIDING | NEG | PAST) for i in near):
        return True
    return wanted is PLACE and not scene.told.isdisjoint(near)
