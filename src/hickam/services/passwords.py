"""Passwords: kept as Argon2id, checked in the same time whether or not there is such a user."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from hickam.errors import HickamError

LEAST, MOST = 12, 256
DISTINCT = 5
PROFILE = RFC_9106_LOW_MEMORY
"""Argon2id with 64 MiB, 3 passes, 4 lanes."""
_hasher = PasswordHasher.from_parameters(PROFILE)
_nobody = _hasher.hash(secrets.token_urlsafe(32))


def hashed(password: str) -> str:
    """The Argon2id hash with its parameters and salt."""
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept. ``kept`` None (no such user, no password) takes as long and is False."""
    try:
        return _hasher.verify(kept or _nobody, password[: MOST + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def check_strength(password: str, name: str) -> None:
    """Raises HickamError 'weak-password'. Length counts; rules about kinds of characters are known not to help."""
    if not LEAST <= len(password) <= MOST:
        fault = f"it has {len(password)} characters, not {LEAST} to {MOST}"
    elif len(set(password)) < DISTINCT:
        fault = f"it has fewer than {DISTINCT} different characters"
    elif name and name.lower() in password.lower():
        fault = "it contains the user's name"
    else:
        return
    raise HickamError(
        code="weak-password",
        where="password",
        what=fault,
        why="it protects patients' records",
        fix="take four or five unrelated words, or let a password manager make one",
    )
