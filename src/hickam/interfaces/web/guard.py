"""The outermost layer: hosts and limits on what comes in, security headers on what goes out, no patient in the log."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hickam.interfaces.web.observe import Observer, Seen
from hickam.interfaces.web.problems import ProblemError, as_response, place_of
from hickam.interfaces.web.route_table import RouteTable

log = logging.getLogger("hickam.web")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
)
LISTENS = "/scribe"
MICROPHONE = (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), browsing-topics=()")
"""The one page that may ask a person for the microphone."""
ONLY_TLS = (b"strict-transport-security", b"max-age=31536000")
JSON_KINDS = (b"application/json", b"application/fhir+json")
FORM = b"application/x-www-form-urlencoded"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
STREAMED = "/api/v1/transcribe/{id}/audio"
"""The one route that reads its own body: a visit is long, and goes to a file as it comes."""
DATA_ONLY = ("/api/", "/fhir/", "/cds-services")
"""Paths that never take a form."""
RECORDS = ("/fhir/", "/cds-services/")
"""Paths that take a patient's record, which is larger than a story."""


@dataclass(frozen=True)
class Limits:
    """What one request may cost. Seconds, bytes (``record``: of a record), requests at once."""

    body: int = 200_000
    record: int = 5_000_000
    body_seconds: float = 10.0
    seconds: float = 20.0
    at_once: int = 64


class Guard:
    """ASGI middleware. The whole body is read before the application sees the request.

    ``hosts``: names and addresses this program answers to, without ports; empty for any. ``https``: say so to browsers.
    """

    def __init__(
        self, app: ASGIApp, limits: Limits, observer: Observer, hosts: frozenset[str] = frozenset(), https: bool = False
    ) -> None:
        self.app, self.limits, self.observer, self.hosts = app, limits, observer, hosts
        self.headers = [*HEADERS, ONLY_TLS] if https else list(HEADERS)
        self.running = 0
        self._routes: RouteTable | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        method = "GET" if head else scope["method"]
        route = self._template(scope, method)
        with self.observer.watch(scope["method"], route) as seen:
            state = {**scope.get("state", {}), "route": route}
            await self._answer({**scope, "method": method, "state": state}, receive, send, seen, head)

    def _template(self, scope: Scope, method: str) -> str:
        if self._routes is None:
            self._routes = RouteTable(scope["app"].routes) if "app" in scope else RouteTable(())
        return self._routes.template(method, scope["path"])

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seen: Seen, head: bool) -> None:
        started = False

        async def sender(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started, seen.status = True, message["status"]
                message["headers"] = [*message.get("headers", ()), *self._headers(scope["path"])]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        self.running += 1
        try:
            self._admit(scope)
            if scope["state"]["route"] == STREAMED:
                await self.app(scope, receive, sender)
                return
            body = scope["state"]["body"] = await self._body(scope, receive)
            await self.app(scope, _replay(body, receive), sender)
        except ProblemError as problem:
            await as_response(problem)(scope, receive, sender)
        except Exception as error:
            reference = secrets.token_hex(6)
            log.error("request failed, reference %s: %s", reference, place_of(error))
            if not started:
                await as_response(_unexpected(reference))(scope, receive, sender)
        finally:
            self.running -= 1

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        if path != LISTENS:
            return self.headers
        return [MICROPHONE if name == MICROPHONE[0] else (name, value) for name, value in self.headers]

    def _admit(self, scope: Scope) -> None:
        probe = scope["path"] in ("/healthz", "/readyz")
        if self.running > self.limits.at_once and not probe:
            raise ProblemError(503, "busy", "Too many requests at once.", fix="try again in a moment")
        if self.hosts and not probe and _host(scope) not in self.hosts:
            raise ProblemError(
                421,
                "bad-host",
                "This program does not answer under that name.",
                where="host",
                why="a page elsewhere could otherwise point a name of its own at this program",
                fix="use the address that hickam serve printed, or start it with --host-name NAME",
            )

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        headers = {name.lower(): value for name, value in scope["headers"]}
        declared = headers.get(b"content-length", b"")
        most = self.limits.record if scope["path"].startswith(RECORDS) else self.limits.body
        if declared.isdigit() and int(declared) > most:
            raise _too_large(most)
        try:
            body = await asyncio.wait_for(_read(receive, most), self.limits.body_seconds)
        except TimeoutError:
            raise ProblemError(
                408, "slow-request", f"The body did not arrive within {self.limits.body_seconds:g} seconds."
            ) from None
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if scope["method"] == "POST" or (body and scope["method"] in UNSAFE):
            _check_kind(kind, scope["path"])
        return body


def _check_kind(kind: bytes, path: str) -> None:
    """Data is declared as JSON, which no page elsewhere can send without asking; only pages take forms."""
    if kind in JSON_KINDS or (kind == FORM and not path.startswith(DATA_ONLY)):
        return
    raise ProblemError(
        415, "not-json", "The body must be JSON.", where="content-type", fix="send Content-Type: application/json"
    )


def _host(scope: Scope) -> str:
    """The name the client used, without its port."""
    given = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    return given[1:].split("]")[0] if given.startswith("[") else given.rsplit(":", 1)[0]


async def _read(receive: Receive, most: int) -> bytes:
    """The whole body. Raises ProblemError 413 as soon as it passes ``most`` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _too_large(most)
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_large(most: int) -> ProblemError:
    return ProblemError(
        413,
        "too-large",
        f"The request is larger than {most // 1000} kB.",
        why="one case is one patient at one time, and a longer text is usually something else",
        fix="send the part that tells this patient's story",
    )


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever the connection says (a disconnect)."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _unexpected(reference: str) -> ProblemError:
    return ProblemError(
        500,
        "internal",
        "Something went wrong in the program. Nothing about the case was recorded.",
        reference=reference,
        fix="tell the maintainers the reference; the log names the place in the code, not the patient",
    )
