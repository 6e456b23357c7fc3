"""Things kept for a browser, in this process only: by the hash of its cookie, for a time, not endlessly many."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 1_000


class Shelf(Generic[T]):
    """``seconds``: how long a thing is kept after it was put."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[bytes, tuple[float, T]] = {}
        self._turn = threading.Lock()

    def put(self, thing: T) -> str:
        """Keep it; returns the cookie's content."""
        cookie, now = secrets.token_urlsafe(32), time.monotonic()
        with self._turn:
            self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[_key(cookie)] = (now + self._seconds, thing)
        return cookie

    def get(self, cookie: str) -> T | None:
        """What is kept for a cookie; None when nothing is, or no longer."""
        until, thing = self._kept.get(_key(cookie), (0.0, None))
        return thing if until > time.monotonic() else None

    def take(self, cookie: str) -> T | None:
        """The same, and keep it no longer."""
        with self._turn:
            until, thing = self._kept.pop(_key(cookie), (0.0, None))
        return thing if until > time.monotonic() else None

    def change(self, cookie: str, thing: T) -> None:
        """Put another thing in its place, for as long."""
        with self._turn:
            found = self._kept.get(_key(cookie))
            if found is not None:
                self._kept[_key(cookie)] = (found[0], thing)


def _key(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).digest()
