"""The OpenAPI document: requests from pydantic, answers from the model's own types, so that neither can drift."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

import hickam
from hickam.interfaces.web.answers import Parsed
from hickam.interfaces.web.interviews import Interview
from hickam.interfaces.web.problems import MEDIA_TYPE, ProblemOut
from hickam.interfaces.web.saved_bodies import DocumentOut, Documents, SavedCase, SavedCases, Versions
from hickam.interfaces.web.visit_bodies import Heard, Kept
from hickam.interfaces.web.working import Explained, Next, OwnList
from hickam.model.answer import CitedAnswer
from hickam.model.assessment import Assessment
from hickam.model.note import Signature
from hickam.services.compare import Comparison
from hickam.services.saved_cases import Replay
from hickam.services.speech.recordings import RecordingProgress

DESCRIPTION = """Educational decision support for leg cramps. Nothing sent is stored, but under
/cases and /documents, where a person saves; nothing is logged.
All content is submitted, pending human review, unless `pack.review_state` says otherwise. Errors are
application/problem+json with a stable `code`."""
ANSWERS = (
    Assessment,
    CitedAnswer,
    Comparison,
    DocumentOut,
    Documents,
    Explained,
    Heard,
    Interview,
    Kept,
    Next,
    OwnList,
    Parsed,
    ProblemOut,
    RecordingProgress,
    Replay,
    SavedCase,
    SavedCases,
    Signature,
    Versions,
)
TEMPLATE = "#/components/schemas/{name}"
DOCUMENT_TYPES = {
    "text": ("text/plain; charset=utf-8", "txt"),
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "html": ("text/html; charset=utf-8", "html"),
    "pdf": ("application/pdf", "pdf"),
}
"""Format of a document -> its media type and the end of its file's name."""
PROBLEMS = {
    400: "not JSON",
    408: "the body came too slowly",
    413: "the request is too large",
    415: "the body is not declared as JSON",
    422: "the case cannot be read, or nothing in it was understood",
    503: "busy, not ready, or over the time limit",
}
ANYWHERE = {
    401: "a login is needed (hickam serve --team)",
    403: "the person's roles do not include this, or the request comes from another site's page",
    421: "the program does not answer under that name",
    429: "too many requests from one person; Retry-After says how long to wait",
}
"""What any operation may answer."""
SAVED_PROBLEMS = {
    404: "there is no such thing among yours",
    409: "it is signed, or not yet",
    412: "it was changed meanwhile",
    428: "If-Match is needed",
}


EXAMPLE = {
    "type": "urn:hickam:problem:empty",
    "title": "Unprocessable Entity",
    "status": 422,
    "code": "empty",
    "detail": "The story is empty.",
    "where": "text",
    "fix": "describe the leg symptom",
}


def answers(name: str, description: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The responses of an operation whose answer is the model type ``name``."""
    return {
        status: {"description": description, "content": {"application/json": {"schema": reference_to(name)}}},
        **_problems(PROBLEMS),
    }


def _problems(words: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": reference_to("ProblemOut"), "example": EXAMPLE}}
    return {status: {"description": meaning, "content": content} for status, meaning in words.items()}


def other(media: str, description: str, **more: str) -> dict[int | str, dict[str, Any]]:
    """The responses of an operation whose answer is not of our own types; ``more``: further problems by status."""
    schema = {"type": "object"} if media.endswith("json") else {"type": "string"}
    found = {200: {"description": description, "content": {media: {"schema": schema}}}}
    return found | _problems({**PROBLEMS, **{int(status): words for status, words in more.items()}})


def kept(name: str, description: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The responses of an operation on what is saved."""
    found = answers(name, description)
    found[status] = found.pop(200)
    return found | _problems(SAVED_PROBLEMS)


def gone() -> dict[int | str, dict[str, Any]]:
    """The responses of an operation that deletes."""
    return {**kept("ProblemOut", "", 204), 204: {"description": "it is gone"}}


def zipped() -> dict[int | str, dict[str, Any]]:
    """The responses of an operation that gives a ZIP."""
    content = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    return {**kept("ProblemOut", ""), 200: {"description": "patient.json and documents/", "content": content}}


def document_answers() -> dict[int | str, dict[str, Any]]:
    """The responses of an operation that writes a document."""
    text: dict[str, Any] = {"schema": {"type": "string"}}
    kinds = {media.split(";")[0]: text for media, _ in DOCUMENT_TYPES.values()}
    found = answers("ProblemOut", "")
    found[200] = {
        "description": "the document, a draft for a person to check, in the format's media type",
        "content": kinds,
    }
    return found


def knowledge_answers(description: str, *, named: bool = False) -> dict[int | str, dict[str, Any]]:
    """The responses of a GET of knowledge: an object with an ETag, or 304 when the client has it."""
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}},
        304: {"description": "the ETag (pack hash) is the one you have"},
    }
    named_problems = {404: "no such item", 422: "not a possible id"} if named else {}
    return found | _problems({503: "the pack cannot be used", **named_problems})


def reference_to(name: str) -> dict[str, str]:
    """A JSON reference to a component."""
    return {"$ref": TEMPLATE.format(name=name)}


def describe(app: FastAPI) -> None:
    """Give the application its own OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title="Hickam", version=hickam.__version__, description=DESCRIPTION, routes=app.routes)
            _, components = msgspec.json.schema_components(ANSWERS, ref_template=TEMPLATE)
            own = schema.setdefault("components", {}).setdefault("schemas", {})
            own.update({name: part for name, part in components.items() if name not in own})
            for path in schema["paths"].values():
                for operation in path.values():
                    common = {str(status): response for status, response in _problems(ANYWHERE).items()}
                    operation["responses"] = common | operation["responses"]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
