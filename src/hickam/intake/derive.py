"""Findings that follow from how words stand together rather than from one phrase: place, side, time, distance, relief.

Every rule names the finding ids it can set and is inert when the pack has none of them. Rules see tokens, their
context and the statements already read, and return new statements with ``how='derived'``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from hickam.intake import cues
from hickam.intake.attacks import duration, frequency, relief_time, small_hours, stiffness
from hickam.intake.compared import arm_leg_gap
from hickam.intake.events import births
from hickam.intake.exertion import at_sport
from hickam.intake.flags import ASKED, FAMILY, LAPSED, NEG, PAST
from hickam.intake.numbers_in_words import periods, read_number
from hickam.intake.particular import goes_elsewhere
from hickam.intake.scene import RELIEF, REST, VOIDING, Scene
from hickam.intake.seen import told_of_the_leg
from hickam.intake.sides import laterality
from hickam.intake.statements import Statement
from hickam.intake.times import onset
from hickam.intake.words import stem_set
from hickam.model.case import Span

DISTANCE = stem_set("m metr meter yard yd block mile km kilometer street step pac lamppost feet")
FAMILY_HISTORY: dict[str, tuple[str, ...]] = {
    "thrombophilia_family_vte": (
        "deep_vein_thrombosis",
        "pulmonary_embolism",
        "previous_dvt_pe",
        "superficial_vein_thrombosis",
    ),
    "family_cramps": ("quality=cramp", "idiopathic_nocturnal_leg_cramps", "muscle_cramps_widespread"),
    "family_rls": ("restless_legs_syndrome", "quality=urge_to_move"),
    "family_thyroid": ("hyperthyroidism", "hypothyroidism", "goitre"),
    "family_pad_cvd": ("peripheral_artery_disease", "coronary_or_stroke_history", "abdominal_aortic_aneurysm"),
    "family_neuromuscular": (
        "motor_neurone_disease",
        "charcot_marie_tooth",
        "mcardle_disease",
        "myotonic_dystrophy",
        "myotonia_congenita",
        "becker_muscular_dystrophy",
        "mitochondrial_myopathy",
        "kennedy_disease",
        "familial_periodic_paralysis",
    ),
}
"""Which risk finding a relative's condition or symptom stands for."""

PAST_FACT = {"deep_vein_thrombosis": "previous_dvt_pe", "pulmonary_embolism": "previous_dvt_pe"}
"""Which risk finding a condition of the past stands for."""


def derive(scene: Scene, kept: Sequence[Statement]) -> list[Statement]:
    """All derived statements; ``kept`` are those of the scene that count."""
    times = periods(scene.tokens)
    out: list[Statement] = []
    for rule in (onset, duration, relief_time, stiffness, births):
        out.extend(rule(scene, times))
    for simple in (
        _relief,
        _goes_on,
        frequency,
        small_hours,
        _distance,
        laterality,
        _relatives,
        _past_facts,
        _arm_leg,
        told_of_the_leg,
        _wakes_constant,
        _many_tablets,
        _runs,
        _no_longer_only,
        _crack,
        at_sport,
    ):
        out.extend(simple(scene))
    told = {s.id for s in kept if s.said == "present" and s.how == "phrase"}
    if told & {"unilateral", "bilateral", "alternating_sides"}:
        out = [s for s in out if s.id not in ("unilateral", "bilateral")]
    return [s for s in out if scene.has(s.id)]


def _wakes_constant(scene: Scene) -> list[Statement]:
    """Pain that is always there and wakes from sleep, told in one sentence."""
    always = [s for s in scene.statements if s.id == "constant_pain" and s.said == "present"]
    for s in always:
        sentence = scene.context.sentence[s.lo]
        for i, stem in enumerate(scene.stems):
            if (
                stem == "wake"
                and scene.context.sentence[i] == sentence
                and not scene.context.flags[i] & (VOIDING | NEG)
            ):
                return [scene.make("night_pain_wakes_constant", min(s.lo, i), max(s.hi, i))]
    return []


