"""Who may call, which record servers may be read, from which pages: one file, nothing trusted by default.

A caller's token (JWT) must be signed by an issuer of the list with a key of that issuer's own set, be meant for this
service, be within its time, and not have been used before. Record servers are read only when they are on the list: a
request could otherwise make this program call any address.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.outward import get_json
from hickam.interfaces.smart.servers import SmartServer

ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")
KEYS_FOR_SECONDS = 600.0
NOT_AGAIN_SECONDS = 10.0
"""An issuer's keys are not read again within this time, so that forged tokens cannot make us call it without end."""
AFTER_FAILURE_SECONDS = 1.0
"""The same after a reading that failed: short, because meanwhile nobody new gets in."""
LONGEST_TOKEN_SECONDS = 600


class Issuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A record system that may call: its ``iss``, and where its keys are (``jku``) or the ``keys`` themselves.
    ``tenants``: the organisations that may call through it; empty for any."""

    iss: str
    jku: str = ""
    keys: tuple[dict[str, Any], ...] = ()
    tenants: tuple[str, ...] = ()


class Trust(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``audience`` is this service's public address; ``feedback`` a file that outcomes of cards are added to; ``smart``
    the record systems that the workbench may be launched from."""

    audience: str = ""
    issuers: tuple[Issuer, ...] = ()
    fhir_servers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    feedback: str = ""
    smart: tuple[SmartServer, ...] = ()


class NotTrustedError(Exception):
    """The caller's token is not accepted; the text says why and holds nothing of it."""


def read_trust(path: str) -> Trust:
    """The file. Raises HickamError."""
    try:
        trust = msgspec.json.decode(Path(path).read_bytes(), type=Trust)
    except (OSError, msgspec.DecodeError) as error:
        raise HickamError(
            code="bad-trust-file",
            where=path,
            what=f"cannot be read: {error}",
            why="it says who may call and which records may be read",
            fix="see docs/how-to/cds-hooks.md for what it holds",
        ) from error
    if (trust.issuers or trust.smart) and not trust.audience:
        raise HickamError(
            code="bad-trust-file",
            where=path,
            what="issuers or smart without an audience",
            why="a token meant for another service would be accepted, and a launch would come back to another address",
            fix='add "audience": the public address of this service',
        )
    for server in trust.smart:
        if server.client_key and not _signs(server):
            raise HickamError(
                code="bad-trust-file",
                where=path,
                what="a client_key that is no private key (JWK) with a kid and alg ES384 or RS384",
                why="the record system could not tell that it is this program that asks",
                fix="make one as docs/how-to/smart.md shows",
            )
    return trust


def _signs(server: SmartServer) -> bool:
    """Whether the client's key can sign as SMART asks."""
    import jwt

    key = server.client_key
    try:
        return bool(key.get("kid") and "d" in key and key.get("alg") in ("ES384", "RS384") and jwt.PyJWK(dict(key)))
    except jwt.PyJWTError:
        return False


class KeySet:
    """An issuer's public keys, read from its ``jku`` when first needed and anew when they are old or one is unknown.

    One caller reads and the others wait for what it gets. A reading that fails leaves the keys that are not yet old."""

    def __init__(self, jku: str) -> None:
        self._jku = jku
        self._keys: list[dict[str, Any]] = []
        self._old_after = self._not_before = float("-inf")
        self._turn = threading.Lock()

    def find(self, kid: str) -> dict[str, Any] | None:
        """The key of this name, or None. Raises NotTrustedError without keys that are young enough to trust."""
        with self._turn:
            now = time.monotonic()
            if now >= self._not_before and (now >= self._old_after or self._named(kid) is None):
                self._read()
            if now >= self._old_after:
                raise NotTrustedError("the issuer's keys cannot be read")
            return self._named(kid)

    def _named(self, kid: str) -> dict[str, Any] | None:
        return next((k for k in self._keys if k.get("kid", "") == kid), None)

    def _read(self) -> None:
        try:
            given = get_json(self._jku, {}).get("keys")
        except OSError:
            self._not_before = time.monotonic() + AFTER_FAILURE_SECONDS
            return
        self._keys = [k for k in given if isinstance(k, dict)] if isinstance(given, list) else []
        self._not_before = time.monotonic() + NOT_AGAIN_SECONDS
        self._old_after = time.monotonic() + KEYS_FOR_SECONDS


class Gatekeeper:
    """Checks tokens; remembers which have been used until they expire."""

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self._used: dict[tuple[str, str], float] = {}
        self._keys = {issuer.iss: KeySet(issuer.jku) for issuer in trust.issuers}
        self._turn = threading.Lock()

    def admit(self, header: str, endpoint: str) -> str:
        """Let the caller in, and say who it is (issuer and tenant), or raise NotTrustedError.

        Without issuers in the file nobody has to show a token, and the caller is ''."""
        if not self.trust.issuers:
            return ""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotTrustedError("a Bearer token is needed")
        claims = self._verified(token.strip(), endpoint)
        with self._turn:
            now = time.time()
            self._used = {k: until for k, until in self._used.items() if until > now}
            name = (str(claims["iss"]), str(claims["jti"]))
            if name in self._used:
                raise NotTrustedError("the token has been used before")
            self._used[name] = float(claims["exp"])
        return f"{claims['iss']} {claims.get('tenant', '')}"

    def _verified(self, token: str, endpoint: str) -> dict[str, Any]:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            unverified = jwt.decode(token, options={"verify_signature": False})
            issuer = next((i for i in self.trust.issuers if i.iss == unverified.get("iss")), None)
            if issuer is None:
                raise NotTrustedError("the issuer is not on the list")
            if header.get("jku") and header["jku"] != issuer.jku:
                raise NotTrustedError("the token names keys that are not this issuer's")
            key = self._key(issuer, str(header.get("kid", "")))
            base = self.trust.audience.rstrip("/")
            claims: dict[str, Any] = jwt.decode(
                token,
                jwt.PyJWK(key),
                algorithms=list(ALGORITHMS),
                audience=[base + endpoint, base],
                options={"require": ["iss", "aud", "exp", "iat", "jti"]},
            )
        except jwt.PyJWTError as error:
            raise NotTrustedError(f"the token is not accepted ({type(error).__name__})") from None
        if float(claims["exp"]) - float(claims["iat"]) > LONGEST_TOKEN_SECONDS:
            raise NotTrustedError("the token lives too long")
        if issuer.tenants and claims.get("tenant") not in issuer.tenants:
            raise NotTrustedError("the tenant is not on the list")
        return claims

    def _key(self, issuer: Issuer, kid: str) -> dict[str, Any]:
        if issuer.keys:
            key = next((k for k in issuer.keys if k.get("kid", "") == kid), None)
        else:
            key = self._keys[issuer.iss].find(kid)
        if key is None:
            raise NotTrustedError("no key of this issuer signed the token")
        return key
