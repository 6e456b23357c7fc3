"""/api/v1/editorial: check a change, weigh it, submit it, judge it."""

from __future__ import annotations

import asyncio
import datetime
import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.bodies import Body
from hickam.interfaces.web.problems import ProblemError
from hickam.knowledge.changed import item_of, kind_of
from hickam.knowledge.yaml12 import write_yaml
from hickam.model.records import LOCAL
from hickam.services.editorial.desk import Desk, Found, stated
from hickam.services.editorial.difference import difference
from hickam.services.editorial.records import Person, approve, check_change, send_back, submit, take
from hickam.services.editorial.weigh import Asked
from hickam.services.knowledge import Knowledge
from hickam.writing.articles.status import standing_words

WEIGHING_SECONDS = 90.0
Name = Annotated[str, Field(max_length=200)]
Reference = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=4000)]


class ChangeBody(Body):
    """A proposed content of an item: as YAML, or as data from the form."""

    item: Reference
    text: Annotated[str, Field(max_length=150_000)] | None = None
    data: dict[str, Any] | None = None

    def as_text(self) -> str:
        """The YAML of it."""
        return self.text if self.text is not None else write_yaml(self.data or {})


class SubmitBody(ChangeBody):
    """``name``: who edits, where there are no accounts."""

    why: Words
    name: Name = ""


class JudgeBody(Body):
    """What a reviewer does with one content; ``name``: who they are, where there are no accounts."""

    reference: Reference
    act: Literal["take", "approve", "return"]
    role: Name = ""
    next_review: Annotated[str, Field(max_length=10)] = ""
    comment: Words = ""
    name: Name = ""


class Editing:
    """The desk of one server. Work on it takes turns; weighing has turns of its own, in another process."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.served = knowledge
        self._desk: Desk | None = None
        self._turn, self._weighing = asyncio.Lock(), asyncio.Lock()

    async def run(self, work: Callable[[Desk], Any]) -> Any:
        """Work at the desk, off the event loop; what was recorded shows on every page at once."""
        async with self._turn:
            return await asyncio.to_thread(self._work, work)

    def _work(self, work: Callable[[Desk], Any]) -> Any:
        if self._desk is None:
            self._desk = Desk(self.served.root)
        self._desk.refresh()
        try:
            return work(self._desk)
        finally:
            self.served.read_reviews_again()

    async def weigh(self, asked: Asked) -> bytes:
        """The cases and the effect as JSON. Raises ProblemError when it takes too long."""
        async with self._weighing:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "hickam.services.editorial.weigh",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                out, _ = await asyncio.wait_for(process.communicate(msgspec.json.encode(asked)), WEIGHING_SECONDS)
            except TimeoutError:
                raise ProblemError(
                    503, "time-limit", "The cases could not be weighed in time.", fix="try again"
                ) from None
            finally:
                if process.returncode is None:
                    process.kill()
            if process.returncode:
                raise ProblemError(422, "not-weighed", "The change could not be weighed.", fix="check it first")
            return out


def as_json(value: object) -> Response:
    """Never kept by a cache: it changes with every record."""
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Response(data, media_type="application/json", headers={"cache-control": "no-store"})


def person(request: Request, name: str, role: str = "") -> Person:
    """Who acts: the account, or where there are none the name that was given."""
    actor = acting(request)
    signed_in = actor.user != LOCAL.user
    today = datetime.date.today().isoformat()
    return Person(actor.name if signed_in else name, today, role, signed_in=signed_in)


def editorial_api(editing: Editing) -> APIRouter:
    """The routes. What each may be used by stands in the table of permissions."""
    router = APIRouter(prefix="/api/v1/editorial", tags=["editorial"], include_in_schema=False)

    @router.post("/check")
    async def check(body: ChangeBody) -> Response:
        return as_json(await editing.run(lambda desk: _checked(desk, body.item, body.as_text())))

    @router.post("/weigh")
    async def weigh_change(body: ChangeBody) -> Response:
        text = body.as_text()
        await editing.run(lambda desk: _sound(desk, body.item, text))
        return as_json(await editing.weigh(Asked(root=str(editing.served.root), item=body.item, text=text)))

    @router.get("/weigh")
    async def weigh_content(reference: Annotated[str, Query(max_length=200)]) -> Response:
        found = await editing.run(lambda desk: desk.find(reference))
        asked = Asked(root=str(editing.served.root), reference=f"{found.item}@{found.hash}")
        return as_json(await editing.weigh(asked))

    @router.post("/submit")
    async def submit_change(request: Request, body: SubmitBody) -> Response:
        who, text = person(request, body.name), body.as_text()
        return as_json(await editing.run(lambda desk: _stands(desk, submit(desk, body.item, who, body.why, text))))

    @router.post("/judge")
    async def judge(request: Request, body: JudgeBody) -> Response:
        who = person(request, body.name, body.role)
        return as_json(await editing.run(lambda desk: _stands(desk, _judged(desk, body, who))))

    return router


def _judged(desk: Desk, body: JudgeBody, who: Person) -> Found:
    if body.act == "take":
        return take(desk, body.reference, who)
    if body.act == "return":
        return send_back(desk, body.reference, who, body.comment)
    return approve(desk, body.reference, who, body.next_review, body.comment)


def _stands(desk: Desk, found: Found) -> dict[str, str]:
    stands = desk.standing(found)
    return {"reference": found.reference, "state": stands.state, "words": standing_words(stands)}


def _checked(desk: Desk, item: str, text: str) -> dict[str, Any]:
    """What the linter says of a change, and its changed words against the pack as it is."""
    found = check_change(desk, item, text)
    if isinstance(found, list):
        return {"issues": found, "difference": [], "changed": False}
    before = item_of(desk.pack, item)
    rows = difference(before, found.content) if before is not None else []
    return {"issues": [], "difference": rows, "changed": found.hash != desk.pack.hashes.get(item)}


def _sound(desk: Desk, item: str, text: str) -> None:
    found = check_change(desk, item, text)
    if isinstance(found, list):
        raise ProblemError(422, "broken-change", found[0].what, where=found[0].path, why=found[0].why, fix=found[0].fix)


def form_of(found: Found) -> dict[str, Any]:
    """What the form is made from: the schema of the item's kind and what the content says."""
    kind = kind_of(found.item)
    assert kind is not None
    return {"schema": msgspec.json.schema(kind), "data": stated(found.content)}
