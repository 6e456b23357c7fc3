"""Users and their sessions, and the counting of failed logins. No other module reads these tables."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from hickam.errors import HickamError
from hickam.model.records import LOCAL, Actor, Failures, Role, Session, User
from hickam.store.database import Store
from hickam.store.hashing import digest, new_id, now
from hickam.store.tables import login_failures, sessions, users

LONGEST = 256


class UserDesk:
    """Add, change and find users; begin, find and end sessions."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def users(self) -> list[User]:
        """Everybody but the local user, by name."""
        if not self.store.exists():
            return []
        with self.store.reading() as connection:
            wanted = select(users).where(users.c.id != LOCAL.user).order_by(users.c.name)
            return [_user(row) for row in connection.execute(wanted)]

    def add(self, actor: Actor, name: str, **values: Any) -> User:
        """A new user; HickamError 'name-taken'."""
        row = {"id": new_id(), "name": name, "active": True, "created_at": now()}
        with self.store.recorded(actor) as recorder:
            if recorder.connection.execute(select(users.c.id).where(users.c.name == name)).first():
                raise _name_taken()
            recorder.connection.execute(insert(users).values(**row, **_columns(values)))
            recorder.record("user.added", f"user/{row['id']}", roles=list(values["roles"]))
            return self._one(recorder.connection, users.c.id == row["id"])

    def change(self, actor: Actor, user: str, action: str, *, end_sessions: bool = True, **values: Any) -> User:
        """Change columns of a user; by default every session ends. ``action`` names it in the audit trail."""
        with self.store.recorded(actor) as recorder:
            recorder.connection.execute(update(users).where(users.c.id == user).values(_columns(values)))
            if end_sessions:
                recorder.connection.execute(delete(sessions).where(sessions.c.user_id == user))
            shown = {key: values[key] for key in ("roles", "active") if key in values}
            recorder.record(action, f"user/{user}", **shown)
            return self._one(recorder.connection, users.c.id == user)

    def by_name(self, name: str) -> User | None:
        """The user of this name, active or not."""
        return self._find(users.c.name == name)

    def by_subject(self, subject: str) -> User | None:
        """The user bound to this subject of an identity provider."""
        return self._find(users.c.oidc_subject == subject)

    def administrators(self) -> int:
        """How many can log in and add users."""
        return sum(user.active and "administrator" in user.roles for user in self.users())

    def begin(self, user: User, token_hash: str, csrf: str, expires_at: str) -> None:
        """A session, in the audit trail."""
        row = {"token_hash": token_hash, "user_id": user.id, "csrf": csrf, "expires_at": expires_at}
        with self.store.recorded(user.actor) as recorder:
            recorder.connection.execute(delete(sessions).where(sessions.c.expires_at < now()))
            recorder.connection.execute(insert(sessions).values(**row, created_at=now(), last_seen_at=now()))
            recorder.connection.execute(update(users).where(users.c.id == user.id).values(last_login_at=now()))
            recorder.record("user.logged-in", f"user/{user.id}")

    def session(self, token_hash: str) -> Session | None:
        """The session with its user as the user is now; None when there is none or the user is disabled."""
        if not self.store.exists():
            return None
        wanted = (
            select(sessions, users)
            .join(users, users.c.id == sessions.c.user_id)
            .where(sessions.c.token_hash == token_hash, users.c.active)
        )
        with self.store.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        return Session(user=_user(row), csrf=row.csrf, last_seen_at=row.last_seen_at, expires_at=row.expires_at)

    def touch(self, token_hash: str) -> None:
        """The session was used just now."""
        with self.store.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(last_seen_at=now()))

    def end(self, token_hash: str) -> None:
        """End one session, if it is there."""
        with self.store.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def failures(self, key: str) -> Failures:
        """Failed logins counted under a key."""
        if not self.store.exists():
            return Failures(count=0, until="")
        with self.store.reading() as connection:
            row = connection.execute(select(login_failures).where(login_failures.c.key == key)).one_or_none()
        return Failures(count=row.failures, until=row.until) if row else Failures(count=0, until="")

    def count_failure(self, user: str, counts: dict[str, Failures], forget_before: str) -> None:
        """Keep new counts, forget old ones, and record that somebody failed to log in as this user ('': nobody)."""
        with self.store.recorded(Actor(user="", name="", roles=())) as recorder:
            old = login_failures.c.until < forget_before
            recorder.connection.execute(delete(login_failures).where(old | login_failures.c.key.in_(counts)))
            for key, found in counts.items():
                values = {"key": key, "failures": found.count, "until": found.until}
                recorder.connection.execute(insert(login_failures).values(values))
            recorder.record("login.failed", f"user/{user}" if user else "user")

    def clear_failures(self, key: str) -> None:
        """Begin to count anew."""
        with self.store.writing() as connection:
            connection.execute(delete(login_failures).where(login_failures.c.key == key))

    def _find(self, condition: Any) -> User | None:
        if not self.store.exists():
            return None
        with self.store.reading() as connection:
            row = connection.execute(select(users).where(condition, users.c.id != LOCAL.user)).one_or_none()
        return _user(row) if row else None

    def _one(self, connection: Connection, condition: Any) -> User:
        return _user(connection.execute(select(users).where(condition)).one())


def failures_key(kind: str, value: str) -> str:
    """Under what failed logins are counted: the hash of a 'name' as typed, or of an 'address'."""
    return digest(f"{kind}:{value[:LONGEST]}".encode("utf-8", "replace"))


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    roles = {"roles": msgspec.json.encode(list(values["roles"])).decode()} if "roles" in values else {}
    return {**values, **roles}


def _user(row: Row[Any]) -> User:
    roles: tuple[Role, ...] = msgspec.json.decode(row.roles, type=tuple[Role, ...])
    return User(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        roles=roles,
        active=row.active,
        password_hash=row.password_hash,
        oidc_subject=row.oidc_subject,
        own_password=row.password_changed_at is not None,
        last_login_at=row.last_login_at or "",
    )


def _name_taken() -> HickamError:
    return HickamError(
        code="name-taken",
        where="name",
        what="there is a user of this name already",
        why="a name belongs to one person, also after it is disabled",
        fix="choose another name, or change that user (hickam user role|reset)",
    )
