"""The status banner of an article in words: how far it has been reviewed, which parts by whom and when."""

from __future__ import annotations

from hickam.model.pack import Pack
from hickam.writing.articles.document import Article, ReviewedPart, Status

STEPS = (("submitted", "Submitted"), ("under_review", "Under review"), ("approved", "Approved"))
OUTCOMES = {"under_review": "under review", "approved": "approved", "rejected": "sent back"}
MEANINGS = {
    "submitted": "Pending human review: no person has approved it yet.",
    "under_review": "Under review: a part of it has been looked at, and not all of it is approved.",
    "approved": "Approved: a person has approved every part in its present form.",
}
EVIDENCE = {"web": "web page", "label": "product label", "regulator": "regulator's notice"}


REVIEW_WORDS = {
    "submitted": "submitted, pending human review",
    "under_review": "under review",
    "approved": "approved",
    "rejected": "sent back by a reviewer",
}


def review_words(pack: Pack, item: str) -> str:
    """The last review of this very content in words; ``item`` is folder/id."""
    outcomes = {(review.item, review.hash): review.outcome for review in pack.reviews}
    return REVIEW_WORDS[outcomes.get((item, pack.hashes[item]), "submitted")]


def evidence_kind(kind: str) -> str:
    """'systematic review'."""
    return EVIDENCE.get(kind, kind.replace("_", " "))


def parts_sentence(status: Status) -> str:
    """'0 of 3 parts approved; 40 of 52 statements name a source'."""
    noun = "part" if status.parts == 1 else "parts"
    text = f"{status.approved} of {status.parts} {noun} approved"
    return f"{text}; {status.sourced} of {status.claims} statements name a source" if status.claims else text


def part_words(part: ReviewedPart) -> str:
    """'conditions/gout: approved by A. Reviewer on 2026-11-22 (figures checked)'."""
    comment = f" ({part.comment})" if part.comment else ""
    return f"{part.item}: {OUTCOMES[part.outcome]} by {part.reviewer} on {part.on}{comment}"


def updated_words(status: Status) -> str:
    """'Last updated: 2026-11-22', or that nobody recorded it."""
    return f"Last updated: {status.updated or 'not recorded'}"


def stamp_words(article: Article) -> str:
    """Which knowledge and which program: the same on every output."""
    status = article.status
    return (
        f"pack {status.pack} {status.pack_version} ({status.pack_hash[:12]}) · content {status.hash[:12]} · "
        f"engine {status.engine_version}"
    )
