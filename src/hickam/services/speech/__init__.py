"""Recordings become transcripts: which recogniser, with whose names, under which consent."""
