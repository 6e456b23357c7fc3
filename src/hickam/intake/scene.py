"""What the rules of intake share: tokens, context and statements of one text, and the words that mean a leg symptom."""

from __future__ import annotations

from collections.abc import Sequence

from hickam.intake.flags import COND, FAMILY, HYPO, LAPSED, NEG, PAST, VOID
from hickam.intake.scope import Context
from hickam.intake.statements import Said, Side, Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem_set
from hickam.model.case import Span

SYMPTOM = stem_set("""
    pain cramp ach spasm hurt sore tight burn twitch charlei charley charli tingl throb stif numb heavi discomfort
    crawl shoot pop weak weaker painful agony excruciating kill
    seiz knot jump ache sting paresthesia claudication swel tender jerk restles bother
    gait limp tighten tighter niggl niggle twinge sieze grumble stab claudicates claudicating
""")
LEG = stem_set("leg calf thigh foot toe shin ankle knee hamstring buttock hip limb heel achil gastrocnemiu")
EXAM = stem_set("""
    pulse reflex power sensation flexion extend extension palpabl plantar dorsiflexion circumferenc doppler index
    abpi abi pressur ulcer femoral popliteal jerk vibration examination ck cpk
""")
RELIEF = stem_set("""
    eas reliev relief resolv stop settl subsid better go disappear abat vanish fad wear improv recover
""")
ACTIVITY = stem_set("""
    run train swim walk gym drink dialysis dialysi exercise cycle play game jog yoga class work shift session lift
    dance football tennis squash golf badminton cycling swimming treatment physio chemo donate visit check scan infusion
    squat push-up press-up sit-up take took eat ballet hockey netball rugby hurling spin pilates boxing
""")
"""What a person does so and so often, which is no frequency of the complaint."""
DOSES = stem_set("mg mcg microgram tablet capsule unit puff ml")
REST = stem_set("rest stop paus halt")
PLURAL = frozenset(
    ["legs", "calves", "calfs", "thighs", "feet", "shins", "hamstrings", "buttocks", "ankles", "knees", "heels", "hips"]
)
"""Said of both sides unless a side is named."""
VOIDING = HYPO | COND | VOID | FAMILY | LAPSED


class Scene:
    """Tokens, context and statements of one text, with the helpers the rules share."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        context: Context,
        statements: Sequence[Statement],
        vocabulary: Vocabulary,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.context = context
        self.statements = statements
        self.vocabulary = vocabulary
        self.stems = [t.stem for t in tokens]
        told = {i for s in statements if s.kind == "value" and s.said == "present" for i in s.used}
        named = {i for i, t in enumerate(tokens) if t.stem in SYMPTOM} | {i for i in told if self.stems[i] not in LEG}
        self.symptoms = [i for i in sorted(named) if not context.flags[i] & (VOIDING | NEG)]
        self.told = frozenset(self.symptoms)
        self.bounds: dict[int, tuple[int, int]] = {}
        for i, c in enumerate(context.clause):
            lo, _ = self.bounds.get(c, (i, i))
            self.bounds[c] = (lo, i)
        self.sentences: dict[int, tuple[int, int]] = {}
        for i, c in enumerate(context.sentence):
            lo, _ = self.sentences.get(c, (i, i))
            self.sentences[c] = (lo, i)
        self.by_clause: dict[int, list[Statement]] = {}
        for s in statements:
            self.by_clause.setdefault(context.clause[s.lo], []).append(s)
        self.word_clauses = {context.clause[i] for i in self.symptoms}
        self.symptom_clauses = {context.clause[i] for i in self.symptoms} | {
            context.clause[s.lo]
            for s in statements
            if s.said == "present"
            and s.kind in ("finding", "value")
            and vocabulary.findings[s.id].about == "episode"
            and not s.id.startswith("site_")
        }

    def around(self, at: int, before: int = 0, after: int = 0) -> range:
        """The tokens of the sentence of a token, with so many sentences before and after it."""
        here = self.context.sentence[at]
        first = self.sentences.get(here - before, self.sentences[here])
        last = self.sentences.get(here + after, self.sentences[here])
        return range(first[0], last[1] + 1)

    def has(self, id: str) -> bool:
        """Whether the pack has this finding."""
        return id in self.vocabulary.findings

    def make(self, id: str, lo: int, hi: int, said: Said = "present", side: Side = "") -> Statement:
        """A derived statement over tokens lo..hi."""
        start, end = self.tokens[lo].start, self.tokens[hi].end
        return Statement(
            "finding",
            id,
            "",
            said,
            Span(text=self.text[start:end], start=start, end=end),
            lo,
            hi,
            (lo, hi),
            side,
            "derived",
        )

    def near_symptom(self, at: int, reach: int) -> int:
        """Distance in tokens to the nearest symptom word of the same clause, or a large number."""
        lo, hi = self.bounds[self.context.clause[at]]
        best = 999
        for i in range(max(lo, at - reach), min(hi, at + reach) + 1):
            if i in self.told:
                best = min(best, abs(i - at))
        return best


OWN = stem_set("my his her our their both left right l r lt rt either")
IS = stem_set("have be feel keep look go")
SOUND = stem_set("normal fine ok okay good better perfect well strong")
TREATED = stem_set("""
    operation operated op surgery replacement replaced replace broke broken fracture fractured amputated arthroscopy
    plate pin scar tattoo crossed cross wash shave shaved
