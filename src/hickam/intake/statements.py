"""Matches to statements: which matches count, and what each says of the patient.

Rules for overlapping matches (by the tokens a phrase really uses, gaps and skipped words apart):

* a match inside a longer one is dropped ('cough' in 'worse when I cough'), except that
* an episode feature inside a longer episode phrase, or inside a phrase that names a part of the leg, stays
  ('cramp' in 'cramps at night', 'burning' in 'burning feet'), unless both are values of one finding;
* a measurement's label always stays, so that its number is read;
* matches that merely cross are both kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from hickam.intake import cues
from hickam.intake.flags import (
    ASKED,
    COND,
    CURED,
    DOUBT,
    FAMILY,
    FUTURE,
    HYPO,
    LAPSED,
    LIKENED,
    NEG,
    OPINION,
    PAST,
    VOID,
)
from hickam.intake.matching import NEGATORS, Match
from hickam.intake.scope import Context
from hickam.intake.vocabulary import COMBINED, Entry, FindingWords, Vocabulary
from hickam.intake.words import Token, stem, stem_set
from hickam.model.case import Span

LEG_WORDS = stem_set("leg calf thigh foot toe shin ankle knee hamstring buttock hip limb heel muscl")
SAYS_PAST = stem_set("previous prior past former history")
Side = Literal["", "left", "right", "both"]
Said = Literal["present", "absent", "family", "past", "possible", "asked", "not_counted"]
SIDES: dict[str, Side] = {
    "left": "left",
    "l": "left",
    "lt": "left",
    "right": "right",
    "r": "right",
    "rt": "right",
    "both": "both",
    "bilateral": "both",
    "bilat": "both",
    "symmetrical": "both",
}


HEDGES = stem_set("maybe perhaps possibly")
"""Right after the name of a disease: 'compartment syndrome maybe'."""
_SIGNS = ("leg_swelling", "leg_redness", "leg_warmth")
KEPT_INSIDE = frozenset(
    [
        ("radiates_from_back", "back_pain"),
        ("proximal_weakness", "muscle_weakness"),
        ("paraesthesia_hands", "paraesthesia_feet"),
        ("paraesthesia_hands", "numbness_feet"),
        *((a, b) for a in _SIGNS for b in _SIGNS),  # 'not swollen, red or hot' denies all three
    ]
)
"""Findings that also hold where a longer phrase of another one contains their words."""


NOT_FROM_AFAR = frozenset(["onset_days", "onset_weeks_months", "onset_years", "sudden_onset", "evening_worse"])
"""Denied only by a negation right before: 'will not move her leg since this morning' denies no onset."""


ALIKE = stem("symmetrical")
LESS = stem_set("reduced depressed diminished decreased absent lost sluggish brisk exaggerated increased impaired weak")
"""After 'symmetrically': both are alike, and both abnormal."""
SUMMARY = 4
"""Findings one wording rules out together from which it tells of none of them when it is denied itself."""


class Statement(NamedTuple):
    """One recognised wording and what it says. ``certain`` is False where the side or polarity was inherited."""

    kind: str
    id: str
    value: str
    said: Said
    span: Span
    lo: int
    hi: int
    used: tuple[int, ...]
    side: Side
    how: str = "phrase"


def keep(matches: Sequence[Match], tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Match]:
    """The matches that count, by the rules above."""
    entries = vocabulary.entries
    valid = [m for m in matches if not entries[m.entry].exact or _capitals(m, tokens)]
    cover: dict[int, list[Match]] = {}
    for m in valid:
        if entries[m.entry].kind not in ("body", "complaint"):
            for i in m.used:
                cover.setdefault(i, []).append(m)
    out = []
    for m in valid:
        e = entries[m.entry]
        if e.kind in ("body", "complaint") or not any(
            len(a.used) > len(m.used)
            and set(m.used) < set(a.used)
            and _ousts(entries[a.entry], a, e, m, tokens, vocabulary)
            for a in cover.get(m.used[0], ())
        ):
            out.append(m)
    return out


def _capitals(m: Match, tokens: Sequence[Token]) -> bool:
    return tokens[m.lo].text.split("'")[0].rstrip("s").isupper()


def _ousts(a: Entry, am: Match, b: Entry, bm: Match, tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    if a.kind == "measurement":
        return b.kind == "measurement" or b.kind in ("drug", "class")
    if b.kind == "measurement":
        return False
    if a.id == b.id:
        return True
    if (a.id, b.id) in KEPT_INSIDE or (COMBINED in a.phrase and _of_itself(b, vocabulary)):
        return False
    if b.kind in ("finding", "value", "absent") and vocabulary.findings[b.id].about == "episode":
        if b.kind == "absent" or any(i < bm.lo and tokens[i].stem in NEGATORS for i in am.used):
            return True  # 'bear weight' in 'refused to bear weight'
        if a.id.endswith(("_relief", "_trigger")):  # 'pull my foot up' tells what ends it, not where it is
            return True
        episode = a.kind in ("finding", "value", "absent") and vocabulary.findings[a.id].about == "episode"
        names_leg = any(tokens[i].stem in LEG_WORDS for i in am.used)
        return not episode and not (names_leg and b.id.startswith(("site_", "quality")))
    if b.kind in ("drug", "class") and a.kind == "finding":
        factors = vocabulary.drugs[b.id].factors
        return a.id not in factors
    return True


def _of_itself(b: Entry, vocabulary: Vocabulary) -> bool:
    """A disease, a drug or a risk means the same inside a combination of classes: 'sore after the hill walk'."""
    return b.kind not in ("finding", "value", "absent") or vocabulary.findings[b.id].about == "risk"


def read_statements(
    text: str, tokens: Sequence[Token], matches: Sequence[Match], context: Context, vocabulary: Vocabulary
) -> list[Statement]:
    """One statement for each match of a finding, condition or drug."""
    out = []
    shared = Counter(m.used for m in matches if vocabulary.entries[m.entry].kind == "absent")
    for m in matches:
        e = vocabulary.entries[m.entry]
        if e.kind in ("body", "complaint", "measurement"):
            continue
        said = _said(e, m, tokens, context, vocabulary)
        if e.kind == "absent" and shared[m.used] >= SUMMARY and (said == "present" or _no_longer(m, tokens)):
            said = "not_counted"  # 'not in good health', 'vital signs are not normal': which of them is not said
        span = Span(text=text[tokens[m.lo].start : tokens[m.hi].end], start=tokens[m.lo].start, end=tokens[m.hi].end)
        out.append(
            Statement(
                e.kind, e.id, e.value, said, span, m.lo, m.hi, m.used, _limb_side(e, m, tokens, context, vocabulary)
            )
        )
    return out


def _limb_side(e: Entry, m: Match, tokens: Sequence[Token], context: Context, vocabulary: Vocabulary) -> Side:
    limb = e.kind in ("finding", "absent", "value") and vocabulary.findings[e.id].limb
    return side_of(m, tokens, context) if limb or any(tokens[i].stem in LEG_WORDS for i in m.used) else ""


def _said(e: Entry, m: Match, tokens: Sequence[Token], context: Context, vocabulary: Vocabulary) -> Said:
    is_finding = e.kind in ("finding", "absent", "value")
    told = vocabulary.findings[e.id] if is_finding else None
    about = told.about if told else "fact"
    f = context.flags[m.lo]
    negated = _absence_denied(m, tokens, f) if e.kind == "absent" else _denied(e, m, tokens, f, is_finding)
    if negated is None:
        return "not_counted"
    hedged = about == "fact" and any(t.stem in HEDGES for t in tokens[m.hi + 1 : m.hi + 2])
    if f & COND or hedged:
        return "possible"
    if f & ASKED and about != "risk":
        return "asked" if about != "episode" else "present"
    f |= context.flags[m.hi] & (VOID | LIKENED)
    if f & (VOID | LAPSED) and about != "risk":
        return "not_counted" if f & VOID else "past"
    if f & FAMILY and not _names_family(e, m, tokens):
        return "not_counted" if negated or e.kind == "absent" else "family"
    if _in_doubt(e, m, tokens, f, told):
        return "possible"
    if f & LIKENED and (about == "risk" or e.id == "after_exercise") and not e.id.startswith("takes_"):
        return "not_counted"
    if f & CURED and about in ("risk", "fact"):
        return "past"
    dated = (
        about in ("patient", "episode")
        or e.id.startswith("recent_")
        or e.id.endswith(("_active", "_current", "pregnant"))
    )
    if f & PAST and dated and not negated and not any(tokens[i].stem in SAYS_PAST for i in m.used):
        return "past"
    if e.kind == "absent":
        return "present" if negated else "absent"
    if negated and _of_the_rest(m, tokens):
        return "not_counted"
    return "absent" if negated else "present"


def _denied(e: Entry, m: Match, tokens: Sequence[Token], f: int, is_finding: bool) -> bool | None:
    """Whether a wording stands denied; None where the denial is of something else and leaves it untold."""
    if is_finding and (_beside_a_lost_pulse(e, m, tokens) or _beside_a_denied_verb(m, tokens)):
        return False
    if m.negated or not f & NEG or e.id not in NOT_FROM_AFAR:
        return m.negated or bool(f & NEG)
    if any(t.stem in ("no", "not", "without", "never", "deni") for t in tokens[max(0, m.lo - 3) : m.lo]):
        return True
    return None if e.id == "evening_worse" else False


def _absence_denied(m: Match, tokens: Sequence[Token], f: int) -> bool | None:
    """Whether a negation turns a wording of absence round: one right before 'palpable pulses' does, a list's does not
    reach it. None where the wording tells neither."""
    if tokens[m.hi].stem == ALIKE and not LESS.isdisjoint(t.stem for t in tokens[m.hi + 1 : m.hi + 2]):
        return None  # 'ankle jerks symmetrically depressed'
    doubly = tokens[m.lo].stem in NEGATORS  # 'no swelling no redness': each has its own
    if not doubly and not f & NEG and tokens[m.lo - 1 : m.lo] and tokens[m.lo - 1].stem == "not":
        return None  # 'not sleeping well' says that sleep is bad
    before = tokens[max(0, m.lo - 2) : m.lo]
    return m.negated or (bool(f & NEG) and not doubly and any(t.stem in ("no", "not", "without") for t in before))


def _in_doubt(e: Entry, m: Match, tokens: Sequence[Token], f: int, told: FindingWords | None) -> bool:
    """Whether a fact or a risk is only supposed, planned or a name that somebody gave the complaint."""
    about = told.about if told else "fact"
    risk_factor = told is not None and told.kind == "risk_factor"
    of_the_leg = told is not None and risk_factor and told.limb
    return bool(
        (f & HYPO and about != "episode" and not risk_factor)
        or (about == "fact" and _only_said(m, tokens))
        or (of_the_leg and _called_it(m, tokens))
        or (f & DOUBT and risk_factor and not e.id.startswith("takes_"))
        or (f & OPINION and about == "fact")
        or (f & FUTURE and about == "risk")
    )


def _no_longer(m: Match, tokens: Sequence[Token]) -> bool:
    """'I was healthy until last year', 'I used to be healthy' rule out nothing today."""
    before, after = tokens[max(0, m.lo - 4) : m.lo], tokens[m.hi + 1 : m.hi + 4]
    return any(t.text.lower() == "used" for t in before) or any(t.text.lower() in ("until", "till") for t in after)


SAID = stem_set("said say saying told tell telling called call")
RESULT = stem_set("scan ultrasound doppler duplex mri ct test biopsy report result")


def _only_said(m: Match, tokens: Sequence[Token]) -> bool:
    """'The GP keeps saying growing pains': a name given to it; 'I was told I have PAD' and 'the scan said DVT' are
    diagnoses."""
    before = m.lo - 1
    while before >= 0 and tokens[before].stem in ("it", "be", "just", "only", "a", "that", "probab"):
        before -= 1
    by_a_test = before > 0 and tokens[before - 1].stem in RESULT
    return before >= 0 and tokens[before].stem in SAID and not by_a_test


def _called_it(m: Match, tokens: Sequence[Token]) -> bool:
    """'My GP says it is arthritis': an explanation of the leg's complaint, and no illness known before it."""
    return _only_said(m, tokens) and any(t.stem == "it" for t in tokens[max(0, m.lo - 3) : m.lo])


