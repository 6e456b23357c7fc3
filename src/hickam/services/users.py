"""Who has an account: add, list, give roles, disable, reset. For an administrator, or whoever holds the database."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from hickam.errors import HickamError
from hickam.model.records import LOCAL, ROLES, Actor, Role, User
from hickam.services.passwords import check_strength, hashed
from hickam.services.permissions import permissions_of
from hickam.store.database import Store
from hickam.store.user_desk import UserDesk, failures_key

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


class UserAdmin:
    """Changes to accounts by ``actor``. Raises HickamError 'not-permitted' for anybody else."""

    def __init__(self, store: Store, actor: Actor = LOCAL) -> None:
        if "users" not in permissions_of(actor):
            raise HickamError(
                code="not-permitted",
                where="users",
                what="only an administrator may look after accounts",
                why="whoever gives roles decides who reads patients' records",
                fix="ask an administrator",
            )
        self.desk, self.actor = UserDesk(store), actor

    def users(self) -> list[User]:
        """Everybody, by name."""
        return self.desk.users()

    def add(
        self, name: str, display_name: str, roles: Sequence[str], password: str | None, oidc_subject: str | None = None
    ) -> User:
        """A new user. ``password`` None: logs in through the identity provider only, there as ``oidc_subject``."""
        name = name.strip().lower()
        if not NAME.fullmatch(name):
            raise _bad("bad-name", "name", "a name has letters a-z, digits and . _ @ + -, at most 100 of them")
        kept = self._hashed(password, name) if password is not None else None
        values = {"display_name": _display_name(display_name or name), "roles": checked_roles(roles)}
        return self.desk.add(self.actor, name, **values, password_hash=kept, oidc_subject=oidc_subject)

    def set_roles(self, name: str, roles: Sequence[str]) -> User:
        """Exactly these roles; the person has to log in again."""
        user = self.wanted(name)
        if "administrator" not in roles:
            self._keep_an_administrator(user)
        return self._change(user, "user.roles-set", roles=checked_roles(roles))

    def disable(self, name: str) -> User:
        """No login any more, every session ended; what the person did stays theirs."""
        user = self.wanted(name)
        self._keep_an_administrator(user)
        return self._change(user, "user.disabled", active=False)

    def enable(self, name: str) -> User:
        """Login again, with the old password."""
        return self._change(self.wanted(name), "user.enabled", active=True)

    def reset(self, name: str, password: str) -> User:
        """A password that has to be changed at the next login; lifts a lock; every session ended."""
        user = self.wanted(name)
        kept = self._hashed(password, user.name)
        self.desk.clear_failures(failures_key("name", user.name))
        return self._change(user, "user.password-reset", password_hash=kept, password_changed_at=None)

    def wanted(self, name: str) -> User:
        """The user of this name; HickamError 'no-such-user'."""
        user = self.desk.by_name(name.strip().lower())
        if user is None:
            raise _bad("no-such-user", "name", "there is no user of this name", "see: hickam user list")
        return user

    def _change(self, user: User, action: str, **values: Any) -> User:
        return self.desk.change(self.actor, user.id, action, **values)

    def _hashed(self, password: str, name: str) -> str:
        check_strength(password, name)
        return hashed(password)

    def _keep_an_administrator(self, user: User) -> None:
        if user.active and "administrator" in user.roles and self.desk.administrators() == 1:
            raise _bad("last-administrator", "roles", "this is the only administrator", "make another one first")


def one_time_password() -> str:
    """A password to hand over once: about 95 bits, without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def checked_roles(roles: Sequence[str]) -> tuple[Role, ...]:
    """The roles in the order of ROLES; HickamError 'bad-role' for an unknown one or none."""
    known = tuple(role for role in ROLES if role in roles)
    if len(known) != len(set(roles)) or not known:
        raise _bad("bad-role", "role", "that is not a role", f"one or more of: {', '.join(ROLES)}")
    return known


def _display_name(given: str) -> str:
    shown = " ".join(given.split())
    if not shown or len(shown) > 200 or not shown.isprintable():
        raise _bad("bad-name", "display name", "it is empty, too long or has control characters")
    return shown


def _bad(code: str, where: str, what: str, fix: str = "correct it and try again") -> HickamError:
    return HickamError(code=code, where=where, what=what, why="accounts say who did what", fix=fix)
