"""Hickam: open clinical decision support. ``hickam.api.assess`` is the Python entry point."""

import os

__version__ = "0.1.0"

# Before numpy is imported: its products here are small, and sharing one out among threads costs three to five times
# what it saves, most of all on a busy machine (docs/decisions/0017). Whoever sets these otherwise is obeyed.
for _library in ("OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
