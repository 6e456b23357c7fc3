"""What is known of the patient that may speak against a medicine: facts, drugs, suspected conditions, allergies."""

from __future__ import annotations

from hickam.answers.claims import Claim, case_claim
from hickam.answers.medicines import Patient
from hickam.answers.question import Question
from hickam.clinic.allergies import advice_against
from hickam.model.assessment import Reader
from hickam.model.case import Case
from hickam.services.claims_index import ClaimsIndex
from hickam.writing.words import percent

SUSPECTED = 0.3
"""A condition at least this likely to be the cause counts for cautions, and is named as suspected."""


def patient_of(
    claims: ClaimsIndex, question: Question, case: Case | None, told: Case | None, reader: Reader
) -> Patient:
    """Facts a caution may rest on: from the case, suspected dangers among them, and from what the question tells."""
    pack = claims.knowledge.pack
    factors: set[str] = set()
    drugs: dict[str, str] = {}
    names: dict[str, str] = {}
    allergies: tuple[Claim, ...] = ()
    for known in (case, told):
        if known is None:
            continue
        factors |= {o.finding for o in known.observations if o.state == "present"}
        factors |= {f.condition for f in known.facts}
        drugs |= {m.drug: m.name for m in known.medications if m.drug and m.current}
        allergies = allergies or _allergies(claims, question, known)
    factors |= {factor for drug in drugs for factor in pack.drugs[drug].factors}
    for c in claims.assessed(case, reader).differential if case is not None else ():
        if c.cause.value >= SUSPECTED or (c.danger is not None and c.danger.state == "above_threshold"):
            name = c.condition.lay_name if reader == "patient" else c.condition.name
            names[c.condition.id] = f"suspected: {name} ({percent(c.cause.value)} as the cause)"
    return Patient(
        factors=frozenset(factors),
        suspected=frozenset(names),
        drugs=frozenset(drugs),
        names=drugs | names,
        allergies=allergies,
    )


def _allergies(claims: ClaimsIndex, question: Question, case: Case) -> tuple[Claim, ...]:
    """One claim for the first allergy that speaks against a treatment, or a medicine, that the question names."""
    found = advice_against(claims.knowledge.pack, case, question.targets, question.text)
    return () if found is None else (case_claim("allergy.0", found.text, sources=found.sources),)
