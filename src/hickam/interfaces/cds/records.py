"""The patient's record for a hook: what was prefetched, and what was not, read with the passed token."""

from __future__ import annotations

import time
import urllib.parse
from typing import Any

from hickam.errors import HickamError
from hickam.interfaces.cds.definitions import NEEDED, PATIENT, PREFETCH
from hickam.interfaces.cds.requests import HookRequest
from hickam.interfaces.cds.trust import Trust
from hickam.interfaces.outward import get_json

MOST_PAGES = 5
NEWEST_FIRST = "_sort=-date"
SECONDS = 15.0
"""How long reading one record may take in all; what is not read by then counts as not readable."""


class MissingError(Exception):
    """Needed parts were neither prefetched nor could be read; ``keys`` names them."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


def record(request: HookRequest, trust: Trust) -> dict[str, Any]:
    """A Bundle with everything. Raises MissingError."""
    entries: list[dict[str, Any]] = []
    missing = []
    until = time.monotonic() + SECONDS
    for key, template in PREFETCH.items():
        found = request.prefetch.get(key)
        if found is None or found.get("resourceType") == "OperationOutcome":
            found = _fetched(request, trust, template, until)
        if found is None:
            missing.append(key)
        else:
            entries += entries_of(found)
    absent = [key for key in missing if key in NEEDED]
    if absent:
        raise MissingError(absent)
    _about(request.patient, entries)
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _about(patient: str, entries: list[dict[str, Any]]) -> None:
    """Raise MissingError or HickamError unless the record holds the patient whom the hook is about."""
    ids = [entry["resource"].get("id") for entry in entries if entry["resource"].get("resourceType") == "Patient"]
    if not ids:
        raise MissingError([PATIENT])
    if patient not in ids:
        raise HickamError(
            code="other-patient",
            where="prefetch.patient",
            what="it is not the patient of the context",
            why="the cards would be about somebody else",
            fix="prefetch the patient that context.patientId names",
        )


def entries_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Entries of a search set (its outcomes left out), or the one resource."""
    if found.get("resourceType") != "Bundle":
        return [{"resource": found}]
    given = found.get("entry", [])
    return [
        entry
        for entry in (given if isinstance(given, list) else [])
        if isinstance(entry, dict)
        and isinstance(entry.get("resource"), dict)
        and entry["resource"].get("resourceType") != "OperationOutcome"
    ]


def _fetched(request: HookRequest, trust: Trust, template: str, until: float) -> dict[str, Any] | None:
    """Read from the record server with the passed token, if that server is on the list; None when it cannot be."""
    server = request.server
    if not server or server not in {s.rstrip("/") for s in trust.fhir_servers}:
        return None
    passed = request.fhir_authorization
    kind, one = template.partition("?")[0].partition("/")[0], "?" not in template
    if passed is not None and not passed.lets_read(kind, request.patient, one=one):
        return None
    token = passed.access_token if passed else ""
    try:
        return read_from(server, token, template, request.patient, until)
    except OSError:
        return None


def read_from(server: str, token: str, template: str, patient: str, until: float) -> dict[str, Any]:
    """One prefetch template read from a record server, with its further pages. Raises OSError, also when the monotonic
    clock has passed ``until`` or pages are left over: half of the pages would be taken for all (of what comes newest
    first, the newest are enough)."""
    headers = {"accept": "application/fhir+json", **({"authorization": f"Bearer {token}"} if token else {})}
    if time.monotonic() > until:
        raise OSError("the record server takes too long")
    first = get_json(
        f"{server}/{template.replace('{{context.patientId}}', urllib.parse.quote(patient, safe=''))}", headers
    )
    if first.get("resourceType") != "Bundle":
        return first
    page, entries = first, entries_of(first)
    for _ in range(MOST_PAGES):
        onward = _next(page, server)
        if not onward:
            break
        if time.monotonic() > until:
            raise OSError("the record server takes too long")
        page = get_json(onward, headers)
        entries += entries_of(page)
    if _next(page, server) and NEWEST_FIRST not in template:
        raise OSError("there are more pages than are read")
    return {**first, "entry": entries}


def _next(page: dict[str, Any], server: str) -> str:
    """The next page, '' when there is none. Raises OSError when it is on another server."""
    links = page.get("link", [])
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("relation") == "next" and isinstance(link.get("url"), str):
            url: str = link["url"]
            if not url.startswith((f"{server}/", f"{server}?")):
                raise OSError("the next page is on another server")
            return url
    return ""
