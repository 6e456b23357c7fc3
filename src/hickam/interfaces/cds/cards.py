"""Cards: short, sourced, at most one critical, and the same one only once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
import uuid
from collections import OrderedDict
from typing import Literal

from hickam.interfaces.fhir.plan_out import PRIORITY
from hickam.interfaces.fhir.resources import Json, labelled, text_only
from hickam.interfaces.fhir.systems import OWN
from hickam.model.assessment import Assessment
from hickam.model.condition import Level
from hickam.model.pack import Pack
from hickam.writing.words import stamp_state

Indicator = Literal["info", "warning", "critical"]
LONGEST_SUMMARY = 139
INDICATOR: dict[Level, Indicator] = {
    "emergency": "critical",
    "same_day": "warning",
    "soon": "info",
    "routine": "info",
    "self_care": "info",
}
ORDER = ("critical", "warning", "info")
REASONS = {
    "cds-not-applicable": "Does not apply to this patient",
    "cds-suboptimal-context": "Comes at the wrong moment",
    "recipient-disagrees-evidence": "I do not agree with the evidence",
    "recipient-concerns-outcomes": "I am concerned about the outcome",
    "does-not-align-preferences": "Against the patient's wishes",
    "not-convenient-feasible": "Not feasible here",
}
"""The codes of the example override reasons of CDS Hooks; the words are ours."""
SHOWN_ONCE_SECONDS = 12 * 3600
MOST_REMEMBERED = 50_000


def card(
    answer: Assessment,
    summary: str,
    detail: list[str],
    indicator: Indicator,
    *,
    suggestions: list[Json] | None = None,
    links: list[Json] | None = None,
) -> Json:
    """One card. ``detail`` are lines of Markdown; the stamp and the disclaimer are added."""
    stamp = answer.pack
    source = (
        f"Hickam {answer.engine_version}, pack {stamp.id} {stamp.version} ({stamp.hash[:12]}), {stamp_state(stamp)}"
    )
    made: Json = {
        "uuid": str(uuid.uuid4()),
        "summary": shortened(summary),
        "detail": "\n".join([*detail, "", f"_{answer.disclaimer}_"]),
        "indicator": indicator,
        "source": {
            "label": source,
            "topic": {"system": f"{OWN}pack-hash", "code": stamp.hash},
        },
        "overrideReasons": [
            {"system": f"{OWN}override-reason", "code": code, "display": words} for code, words in REASONS.items()
        ],
    }
    if suggestions:
        made["suggestions"], made["selectionBehavior"] = suggestions, "any"
    if links:
        made["links"] = links
    return made


def shortened(summary: str) -> str:
    """Under 140 characters, cut at a word.

    >>> len(shortened("word " * 60)) < 140
    True
    """
    words = " ".join(summary.split())
    return words if len(words) <= LONGEST_SUMMARY else words[: LONGEST_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def proposal(pack: Pack, patient: str, test: str, why: str, level: Level, note: str) -> Json:
    """A suggestion to draft one test, as a proposal."""
    request = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITY[level],
        "code": text_only(test),
        "subject": {"reference": f"Patient/{patient}"},
        "reasonCode": [text_only(why)],
        "note": [{"text": note}],
    }
    return {
        "label": shortened(test),
        "uuid": str(uuid.uuid4()),
        "actions": [
            {
                "type": "create",
                "description": shortened(f"Draft a proposal: {test}"),
                "resource": labelled(pack, request),
            }
        ],
    }


def removal(drafts: list[str], words: str) -> Json:
    """A suggestion to take drafts away."""
    return {
        "label": shortened(words),
        "uuid": str(uuid.uuid4()),
        "actions": [{"type": "delete", "description": shortened(words), "resourceId": draft} for draft in drafts],
    }


def one_critical(cards: list[Json]) -> list[Json]:
    """Most urgent first; every critical card but the first becomes a warning."""
    ordered = sorted(cards, key=lambda c: ORDER.index(c["indicator"]))
    for later in ordered[1:]:
        if later["indicator"] == "critical":
            later["indicator"] = "warning"
    return ordered


class Shown:
    """Which cards a person has had for a patient on the same basis. Keyed hashes only, in memory, for twelve hours."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._turn = threading.Lock()

    def first_time(self, *basis: str) -> bool:
        """Whether this is new; remembers it."""
        key = hmac.new(self._secret, "\x1f".join(basis).encode(), hashlib.sha256).digest()
        now = time.monotonic()
        with self._turn:
            while self._seen and (len(self._seen) > MOST_REMEMBERED or next(iter(self._seen.values())) < now):
                self._seen.popitem(last=False)
            if key in self._seen:
                return False
            self._seen[key] = now + SHOWN_ONCE_SECONDS
            return True
