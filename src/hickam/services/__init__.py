"""The use cases, one verb a file; the only place that joins knowledge, inference, intake, clinic and writing."""
