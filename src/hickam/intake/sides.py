"""Which leg: one side named with the complaint, both, or a part told of in the singular."""

from __future__ import annotations

from hickam.intake.flags import ASKED, NEG, PAST
from hickam.intake.particular import MEASURED
from hickam.intake.scene import EXAM, LEG, PLURAL, VOIDING, Scene, called_own, exam_clause
from hickam.intake.statements import SIDES, Statement, is_side
from hickam.intake.words import stem_set

PART = LEG | stem_set("groin glute bum sole hamstring quad gastroc soleus arch")
"""Where 'left' and 'right' make a complaint one-sided."""
ABOVE = frozenset(["arm", "hand", "lung", "base", "iliac", "carotid", "sternal", "axi", "upper", "eye", "wrist"])


def laterality(scene: Scene) -> list[Statement]:
    """One side named with the complaint and never the other: one leg. 'Both calves', 'bilateral': both legs."""
    marks = _marks(scene, hurting=True) or _marks(scene, hurting=False)
    plural = next(
        (
            i
            for i, t in enumerate(scene.tokens)
            if t.text.lower() in PLURAL
            and not scene.context.flags[i] & (VOIDING | NEG | PAST)
            and scene.near_symptom(i, 5) <= 5
            and not exam_clause(scene, i)
            and not _one_limb(scene, i)
        ),
        None,
    )
    if plural is not None and not marks:
        # nobody denied it: counted, and written nowhere as if it had been said
        return [scene.make("unilateral", plural, plural, "absent")._replace(how="implied")]
    if "both" not in marks and {"left", "right"} <= set(marks) and _of_two_complaints(scene, marks):
        return []
    if "both" in marks or {"left", "right"} <= set(marks):
        lo, hi = marks.get("both") or marks["left"]
        return [scene.make("bilateral", lo, min(hi, len(scene.tokens) - 1), side="both")]
    for side in ("left", "right"):
        if side in marks:
            lo, hi = marks[side]
            return [scene.make("unilateral", lo, min(hi, len(scene.tokens) - 1), side=SIDES[side])]
    return _of_one_part(scene)


def _marks(scene: Scene, *, hurting: bool) -> dict[str, tuple[int, int]]:
    """The sides named with a part of the leg that hurts, or, where none does, with the first part called one's own."""
    marks: dict[str, tuple[int, int]] = {}
    for i, s in enumerate(scene.stems):
        if s in SIDES and is_side(scene.tokens, i):
            part = _part_named(scene, i, hurting)
            if part is not None:
                marks.setdefault(SIDES[s], (i, i + 1 + part))
                if not hurting:
                    break
    return marks


def _part_named(scene: Scene, i: int, hurting: bool) -> int | None:
    """How far after a word of side the part of the leg stands that hurts on this side; None where it tells of none."""
    s = scene.stems[i]
    if scene.context.flags[i] & (VOIDING | NEG | PAST | ASKED):
        return None
    lo, hi = scene.bounds[scene.context.clause[i]]
    if i and scene.stems[i - 1] in ("than", "with", "versus", "v", "other", ">", "<") and s != "both":
        return None
    words = scene.stems[max(lo, i - 4) : min(hi, i + 6) + 1]
    reach = scene.stems[i + 1 : min(hi, i + 4) + 1]
    if "cm" in scene.stems[i + 1 : i + 5] or not MEASURED.isdisjoint(scene.stems[max(lo, i - 2) : i]):
        return None  # 'left calf 38 cm, right calf 34 cm', 'measured both calves': says nothing of where it hurts
    leg = next((k for k, w in enumerate(reach) if w in PART), None)
    arm = next((k for k, w in enumerate(reach) if w in ABOVE), 99)
    if s == "both" and reach[:1] == ["side"]:
        if len(scene.around(i)) <= 3 and scene.symptoms:
            return 0  # 'My thighs ache. Both sides.'
        if scene.near_symptom(i, 5) <= 5:
            leg = 0  # 'claudication on both sides'
    if leg is None and not set(scene.stems[max(lo, i - 5) : i]) & PART:
        return None
    if (leg is not None and arm < leg) or set(words) & EXAM or {"replacement", "normal"} & set(words):
        return None
    at_all = leg is not None and called_own(scene, i + 1, i + 1 + leg)
    if not (scene.near_symptom(i, 14) < 999 or _leg_sign(scene, i) if hurting else at_all):
        return None
    return None if s != "both" and _only_more(scene, i) else leg or 0


def _of_two_complaints(scene: Scene, marks: dict[str, tuple[int, int]]) -> bool:
    """'I'd twisted my right knee. Then a dull ache in my left calf': two parts in two sentences."""
    sentences = {scene.context.sentence[lo] for lo, _ in marks.values()}
    parts = {next((w for w in scene.stems[lo : lo + 4] if w in LEG), "leg") for lo, _ in marks.values()}
    return len(sentences) > 1 and len(parts) > 1 and "leg" not in parts


ONE_PART = frozenset(["foot", "heel", "thigh", "knee", "hip", "shin", "ankle", "groin"])
OWN = frozenset(["my", "his", "her", "one", "the"])


def _of_one_part(scene: Scene) -> list[Statement]:
    """'Pain along the sole of his foot': one foot, where no leg is spoken of in the plural. Of a cramp it says nothing:
    'cramp in my thigh' may be of either."""
    texts = [t.text.lower() for t in scene.tokens]
    if not PLURAL.isdisjoint(texts) or {"both", "either", "each"} & set(texts) or "cramp" in scene.stems:
        return []
    for i, text in enumerate(texts):
        told = text in ONE_PART and i and texts[i - 1] in OWN and not scene.context.flags[i] & (VOIDING | NEG | PAST)
        if told and scene.near_symptom(i, 8) <= 8 and not exam_clause(scene, i):
            return [scene.make("unilateral", i, i)._replace(how="implied")]
    return []


MORE_HERE = stem_set("mainly mostly especially particularly chiefly predominantly")
LESS_THERE = stem_set("worse more worst")


def _only_more(scene: Scene, side: int) -> bool:
    """'My legs ache, mainly the right', 'each calf, the right worse': the other leg has it too."""
    before = scene.stems[max(0, side - 3) : side]
    after = scene.stems[side + 1 : side + 4]
    compared = not MORE_HERE.isdisjoint(before) or not LESS_THERE.isdisjoint(after) or before[-2:] == ["worse", "on"]
    sentence = scene.context.sentence[side]
    return compared and any(
        (t.text.lower() in PLURAL or t.stem in ("both", "each")) and scene.context.sentence[i] == sentence
        for i, t in enumerate(scene.tokens[:side])
    )


def _one_limb(scene: Scene, at: int) -> bool:
    """'My leg went to sleep when I crossed my legs': the complaint was of one leg before the legs were named."""
    return any(
        scene.tokens[i].text.lower() in ("leg", "calf", "thigh", "foot", "shin")
        and i
        and scene.tokens[i - 1].text.lower() in ("my", "his", "her", "one")
        and scene.near_symptom(i, 4) <= 4
        for i in range(at)
    )


def _leg_sign(scene: Scene, i: int) -> bool:
    """Whether a patient finding or an injury is present in the clause of a token."""
    return any(
        s.said == "present"
        and s.kind == "finding"
        and (scene.vocabulary.findings[s.id].about == "patient" or s.id in ("after_injury", "recent_leg_trauma"))
        for s in scene.by_clause.get(scene.context.clause[i], [])
    )