RUNNER = re.compile(
    r"\b(?:my|every|each|long|longer|training|evening|morning|daily|tempo) runs?\b"
    r"|\b(?:miles?|km|k|mins?|minutes)(?: or so)? (?:of (?:a )?run(?:ning)?|into (?:a|my|the) (?:run|jog))\b"
    r"|\bI(?:['’]ve| have)? (?:been )?run(?:ning)? (?:for|since) (?:\w+ )?(?:years?|months?)\b"
    r"|\bI run (?:a fair bit|a lot|most days|every|\w+ times|\w+ miles|regularly)\b|\bmy (?:half )?marathon\b",
    re.I,
)
"""Words of somebody who runs as a sport; 'when I run for the bus' is none."""


def _runs(scene: Scene) -> list[Statement]:
    """'After a mile or so of running', 'at the start of every run': a runner, whose legs have a runner's troubles."""
    if any(s.id == "endurance_athlete" and s.said in ("present", "absent") for s in scene.statements):
        return []
    return _worded(scene, RUNNER, "endurance_athlete", VOIDING | NEG | PAST | ASKED)


def _worded(scene: Scene, pattern: re.Pattern[str], id: str, void: int = VOIDING) -> list[Statement]:
    """The first words of a pattern as a finding, unless one of them has a flag of ``void``: a relative's, a worry."""
    found = pattern.search(scene.text)
    used = [i for i, t in enumerate(scene.tokens) if found and found.start() <= t.start < found.end()]
    if not used or any(scene.context.flags[i] & void for i in used):
        return []
    return [scene.make(id, used[0], used[-1])]


ONCE_ONLY = re.compile(
    r"\b(?:used to|at first|to begin with|to start with|originally|initially|started off|started out|began)\b"
    r"[^.;!?]{0,40}\b(?:only|just|every (?:few|couple|month|year)|once in|now and (?:then|again)|occasional(?:ly)?|"
    r"the odd|after (?:a )?long|at mile|on (?:hot|bad) days)\b[^.;!?]{0,60}[.;]?[^.;!?]{0,10}\bnow\b"
    r"(?![^.;!?]{0,50}\b(?:better|less|fine|gone|rarely|only|can|manage|stopped|improved)\b)",
    re.I,
)


def _no_longer_only(scene: Scene) -> list[Statement]:
    """'It used to come only at mile five, now it hurts walking to the bus': it has got worse."""
    return _worded(scene, ONCE_ONLY, "progressive", VOIDING & ~LAPSED)


CRACK = re.compile(r"[.!,;] (?:and |then |suddenly )*(?:crack|bang|pop|snap|ping|twang)[.!,](?!\w)", re.I)


def _crack(scene: Scene) -> list[Statement]:
    """'Sprinting for the train. Crack. Went down': a word that is a sentence."""
    return _worded(scene, CRACK, "pop_or_snap")


TABLETS = stem_set("tablet pill capsule tab")
OVER_TIME = stem_set("day week month year daily weekly course over since night prescribed supply")
MANY = 10
"""Tablets at one time; no medicine of the pack is taken so."""


def _many_tablets(scene: Scene) -> list[Statement]:
    """'I took 60 quinine tablets', 'swallowed twenty pills': ten or more at once, not a course or a strength."""
    for i, s in enumerate(scene.stems):
        if s not in TABLETS or scene.context.flags[i] & (VOIDING | NEG | PAST | ASKED):
            continue
        number = next(
            (x for x in (read_number(scene.tokens, j) for j in range(max(0, i - 4), i)) if x is not None), None
        )
        if (
            number is None
            or number.value < MANY
            or scene.stems[number.hi + 1] in ("mg", "mcg", "microgram", "g", "unit")
        ):
            continue
        lo, hi = scene.bounds[scene.context.clause[i]]
        swallowed = {"take", "swallow"} & set(scene.stems[max(lo, number.lo - 3) : number.lo])
        if swallowed and OVER_TIME.isdisjoint(scene.stems[i + 1 : hi + 1]):
            return [scene.make("medicine_overdose", number.lo, i)]
    return []