REST_OF_THE_BODY = stem_set("elsewhere other otherwise further")


def _of_the_rest(m: Match, tokens: Sequence[Token]) -> bool:
    """'No oedema elsewhere', 'no other swelling': one is told already."""
    around = (*tokens[max(0, m.lo - 1) : m.lo], *tokens[m.hi + 1 : m.hi + 2])
    return any(t.stem in REST_OF_THE_BODY for t in around)


ISCHAEMIC = frozenset(
    ["cool_leg", "pale_leg", "cold_foot_symptom", "colour_change_foot", "mottled_cyanotic", "numbness_feet"]
)
LOST = stem_set("pulse pulses sensation feeling")


def _beside_a_lost_pulse(e: Entry, m: Match, tokens: Sequence[Token]) -> bool:
    """'No pulse, cold, pale': the negation is the pulse's, and what stands beside it is there."""
    if e.kind == "absent" or e.id not in ISCHAEMIC:
        return False
    for j in range(m.hi - 1, max(-1, m.hi - 10), -1):
        if tokens[j].stem in ("no", "without", "not"):
            lost = next((k for k in range(max(0, j - 2), min(j + 4, m.hi)) if tokens[k].stem in LOST), None)
            return lost is not None and any(tokens[k].stem == "," for k in range(lost, m.hi + 1))
    return False


