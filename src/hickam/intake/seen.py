"""What is told of a leg by adjectives: 'the leg is cold and white', 'white toes', 'leg cold, pale, numb'.

A pack phrase names one sign; here every adjective of a list is given to the leg it belongs to. Only plain statements
count: what is denied, past, feared or of a relative is left to the phrases.
"""

from __future__ import annotations

from hickam.intake.flags import ASKED, NEG, PAST
from hickam.intake.scene import VOIDING, Scene
from hickam.intake.statements import Statement
from hickam.intake.words import stem, stem_set

LIMB = frozenset(["leg", "calf", "foot", "limb", "shin", "thigh", "toe", "toes", "ankle"])
"""One limb. 'Cold feet' are common; one cold foot is not."""
SAYS = {
    "cold": "cool_leg",
    "cool": "cool_leg",
    "icy": "cool_leg",
    "freezing": "cool_leg",
    "white": "pale_leg",
    "pale": "pale_leg",
    "pallid": "pale_leg",
    "blue": "mottled_cyanotic",
    "purple": "mottled_cyanotic",
    "mottled": "mottled_cyanotic",
    "dusky": "mottled_cyanotic",
    "red": "leg_redness",
    "scarlet": "leg_redness",
    "crimson": "leg_redness",
    "hot": "leg_warmth",
    "numb": "numbness_feet",
}
FEET = frozenset(["foot", "toe", "toes"])
SIGN = {stem(word): id for word, id in SAYS.items()}
OTHER_SIGNS = stem_set("swollen puffy tender painful sore hard tight tense weak stiff heavy throbbing pulseless shiny")
LINKS = stem_set("""
    is was are has have had been gone go went turned turning turn looks look looked feels feel felt became become now
    and very so a bit really quite all both stone ice rock bright suddenly completely more it also rather slightly
""")
BETWEEN = stem_set("pain ache ago hour hours h hr hrs day days without pulse pulses")
"""'Leg pain 3h ago, cold, pale', 'leg without pulse, cold': what may stand before the list."""
MAY_FOLLOW = stem_set("""
    and but to on in at with since for below from compared than now when after as down up or so below over all it i
    this since yesterday today again too like because while at by
""")
REACH = 9
"""Tokens looked at on from the limb."""


def told_of_the_leg(scene: Scene) -> list[Statement]:
    """The signs that adjectives after or before a limb name."""
    out: list[Statement] = []
    for i, t in enumerate(scene.tokens):
        if t.text.lower() in LIMB:
            out.extend(_after(scene, i))
            out.extend(_before(scene, i))
    return out


def _plain(scene: Scene, at: int) -> bool:
    return not scene.context.flags[at] & (VOIDING | NEG | PAST | ASKED)


def _sign(scene: Scene, at: int, limb: int) -> Statement | None:
    id = SIGN.get(scene.stems[at], "")
    if not scene.has(id) or not _plain(scene, at) or not _plain(scene, limb):
        return None
    if id == "numbness_feet" and scene.tokens[limb].text.lower() not in FEET:
        return None
    if id == "cool_leg" and scene.tokens[limb].text.lower() == "toes":
        return None
    lo, hi = min(at, limb), max(at, limb)
    return scene.make(id, lo, hi)


def _after(scene: Scene, limb: int) -> list[Statement]:
    out = []
    clause = scene.context.sentence[limb]
    for i in range(limb + 1, min(len(scene.stems), limb + 1 + REACH)):
        s = scene.stems[i]
        if scene.context.sentence[i] != clause:
            break
        if s in SIGN:
            nxt = scene.tokens[i + 1] if i + 1 < len(scene.tokens) else None
            ends = nxt is None or nxt.kind == "p" or nxt.stem in MAY_FOLLOW or nxt.stem in SIGN
            if not ends:
                break
            found = _sign(scene, i, limb)
            if found is not None:
                out.append(found)
        elif s != "," and not s.isdigit() and s not in LINKS and s not in OTHER_SIGNS and s not in BETWEEN:
            break
    return out


def _before(scene: Scene, limb: int) -> list[Statement]:
    out = []
    for i in range(limb - 1, max(-1, limb - 6), -1):
        s = scene.stems[i]
        if s in SIGN:
            found = _sign(scene, i, limb)
            if found is not None:
                out.append(found)
        elif s not in ("and", ",", "left", "right", "swollen", "painful", "big", "lower"):
            break
    return out
