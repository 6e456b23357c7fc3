"""Answers to a patient about their own case do not name what nobody has told them yet."""

from __future__ import annotations

from msgspec.structs import replace

from hickam.answers.claims import Claim
from hickam.answers.draft import Draft
from hickam.answers.question import Question
from hickam.knowledge.telling import withheld
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.services.claims_index import ClaimsIndex

IN_PERSON = "One possible cause is left out here: a doctor should talk with you about it face to face."
"""Beside an answer to a patient that would name what nobody has told them yet."""


def until_told(claims: ClaimsIndex, question: Question, draft: Draft, case: Case) -> Draft:
    """Without what names a condition that nobody has told this patient of, unless the question names it."""
    pack = claims.knowledge.pack
    held = [c for c in withheld(pack, case).values() if f"conditions/{c.id}" not in question.targets]
    names = {name.lower() for c in held for name in (c.name.split(" (")[0], c.lay_name, *c.synonyms) if len(name) > 3}

    def says(text: str) -> bool:
        return any(name in text.lower() for name in names)

    items = {f"conditions/{c.id}" for c in held}
    kept = [c for c in draft.claims if c.item not in items and not says(c.text)]
    notes = tuple(note for note in draft.notes if not says(note))
    if len(kept) == len(draft.claims) and notes == draft.notes:
        return draft
    if not kept:
        answer = claims.assessed(case, "patient")
        kept = [Claim(id="case#urgency.level", item="case", field="urgency", text=how_soon(answer))]
    return replace(draft, claims=tuple(kept), lead=max(1, min(draft.lead, len(kept))), notes=(*notes, IN_PERSON))


def how_soon(answer: Assessment) -> str:
    """How soon, and where to go first."""
    return f"{answer.urgency.sentence}. {answer.route.sentence}"
