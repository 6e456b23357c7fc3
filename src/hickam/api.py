"""The Python API: the same services as the command line, one call each.

>>> from hickam.api import assess
>>> answer = assess("72-year-old man wakes with calf cramps three nights a week")
>>> answer.differential[0].condition.id
'idiopathic_nocturnal_leg_cramps'
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hickam.intake.reading import parse
from hickam.intake.structured import case_from_json
from hickam.model.assessment import Assessment
from hickam.model.case import Case
from hickam.services.assess import Options
from hickam.services.assess import assess as _assess
from hickam.services.knowledge import DEFAULT_PACK, Knowledge, open_knowledge

if TYPE_CHECKING:
    from hickam.services.batch.assess import BatchAssessor

__all__ = ["Assessment", "Case", "Options", "assess", "batch_assessor", "knowledge"]


@lru_cache(maxsize=4)
def knowledge(pack: str = DEFAULT_PACK) -> Knowledge:
    """A pack by name or folder, opened once a process."""
    return open_knowledge(pack)


def assess(
    case: str | dict[str, object] | Case, options: Options | None = None, pack: str = DEFAULT_PACK
) -> Assessment:
    """Assess a story, a case as data (docs/reference/case-format.md) or a ``Case``.

    Raises ``hickam.intake.errors.IntakeError`` for data that cannot be read as a case.
    """
    opened = knowledge(pack)
    if isinstance(case, str):
        case = parse(case, opened.vocabulary)
    elif isinstance(case, dict):
        case = case_from_json(case, opened.vocabulary)
    return _assess(opened, case, options or Options())


@lru_cache(maxsize=4)
def batch_assessor(pack: str = DEFAULT_PACK) -> BatchAssessor:
    """``assess_batch(RecordBatch) -> RecordBatch`` for one pack (docs/how-to/batch.md); needs ``hickam[batch]``."""
    from hickam.services.batch.assess import BatchAssessor

    return BatchAssessor(knowledge(pack))
