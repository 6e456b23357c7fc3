"""Likelihood words, percentages and decibans as text."""

from __future__ import annotations

from hickam.model.assessment import Estimate, PackStamp
from hickam.writing.language import N_, _

TIER_TITLES = {
    "most_likely": "MOST LIKELY",
    "do_not_miss": "DO NOT MISS",
    "other_likely": "OTHER LIKELY",
    "rare": "RARE, BUT RAISED HERE",
}
CATEGORY_NAMES = {
    "true_cramp": N_("true cramp"),
    "metabolic_endocrine": N_("metabolic and endocrine"),
    "vascular": N_("vascular"),
    "neurologic": N_("neurologic"),
    "musculoskeletal": N_("musculoskeletal"),
    "medication": N_("medication"),
    "other_medical": N_("other medical"),
}

REVIEW_STATES = {
    "submitted": N_("submitted, pending human review"),
    "under_review": N_("under review"),
    "approved": N_("approved"),
}
_WORDS = (
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "possible"),
    (0.01, "unlikely"),
    (0.0, "very unlikely"),
)


def drafted_words(drafted_by: str) -> str:
    """'drafted by AI', which stays whatever people have approved since; '' where a person wrote it."""
    return _("drafted by {who}", who=drafted_by) if drafted_by else ""


def stamp_state(stamp: PackStamp) -> str:
    """'drafted by AI; submitted, pending human review'."""
    return "; ".join(filter(None, (drafted_words(stamp.drafted_by), _(REVIEW_STATES[stamp.review_state]))))


def likelihood_word(chance: float) -> str:
    """A word for a probability (bands of the calibrated likelihood scale used by the IPCC, Mastrandrea 2010)."""
    return next(word for limit, word in _WORDS if chance >= limit)


def percent(chance: float) -> str:
    """Whole per cent; below 1 % '<1 %' and above 99 % '>99 %', because the knowledge supports no more."""
    if chance > 0 and round(100 * chance) < 1:
        return "<1 %"
    if chance < 1 and round(100 * chance) > 99:
        return ">99 %"
    return f"{100 * chance:.0f} %"


def interval(estimate: Estimate) -> str:
    """'31 % (18–52)', '<1 % (<1–2)'; '<1 %' alone when the whole interval is below it."""
    low, high = (percent(bound).removesuffix(" %") for bound in (estimate.low, estimate.high))
    return f"{percent(estimate.value)} ({low}–{high})" if low != high else percent(estimate.value)


def decibans(value: float) -> str:
    """'+6 dB': ten decibans are a factor of ten in odds."""
    return f"{value:+.0f} dB"


def out_of(chance: float, of: int = 100) -> str:
    """Natural frequency: '31 of 100 people'."""
    if 0 < chance < 0.5 / of:
        return _("fewer than 1 of {of} people", of=of)
    return _("{n} of {of} people", n=round(chance * of), of=of)
