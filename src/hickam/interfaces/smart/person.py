"""Who opened the program: the record system's identity token (OpenID Connect), its signature and claims checked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from hickam.errors import HickamError
from hickam.interfaces.outward import get_json
from hickam.interfaces.smart.servers import Endpoints, SmartServer, refused

ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")
_PERSON = re.compile(r"(?:(.+)/)?(Practitioner(?:Role)?/[A-Za-z0-9.-]{1,64})")
"""A clinician; a patient who opens the program is not named anywhere."""


def fhir_user(server: SmartServer, endpoints: Endpoints, token: Mapping[str, Any], nonce: str) -> str:
    """The clinician as a reference on the record server ('Practitioner/17'); '' when the record system does not say.

    Raises HickamError for an identity token that is not that system's, not for this launch, or not in time.
    """
    if not endpoints.tells_who or "id_token" not in token:
        return ""
    claims = _verified(server, endpoints, str(token["id_token"]))
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _unknown()
    found = _PERSON.fullmatch(str(claims.get("fhirUser", "")))
    return found.group(2) if found and found.group(1) in (None, server.base) else ""


def _verified(server: SmartServer, endpoints: Endpoints, token: str) -> dict[str, Any]:
    import jwt

    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = get_json(endpoints.jwks_uri, {}).get("keys")
        listed = [k for k in keys if isinstance(k, dict)] if isinstance(keys, list) else []
        key = next(k for k in listed if k.get("kid") == kid and k.get("use", "sig") == "sig")
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(key),
            algorithms=list(ALGORITHMS),
            audience=server.client_id,
            issuer=endpoints.issuer,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
    except (jwt.PyJWTError, OSError, StopIteration):
        raise _unknown() from None
    return claims


def _unknown() -> HickamError:
    return refused(
        "the record system did not say in a way that can be checked who you are",
        "have its OpenID configuration (issuer, jwks_uri) mended",
    )
