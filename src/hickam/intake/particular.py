"""Findings whose words mean another thing in certain surroundings, finding by finding."""

from __future__ import annotations

from collections.abc import Callable

from hickam.intake.complaint import keep_painless
from hickam.intake.examined import (
    ANOTHER_ARTERY,
    BELLY,
    BOWEL,
    DIZZY,
    LIMB_LOST,
    OTHER_REFLEX,
    PULSES,
    SUNK,
    felt_elsewhere,
    grip_strength,
    no_word_of_pain,
    strong_elsewhere,
)
from hickam.intake.exertion import not_on_exertion, of_a_fit_person
from hickam.intake.otherwise import (
    HELPS,
    IMAGE,
    back_of_the_body,
    compared_to,
    feet_just_up,
    grows,
    in_one_muscle,
    legs_out_of_bed,
    likened,
    no_feeling_named,
    no_night,
    no_quality,
    no_test_named,
    of_a_muscle,
    of_another_scan,
    of_breath,
    of_the_skin,
    on_one_foot,
    on_one_heel,
    only_stretched,
    sits_otherwise,
    spot_of_another_part,
    weight_not_borne,
)
from hickam.intake.scene import LEG, REST, SYMPTOM, Scene
from hickam.intake.statements import Statement
from hickam.intake.words import stem, stem_set

LIMITED = stem_set("more far further without beyond over than as past")

HURTS = stem_set("worse worst hurts pain painful agony sore scream")


def _stretch_hurts(scene: Scene, s: Statement) -> bool:
    """'It hurts more when I pull my toes up' tells no relief: pain on stretch is a danger sign."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    words = set(scene.stems[lo : hi + 1])
    return bool(words & HURTS) and not words & HELPS


TURNS = stem_set("numb dead cold white blue pale stiff hard red black purple weak tight to for into")


def goes_elsewhere(scene: Scene, at: int) -> bool:
    """'When I stop it goes numb', 'it goes on', 'goes into the foot': no relief; 'it goes on stopping' is."""
    after = scene.stems[at + 1 : at + 3]
    return scene.stems[at] == "go" and (
        not TURNS.isdisjoint(after[:1]) or (after[:1] == ["on"] and REST.isdisjoint(after[1:]))
    )


def _texts(scene: Scene, s: Statement) -> set[str]:
    """The words of a statement and the one before it, as written."""
    return {scene.tokens[i].text.lower() for i in range(max(0, s.lo - 1), s.hi + 1)}


def _no_injury(scene: Scene, s: Statement) -> bool:
    """'Feels like a pulled muscle' is none; 'it doesn't hurt' tells of pain."""
    if s.said == "absent" and "hurt" in {scene.stems[i] for i in s.used}:
        return True
    before = [t.text.lower() for t in scene.tokens[max(0, s.lo - 3) : s.lo]]
    after = [scene.stems[i] for i in scene.around(s.hi) if i > s.hi]
    of_an_arm = not ARM.isdisjoint(after[:3]) and LEG.isdisjoint(after)  # 'on my hands and knees' is of the leg too
    around = {scene.stems[i] for i in scene.around(s.lo)}
    if scene.tokens[s.lo].text.lower() == "landing" and "after" not in around and not HURTS.isdisjoint(around):
        return True  # 'landing from a jump is worst'
    if [t.text.lower() for t in scene.tokens[max(0, s.lo - 1) : s.lo + 1]] == ["foot", "drop"]:
        return True
    return bool({"like", "if", "though"} & set(before[-2:])) or "thought" in before or of_an_arm


ARM = stem_set("shoulder shoulders arm arms neck wrist elbow hand hands")


def _bears_weight(scene: Scene, s: Statement) -> bool:
    """'I could barely put weight on it': a leg that is spared, not a gain."""
    after = {t.text.lower() for t in scene.tokens[s.hi + 1 : s.hi + 2]}
    return "put" in scene.stems[s.lo : s.hi + 1] and bool(after & STOOD_ON)


STOOD_ON = frozenset(["it", "them", "that", "this", "my", "her", "his", "the", "either", "one", "leg", "foot"])


def _until_then(scene: Scene, s: Statement) -> bool:
    """'I was very fit until 60': no longer."""
    return s.said == "absent" and "until" in scene.stems[s.hi + 1 : s.hi + 3]


