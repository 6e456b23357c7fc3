"""What of an item answers which kind of question: fields of claims, articles of the manifest, best first."""

from __future__ import annotations

from collections.abc import Sequence

FIELDS: dict[str, tuple[str, ...]] = {
    "rule_out": ("do_not_miss", "workup", "accuracy", "pitfalls", "summary"),
    "symptoms": ("presentation", "patient_text", "summary", "red_flags"),
    "workup": ("workup", "summary", "not_worth", "how", "accuracy", "presentation"),
    "treatment": ("management", "patient_text", "prevention"),
    "avoid": ("management", "pitfalls"),
    "prevention": ("prevention", "management", "patient_text", "how", "summary"),
    "urgency": ("red_flags", "sentence", "do_not_miss", "referral", "patient_text", "lay_sentence", "management"),
    "who": ("referral", "treats", "refer_when", "unsafe_when"),
    "frequency": ("who", "prior", "findings", "presentation"),
    "risks": ("modifiers", "who"),
    "causes": ("summary", "who", "effects", "presentation", "patient_text", "pitfalls"),
    "evidence": ("effects", "summary", "management", "harms"),
    "harms": ("harms", "effects", "caution", "summary"),
    "how_to": ("how", "how_to", "summary"),
    "accuracy": ("findings", "accuracy", "meaning", "summary"),
    "action": ("action", "how", "check", "effects", "management"),
    "drug_cause": ("effects", "mechanism", "action", "summary"),
    "meaning": ("summary", "meaning", "class", "treats", "patient_text", "presentation"),
    "follow_up": ("follow_up", "patient_text", "do_not_miss", "summary"),
    "pitfall": ("pitfalls", "do_not_miss", "lookalikes", "not_worth", "summary"),
    "worth": ("not_worth", "workup", "summary", "accuracy", "pitfalls", "how"),
    "monitor": ("check", "action", "follow_up", "effects", "how"),
    "mechanism": ("mechanism", "effects", "summary"),
    "likelihood": ("summary", "presentation", "lookalikes"),
    "why": ("presentation", "lookalikes"),
    "general": (),
}
ARTICLES: dict[str, tuple[str, ...]] = {
    "meaning": ("definition",),
    "symptoms": ("definition",),
    "causes": ("categories", "statistics", "causes_and_risk_factors"),
    "risks": ("causes_and_risk_factors", "statistics"),
    "my_drugs": ("categories", "history"),
    "drug_cause": ("categories", "history", "pitfalls"),
    "who": ("who_to_see", "when_to_seek_help"),
    "urgency": ("when_to_seek_help", "who_to_see", "definition", "pitfalls"),
    "workup": ("laboratory", "examination", "history", "imaging", "diagnosis"),
    "next_step": ("history", "examination", "laboratory", "diagnosis"),
    "treatment": ("management", "treatment"),
    "evidence": ("management", "treatment"),
    "how_to": ("management", "treatment"),
    "prevention": ("prevention", "management", "prevention_in_plain_words"),
    "frequency": ("statistics", "definition"),
    "compare": ("distinguishing",),
    "rule_out": ("diagnosis", "pitfalls"),
    "avoid": ("pitfalls",),
}
"""Articles of the manifest that answer a question about the complaint as a whole."""
ARTICLE_CUES = (
    (r"\bexamin", "examination"),
    (r"\bhistory|\bask\b", "history"),
    (r"\bbloods?\b|laboratory|lab tests", "laboratory"),
    (r"\bscan|imaging|x-?ray|ultrasound|mri", "imaging"),
)
"""Words that choose among the articles of one kind."""


def place(field: str, fields: Sequence[str]) -> float:
    """1 for the first field, less for each after it, nothing for one that is not listed."""
    return 1 / (1 + 0.5 * fields.index(field)) if field in fields else 0.0
