"""Medicines: drugs of the pack, words that end like a drug's name, doses; current, stopped, or not the patient's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hickam.intake.scope import COND, FAMILY, HYPO, NEG, Context
from hickam.intake.statements import Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem_set
from hickam.model.case import Medication, Observation, Span

DOSE = re.compile(
    r"\s*(?:\w+\s)?(\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|g|micrograms?|units?|iu|ml)\b(?:\s?/\s?(?:day|d|kg))?)", re.I
)
DRUGLIKE = re.compile(
    r"^[a-z]{3,}(?:olol|pril|sartan|statin|prazole|cillin|mycin|azepam|dipine|gliptin|gliflozin|xaban|parin|semide|thiazide|"
    r"triptan|setron|tidine|oxetine|azole|cycline|floxacin|mab|tinib|formin|gabalin|barbital|codone|darone|lukast|meterol|buterol)$"
)
STOP_WORDS = stem_set("stop discontinu finish withdraw withdrew")
OFF_BEFORE = frozenset(["off"])
SUPPLIED = stem_set("allergi allergic intolerant reaction")


def read_medicines(
    text: str, tokens: Sequence[Token], statements: Sequence[Statement], context: Context, vocabulary: Vocabulary
) -> tuple[list[Medication], list[Observation], list[str]]:
    """Medicines taken or stopped, the risk findings they answer, and notes on mentions not counted."""
    medicines: list[Medication] = []
    seen: dict[str, Medication] = {}
    observations: list[Observation] = []
    notes: list[str] = []
    used: set[int] = set()
    for s in statements:
        if s.kind not in ("drug", "class"):
            continue
        used.update(s.used)
        factors = [f for f in vocabulary.drugs[s.id].factors if f in vocabulary.findings]
        if s.said == "absent":
            observations.extend(Observation(finding=f, state="absent", span=s.span, how="drug") for f in factors)
            continue
        if context.flags[s.lo] & (FAMILY | COND) or _allergy(tokens, context, s.lo, s.hi):
            notes.append(f"'{s.span.text}' is mentioned but not as the patient's medicine")
            continue
        if s.id in seen and seen[s.id].name.lower() == s.span.text.lower():
            continue
        current = not _stopped(tokens, context, s.lo)
        dose = DOSE.match(text, s.span.end)
        m = Medication(name=s.span.text, drug=s.id, dose=dose.group(1) if dose else "", current=current, span=s.span)
        if context.flags[s.lo] & HYPO:
            notes.append(f"'{s.span.text}' is mentioned in a question or worry and was not counted as taken")
            continue
        seen[s.id] = m
        medicines.append(m)
        if current:
            observations.extend(Observation(finding=f, state="present", span=s.span, how="drug") for f in factors)
    for i, t in enumerate(tokens):
        if i in used or t.kind != "w" or len(t.text) < 6 or not DRUGLIKE.match(t.text.lower()):
            continue
        if context.flags[i] & (NEG | FAMILY | COND) or _allergy(tokens, context, i, i):
            continue
        span = Span(text=t.text, start=t.start, end=t.end)
        dose = DOSE.match(text, t.end)
        medicines.append(
            Medication(
                name=t.text, dose=dose.group(1) if dose else "", current=not _stopped(tokens, context, i), span=span
            )
        )
    return medicines, observations, notes


def _allergy(tokens: Sequence[Token], context: Context, lo: int, hi: int) -> bool:
    around = [i for i in range(max(0, lo - 5), min(len(tokens), hi + 3)) if context.clause[i] == context.clause[lo]]
    return any(tokens[i].stem in SUPPLIED for i in around)


def _stopped(tokens: Sequence[Token], context: Context, at: int) -> bool:
    """'stopped', 'off', 'was on', 'used to take' before the drug in its clause."""
    words = [tokens[i].stem for i in range(max(0, at - 10), at) if context.clause[i] == context.clause[at]]
    texts = [tokens[i].text.lower() for i in range(max(0, at - 3), at)]
    if STOP_WORDS & set(words) or "off" in words[-4:] or "no longer" in " ".join(texts):
        return True
    return texts[-2:] == ["was", "on"] or texts[-3:] == ["used", "to", "take"] or texts[-2:] == ["previously", "on"]


def none_taken(span: Span, taken: Sequence[Medication], vocabulary: Vocabulary) -> list[Observation]:
    """'Takes no medicines' answers every drug finding."""
    if any(m.current for m in taken):
        return []
    factors = dict.fromkeys(
        f for d in vocabulary.drugs.values() for f in d.factors if f in vocabulary.findings and f.startswith("takes_")
    )
    return [Observation(finding=f, state="absent", span=span, how="drug") for f in factors]
