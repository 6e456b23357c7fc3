"""One shape for every error: application/problem+json (RFC 9457) with a stable code."""

from __future__ import annotations

import re
import traceback
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hickam.errors import HickamError
from hickam.intake.errors import IntakeError
from hickam.knowledge.issues import PackError
from hickam.model.assessment import CaseOut

MEDIA_TYPE, FHIR_JSON = "application/problem+json", "application/fhir+json"
STATUS = {
    "not-found": 404,
    "no-such-user": 404,
    "nothing-saved": 404,
    "no-recording": 404,
    "audio-there": 409,
    "too-large": 413,
    "busy-recording": 503,
    "no-speech-model": 503,
    "not-installed": 503,
    "already-signed": 409,
    "not-signed": 409,
    "changed-meanwhile": 412,
    "store-failed": 503,
    "store-not-upgraded": 503,
    "store-unreachable": 503,
}
"""Codes of a HickamError that are no mistake in the request."""
PART = re.compile(r"[a-z][a-z0-9_-]{0,40}|\d+")
"""Names that a request's part may be called by; anything else that was sent as a name is not repeated."""
HTTP_CODES = {404: "not-found", 405: "method-not-allowed"}


class ProblemOut(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What went wrong: ``code`` is stable, ``detail`` and ``fix`` are for a person. ``reference`` is for the log."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    where: str = ""
    why: str = ""
    fix: str = ""
    reference: str = ""
    case: CaseOut | None = None


class ProblemError(Exception):
    """An answer that is an error. ``case`` shows what was read of a story of which nothing was understood."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        where: str = "",
        why: str = "",
        fix: str = "",
        reference: str = "",
        case: CaseOut | None = None,
        retry_after: int = 0,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.retry_after = retry_after or (1 if status == 503 else 0)
        self.out = ProblemOut(
            type=f"urn:hickam:problem:{code}",
            title=HTTPStatus(status).phrase,
            status=status,
            code=code,
            detail=detail,
            where=where,
            why=why,
            fix=fix,
            reference=reference,
            case=case,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.status, self.out, self.retry_after)


class UnexpectedError(Exception):
    """Something went wrong in another process; the text is the place in the code alone."""


def place_of(error: BaseException) -> str:
    """Kind of error and places in the code. Never its text: that may hold a patient's words."""
    if isinstance(error, UnexpectedError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    path = " > ".join(f"{frame.filename.rsplit('hickam/', 1)[-1]}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {path}"


def _again(status: int, out: ProblemOut, retry_after: int) -> ProblemError:
    problem = ProblemError(status, out.code, out.detail, retry_after=retry_after)
    problem.out = out
    return problem


def as_response(problem: ProblemError) -> Response:
    """The problem as JSON; text that cannot be written as UTF-8 is replaced rather than failing again."""
    try:
        body = msgspec.json.encode(problem.out)
    except UnicodeEncodeError:
        out = problem.out
        detail = out.detail.encode("utf-8", "replace").decode()
        body = msgspec.json.encode(msgspec.structs.replace(out, detail=detail, where="", fix="", case=None))
    headers = {"cache-control": "no-store"}
    if problem.retry_after:
        headers["retry-after"] = str(problem.retry_after)
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def as_outcome(problem: ProblemError) -> Response:
    """The problem as FHIR says errors: an OperationOutcome."""
    response, out = as_response(problem), problem.out
    words = "; ".join(part.rstrip(".") for part in (out.detail, out.why, out.fix) if part)
    issue = {"severity": "error", "code": "processing", "details": {"text": out.code}, "diagnostics": words}
    response.body = msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})
    response.headers["content-type"] = FHIR_JSON
    response.headers["content-length"] = str(len(response.body))
    return response


def as_problem(error: Exception) -> ProblemError:
    """Any expected error as a problem; what is not expected is raised again."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HickamError):
        status = STATUS.get(error.code, 422)
        return ProblemError(
            status, error.code, without_quotes(error.what), where=error.where, why=error.why, fix=error.fix
        )
    if isinstance(error, IntakeError):
        return ProblemError(
            422, "bad-case", without_quotes(error.what), where=error.where, why=error.why, fix=error.fix
        )
    if isinstance(error, PackError):
        return ProblemError(
            503,
            "pack-unusable",
            f"The knowledge pack has {len(error.issues)} error(s) and is not used.",
            why="an answer from broken knowledge would be worse than none",
            fix="run: hickam pack lint",
        )
    if isinstance(error, RequestValidationError):
        return _shape(error)
    if isinstance(error, HTTPException):
        code = HTTP_CODES.get(error.status_code, "bad-request")
        return ProblemError(error.status_code, code, str(error.detail))
    raise error


def without_quotes(text: str) -> str:
    """The text without what it quotes, from the first quotation mark to the last: a name may be the patient's."""
    return re.sub(r"(['\"]).*\1", "'…'", text, flags=re.DOTALL)


def _shape(error: RequestValidationError) -> ProblemError:
    """The first thing wrong with a request's shape, without repeating what was sent."""
    first: dict[str, Any] = dict(error.errors()[0])
    named = [str(part) for part in first.get("loc", ()) if part != "body"]
    where = ".".join(part for part in named if PART.fullmatch(part)) or "body"
    if first.get("type") == "json_invalid":
        return ProblemError(400, "not-json", "The body is not JSON.", where="body", fix="send one JSON object as UTF-8")
    message = str(first.get("msg", "not as expected")).removeprefix("Value error, ")
    return ProblemError(422, "bad-request", message, where=where, fix="see /api/v1/openapi.json for what may be sent")
