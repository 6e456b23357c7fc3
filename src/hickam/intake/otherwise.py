"""Wordings that sound like a finding and are none: a likeness, a habit, another part, another time."""

from __future__ import annotations

from hickam.intake.scene import LEG, PLURAL, RELIEF, Scene
from hickam.intake.statements import Statement
from hickam.intake.words import stem_set

HELPS = RELIEF | stem_set("help sort ease eases easier fix trick works better stretch")
IMAGE = stem_set("ray rays xray radiograph film mri scan ct ultrasound")


def grows(scene: Scene, s: Statement) -> bool:
    """The growing pains of childhood do not grow."""
    return scene.tokens[s.hi].text.lower() == "pains"


def likened(scene: Scene, s: Statement) -> bool:
    """'It felt like running a marathon', 'like I've run a race': nobody ran; 'hurts like mad when I run' is none of
    these."""
    before = [w for w in scene.stems[max(0, s.lo - 3) : s.lo] if w not in ("i", "have", "he", "she")]
    return before[-1:] == ["like"]


def compared_to(scene: Scene, s: Statement) -> bool:
    """'Like a small bruise', 'it hit my calf like a hot stone': neither bruised nor hot."""
    return "like" in scene.stems[max(0, s.lo - 3) : s.hi]


def weight_not_borne(scene: Scene, s: Statement) -> bool:
    """'I can't bear weight on it' tells of the leg, not of pain past bearing."""
    if s.said == "absent":
        return scene.near_symptom(s.lo, 5) == 999
    return scene.stems[s.hi] == "bear" and "weight" in scene.stems[s.hi + 1 : s.hi + 4]


EVERYWHERE = stem_set("all over everywhere every whole body diffuse generalised generalized widespread")


def in_one_muscle(scene: Scene, s: Statement) -> bool:
    """'Severe muscle pain in my leg', 'one thigh muscle hurts': not all over."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    around = range(max(lo, s.lo - 2), min(hi, s.hi + 4) + 1)
    single = any(scene.stems[i] in LEG and scene.tokens[i].text.lower() not in PLURAL for i in around)
    return single and EVERYWHERE.isdisjoint(scene.stems[i] for i in around)


def on_one_foot(scene: Scene, s: Statement) -> bool:
    """'I can't walk on that foot', 'the toes on both feet', 'push down on my feet': no day on one's feet."""
    if {scene.stems[i] for i in s.used} != {"on", "foot"}:
        return False
    around = [t.text.lower() for t in scene.tokens[max(0, s.lo - 3) : s.hi + 6]]
    return "foot" in around or LONG_STOOD.isdisjoint(around)


LONG_STOOD = frozenset(["been", "being", "all", "long", "hours", "time", "day", "lot", "stretch", "much", "while"])


LESS = HELPS | stem_set("down goes gone less elevate better fades disappears comfortable")


def feet_just_up(scene: Scene, s: Statement) -> bool:
    """'When I put my feet up I saw how big the leg was' tells no relief."""
    if s.said == "absent" or "up" not in scene.stems[s.lo : s.hi + 1]:
        return False
    said = {scene.stems[i] for i in scene.around(s.lo)}
    return LESS.isdisjoint(said) and "saw" in {t.text.lower() for t in scene.tokens[s.hi + 1 : s.hi + 4]}


def of_a_muscle(scene: Scene, s: Statement) -> bool:
    """'The muscle got weak and thin': wasting, no loss of weight."""
    lo, _ = scene.bounds[scene.context.clause[s.lo]]
    return not {"muscl", "thigh", "calf", "leg"}.isdisjoint(scene.stems[max(lo, s.lo - 4) : s.hi + 1])


def no_night(scene: Scene, s: Statement) -> bool:
    """'I woke up one morning with a sore leg', 'spent two days in bed': no attack at night; a cramp on waking is."""
    before = {t.text.lower() for t in scene.tokens[max(0, s.lo - 2) : s.lo]}
    own = [t.text.lower() for t in scene.tokens[s.lo : s.hi + 1]]
    after = [t.text.lower() for t in scene.tokens[s.hi + 1 : s.hi + 2]]
    if s.said == "absent" or own == ["keeping", "up"]:
        return s.said != "absent" or "down" in before.union(own)  # 'it doesn't go down at night'
    if any(scene.stems[i] == "cramp" for i in scene.around(s.lo, 1, 1)):
        return False
    if own[-1] == "bed" and not before.isdisjoint(["day", "days", "week", "weeks"]):
        return True
    return "woke" in own and ("morning" in own + after or after == ["feeling"])


def of_breath(scene: Scene, s: Statement) -> bool:
    """'Trouble breathing when lying down' is no leg at rest."""
    return not {"breath", "breathe", "breathless"}.isdisjoint(scene.stems[max(0, s.lo - 4) : s.lo])


def back_of_the_body(scene: Scene, s: Statement) -> bool:
    """'From my lower back down my left leg' names no back of the leg."""
    at = next((i for i in s.used if scene.stems[i] == "back"), None)
    return at is not None and ("lower" in scene.stems[at - 1 : at] or "down" in scene.stems[at + 1 : at + 2])


TESTS = IMAGE | stem_set("scan doppler duplex uss sonogram venogram dimer tested checked excluded negative imaging")


def no_test_named(scene: Scene, s: Statement) -> bool:
    """'The doctor felt it and said it wasn't a clot': no scan has excluded one."""
    near = {scene.stems[i] for i in scene.around(s.lo, 1, 1)}
    told = any(scene.stems[i] == "clot" for i in s.used)  # a note's 'No DVT' is the clinician's own finding
    return told and s.said == "absent" and TESTS.isdisjoint(near) and "us" not in near