""")


def called_own(scene: Scene, lo: int, hi: int) -> bool:
    """'My left calf goes again': a part of the leg called one's own, neither sound nor operated on."""
    if any(scene.context.flags[i] & (VOIDING | NEG | PAST) for i in range(lo, hi + 1)):
        return False
    start, end = scene.bounds[scene.context.clause[lo]]
    around = scene.stems[max(start, lo - 8) : min(end, hi + 8) + 1]
    before = scene.stems[max(start, lo - 3) : lo]
    if not {"to", "above", "below"}.isdisjoint(before) or ("on" in before and scene.stems[hi] == "foot"):
        return False  # 'water up to my ankles', 'dead on my feet'
    first = lo == start or (lo == start + 1 and scene.stems[start] == "the")
    opens = first and not IS.isdisjoint(scene.stems[hi + 1 : hi + 2])  # 'Knee has been fat'
    return (
        (opens or not OWN.isdisjoint(scene.stems[max(start, lo - 2) : hi + 1]))
        and SOUND.isdisjoint(scene.stems[hi + 1 : hi + 5])
        and "intact" not in around
        and TREATED.isdisjoint(around)
        and not exam_clause(scene, lo)
    )


LOST = stem_set("lose lost no all loss")


def examined(scene: Scene, i: int) -> bool:
    """Whether a word is of an examination; 'the thigh loses all power' is not."""
    told = scene.stems[i] == "power" and not LOST.isdisjoint(scene.stems[max(0, i - 2) : i])
    return scene.stems[i] in EXAM and not told


def exam_clause(scene: Scene, at: int) -> bool:
    lo, hi = scene.bounds[scene.context.clause[at]]
    return any(examined(scene, i) for i in range(max(lo, at - 15), min(hi, at + 15) + 1))


def is_risk(scene: Scene, s: Statement) -> bool:
    return s.kind in ("finding", "absent") and scene.vocabulary.findings[s.id].about == "risk"


def elsewhere(scene: Scene, s: Statement) -> bool:
    """Whether a statement is about something other than the leg complaint: a drug, a disease, the chest."""
    if s.kind in ("drug", "class", "condition", "mention") or is_risk(scene, s):
        return True
    return scene.vocabulary.findings[s.id].about == "patient" and not any(
        scene.stems[i] in LEG or scene.stems[i] in SYMPTOM for i in s.used
    )


def others_here(scene: Scene, clause: int) -> bool:
    """Whether a clause tells of something other than the leg complaint."""
    return any(elsewhere(scene, s) for s in scene.by_clause.get(clause, []))


def of_an_activity(scene: Scene, at: int) -> bool:
    """Whether words of frequency at a token belong to something the person does: 'I run three times a week'."""
    lo, _ = scene.bounds[scene.context.clause[at]]
    return scene.told.isdisjoint(range(lo, at)) and not ACTIVITY.isdisjoint(scene.stems[max(lo, at - 4) : at])


def of_a_dose(scene: Scene, at: int) -> bool:
    """Whether words of frequency at a token say how often a medicine is taken: '10 mg three times a day'."""
    clause = scene.context.clause[at]
    lo, _ = scene.bounds[clause]
    dosed = any(scene.stems[i] in DOSES for i in range(lo, at))
    named = any(
        (o.kind in ("drug", "class") or o.id.startswith("takes_")) and o.lo < at
        for o in scene.by_clause.get(clause, [])
    )
    return (dosed or named) and scene.told.isdisjoint(range(lo, at))
