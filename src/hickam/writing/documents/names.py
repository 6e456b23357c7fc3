"""Names of the fixed scales (tier, basis, certainty, status, likelihood) as messages."""

from __future__ import annotations

from hickam.writing.language import N_

TIERS = {
    "most_likely": N_("most likely"),
    "do_not_miss": N_("do not miss"),
    "other_likely": N_("other likely"),
    "rare": N_("rare, but raised here"),
    "unlisted": N_("not listed"),
}
BASES = {
    "direct": N_("direct"),
    "derived": N_("derived"),
    "extrapolated": N_("extrapolated"),
    "estimate": N_("estimate"),
}
CERTAINTIES = {
    "high": N_("high"),
    "moderate": N_("moderate"),
    "low": N_("low"),
    "very_low": N_("very low"),
    "expert_opinion": N_("expert opinion"),
}
STATUSES = {
    "active": N_("active"),
    "controlled": N_("controlled"),
    "past": N_("past"),
    "unknown": N_("status not given"),
}
CATEGORIES = {
    "true_cramp": N_("true cramp"),
    "metabolic_endocrine": N_("metabolic and endocrine"),
    "vascular": N_("vascular"),
    "neurologic": N_("neurologic"),
    "musculoskeletal": N_("musculoskeletal"),
    "medication": N_("medication"),
    "other_medical": N_("other medical"),
}
LIKELIHOODS = (
    N_("very likely"),
    N_("likely"),
    N_("about as likely as not"),
    N_("possible"),
    N_("unlikely"),
    N_("very unlikely"),
)
"""The words of writing/words.py, for the catalogue; a test holds them equal."""
