"""REST /api/v1/visit: turns of a visit to findings, differential and next question while it goes on; the draft note."""

from __future__ import annotations

import datetime

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from hickam.intake.dialogue import DialogueTurn, Speech, turns_of_text
from hickam.intake.reading import understood_nothing
from hickam.interfaces.web.acting import acting
from hickam.interfaces.web.bodies import today
from hickam.interfaces.web.openapi import DOCUMENT_TYPES, answers, document_answers, kept
from hickam.interfaces.web.problems import ProblemError
from hickam.interfaces.web.visit_bodies import Heard, KeepBody, Kept, SignBody, TurnIn, VisitBody, VisitNoteBody
from hickam.interfaces.web.workers import Worker
from hickam.model.records import LOCAL
from hickam.model.transcript import Word
from hickam.model.visit import Visit
from hickam.services.assess import Options, assess
from hickam.services.knowledge import Knowledge
from hickam.services.saved_cases import CaseDesk, Store
from hickam.services.scribe import draft_note, sign, visit_of, write_note
from hickam.services.visit_record import keep_note
from hickam.writing.documents.visit_page import write_visit_note


def visit_routes(knowledge: Knowledge, worker: Worker, store: Store) -> APIRouter:
    """The routes over one pack; ``store`` is touched only to keep a signed note."""
    router = APIRouter(prefix="/api/v1")

    @router.post(
        "/visit",
        summary="What a visit's turns give: findings with their words, what to ask again, differential, next question",
        responses=answers("Heard", "turns with roles, the visit, the answer without intervals (null at first)"),
    )
    async def visit_route(request: Request, body: VisitBody) -> Response:
        return await worker.run(request, lambda: _json(heard(body, knowledge)))

    @router.post(
        "/visit/note",
        summary="The draft note of a visit from what a person confirmed",
        response_class=Response,
        responses=document_answers(),
    )
    async def note_route(request: Request, body: VisitNoteBody) -> Response:
        return await worker.run(request, lambda: noted(body, knowledge))

    @router.post(
        "/visit/sign",
        summary="A person's signature on exactly this note: who, when, SHA-256",
        responses=answers("Signature", "the signature, to be kept beside the note; nothing is stored here"),
    )
    async def sign_route(body: SignBody) -> Response:
        now = datetime.datetime.now(datetime.UTC)
        return _json(sign(body.note.encode(), "note", name=body.name, role=body.role, now=now))

    @router.post(
        "/visit/keep",
        summary="Sign this note and keep it: its findings as a saved case, the note as a signed document",
        status_code=201,
        responses=kept("Kept", "the signature (who, when, SHA-256) and the document that holds it", 201),
    )
    async def keep_route(request: Request, body: KeepBody) -> Response:
        def work() -> Response:
            actor, data = acting(request), body.note.encode()
            name = body.name if actor == LOCAL else actor.name
            signature = sign(data, "note", name=name, role=body.role, now=datetime.datetime.now(datetime.UTC))
            cases = CaseDesk(store, actor)
            document = keep_note(knowledge, cases, data, "note", signature, patient=body.patient)
            return _json(Kept(signature=signature, document=document), 201)

        return await worker.run(request, work)

    return router


def heard(body: VisitBody, knowledge: Knowledge) -> Heard:
    """The visit and what it makes of the differential. Raises IntakeError for a text without words."""
    speech = speech_in(body)
    visit = _visit(body, speech, knowledge)
    options = Options(as_of=today(None), draws=0, explain=False, steps=3)
    answer = None if understood_nothing(visit.case) else assess(knowledge, visit.case, options)
    return Heard(turns=speech, visit=visit, answer=answer)


def noted(body: VisitNoteBody, knowledge: Knowledge) -> Response:
    """The note in its media type, named so that a browser saves it."""
    speech = speech_in(body)
    told = msgspec.json.encode(speech)
    note = draft_note(
        knowledge, _visit(body, speech, knowledge), body.confirmed, transcript=told, as_of=today(body.as_of)
    )
    if body.format == "json":
        data, media, suffix = write_note(note), "application/json", "json"
    else:
        media, suffix = DOCUMENT_TYPES[body.format]
        data = write_visit_note(note, body.format)
    name = f'attachment; filename="visit-note.{suffix}"'
    return Response(data, media_type=media, headers={"cache-control": "no-store", "content-disposition": name})


def speech_in(body: VisitBody) -> Speech:
    """The turns that were sent. ProblemError where the words of a turn cannot be read."""
    if body.turns is None:
        return turns_of_text(body.text or "")
    return tuple(
        DialogueTurn(id=turn.id, role=turn.role, speaker=turn.speaker, text=turn.text, words=_words(turn))
        for turn in body.turns
        if turn.text.strip()
    )


def _words(turn: TurnIn) -> tuple[Word, ...]:
    """The turn's words; none where a person has changed its text since."""
    try:
        words = msgspec.convert(turn.words, tuple[Word, ...])
    except msgspec.ValidationError:
        raise ProblemError(
            422, "bad-words", "The words of a turn are not those of a transcript.", where=f"turns/{turn.id}/words"
        ) from None
    return words if " ".join(word.text for word in words) == turn.text else ()


def _visit(body: VisitBody, speech: Speech, knowledge: Knowledge) -> Visit:
    return visit_of(knowledge, speech, age=body.age, sex=body.sex, setting=body.setting)


def _json(value: object, status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")