REST_AS_A_NOUN = frozenset(["at", "the", "bed", "have", "forc", "frequent", "on", "failed"])
"""Before it: 'at rest', 'the rest', 'have to stop'."""
STOPS_ANOTHER = frozenset(["of", "smok", "tak", "take", "abi", "it", "treatment", "year", "pulse", "puls", "pain"])
"""After it: 'stop smoking', 'rest pain', 'the rest of'."""
WHO_STOPS = frozenset(["i", "he", "she", "on", "of", "when", "if", "after", "by", "you", "with", "to", "and"])


def _relief(scene: Scene) -> list[Statement]:
    """A word of relief and a word of rest within eight words: 'stops when I rest', 'if I rest it goes'."""
    for i, s in enumerate(scene.stems):
        if s not in REST or scene.tokens[i].kind != "w" or not scene.symptoms or not _rests(scene, i):
            continue
        sentence = scene.around(i)
        window = [j for j in range(max(sentence[0], i - 8), min(sentence[-1] + 1, i + 7)) if j != i]
        hit = next((j for j in window if _eases(scene, j)), None)
        if hit is None or scene.context.flags[i] & VOIDING:
            continue
        denied = any(scene.stems[j] in ("no", "not", "without", "never") for j in window if hit - 3 <= j < hit)
        return [scene.make("rest_relief", min(i, hit), max(i, hit), "absent" if denied else "present")]
    return []


def _rests(scene: Scene, i: int) -> bool:
    """Whether a word of rest is something the patient does: not 'at rest', 'stop smoking', 'the rest of the leg'."""
    previous = scene.stems[i - 1] if i else ""
    following = scene.stems[i + 1] if i + 1 < len(scene.stems) else ""
    if previous in REST_AS_A_NOUN or following in STOPS_ANOTHER:
        return False
    return scene.stems[i] != "stop" or previous in WHO_STOPS


def _eases(scene: Scene, j: int) -> bool:
    """Whether a word says that it eases: 'goes', not 'to go'; 'stops', not 'stopped'."""
    s, text = scene.stems[j], scene.tokens[j].text.lower()
    if s not in RELIEF or goes_elsewhere(scene, j):
        return False
    return text in ("goes", "went", "gone") if s == "go" else s != "stop" or text in ("stop", "stops")


GOES_ON = re.compile(
    r"\b(?:stop|stops|stand|stands|rest|rests|pause|pauses|halt)\b[^.;!?]{0,40}"
    r"\b(?:minutes?|mins?|moment|bit|while|seconds?)\b[^.;!?]{0,20}\b(?:then|before|and)\b[^.;!?]{0,20}"
    r"\b(?:off (?:i|we|he|she) goe?s?|go(?:es)? on|go again|carry on|carries on|set off|walk on|continue|start again|"
    r"get going|keep going|on (?:my|his|her) way)\b(?! (?:sleep|to sleep))",
    re.I,
)


WAITS = re.compile(
    r"\b(?:stop|stops|rest|rests|stand still|sit down|pause|pauses)\b[^.;!?]{0,30}\b(?:wait|until|till)\b"
    r"[^.;!?]{0,50}\b(?:go|goes|eases?|pass|passes|leaves?|settles?|stops?|subsides?|disappears?|wears? off)\b",
    re.I,
)
"""'I have to stop and wait for the pain to go'."""


def _goes_on(scene: Scene) -> list[Statement]:
    """'I stand for a couple of minutes, then off I go again': it comes on walking and eases with rest."""
    found = GOES_ON.search(scene.text) or WAITS.search(scene.text)
    if found is None:
        return []
    used = [i for i, t in enumerate(scene.tokens) if t.start >= found.start() and t.end <= found.end()]
    sentence = scene.context.sentence[used[0]]
    if any(scene.context.flags[i] & VOIDING for i in used) or not any(
        abs(scene.context.sentence[k] - sentence) <= 1 for k in scene.symptoms
    ):
        return []
    return [scene.make(name, used[0], used[-1]) for name in ("rest_relief", "on_exertion")]


