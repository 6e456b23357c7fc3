"""Log in with an identity provider (OpenID Connect): code flow with PKCE, state and nonce, by Authlib."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, Request
from joserfc.errors import JoseError
from starlette.responses import HTMLResponse, Response

from hickam.errors import HickamError
from hickam.interfaces.web.login import HOME, Entry, local
from hickam.model.records import ROLES
from hickam.services.accounts import Accounts

BACK = "/login/provider/back"
PATIENCE = 5.0
UNUSABLE = (OAuthError, JoseError, httpx2.HTTPError, ValueError, KeyError, RuntimeError)
"""What an answer of a provider that is unreachable, confused or forged ends in."""
log = logging.getLogger("hickam.web")


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One identity provider. ``new_users``: 'refuse', or the role that unknown people are added with."""

    name: str
    issuer: str
    client_id: str
    client_secret_file: str
    username_claim: str = "preferred_username"
    new_users: str = "refuse"


def read_provider(path: str) -> Provider:
    """The file. Raises HickamError 'bad-provider-file'."""
    try:
        found = msgspec.json.decode(Path(path).read_bytes(), type=Provider)
        _secret(found)
    except (OSError, msgspec.DecodeError) as error:
        raise _bad(path, f"it cannot be read: {error}") from error
    if found.new_users != "refuse" and (found.new_users not in ROLES or found.new_users == "administrator"):
        raise _bad(path, "new_users is neither refuse nor a role that strangers may have")
    address = urlsplit(found.issuer)
    if address.scheme != "https" and not (address.scheme == "http" and _on_this_machine(address.hostname or "")):
        raise _bad(path, "the issuer does not use https")
    return found


def provider_routes(provider: Provider, accounts: Accounts, entry: Entry) -> APIRouter:
    """To the provider and back. ``entry`` begins the session and answers with its cookies."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    registry = OAuth()
    registry.register(
        name="provider",
        client_id=provider.client_id,
        client_secret=_secret(provider),
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": PATIENCE},
    )

    @router.get("/login/provider")
    async def leave(request: Request, next: str = HOME) -> Response:
        request.session["next"] = local(next)
        try:
            answer: Response = await registry.provider.authorize_redirect(request, _back(request))
        except UNUSABLE as error:
            return entry.refused(request, _failed(error))
        return answer

    @router.get(BACK)
    async def back(request: Request) -> Response:
        target = local(str(request.session.get("next", HOME)))
        try:
            claims = _claims(await registry.provider.authorize_access_token(request), provider)
            token = await asyncio.to_thread(
                accounts.enter, f"{claims['iss']}|{claims['sub']}", claims[provider.username_claim], provider.new_users
            )
        except HickamError as error:
            return entry.refused(request, error)
        except UNUSABLE as error:
            return entry.refused(request, _failed(error))
        finally:
            request.session.clear()
        return await entry.entered(request, token, target)

    return router


def _claims(token: dict[str, Any], provider: Provider) -> dict[str, str]:
    """The checked claims of the ID token; KeyError when one that we need is missing or the issuer is another."""
    found = token["userinfo"]
    if found["iss"] != provider.issuer:
        raise KeyError("iss")
    wanted = ("iss", "sub", provider.username_claim)
    if provider.username_claim == "email" and found.get("email_verified") is not True:
        raise KeyError("email_verified")
    return {name: str(found[name]) for name in wanted}


def _back(request: Request) -> str:
    return str(request.url.replace(path=BACK, query=""))


def _failed(error: Exception) -> HickamError:
    """In the log the kind of error alone: its text may hold tokens."""
    log.warning("login with the provider failed: %s", type(error).__name__)
    return HickamError(
        code="provider-failed",
        where="login",
        what="the identity provider did not confirm who you are",
        why="nobody is let in on less",
        fix="try again; if it goes on, tell whoever runs this service",
    )


def _secret(provider: Provider) -> str:
    return Path(provider.client_secret_file).read_text().strip()


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bad(path: str, what: str) -> HickamError:
    return HickamError(
        code="bad-provider-file",
        where=path,
        what=what,
        why="it says who confirms people's identity",
        fix="see docs/how-to/team.md for what it holds",
    )
