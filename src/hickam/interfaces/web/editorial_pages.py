"""/editorial: what stands where, one content with its changes, the form that proposes another."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.editorial_api import Editing, form_of
from hickam.interfaces.web.pages import Pages, island
from hickam.knowledge.changed import KINDS
from hickam.knowledge.standing import content_standing
from hickam.knowledge.yaml12 import write_yaml
from hickam.model.records import LOCAL
from hickam.services.editorial.desk import Desk, Entry, stated
from hickam.services.editorial.records import overdue
from hickam.services.editorial.sheet import reading_sheet
from hickam.writing.articles.status import standing_words

SHOWN = 200
STATES = {
    "waiting": "proposed or under review",
    "proposed": "proposed changes",
    "submitted": "submitted",
    "under_review": "under review",
    "approved": "approved",
    "returned": "sent back",
    "due": "to be reviewed again",
}
Asked = Annotated[str, Query(max_length=200)]


def editorial_pages(pages: Pages, editing: Editing) -> APIRouter:
    """The pages; never cached, since every record changes them."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    def shown(request: Request, name: str, **parts: Any) -> Response:
        response = pages.render(name, named=acting(request).user != LOCAL.user, **parts)
        response.headers["cache-control"] = "no-store"
        return response

    @router.get("/editorial")
    async def listing(request: Request, state: Asked = "waiting", kind: Asked = "", words: Asked = "") -> Response:
        parts = await editing.run(lambda desk: _listing(desk, state, kind, words))
        served = (editing.served.whole or editing.served).pack.hash
        parts["moved_on"] = served if served != parts["on_disk"].hash else ""
        return shown(request, "editorial.html", **parts)

    @router.get("/editorial/item")
    async def item(request: Request, reference: Asked = "") -> Response:
        parts = await editing.run(lambda desk: _item(desk, reference))
        return shown(request, "editorial_item.html", **parts)

    @router.get("/editorial/edit")
    async def edit(request: Request, reference: Asked = "") -> Response:
        parts = await editing.run(lambda desk: _edit(desk, reference))
        return shown(request, "editorial_edit.html", **parts)

    return router


def _listing(desk: Desk, state: str, kind: str, words: str) -> dict[str, Any]:
    entries = desk.entries()
    today = datetime.date.today()
    due = {item for item, _ in overdue(desk, today + datetime.timedelta(days=60))}

    def wanted(entry: Entry) -> bool:
        if state == "waiting":
            fits = (entry.proposed and entry.state != "approved") or entry.state == "under_review"
        elif state == "due":
            fits = entry.item in due and not entry.proposed
        elif state == "proposed":
            fits = entry.proposed
        else:
            fits = state in ("", entry.state)
        folder = entry.item.partition("/")[0]
        return fits and kind in ("", folder) and words.casefold() in f"{entry.item} {entry.name}".casefold()

    found = [entry for entry in entries if wanted(entry)]
    return {
        "entries": found[:SHOWN],
        "left_out": max(0, len(found) - SHOWN),
        "counts": Counter(entry.state for entry in entries if not entry.proposed),
        "states": STATES,
        "kinds": list(KINDS),
        "state": state,
        "kind": kind,
        "words": words,
        "today": today.isoformat(),
        "on_disk": desk.pack,
    }


def _item(desk: Desk, reference: str) -> dict[str, Any]:
    found = desk.find(reference)
    sheet = reading_sheet(desk, found)
    today = datetime.date.today()
    other = [entry for entry in desk.entries() if entry.item == found.item and entry.hash != found.hash]
    return {
        "found": found,
        "sheet": sheet,
        "says": standing_words(sheet.standing),
        "others": other,
        "today": today.isoformat(),
        "in_a_year": today.replace(year=today.year + 1, day=min(today.day, 28)).isoformat(),
    }


def _edit(desk: Desk, reference: str) -> dict[str, Any]:
    found = desk.find(reference)
    source = found.item.startswith("sources/")
    remarks = sum(line.lstrip().startswith("#") or " # " in line for line in found.text.splitlines())
    return {
        "found": found,
        "form": island(form_of(found) | {"item": found.item, "remarks": remarks}),
        "text": write_yaml(stated(found.content)) if source else found.text,
        "remarks": remarks,
        "needed": content_standing(desk.pack, found.item, found.hash).needed,
    }
