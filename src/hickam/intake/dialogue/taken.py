"""Medicines that a visit names and the patient does not take: somebody else's, stopped, or named by mistake.

What a clinician reads from a list, and what was said too soon, is put right by a later sentence: 'the ropinirole was my
husband's', 'the amlodipine you stopped at Easter', 'not aspirin, the other one'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, takewhile

from msgspec.structs import replace

from hickam.intake.dialogue.retelling import Told
from hickam.intake.dialogue.spoken import DIGITS, bare_text
from hickam.model.case import Case

WHO = r"(?:i|we|you|they|he|she|dr \w+|the (?:doctor|hospital|nurse|consultant|gp)|it was|that was|was|were)"
STOPS = r"(?:stopped|discontinued|took (?:me|him|her) off|came off|gave up|finished|couldn't (?:take|tolerate))"
ENDED = re.compile(
    r"^(?:(?:but|and|then|well) )*(?:(?:that|it|they|those)(?:'s|'ve|'re| has| have)? "
    r"(?:finished|stopped|ended|ran out|been stopped|all gone)|"
    r"(?:i|he|she|they|we)(?:'ve|'s)? (?:stopped|finished|came off|came to the end of|had to stop) "
    r"(?:it|them|that|those)|"
    r"(?:i|he|she)(?:'m| am|'s| is)? (?:don't|doesn't|not|no longer) (?:take|taking|on) (?:it|that|them) "
    r"(?:now|any ?more|any longer)|"
    r"(?:i|he|she) (?:haven't got|hasn't got|never (?:got|took|started|had|collected|tried)|"
    r"didn't (?:take|fancy|start|want|collect)) (?:it|them|any|that))\b(?! (?:my|the|his|her)\b)"
)
"""The sentence after a medicine's: 'clarithromycin, for a week. That finished on Friday.'"""
SOON = 4
"""Sentences after a medicine's within which its dose is put right."""
PUT_RIGHT = re.compile(
    rf"^(?:(?:no|and|but|well|i think) )*(?:(?:it's|it is|that's|make that|only|just) )?"
    rf"(\d+(?:\.\d+)?|{'|'.join(DIGITS)})(?: (?:mg|micrograms|units|then|now|actually|sorry))*(?:$| (?:they|he|she|i) )"
)
AGAIN = re.compile(r"\b(?:again|restart\w*|back on|started again|for a (?:week|fortnight|while|few))\b")
OTHERS = (
    r"\b{name}\b(?: \w+){{0,3}} (?:was|were|is|are)(?: \w+)? (?:for )?(?:my|his|her) (?:late )?\w+'s\b",
    r"\b{name}\b (?:was|is|were|are) (?:hers|theirs)\b",
)
"""The patient's own words for what belongs to a relative."""
MINE = r"\b{name}\b (?:was|is|were|are) (?:mine|for me)\b"
"""Said by a companion."""
STOPPED = (
    rf"\b{{name}}\b(?: \w+)? {WHO} {STOPS}\b(?! smoking)",
    rf"\b{STOPS}(?: taking)?(?: the| my| that)? {{name}}\b",
    rf"\b{{name}}\b.* (?:but|and|so|then) {WHO} {STOPS} (?:it|that|them|those)\b",
    r"^(?:no )?not (?:the )?{name}\b(?! for| at| in| any)",
    r"\b{name}\b.* (?:but|and|so|then|only) (?:i|he|she) (?:don't|doesn't|no longer) \w+ (?:it|that|them|those)\b",
    r"\b{name}\b.* but (?:not|that's not|that was) (?:now|any more|anymore|any longer|years ago|before)\b",
    r"\b{name}\b.* (?:but|and) (?:i|he|she) (?:sold|threw|binned|lost|flushed|returned|gave) (?:it|them|those)\b",
    r"\bran out of(?: the| my)? {name}\b",
    r"\b{name}\b(?: \w+)? (?:was|were|has been) (?:mentioned|suggested|offered|talked about|recommended)\b",
    r"\b(?:mentioned|suggested|offered me|talked about|thought about|thinking about)(?: the| some)? {name}\b",
    r"\b(?:no longer|don't|doesn't|not) (?:take|takes|taking|have|use|using|on)(?: the| any| my)? {name}\b",
)


def as_taken(case: Case, told: Sequence[Told]) -> Case:
    """The case without medicines that are somebody else's, and with those that were stopped marked so."""
    others, stopped = _not_taken(told, {m.name.lower() for m in case.medications})
    if not others | stopped:
        return case
    kept = (m for m in case.medications if m.name.lower() not in others)
    return replace(
        case,
        medications=tuple(replace(m, current=False) if m.name.lower() in stopped else m for m in kept),
        observations=tuple(
            o
            for o in case.observations
            if not (o.how == "drug" and o.span is not None and o.span.text.lower() in others | stopped)
        ),
    )


def _not_taken(told: Sequence[Told], names: Iterable[str]) -> tuple[set[str], set[str]]:
    others: set[str] = set()
    stopped: set[str] = set()
    said = [(one.role, bare_text(one.line)) for one in told if one.role != "clinician"]
    named = tuple(names)
    for (role, text), (_, then) in pairwise([*said, ("", "")]):
        ends = ENDED.match(then) is not None and not any(name in then for name in named)
        last = max(named, key=text.rfind, default="")
        for name in (name for name in named if name in text):
            word = re.escape(name)
            if any(re.search(p.format(name=word), text) for p in (*OTHERS, *([MINE] if role == "other" else []))):
                others.add(name)
            elif (ends and name == last) or (
                not AGAIN.search(text) and any(re.search(p.format(name=word), text) for p in STOPPED)
            ):
                stopped.add(name)
    return others, stopped


def doses_disputed(told: Sequence[Told], doses: Mapping[str, str]) -> frozenset[str]:
    """Medicines, of those with a dose, whose figure somebody puts differently soon after: 'ten.' 'It's five.'"""
    said = [bare_text(one.line) for one in told if one.role != "clinician"]
    out: set[str] = set()
    for name, dose in doses.items():
        at = next((i for i, text in enumerate(said) if name in text), len(said))
        after = takewhile(lambda text: not any(other in text for other in doses), said[at + 1 : at + 1 + SOON])
        figures = [found[1] for text in after if (found := PUT_RIGHT.match(text))]
        if figures and str(DIGITS.get(figures[-1], figures[-1])) not in dose.split():
            out.add(name)
    return frozenset(out)
