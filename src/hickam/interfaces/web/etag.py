"""Knowledge changes only with the pack, so its hash says whether a client's copy still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from fastapi import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import hickam

HERE = Path(__file__).parent
WRITING = Path(hickam.__file__).parent / "writing"


@lru_cache(maxsize=1)
def assets_digest() -> str:
    """Hash over the templates, scripts and styles: part of every page's ETag and of the assets' addresses."""
    digest = hashlib.sha256(hickam.__version__.encode())
    for folder in (HERE / "templates", HERE / "static", WRITING / "assets", WRITING / "articles" / "templates"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def tagged(request: Request, tag: str, make: Callable[[], Response]) -> Response:
    """304 when the client has this version, else the response with its tag."""
    wanted = f'"{tag}"'
    given = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    headers = {"etag": wanted, "cache-control": "no-cache"}
    if wanted in given or given == ["*"]:
        return Response(status_code=304, headers=headers)
    response = make()
    response.headers.update(headers)
    return response


class Assets(StaticFiles):
    """Scripts and styles; a browser asks each time whether its copy holds, so that no old module meets a new one."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 304."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response
