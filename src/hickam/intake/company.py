"""Statements that need company: a lone 'calf', a bare 'two days ago', 'bilateral' of reflexes, 'heavy' of periods.

``filter_statements`` drops the readings of words that only count beside a symptom, or that mean another thing where
they stand.
"""

from __future__ import annotations

from hickam.intake.complaint import mend_swelling
from hickam.intake.dated import WEEKDAYS
from hickam.intake.events import long_past_operation
from hickam.intake.flags import NEG, PAST
from hickam.intake.matching import FREE
from hickam.intake.medicines import stopped
from hickam.intake.normals import NORMAL, WHOLE_EXAM
from hickam.intake.numbers_in_words import periods
from hickam.intake.particular import PARTICULAR
from hickam.intake.scene import (
    EXAM,
    LEG,
    SYMPTOM,
    VOIDING,
    Scene,
    called_own,
    elsewhere,
    exam_clause,
    examined,
    of_a_dose,
    of_an_activity,
)
from hickam.intake.statements import Statement
from hickam.intake.times import DURATION, ONSET, dates_an_event
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
PAINS = stem_set("pain cramp ach ache spasm hurt sore discomfort")
WHEN = stem_set("at on when with while during since from")
BEYOND = stem_set("under below above beneath beyond")
NOT_LEG = stem_set("""
    neck head chest abdomen abdominal stomach belly shoulder jaw face facial eye throat tongue heart scalp nose ear
""")
HEAVY_OTHER = stem_set("""
    drinker drinking drink smoker smoking lifting lift period periods bleeding menses menstrual goods work worker
    box boxes traffic load loads alcohol use going exercise training weights weight bags shopping machinery object
    vehicle coffee
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
    if not any(s.id.startswith("site_") and s.said == "present" for s in kept):
        kept = sorted([*kept, *_only_place(scene)], key=lambda s: s.lo)
    placed = {s.id for s in kept if s.said == "present"}
    return mend_swelling(scene, [_no_difference(scene, s) for s in kept if not _here_and_not_here(s, placed)])


def _here_and_not_here(s: Statement, placed: set[str]) -> bool:
    """'Calf pain on walking, no calf pain at rest': the place is told, and the denial is of something else."""
    return s.id.startswith("site_") and s.said == "absent" and s.id in placed


def _only_place(scene: Scene) -> list[Statement]:
    """'Every few weeks my left calf goes again', 'both shins, every run': the first part of the leg called one's own is
    the place, where no symptom names another."""
    own = [s for s in scene.statements if s.kind == "finding" and s.said == "present" and called_own(scene, s.lo, s.hi)]
    own = [s for s in own if s.id.startswith("site_") and s.id not in SPREAD_SITES and not _other_thing(scene, s)]
    return [s for s in own if scene.context.sentence[s.lo] == scene.context.sentence[own[0].lo]]


CHANGING = ("_relief", "_worse", "_trigger", "on_exertion")
NOT_CHANGED = (
    ("no", "difference"),
    ("not", "help"),
    ("not", "bother"),
    ("not", "matter"),
    ("not", "change"),
    ("not", "affect"),
    ("no", "effect"),
)


def _no_difference(scene: Scene, s: Statement) -> Statement:
    """'Standing all day makes no difference', 'walking doesn't bother it': what changes nothing is denied."""
    if s.kind != "finding" or s.said != "present" or not s.id.endswith(CHANGING):
        return s
    _, end = scene.bounds[scene.context.clause[s.hi]]
    after = scene.stems[s.hi : min(end, s.hi + 4) + 1]
    unchanged = any(tuple(after[i : i + 2]) in NOT_CHANGED for i in range(len(after)))
    return s._replace(said="absent") if unchanged else s


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
RED_THINGS = stem_set("meat wine cell blood flag cross car light eye urine sock shoe dress shirt coat boot")


SWOLLEN = ("leg_swelling", "leg_swelling_unilateral", "leg_warmth")
ARM = stem_set("finger hand arm thumb nail face lip ear nose cheek tongue eye belly stomach neck gland throat gum")


VOYAGE = stem_set("flight train journey bus coach drive travel trip")
VACCINE = stem_set("jab vaccine vaccination shot booster injection")
OTHERWISE: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "site_trunk_face": (stem_set("fem femoral period menstrual"), frozenset()),
    "recent_viral_illness": (frozenset(), VACCINE),
    "recent_infection_viral": (frozenset(), VACCINE),
    "rash": (frozenset(), stem_set("decision move act")),
    "constant_pain": (frozenset(), VOYAGE),
    "menstrual_irregular": (frozenset(), frozenset(["of"])),
    "pain_lying_on_side": (stem_set("asleep"), frozenset()),
    "radiates_from_back": (stem_set("moved"), frozenset()),
    "takes_levothyroxine": (stem_set("free serum"), frozenset()),
    "thirst": (frozenset(), stem_set("knowledge blood")),
    "muscle_weakness": (frozenset(), stem_set("bladder heart immune eyesight spot point stomach willed tea signal")),
    "at_rest": (stem_set("normal"), frozenset()),
    "falls": (stem_set("hair rain night last next"), stem_set("asleep out apart into pregnant for behind ill sick")),
    "cold_provoked": (frozenset(), stem_set("boot bootie coat clothes gloves")),
    "evening_worse": (stem_set("grand fine ok okay well happy before"), frozenset()),
    "progressive": (
        stem_set("ligs ligament joint knee haemodynamically vital vitals obs weight mood"),
        stem_set("dose vital angina"),
    ),
    "timing_night": (
        stem_set("work working shift"),
        stem_set("today with one this shattered exhausted knackered drained"),
    ),
    "worse_when_sitting_car": (frozenset(), stem_set("me mad insane crazy nuts up")),
    "standing_occupation": (stem_set("dead out"), frozenset()),
    "site_hands_arms": (frozenset(), stem_set("width breadth span")),
    "on_exertion": (frozenset(), stem_set("bike machine ball")),
    "flat_feet_sign": (stem_set("hobble walk"), frozenset()),
    "constipation": (stem_set("training"), frozenset()),
    "severe_pain": (stem_set("swell itch"), frozenset()),
    "hand_weakness": (frozenset(), stem_set("skin fold")),
    "morning_stiffness": (frozenset(), stem_set("pad insole cream pack half mile km")),
    "fatigue": (stem_set("shoe heel sole trainer it"), stem_set("outside inside leg thigh calf side")),
    "quality": (
        stem_set("period menstrual covid flu booster b12 steroid tetanus vaccine thermal sun chemical reduced weak"),
        stem_set("myself himself herself themselves calori fat food dinner"),
    ),
}
"""Finding -> words right before and after it that change its meaning: 'fall asleep', 'woke up today'."""


