"""Findings that follow from how words stand together rather than from one phrase: place, side, time, distance, relief.

Every rule names the finding ids it can set and is inert when the pack has none of them. Rules see tokens, their
context and the statements already read, and return new statements with ``how='derived'``; ``filter_statements``
drops readings of single words that only count in such company (a lone 'calf', a lone 'two days ago').
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hickam.intake import cues
from hickam.intake.numbers_in_words import Period, periods, read_number
from hickam.intake.scope import ASKED, COND, FAMILY, HYPO, LAPSED, NEG, PAST, VOID, Context
from hickam.intake.statements import SIDES, Said, Side, Statement, _is_side
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem_set
from hickam.model.case import Span

SYMPTOM = stem_set("pain cramp ach spasm hurt sore tight burn twitch charlei charley charli tingl throb stif numb heavi discomfort crawl shoot pop "
    "weak painful seiz knot jump ache sting paresthesia claudication swel tender jerk restles bother gait limp walk")
LEG = stem_set("leg calf thigh foot toe shin ankle knee hamstring buttock hip limb heel achil gastrocnemiu")
EXAM = stem_set("pulse reflex power sensation flexion extend extension palpabl plantar dorsiflexion circumferenc doppler index "
                 "pressur ulcer femoral popliteal jerk vibration")
SPREAD_SITES = {"site_hands_arms": stem_set("cramp spasm twitch stif contraction tetani pain"),
                "site_trunk_face": stem_set("cramp spasm twitch stif contraction tetani")}
ONSET = ("onset_days", "onset_weeks_months", "onset_years")
DURATION = ("duration_seconds_minutes", "duration_hours")
BEGAN = stem_set("begin start come onset sinc appear present")
LASTS = stem_set("last go time persist each episod attack bout spasm")
RELIEF = stem_set("eas reliev relief resolv stop settl subsid better go disappear abat vanish fad wear improv recover")
REST = stem_set("rest stop paus halt")
EACH = stem_set("a per each every")
DISTANCE = stem_set("m metr meter yard yd block mile km kilometer street step pac lamppost feet")
PLURAL = frozenset("legs calves thighs feet shins hamstrings buttocks ankles knees toes".split())
BEYOND = stem_set("under below above beneath beyond")
NOT_LEG = stem_set("neck head chest abdomen abdominal stomach belly shoulder jaw face facial eye throat tongue heart scalp nose ear")
VOIDING = HYPO | COND | VOID | FAMILY | LAPSED

FAMILY_HISTORY: dict[str, tuple[str, ...]] = {
    "thrombophilia_family_vte": ("deep_vein_thrombosis", "pulmonary_embolism", "previous_dvt_pe", "superficial_vein_thrombosis"),
    "family_cramps": ("quality=cramp", "idiopathic_nocturnal_leg_cramps", "muscle_cramps_widespread"),
    "family_rls": ("restless_legs_syndrome", "quality=urge_to_move"),
    "family_thyroid": ("hyperthyroidism", "hypothyroidism", "goitre"),
    "family_pad_cvd": ("peripheral_artery_disease", "coronary_or_stroke_history", "abdominal_aortic_aneurysm"),
    "family_neuromuscular": ("motor_neurone_disease", "charcot_marie_tooth", "mcardle_disease", "myotonic_dystrophy", "myotonia_congenita",
                             "becker_muscular_dystrophy", "mitochondrial_myopathy", "kennedy_disease", "familial_periodic_paralysis"),
}
"""Which risk finding a relative's condition or symptom stands for."""

PAST_FACT = {"deep_vein_thrombosis": "previous_dvt_pe", "pulmonary_embolism": "previous_dvt_pe"}
"""Which risk finding a condition of the past stands for."""


