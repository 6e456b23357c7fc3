"""One patient's Bundle of a bulk export, as a case."""

from __future__ import annotations

import msgspec

from hickam.interfaces.fhir.reading import read_fhir
from hickam.model.case import Case
from hickam.services.knowledge import Knowledge


def case_of_bundle(text: str, knowledge: Knowledge, as_of: str, setting: str) -> Case:
    """The case of a Bundle on the day ``as_of``. Raises HickamError where it cannot be read as one patient's."""
    return read_fhir(msgspec.json.decode(text), knowledge, as_of, setting=setting).case
