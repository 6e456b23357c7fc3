"""The outermost layer: limits on what comes in, security headers on what goes out, no patient in the log."""

from __future__ import annotations

import asyncio
import logging
import secrets
import traceback
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hickam.interfaces.web.problems import ProblemError, as_response

log = logging.getLogger("hickam.web")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
)


JSON_KINDS = (b"application/json", b"application/fhir+json")
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
    """ASGI middleware. The whole body is read before the application sees the request."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits, self.running = app, limits, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, head = False, scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}

        async def sender(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        self.running += 1
        try:
            self._admit(scope)
            body = await self._body(scope, receive)
            await self.app(scope, _replay(body, receive), sender)
        except ProblemError as problem:
            await as_response(problem)(scope, receive, sender)
        except Exception as error:
            reference = secrets.token_hex(6)
            log.error("request failed, reference %s: %s", reference, _where(error))
            if not started:
                await as_response(_unexpected(reference))(scope, receive, sender)
        finally:
            self.running -= 1

    def _admit(self, scope: Scope) -> None:
        probe = scope["path"] in ("/healthz", "/readyz")
        if self.running > self.limits.at_once and not probe:
            raise ProblemError(503, "busy", "Too many requests at once.", fix="try again in a moment")

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
        if scope["method"] == "POST" and kind not in JSON_KINDS:
            raise ProblemError(
                415,
                "not-json",
                "The body must be JSON.",
                where="content-type",
                fix="send Content-Type: application/json",
            )
        return body


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


def _where(error: BaseException) -> str:
    """Kind of error and places in the code. Never its text: that may hold a patient's words."""
    frames: Iterable[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)[-6:]
    path = " > ".join(f"{frame.filename.rsplit('hickam/', 1)[-1]}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {path}"
