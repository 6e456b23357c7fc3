"""Calls to other programs: https only (http on this machine), no redirect, no proxy, answers of limited size."""

from __future__ import annotations

import http.client
import ipaddress
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

MOST_BYTES = 5_000_000
PATIENCE = 5.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A server on the list cannot send us to one that is not."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def allowed(url: str) -> bool:
    """Whether an address may be called at all: https, or http on this machine."""
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _this_machine(parts.hostname or ""))


def get_json(url: str, headers: dict[str, str]) -> dict[str, Any]:
    """One JSON object from an allowed address. Raises OSError."""
    return _object(_answer(url, headers))


def post_json(url: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
    """Send a JSON object; the object that comes back, {} when nothing does. Raises OSError."""
    data = _answer(url, headers, json.dumps(body, ensure_ascii=False).encode())
    return _object(data) if data.strip() else {}


def _answer(url: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
    if not allowed(url):
        raise OSError("only https, or http on this machine")
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, body, headers), timeout=PATIENCE) as answer:
            data: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"the answer has status {error.code}") from None
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"no answer in HTTP ({type(error).__name__})") from None
    if len(data) > MOST_BYTES:
        raise OSError("the answer is too large")
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise OSError("the answer is not JSON") from None
    if not isinstance(found, dict):
        raise OSError("the answer is not an object")
    return found


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