class Scene:
    """Tokens, context and statements of one text, with the helpers the rules share."""

    def __init__(self, text: str, tokens: Sequence[Token], context: Context, statements: Sequence[Statement], vocabulary: Vocabulary) -> None:
        self.text = text
        self.tokens = tokens
        self.context = context
        self.statements = statements
        self.vocabulary = vocabulary
        self.stems = [t.stem for t in tokens]
        self.symptoms = [i for i, t in enumerate(tokens) if t.stem in SYMPTOM and not context.flags[i] & (VOIDING | NEG)]
        self.bounds: dict[int, tuple[int, int]] = {}
        for i, c in enumerate(context.clause):
            lo, _ = self.bounds.get(c, (i, i))
            self.bounds[c] = (lo, i)
        self.by_clause: dict[int, list[Statement]] = {}
        for s in statements:
            self.by_clause.setdefault(context.clause[s.lo], []).append(s)
        self.symptom_clauses = {context.clause[i] for i in self.symptoms}

    def has(self, id: str) -> bool:
        """Whether the pack has this finding."""
        return id in self.vocabulary.findings

    def make(self, id: str, lo: int, hi: int, said: Said = "present", side: Side = "") -> Statement:
        """A derived statement over tokens lo..hi."""
        start, end = self.tokens[lo].start, self.tokens[hi].end
        return Statement("finding", id, "", said, Span(text=self.text[start:end], start=start, end=end), lo, hi, (lo, hi), side, "derived")

    def near_symptom(self, at: int, reach: int) -> int:
        """Distance in tokens to the nearest symptom word of the same clause, or a large number."""
        lo, hi = self.bounds[self.context.clause[at]]
        best = 999
        for i in range(max(lo, at - reach), min(hi, at + reach) + 1):
            if self.stems[i] in SYMPTOM and not self.context.flags[i] & (VOIDING | NEG):
                best = min(best, abs(i - at))
        return best


def derive(scene: Scene) -> list[Statement]:
    """All derived statements."""
    times = periods(scene.tokens)
    out: list[Statement] = []
    for rule in (_onset, _duration, _relief_time):
        out.extend(rule(scene, times))
    for simple in (_relief, _frequency, _distance, _laterality, _relatives, _past_facts, _arm_leg):
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
        if s.id in ONSET + DURATION and s.kind == "finding" and s.how == "phrase" and (timed.intersection(s.used) or scene.stems[s.hi] == "yesterday"):
            continue
        if s.id.startswith("site_") and s.kind == "finding" and all(scene.stems[i] not in SYMPTOM for i in s.used) and not _site_counts(scene, s):
            continue
        if s.kind == "value" and _of_another_part(scene, s):
            continue
        if s.id in ("unilateral", "bilateral") and scene.context.clause[s.lo] not in scene.symptom_clauses and _exam_clause(scene, s.lo):
            continue
        out.append(s)
    return out


def _of_another_part(scene: Scene, s: Statement) -> bool:
    """'my neck is stiff' says nothing of the leg."""
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    near = set(scene.stems[max(lo, s.lo - 4):min(hi, s.hi + 4) + 1])
    return bool(near & NOT_LEG) and not near & (LEG | {"muscl", "arm", "hand", "body"})


def _exam_clause(scene: Scene, at: int) -> bool:
    lo, hi = scene.bounds[scene.context.clause[at]]
    return not EXAM.isdisjoint(scene.stems[max(lo, at - 15):min(hi, at + 15) + 1])


def _site_counts(scene: Scene, s: Statement) -> bool:
    """A bare body word counts as the place of the complaint beside a symptom word and away from examination words."""
    if s.lo and (scene.stems[s.lo - 1] in BEYOND or (s.lo > 1 and scene.stems[s.lo - 1] == "the" and scene.stems[s.lo - 2] in BEYOND)):
        return False
    wanted = SPREAD_SITES.get(s.id, SYMPTOM)
    lo, hi = scene.bounds[scene.context.clause[s.lo]]
    for i in range(max(lo, s.lo - 4), min(hi, s.hi + 4) + 1):
        if scene.stems[i] in EXAM:
            return False
    return any(
        scene.stems[i] in wanted and not scene.context.flags[i] & (VOIDING | NEG | PAST)
        for i in range(max(lo, s.lo - 10), min(hi, s.hi + 10) + 1)
    )


