"""Findings that follow from how words stand together rather than from one phrase: place, side, time, distance, relief.

Every rule names the finding ids it can set and is inert when the pack has none of them. Rules see tokens, their
context and the statements already read, and return new statements with ``how='derived'``; ``filter_statements``
drops readings of single words that only count in such company (a lone 'calf', a lone 'two days ago').
"""

from __future__ import annotations

from collections.abc import Iterable

from hickam.intake import cues
from hickam.intake.complaint import keep_painless, mend_swelling
from hickam.intake.matching import FREE
from hickam.intake.measures import arm_leg_gap
from hickam.intake.normals import NORMAL, WHOLE_EXAM
from hickam.intake.numbers_in_words import periods, read_number
from hickam.intake.scene import EXAM, LEG, PLURAL, RELIEF, REST, SYMPTOM, VOIDING, Scene, elsewhere, exam_clause
from hickam.intake.scope import ASKED, FAMILY, NEG, PAST
from hickam.intake.statements import SIDES, Statement, is_side
from hickam.intake.times import DURATION, ONSET, duration, frequency, onset, relief_time
from hickam.intake.words import stem_set
from hickam.model.case import Span

SPREAD_SITES = {
    "site_hands_arms": stem_set("cramp spasm twitch stif contraction tetani pain"),
    "site_trunk_face": stem_set("cramp spasm twitch stif contraction tetani"),
}
PLACE = SYMPTOM | stem_set("cry crying clutch clutching holding grab red hot patch rash bruise bruised lock problem pull pulled pulling tore torn injured injury")
HEAVY_OTHER = stem_set("""
    drinker drinking drink smoker smoking lifting lift period periods bleeding menses menstrual goods work worker
    traffic load loads alcohol use going exercise training weights weight bags shopping machinery object vehicle coffee
""")
TIGHT_OTHER = stem_set("jeans trousers shoes shoe boots boot socks sock clothes control chest budget glycaemic belt")
DISTANCE = stem_set("m metr meter yard yd block mile km kilometer street step pac lamppost feet")
LIMITED = stem_set("more far further without beyond over than as past")
BEYOND = stem_set("under below above beneath beyond")
NOT_LEG = stem_set("""
    neck head chest abdomen abdominal stomach belly shoulder jaw face facial eye throat tongue heart scalp nose ear
""")
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


def derive(scene: Scene) -> list[Statement]:
    """All derived statements."""
    times = periods(scene.tokens)
    out: list[Statement] = []
    for rule in (onset, duration, relief_time):
        out.extend(rule(scene, times))
    for simple in (_relief, frequency, _distance, _laterality, _relatives, _past_facts, _arm_leg):
        out.extend(simple(scene))
    told = {s.id for s in scene.statements if s.said == "present" and s.how == "phrase"}
    if told & {"unilateral", "bilateral", "alternating_sides"}:
        out = [s for s in out if s.id not in ("unilateral", "bilateral")]
    return [s for s in out if scene.has(s.id)]


