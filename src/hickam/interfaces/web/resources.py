"""Bodies that are FHIR or hook requests: any JSON object, as long as it can be walked and written back."""

from __future__ import annotations

import json
from typing import Any

from hickam.interfaces.web.problems import ProblemError

DEEPEST = 100
"""Levels of nesting; R4 resources need about twenty."""


def readable(body: dict[str, Any]) -> dict[str, Any]:
    """The body, or ProblemError for absurd nesting and for halves of characters, which cannot be written back."""
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        level = [
            part
            for node in level
            for part in (node.values() if isinstance(node, dict) else node)
            if isinstance(part, dict | list)
        ]
        if not level:
            break
    if level:
        raise ProblemError(
            422, "bad-request", f"It is nested more than {DEEPEST} levels deep.", fix="send R4 resources"
        )
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ProblemError(422, "bad-request", "A text holds half a character.", fix="send UTF-8") from None
    return body