def _anchor(scene: Scene, at: int, end: int = -1) -> int:
    """How well a time belongs to the leg complaint: 2 leg symptom in its clause, 1 other symptom, 0 none."""
    clause = scene.context.clause[at]
    lo, hi = scene.bounds[clause]
    end = max(end, at)
    after_only = end + 1 < len(scene.stems) and scene.stems[end + 1] == "of"
    usable = [
        i for i in range(max(lo, at - 25), min(hi, end + 25) + 1)
        if scene.stems[i] in SYMPTOM and not scene.context.flags[i] & (VOIDING | NEG) and not (after_only and i < at)
    ]
    if not usable:
        told = {"it", "they", "this", "these", "that"} & set(scene.stems[lo:hi + 1])
        return 1 if told and {clause - 1, clause - 2, clause - 3} & scene.symptom_clauses and not others_here(scene, clause) else 0
    nearest = min(usable, key=lambda i: min(abs(i - at), abs(i - end)))
    mine = min(abs(nearest - at), abs(nearest - end))
    for s in scene.by_clause.get(clause, []):
        theirs = min(abs(s.lo - end), abs(s.hi - at))
        if theirs < mine and not (after_only and mine <= 7) and not (after_only and s.lo < at) and _elsewhere(scene, s):
            return 0
    words = scene.stems[max(lo, nearest - 8):min(hi, nearest + 8) + 1]
    return 2 if LEG.intersection(words) or scene.stems[nearest] in ("cramp", "claudication") else 1


def others_here(scene: Scene, clause: int) -> bool:
    """Whether a clause tells of something other than the leg complaint."""
    return any(_elsewhere(scene, s) for s in scene.by_clause.get(clause, []))


def _elsewhere(scene: Scene, s: Statement) -> bool:
    """Whether a statement is about something other than the leg complaint: a drug, a disease, the chest."""
    if s.kind in ("drug", "class", "condition", "mention") or _risk(scene, s):
        return True
    return scene.vocabulary.findings[s.id].about == "patient" and not any(scene.stems[i] in LEG or scene.stems[i] in SYMPTOM for i in s.used)


def _risk(scene: Scene, s: Statement) -> bool:
    return s.kind in ("finding", "absent") and scene.vocabulary.findings[s.id].about == "risk"


