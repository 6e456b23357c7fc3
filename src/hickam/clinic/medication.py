"""Medication review: which of this patient's drugs cause cramps or drive electrolytes, how strongly, what to do.

A drug may be named by its name, brand or class ("a statin", "water tablets"); a class that holds several drugs is
reviewed for each. The words never say "stop" without the prescriber: the pack's ``action`` is shown as written and
linted there.
"""

from __future__ import annotations

from hickam.clinic.view import CaseView
from hickam.model.assessment import Advice, Estimate, MedicationReview
from hickam.model.pack import Drug

TAKES = "takes_"
"""Risk findings with this prefix say that a drug is taken; other factors of a drug (active cancer) do not."""


def medication_review(view: CaseView) -> tuple[MedicationReview, ...]:
    """One entry for each current drug that the pack knows something about, strongest association first."""
    named: dict[str, tuple[str, Drug]] = {}
    for medication in view.case.medications:
        drug = view.pack.drugs.get(medication.drug)
        if drug is not None and medication.current:
            named.setdefault(drug.id, (medication.name, drug))
    for said, drug in _by_class(view, {drug.id for _, drug in named.values()}):
        named.setdefault(drug.id, (said, drug))
    entries = [_entry(said, drug) for said, drug in named.values()]
    return tuple(sorted(entries, key=lambda e: -(e.odds_ratio.value if e.odds_ratio else 0.0)))


def _by_class(view: CaseView, named: set[str]) -> list[tuple[str, Drug]]:
    """Drugs meant by a class word: the risk finding is present and no drug that answers it was named."""
    found = []
    for observation in view.case.observations:
        factor = observation.finding
        if observation.state != "present" or not factor.startswith(TAKES) or observation.how == "implied":
            continue
        meant = [drug for drug in view.pack.drugs.values() if factor in drug.factors]
        if any(drug.id in named for drug in meant):
            continue
        said = observation.span.text if observation.span else view.pack.findings[factor].name
        single = [drug for drug in meant if sum(f.startswith(TAKES) for f in drug.factors) <= _fewest(meant)]
        found += [(said, drug) for drug in single]
    return found


def _fewest(drugs: list[Drug]) -> int:
    """How many drug findings the plainest of them answers, so that fixed combinations are left out."""
    return min((sum(f.startswith(TAKES) for f in drug.factors) for drug in drugs), default=0)


def _entry(said: str, drug: Drug) -> MedicationReview:
    ratios = [effect.odds_ratio.triple for effect in drug.effects if effect.odds_ratio]
    strongest = max(ratios, default=None)
    return MedicationReview(
        name=said,
        drug=drug.name,
        effects=tuple(Advice(text=e.text, because=(said,), sources=e.sources) for e in drug.effects),
        odds_ratio=Estimate(value=strongest[0], low=strongest[1], high=strongest[2]) if strongest else None,
        mechanism=drug.mechanism,
        action=drug.action,
        check=drug.check,
        sources=drug.sources,
    )


def own_interactions(view: CaseView) -> tuple[Advice, ...]:
    """Interactions between two drugs that this patient takes now; a pair is said once."""
    taken = [drug for name, drug in view.pack.drugs.items() if name in view.drugs]
    found: dict[frozenset[str], Advice] = {}
    for drug in taken:
        for other in taken:
            said = drug.interactions.get(other.id)
            if said and other.id != drug.id:
                text = f"{drug.name} with {other.name}: {said}"
                because = (drug.name, other.name)
                found.setdefault(
                    frozenset((drug.id, other.id)), Advice(text=text, because=because, sources=drug.sources)
                )
    return tuple(found.values())
