"""Fixtures: the shipped pack, opened once a session."""

from __future__ import annotations

import pytest

from hickam.services.knowledge import Knowledge, open_knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The leg-cramp pack as shipped."""
    return open_knowledge("leg_cramps")
