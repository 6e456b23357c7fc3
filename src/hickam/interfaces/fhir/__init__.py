"""FHIR R4 (4.0.1): record to case, case and assessment to resources, the interview as a Questionnaire."""