FOOT_NEXT = stem_set("foot feet heel toe sole")


def _bottom_of_the_foot(scene: Scene, s: Statement) -> bool:
    """'The bottom of his foot' is the sole; 'downstairs on my bum' is how someone goes."""
    sat_on = "on" in scene.stems[max(0, s.lo - 2) : s.lo + 1] and scene.stems[s.hi] in ("bum", "bottom", "backsid")
    return sat_on or (not FOOT_NEXT.isdisjoint(scene.stems[s.hi + 1 : s.hi + 5]) and scene.stems[s.hi] == "bottom")


def _no_heavy_drinking(scene: Scene, s: Statement) -> bool:
    """'A glass of wine a night' is none, nor 'I drink a lot of water'; 'I'm drinking a lot' may be thirst."""
    if scene.stems[s.hi] == "lot" and scene.stems[s.lo] == "drink":
        return scene.stems[s.hi + 1 : s.hi + 2] == ["of"] or scene.tokens[s.lo].text.lower() == "drinking"
    if scene.tokens[s.lo].text.lower() == "can":
        return True  # 'the cross trainer I can do all day'
    glass = scene.stems[s.lo] == "glas"
    return glass and bool({"a", "one", "1", "small"} & set(scene.stems[max(0, s.lo - 2) : s.lo]))


def _went_on(scene: Scene, s: Statement) -> bool:
    """'I went on a hard hike', 'skin gone brown and hard': no muscle that goes hard."""
    return "on" in scene.stems[s.lo : s.hi] or "skin" in scene.stems[max(0, s.lo - 3) : s.hi]


def _of_a_swelling(scene: Scene, s: Statement) -> bool:
    """'The swelling comes and goes' tells of no attacks."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    told = {scene.stems[i] for i in range(lo, hi + 1)} & SYMPTOM
    return told == {"swel"}


def _by_an_image(scene: Scene, s: Statement) -> bool:
    """'X-rays of the hip and knee are normal' tells nothing of how the joints move."""
    lo, _ = scene.bounds[scene.context.clause[s.lo]]
    return s.said == "absent" and not IMAGE.isdisjoint(scene.stems[lo : s.hi + 1])


FAMILIAR = stem_set("cramp spasm charley charlie charli knot")


def _runs_in_the_family(scene: Scene, s: Statement) -> bool:
    """'It runs in the family': cramps only where cramps are told of."""
    return s.said == "present" and FAMILIAR.isdisjoint(scene.stems)


def _lactate(scene: Scene, s: Statement) -> bool:
    """A blood value, not a mother who lactates; 'after my daughter's wedding' is no birth."""
    words = {t.text.lower() for t in scene.tokens[s.lo : s.hi + 1]}
    grown = not {"daughter", "daughter's", "son", "son's"}.isdisjoint(words)
    return "lactate" in words or (grown and words.isdisjoint(["having", "had", "birth", "born", "delivered"]))


def _crossed(scene: Scene, s: Statement) -> bool:
    """The crossed straight leg raise is a sign of its own."""
    return bool({"cross", "crossed", "contralateral"} & set(scene.stems[max(0, s.lo - 2) : s.lo]))


def _in_an_attack(scene: Scene, s: Statement) -> bool:
    """'The shin goes rock hard' is no compartment that is tense all the time."""
    return any(scene.stems[i] == "go" for i in range(max(0, s.lo - 1), s.hi))


def _falls_to_a_number(scene: Scene, s: Statement) -> bool:
    """'The index falls to 0.45', 'haemoglobin had fallen from 132'."""
    after = scene.tokens[s.hi + 1 : s.hi + 3]
    return len(after) == 2 and after[0].stem in ("to", "from", "by") and after[1].kind == "n"


def _comes_and_goes(scene: Scene, s: Statement) -> bool:
    """'My leg goes dead when I sit' is no acute loss of feeling."""
    return bool(_texts(scene, s) & {"goes", "go", "going"})


def _one_run(scene: Scene, s: Statement) -> bool:
    """'Stops the run', 'on the running front' are not 'the runs'."""
    return not {"run", "running"}.isdisjoint(_texts(scene, s))


