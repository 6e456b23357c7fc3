"""Every route with every role: what the table declares is what happens, and a route that is not declared is refused.

That every route is declared: ``tests/contract/test_routes.py``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from team import Team

from hickam.interfaces.web.access_table import need
from hickam.interfaces.web.route_table import templates
from hickam.model.records import ROLES
from hickam.services.knowledge import Knowledge
from hickam.services.permissions import GRANTS

EXAMPLES = {"id": "peripheral_artery_disease", "kind": "condition", "service": "x", "rest:path": "x", "path:path": "x"}
REFUSED = {"login-needed", "not-permitted"}


@pytest.fixture(scope="module")
def team(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team(knowledge, tmp_path_factory.mktemp("team"))


def routes(team: Team) -> list[tuple[str, str]]:
    """(method, template) of every route; HEAD is a GET without a body."""
    found = {
        ("GET" if method == "*" else method, path)
        for methods, path in templates(team.app.routes)
        for method in methods - {"HEAD"}
    }
    return sorted(found)


@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_role_reaches_what_the_table_says_and_nothing_else(team: Team, role: str) -> None:
    client = team.browser(role) if role else team.visitor()
    wrong = []
    for method, path in routes(team):
        address = re.sub(r"{([^}]+)}", lambda match: EXAMPLES.get(match[1], "x"), path)
        if path in ("/logout",):
            continue
        needed = need(method, path)
        allowed = needed == "public" or (role != "" and (needed == "login" or needed in GRANTS.get(role, ())))  # type: ignore[call-overload]
        if needed == "caller":  # no trust file here: as if it were any assessment
            allowed = role != "" and "assess" in GRANTS[role]  # type: ignore[index]
        response = client.request(method, address, headers={"content-type": "application/json"}, content=b"")
        code = response.json().get("code") if "problem" in response.headers.get("content-type", "") else ""
        if (code in REFUSED) == allowed:
            wrong.append((method, path, needed, response.status_code, code))
    assert wrong == []


def test_a_route_that_nobody_declared_is_refused_to_everybody(knowledge: Knowledge, tmp_path: Path) -> None:
    team = Team(knowledge, tmp_path)
    team.add("all", *ROLES)
    team.app.add_api_route("/new", lambda: "secret")
    assert team.visitor().get("/new").json()["code"] == "login-needed"
    refused = team.browser("all").get("/new")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


def test_head_and_other_methods_are_no_way_round(team: Team) -> None:
    reader = team.browser("reader")
    assert reader.head("/users").status_code == 403
    assert team.visitor().head("/workbench").status_code == 401
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        assert reader.request(method, "/users").status_code in (403, 405)


def test_an_administrator_does_not_read_cases_by_that_role(team: Team) -> None:
    assert "cases" not in GRANTS["administrator"]
    assert "users" not in frozenset().union(*(GRANTS[role] for role in ROLES if role != "administrator"))
