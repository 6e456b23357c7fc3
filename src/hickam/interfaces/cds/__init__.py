"""CDS Hooks 2.0.1: short cards inside the record system, as proposals that a clinician takes or leaves."""
