"""schemathesis over our own OpenAPI, against the application in this process: no 5xx, whatever is sent.

Bounded: a fixed number of examples for each operation, from a fixed seed.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.guard import Limits
from hickam.services.knowledge import Knowledge
from hickam.store.database import Store

EXAMPLES = 8
SOUND = "/api/v1/transcribe/{id}/audio"
"""Takes sound, which schemathesis cannot make; tests/functional/test_transcribe.py sends it good and bad."""
CHECKS = [not_a_server_error, content_type_conformance, status_code_conformance]


@pytest.fixture
def schema(knowledge: Knowledge, tmp_path: Path) -> schemathesis.BaseSchema:
    app = create_app(knowledge, Limits(seconds=120), store=Store(f"sqlite:///{tmp_path / 'fuzz.db'}"))
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def test_nothing_that_is_sent_ends_in_a_5xx_and_answers_are_as_described(schema: schemathesis.BaseSchema) -> None:
    faults, tried = [], 0
    for found, mode in product(list(schema.exclude(path=SOUND).get_all_operations()), GenerationMode):
        operation = found.ok()
        try:
            cases = operation.as_strategy(generation_mode=mode)
        except SkipTest:
            continue

        @given(case=cases)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def sent(case: schemathesis.Case[Any]) -> None:
            case.validate_response(case.call(), checks=CHECKS)

        tried += 1
        try:
            with suppress(Unsatisfiable):  # nothing about this operation could be wrong
                sent()
        except (Exception, BaseExceptionGroup) as error:
            faults.append(f"{operation.label} ({mode.value}): {error}")
    assert tried > 30
    assert not faults, "\n\n".join(faults)