def _not_of_the_leg(scene: Scene, s: Statement) -> bool:
    """'Blue and red broken veins' are no redness of the leg, fingers that go white no pale leg, a swollen face none."""
    if s.id not in RED + SWOLLEN or s.kind != "finding":
        return False
    before = scene.stems[max(0, s.lo - 4) : s.lo]
    elsewhere_named = not ARM.isdisjoint(before) and LEG.isdisjoint([*before, *(scene.stems[i] for i in s.used)])
    after = scene.stems[s.hi + 1 : s.hi + 4]
    return elsewhere_named or (s.id in RED and not VEINS.isdisjoint(after)) or not RED_THINGS.isdisjoint(after[:2])


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
    if s.id.startswith("site_") and s.kind == "absent":
        return not WHEN.isdisjoint(scene.stems[s.hi + 1 : s.hi + 2])
    if not s.id.startswith("site_") or s.kind != "finding":
        return False
    if s.said == "absent":
        return not _plainly_denied(scene, s)
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
    """'not in the calf', 'no ankle pain' deny the place; 'cannot bend my knees', 'no calf pain at night' do not."""
    after = scene.stems[s.hi + 1 : s.hi + 4]
    if after[:1] and after[0] in PAINS and not WHEN.isdisjoint(after[1:2]):
        return False
    return bool({"no", "not", "never", "without"} & set(scene.stems[max(0, s.lo - 3) : s.lo])) and any(
        scene.stems[i] in PAINS for i in range(max(0, s.lo - 3), min(len(scene.stems), s.hi + 3))
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


def _it_is_there(scene: Scene, s: Statement, lo: int) -> bool:
    """'I get it in my calves', 'it's in the thigh': the complaint, where one was told before."""
    before = [scene.tokens[i].text.lower() for i in range(max(lo, s.lo - 6), s.lo)]
    told = any(i < lo for i in scene.symptoms)
    return told and bool({"it", "it's", "them", "they"} & set(before)) and bool(LEG & set(scene.stems[s.lo : s.hi + 1]))


SIGN_THERE = frozenset(
    [
        *("leg_swelling", "leg_swelling_unilateral", "whole_leg_swollen", "muscle_swelling", "muscle_tenderness"),
        *("pop_or_snap", "visible_hardening", "tense_compartment", "after_injury", "recent_leg_trauma"),
        *("leg_giving_way", "weight_bearing_pain", "joint_swelling", "first_step_pain"),
    ]
)
"""What is where its wording says: 'my calf is up like a balloon'."""


def _site_counts(scene: Scene, s: Statement) -> bool:
    """A bare body word counts as the place of the complaint beside a symptom word and away from examination words."""
    if s.lo and (
        scene.stems[s.lo - 1] in BEYOND
        or (s.lo > 1 and scene.stems[s.lo - 1] == "the" and scene.stems[s.lo - 2] in BEYOND)
    ):
        return False
    wanted = SPREAD_SITES.get(s.id, PLACE)
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    if scene.stems[max(lo, s.lo - 3) : s.lo][-2:-1] == ["in"] and _it_is_there(scene, s, lo):
        return True
    nxt = s.hi + 1
    if nxt <= hi and scene.stems[nxt] in ("pain", "cramp", "ach", "spasm"):
        return not scene.context.flags[nxt] & (VOIDING | NEG | PAST)  # 'calf pain, pulses normal'
    if any(examined(scene, i) for i in range(max(lo, s.lo - 4), min(hi, s.hi + 4) + 1)):
        return False
    if wanted is PLACE and any(
        o.id in SIGN_THERE and o.kind == "finding" and o.said == "present" and s.lo in o.used
        for o in scene.by_clause[scene.context.clause[s.lo]]
    ):
        return True
    near = range(max(lo, s.lo - 10), min(hi, s.hi + 10) + 1)
    if any(scene.stems[i] in wanted and not scene.context.flags[i] & (VOIDING | NEG | PAST) for i in near):
        return True
    return wanted is PLACE and not scene.told.isdisjoint(near)
