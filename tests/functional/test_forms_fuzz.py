"""Every form that a page posts, filled with anything: never a fault of the program, nothing stored by half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from team import PASSWORD, Team

from hickam.model.records import ROLES, User
from hickam.services.knowledge import Knowledge
from hickam.store.verify import verify

FORMS = {
    "/login": ("name", "password", "next"),
    "/account": ("old", "new", "again"),
    "/users": ("action", "name", "display_name", "role"),
}
"""``/logout`` has no field but the token."""
LIKELY = (
    "add",
    "reset",
    "roles",
    "disable",
    "enable",
    *ROLES,
    "other",
    "new.person",
    PASSWORD,
    "/users",
    "//x.org",
    "",
)
TEXT = st.sampled_from(LIKELY) | st.text(max_size=80) | st.text(alphabet="a\x00'\"<%;\\\u202e\U0001f9b5é", max_size=300)
FILLED = st.sampled_from(sorted(FORMS)).flatmap(
    lambda path: st.tuples(
        st.just(path), st.lists(st.tuples(st.sampled_from(FORMS[path]) | st.text(max_size=10), TEXT), max_size=120)
    )
)


@pytest.fixture
def team(knowledge: Knowledge, tmp_path: Path, database: str) -> Iterator[Team]:
    team = Team(knowledge, tmp_path, database)
    yield team
    team.store.close()


def test_forms_filled_with_anything(team: Team) -> None:
    client = TestClient(team.app, follow_redirects=False)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @example(filled=("/users", [("role", "reader")] * 150))
    @example(filled=("/account", [("old", PASSWORD)] * 1500))
    @given(filled=FILLED)
    def post(filled: tuple[str, list[tuple[str, str]]]) -> None:
        path, fields = filled
        client.cookies.clear()
        session, token = logged_in(team)
        client.cookies.update({"hickam": session, "hickam-csrf": token})
        before = team.admin.users()
        response = client.post(
            path,
            content=urlencode([*fields, ("csrf", token)], errors="surrogatepass"),
            headers={"content-type": "application/x-www-form-urlencoded", "x-csrf-token": token},
        )
        assert response.status_code < 500, response.text
        if response.status_code >= 400 and path == "/users":
            assert known(team.admin.users()) == known(before)
        for user in team.admin.users():
            assert user.name
            assert user.roles
            assert set(user.roles) <= set(ROLES)
            assert user.name.isprintable()
            assert user.display_name.isprintable()

    post()
    with team.store.reading() as connection:
        assert verify(connection).problems == []


def known(found: list[User]) -> list[Any]:
    """What a form on /users can change."""
    return [(user.name, user.display_name, user.roles, user.active, user.password_hash) for user in found]


def logged_in(team: Team) -> tuple[str, str]:
    """Token and CSRF token of a new session of the administrator, who always has a password of their own."""
    administrator = team.admin.wanted("administrator")
    token = team.accounts.begin(administrator)
    session = team.accounts.session(token)
    assert session is not None
    return token, session.csrf