def filter_statements(scene: Scene) -> list[Statement]:
    """The statements without those that need company they have not got."""
    timed = {i for p in periods(scene.tokens) for i in range(p.lo, p.hi + 1)}
    out = []
    for s in scene.statements:
        if (
            s.id in ONSET + DURATION
            and s.kind == "finding"
            and s.how == "phrase"
            and (timed.intersection(s.used) or scene.stems[s.hi] == "yesterday")
        ):
            continue
        if (
            s.id.startswith("site_")
            and s.kind == "finding"
            and all(scene.stems[i] not in SYMPTOM for i in s.used)
            and not _site_counts(scene, s)
        ):
            continue
        if s.id == "duration_hours" and scene.tokens[s.hi].text.lower() == "hour" and s.how == "phrase":
            continue
        if s.id in ("bilateral", "unilateral") and len(s.used) == 1 and EXAM & set(scene.stems[max(0, s.lo - 4) : s.hi + 3]):
            continue
        if s.said == "absent" and s.kind == "finding" and s.id.startswith("site_") and not _plainly_denied(scene, s):
            continue
        if s.id == "straight_leg_raise_positive" and {"cross", "crossed", "contralateral"} & set(scene.stems[max(0, s.lo - 2) : s.lo]):
            continue
        if s.kind == "absent" and scene.stems[s.lo] == "examination" and _partial_examination(scene, s):
            continue
        if s.kind == "value" and _of_another_part(scene, s):
            continue
        if s.id.startswith("takes_") and s.said == "present" and _only_tried(scene, s):
            continue
        if s.id == "painless_symptom" and not keep_painless(scene, s):
            continue
        if s.id == "unable_to_walk" and s.said == "present" and set(scene.stems[s.hi + 1 : s.hi + 3]) & LIMITED:
            continue
        if s.id in (*ONSET, "unilateral", "bilateral") and s.kind == "finding" and not _of_the_complaint(scene, s):
            continue
        episode = s.kind in ("finding", "absent") and scene.vocabulary.findings[s.id].about == "episode"
        if episode and scene.context.clause[s.lo] not in scene.word_clauses and exam_clause(scene, s.lo):
            continue
        out.append(s)
    return mend_swelling(scene, out)


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
    for i in range(max(lo, s.lo - 4), min(hi, s.hi + 4) + 1):
        if scene.stems[i] in EXAM:
            return False
    return any(
        scene.stems[i] in wanted and not scene.context.flags[i] & (VOIDING | NEG | PAST)
        for i in range(max(lo, s.lo - 10), min(hi, s.hi + 10) + 1)
    )


def _relief(scene: Scene) -> list[Statement]:
    """A word of relief and a word of rest within eight words: 'stops when I rest', 'if I rest it goes'."""
    out = []
    for i, s in enumerate(scene.stems):
        if s not in REST or scene.tokens[i].kind != "w" or not scene.symptoms:
            continue
        previous = scene.stems[i - 1] if i else ""
        following = scene.stems[i + 1] if i + 1 < len(scene.stems) else ""
        if previous in ("at", "the", "bed", "have", "forc", "frequent", "on", "failed") or following in (
            "of",
            "of",
            "smok",
            "tak",
            "take",
            "abi",
            "it",
            "treatment",
            "year",
            "pulse",
            "puls",
        ):
            continue
        if s == "stop" and previous not in (
            "i",
            "he",
            "she",
            "on",
            "of",
            "when",
            "if",
            "after",
            "by",
            "you",
            "with",
            "to",
            "and",
        ):
            continue
        lo, _ = scene.bounds[scene.context.clause[i]]
        lo2 = max(0, i - 8) if scene.context.sentence[max(0, i - 8)] == scene.context.sentence[i] else lo
        window = [
            j
            for j in range(max(lo2, i - 8), min(len(scene.stems), i + 7))
            if j != i and scene.context.sentence[j] == scene.context.sentence[i]
        ]
        hit = next(
            (
                j
                for j in window
                if scene.stems[j] in RELIEF
                and (scene.stems[j] != "go" or scene.tokens[j].text.lower() in ("goes", "went", "gone"))
                and not (
                    scene.stems[j] == "go" and j + 1 < len(scene.stems) and scene.stems[j + 1] in ("to", "for", "into")
                )
                and (scene.stems[j] != "stop" or scene.tokens[j].text.lower() in ("stop", "stops"))
            ),
            None,
        )
        if hit is None or scene.context.flags[i] & VOIDING:
            continue
        denied = any(
            scene.stems[j] in ("no", "not", "without", "never") for j in window if abs(j - hit) <= 3 and j < hit
        )
        out.append(scene.make("rest_relief", min(i, hit), max(i, hit), "absent" if denied else "present"))
    return out[:1]


def _distance(scene: Scene) -> list[Statement]:
    """'after two blocks', 'less than 100 m', 'begins after walking half a mile': fixed distance, up to 3 km."""
    out = []
    metres = {"mile": 1609, "km": 1000, "kilometer": 1000, "block": 100, "street": 100}
    for i, s in enumerate(scene.stems):
        if s not in DISTANCE or not i:
            continue
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
            "after" in before
            or "within" in before
            or ("walk" in before and set(before) & {"only", "about", "can", "than", "beyond"})
            or "than" in before
        ):
            out.append(scene.make("fixed_walking_distance", number.lo, i))
            out.append(scene.make("on_exertion", number.lo, i))
    return out[:2]


