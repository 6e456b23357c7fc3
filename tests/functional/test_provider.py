"""Logging in with an identity provider: a real exchange with a stub of one on this machine, and forged ones."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient
from team import Team

from hickam.errors import HickamError
from hickam.interfaces.web.provider import Provider, read_provider
from hickam.services.knowledge import Knowledge


class Stub(HTTPServer):
    """An identity provider with one key. ``claims`` and ``sign_with`` can be bent by a test."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.sign_with: Any = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "hickam", "sub": "s-1", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.asked["nonce"], "preferred_username": "eva", **self.claims}
        return jwt.encode(claims, self.sign_with, self.algorithm, headers={"kid": "k"})


class Answers(BaseHTTPRequestHandler):
    """Discovery, keys and tokens."""

    server: Stub

    def do_GET(self) -> None:
        at = self.server.issuer
        if self.path.startswith("/.well-known"):
            self._send(
                {
                    "issuer": at,
                    "authorization_endpoint": f"{at}/authorize",
                    "token_endpoint": f"{at}/token",
                    "jwks_uri": f"{at}/keys",
                }
            )
        else:
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._send({"keys": [{**public, "kid": "k", "use": "sig", "alg": "RS256"}]})

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        known = base64.b64encode(b"hickam:the-secret").decode() in self.headers.get("authorization", "")
        if form["code"] != "the-code" or challenge != self.server.asked["code_challenge"] or not known:
            self._send({"error": "invalid_grant"}, 400)
        else:
            self._send({"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token()})

    def _send(self, body: dict[str, Any], status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *given: Any) -> None:
        """Be quiet."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def settings(stub: Stub, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "secret").write_text("the-secret\n")
    found = {"name": "the hospital", "issuer": stub.issuer, "client_id": "hickam"}
    return {**found, "client_secret_file": str(tmp_path / "secret")}


def serve(knowledge: Knowledge, folder: Path, settings: dict[str, str]) -> Team:
    team = Team(knowledge, folder, provider=Provider(**settings))
    team.admin.add("eva", "Eva Noll", ["clinician"], None)
    return team


def there_and_back(stub: Stub, browser: TestClient, **bent: str) -> Any:
    """Follow the redirect to the provider, and come back with a code."""
    leaving = browser.get("/login/provider", params={"next": "/findings"})
    assert leaving.status_code == 302, leaving.text[:300]
    asked = {key: values[0] for key, values in parse_qs(urlsplit(leaving.headers["location"]).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://testserver/login/provider/back"
    stub.asked = asked
    return browser.get("/login/provider/back", params={"code": "the-code", "state": asked["state"], **bent})


def test_a_person_known_to_both_gets_in_and_the_account_is_bound_to_the_subject(
    knowledge: Knowledge, tmp_path: Path, stub: Stub, settings: dict[str, str]
) -> None:
    team = serve(knowledge, tmp_path, settings)
    assert "the hospital" in team.visitor().get("/login").text
    browser = team.visitor()
    answer = there_and_back(stub, browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/findings")
    assert browser.get("/api/v1/me").json()["name"] == "Eva Noll"
    assert team.admin.wanted("eva").oidc_subject == f"{stub.issuer}|s-1"
    stub.claims = {"preferred_username": "renamed"}
    assert there_and_back(stub, team.visitor()).status_code == 303, "the subject counts, not the name"
    stub.claims = {"sub": "s-2"}
    assert there_and_back(stub, team.visitor()).status_code == 401, "another person with the same name"
    stub.claims = {}
    team.admin.disable("eva")
    assert there_and_back(stub, team.visitor()).status_code == 401


@pytest.mark.parametrize(
    "bent",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"aud": "another-service"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": 1_000_000_000}},
        {"claims": {"sub": "s-9", "preferred_username": "nobody-here"}},
        {"claims": {"sub": "s-9", "preferred_username": "administrator"}},
        {"sign_with": "another key"},
        {"algorithm": "none", "sign_with": None},
    ],
    ids=str,
)
def test_forged_and_foreign_confirmations_let_nobody_in(
    knowledge: Knowledge, tmp_path: Path, stub: Stub, settings: dict[str, str], bent: dict[str, Any]
) -> None:
    team = serve(knowledge, tmp_path, settings)
    stub.claims = bent.get("claims", {})
    if bent.get("sign_with") == "another key":
        stub.sign_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif "sign_with" in bent:
        stub.sign_with, stub.algorithm = None, bent["algorithm"]
    browser = team.visitor()
    answer = there_and_back(stub, browser)
    assert answer.status_code == 401
    assert "hickam" not in browser.cookies
    assert browser.get("/workbench").status_code == 401


def test_a_callback_that_this_browser_did_not_ask_for_is_refused(
    knowledge: Knowledge, tmp_path: Path, stub: Stub, settings: dict[str, str]
) -> None:
    team = serve(knowledge, tmp_path, settings)
    assert there_and_back(stub, team.visitor(), state="made-up").status_code == 401
    assert there_and_back(stub, team.visitor(), code="guessed").status_code == 401
    other = team.visitor()
    leaving = team.visitor().get("/login/provider")
    state = parse_qs(urlsplit(leaving.headers["location"]).query)["state"][0]
    assert other.get("/login/provider/back", params={"code": "the-code", "state": state}).status_code == 401
    assert other.get("/login/provider/back").status_code == 401


def test_strangers_get_the_role_that_was_chosen_for_them(
    knowledge: Knowledge, tmp_path: Path, stub: Stub, settings: dict[str, str]
) -> None:
    team = serve(knowledge, tmp_path, {**settings, "new_users": "reader"})
    stub.claims = {"sub": "s-3", "preferred_username": "Zoe"}
    browser = team.visitor()
    assert there_and_back(stub, browser).status_code == 303
    assert browser.get("/api/v1/me").json()["roles"] == ["reader"]


def test_a_provider_that_does_not_answer_is_said_in_words(
    knowledge: Knowledge, tmp_path: Path, stub: Stub, settings: dict[str, str]
) -> None:
    team = serve(knowledge, tmp_path, {**settings, "issuer": "http://127.0.0.1:9"})
    answer = team.visitor().get("/login/provider")
    assert answer.status_code == 401
    assert "did not confirm" in answer.text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"issuer": "http://login.example.org"}, "https"),
        ({"new_users": "administrator"}, "new_users"),
        ({"client_secret_file": "/no/such/file"}, "cannot be read"),
        ({"isuer": "x"}, "cannot be read"),
    ],
)
def test_a_file_that_would_let_the_wrong_people_in_is_refused(
    settings: dict[str, str], tmp_path: Path, change: dict[str, str], fault: str
) -> None:
    path = tmp_path / "provider.json"
    path.write_text(json.dumps({**settings, **change}))
    with pytest.raises(HickamError, match=fault):
        read_provider(str(path))
