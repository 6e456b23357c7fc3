"""Launch, authorisation with PKCE and state, the token and its renewal. OAuth itself is Authlib's.

A launch is tied to the browser that began it by a cookie; a visit (token, patient) stays in this process and is known
to the browser by another cookie only. Neither is ever in an address or a log.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import import_key

from hickam.interfaces.fhir.reading import ID
from hickam.interfaces.outward import PATIENCE
from hickam.interfaces.smart.person import fhir_user
from hickam.interfaces.smart.scopes import grants
from hickam.interfaces.smart.servers import Endpoints, SmartServer, discover, refused
from hickam.interfaces.smart.shelf import Shelf

CALLBACK = "/smart/callback"
LAUNCH_SECONDS, VISIT_SECONDS = 600.0, 8 * 3600.0
RENEW_BEFORE = 30.0
ASSERTION_SECONDS = 240
"""How long a signed assertion of this client lives; SMART allows five minutes."""
PUBLIC_PARTS = frozenset({"kty", "crv", "x", "y", "n", "e", "kid", "alg"})
BEGIN_ANEW = "open the program from the record system again"


@dataclass(frozen=True)
class Launch:
    """A launch that waits for the record system's answer."""

    server: SmartServer
    endpoints: Endpoints
    state: str
    verifier: str
    nonce: str


@dataclass(frozen=True)
class Visit:
    """One patient's record, opened by one browser. ``person``: who opened it, as a reference in that record, '' when it
    does not say; ``key``: what a form of this visit has to carry."""

    server: SmartServer
    endpoints: Endpoints
    patient: str
    person: str
    token: dict[str, Any] = field(repr=False)
    key: str = field(repr=False)

    @property
    def access_token(self) -> str:
        """The token with which the record is read."""
        return str(self.token["access_token"])

    def may_write(self, kind: str) -> bool:
        """Whether the scopes that were granted let a resource of this type be added."""
        return grants(str(self.token.get("scope", "")), kind, "create", ("patient", "user"))


class Launcher:
    """Begins launches, ends them in visits, and keeps both. ``address``: this program's public address."""

    def __init__(self, servers: tuple[SmartServer, ...], address: str) -> None:
        self.servers, self.address = servers, address.rstrip("/")
        self._launches: Shelf[Launch] = Shelf(LAUNCH_SECONDS)
        self._visits: Shelf[Visit] = Shelf(VISIT_SECONDS)

    def begin(self, iss: str, launch: str) -> tuple[str, str]:
        """(cookie, address to send the browser to). ``launch`` '' begins standalone. Raises HickamError."""
        server = next((s for s in self.servers if s.base == iss.rstrip("/")), None)
        if server is None:
            raise refused("this record system is not on the list", "have it added under smart in the trust file")
        endpoints = discover(server)
        verifier, nonce = generate_token(64), generate_token(43)
        extra = {"aud": server.iss, **({"launch": launch} if launch else {})}
        if endpoints.tells_who:
            extra["nonce"] = nonce
        with self._client(server, scope=endpoints.scopes(from_ehr=bool(launch))) as client:
            url, state = client.create_authorization_url(
                endpoints.authorization_endpoint, code_verifier=verifier, **extra
            )
        begun = Launch(server=server, endpoints=endpoints, state=state, verifier=verifier, nonce=nonce)
        return self._launches.put(begun), url

    def finish(self, cookie: str, answer: Mapping[str, str]) -> str:
        """The cookie of the visit that the record system's answer opens. Raises HickamError."""
        launch = self._launches.take(cookie)
        if launch is None or not answer.get("state") or answer["state"] != launch.state:
            raise refused("this answer does not belong to a launch of this browser", BEGIN_ANEW)
        issuer = launch.endpoints.issuer
        if issuer and answer.get("iss", issuer) != issuer:
            raise refused("the answer comes from another system than was asked", BEGIN_ANEW)
        if answer.get("error") or not answer.get("code"):
            raise refused("the record system did not let you in", BEGIN_ANEW)
        with self._client(launch.server) as client:
            try:
                token = client.fetch_token(
                    launch.endpoints.token_endpoint, code=answer["code"], code_verifier=launch.verifier
                )
            except (AuthlibBaseError, httpx.HTTPError, ValueError):
                raise refused("the record system gave no token", BEGIN_ANEW) from None
        visit = Visit(
            server=launch.server,
            endpoints=launch.endpoints,
            patient=_patient(token),
            person=fhir_user(launch.server, launch.endpoints, token, launch.nonce),
            token=dict(token),
            key=generate_token(43),
        )
        return self._visits.put(visit)

    def visit(self, cookie: str) -> Visit:
        """The visit of a browser, its token renewed when that is due. Raises HickamError when it is over."""
        visit = self._visits.get(cookie)
        if visit is None:
            raise refused("no patient is open here", BEGIN_ANEW)
        if visit.token.get("expires_at", float("inf")) > time.time() + RENEW_BEFORE:
            return visit
        with self._client(visit.server, token=visit.token) as client:
            try:
                token = client.refresh_token(
                    visit.endpoints.token_endpoint, refresh_token=visit.token.get("refresh_token", "")
                )
            except (AuthlibBaseError, httpx.HTTPError, ValueError):
                self._visits.take(cookie)
                raise refused("the visit is over", BEGIN_ANEW) from None
        if token.get("patient", visit.patient) != visit.patient:
            self._visits.take(cookie)
            raise refused("the record system renewed the visit for another patient", BEGIN_ANEW)
        renewed = replace(visit, token={**visit.token, **token})
        self._visits.change(cookie, renewed)
        return renewed

    def end(self, cookie: str) -> None:
        """Forget the visit."""
        self._visits.take(cookie)

    def _client(self, server: SmartServer, **given: Any) -> OAuth2Client:
        method = "private_key_jwt" if server.client_key else "client_secret_basic" if server.client_secret else "none"
        client = OAuth2Client(
            server.client_id,
            import_key(server.client_key) if server.client_key else server.client_secret or None,
            token_endpoint_auth_method=method,
            redirect_uri=self.address + CALLBACK,
            code_challenge_method="S256",
            timeout=PATIENCE,
            trust_env=False,
            follow_redirects=False,
            **given,
        )
        if server.client_key:
            told = {"exp": int(time.time()) + ASSERTION_SECONDS}
            header = {"kid": server.client_key["kid"], "typ": "JWT"}
            client.register_client_auth_method(
                PrivateKeyJWT(claims=told, headers=header, alg=str(server.client_key["alg"]))
            )
        return client


def public_keys(servers: Iterable[SmartServer]) -> dict[str, Any]:
    """The public halves of the keys that this program signs with, as a JWK Set for the record systems."""
    keys = {str(s.client_key["kid"]): s.client_key for s in servers if s.client_key}
    return {"keys": [{k: v for k, v in key.items() if k in PUBLIC_PARTS} | {"use": "sig"} for key in keys.values()]}


def _patient(token: Mapping[str, Any]) -> str:
    """The patient of the launch. Raises HickamError."""
    patient = token.get("patient")
    if str(token.get("token_type", "")).lower() != "bearer" or not token.get("access_token"):
        raise refused("the record system gave no bearer token", "have its configuration mended")
    if not isinstance(patient, str) or not ID.fullmatch(patient) or set(patient) == {"."}:
        raise refused("the record system named no patient", "open a patient there, then this program")
    return patient