def _twitching_only(scene: Scene, s: Statement) -> bool:
    """'It twitches all the time' tells of no constant pain."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    told = {scene.stems[i] for i in range(lo, hi + 1)} & SYMPTOM
    return bool(told) and told <= TWITCHES


def _from_the_knee(scene: Scene, s: Statement) -> bool:
    """'Swollen from the knee to the foot': the leg, no joint."""
    return "from" in scene.stems[s.lo : s.hi]


def _of_a_rest(scene: Scene, s: Statement) -> bool:
    """'It goes within a minute of stopping' tells how long the rest takes, not the attack."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    return s.said == "present" and not REST.isdisjoint(scene.stems[lo : hi + 1])


TWITCHES = stem_set("twitch twitching twitches flicker jump jumping fasciculation tingle tingling numb weak stiff")
EVENT = stem_set("match game race run session training marathon")
UNTIL = (("get", "to", "where"), ("get", "to", "the", "point"), ("until",), ("till",), ("til",), ("so", "far"))


def _walks_until(scene: Scene, s: Statement) -> bool:
    """'cannot walk more than 100 m', 'it gets to where I can scarcely walk': limited on the way, not unable."""
    if set(scene.stems[s.hi + 1 : s.hi + 3]) & LIMITED or "without" in scene.stems[s.hi + 1 : s.hi + 9]:
        return True
    if "after" in scene.stems[s.hi + 1 : s.hi + 2] and not EVENT.isdisjoint(scene.stems[s.hi + 2 : s.hi + 5]):
        return True  # 'cannot walk after a match'
    before = scene.stems[max(0, s.lo - 7) : s.lo]
    walked = any(
        o.id == "on_exertion"
        and o.said == "present"
        and o.lo < s.lo
        and scene.context.sentence[o.lo] == scene.context.sentence[s.lo]
        for o in scene.statements
    )
    return walked and any(tuple(before[i : i + len(u)]) == u for u in UNTIL for i in range(len(before)))


LOATHED = frozenset(["my", "his", "her", "him", "people", "being", "how", "the"])


def _cannot_stand(scene: Scene, s: Statement) -> bool:
    """'I can't stand my job': what someone cannot bear, and no leg that does not carry."""
    after = [t.text.lower() for t in scene.tokens[s.hi + 1 : s.hi + 3]]
    return scene.stems[s.hi] == "stand" and after[:1] != [] and after[0] in LOATHED


def _over_the_head(scene: Scene, s: Statement) -> bool:
    """'Lifting my hands over my head hurts': the head is a place to reach."""
    return bool({"over", "above"} & {t.text.lower() for t in scene.tokens[max(0, s.lo - 2) : s.lo]})


def _a_growing_pain(scene: Scene, s: Statement) -> bool:
    """'An achy, growing pain' grows; the growing pains of childhood are many."""
    return scene.tokens[s.hi].text.lower() == "pain"


COLD_THINGS = stem_set("weather water wind air floor tile tiles sea bath shower pool room night morning snap day days")


def _cold_around(scene: Scene, s: Statement) -> bool:
    """'My legs cramp in the cold', 'the leg hurts in cold water': what is around the leg is cold."""
    around = scene.stems[s.hi - 1] == "the" or not COLD_THINGS.isdisjoint(scene.stems[s.hi + 1 : s.hi + 2])
    return scene.stems[s.hi] == "cold" and around


COME_BACK = stem_set("come go get put give call send take bring turn way move")


def _not_the_back(scene: Scene, s: Statement) -> bool:
    """'It came back sore', 'pain in the back of my leg'; 'I get back pain' and 'I get lumbago' are of the back."""
    returned = scene.stems[s.lo] == "back" and "pain" not in scene.stems[s.lo : s.hi + 1]
    behind = scene.stems[s.hi] == "back" and scene.stems[s.hi + 1 : s.hi + 2] == ["of"]
    return behind or (returned and not COME_BACK.isdisjoint(scene.stems[max(0, s.lo - 1) : s.lo]))


