"""Who asks, and may they: sessions, permissions, cross-site requests, request rates. Between the guard and the routes.

Without accounts everybody who reaches the program is the local user; pages of other sites are refused all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hickam.errors import HickamError
from hickam.interfaces.web.access_table import Need, need
from hickam.interfaces.web.forms import form_of
from hickam.interfaces.web.guard import FORM, UNSAFE
from hickam.interfaces.web.problems import ProblemError, as_problem
from hickam.interfaces.web.rates import Rates
from hickam.model.records import LOCAL, Actor, Session
from hickam.services.accounts import Accounts
from hickam.services.permissions import permissions_of

NOBODY = Actor(user="", name="", roles=())
FRESH = 5.0
"""Seconds for which a session that was found is not looked up again."""
FIELD, HEADER = "csrf", b"x-csrf-token"
STAYS_OPEN = ("/account", "/logout", "/api/v1/me", "/static/{path:path}")
"""What somebody may reach whose password was chosen by another."""


class FormTokens:
    """Tokens of forms shown to people without a session, made with a key that lives as long as the process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token(self, visitor: str) -> str:
        """The token for a visitor's cookie; '' for a browser that has no cookie yet."""
        if not visitor:
            return ""
        return hmac.new(self._key, visitor.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


class Gate:
    """The accounts of a team as the web sees them: cookies, a short memory of sessions. ``https``: cookies need TLS."""

    def __init__(self, accounts: Accounts, *, https: bool) -> None:
        self.accounts, self.https = accounts, https
        self._seen: dict[str, tuple[float, Session]] = {}

    @property
    def cookie(self) -> str:
        """Name of the session's cookie; with TLS its prefix makes browsers refuse it from anywhere else."""
        return "__Host-hickam" if self.https else "hickam"

    @property
    def csrf_cookie(self) -> str:
        """Name of the cookie from which our scripts read the token that they send back in a header."""
        return "__Host-hickam-csrf" if self.https else "hickam-csrf"

    async def session(self, token: str) -> Session | None:
        """The session of a token, looked up at most every few seconds."""
        if not token:
            return None
        at, found = self._seen.get(token, (0.0, None))
        if found is not None and time.monotonic() - at < FRESH:
            return found
        found = await asyncio.to_thread(self.accounts.session, token)
        self._seen = {t: (a, s) for t, (a, s) in self._seen.items() if time.monotonic() - a < FRESH}
        if found is not None:
            self._seen[token] = (time.monotonic(), found)
        return found

    def forget(self) -> None:
        """Look every session up again: somebody logged out, or rights changed."""
        self._seen.clear()

    def give(self, response: Response, token: str, csrf: str) -> Response:
        """The cookies of a new session. They end with the browser; the server ends them earlier."""
        response.set_cookie(self.cookie, token, secure=self.https, httponly=True, samesite="lax")
        response.set_cookie(self.csrf_cookie, csrf, secure=self.https, samesite="strict")
        return response

    def take(self, response: Response) -> Response:
        """Remove the cookies, and what the browser kept of pages."""
        for name in (self.cookie, self.csrf_cookie):
            response.delete_cookie(name, secure=self.https, samesite="lax")
        response.headers["clear-site-data"] = '"cache"'
        return response


class Access:
    """ASGI middleware: sets ``request.state`` actor, csrf, session and cookies, or refuses."""

    def __init__(
        self,
        app: ASGIApp,
        rates: Rates,
        gate: Gate | None,
        respond: Callable[[Request, ProblemError], Response],
        tokens: FormTokens,
        callers_known: bool,
    ) -> None:
        self.app, self.rates, self.gate, self.respond = app, rates, gate, respond
        self.tokens, self.callers_known = tokens, callers_known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            await self._identify(request)
            self._check(request)
        except _ToLoginError:
            await self._to_login(request)(scope, receive, send)
        except (ProblemError, HickamError) as error:
            await self.respond(request, as_problem(error))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _identify(self, request: Request) -> None:
        state = request.state
        state.session = None
        if self.gate is None:
            state.actor, state.csrf = LOCAL, self.tokens.token("local")
            return
        state.session = await self.gate.session(request.cookies.get(self.gate.cookie, ""))
        state.actor = state.session.user.actor if state.session else NOBODY
        visitor = request.cookies.get(self.gate.csrf_cookie, "")
        state.csrf = state.session.csrf if state.session else self.tokens.token(visitor)

    def _check(self, request: Request) -> None:
        route: str = request.state.route
        if route in ("/healthz", "/readyz") or route.startswith("/static/"):
            return
        self._check_rate(request)
        if not route:
            return
        needed = need(request.method, route)
        unsafe = request.method in UNSAFE
        if unsafe and needed != "caller":
            _check_origin(request)
        if self.gate is not None:
            self._check_permission(request, needed)
        if unsafe and needed != "caller":
            self._check_token(request)

    def _check_rate(self, request: Request) -> None:
        address = request.client.host if request.client else ""
        wait = self.rates.wait(request.state.actor.user if request.state.session else address)
        if wait:
            raise ProblemError(
                429,
                "too-many-requests",
                "Too many requests from here in a short time.",
                fix="wait a moment, then try again",
                retry_after=int(wait) + 1,
            )

    def _check_permission(self, request: Request, needed: Need | None) -> None:
        if needed == "public" or (needed == "caller" and self.callers_known):
            return
        session: Session | None = request.state.session
        if session is None:
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                raise _ToLoginError
            raise ProblemError(401, "login-needed", "This needs a login.", fix="log in at /login, then try again")
        if not session.user.own_password and session.user.password_hash and request.state.route not in STAYS_OPEN:
            raise ProblemError(
                403,
                "password-to-change",
                "The password was chosen by somebody else, who still knows it.",
                fix="choose your own at /account",
            )
        wanted = "assess" if needed == "caller" else needed
        if needed != "login" and wanted not in permissions_of(session.user.actor):
            raise ProblemError(
                403,
                "not-permitted",
                "Your roles do not include this.",
                fix="ask an administrator for the role that does (docs/how-to/team.md)",
            )

    def _check_token(self, request: Request) -> None:
        """Forms always carry the token; data does when a cookie says who asks."""
        form = request.headers.get("content-type", "").split(";")[0].strip().lower().encode() == FORM
        if not form and request.state.session is None:
            return
        given = request.headers.get(HEADER.decode(), "")
        if form and not given:
            given = form_of(request).get(FIELD, [""])[0]
        wanted: str = request.state.csrf
        if not wanted or not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
            raise ProblemError(
                403,
                "csrf",
                "The form or request does not carry this session's token.",
                why="another site's page could otherwise act in your name",
                fix="load the page again; a program sends the cookie's token in X-CSRF-Token",
            )

    def _to_login(self, request: Request) -> Response:
        target = quote(request.url.path, safe="/")
        return RedirectResponse(f"/login?next={target}", status_code=303, headers={"cache-control": "no-store"})


class _ToLoginError(Exception):
    """A person opened a page that needs a login."""


def _check_origin(request: Request) -> None:
    """A browser says which page sends a request; programs other than browsers send neither header."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "")
    elsewhere = origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    if elsewhere or site in ("cross-site", "same-site"):
        raise ProblemError(
            403,
            "cross-site",
            "The request comes from a page of another site.",
            why="it could act in your name without your knowing",
            fix="use the pages of this program, or call the API from a program",
        )
