"""SMART App Launch: an OAuth server and a hospital by others launch the workbench, and get a note back when it is asked for."""

from __future__ import annotations

import base64
import http.server
import json
import logging
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import uvicorn
from browsing import AXE, Page, judged
from fastapi.testclient import TestClient
from fhir_bundles import AS_OF, example
from fhir_hospital import ask, free_port, running
from fhir_judges import GATE, INSTALLED, MISSING, problems
from joserfc.jwk import ECKey
from selenium import webdriver
from team import Team

from hickam.errors import HickamError
from hickam.intake.structured import case_from_json
from hickam.interfaces.cds.definitions import PREFETCH
from hickam.interfaces.cds.records import read_from
from hickam.interfaces.cds.trust import Trust, read_trust
from hickam.interfaces.fhir.reading import read_fhir
from hickam.interfaces.smart.launch import Launcher, Visit, public_keys
from hickam.interfaces.smart.note import read_record
from hickam.interfaces.smart.person import fhir_user
from hickam.interfaces.smart.servers import Endpoints, SmartServer
from hickam.interfaces.smart.shelf import Shelf
from hickam.interfaces.web.app import create_app
from hickam.interfaces.web.guard import Limits
from hickam.interfaces.web.serving import Serving
from hickam.services.case_data import as_request
from hickam.services.knowledge import Knowledge
from hickam.store.audit import entries
from hickam.store.database import Store

HERE = f"http://127.0.0.1:{free_port()}"
needs_tools = pytest.mark.skipif(not (INSTALLED and shutil.which("node")), reason=MISSING)


CLIENT_KEY = ECKey.generate_key("P-384", {"kid": "k1", "alg": "ES384"}, private=True).as_dict(private=True)


def keyed(iss: str, **parts: Any) -> SmartServer:
    """A client that signs its requests."""
    return SmartServer(iss=iss, client_id="hickam-keyed", client_key={**CLIENT_KEY, **parts})


def ehr(tmp_path_factory: pytest.TempPathFactory, hospital: str, patient: str, seconds: int) -> Iterator[str]:
    port = free_port()
    iss = f"http://127.0.0.1:{port}/fhir"
    command = [
        "node", str(GATE / "ehr.mjs"), str(port), hospital, f"{HERE}/smart/callback", patient, str(seconds),
        json.dumps(public_keys([keyed(iss)])),
    ]  # fmt: skip
    with running(command, tmp_path_factory.mktemp("ehr"), f"{iss}/.well-known/smart-configuration"):
        yield iss


@pytest.fixture(scope="module")
def iss(tmp_path_factory: pytest.TempPathFactory, hospital: str, patient: str) -> Iterator[str]:
    yield from ehr(tmp_path_factory, hospital, patient, 300)


def app(knowledge: Knowledge, iss: str, store: Store | None = None) -> TestClient:
    trust = Trust(audience=HERE, smart=(SmartServer(iss=iss, client_id="hickam", name="The hospital"),))
    return TestClient(create_app(knowledge, Limits(seconds=120.0), trust, store), base_url=HERE, follow_redirects=False)


def let_in(url: str) -> str:
    """What a clinician's browser does at the record system; the address it is sent back to."""
    with httpx.Client(trust_env=False) as browser:
        for _ in range(8):
            answer = browser.get(url)
            onward = answer.headers.get("location", "")
            assert onward, f"{answer.status_code} {answer.text}"
            url = str(httpx.URL(url).join(onward))
            if url.startswith(HERE):
                return url
    raise AssertionError("not sent back")


def opened(client: TestClient, iss: str, launch: str = "visit-42") -> list[str]:
    """Launch and let in; every address of ours that the browser was sent to."""
    given = {"iss": iss, **({"launch": launch} if launch else {})}
    begun = client.get("/smart/launch", params=given)
    assert begun.status_code == 303, begun.text
    back = let_in(begun.headers["location"])
    ended = client.get(back)
    assert ended.status_code == 303, ended.text
    return [back, ended.headers["location"]]


