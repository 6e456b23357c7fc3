"""Medication review: which of this patient's drugs cause cramps or drive electrolytes, how strongly, what to do.

The words never say "stop" without the prescriber: the pack's ``action`` is shown as written and linted there.
"""

from __future__ import annotations

from hickam.clinic.view import CaseView
from hickam.model.assessment import Advice, Estimate, MedicationReview


def medication_review(view: CaseView) -> tuple[MedicationReview, ...]:
    """One entry for each current drug that the pack knows something about, strongest association first."""
    entries: list[MedicationReview] = []
    seen: set[str] = set()
    for medication in view.case.medications:
        drug = view.pack.drugs.get(medication.drug)
        if drug is None or not medication.current or drug.id in seen:
            continue
        seen.add(drug.id)
        ratios = [effect.odds_ratio.triple for effect in drug.effects if effect.odds_ratio]
        strongest = max(ratios, default=None)
        entries.append(
            MedicationReview(
                name=medication.name,
                drug=drug.name,
                effects=tuple(Advice(text=e.text, because=(medication.name,), sources=e.sources) for e in drug.effects),
                odds_ratio=Estimate(value=strongest[0], low=strongest[1], high=strongest[2]) if strongest else None,
                mechanism=drug.mechanism,
                action=drug.action,
                check=drug.check,
                sources=drug.sources,
            )
        )
    return tuple(sorted(entries, key=lambda e: -(e.odds_ratio.value if e.odds_ratio else 0.0)))
