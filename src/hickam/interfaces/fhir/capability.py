"""What this service can do, as a CapabilityStatement."""

from __future__ import annotations

import hickam
from hickam.interfaces.fhir.questionnaire import canonical
from hickam.interfaces.fhir.reading import READERS
from hickam.interfaces.fhir.resources import Json, stamp_extensions
from hickam.interfaces.fhir.systems import OWN
from hickam.model.pack import Pack
from hickam.services.assess import stamp

NEXT_QUESTION = "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-next-question"
ASSESS = OWN + "operation:assess"


def capability(pack: Pack, date: str) -> Json:
    """The statement for one pack, dated ``date`` (YYYY-MM-DD)."""
    made_from = stamp(pack)
    return {
        "resourceType": "CapabilityStatement",
        "extension": stamp_extensions(made_from),
        "status": "draft",
        "date": date,
        "kind": "instance",
        "software": {"name": "Hickam", "version": hickam.__version__},
        "implementation": {"description": f"Pack {made_from.id} {made_from.version}. {pack.manifest.disclaimer}"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Stateless: nothing sent is stored or logged. A record goes in as a Bundle of "
                f"{', '.join(READERS)}; an answer comes out as a document Bundle.",
                "resource": [
                    {
                        "type": "Questionnaire",
                        "interaction": [{"code": "read"}],
                        "documentation": canonical(pack),
                        "operation": [{"name": "next-question", "definition": NEXT_QUESTION}],
                    }
                ],
                "operation": [{"name": "assess", "definition": ASSESS}],
            }
        ],
    }
