"""Logging in, staying in, getting out, being kept out."""

from __future__ import annotations

import datetime
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type
from team import PASSWORD, Team

from hickam.errors import HickamError
from hickam.services import passwords
from hickam.services.accounts import Accounts, LoginError, SessionRules
from hickam.services.knowledge import Knowledge
from hickam.services.users import UserAdmin
from hickam.store.audit import entries
from hickam.store.database import Store
from hickam.store.tables import sessions, users

NEW = "seven quiet lanterns drift"


@pytest.fixture
def team(knowledge: Knowledge, tmp_path: Path, database: str) -> Iterator[Team]:
    """Once on SQLite and once on PostgreSQL."""
    team = Team(knowledge, tmp_path, database)
    yield team
    team.store.close()


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = datetime.datetime.now(datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += datetime.timedelta(**by)


def test_a_person_logs_in_works_and_logs_out(team: Team) -> None:
    browser = team.visitor()
    sent = browser.get("/workbench", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/workbench")
    assert team.log_in(browser, "Clinician ") == 303
    assert browser.get("/workbench").status_code == 200
    me = browser.get("/api/v1/me").json()
    assert (me["name"], me["roles"], me["team"]) == ("Clinician", ["clinician"], True)
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/account").text)
    assert token is not None
    assert browser.post("/logout", data={"csrf": token[1]}).status_code == 303
    assert browser.get("/workbench").status_code == 401


def test_cookies_are_for_this_server_alone_and_out_of_reach_of_scripts(knowledge: Knowledge, tmp_path: Path) -> None:
    secure = Team(knowledge, tmp_path, https=True)
    client = secure.visitor()
    client.base_url = "https://testserver"
    assert secure.log_in(client, "clinician") == 303
    answer = client.get("/workbench")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    page = client.get("/login").text
    form = {"csrf": client.cookies["__Host-hickam-csrf"], "name": "clinician", "password": PASSWORD}
    given = {c.split("=")[0]: c.lower() for c in client.post("/login", data=form).headers.get_list("set-cookie")}
    assert "csrf" in page
    session = given["__Host-hickam"]
    assert all(part in session for part in ("httponly", "secure", "samesite=lax", "path=/"))
    assert "domain" not in session
    assert "secure" in given["__Host-hickam-csrf"]
    assert "samesite=strict" in given["__Host-hickam-csrf"]


def test_neither_passwords_nor_tokens_are_kept_as_they_are(team: Team) -> None:
    browser = team.visitor()
    team.log_in(browser, "clinician")
    with team.store.reading() as connection:
        kept = str(connection.execute(users.select()).all()) + str(connection.execute(sessions.select()).all())
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert browser.cookies["hickam"] not in kept


def test_passwords_are_hashed_as_rfc_9106_recommends() -> None:
    assert (passwords.PROFILE.memory_cost, passwords.PROFILE.time_cost) == (65536, 3)
    assert passwords.PROFILE.type is Type.ID


def test_a_token_from_before_the_login_is_never_taken_over(team: Team) -> None:
    browser = team.visitor()
    browser.cookies.set("hickam", "chosen-by-somebody-else", domain="testserver.local")
    team.log_in(browser, "clinician")
    first = browser.cookies["hickam"]
    assert first != "chosen-by-somebody-else"
    page = browser.get("/account").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    again = {"csrf": token, "name": "clinician", "password": PASSWORD}
    assert browser.post("/login", data=again).status_code == 303
    assert browser.cookies["hickam"] != first
    thief = team.visitor()
    thief.cookies.set("hickam", first)
    assert thief.get("/workbench").status_code == 401


def test_after_the_login_one_goes_on_within_this_program_only(team: Team) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\nx"):
        browser = team.visitor()
        page = browser.get("/login", params={"next": target}).text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        form = {"csrf": token, "name": "clinician", "password": PASSWORD, "next": target}
        assert browser.post("/login", data=form).headers["location"] == "/workbench"


def test_a_password_chosen_by_another_has_to_be_changed_first(team: Team) -> None:
    team.add("fresh", "clinician", own=False)
    browser = team.visitor()
    team.log_in(browser, "fresh")
    assert browser.get("/workbench").json()["code"] == "password-to-change"
    page = browser.get("/account").text
    assert "Choose your own" in page
    token = page.split('name="csrf" value="')[1].split('"')[0]
    wrong = {"csrf": token, "old": PASSWORD, "new": NEW, "again": NEW + "s"}
    assert browser.post("/account", data=wrong).status_code == 422
    assert browser.post("/account", data={**wrong, "new": PASSWORD, "again": PASSWORD}).status_code == 422
    before = browser.cookies["hickam"]
    assert browser.post("/account", data={**wrong, "again": NEW}).status_code == 303
    assert browser.cookies["hickam"] != before
    assert browser.get("/workbench").status_code == 200
    assert team.log_in(team.visitor(), "fresh") == 401
    assert team.log_in(team.visitor(), "fresh", NEW) == 303


def test_sessions_end_when_nothing_is_asked_and_after_a_day_in_any_case(team: Team) -> None:
    clock = Clock()
    accounts = Accounts(team.store, clock=clock)
    token = accounts.begin(team.admin.wanted("clinician"))
    clock.turn(minutes=29)
    assert accounts.session(token) is not None
    clock.turn(minutes=31)
    assert accounts.session(token) is None
    clock.turn(minutes=-60)
    assert accounts.session(token) is None, "an ended session does not come back"
    token = accounts.begin(team.admin.wanted("clinician"))
    clock.turn(hours=12)
    assert accounts.session(token) is None


@pytest.mark.parametrize("change", ["disable", "roles", "reset"])
def test_a_change_of_rights_ends_every_session(team: Team, change: str) -> None:
    token = team.accounts.begin(team.admin.wanted("clinician"))
    if change == "disable":
        team.admin.disable("clinician")
    elif change == "roles":
        team.admin.set_roles("clinician", ["reader"])
    else:
        team.admin.reset("clinician", NEW)
    assert team.accounts.session(token) is None


# ---- lockout


def test_guessing_gets_slow_for_a_name_and_only_the_wait_or_a_reset_ends_it(team: Team) -> None:
    clock = Clock()
    accounts = Accounts(team.store, clock=clock)
    for _ in range(5):
        with pytest.raises(LoginError) as failed:
            accounts.log_in("clinician", "wrong password here", "192.0.2.1")
        assert failed.value.code == "login-failed"
    with pytest.raises(LoginError) as locked:
        accounts.log_in("clinician", PASSWORD, "192.0.2.2")
    assert (locked.value.code, locked.value.wait) == ("login-locked", 31)
    clock.turn(seconds=31)
    assert accounts.log_in("clinician", PASSWORD, "192.0.2.2")
    for _ in range(5):
        with pytest.raises(LoginError):
            accounts.log_in("clinician", "wrong password here", "192.0.2.1")
    UserAdmin(team.store).reset("clinician", NEW)
    assert accounts.log_in("clinician", NEW, "192.0.2.2")


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(team: Team) -> None:
    clock = Clock()
    accounts = Accounts(team.store, SessionRules(free=1), clock=clock)
    waits = []
    for _ in range(8):
        with pytest.raises(LoginError):
            accounts.log_in("clinician", "wrong password here", "192.0.2.1")
        with pytest.raises(LoginError) as locked:
            accounts.log_in("clinician", PASSWORD, "192.0.2.1")
        waits.append(locked.value.wait - 1)
        clock.turn(seconds=locked.value.wait)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_guessing_many_names_from_one_address_gets_slow_too(team: Team) -> None:
    accounts = Accounts(team.store, SessionRules(free_per_address=3), clock=Clock())
    for name in ("a", "b", "c"):
        with pytest.raises(LoginError):
            accounts.log_in(name, "wrong password here", "192.0.2.1")
    with pytest.raises(LoginError) as locked:
        accounts.log_in("clinician", PASSWORD, "192.0.2.1")
    assert locked.value.code == "login-locked"
    assert accounts.log_in("clinician", PASSWORD, "192.0.2.2")


def test_nobody_finds_out_by_trying_who_has_an_account(team: Team) -> None:
    """The same words, status, headers and lock for a name that is there, one that is not, and one that is disabled."""
    team.admin.disable("other")
    varying = ("retry-after", "content-length", "set-cookie")  # seconds, and the browser's own random cookie
    answers = {}
    for name in ("clinician", "no-such-person", "other"):
        seen = []
        browser = team.visitor()
        page = browser.get("/login").text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        for _ in range(7):
            response = browser.post("/login", data={"csrf": token, "name": name, "password": "wrong password here"})
            body = re.sub(r"wait \d+ seconds", "wait", response.text).replace(token, "")
            headers = {k: v for k, v in response.headers.items() if k not in varying}
            seen.append((response.status_code, body, headers, "retry-after" in response.headers))
        answers[name] = seen
    assert answers["clinician"] == answers["no-such-person"] == answers["other"]
    assert [status for status, *_ in answers["clinician"]] == [401] * 5 + [429] * 2


def test_an_unknown_name_costs_as_much_time_as_a_known_one(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = Accounts(team.store, SessionRules(free=1000, free_per_address=1000))
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16384, parallelism=1))
    monkeypatch.setattr(passwords, "_nobody", passwords.hashed("nobody's password"))
    team.admin.reset("clinician", NEW)

    def cost(name: str) -> float:
        begun = time.process_time()
        with pytest.raises(LoginError):
            accounts.log_in(name, "wrong password here", "192.0.2.1")
        return time.process_time() - begun

    known, unknown = zip(*((cost("clinician"), cost("nobody-at-all")) for _ in range(7)), strict=True)
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


# ---- who looks after accounts


def test_logins_failures_and_changes_are_in_the_audit_trail_without_a_word_typed(team: Team) -> None:
    team.log_in(team.visitor(), "clinician")
    team.log_in(team.visitor(), "clinician", "wrong password here")
    team.log_in(team.visitor(), "my-secret-typed-as-a-name", "wrong password here")
    with team.store.reading() as connection:
        rows = list(entries(connection))
    known = f"user/{team.admin.wanted('clinician').id}"
    assert [(r.action, r.subject) for r in rows[-3:]] == [
        ("user.logged-in", known),
        ("login.failed", known),
        ("login.failed", "user"),
    ]
    assert "secret" not in str(rows)


def test_an_administrator_adds_and_changes_users_in_the_browser(team: Team) -> None:
    browser = team.browser("administrator")
    added = browser.post("/users", data={"action": "add", "name": "eva", "display_name": "Eva Noll", "role": "editor"})
    made = re.search(r"<code>([a-z0-9-]{23})</code>", added.text)
    assert made is not None
    fresh = team.visitor()
    assert team.log_in(fresh, "eva", made[1]) == 303
    browser.post("/users", data={"action": "roles", "name": "eva", "role": ["editor", "reviewer"]})
    assert team.admin.wanted("eva").roles == ("reviewer", "editor")
    browser.post("/users", data={"action": "disable", "name": "eva"})
    assert fresh.get("/account").status_code == 401
    for form in (
        {"action": "add", "name": "eva", "display_name": "x", "role": "editor"},
        {"action": "add", "name": "<b>", "display_name": "x", "role": "editor"},
        {"action": "add", "name": "zoe", "display_name": "x", "role": "root"},
        {"action": "add", "name": "zoe", "display_name": "x"},
        {"action": "disable", "name": "administrator"},
        {"action": "explode", "name": "eva"},
        {},
    ):
        assert browser.post("/users", data=form or {"x": "y"}).status_code == 422


def test_only_an_administrator_looks_after_accounts(team: Team) -> None:
    for name in ("reader", "clinician", "reviewer", "editor"):
        with pytest.raises(HickamError, match="only an administrator"):
            UserAdmin(team.store, team.actor(name))


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "5 characters"),
        ("a" * 300, "300 characters"),
        ("aaaaaaaaaaaaaa", "different"),
        ("my clinician pass", "name"),
    ],
)
def test_a_weak_password_is_refused(tmp_path: Path, password: str, fault: str) -> None:
    admin = UserAdmin(Store(f"sqlite:///{tmp_path / 'x.db'}"))
    with pytest.raises(HickamError, match=fault):
        admin.add("clinician", "C", ["clinician"], password)
