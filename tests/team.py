"""A team's service for tests: an app with a user of every role, and browsers that are logged in."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.serving import Serving
from hickam.model.records import ROLES, Actor
from hickam.services import passwords
from hickam.services.accounts import Accounts
from hickam.services.knowledge import Knowledge
from hickam.services.users import UserAdmin
from hickam.store.database import Store

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Tests log in hundreds of times; what the program really uses is tested by its parameters."""
passwords._nobody = passwords.hashed("nobody's password")
PASSWORD = "violet tractor hums softly"


class Team:
    """One service with the users reader, clinician, other (a clinician too), reviewer, editor, administrator."""

    def __init__(self, knowledge: Knowledge, folder: Path, database: str = "", **serving: object) -> None:
        self.store = Store(database or f"sqlite:///{folder / 'team.db'}")
        self.admin = UserAdmin(self.store)
        self.accounts = Accounts(self.store)
        for name, role in (*((role, role) for role in ROLES), ("other", "clinician")):
            self.add(name, role)
        given = {"team": True, **serving}
        self.app: FastAPI = create_app(knowledge, store=self.store, serving=Serving(**given))  # type: ignore[arg-type]

    def add(self, name: str, *roles: str, own: bool = True) -> None:
        """A user; ``own``: the password was chosen by the person."""
        user = self.admin.add(name, name.title(), roles, PASSWORD)
        if own:
            at = "2026-01-01T00:00:00.000000+00:00"
            self.admin.desk.change(user.actor, user.id, "user.password-chosen", password_changed_at=at)

    def actor(self, name: str) -> Actor:
        """The user as one who acts."""
        return self.admin.wanted(name).actor

    def visitor(self) -> TestClient:
        """A browser without a login."""
        return TestClient(self.app, follow_redirects=False)

    def browser(self, name: str) -> TestClient:
        """A browser that is logged in, whose scripts send the token."""
        client = self.visitor()
        token = self.accounts.begin(self.admin.wanted(name))
        session = self.accounts.session(token)
        assert session is not None
        client.cookies.update({"hickam": token, "hickam-csrf": session.csrf})
        client.headers["x-csrf-token"] = session.csrf
        return client

    def log_in(self, client: TestClient, name: str, password: str = PASSWORD, target: str = "/workbench") -> int:
        """Through the page, as a person does; the status of the answer."""
        page = client.get("/login")
        token = page.text.split('name="csrf" value="')[1].split('"')[0]
        form = {"csrf": token, "name": name, "password": password, "next": target}
        status: int = client.post("/login", data=form).status_code
        return status
