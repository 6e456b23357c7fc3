"""What became of cards: kept in a file of the site's choosing, without anything of the patient, and counted."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from hickam.errors import HickamError
from hickam.interfaces.cds.cards import REASONS
from hickam.interfaces.cds.requests import Feedback

MOST_ID = 80


class FeedbackBook:
    """Adds lines to a file (mode 0600), made at once; without a path nothing is kept. Raises HickamError when it cannot
    be written: outcomes would be lost one by one, long after the start."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._turn = threading.Lock()
        try:
            self._append("")
        except OSError as error:
            raise HickamError(
                code="bad-feedback-file",
                where=path,
                what=f"cannot be written: {error.strerror}",
                why="what becomes of the cards would be lost",
                fix="make its folder, or name another file under feedback in the trust file",
            ) from error

    def add(self, service: str, given: list[Feedback], pack_hash: str) -> None:
        """One line for each card: service, card, outcome, time, code of the reason. Comments are never kept."""
        self._append("".join(json.dumps(_line(service, item, pack_hash)) + "\n" for item in given))

    def _append(self, lines: str) -> None:
        if not self.path:
            return
        with self._turn:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as out:
                out.write(lines)


def _line(service: str, item: Feedback, pack_hash: str) -> dict[str, Any]:
    reason = (item.override_reason.reason or {}).get("code") if item.override_reason else None
    return {
        "service": service,
        "card": item.card[:MOST_ID],
        "outcome": item.outcome,
        "at": item.outcome_timestamp[:MOST_ID],
        "suggestions": len(item.accepted_suggestions),
        "reason": reason if isinstance(reason, str) and reason in REASONS else "other" if item.override_reason else "",
        "pack": pack_hash,
    }


def feedback_report(path: str) -> str:
    """Counts by service and outcome, and why cards were put aside. Raises HickamError."""
    try:
        lines = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
        outcomes = Counter((line["service"], line["outcome"]) for line in lines)
        reasons = Counter((line["service"], line["reason"]) for line in lines if line["outcome"] == "overridden")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HickamError(
            code="bad-feedback-file",
            where=path,
            what=f"cannot be read as feedback ({type(error).__name__})",
            why="counts of half a file would mislead",
            fix="give the file that the trust file names under feedback",
        ) from error
    found = [f"outcomes: {len(lines)}"]
    for service in sorted({name for name, _ in outcomes}):
        taken, aside = outcomes[service, "accepted"], outcomes[service, "overridden"]
        found.append(f"{service}: {taken} taken, {aside} put aside")
        found += [
            f"  {count} {REASONS.get(reason, 'another reason' if reason else 'no reason given')}"
            for (name, reason), count in reasons.most_common()
            if name == service
        ]
    return "\n".join(found)
