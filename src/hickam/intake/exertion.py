"""What someone does, and what ends a pain, are not what brings it on."""

from __future__ import annotations

from hickam.intake.flags import ASKED, NEG
from hickam.intake.matching import NEGATORS
from hickam.intake.otherwise import likened
from hickam.intake.scene import RELIEF, SOUND, VOIDING, Scene
from hickam.intake.statements import Statement
from hickam.intake.words import stem, stem_set

RUNS = stem_set("run running sprint sprinting jog football rugby hockey tennis treadmill climb uphill hill")
CARRIES_ON = stem_set("carried carry kept keep went go going")
EASES = RELIEF - {"go", "stop", "wear"} | stem_set("help")


SPORT = stem_set("""
    football footy soccer rugby hockey netball tennis badminton squash padel pickleball basketball volleyball cricket
    golf gaelic hurling camogie lacrosse gymnastics ballet dancing match training parkrun sprint sprinting treadmill
    gym crossfit race jog jogging run running session trampoline skipping hike hiking
""")
LEADS = stem_set("when whenever after during every each into while whilst by mid playing at in")
FAR = 12
APART = EASES | SOUND | NEGATORS | {"now"}
"""Between a sport and a symptom: the one does not bring on the other."""


def at_sport(scene: Scene) -> list[Statement]:
    """'Hurt my calf in a match', 'every parkrun, the same shin pain': a sport told as the time of a symptom."""
    if any(s.id == "on_exertion" for s in scene.statements):
        return []
    for i, s in enumerate(scene.stems):
        if s not in SPORT or LEADS.isdisjoint(scene.stems[max(0, i - 3) : i]):
            continue
        if scene.context.flags[i] & (VOIDING | NEG | ASKED):
            continue
        for k in scene.symptoms:
            between = scene.stems[min(i, k) : max(i, k)]
            of_the_back = "back" in scene.stems[k + 1 : k + 3]
            here = not of_the_back and scene.context.sentence[k] == scene.context.sentence[i] and abs(k - i) <= FAR
            if here and APART.isdisjoint(between):
                return [scene.make("on_exertion", min(i, k), max(i, k))]
    return []


def of_a_fit_person(scene: Scene, s: Statement) -> bool:
    """'Always active with tennis and running', 'she fell while walking': what someone does, not what brings it on."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    before = scene.stems[max(lo, s.lo - 8) : s.lo]
    if before[-1:] == ["less"]:  # 'it hurts less when I walk'
        return True
    if "interfer" in before:
        return True
    return bool({"active", "activ", "fit", stem("fall")} & set(before)) and scene.told.isdisjoint(range(lo, hi + 1))


def _ends_it(scene: Scene, s: Statement) -> bool:
    """'It eases once I start walking', 'goes off when I walk': what ends it does not bring it on."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    before, after = scene.stems[max(lo, s.lo - 3) : s.lo], scene.stems[s.hi + 1 : min(hi, s.hi + 3) + 1]
    goes = any(
        scene.stems[i] in ("go", "wear", "pas") and scene.stems[i + 1 : i + 2] in (["off"], ["away"])
        for i in range(max(lo, s.lo - 3), s.lo)
    )
    within = {scene.stems[i] for i in range(s.lo, s.hi + 1) if i not in s.used}
    if not EASES.isdisjoint(before) or not (EASES - {"improv"}).isdisjoint(within):
        return True
    return goes or (after[:1] == ["it"] and not EASES.isdisjoint(after))


def not_on_exertion(scene: Scene, s: Statement) -> bool:
    """'I carried on walking', 'it felt like running a race' and 'walking eases it' tell of nothing brought on."""
    if s.said == "absent" and "walk" in scene.stems[s.lo : s.hi + 1] and not RUNS.isdisjoint(scene.stems):
        return True  # 'fine walking, only running'
    goes_on = scene.stems[s.lo] == "on" and scene.stems[max(0, s.lo - 1)] in CARRIES_ON
    return goes_on or likened(scene, s) or of_a_fit_person(scene, s) or (s.said == "present" and _ends_it(scene, s))