MEASURED = stem_set("measured measures measuring compared comparing")
MOVES = stem_set("kick kicks jerk twitch sleep asleep bed night partner wife husband thrash")
PARTICULAR: dict[str, Callable[[Scene, Statement], bool]] = {
    "abnormal_duplex_dvt": lambda scene, s: no_test_named(scene, s) or of_another_scan(scene, s),
    "absent_pedal_pulses": lambda scene, s: not ANOTHER_ARTERY.isdisjoint(scene.stems[max(0, s.lo - 7) : s.lo]),
    "after_injury": _no_injury,
    "alcohol_heavy": _no_heavy_drinking,
    "alternating_sides": lambda scene, s: (
        not {"day", *BOWEL}.isdisjoint(scene.stems[s.hi + 1 : s.hi + 3])
        or "nappy" in {t.text.lower() for t in scene.tokens[s.lo - 1 : s.lo]}
    ),
    "at_rest": lambda scene, s: (
        of_breath(scene, s) or not {"abpi", "abi", "index", "pulse"}.isdisjoint(scene.stems[max(0, s.lo - 6) : s.lo])
    ),
    "back_pain": _not_the_back,
    "bilateral": lambda scene, s: not MEASURED.isdisjoint(scene.stems[max(0, s.lo - 2) : s.lo]),
    "bruising_calf": compared_to,
    "cold_foot_symptom": _cold_around,
    "constant_pain": lambda scene, s: _twitching_only(scene, s) or (s.said == "absent" and _of_a_swelling(scene, s)),
    "cool_leg": lambda scene, s: (
        (scene.tokens[s.lo].text.lower() == "freezing" and LEG.isdisjoint(scene.stems[i] for i in scene.around(s.lo)))
        or _cold_around(scene, s)
    ),
    "dark_urine": of_the_skin,
    "dependency_relief": legs_out_of_bed,
    "diarrhoea": _one_run,
    "duration_seconds_minutes": _of_a_rest,
    "during_prolonged_exercise": lambda scene, s: of_a_fit_person(scene, s) or likened(scene, s),
    "elevation_relief": feet_just_up,
    "endurance_athlete": lambda scene, s: scene.tokens[s.lo].text.lower() == "tried",
    "exercise_intolerance": _until_then,
    "falls": lambda scene, s: (
        _falls_to_a_number(scene, s) or not {"postural", "orthostatic"}.isdisjoint(scene.stems[max(0, s.lo - 1) : s.lo])
    ),
    "family_cramps": _runs_in_the_family,
    "focal_tibial_tenderness": spot_of_another_part,
    "growing_pains": _a_growing_pain,
    "femoral_or_iliac_bruit": lambda scene, s: not ANOTHER_ARTERY.isdisjoint(scene.stems[max(0, s.lo - 3) : s.lo]),
    "hair_loss": lambda scene, s: not LEG.isdisjoint(scene.stems[i] for i in scene.around(s.lo)),
    "headache": _over_the_head,
    "heavy_unaccustomed_exercise": lambda scene, s: scene.tokens[s.hi].text.lower() == "marathons",
    "hip_rotation_painful_limited": _by_an_image,
    "inactive_sedentary": lambda scene, s: (
        s.said == "present"
        and scene.stems[s.hi] == stem("move")
        and not {"can", "could"}.isdisjoint(scene.stems[max(0, s.lo - 3) : s.lo])
    ),
    "joint_swelling": _from_the_knee,
    "knee_effusion_crepitus": lambda scene, s: _by_an_image(scene, s) or _from_the_knee(scene, s),
    "lateral_thigh_sensory_loss": no_feeling_named,
    "leg_warmth": compared_to,
    "limb_sensory_loss_acute": _comes_and_goes,
    "low_mood": lambda scene, s: not SUNK.isdisjoint(scene.stems[max(0, s.lo - 4) : s.hi + 3]),
    "muscle_pain_widespread": in_one_muscle,
    "muscle_weakness": lambda scene, s: (
        strong_elsewhere(scene, s)
        or (
            s.said == "present"
            and not PULSES.isdisjoint(scene.stems[max(0, s.lo - 3) : s.lo])
            and "leg" not in scene.stems[s.lo : s.hi]
        )
    ),
    "on_exertion": not_on_exertion,
    "pale_leg": lambda scene, s: (
        scene.stems[s.lo] == "pallor" and LIMB_LOST.isdisjoint(scene.stems[i] for i in scene.around(s.lo))
    ),
    "painless_symptom": lambda scene, s: not keep_painless(scene, s),
    "postpartum": _lactate,
    "pregnant": lambda scene, s: (
        scene.tokens[s.hi].text.lower() == "pregnancies"
        or scene.stems[max(0, s.lo - 2) : s.lo] in (["of", "a"], ["in", "a"], ["dur", "a"])
    ),
    "progressive": grows,
    "prolonged_standing_worse": on_one_foot,
    "quality": lambda scene, s: no_quality(scene, s) or grip_strength(scene, s),
    "recent_leg_trauma": lambda scene, s: s.said == "present" and _no_injury(scene, s),
    "recent_surgery": lambda scene, s: (
        any(scene.tokens[i].text.lower() == "doing" for i in s.used)
        or (scene.tokens[s.hi].text.lower() == "done" and scene.stems[s.hi + 1 : s.hi + 2] == ["for"])
    ),
    "reduced_ankle_reflex": lambda scene, s: not OTHER_REFLEX.isdisjoint(scene.stems[max(0, s.lo - 2) : s.lo]),
    "reduced_pulses": felt_elsewhere,
    "rest_relief": lambda scene, s: (
        s.said == "present" and (goes_elsewhere(scene, s.hi) or _texts(scene, s) >= {"go", "away", "and", "rest"})
    ),
    "saddle_numbness": lambda scene, s: "foot" in scene.stems[s.lo : s.hi + 1],
    "severe_pain": weight_not_borne,
    "shoulder_girdle_pain": lambda scene, s: s.said == "present" and no_word_of_pain(scene, s),
    "site_buttock_hip": _bottom_of_the_foot,
    "sitting_worse": sits_otherwise,
    "site_calf": back_of_the_body,
    "site_heel_achilles": lambda scene, s: (
        scene.tokens[s.hi].text.lower() == "heels"
        and not {"new", "high", "in", "wear", "wore"}.isdisjoint(scene.stems[max(0, s.lo - 1) : s.lo])
    ),
    "standing_occupation": lambda scene, s: "foot" in {scene.tokens[i].text.lower() for i in s.used},
    "straight_leg_raise_positive": _crossed,
    "standing_worse": lambda scene, s: not DIZZY.isdisjoint(scene.stems[max(0, s.lo - 3) : s.lo]),
    "stretch_relief": lambda scene, s: s.said == "present" and (_stretch_hurts(scene, s) or only_stretched(scene, s)),
    "sudden_attacks": lambda scene, s: (
        _of_a_swelling(scene, s) or not {"stop", "stretch", "rest"}.isdisjoint(scene.stems[max(0, s.lo - 3) : s.lo])
    ),
    "takes_magnesium_supplement": lambda scene, s: (
        not {"can", "could", "should", "may"}.isdisjoint(scene.stems[max(0, s.lo - 2) : s.lo])
    ),
    "tense_compartment": lambda scene, s: (
        _in_an_attack(scene, s) or not BELLY.isdisjoint(scene.stems[max(0, s.lo - 4) : s.hi + 2])
    ),
    "timing_night": no_night,
    "unable_to_walk": lambda scene, s: (
        scene.tokens[s.lo].text.lower() == "hard"
        or (s.said == "present" and (_walks_until(scene, s) or _cannot_stand(scene, s)))
    ),
    "unaware_of_movements": lambda scene, s: (
        "day" in scene.stems[scene.bounds[scene.context.clause[s.lo]][0] : s.lo]
        or MOVES.isdisjoint(scene.stems[i] for i in scene.around(s.lo, 1, 1))
    ),
    "unilateral": lambda scene, s: (
        (scene.stems[s.hi + 1 : s.hi + 2] == ["to"] and "from" in scene.stems[max(0, s.lo - 1) : s.hi])
        or (s.said == "absent" and scene.stems[s.lo] == stem("single"))  # 'could not do a single-leg heel rise'
    ),
    "visible_hardening": _went_on,
    "weak_dorsiflexion_big_toe": on_one_heel,
    "weight_gain": _bears_weight,
    "weight_loss": of_a_muscle,
}
"""When the words of a finding mean another thing, finding by finding."""
