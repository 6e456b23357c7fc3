"""Fixtures: the shipped pack, opened once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from hickam.services.knowledge import Knowledge, open_knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The leg-cramp pack as shipped."""
    return open_knowledge("leg_cramps")


@pytest.fixture(autouse=True)
def _no_remembered_choices(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have chosen a reader; the tests have not."""
    monkeypatch.setenv("HICKAM_SETTINGS", str(Path(tmp_path_factory.getbasetemp()) / "no-settings.json"))
    for name in ("READER", "LANGUAGE", "TEMPLATES"):
        monkeypatch.delenv(f"HICKAM_{name}", raising=False)