HAVING = stem_set("have report complain feel notice experience get show describe mention deny recall")


def _beside_a_denied_verb(m: Match, tokens: Sequence[Token]) -> bool:
    """'A rash that does not fade, fever': a verb's negation ends at the comma; that of 'does not have' goes on."""
    for j in range(m.lo - 1, max(-1, m.lo - 8), -1):
        if tokens[j].stem == "not":
            verb = tokens[j + 1].stem if j + 1 < len(tokens) else ""
            plain = j > 0 and tokens[j - 1].stem in ("do", "will") and verb not in HAVING
            return plain and any(tokens[k].stem == "," for k in range(j + 2, m.lo))
    return False


def _names_family(e: Entry, m: Match, tokens: Sequence[Token]) -> bool:
    return e.id.startswith("family_") or "family" in e.id or any(tokens[i].stem in cues.FAMILY for i in m.used)


def side_of(m: Match, tokens: Sequence[Token], context: Context) -> Side:
    """The side named inside the phrase, or nearest before it in its clause, or just after it."""
    for i in range(m.lo, m.hi + 1):
        if tokens[i].stem in SIDES and is_side(tokens, i):
            return SIDES[tokens[i].stem]
    clause = context.clause[m.lo]
    after = m.hi + 1
    if after < len(tokens) and tokens[after].stem == "on":  # 'tone raised in both legs, with clonus on the right'
        for i in range(after + 1, min(len(tokens), after + 3)):
            if tokens[i].stem in SIDES and context.clause[i] == clause and is_side(tokens, i):
                return SIDES[tokens[i].stem]
    for i in range(m.lo - 1, max(-1, m.lo - 24), -1):
        if context.sentence[i] != context.sentence[m.lo]:
            break
        if tokens[i].stem in SIDES and is_side(tokens, i):
            return SIDES[tokens[i].stem]
    for i in range(m.hi + 1, min(len(tokens), m.hi + 6)):
        if context.clause[i] != clause:
            break
        if tokens[i].stem in SIDES and is_side(tokens, i):
            return SIDES[tokens[i].stem]
    return ""


def is_side(tokens: Sequence[Token], i: int) -> bool:
    """'left' is not a side in 'he left work', nor 'right' in 'right after', 'right down'."""
    t = tokens[i]
    nxt = tokens[i + 1].stem if i + 1 < len(tokens) else ""
    if t.stem in ("l", "r") and (not t.text.isupper() or (i and tokens[i - 1].text in ("/", "per"))):
        return False
    if _of_a_number(tokens, i):
        return False
    if t.stem == "right" and nxt in (
        "after",
        "at",
        "befor",
        "down",
        "now",
        "away",
        "up",
        "through",
        "into",
        "round",
        "over",
    ):
        return False
    return not (t.stem == "left" and nxt in ("me", "work", "him", "her", "home", "it", "with", "over", "the"))


def _of_a_number(tokens: Sequence[Token], i: int) -> bool:
    """'ABI 0.6 left 1.1 right', 'R 0.45 L 0.9': the side of a measured value."""
    before = tokens[i - 1] if i else None
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    decimal = before is not None and before.kind == "n" and "." in before.text
    return decimal or (
        after is not None and after.kind == "n" and ("." in after.text or int(after.text.replace(",", "")) > 9)
    )
