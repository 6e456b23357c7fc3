"""The record systems that may launch the workbench, and what each says of itself under .well-known."""

from __future__ import annotations

from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.outward import allowed, get_json

WELL_KNOWN = "/.well-known/smart-configuration"
READ = (
    "Patient",
    "Observation",
    "Condition",
    "MedicationRequest",
    "MedicationStatement",
    "AllergyIntolerance",
    "Encounter",
)
WRITTEN = "DocumentReference"


class SmartServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``iss``: the FHIR address, as the launch names it. A confidential client has a ``client_key`` (a private JWK with
    ``kid`` and ``alg``) or a ``client_secret``; a public one neither."""

    iss: str
    client_id: str
    client_secret: str = ""
    client_key: dict[str, str | list[str]] = {}
    name: str = ""

    @property
    def base(self) -> str:
        """The FHIR address without a slash at its end."""
        return self.iss.rstrip("/")


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record system lets people in, and which scopes it understands."""

    issuer: str = ""
    authorization_endpoint: str
    token_endpoint: str
    code_challenge_methods_supported: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    jwks_uri: str = ""

    @property
    def tells_who(self) -> bool:
        """Whether the record system says, in a way that can be checked, who opens the program."""
        return "sso-openid-connect" in self.capabilities and bool(self.issuer and self.jwks_uri)

    def scopes(self, *, from_ehr: bool) -> str:
        """What is asked for: the launch's patient, who opens it, to read what a case is made of, to add a document."""
        old = "permission-v1" in self.capabilities and "permission-v2" not in self.capabilities
        may_read, may_add = ("read", "write") if old else ("rs", "c")
        wanted = [f"patient/{kind}.{may_read}" for kind in READ]
        who = ["openid", "fhirUser"] * self.tells_who
        return " ".join(["launch" if from_ehr else "launch/patient", *who, *wanted, f"patient/{WRITTEN}.{may_add}"])


def discover(server: SmartServer) -> Endpoints:
    """Read the server's SMART configuration. Raises HickamError when it cannot be used."""
    try:
        found: dict[str, Any] = get_json(server.base + WELL_KNOWN, {"accept": "application/json"})
        endpoints = msgspec.convert(found, Endpoints)
    except (OSError, msgspec.ValidationError):
        raise refused(
            "the record system's SMART configuration cannot be read", f"see whether it offers {WELL_KNOWN}"
        ) from None
    if not (allowed(endpoints.authorization_endpoint) and allowed(endpoints.token_endpoint)):
        raise refused("the record system names an address that is not https", "have its configuration mended")
    if "S256" not in endpoints.code_challenge_methods_supported:
        raise refused("the record system does not offer PKCE with S256", "it needs SMART App Launch 2.0 or later")
    return endpoints


def refused(what: str, fix: str) -> HickamError:
    """A launch that does not come about."""
    return HickamError(
        code="launch-refused",
        where="SMART launch",
        what=what,
        why="a record may only be opened by somebody whom the record system lets in",
        fix=fix,
    )
