"""The status banner of an article in words: how far it has been reviewed, which parts by whom and when."""

from __future__ import annotations

from hickam.knowledge.standing import standing
from hickam.model.pack import Pack
from hickam.model.review import Standing
from hickam.writing.articles.document import Article, ReviewedPart, Status
from hickam.writing.words import REVIEW_STATES, drafted_words

STEPS = (("submitted", "Submitted"), ("under_review", "Under review"), ("approved", "Approved"))
OUTCOMES = {"under_review": "under review", "approved": "approved", "returned": "sent back"}
MEANINGS = {
    "submitted": "Pending human review: no person has approved it yet.",
    "under_review": "Under review: a part of it has been looked at, and not all of it is approved.",
    "approved": "Approved: a person has approved every part in its present form.",
}
EVIDENCE = {"web": "web page", "label": "product label", "regulator": "regulator's notice"}
REVIEW_WORDS = {**REVIEW_STATES, "returned": "sent back by a reviewer"}


def review_words(pack: Pack, item: str) -> str:
    """Where this very content stands in review, in words; ``item`` is folder/id."""
    return standing_words(standing(pack, item))


def standing_words(stands: Standing) -> str:
    """'approved by A. Reviewer (vascular surgeon) on 2026-11-22, to be reviewed again by 2027-11-22'."""
    people = " and ".join(f"{r.by} ({r.role}) on {r.on}" if r.role else f"{r.by} on {r.on}" for r in stands.approvals)
    if stands.state == "approved":
        return f"approved by {people}, to be reviewed again by {stands.due}"
    if stands.state == "under_review" and people:
        return f"under review: approved by {people}, one of the two reviewers it needs"
    return REVIEW_WORDS[stands.state]


def evidence_kind(kind: str) -> str:
    """'systematic review'."""
    return EVIDENCE.get(kind, kind.replace("_", " "))


def parts_sentence(status: Status) -> str:
    """'0 of 3 parts approved; 40 of 52 statements name a source'."""
    noun = "part" if status.parts == 1 else "parts"
    text = f"{status.approved} of {status.parts} {noun} approved"
    return f"{text}; {status.sourced} of {status.claims} statements name a source" if status.claims else text


def part_words(part: ReviewedPart) -> str:
    """'conditions/gout: approved by A. Reviewer, rheumatologist, on 2026-11-22, next review by 2027-11-22 (…)'."""
    role = f", {part.role}," if part.role else ""
    again = f", next review by {part.next_review}" if part.next_review else ""
    comment = f" ({part.comment})" if part.comment else ""
    return f"{part.item}: {OUTCOMES[part.outcome]} by {part.reviewer}{role} on {part.on}{again}{comment}"


def updated_words(status: Status) -> str:
    """'Drafted by AI; last updated: 2026-11-22', or that nobody recorded the day."""
    drafted = drafted_words(status.drafted_by)
    text = f"last updated: {status.updated or 'not recorded'}"
    whole = f"{drafted}; {text}" if drafted else text
    return f"{whole[:1].upper()}{whole[1:]}"


def stamp_words(article: Article) -> str:
    """Which knowledge and which program: the same on every output."""
    status = article.status
    return (
        f"pack {status.pack} {status.pack_version} ({status.pack_hash[:12]}) · content {status.hash[:12]} · "
        f"engine {status.engine_version}"
    )
