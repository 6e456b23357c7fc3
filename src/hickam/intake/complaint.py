"""What the complaint is when the words for it are findings too: twitching, numb feet, one swollen leg, no pain.

'Twitching in my legs for months' is a finding of the patient and the quality of the complaint; 'left ankle swollen'
is a swelling of one leg, 'both ankles swollen' is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake.scene import LEG, PLURAL, Scene, exam_clause
from hickam.intake.statements import Statement
from hickam.intake.words import stem, stem_set

QUALITY_OF = {
    "fasciculations": "twitching",
    "numbness_feet": "tingling_numb",
    "paraesthesia_feet": "tingling_numb",
    "burning_feet": "burning",
    "morning_stiffness": "stiffness",
    "muscle_cramps_widespread": "cramp",
}
"""The quality a complaint has when nothing else is said of it."""
TWITCH = stem_set("twitch flicker quiver ripple")
ASLEEP = ("timing_night", "bed_partner_leg_jerks", "evening_worse", "crawling_sensation")
SINGULAR = frozenset(["leg", "calf", "ankle", "foot", "thigh", "shin", "knee", "toe"])
COMPLAINT_NOUN = stem_set("cramp pain ache spasm symptom muscle problem trouble swelling")
ADJECTIVE = stem_set("swollen swelled swells puffy puffed ballooned bigger larger twice size blew massive huge")
OPEN_END = frozenset(["and", "but", "just", "though", "at", "whatsoever", "or", "with", "involved", "either", "now"])


def mend_swelling(scene: Scene, statements: Sequence[Statement]) -> list[Statement]:
    """One swollen leg or two: by side and by singular or plural."""
    out = []
    for s in (_lost_feeling(scene, s) for s in statements):
        if s.id == "pitting_oedema_bilateral" and s.kind == "finding" and s.said == "present":
            out.append(_sided_oedema(scene, s))
        elif s.id == "leg_swelling" and s.kind == "finding" and s.said == "present" and _one_leg(scene, s):
            out.append(s._replace(id="leg_swelling_unilateral"))
        elif s.id == "leg_swelling" and s.kind == "finding" and s.said == "present" and _said_of_both(scene, s):
            out += [s, s._replace(kind="absent", id="leg_swelling_unilateral", said="absent")]
        elif (
            s.id == "leg_swelling_unilateral"
            and s.kind == "finding"
            and s.said == "present"
            and (_both(scene, s) or {"bilateral", "bilat", "both"} & set(_words(scene, s.lo - 2, s.hi)))
        ):
            out.append(s._replace(id="leg_swelling", side="both"))
        else:
            out.append(s)
    return [s for s in out if s.id in scene.vocabulary.findings or s.kind not in ("finding", "absent", "value")]


USUALLY = stem_set("if when whenever every after")


def _lost_feeling(scene: Scene, s: Statement) -> Statement:
    """'If I am on my feet long I can't feel them at all' comes and goes: numb, but no feeling lost for hours."""
    if s.id != "limb_sensory_loss_acute" or s.said != "present" or s.kind != "finding":
        return s
    lo = max(0, s.lo - 25)
    before = {scene.stems[i] for i in range(lo, s.lo) if scene.context.sentence[i] == scene.context.sentence[s.lo]}
    passes = ("i" in before and not USUALLY.isdisjoint(before)) or {stem("minutes"), "then"} <= before
    woke = {t.text.lower() for t in scene.tokens[lo : s.lo]} & {"woke", "got", "stood", "fell"}
    return s._replace(id="numbness_feet") if passes and not woke and scene.has("numbness_feet") else s


def _said_of_both(scene: Scene, s: Statement) -> bool:
    return s.side == "both" or bool({"both", "bilateral", "bilaterally"} & set(_words(scene, s.lo - 2, s.hi + 3)))


def _sided_oedema(scene: Scene, s: Statement) -> Statement:
    """Bare 'pitting oedema' is of the side its sentence names; without a side it is swelling and no more."""
    here = [scene.tokens[i].text.lower() for i in scene.around(s.lo)]
    own = {scene.tokens[i].text.lower() for i in range(s.lo, s.hi + 1)}
    if own & {"both", "bilateral", "peripheral", "dependent", "sacral", "anasarca"} or own & PLURAL:
        return s
    if s.side == "both" or PLURAL.intersection(here) or {"both", "bilateral", "bilaterally"} & set(here):
        return s
    one_leg = s.side in ("left", "right") or bool({"calf", "thigh"} & set(here)) or "one leg" in " ".join(here)
    if one_leg and scene.has("pitting_oedema_unilateral"):
        return s._replace(id="pitting_oedema_unilateral")
    bare = len(s.used) <= 2 and "pitting" in own
    return s._replace(id="leg_swelling") if bare and scene.has("leg_swelling") else s


