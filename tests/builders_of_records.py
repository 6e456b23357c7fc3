"""Cases and people to save, for tests of the store: quick, since no pack is opened for them."""

from __future__ import annotations

import json
import zlib

from sqlalchemy import insert

from hickam.model.assessment import PackStamp
from hickam.model.case import Case
from hickam.model.records import Actor
from hickam.store.case_desk import NewAnswer, NewVersion
from hickam.store.database import Store
from hickam.store.document_desk import NewDocument
from hickam.store.hashing import now
from hickam.store.tables import users

ANNA = Actor(user="anna", name="Dr Anna", roles=("clinician",))
BEN = Actor(user="ben", name="Dr Ben", roles=("clinician",))


def new_case(text: str, *, patient: str = "", title: str = "", answered: bool = False) -> NewVersion:
    """A case with these words; with an answer of a few bytes when it is to have one."""
    answer = NewAnswer(
        pack=PackStamp(id="p", version="1", hash="h", review_state="submitted"),
        kept_pack=zlib.compress(b"a pack"),
        engine_version="0",
        basis={"as_of": "2026-01-02"},
        urgency="routine",
        leading="Night cramps",
        answer=b'{"about": "' + text.encode() + b'"}',
    )
    told = {"text": text}
    return NewVersion(
        patient=patient, title=title, told=told, case=Case(text=text), answer=answer if answered else None
    )


def add_user(store: Store, actor: Actor) -> None:
    """A person who may own cases."""
    row = {
        "id": actor.user,
        "name": actor.user,
        "display_name": actor.name,
        "roles": json.dumps(actor.roles),
        "active": True,
        "created_at": now(),
    }
    with store.writing() as connection:
        connection.execute(insert(users).values(row))


def new_document(text: str) -> NewDocument:
    """A SOAP note with this text."""
    return NewDocument(kind="soap", reader="clinician", language="en", title="Note", text=text, foot="p 1 (h)")
