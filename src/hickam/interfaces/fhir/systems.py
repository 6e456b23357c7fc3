"""The names that records use for code systems, and our own for what has no public code.

Our own are URNs: a web address would promise a page that nobody serves.
"""

from __future__ import annotations

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
YES_NO = TERMINOLOGY + "v2-0136"
INTERPRETATION = TERMINOLOGY + "v3-ObservationInterpretation"
ACT_CODE = TERMINOLOGY + "v3-ActCode"
ICD10CM_NAMES = frozenset({ICD10CM, "urn:oid:2.16.840.1.113883.6.90"})
LOINC_NAMES = frozenset({LOINC, "urn:oid:2.16.840.1.113883.6.1"})
RXNORM_NAMES = frozenset({RXNORM, "urn:oid:2.16.840.1.113883.6.88"})

OWN = "urn:hickam:"
CASE_TAG = "case"
"""Code of the tag (system ``urn:hickam:bundle``) on a bundle that holds a case as this program wrote it."""
BUNDLE = OWN + "bundle"
SETTINGS = OWN + "setting"
COMPLAINTS = OWN + "complaint"
STATUSES = OWN + "condition-status"

AGE = "30525-0"
CHIEF_COMPLAINT = "10154-3"
HISTORY = "10164-2"


def own(pack: str, folder: str) -> str:
    """Our code system for one folder of a pack.

    >>> own("leg_cramps", "findings")
    'urn:hickam:leg_cramps:findings'
    """
    return f"{OWN}{pack}:{folder}"


def extension_url(name: str) -> str:
    """Address of one of our extensions; docs/reference/fhir.md lists them."""
    return f"{OWN}fhir:{name}"