def only_stretched(scene: Scene, s: Statement) -> bool:
    """'I have been stretching the calf' and 'walking down off the tee' tell of no relief."""
    used = {scene.stems[i] for i in s.used}
    if "off" in used and "down" in scene.stems[s.lo : s.hi]:
        return True
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    return used <= {"stretch", "calf", "foot"} and (HELPS - {"stretch"}).isdisjoint(scene.stems[lo : hi + 1])


ELSEWHERE = stem_set("hip abdominal abdomen renal knee joint thyroid pelvic pelvis shoulder breast kidney liver")


def of_another_scan(scene: Scene, s: Statement) -> bool:
    """'Hip and abdominal ultrasound normal' has looked at no vein of the leg."""
    return s.said == "absent" and not ELSEWHERE.isdisjoint(scene.stems[max(0, s.lo - 4) : s.lo])


MOVED = stem_set("movement rom range flexion rotation extension abduction power movements strength")
SQUEEZED = stem_set("achilles test calf thompson simmonds")


def no_quality(scene: Scene, s: Statement) -> bool:
    """'Hip movements full', 'power and grip', 'an Achilles squeeze': words of an examination."""
    text = scene.tokens[s.lo].text.lower()
    before = scene.stems[max(0, s.lo - 4) : s.lo]
    if s.lo != s.hi:
        return False
    if scene.stems[s.lo] == "squeez":
        return not SQUEEZED.isdisjoint(before) or _by_a_hand(scene, s)
    if scene.stems[s.lo] == "drag":
        return scene.stems[s.hi + 1 : s.hi + 2] == ["it"]
    return (text == "full" and before[-1:] != ["feel"]) or (text == "grip" and not MOVED.isdisjoint(before))


HANDS = stem_set("i you if when to they we")
WHAT = stem_set("the it my his her this that")


def _by_a_hand(scene: Scene, s: Statement) -> bool:
    """'If I squeeze it', 'squeezing the sides of the heel': done to the leg, not felt in it."""
    return not HANDS.isdisjoint(scene.stems[s.lo - 1 : s.lo]) or not WHAT.isdisjoint(scene.stems[s.hi + 1 : s.hi + 2])


def legs_out_of_bed(scene: Scene, s: Statement) -> bool:
    """'When I swing my legs out of bed' is getting up, no leg hung down for relief."""
    return not stem_set("swing swung get getting put").isdisjoint(scene.stems[max(0, s.lo - 2) : s.lo])


BONE = stem_set("shin tibia tibial bone leg")


def spot_of_another_part(scene: Scene, s: Statement) -> bool:
    """'I can put my finger on the spot, above the heel', 'one spot in the calf': no spot on the shin bone."""
    own = {scene.stems[i] for i in s.used}
    here = {scene.stems[i] for i in scene.around(s.lo, 1, 1)}
    return s.said == "present" and BONE.isdisjoint(own) and BONE.isdisjoint(here) and not LEG.isdisjoint(here)


FELT = stem_set(
    "numb numbness tingling tingles burning burns dead feeling feel pins sting stinging prickling sensation pinprick "
    "touch hypoaesthesia hypaesthesia hypoesthesia sensory dysaesthesia"
)


def no_feeling_named(scene: Scene, s: Statement) -> bool:
    """'An ache outside of my thigh' is a place; 'numb outside of my thigh' is feeling lost there."""
    return s.said == "present" and FELT.isdisjoint(scene.stems[i] for i in scene.around(s.lo))


SKIN = stem_set("skin patch eczema stain staining rash ankle shin bruise")
URINE = stem_set("urine pee wee peed weed piss water toilet loo passing urinate")


def of_the_skin(scene: Scene, s: Statement) -> bool:
    """'A patch above the ankle the colour of tea' is no dark urine."""
    here = {scene.stems[i] for i in scene.around(s.lo)}
    return s.said == "present" and not SKIN.isdisjoint(here) and URINE.isdisjoint(here)


LIMB_BENT = stem_set("toe toes foot knee ankle leg elbow it")
OTHER_SEAT = stem_set("cross crossed without still")


def sits_otherwise(scene: Scene, s: Statement) -> bool:
    """'Worst when I get up after sitting', 'can't sit cross-legged', 'when I bend my toes'."""
    before = set(scene.stems[max(0, s.lo - 3) : s.hi])
    rising = "up" in before and not before.isdisjoint(["get", "stand"])
    bent = scene.stems[s.hi] == "bend" and not LIMB_BENT.isdisjoint(scene.stems[s.hi + 1 : s.hi + 3])
    other_seat = not OTHER_SEAT.isdisjoint(scene.stems[s.lo + 1 : s.hi + 6])
    return rising or bent or (s.said == "present" and other_seat)


def on_one_heel(scene: Scene, s: Statement) -> bool:
    """'I am walking on my heel' spares the toes; 'walks on his heels' is a test of power."""
    return s.said == "absent" and "heel" in {t.text.lower() for t in scene.tokens[s.lo : s.hi + 1]}