def _onset(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'for 3 months', '6 months of pain', 'began two days ago', 'since yesterday': the first that goes with the leg symptom."""
    best: tuple[int, int, str, int, int] | None = None
    for p in times:
        before = scene.stems[max(0, p.lo - 3):p.lo]
        after = scene.stems[p.hi + 1:p.hi + 3]
        if p.unit in ("second",) or LASTS.intersection(before[-2:]) or (after and after[0] in ("at", "each", "of") and p.unit == "minute"):
            continue
        if set(before) & {"after", "within", "every", "than", "least"} and after[:1] != ["of"] and not set(after) & {"of"}:
            continue
        if after[:1] == ["later"] or after[:1] == ["old"] or set(after[:1]) & EACH or (p.unit == "night" and "last" not in before):
            continue
        ago = after[:1] == ["ago"]
        told = ago or before[-2:] == ["go", "on"] or set(before) & {"for", "over", "past", "last", "dur", "this", "since"} or after[:1] in (["of"], ["histori"], ["now"], ["history"]) \
            or "history" in after
        if not told:
            continue
        score = _anchor(scene, p.lo, p.hi)
        if score == 0 or (ago and p.unit == "year" and not BEGAN & set(scene.stems[max(0, p.lo - 8):p.hi + 9])):
            continue
        if "worse" in before or "worsen" in before or scene.context.flags[p.lo] & FAMILY:
            score -= 1
        if score > 0 and (best is None or score > best[0]):
            best = (score, p.lo, _onset_id(p.days), p.lo, p.hi)
    for i, s in enumerate(scene.stems):
        if best is not None and best[0] >= 2:
            break
        if s == "yesterday" or (s in ("morning", "afternoon", "evening", "week", "night") and i and scene.stems[i - 1] in ("this", "last")):
            score = _anchor(scene, i)
            if score and (best is None or score > best[0]) and not scene.context.flags[i] & VOIDING:
                best = (score, i, "onset_days", max(0, i - 1), i)
    return [scene.make(best[2], best[3], best[4])] if best else []


def _onset_id(days: float) -> str:
    return "onset_days" if days <= 14.5 else "onset_years" if days >= 330 else "onset_weeks_months"


def _duration(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'lasts 5 minutes', 'can go on for 25 minutes', '5-10 minutes at a time', 'spasms of about five minutes'."""
    out = []
    for p in times:
        before = scene.stems[max(0, p.lo - 6):p.lo]
        after = scene.stems[p.hi + 1:p.hi + 4]
        if p.unit not in ("second", "minute", "hour"):
            continue
        lasting = "last" in before and p.unit != "hour" or "last" in before[-3:] or ("go" in before and "for" in before) or "until" in after \
            or after[:2] == ["at", "a"] or "each" in after[:1] or (before[-2:-1] and before[-2] in ("cramp", "spasm", "pain", "attack") and before[-1] == "of") \
            or before[-3:-1] in (["cramp", "of"], ["spasm", "of"]) or before[-2:] == ["up", "to"] or (after[:1] and after[0] in ("befor", "before"))
        if not lasting or "in" == (before[-1:] or [""])[0] and "last" in before:
            continue
        if scene.near_symptom(p.lo, 20) == 999 and scene.context.clause[p.lo] - 1 not in scene.symptom_clauses and scene.context.clause[p.lo] + 1 not in scene.symptom_clauses:
            continue
        minutes = p.days * 1440
        if minutes <= 12:
            out.append(scene.make("duration_seconds_minutes", p.lo, p.hi))
        elif minutes > 30:
            out.append(scene.make("duration_hours", p.lo, p.hi))
    return out


def _relief_time(scene: Scene, times: Sequence[Period]) -> list[Statement]:
    """'gone in 2 minutes of standing still', 'eases within a few minutes of stopping'."""
    out = []
    for p in times:
        if p.unit not in ("second", "minute") or p.days * 1440 > 11:
            continue
        lo, hi = scene.bounds[scene.context.clause[p.lo]]
        window = set(scene.stems[max(lo, p.lo - 8):min(hi, p.hi + 6) + 1])
        if window & RELIEF and window & {"rest", "stop", "stand", "paus"} and not scene.context.flags[p.lo] & VOIDING:
            out.append(scene.make("rest_relief", p.lo, p.hi, "absent" if scene.context.flags[p.lo] & NEG else "present"))
    return out


def _relief(scene: Scene) -> list[Statement]:
    """A word of relief and a word of rest within eight words: 'stops when I rest', 'if I rest it goes'."""
    out = []
    for i, s in enumerate(scene.stems):
        if s not in REST or scene.tokens[i].kind != "w" or not scene.symptoms:
            continue
        previous = scene.stems[i - 1] if i else ""
        following = scene.stems[i + 1] if i + 1 < len(scene.stems) else ""
        if previous in ("at", "the", "bed", "have", "forc", "frequent", "on", "failed") or following in ("of", "of", "smok", "tak", "take", "abi", "it", "treatment", "year"):
            continue
        if s == "stop" and previous not in ("i", "he", "she", "on", "of", "when", "if", "after", "by", "you", "with", "to", "and"):
            continue
        lo, hi = scene.bounds[scene.context.clause[i]]
        lo2 = max(0, i - 8) if scene.context.sentence[max(0, i - 8)] == scene.context.sentence[i] else lo
        window = [j for j in range(max(lo2, i - 8), min(len(scene.stems), i + 7)) if j != i and scene.context.sentence[j] == scene.context.sentence[i]]
        hit = next((j for j in window if scene.stems[j] in RELIEF and (scene.stems[j] != "go" or scene.tokens[j].text.lower() in ("goes", "went", "gone"))
                    and not (scene.stems[j] == "go" and j + 1 < len(scene.stems) and scene.stems[j + 1] in ("to", "for", "into"))
                    and (scene.stems[j] != "stop" or scene.tokens[j].text.lower() in ("stop", "stops"))), None)
        if hit is None or scene.context.flags[i] & VOIDING:
            continue
        denied = any(scene.stems[j] in ("no", "not", "without", "never") for j in window if abs(j - hit) <= 3 and j < hit)
        out.append(scene.make("rest_relief", min(i, hit), max(i, hit), "absent" if denied else "present"))
    return out[:1]


def _frequency(scene: Scene) -> list[Statement]:
    """'three times a week', 'every night', '1-2 a month', in a clause with a symptom or beside one."""
    out = []
    for i, s in enumerate(scene.stems):
        if s not in ("week", "night", "day", "month", "year") or i < 2 or scene.stems[i - 1] not in EACH:
            continue
        number = next((x for x in (read_number(scene.tokens, j) for j in range(max(0, i - 5), i - 1)) if x is not None), None)
        if "time" not in scene.stems[max(0, i - 4):i] and scene.stems[i - 2] not in ("twic", "onc"):
            continue
        times = number.value if number else 2.0 if "twic" in scene.stems[i - 3:i] else 1.0
        clause = scene.context.clause[i]
        if not {clause, clause + 1, clause - 1} & scene.symptom_clauses or scene.context.flags[i] & (VOIDING | NEG):
            continue
        per_week = times * {"week": 1, "night": 7, "day": 7, "month": 0.23, "year": 0.02}[s]
        if per_week >= 2:
            out.append(scene.make("frequent_attacks", max(0, i - 3), i))
        elif per_week < 0.5:
            out.append(scene.make("frequent_attacks", max(0, i - 3), i, "absent"))
    return out


def _distance(scene: Scene) -> list[Statement]:
    """'after two blocks', 'less than 100 m', 'begins after walking half a mile': fixed distance, up to 3 km."""
    out = []
    metres = {"mile": 1609, "km": 1000, "kilometer": 1000, "block": 100, "street": 100}
    for i, s in enumerate(scene.stems):
        if s not in DISTANCE or not i:
            continue
        number = next((x for x in (read_number(scene.tokens, j) for j in range(max(0, i - 4), i)) if x is not None and x.hi == i - 1), None)
        if number is None or scene.context.flags[i] & VOIDING:
            continue
        if number.value * metres.get(s, 1) > 3000 or (s == "m" and number.value < 10):
            continue
        before = scene.stems[max(0, number.lo - 5):number.lo]
        sentence = scene.context.sentence[i]
        if not any(scene.context.sentence[k] == sentence for k in scene.symptoms):
            continue
        if "after" in before or "within" in before or ("walk" in before and set(before) & {"only", "about", "can", "than", "beyond"}) or "than" in before:
            out.append(scene.make("fixed_walking_distance", number.lo, i))
            out.append(scene.make("on_exertion", number.lo, i))
    return out[:2]


def _laterality(scene: Scene) -> list[Statement]:
    """One side named with the complaint and never the other: one leg. 'Both calves', 'bilateral': both legs."""
    marks: dict[str, tuple[int, int]] = {}
    for i, s in enumerate(scene.stems):
        if s not in SIDES or not _is_side(scene.tokens, i) or scene.context.flags[i] & (VOIDING | NEG | PAST | ASKED):
            continue
        lo, hi = scene.bounds[scene.context.clause[i]]
        words = scene.stems[max(lo, i - 4):min(hi, i + 6) + 1]
        reach = scene.stems[i + 1:min(hi, i + 4) + 1]
        leg = next((k for k, w in enumerate(reach) if w in LEG), None)
        arm = next((k for k, w in enumerate(reach) if w in ("arm", "hand", "lung", "base", "iliac", "carotid", "sternal", "axi", "upper", "eye", "wrist")), 99)
        if leg is None and not set(scene.stems[max(lo, i - 5):i]) & LEG:
            continue
        if leg is not None and arm < leg or set(words) & EXAM or {"replacement", "normal"} & set(words):
            continue
        if scene.near_symptom(i, 14) == 999 and not _leg_sign(scene, i):
            continue
        marks.setdefault(SIDES[s], (i, i + 1 + (leg or 0)))
    plural = next((i for i, t in enumerate(scene.tokens) if t.text.lower() in PLURAL and not scene.context.flags[i] & (VOIDING | NEG | PAST)
                   and scene.near_symptom(i, 5) <= 5 and not _exam_clause(scene, i)), None)
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
    cramps = any(s.id == "quality" and s.value == "cramp" and s.said == "present" for s in scene.statements)
    for i, stem in enumerate(scene.stems):
        if cramps and stem == "same" and scene.context.flags[i] & FAMILY and not scene.context.flags[i] & NEG:
            out.append(scene.make("family_cramps", i, i))
    return out


def _past_facts(scene: Scene) -> list[Statement]:
    """A condition of the past as the risk finding it stands for."""
    return [
        scene.make(PAST_FACT[s.id], s.lo, s.hi) for s in scene.statements
        if s.kind in ("condition", "mention") and s.id in PAST_FACT and s.said != "family" and s.said == "present"
        and (scene.context.flags[s.lo] & PAST or scene.stems[max(0, s.lo - 3):s.lo][-1:] == ["history"])
    ]


def _arm_leg(scene: Scene) -> list[Statement]:
    from hickam.intake.measures import arm_leg_gap  # noqa: PLC0415 - only where the rule runs

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
            return Span(text=scene.text[at:at + len(phrase)], start=at, end=at + len(phrase))
    return None
