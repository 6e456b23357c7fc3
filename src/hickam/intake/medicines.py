"""Medicines: drugs of the pack, words that end like a drug's name, doses; current, stopped, or not the patient's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hickam.intake.flags import COND, FAMILY, HYPO, LAPSED, NEG
from hickam.intake.scope import Context
from hickam.intake.statements import Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem_set
from hickam.model.case import Medication, Observation, Span

DOSE = re.compile(
    r"\s*(?:\w+\s)?(\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|g|micrograms?|units?|iu|ml)\b(?:\s?/\s?(?:day|d|kg))?)", re.I
)
APPLIED = re.compile(
    r"(?:\s*\d+(?:[.,]\d+)?\s?%)?\s+(?:skin\s+|vaginal\s+|nail\s+|eye\s+|ear\s+)?"
    r"(?:cream|ointment|lotion|shampoo|lacquer|(?<=eye\s)drops?|(?<=ear\s)drops?)\b",
    re.I,
)
"""After a medicine's name: it is put on the skin, into an eye or an ear, and too little is taken in to count."""
DRUGLIKE = re.compile(
    r"^[a-z]{3,}(?:olol|pril|sartan|statin|prazole|cillin|mycin|azepam|dipine|gliptin|gliflozin|xaban|parin|semide|thiazide|"
    r"triptan|setron|tidine|oxetine|azole|cycline|floxacin|mab|tinib|formin|gabalin|barbital|codone|darone|lukast|meterol|buterol)$"
)
STOP_WORDS = stem_set("stop discontinu finish withdraw withdrew")


def read_medicines(
    text: str,
    tokens: Sequence[Token],
    statements: Sequence[Statement],
    context: Context,
    vocabulary: Vocabulary,
    not_taken: frozenset[int] = frozenset(),
) -> tuple[list[Medication], list[Observation], list[str]]:
    """Medicines taken or stopped, the risk findings they answer, and notes on mentions not counted.

    ``not_taken``: tokens of medicines that are told as something else, an allergy.
    """
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
        if context.flags[s.lo] & (FAMILY | COND):
            notes.append(f"'{s.span.text}' is mentioned but not as the patient's medicine")
            continue
        if applied := APPLIED.match(text, s.span.end):
            span = Span(text=text[s.span.start : applied.end()], start=s.span.start, end=applied.end())
            medicines.append(Medication(name=span.text, span=span))
            notes.append(f"'{span.text}' is applied from outside and was not counted as taken")
            continue
        if s.id in seen and seen[s.id].name.lower() == s.span.text.lower():
            continue
        current = not stopped(tokens, context, s.lo) and not (context.flags[s.lo] & LAPSED)
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
        if i in used or i in not_taken or t.kind != "w" or len(t.text) < 6 or not DRUGLIKE.match(t.text.lower()):
            continue
        if context.flags[i] & (NEG | FAMILY | COND):
            continue
        span = Span(text=t.text, start=t.start, end=t.end)
        dose = DOSE.match(text, t.end)
        medicines.append(
            Medication(
                name=t.text, dose=dose.group(1) if dose else "", current=not stopped(tokens, context, i), span=span
            )
        )
    return medicines, observations, notes


def stopped(tokens: Sequence[Token], context: Context, at: int) -> bool:
    """'stopped', 'off', 'was on', 'used to take' before the drug in its clause."""
    words = [tokens[i].stem for i in range(max(0, at - 10), at) if context.clause[i] == context.clause[at]]
    texts = [tokens[i].text.lower() for i in range(max(0, at - 3), at)]
    if (
        (STOP_WORDS & set(words) and not {"start", "begin", "switch", "replac"} & set(words[-5:]))
        or "off" in words[-4:]
        or "no longer" in " ".join(texts)
    ):
        return True
    if {"tri", "trial"} & set(words[-4:]) or _stopped_after(tokens, context, at):
        return True
    return texts[-2:] == ["was", "on"] or texts[-3:] == ["used", "to", "take"] or texts[-2:] == ["previously", "on"]


def _stopped_after(tokens: Sequence[Token], context: Context, at: int) -> bool:
    """'rosuvastatin since February, stopped it 3 weeks ago', 'simvastatin was stopped', 'quinine ... no longer'."""
    for i in range(at + 1, min(len(tokens), at + 22)):
        if context.sentence[i] > context.sentence[at] + 1 or tokens[i].stem == "\n":
            break
        if tokens[i].stem not in STOP_WORDS:
            continue
        nxt = [t.stem for t in tokens[i + 1 : i + 4]]
        if "for" in nxt:
            continue  # 'I stopped it for a fortnight': taken again
        before = [t.stem for t in tokens[max(at + 1, i - 3) : i]]
        if (
            nxt[:1]
            and nxt[0] in ("it", "them", "tak", "take")
            and not (nxt[0] == "tak" and nxt[1:2] not in (["it"], ["them"]))
        ):
            return True
        if (
            tokens[i].text.lower() in ("stopped", "discontinued", "withdrawn")
            and (before and set(before) <= {"be", "have", "then", "recent", "since", "(", "now", "and", ",", "later"})
            and i - at <= 5
        ):
            return True
    return False


def none_taken(span: Span, taken: Sequence[Medication], vocabulary: Vocabulary) -> list[Observation]:
    """'Takes no medicines' answers every drug finding."""
    if any(m.current for m in taken):
        return []
    factors = dict.fromkeys(
        f for d in vocabulary.drugs.values() for f in d.factors if f in vocabulary.findings and f.startswith("takes_")
    )
    return [Observation(finding=f, state="absent", span=span, how="drug") for f in factors]
