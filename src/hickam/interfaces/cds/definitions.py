"""Which services are offered, at which hook, and what they would like to have prefetched."""

from __future__ import annotations

import hickam
from hickam.interfaces.fhir.resources import Json, extend
from hickam.model.pack import Pack
from hickam.services.assess import stamp

PATIENT = "patient"
PREFETCH = {
    PATIENT: "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}",
    "observations": "Observation?patient={{context.patientId}}&_sort=-date&_count=200",
    "medicationRequests": "MedicationRequest?patient={{context.patientId}}&status=active,on-hold",
    "medicationStatements": "MedicationStatement?patient={{context.patientId}}",
    "allergies": "AllergyIntolerance?patient={{context.patientId}}",
    "encounters": "Encounter?patient={{context.patientId}}&status=in-progress",
}
NEEDED = (PATIENT, "conditions", "observations", "medicationRequests")
"""Without these nothing sensible can be said; the others make an answer better."""
SPECIFICATION = "2.0.1"
"""Version of CDS Hooks that the services are made for; services say it since 3.0."""
ABOUT_ORDERS = "Quinine for cramps; drugs that cause cramps, in a patient who has them."
SERVICES: dict[str, tuple[str, str, str]] = {
    "leg-symptom-view": (
        "patient-view",
        "Leg symptom: urgency and causes",
        "How soon and what, when a leg symptom is recorded.",
    ),
    "leg-symptom-encounter": (
        "encounter-start",
        "Leg symptom: what to ask",
        "Urgency, and the questions that would change the answer most.",
    ),
    "leg-symptom-order-select": ("order-select", "Medicines and leg cramps", ABOUT_ORDERS),
    "leg-symptom-order-sign": ("order-sign", "Medicines and leg cramps", ABOUT_ORDERS),
    "leg-symptom-problem": (
        "problem-list-item-create",
        "Before a cause is settled",
        "What is not excluded when a leg symptom is put on the problem list.",
    ),
}
"""Service id -> hook, title, description."""


def discovery(pack: Pack) -> Json:
    """The body of GET /cds-services."""
    made_from = stamp(pack)
    requirements = f"{pack.manifest.intended_use} Not for: {'; '.join(pack.manifest.not_for)}."
    return {
        "services": [
            {
                "id": id,
                "hook": hook,
                "title": title,
                "version": SPECIFICATION,
                "description": f"{description} {pack.manifest.disclaimer}",
                "prefetch": PREFETCH,
                "usageRequirements": requirements,
                "extension": {
                    extend("stamp")["url"]: {
                        "engineVersion": hickam.__version__,
                        "pack": made_from.id,
                        "packVersion": made_from.version,
                        "packHash": made_from.hash,
                        "reviewState": made_from.review_state,
                    }
                },
            }
            for id, (hook, title, description) in SERVICES.items()
        ]
    }