@needs_tools
@pytest.mark.parametrize("launch", ["visit-42", ""])
def test_a_launch_opens_the_patient_of_the_record(
    knowledge: Knowledge, iss: str, patient: str, launch: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="hickam")
    client = app(knowledge, iss)
    addresses = opened(client, iss, launch)
    page = client.get("/smart/patient")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "The hospital · 72 years, female · opened by Practitioner/clinician" in page.text
    assert "Hypokalaemia" in page.text
    assert "its value is said to be unknown" in page.text
    assert patient not in " ".join(addresses)
    assert patient not in caplog.text
    cookies = client.cookies
    assert set(cookies.keys()) == {"hickam-visit"}
    assert cookies["hickam-visit"] not in page.text + " ".join(addresses) + caplog.text


@needs_tools
def test_the_cookies_cannot_be_read_by_scripts(knowledge: Knowledge, iss: str) -> None:
    begun = app(knowledge, iss).get("/smart/launch", params={"iss": iss})
    assert {"HttpOnly", "SameSite=lax", "Path=/smart"} <= set(begun.headers["set-cookie"].split("; "))


@needs_tools
def test_the_workbench_gets_the_same_case(knowledge: Knowledge, iss: str) -> None:
    client = app(knowledge, iss)
    opened(client, iss)
    told = client.get("/smart/case").json()
    answer = client.post("/api/v1/assess", json=told).json()
    assert answer["differential"][0]["condition"]["name"] == "Hypokalaemia"
    assert {f["id"]: f["value"] for f in answer["case"]["findings"]}["potassium"] == 2.9


