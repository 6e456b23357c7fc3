"""Where the words of an examination or a test mean another thing than a complaint, or are of another part."""

from __future__ import annotations

from hickam.intake.scene import LEG, Scene
from hickam.intake.statements import Statement
from hickam.intake.words import stem_set

WEAK_PARTS = frozenset(["weak_quadriceps", "weak_dorsiflexion_big_toe", "weak_plantarflexion"])
LOST_PULSES = frozenset(["absent_femoral_pulse", "absent_popliteal_pulse", "absent_pedal_pulses"])
GRIP = stem_set("strength power weak weakness full normal")
ACHES = stem_set("pain pains painful ache aches aching stiff stiffness sore soreness hurts myalgia discomfort tender")
PULSES = stem_set("pulse pulses dp pt femoral popliteal radial")
SUNK = stem_set("reflex reflexes jerk jerks fragment fracture plateau skull sternum segment")
"""What is depressed without being sad: a tendon reflex, a broken bone, the ST segment."""
DIZZY = stem_set("dizzy dizziness lightheaded headedness faint syncope giddy palpitations hypotension pressure")
"""What standing brings on besides a pain in the leg."""
BELLY = stem_set("abdomen abdominal belly paraspinal trunk back stomach")
BOWEL = stem_set("diarrhoea constipation bowel bowels loose")
LIMB_LOST = LEG | stem_set("pulse pulses pulseless pulselessness cold coldness paraesthesia paralysis")
"""Where one of these is told too, pallor is of the leg and not of the face."""
OTHER_REFLEX = stem_set("abdominal biceps triceps supinator arm arms upper cremasteric corneal gag brachioradialis")
ANOTHER_ARTERY = stem_set("subclavian carotid renal temporal abdominal orbital")


def strong_elsewhere(scene: Scene, s: Statement) -> bool:
    """'Quadriceps 1/5; adductors and foot full strength', 'power 5/5 except EHL 4/5': a part is weak all the same."""
    return s.said == "absent" and any(o.id in WEAK_PARTS and o.said == "present" for o in scene.statements)


def felt_elsewhere(scene: Scene, s: Statement) -> bool:
    """'Right popliteal and dorsalis pedis absent; left leg pulses 2+': pulses are lost all the same."""
    return s.said == "absent" and any(o.id in LOST_PULSES and o.said == "present" for o in scene.statements)


def grip_strength(scene: Scene, s: Statement) -> bool:
    """'Grip 3/5' is the strength of a hand, no pain that grips."""
    return scene.stems[s.lo] == "grip" and any(
        t.kind == "n" or t.stem in GRIP for t in scene.tokens[s.hi + 1 : s.hi + 3]
    )


def no_word_of_pain(scene: Scene, s: Statement) -> bool:
    """'Shoulder and hip girdles 2/5' are weak, not painful."""
    around = scene.around(s.lo)
    return "5" in {scene.stems[i] for i in around} and ACHES.isdisjoint(scene.stems[i] for i in around)
