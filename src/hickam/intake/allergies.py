"""Allergies and intolerances told in words: 'allergic to a, b and c', 'allergies: a', 'a intolerance'.

A medicine that is told so is not taken by that, and a denied allergy ('not allergic to aspirin') denies no medicine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hickam.intake.flags import COND, FAMILY, HYPO, NEG
from hickam.intake.medicines import DRUGLIKE
from hickam.intake.scope import Context
from hickam.intake.statements import Statement
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, stem_set
from hickam.model.case import Allergy, Span

REACTS = stem_set("allergi allergic allergy intolerant intolerance anaphylaxis reaction reacts")
_JOINING = """
    , : ; - – / ( ) & + and or to of with from after taking took has had is are known severe the a an his her my their
    both drug medicine tablets tablet
"""
JOINING = frozenset(_JOINING.split())
"""Words and signs that may stand between the word that makes it an allergy and a medicine behind it."""
LISTING = frozenset([",", "and", "or", "&", "/", "+", "("])
TAKING = stem_set("takes taking on uses using")
NOT_THIS_PATIENTS = NEG | FAMILY | COND | HYPO
TAKES = "takes_"


class Allergies(NamedTuple):
    """``told``: the patient's; ``statements``: those that speak of something else; ``tokens``: of all that do not."""

    told: tuple[Allergy, ...]
    statements: list[Statement]
    tokens: frozenset[int]


def read_allergies(
    tokens: Sequence[Token], statements: Sequence[Statement], context: Context, vocabulary: Vocabulary
) -> Allergies:
    """Each medicine once; denied ones, asked ones and those of a relative are none."""
    medicines = [s for s in statements if s.kind in ("drug", "class") or s.id.startswith(TAKES)]
    named = {i for s in medicines for i in (*s.used, *range(s.lo, s.hi + 1))}
    named |= {i for i, t in enumerate(tokens) if t.kind == "w" and DRUGLIKE.match(t.text.lower())}
    found: dict[str, Allergy] = {}
    reacted = [s for s in medicines if _reacts(tokens, context, s.lo, s.hi, named)]
    spoken = {i for s in reacted for i in range(s.lo, s.hi + 1)}
    for s in reacted:
        if s.said != "absent" and not context.flags[s.lo] & NOT_THIS_PATIENTS:
            drug = s.id if s.kind in ("drug", "class") else _drug_of(s.id, vocabulary)
            found.setdefault(s.span.text.lower(), Allergy(name=s.span.text, drug=drug, span=s.span))
    for i in sorted(named - {j for s in medicines for j in range(s.lo, s.hi + 1)}):
        if _reacts(tokens, context, i, i, named):
            spoken.add(i)
            if not context.flags[i] & NOT_THIS_PATIENTS:
                span = Span(text=tokens[i].text, start=tokens[i].start, end=tokens[i].end)
                found.setdefault(span.text.lower(), Allergy(name=span.text, span=span))
    others = [_taken(s, tokens, context) if s in medicines else s for s in statements if s not in reacted]
    return Allergies(tuple(found.values()), others, frozenset(spoken))


def _reacts(tokens: Sequence[Token], context: Context, lo: int, hi: int, named: set[int]) -> bool:
    """Whether a word of allergy is reached from lo..hi over medicines and joining words of the sentence only.

    Behind a list it has to follow a medicine at once: in 'takes ramipril, allergies: aspirin' it begins another list.
    """
    for step, start in ((-1, lo - 1), (1, hi + 1)):
        at = start
        while 0 <= at < len(tokens) and context.sentence[at] == context.sentence[lo]:
            if tokens[at].stem in REACTS:
                return step < 0 or at - 1 in named or tokens[at - 1].text == "("
            if at not in named and tokens[at].text.lower() not in (JOINING if step < 0 else LISTING):
                break
            at += step
    return False


def _taken(s: Statement, tokens: Sequence[Token], context: Context) -> Statement:
    """'No known drug allergies, takes quinine': the denial is of the allergies."""
    before = [i for i in range(max(0, s.lo - 12), s.lo) if context.sentence[i] == context.sentence[s.lo]]
    taking = before and tokens[before[-1]].stem in TAKING
    if s.said == "absent" and taking and any(tokens[i].stem in REACTS for i in before):
        return s._replace(said="present")
    return s


def _drug_of(factor: str, vocabulary: Vocabulary) -> str:
    """The one drug that a finding such as takes_statin is about, its namesake among several; '' when none is."""
    drugs = [id for id, drug in vocabulary.drugs.items() if drug.factors[:1] == (factor,)]
    namesakes = [id for id in drugs if id.startswith(factor.removeprefix(TAKES))]
    one = namesakes or drugs
    return one[0] if len(one) == 1 else ""
