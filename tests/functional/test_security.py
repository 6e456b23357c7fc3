"""Attempts to get at what is not one's own, to act in another's name, to run a script, to reach the database or a file."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from msgspec.structs import replace
from team import PASSWORD, Team

from hickam.interfaces.web import remembered
from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.guard import Limits
from hickam.interfaces.web.rates import Rate, Rates
from hickam.interfaces.web.route_table import templates
from hickam.interfaces.web.serving import Serving
from hickam.services.knowledge import Knowledge
from hickam.store.audit import entries
from hickam.store.database import Store
from hickam.store.tables import users

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker"
QUICK = {"draws": 0, "explain": False, "steps": 0}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>"
SQL = (
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    '" OR 1=1 --',
    "%' UNION SELECT password_hash FROM users --",
    "\\'; --",
)


@pytest.fixture(scope="module")
def team(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team(knowledge, tmp_path_factory.mktemp("team"), access_log=True)


def saved(browser: TestClient, **more: Any) -> dict[str, Any]:
    answer = browser.post("/api/v1/cases", json={"text": STORY, "title": "mine", **more})
    assert answer.status_code == 201, answer.text[:300]
    body: dict[str, Any] = answer.json()
    return body


def filled(path: str, given: dict[str, str]) -> str:
    """An address from its template."""
    return re.sub(r"{(\w+)[^}]*}", lambda found: given[found[1]], path)


# ---- other people's cases


def test_nobody_reaches_anothers_case_by_any_address_or_method(team: Team) -> None:
    """The answer is the same as for a case that is not there; the case stays as it was."""
    owner = team.browser("clinician")
    case = saved(owner)
    document = owner.post(f"/api/v1/cases/{case['id']}/documents", json={"version": 1, "kind": "soap"}).json()[
        "document"
    ]["id"]
    before = owner.get(f"/api/v1/cases/{case['id']}").json()
    body = {"text": STORY, "version": 1, "kind": "soap", "name": "x", "to": "other"}
    tried = 0
    for methods, path in templates(team.app.routes):
        if "{case_id}" not in path and not path.startswith("/api/v1/documents/"):
            continue
        known = {"case_id": case["id"], "id": document, "number": "1", "form": "text"}
        absent = {"case_id": "0" * 20, "id": "0" * 20, "number": "1", "form": "text"}
        for method in methods - {"HEAD"}:
            for name in ("other", "administrator", ""):
                browser = team.browser(name) if name else team.visitor()
                theirs, none = (
                    browser.request(method, filled(path, given), json=body, headers={"if-match": '"1"'})
                    for given in (known, absent)
                )
                assert theirs.status_code in (401, 403, 404, 422) or theirs.json() == {"documents": []}, (method, path)
                assert (theirs.status_code, theirs.text) == (none.status_code, none.text), (method, path, name)
                tried += 1
    assert tried > 30
    assert owner.get(f"/api/v1/cases/{case['id']}").json() == before
    assert owner.get(f"/api/v1/documents/{document}").status_code == 200
    assert team.browser("other").get("/api/v1/cases").json()["cases"] == []


def test_every_reading_of_a_case_is_in_the_audit_trail(team: Team) -> None:
    owner = team.browser("clinician")
    case = saved(owner)
    for path in ("", "/versions", "/versions/1", "/documents"):
        with team.store.reading() as connection:
            before = sum(1 for _ in entries(connection))
        assert owner.get(f"/api/v1/cases/{case['id']}{path}").status_code == 200
        with team.store.reading() as connection:
            rows = list(entries(connection))[before:]
        assert [(r.user, r.subject) for r in rows] == [(team.actor("clinician").user, f"case/{case['id']}")], path


# ---- acting in another's name


def test_a_request_that_another_site_could_make_is_refused(team: Team) -> None:
    browser = team.browser("clinician")
    token = browser.headers.pop("x-csrf-token")
    body = {"text": STORY, "title": "x"}
    for headers in (
        {},
        {"x-csrf-token": ""},
        {"x-csrf-token": "0" * 43},
        {"x-csrf-token": team.browser("other").headers["x-csrf-token"]},
        {"x-csrf-token": token, "origin": "https://evil.example"},
        {"x-csrf-token": token, "origin": "null"},
        {"x-csrf-token": token, "sec-fetch-site": "cross-site"},
    ):
        refused = browser.post("/api/v1/cases", json=body, headers=headers)
        assert refused.status_code == 403, headers
        assert refused.json()["code"] in ("csrf", "cross-site")
    assert "x" not in {case["title"] for case in browser.get("/api/v1/cases").json()["cases"]}
    good = {"x-csrf-token": token, "origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert browser.post("/api/v1/assess", json={"text": STORY, **QUICK}, headers=good).status_code == 200


def test_forms_need_their_token_the_login_too(team: Team) -> None:
    visitor = team.visitor()
    form = {"name": "clinician", "password": PASSWORD}
    assert visitor.post("/login", data=form).status_code == 403
    assert visitor.post("/login", data={**form, "csrf": ""}).status_code == 403
    stranger = team.visitor().get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    assert visitor.post("/login", data={**form, "csrf": stranger}).status_code == 403
    administrator = team.browser("administrator")
    del administrator.headers["x-csrf-token"]
    assert administrator.post("/users", data={"action": "disable", "name": "other"}).status_code == 403
    assert administrator.post("/logout", data={"x": "y"}).status_code == 403
    assert team.admin.wanted("other").active


def test_without_accounts_other_sites_are_refused_all_the_same(knowledge: Knowledge, tmp_path: Path) -> None:
    client = TestClient(create_app(knowledge, store=Store(f"sqlite:///{tmp_path / 'x.db'}")))
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/api/v1/cases", json={"text": STORY}, headers=headers).json()["code"] == "cross-site"
    kind = {"content-type": "text/plain"}
    assert client.post("/api/v1/cases", content=b'{"text": "x"}', headers=kind).status_code == 415


def test_only_the_names_that_were_given_are_answered(knowledge: Knowledge) -> None:
    client = TestClient(create_app(knowledge, serving=Serving(hosts=frozenset({"hickam.example", "::1"}))))
    for host, status in (("hickam.example", 200), ("hickam.example:8000", 200), ("[::1]:8000", 200)):
        assert client.get("/about", headers={"host": host}).status_code == status
    for host in ("evil.example", "hickam.example.evil.example", "", "127.0.0.1"):
        assert client.get("/about", headers={"host": host}).json()["code"] == "bad-host"


# ---- scripts


def unsafe(page: str) -> list[str]:
    """Scripts, handlers and addresses in a page that are not its own."""
    own = re.sub(
        r'<script (?:type="module" |defer )?src="/[^"]*"[^>]*></script>|<script type="(?:application/json|importmap)"[^>]*>[^<]*</script>',
        "",
        page,
    )
    return re.findall(r"<script[^>]*>|<img src=x[^>]*>|<[^>]+\son\w+\s*=[^>]*>|javascript:", own)


def test_text_of_the_pack_is_text_on_every_page(knowledge: Knowledge) -> None:
    pack = knowledge.pack
    name, finding = "peripheral_artery_disease", "site_calf"
    condition = replace(pack.conditions[name], name=SCRIPT, lay_name=SCRIPT, summary=SCRIPT)
    changed = replace(
        pack,
        conditions={**pack.conditions, name: condition},
        findings={**pack.findings, finding: replace(pack.findings[finding], name=SCRIPT, lay_name=SCRIPT)},
    )
    client = TestClient(create_app(Knowledge.of_pack(changed, knowledge.root), Limits(seconds=300)))
    shown = 0
    for path in (
        "/",
        "/workbench",
        "/conditions",
        f"/conditions/{name}",
        "/findings",
        f"/findings/{finding}",
        "/articles/differential",
    ):
        page = client.get(path, headers={"accept": "text/html"})
        assert page.status_code == 200, path
        assert unsafe(page.text) == [], path
        shown += "&lt;script&gt;alert(1)" in page.text or "\\u003cscript" in page.text
    assert shown >= 4, "the text has to be there for this to mean anything"
    index = client.get("/search/pages.js").text
    assert "</script" not in index.lower().replace("<\\/script", "")


def test_words_of_a_story_are_text_in_every_document(team: Team) -> None:
    browser = team.browser("clinician")
    told = {"text": f"{STORY}. Called {SCRIPT} by friends. Takes {SCRIPT}.", "as_of": "2026-01-02"}
    for kind in ("report", "soap", "referral", "handout"):
        page = browser.post("/api/v1/note", json={**told, "kind": kind, "format": "html"})
        assert page.status_code == 200
        assert unsafe(page.text) == [], kind
    case = saved(browser, title=SCRIPT[:60], patient=SCRIPT[:60])
    made = browser.post(f"/api/v1/cases/{case['id']}/documents", json={"version": 1, "kind": "soap"}).json()["document"]
    changed = browser.put(
        f"/api/v1/documents/{made['id']}",
        json={"text": f"# Note\n\n{SCRIPT}\n\n[x](javascript:alert(1))"},
        headers={"if-match": f'"{made["revision"]}"'},
    )
    assert changed.status_code == 200, changed.text[:300]
    printed = browser.get(f"/api/v1/documents/{made['id']}/print/html")
    assert printed.status_code == 200
    assert [part for part in unsafe(printed.text) if "javascript" not in part] == []
    assert 'href="javascript:' not in printed.text
    assert team.admin.add("eve", SCRIPT[:60], ["reader"], None).display_name == SCRIPT[:60]
    assert unsafe(team.browser("administrator").get("/users").text) == []


def test_no_page_may_run_an_inline_script_or_be_framed(team: Team) -> None:
    browser = team.browser("administrator")
    for path in (
        "/",
        "/workbench",
        "/about",
        "/account",
        "/users",
        "/login",
        "/nothing-here",
        "/api/v1/pack",
        "/static/base.css",
    ):
        headers = browser.get(path, headers={"accept": "text/html"}).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert "unsafe" not in policy["script-src"] + policy["style-src"]
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


# ---- the database and the disk


def test_sql_in_every_field_is_text(team: Team) -> None:
    browser, administrator = team.browser("clinician"), team.browser("administrator")
    mine = saved(browser, title="kept")["id"]
    with team.store.reading() as connection:
        people = len(connection.execute(users.select()).all())
    for bad in SQL:
        answers = [
            browser.post(
                "/api/v1/cases",
                json={"text": STORY, "title": bad, "patient": bad},
                headers={"idempotency-key": bad.replace(" ", "_")},
            ),
            browser.post("/api/v1/cases/search", json={"patient": bad}),
            browser.get("/api/v1/cases", params={"before": bad}),
            browser.get(f"/api/v1/cases/{bad}"),
            browser.get(f"/api/v1/documents/{bad}"),
            browser.post("/api/v1/feedback", json={"subject": bad, "text": bad}),
            administrator.post("/users", data={"action": "add", "name": bad, "display_name": bad, "role": bad}),
            administrator.post("/users", data={"action": "disable", "name": bad}),
            administrator.get("/users"),
            team.visitor().get("/api/v1/me", headers={"cookie": f"hickam={bad.replace(';', '')}"}),
        ]
        assert [a.status_code for a in answers if a.status_code >= 500] == []
        assert team.log_in(team.visitor(), bad, bad) in (401, 429)
        found = browser.post("/api/v1/cases/search", json={"patient": bad}).json()["cases"]
        assert {line["title"] for line in found} <= {bad}
    with team.store.reading() as connection:
        assert len(connection.execute(users.select()).all()) == people
    assert browser.get(f"/api/v1/cases/{mine}").json()["title"] == "kept"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/....//....//app.py",
        "/static/x%00.css",
        "/conditions/..%2f..%2fetc%2fpasswd",
        "/api/v1/pack/conditions/..%2fpack",
        "/api/v1/articles/condition/..%2f..%2fpack",
    ],
)
def test_no_address_leads_to_another_file(team: Team, path: str) -> None:
    answer = team.visitor().get(path)
    assert answer.status_code in (400, 404, 422)
    assert "root:" not in answer.text
    assert "import " not in answer.text


# ---- too much, too slow, too often


def test_a_body_that_comes_too_slowly_is_cut_off_on_a_real_connection(knowledge: Knowledge, tmp_path: Path) -> None:
    app = create_app(knowledge, Limits(body_seconds=0.5), store=Store(f"sqlite:///{tmp_path / 'x.db'}"))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        with socket.create_connection(listener.getsockname(), timeout=20) as client:
            head = b"POST /api/v1/assess HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n"
            client.sendall(head + b'{"text": "')
            begun = time.monotonic()
            said = client.recv(4000)
        assert b"408" in said.split(b"\r\n")[0]
        assert b"slow-request" in said
        assert time.monotonic() - begun < 15
    finally:
        server.should_exit = True
        thread.join(20)


def test_one_person_asks_so_often_and_no_more_and_others_are_not_held_up(knowledge: Knowledge, tmp_path: Path) -> None:
    team = Team(knowledge, tmp_path, rate=Rate(per_second=0.001, burst=3))
    first, second = team.browser("clinician"), team.browser("other")
    assert [first.get("/api/v1/me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = first.get("/api/v1/me")
    assert refused.json()["code"] == "too-many-requests"
    assert int(refused.headers["retry-after"]) > 1
    assert second.get("/api/v1/me").status_code == 200
    assert first.get("/healthz").status_code == 200


def test_the_buckets_refill_and_do_not_grow_for_ever() -> None:
    now = [0.0]
    rates = Rates(Rate(per_second=2, burst=2), clock=lambda: now[0])
    assert [rates.wait("a") for _ in range(3)] == [0.0, 0.0, 0.5]
    now[0] = 0.5
    assert [rates.wait("a"), rates.wait("a")] == [0.0, 0.5]
    for number in range(30_000):
        now[0] += 1
        rates.wait(str(number))
    assert len(rates._left) <= 10_000


# ---- nothing of a patient anywhere but in the answer


@pytest.fixture
def marked(caplog: pytest.LogCaptureFixture) -> str:
    """A word that is nowhere else; everything is logged."""
    caplog.set_level(logging.DEBUG)
    return "Zqxmark"


def test_a_marker_in_every_input_reaches_no_log_counter_address_or_error(
    team: Team,
    marked: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, administrator = team.browser("clinician"), team.browser("administrator")
    words = f"{STORY}, called {marked}"
    case = {"present": [marked], "values": {marked: 1}, "text": marked}
    bodies: list[dict[str, Any]] = [
        {"text": words, **QUICK},
        {"text": marked},
        {"text": words, marked: 1},
        {"text": words, "reader": marked},
        {"case": case},
        {"case": {"present": ["site_calf"], "medications": [marked], "age": marked}},
        {"text": words, "setting": marked, "sex": marked, "as_of": marked, "left_out": [marked]},
        {"text": words, "condition": marked},
        {"text": words, "kind": marked, "format": marked, "language": marked, "to": marked},
        {"text": words, "kind": "soap", "language": marked},
        {"question": marked, "about": {"text": words}, "before": {marked: marked}},
        {"story": words, "state": {marked: marked}, "answer": {"question": marked, "value": marked}},
        {"text": words, "title": marked, "patient": marked},
        {"patient": marked, "name": marked, "subject": marked},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": marked, "text": marked}}]},
    ]
    answers = []
    for methods, path in templates(team.app.routes):
        address = re.sub(r"{[^}]+}", marked, path)
        if path in ("/logout", "/login/provider", "/login/provider/back"):
            continue
        answers.append(browser.get(address, params={"q": marked, "next": f"/{marked}", "before": marked}))
        if "POST" in methods:
            answers += [browser.post(address, json=body) for body in bodies]
            answers.append(
                browser.post(
                    address, content=f'{{"text": "{marked}'.encode(), headers={"content-type": "application/json"}
                )
            )
    answers += [
        browser.get(f"/{marked}", headers={"accept": "text/html"}),
        browser.get(f"/conditions/{marked}", headers={"accept": "text/html"}),
        administrator.post(
            "/users", data={"action": "add", "name": marked + "!", "display_name": marked, "role": "reader"}
        ),
        administrator.post("/users", data={"action": "disable", "name": marked}),
    ]
    team.log_in(team.visitor(), marked, marked)

    def crash(*given: Any) -> None:
        raise ValueError(words)

    monkeypatch.setattr(remembered, "known", crash)
    answers.append(browser.post("/api/v1/assess", json=bodies[0]))
    assert answers[-1].status_code == 500

    for answer in answers:
        place = (answer.request.method, answer.request.url.path, answer.status_code)
        assert marked not in str(answer.headers), place
        if answer.status_code >= 400:
            shown = answer.json() if "json" in answer.headers["content-type"] else {"page": answer.text}
            shown.pop("case", None)  # what was read of a story in which nothing was understood, for whoever sent it
            assert marked not in str(shown), place
    logged = "\n".join(
        f"{record.getMessage()} {record.exc_text or ''}"
        for record in caplog.records
        if not record.name.startswith("httpx")
    )
    assert "/conditions/{id} 404" in logged, "the access log has to be on for this to mean anything"
    counted = administrator.get("/metrics").text
    assert 'route="/conditions/{id}"' in counted
    with team.store.reading() as connection:
        audit = str(list(entries(connection)))
    out = capsys.readouterr()
    for text in (logged, counted, audit, out.out, out.err):
        assert marked not in text
        assert marked.lower() not in text
