"""The status banner of an article in words: how far it has been reviewed, which parts by whom and when."""

from __future__ import annotations

from hickam.knowledge.standing import standing
from hickam.model.pack import Pack
from hickam.model.review import Standing
from hickam.writing.articles.document import Article, ReviewedPart, Status
from hickam.writing.language import N_, _, ngettext
from hickam.writing.words import REVIEW_STATES, drafted_words

STEPS = (("submitted", N_("Submitted")), ("under_review", N_("Under review")), ("approved", N_("Approved")))
OUTCOMES = {"under_review": N_("under review"), "approved": N_("approved"), "returned": N_("sent back")}
MEANINGS = {
    "submitted": N_("Pending human review: no person has approved it yet."),
    "under_review": N_("Under review: a part of it has been looked at, and not all of it is approved."),
    "approved": N_("Approved: a person has approved every part in its present form."),
}
EVIDENCE = {"web": N_("web page"), "label": N_("product label"), "regulator": N_("regulator's notice")}
REVIEW_WORDS = {**REVIEW_STATES, "returned": N_("sent back by a reviewer")}


def review_words(pack: Pack, item: str) -> str:
    """Where this very content stands in review, in words; ``item`` is folder/id."""
    return standing_words(standing(pack, item))


def standing_words(stands: Standing) -> str:
    """'approved by A. Reviewer (vascular surgeon) on 2026-11-22, to be reviewed again by 2027-11-22'."""
    named = [(f"{r.by} ({r.role})" if r.role else r.by, r.on) for r in stands.approvals]
    people = _(" and ").join(_("{reviewer} on {day}", reviewer=name, day=on) for name, on in named)
    if stands.state == "approved":
        return _("approved by {people}, to be reviewed again by {due}", people=people, due=stands.due)
    if stands.state == "under_review" and people:
        return _("under review: approved by {people}, one of the two reviewers it needs", people=people)
    return _(REVIEW_WORDS[stands.state])


def evidence_kind(kind: str) -> str:
    """'systematic review'."""
    return _(EVIDENCE.get(kind, kind.replace("_", " ")))


def parts_sentence(status: Status) -> str:
    """'0 of 3 parts approved; 40 of 52 statements name a source'."""
    text = ngettext(
        "{approved} of {n} part approved", "{approved} of {n} parts approved", status.parts, approved=status.approved
    )
    if not status.claims:
        return text
    sourced = _("{sourced} of {claims} statements name a source", sourced=status.sourced, claims=status.claims)
    return f"{text}; {sourced}"


def part_words(part: ReviewedPart) -> str:
    """'conditions/gout: approved by A. Reviewer, rheumatologist, on 2026-11-22, next review by 2027-11-22 (…)'."""
    who = f"{part.reviewer}, {part.role}," if part.role else part.reviewer
    values = {"item": part.item, "outcome": _(OUTCOMES[part.outcome]), "reviewer": who, "day": part.on}
    said = _("{item}: {outcome} by {reviewer} on {day}", **values)
    again = _(", next review by {day}", day=part.next_review) if part.next_review else ""
    return f"{said}{again}{f' ({part.comment})' if part.comment else ''}"


def updated_words(status: Status) -> str:
    """'Drafted by AI; last updated: 2026-11-22', or that nobody recorded the day."""
    drafted = drafted_words(status.drafted_by)
    text = _("last updated: {day}", day=status.updated or _("not recorded"))
    whole = f"{drafted}; {text}" if drafted else text
    return f"{whole[:1].upper()}{whole[1:]}"


def meaning(status: Status) -> str:
    """What the state of review means, as a sentence."""
    return _(MEANINGS[status.state])


def translation_words(article: Article) -> str:
    """How far people have reviewed the translation; '' for English."""
    state = article.translation
    return _("This translation: {state}.", state=_(REVIEW_STATES[state])) if state else ""


def stamp_words(article: Article) -> str:
    """Which knowledge and which program: the same on every output."""
    status = article.status
    return _(
        "pack {pack} {version} ({hash}) · content {content} · engine {engine}",
        pack=status.pack,
        version=status.pack_version,
        hash=status.pack_hash[:12],
        content=status.hash[:12],
        engine=status.engine_version,
    )
