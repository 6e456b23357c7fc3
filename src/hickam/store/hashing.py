"""Hashes over stored rows, and new ids and times.

Content hashes are salted with a value kept beside the content: when a case is erased its salt goes with it, and the
hash that stays in the audit trail can no longer be matched with guessed words.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec


def new_id() -> str:
    """80 random bits: not to be guessed."""
    return secrets.token_hex(10)


def new_salt() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def now() -> str:
    """The time, UTC, to the microsecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


def row_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 over every column but ``hash``, by name; bytes count by their own SHA-256."""
    shown = {name: _plain(value) for name, value in row.items() if name != "hash"}
    return hashlib.sha256(msgspec.json.encode(shown, order="sorted")).hexdigest()


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def _plain(value: Any) -> Any:
    return digest(bytes(value)) if isinstance(value, bytes | memoryview) else value
