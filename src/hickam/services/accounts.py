"""Log in, stay logged in, log out. Sessions are opaque tokens of which the store keeps the hash alone.

Failed logins are counted by the name as it was typed and by the address, whether or not there is such a user, and the
same words come back at the same pace: nobody can find out by trying who has an account.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from hickam.errors import HickamError
from hickam.model.records import ROLES, Failures, Session, User
from hickam.services.passwords import check_strength, hashed, matches, outdated
from hickam.services.users import UserAdmin
from hickam.store.database import Store
from hickam.store.user_desk import UserDesk, failures_key


@dataclass(frozen=True)
class SessionRules:
    """How long a session holds, and when failed logins slow the next ones down.

    After ``free`` failures in a row the wait doubles from ``first_wait`` to ``longest_wait``; an address, which many
    people may share, has ``free_per_address``.
    """

    idle: datetime.timedelta = datetime.timedelta(minutes=30)
    absolute: datetime.timedelta = datetime.timedelta(hours=12)
    touch_after: datetime.timedelta = datetime.timedelta(minutes=1)
    free: int = 5
    free_per_address: int = 30
    first_wait: datetime.timedelta = datetime.timedelta(seconds=30)
    longest_wait: datetime.timedelta = datetime.timedelta(minutes=15)
    forget_failures: datetime.timedelta = datetime.timedelta(hours=1)


class LoginError(HickamError):
    """Not logged in: 'login-failed', or 'login-locked' with ``wait``, seconds."""

    def __init__(self, wait: int = 0) -> None:
        self.wait = wait
        super().__init__(
            code="login-locked" if wait else "login-failed",
            where="login",
            what=f"too many failed attempts; wait {wait} seconds" if wait else "the name or the password is not right",
            why="guessing has to be slow",
            fix="wait, then try again; an administrator can reset the password (hickam user reset)"
            if wait
            else "try again, or ask an administrator for a reset",
        )


class Accounts:
    """Logins over one store."""

    def __init__(
        self,
        store: Store,
        rules: SessionRules | None = None,
        clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self.desk, self.rules, self.clock = UserDesk(store), rules or SessionRules(), clock
        self._turn = threading.Lock()
        """Checks take turns: a hundred guesses at once count as a hundred, and need 64 MiB, not 6 GiB."""

    def log_in(self, name: str, password: str, address: str) -> str:
        """A new session's token. Raises LoginError."""
        name = name.strip().lower()
        user = self.desk.by_name(name)
        self._prove(user, name, password, address)
        if user is None:
            raise LoginError
        if user.password_hash and outdated(user.password_hash):
            kept = hashed(password)
            user = self.desk.change(
                user.actor, user.id, "user.password-rehashed", end_sessions=False, password_hash=kept
            )
        return self.begin(user)

    def begin(self, user: User) -> str:
        """A new session for a user who has proved to be this person; its token."""
        token = secrets.token_urlsafe(32)
        expires = (self.clock() + self.rules.absolute).isoformat(timespec="microseconds")
        self.desk.begin(user, _hash(token), secrets.token_urlsafe(32), expires)
        return token

    def enter(self, subject: str, name: str, new_users: str) -> str:
        """A session for somebody whom the identity provider has confirmed as ``subject``; its token.

        A subject is bound, at its first login, to the user of that name who was added without a password. Raises
        HickamError 'not-known-here' for anybody else, unless ``new_users`` is the role that strangers get.
        """
        user = self.desk.by_subject(subject)
        if user is None:
            known = self.desk.by_name(name.strip().lower())
            if known is not None and known.oidc_subject is None and known.password_hash is None:
                user = self.desk.change(known.actor, known.id, "user.bound-to-provider", oidc_subject=subject)
            elif known is None and new_users in ROLES:
                user = UserAdmin(self.desk.store).add(name, name, [new_users], None, oidc_subject=subject)
        if user is None or not user.active:
            raise HickamError(
                code="not-known-here",
                where="login",
                what="the identity provider knows you, but you have no account here",
                why="an administrator decides who reads patients' records",
                fix="ask one to add you (hickam user add NAME --no-password)",
            )
        return self.begin(user)

    def session(self, token: str) -> Session | None:
        """The session of a token, as long as it holds."""
        found = self.desk.session(_hash(token)) if token else None
        if found is None:
            return None
        now, seen = self.clock(), datetime.datetime.fromisoformat(found.last_seen_at)
        if now >= datetime.datetime.fromisoformat(found.expires_at) or now - seen > self.rules.idle:
            self.log_out(token)
            return None
        if now - seen > self.rules.touch_after:
            self.desk.touch(_hash(token))
        return found

    def log_out(self, token: str) -> None:
        """The token holds no longer."""
        self.desk.end(_hash(token))

    def choose_password(self, user: User, old: str, new: str, address: str) -> str:
        """A person's own new password; every session of theirs ends, and the token of a new one is returned."""
        self._prove(user, user.name, old, address)
        check_strength(new, user.name)
        if new == old:
            raise HickamError(
                code="weak-password",
                where="password",
                what="it is the old one",
                why="somebody else may know the old one",
                fix="choose another",
            )
        kept, at = hashed(new), self.clock().isoformat(timespec="microseconds")
        changed = self.desk.change(
            user.actor, user.id, "user.password-chosen", password_hash=kept, password_changed_at=at
        )
        return self.begin(changed)

    def _prove(self, user: User | None, name: str, password: str, address: str) -> None:
        """Nothing when the password is this active user's. Raises LoginError, the same for a user who is not there."""
        keys = {
            failures_key("name", name): self.rules.free,
            failures_key("address", address): self.rules.free_per_address,
        }
        with self._turn:
            self._check_wait(keys)
            right = matches(user.password_hash if user else None, password)
            if user is None or not user.active or not right:
                self._count(user, keys)
                raise LoginError
        self.desk.clear_failures(failures_key("name", name))

    def _check_wait(self, keys: dict[str, int]) -> None:
        now = self.clock()
        untils = [self.desk.failures(key).until for key in keys]
        waits = [(datetime.datetime.fromisoformat(until) - now).total_seconds() for until in untils if until]
        if (wait := max(waits, default=0.0)) > 0:
            raise LoginError(wait=int(wait) + 1)

    def _count(self, user: User | None, keys: dict[str, int]) -> None:
        now, counts = self.clock(), {}
        old = (now - self.rules.forget_failures).isoformat(timespec="microseconds")
        for key, free in keys.items():
            before = self.desk.failures(key)
            count = 1 + (before.count if before.until > old else 0)
            wait = min(self.rules.longest_wait, self.rules.first_wait * 2 ** min(count - free, 20))
            until = now + wait if count >= free else now
            counts[key] = Failures(count=count, until=until.isoformat(timespec="microseconds"))
        self.desk.count_failure(user.id if user else "", counts, old)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
