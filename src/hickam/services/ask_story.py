"""What a question tells besides asking: read as a story is, for its urgency, for the case, or as a case of its own."""

from __future__ import annotations

import re

from msgspec.structs import replace

from hickam.answers.question import Question
from hickam.intake.assemble import settle
from hickam.intake.reading import parse
from hickam.model.case import Case
from hickam.services.claims_index import ClaimsIndex

ASIDE = re.compile(
    r"^(what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could|may|might|must|shall|should|"
    r"will|would|has|have|any|tell|explain|compare|give|suppose|imagine|if)\b(?! (i|we) have\b)",
    re.I,
)
OWN = re.compile(r"\b(i|i'm|i've|my|me|he|she|his|her|him|he's|she's|we|our|patient|year.old|yo|now|since|ago)\b", re.I)
RELATIVE = re.compile(
    r"\bmy (husband|wife|partner|mother|father|mum|mom|dad|son|daughter|brother|sister|friend|gran|grandmother|"
    r"grandfather|child|baby|boy|girl)\b('s)?",
    re.I,
)
WORRY = re.compile(
    r"^(should i (be )?(worr\w+|concerned)( that| if| about)?|is it (bad|serious|dangerous|normal|ok)( that| if)?|"
    r"why (is|are|do|does|has)|what does it mean (that|if)|what if|is)\b\s*(?=my\b|i\b|the\b)",
    re.I,
)
"""The worry before what is told: 'should I worry that [my leg is swollen]'."""
WHENEVER = re.compile(r"\W*(when (should|do|must|is|would|to)|at what point)\b", re.I)
"""'When should I worry about cramp in one leg' asks for all that would be reason to, not about this story."""
LEAST_SIGNS = 2
"""Findings a question has to tell before it is read as a story."""


def as_story(claims: ClaimsIndex, question: Question, text: str) -> tuple[Case | None, tuple[str, ...]]:
    """No case, but the question tells of symptoms of one's own: it is read as the story, and says so."""
    told_in = ("causes", "general", "likelihood", "next_step", "who", "urgency")
    if question.kind not in told_in or not re.search(r"\b(i|my|me|he|she|his|her)\b", text, re.I):
        return None, ()
    if WHENEVER.match(text) or any(not i.startswith("findings/") for i in question.targets):
        return None, ()
    told = parse(as_told(text), claims.knowledge.vocabulary)
    signs = [o for o in told.observations if o.state == "present" and o.how != "implied"]
    if told.complaint != "leg" or len(signs) < LEAST_SIGNS:
        return None, ()
    return told, ("Your question was read as a story; hickam assess gives the whole answer.",)


def told_beside(claims: ClaimsIndex, text: str) -> Case | None:
    """What a question states beside asking: 'can she take it, she is pregnant' tells that she is pregnant."""
    parts = [p.strip() for p in re.split(r"(?<=[.;?!])\s+|,\s+", text) if p.strip()]
    stated = [p for p in parts if not ASIDE.match(p) and not p.endswith("?") and OWN.search(p)]
    if not stated:
        return None
    found = parse(". ".join(p.rstrip(".") for p in stated) + ".", claims.knowledge.vocabulary)
    return found if found.observations or found.medications or found.facts else None


def joined(claims: ClaimsIndex, case: Case, extra: Case | None) -> Case:
    """The case with what the question told; a contradiction leaves the case as it was."""
    if extra is None:
        return case
    told = [o for o in case.observations if o.how != "implied"] + [o for o in extra.observations if o.how != "implied"]
    settled, conflicts, _ = settle(told, claims.knowledge.vocabulary)
    if conflicts:
        return case
    known = {m.drug for m in case.medications}
    return replace(
        case,
        observations=tuple(settled),
        medications=(*case.medications, *(m for m in extra.medications if m.drug not in known)),
        allergies=(*case.allergies, *extra.allergies),
        facts=(*case.facts, *(f for f in extra.facts if f.condition not in {x.condition for x in case.facts})),
    )


def as_told(text: str) -> str:
    """The question as the patient's own story: without its asking part, where that stands apart."""
    parts = [p.strip() for p in re.split(r"(?<=[.;?!:])\s+|,\s+", text.replace("’", "'")) if p.strip()]
    told = [p for p in parts if not ASIDE.match(p)]
    out = ", ".join(told or parts).replace("?", ".")
    out = WORRY.sub("", out)
    out = RELATIVE.sub(lambda m: "the" if m.group(2) else "the patient", out)
    return re.sub(r"\bcan't\b", "cannot", out)