def _distance(scene: Scene) -> list[Statement]:
    """'after two blocks', 'less than 100 m', 'begins after walking half a mile': fixed distance, up to 3 km."""
    out = []
    metres = {"mile": 1609, "km": 1000, "kilometer": 1000, "block": 100, "street": 100}
    for i, s in enumerate(scene.stems):
        if s not in DISTANCE or not i or scene.tokens[i].text == "M":
            continue  # '61 M' is an age
        number = next(
            (
                x
                for x in (read_number(scene.tokens, j) for j in range(max(0, i - 4), i))
                if x is not None and x.hi == i - 1
            ),
            None,
        )
        if number is None or scene.context.flags[i] & VOIDING:
            continue
        if number.value * metres.get(s, 1) > 3000 or (s == "m" and number.value < 10):
            continue
        before = scene.stems[max(0, number.lo - 5) : number.lo]
        sentence = scene.context.sentence[i]
        if not any(scene.context.sentence[k] == sentence for k in scene.symptoms):
            continue
        if (
            not {"after", "at", "within"}.isdisjoint(before)
            or ("walk" in before and "then" in scene.stems[i + 1 : i + 3])
            or ("walk" in before and set(before) & {"only", "about", "can", "than", "beyond"})
            or "than" in before
            or (before[-1:] == ["walk"] and not scene.told.isdisjoint(range(number.lo - 5, number.lo)))
        ):
            out.append(scene.make("fixed_walking_distance", number.lo, i))
            out.append(scene.make("on_exertion", number.lo, i))
    return out[:2]


def _relatives(scene: Scene) -> list[Statement]:
    """A relative's condition or symptom as the family finding that stands for it; 'the same' means the complaint."""
    out = []
    for s in scene.statements:
        if s.said == "family" and _of_the_family(scene, s.lo):
            for target, ids in FAMILY_HISTORY.items():
                if s.id in ids or f"{s.id}={s.value}" in ids:
                    out.append(scene.make(target, s.lo, s.hi))
    told = {s.value for s in scene.statements if s.id == "quality" and s.said == "present"}
    shared = "family_cramps" if "cramp" in told else "family_rls" if "urge_to_move" in told else ""
    for i, stem in enumerate(scene.stems):
        if shared and stem in ("same", "too") and scene.context.flags[i] & FAMILY and not scene.context.flags[i] & NEG:
            out.append(scene.make(shared, i, i))
    return out


def _of_the_family(scene: Scene, at: int) -> bool:
    """Whether it is told of the family: the neighbour's clot is no family history."""
    sentence = scene.context.sentence
    lo, hi = bisect_left(sentence, sentence[at]), bisect_right(sentence, sentence[at])
    people = cues.FAMILY.intersection(scene.stems[lo:hi])
    return not people or not people <= cues.NOT_KIN


def _past_facts(scene: Scene) -> list[Statement]:
    """A condition of the past as the risk finding it stands for."""
    return [
        scene.make(PAST_FACT[s.id], s.lo, s.hi)
        for s in scene.statements
        if s.kind in ("condition", "mention")
        and s.id in PAST_FACT
        and s.said != "family"
        and s.said == "present"
        and (scene.context.flags[s.lo] & PAST or scene.stems[max(0, s.lo - 3) : s.lo][-1:] == ["history"])
    ]


def _arm_leg(scene: Scene) -> list[Statement]:
    span = arm_leg_gap(scene.text)
    if span is None:
        return []
    return [Statement("finding", "arm_leg_pressure_gap", "", "present", span, 0, 0, (), "", "measurement")]


def no_medicines(scene: Scene, phrases: Iterable[str] = cues.NO_MEDICINES) -> Span | None:
    """The words by which the text says that no medicine is taken, if it does."""
    low = scene.text.lower()
    for phrase in phrases:
        at = low.find(phrase)
        if at >= 0 and len(low) == len(scene.text):
            return Span(text=scene.text[at : at + len(phrase)], start=at, end=at + len(phrase))
    return None
