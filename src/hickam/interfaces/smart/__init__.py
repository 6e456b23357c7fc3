"""SMART App Launch 2.2: the workbench opened from a record system with its patient; a note written back on request."""