def _words(scene: Scene, lo: int, hi: int) -> list[str]:
    return [scene.tokens[i].text.lower() for i in range(max(0, lo), min(len(scene.tokens), hi + 1))]


def _one_leg(scene: Scene, s: Statement) -> bool:
    if not scene.has("leg_swelling_unilateral") or s.side == "both":
        return False
    words = _words(scene, s.lo - 3, s.hi + 2)
    if PLURAL.intersection(words) or "both" in words or "bilateral" in words:
        return False
    if s.side in ("left", "right"):
        return True
    used = [scene.tokens[i] for i in s.used]
    if not any(t.stem in LEG for t in used):
        return _of_a_single_leg(scene, s)
    return any(t.text.lower() in SINGULAR for t in used) and any(
        t.stem in ADJECTIVE and t.text.lower() != "swelling" for t in used
    )


def _of_a_single_leg(scene: Scene, s: Statement) -> bool:
    """'my calf is painful and a bit swollen': the one leg its sentence speaks of; 'leg cramps, swollen' names none."""
    if not any(scene.tokens[i].stem in ADJECTIVE and scene.tokens[i].text.lower() != "swelling" for i in s.used):
        return False
    here = [i for i in range(len(scene.tokens)) if scene.context.sentence[i] == scene.context.sentence[s.lo]]
    words = {scene.tokens[i].text.lower() for i in here}
    if PLURAL & words or words & {"both", "bilateral", "bilaterally"}:
        return False
    return any(
        scene.tokens[i].text.lower() in ("leg", "calf", "thigh", "shin")
        and (i + 1 >= len(scene.stems) or scene.stems[i + 1] not in COMPLAINT_NOUN)
        for i in here
    )


def _both(scene: Scene, s: Statement) -> bool:
    words = _words(scene, s.lo, s.hi)
    return s.side not in ("left", "right") and bool(PLURAL.intersection(words)) and "one" not in words


def quality_of_complaint(scene: Scene, statements: Sequence[Statement]) -> list[Statement]:
    """The quality of the complaint from a finding, when no quality was told."""
    if not scene.has("quality") or any(s.id == "quality" and s.said == "present" for s in statements):
        return []
    values = scene.vocabulary.findings["quality"].values
    for s in statements:
        value = QUALITY_OF.get(s.id, "")
        if s.said == "present" and s.kind == "finding" and value in values and not exam_clause(scene, s.lo):
            return [s._replace(kind="value", id="quality", value=value, how="derived")]
    return []


def twitching_muscles(scene: Scene, statements: Sequence[Statement]) -> list[Statement]:
    """Muscles that twitch are fasciculations as the patient tells them, unless it is legs that jump in sleep."""
    if not scene.has("fasciculations") or any(s.id in ("fasciculations", *ASLEEP) for s in statements):
        return []
    for s in statements:
        twitching = s.id == "quality" and s.value == "twitching" and s.said == "present"
        if twitching and any(scene.stems[i] in TWITCH for i in s.used):
            return [s._replace(kind="finding", id="fasciculations", value="", how="derived")]
    return []


MOVED = stem_set("movement movements rom range rotation flexion extension slr raise raising degrees passive")
"""What an examiner moves: 'rotation full and pain-free' tells of no painless trouble."""
ELSEWHERE_PAINLESS = stem_set("urinary retention haematuria jaundice bleeding")


def keep_painless(scene: Scene, s: Statement) -> bool:
    """'no pain' about the complaint, not 'no pain at night', 'no pain on walking', 'no chest pain'."""
    inside = {t.text.lower() for t in scene.tokens[s.lo : s.hi + 1]}
    if inside & {"that", "too", "very", "so", "really"}:  # 'wasn't that sore'
        return False
    before = [t.text.lower() for t in scene.tokens[max(0, s.lo - 6) : s.lo]]
    other_leg = "hurt" in scene.stems[s.lo : s.hi + 1] and {"left", "right", "other"} & set(before[-3:])
    moved = {t.text.lower() for t in scene.tokens[max(0, s.lo - 9) : s.lo]} & MOVED
    if other_leg or moved:
        return False  # 'the left thigh does not hurt', 'hip movement full and pain free'
    if s.hi - s.lo >= len(s.used) + 1 or {"first", "initial"} & set(scene.stems[max(0, s.lo - 4) : s.lo]):
        return False
    after = scene.stems[s.hi + 1 : s.hi + 3]
    if scene.tokens[s.lo].text.lower() == "painless":
        return ELSEWHERE_PAINLESS.isdisjoint(after)
    if not after or scene.tokens[s.hi + 1].kind == "p":
        return True
    return after == ["to", "it"] or (
        after[0] in OPEN_END and after[1:] != ["rest"] and not (after[0] == "at" and after[1:] != ["all"])
    )