@needs_tools
def test_a_note_is_written_only_when_asked_for(
    knowledge: Knowledge, iss: str, hospital: str, patient: str, tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    client = app(knowledge, iss, store)
    opened(client, iss)
    page = client.get("/smart/patient").text
    search = f"{hospital}/DocumentReference?patient={patient}"
    before = {e["resource"]["id"] for e in ask("GET", search).get("entry", [])}
    key = page.split('data-key="')[1].split('"')[0]
    refused = client.post("/smart/note", json={"key": "another", "note": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-this-visit")
    assert {e["resource"]["id"] for e in ask("GET", search).get("entry", [])} == before
    written = client.post("/smart/note", json={"key": key, "note": "Potassium 2.9. Seen today."})
    assert written.status_code == 201, written.text
    (entry,) = (e for e in ask("GET", search)["entry"] if e["resource"]["id"] not in before)
    assert f"DocumentReference/{entry['resource']['id']}" == written.json()["written"]
    note, structured = (c["attachment"] for c in entry["resource"]["content"])
    assert base64.b64decode(note["data"]).decode() == "Potassium 2.9. Seen today."
    assert entry["resource"]["docStatus"] == "preliminary"
    document = json.loads(base64.b64decode(structured["data"]))
    assert document["entry"][0]["resource"]["resourceType"] == "Composition"
    assert problems([("note", entry["resource"])]) == []
    with store.reading() as connection:
        (row,) = entries(connection)
    assert (row.action, row.subject) == ("record.note-written", written.json()["written"])
    assert row.detail == {"server": iss, "person": "Practitioner/clinician"}
    assert entry["resource"]["author"][0] == {"reference": "Practitioner/clinician"}
    assert client.post("/smart/end", json={"key": key}).status_code == 204
    assert client.post("/smart/note", json={"key": key, "note": "again"}).json()["code"] == "launch-refused"


@needs_tools
def test_in_a_team_the_patient_is_seen_after_a_login(knowledge: Knowledge, iss: str, tmp_path: Path) -> None:
    team = Team(knowledge, tmp_path)
    trusted = Trust(audience=HERE, smart=(SmartServer(iss=iss, client_id="hickam"),))
    team.app = create_app(knowledge, store=team.store, trust=trusted, serving=Serving(team=True))
    visitor = TestClient(team.app, base_url=HERE, follow_redirects=False)
    opened(visitor, iss)
    sent = visitor.get("/smart/patient", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/smart/patient")
    assert visitor.get("/smart/case").status_code == 401
    visitor.cookies.update(dict(team.browser("clinician").cookies))
    assert "Hypokalaemia" in visitor.get("/smart/patient").text


@pytest.fixture
def served(knowledge: Knowledge, iss: str) -> Iterator[str]:
    """The program at the address the record system sends people back to."""
    config = uvicorn.Config(app(knowledge, iss).app, port=int(HERE.rsplit(":", 1)[1]), log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the program did not start"
        time.sleep(0.05)
    yield HERE
    server.should_exit = True
    thread.join(10)


@needs_tools
def test_a_clinician_opens_the_patient_writes_a_note_and_goes_on_in_the_workbench(
    browser: webdriver.Chrome, served: str, iss: str, hospital: str, patient: str
) -> None:
    page = Page(browser)
    search = f"{hospital}/DocumentReference?patient={patient}"
    before = len(ask("GET", search).get("entry", []))
    browser.get(f"{served}/smart/launch?iss={iss}&launch=visit-42")
    assert browser.current_url == f"{served}/smart/patient"
    assert "Hypokalaemia" in page.text("main ol")
    assert len(ask("GET", search).get("entry", [])) == before
    assert not AXE.exists() or judged(browser) == []
    page.click("#note-form button")
    page.wait(lambda: page.text("#said").startswith("Written: DocumentReference/"))
    assert len(ask("GET", search)["entry"]) == before + 1
    page.click("main a.button")
    assert "Hypokalaemia" in page.one("#differential .candidate .name").text
    assert browser.current_url == f"{served}/workbench"


@needs_tools
def test_a_token_that_ends_is_renewed(
    knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory, hospital: str, patient: str
) -> None:
    for iss in ehr(tmp_path_factory, hospital, patient, 20):
        launcher = Launcher((SmartServer(iss=iss, client_id="hickam"),), HERE)
        cookie, url = launcher.begin(iss, "visit-42")
        visit = launcher.finish(cookie, dict(httpx.URL(let_in(url)).params))
        first, second = launcher.visit(visit), launcher.visit(visit)
        assert first.access_token != second.access_token
        assert ask_as(second, f"{iss}/Patient/{patient}") == 200


def ask_as(visit: Visit, url: str) -> int:
    return httpx.get(url, headers={"authorization": f"Bearer {visit.access_token}"}, trust_env=False).status_code


@needs_tools
def test_a_client_may_sign_instead_of_having_a_secret(knowledge: Knowledge, iss: str, tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    entry = {"iss": iss, "client_id": "hickam-keyed", "client_key": CLIENT_KEY}
    file.write_text(json.dumps({"audience": HERE, "smart": [entry]}))
    trust = read_trust(str(file))
    client = TestClient(create_app(knowledge, trust=trust), base_url=HERE, follow_redirects=False)
    opened(client, iss)
    assert "Hypokalaemia" in client.get("/smart/patient").text
    (public,) = client.get("/smart/keys").json()["keys"]
    assert (public["kid"], public["x"], "d" in public) == ("k1", CLIENT_KEY["x"], False)
    stranger = ECKey.generate_key("P-384", {"kid": "k1", "alg": "ES384"}, private=True).as_dict(private=True)
    launcher = Launcher((keyed(iss, **stranger),), HERE)
    cookie, url = launcher.begin(iss, "visit-42")
    with pytest.raises(HickamError, match="gave no token"):
        launcher.finish(cookie, dict(httpx.URL(let_in(url)).params))


@pytest.mark.parametrize("change", [{"d": None}, {"kid": None}, {"alg": "HS256"}, {"kty": "x"}, {"x": "AA"}])
def test_a_client_key_that_cannot_sign_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    key = {k: v for k, v in {**CLIENT_KEY, **change}.items() if v is not None}
    file = tmp_path / "trust.json"
    entry = {"iss": "https://ehr.example/fhir", "client_id": "hickam", "client_key": key}
    file.write_text(json.dumps({"audience": HERE, "smart": [entry]}))
    with pytest.raises(HickamError, match="client_key"):
        read_trust(str(file))


@pytest.mark.parametrize(
    ("change", "person"),
    [
        ({}, "Practitioner/17"),
        ({"fhirUser": "https://ehr.example/fhir/PractitionerRole/r.1"}, "PractitionerRole/r.1"),
        ({"fhirUser": "https://other.example/fhir/Practitioner/17"}, ""),
        ({"fhirUser": "Patient/p1"}, ""),
        ({"fhirUser": "Practitioner/17/../x"}, ""),
        ({"fhirUser": None}, ""),
        ({"nonce": "another"}, None),
        ({"iss": "https://other.example"}, None),
        ({"aud": "another"}, None),
        ({"exp": 1}, None),
        ({"key": "another"}, None),
        ({"kid": "another"}, None),
        ({"use": "sig"}, "Practitioner/17"),
        ({"use": "enc"}, None),
    ],
)
def test_who_opens_the_program(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], person: str | None) -> None:
    server = SmartServer(iss="https://ehr.example/fhir", client_id="hickam")
    endpoints = Endpoints(
        issuer="https://ehr.example", authorization_endpoint="https://a", token_endpoint="https://b",
        jwks_uri="https://ehr.example/keys", capabilities=("sso-openid-connect",),
    )  # fmt: skip
    keys = {name: ECKey.generate_key("P-384", {"kid": "k1"}, private=True) for name in ("own", "another")}
    public = {**keys["own"].as_dict(private=False), "alg": "ES384"}
    monkeypatch.setattr("hickam.interfaces.smart.person.get_json", lambda url, headers: {"keys": [public]})
    now = int(time.time())
    claims = {
        "iss": "https://ehr.example", "aud": "hickam", "sub": "17", "iat": now, "exp": now + 300, "nonce": "n",
        "fhirUser": "Practitioner/17", **change,
    }  # fmt: skip
    public |= {"use": claims.pop("use")} if "use" in claims else {}
    key = keys[claims.pop("key", "own")].as_pem(private=True)
    header = {"kid": claims.pop("kid", "k1")}
    token = {"id_token": jwt.encode({k: v for k, v in claims.items() if v}, key, "ES384", header)}
    if person is None:
        with pytest.raises(HickamError, match="who you are"):
            fhir_user(server, endpoints, token, "n")
    else:
        assert fhir_user(server, endpoints, token, "n") == person


@needs_tools
def test_an_answer_counts_once_and_only_for_the_browser_that_began(knowledge: Knowledge, iss: str) -> None:
    client, other = app(knowledge, iss), app(knowledge, iss)
    begun = client.get("/smart/launch", params={"iss": iss, "launch": "visit-42"})
    back = let_in(begun.headers["location"])
    assert other.get(back).json()["code"] == "launch-refused"
    forged = str(httpx.URL(back).copy_set_param("state", "x"))
    assert client.get(forged).json()["code"] == "launch-refused"
    assert client.get(back).json()["code"] == "launch-refused", "a wrong state ends the launch"
    opened(client, iss)
    again = client.get(back)
    assert again.json()["code"] == "launch-refused"
    assert "code=" not in again.text


@needs_tools
def test_a_code_of_another_launch_is_refused_by_its_verifier(knowledge: Knowledge, iss: str) -> None:
    client = app(knowledge, iss)
    stolen = httpx.URL(let_in(client.get("/smart/launch", params={"iss": iss}).headers["location"])).params["code"]
    own = httpx.URL(let_in(client.get("/smart/launch", params={"iss": iss}).headers["location"]))
    refused = client.get(str(own.copy_set_param("code", stolen)))
    assert refused.json()["detail"] == "the record system gave no token"


@needs_tools
def test_refusal_by_the_record_system_is_said_in_words(knowledge: Knowledge, iss: str) -> None:
    client = app(knowledge, iss)
    begun = client.get("/smart/launch", params={"iss": iss, "launch": "visit-42"})
    state = httpx.URL(begun.headers["location"]).params["state"]
    page = client.get(
        "/smart/callback", params={"error": "access_denied", "error_description": "<b>", "state": state},
        headers={"accept": "text/html"},
    )  # fmt: skip
    assert page.status_code == 422
    assert "did not let you in" in page.text
    assert "<b>" not in page.text


class _Configuration(http.server.BaseHTTPRequestHandler):
    """A record system whose SMART configuration is what the test says."""

    told: Any = None
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        if self.status in (301, 302):
            self.send_header("location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(self.told if isinstance(self.told, bytes) else json.dumps(self.told).encode())

    def log_message(self, *args: Any) -> None:
        return None


GOOD = {
    "authorization_endpoint": "https://ehr.example/auth", "token_endpoint": "https://ehr.example/token",
    "code_challenge_methods_supported": ["S256"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "status", "begins"),
    [
        (GOOD, 200, True),
        ({**GOOD, "code_challenge_methods_supported": ["plain"]}, 200, False),
        ({**GOOD, "code_challenge_methods_supported": []}, 200, False),
        ({**GOOD, "token_endpoint": "http://inside.example/token"}, 200, False),
        ({**GOOD, "authorization_endpoint": "javascript:alert(1)"}, 200, False),
        ({**GOOD, "authorization_endpoint": ["https://ehr.example"]}, 200, False),
        ({}, 200, False),
        ([], 200, False),
        (b"<html>", 200, False),
        (GOOD, 302, False),
        (GOOD, 500, False),
        (b"[" * 100_000, 200, False),
    ],
)
def test_a_record_system_that_cannot_be_trusted_begins_nothing(told: Any, status: int, begins: bool) -> None:
    handler = type("Told", (_Configuration,), {"told": told, "status": status})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        iss = f"http://127.0.0.1:{server.server_address[1]}/fhir"
        launcher = Launcher((SmartServer(iss=iss, client_id="hickam"),), HERE)
        if begins:
            _, url = launcher.begin(iss, "")
            asked = httpx.URL(url).params
            assert (asked["aud"], asked["code_challenge_method"]) == (iss, "S256")
            assert "launch/patient" in asked["scope"].split()
        else:
            with pytest.raises(HickamError) as error:
                launcher.begin(iss, "")
            assert error.value.code == "launch-refused"
        server.shutdown()


@pytest.mark.parametrize("iss", ["", "https://evil.example/fhir", "http://169.254.169.254/", "file:///etc/passwd"])
def test_a_server_that_is_not_on_the_list_is_never_called(
    knowledge: Knowledge, iss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hickam.interfaces.smart.servers.get_json", lambda *_: pytest.fail("it was called"))
    client = app(knowledge, "https://ehr.example/fhir")
    refused = client.get("/smart/launch", params={"iss": iss, "launch": "x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "launch-refused")


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("patient/DocumentReference.c", True),
        ("patient/DocumentReference.cruds", True),
        ("user/*.write", True),
        ("patient/*.*", True),
        ("patient/DocumentReference.c?category=x", True),
        ("patient/DocumentReference.rs", False),
        ("patient/DocumentReference.read", False),
        ("patient/Observation.c", False),
        ("launch openid", False),
        ("system/DocumentReference.c", False),
        ("", False),
    ],
)
def test_what_the_granted_scopes_allow(scope: str, may: bool) -> None:
    endpoints = Endpoints(authorization_endpoint="https://a", token_endpoint="https://b")
    server = SmartServer(iss="https://ehr.example/fhir", client_id="hickam")
    visit = Visit(server=server, endpoints=endpoints, patient="p", person="", token={"scope": scope}, key="k")
    assert visit.may_write("DocumentReference") is may


def test_servers_of_smart_one_are_asked_in_their_words() -> None:
    ends = Endpoints(authorization_endpoint="https://a", token_endpoint="https://b", capabilities=("permission-v1",))
    assert "patient/Patient.read" in ends.scopes(from_ehr=True).split()
    assert "patient/DocumentReference.write" in ends.scopes(from_ehr=True).split()


class _Endless(_Configuration):
    """A record server that always has one more page, each after a moment."""

    def do_GET(self) -> None:
        time.sleep(0.1)
        self.send_response(200)
        self.end_headers()
        host = self.headers["host"]
        page = {"resourceType": "Bundle", "entry": [], "link": [{"relation": "next", "url": f"http://{host}/fhir/x"}]}
        self.wfile.write(json.dumps(page).encode())


def test_a_server_that_never_ends_is_read_for_a_time_only() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Endless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}/fhir"
        with pytest.raises(OSError, match="too long"):
            read_from(base, "t", PREFETCH["conditions"], "p", time.monotonic() + 0.15)
        with pytest.raises(OSError, match="more pages"):
            read_from(base, "t", PREFETCH["conditions"], "p", time.monotonic() + 60)
        assert read_from(base, "t", PREFETCH["observations"], "p", time.monotonic() + 60)["entry"] == []
        with pytest.raises(OSError, match="another server"):
            read_from(f"{base}/tenant", "t", PREFETCH["allergies"], "p", time.monotonic() + 60)
        server.shutdown()


class _SomebodyElse(_Configuration):
    """A record system that answers with another patient than was asked for."""

    def do_GET(self) -> None:
        self._say({"resourceType": "Patient", "id": "p2"})

    def do_POST(self) -> None:
        self._say({"access_token": "t", "token_type": "Bearer", "patient": "p2"})

    def _say(self, told: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())


def test_a_record_system_that_gives_somebody_else_is_refused() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _SomebodyElse) as http_server:
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{http_server.server_address[1]}/fhir"
        server = SmartServer(iss=base, client_id="hickam")
        ends = Endpoints(authorization_endpoint=f"{base}/auth", token_endpoint=f"{base}/token")
        token = {"access_token": "t", "token_type": "Bearer", "refresh_token": "r", "expires_at": 0}
        visit = Visit(server=server, endpoints=ends, patient="p1", person="", token=token, key="k")
        with pytest.raises(HickamError, match="another patient"):
            read_record(visit)
        launcher = Launcher((server,), HERE)
        cookie = launcher._visits.put(visit)
        with pytest.raises(HickamError, match="another patient"):
            launcher.visit(cookie)
        with pytest.raises(HickamError, match="no patient is open"):
            launcher.visit(cookie)
        http_server.shutdown()


def test_what_is_kept_for_a_browser_is_kept_for_a_time() -> None:
    shelf: Shelf[str] = Shelf(60)
    cookie = shelf.put("thing")
    assert shelf.get(cookie) == "thing"
    assert shelf.get("other") is None
    shelf.change(cookie, "newer")
    assert shelf.take(cookie) == "newer"
    assert shelf.take(cookie) is None
    assert Shelf[str](0).get(Shelf[str](0).put("thing")) is None


def test_a_case_of_a_record_is_told_again_without_loss(knowledge: Knowledge) -> None:
    case = read_fhir(example(), knowledge, AS_OF).case
    told = as_request(knowledge.pack, case)
    again = case_from_json({**told["case"], **{k: told[k] for k in ("age", "sex", "setting")}}, knowledge.vocabulary)
    assert (again.age, again.sex, again.setting) == (case.age, case.sex, case.setting)
    assert {f.condition: f.status for f in again.facts} == {f.condition: f.status for f in case.facts}
    assert [f.condition for f in again.ruled_out] == [f.condition for f in case.ruled_out] == ["deep_vein_thrombosis"]
    assert {m.drug for m in again.medications} == {m.drug for m in case.medications} == {"thiazide_diuretics"}
    findings = {(o.finding, o.state, o.values, o.value) for o in case.observations}
    assert {(o.finding, o.state, o.values, o.value) for o in again.observations} == findings
