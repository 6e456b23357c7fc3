"""Small dialogues written in tests, read as visits."""

from __future__ import annotations

from hickam.intake.dialogue import turns_of_text
from hickam.model.visit import Visit
from hickam.services.knowledge import Knowledge
from hickam.services.scribe import visit_of


def read(knowledge: Knowledge, *lines: str) -> Visit:
    """'D: …' and 'P: …' lines as a visit."""
    return visit_of(knowledge, turns_of_text("\n".join(lines)))


def stated(visit: Visit) -> dict[str, str]:
    """The state of each finding."""
    return {f.finding: f.state for f in visit.findings}
