"""Hickam: open clinical decision support. ``hickam.api.assess`` is the Python entry point."""

__version__ = "0.1.0"