def _laterality(scene: Scene) -> list[Statement]:
    """One side named with the complaint and never the other: one leg. 'Both calves', 'bilateral': both legs."""
    marks: dict[str, tuple[int, int]] = {}
    for i, s in enumerate(scene.stems):
        if s not in SIDES or not is_side(scene.tokens, i) or scene.context.flags[i] & (VOIDING | NEG | PAST | ASKED):
            continue
        lo, hi = scene.bounds[scene.context.clause[i]]
        if i and scene.stems[i - 1] in ("than", "with", "versus", "v", "other") and s != "both":
            continue
        words = scene.stems[max(lo, i - 4) : min(hi, i + 6) + 1]
        reach = scene.stems[i + 1 : min(hi, i + 4) + 1]
        leg = next((k for k, w in enumerate(reach) if w in LEG), None)
        arm = next(
            (
                k
                for k, w in enumerate(reach)
                if w in ("arm", "hand", "lung", "base", "iliac", "carotid", "sternal", "axi", "upper", "eye", "wrist")
            ),
            99,
        )
        if leg is None and not set(scene.stems[max(lo, i - 5) : i]) & LEG:
            continue
        if (leg is not None and arm < leg) or set(words) & EXAM or {"replacement", "normal"} & set(words):
            continue
        if scene.near_symptom(i, 14) == 999 and not _leg_sign(scene, i):
            continue
        marks.setdefault(SIDES[s], (i, i + 1 + (leg or 0)))
    plural = next(
        (
            i
            for i, t in enumerate(scene.tokens)
            if t.text.lower() in PLURAL
            and not scene.context.flags[i] & (VOIDING | NEG | PAST)
            and scene.near_symptom(i, 5) <= 5
            and not exam_clause(scene, i)
        ),
        None,
    )
    if plural is not None and not marks:
        return [scene.make("unilateral", plural, plural, "absent")]
    if "both" in marks or {"left", "right"} <= set(marks):
        lo, hi = marks.get("both") or marks["left"]
        return [scene.make("bilateral", lo, min(hi, len(scene.tokens) - 1), side="both")]
    for side in ("left", "right"):
        if side in marks:
            lo, hi = marks[side]
            return [scene.make("unilateral", lo, min(hi, len(scene.tokens) - 1), side=SIDES[side])]
    return []


def _leg_sign(scene: Scene, i: int) -> bool:
    """Whether a patient finding is present in the clause of a token."""
    return any(
        s.said == "present" and s.kind == "finding" and scene.vocabulary.findings[s.id].about == "patient"
        for s in scene.by_clause.get(scene.context.clause[i], [])
    )


def _relatives(scene: Scene) -> list[Statement]:
    """A relative's condition or symptom as the family finding that stands for it; 'the same' means the complaint."""
    out = []
    for s in scene.statements:
        if s.said == "family":
            for target, ids in FAMILY_HISTORY.items():
                if s.id in ids or f"{s.id}={s.value}" in ids:
                    out.append(scene.make(target, s.lo, s.hi))
    told = {s.value for s in scene.statements if s.id == "quality" and s.said == "present"}
    shared = "family_cramps" if "cramp" in told else "family_rls" if "urge_to_move" in told else ""
    for i, stem in enumerate(scene.stems):
        if shared and stem in ("same", "too") and scene.context.flags[i] & FAMILY and not scene.context.flags[i] & NEG:
            out.append(scene.make(shared, i, i))
    return out


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
    return [Statement("finding", "arm_leg_pressure_gap", "", "present", span, 0, 0, (0,), "", "measurement")]


def no_medicines(scene: Scene, phrases: Iterable[str] = cues.NO_MEDICINES) -> Span | None:
    """The words by which the text says that no medicine is taken, if it does."""
    low = scene.text.lower()
    for phrase in phrases:
        at = low.find(phrase)
        if at >= 0 and len(low) == len(scene.text):
            return Span(text=scene.text[at : at + len(phrase)], start=at, end=at + len(phrase))
    return None
