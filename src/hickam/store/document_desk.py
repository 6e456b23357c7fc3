"""Documents of cases as one person sees them: drafts that change, signed ones that never do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hickam.errors import HickamError
from hickam.model.records import Actor, SavedDocument
from hickam.store.audit import Recorder
from hickam.store.case_desk import changed_meanwhile, no_such, visible_cases
from hickam.store.database import Store
from hickam.store.hashing import new_id, new_salt, now, row_hash
from hickam.store.rows import SHOWN, saved_document
from hickam.store.tables import case_versions, cases, documents


@dataclass(frozen=True)
class NewDocument:
    """A document to begin with."""

    kind: str
    reader: str
    language: str
    title: str
    text: str
    foot: str


@dataclass(frozen=True)
class Signature:
    """Who signs, under which name, when; and the pages as they were signed."""

    name: str
    at: str
    pdf: bytes


class DocumentDesk:
    """Write, change and sign documents of one person's cases."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self.store, self.actor = store, actor

    def draft(self, case_id: str, version: int, new: NewDocument) -> SavedDocument:
        """Begin a document about one version of a case."""
        if not self.store.exists():
            raise no_such("case")
        with self.store.recorded(self.actor) as recorder:
            wanted = (
                select(case_versions.c.number)
                .join(cases, cases.c.id == case_versions.c.case_id)
                .where(visible_cases(self.actor), cases.c.id == case_id, case_versions.c.number == version)
            )
            if recorder.connection.execute(wanted).one_or_none() is None:
                raise no_such("case")
            return self._insert(recorder, case_id, version, new)

    def documents(self, case_id: str) -> list[SavedDocument]:
        """The documents of a case in the order they were begun. The reading is recorded."""
        if not self.store.exists():
            return []
        with self.store.recorded(self.actor) as recorder:
            wanted = self._visible().where(documents.c.case_id == case_id).order_by(documents.c.made_at)
            found = [saved_document(row) for row in recorder.connection.execute(wanted)]
            recorder.record("documents.listed", f"case/{case_id}", count=len(found))
        return found

    def document(self, document_id: str) -> SavedDocument:
        """One document. The reading is recorded."""
        if not self.store.exists():
            raise no_such("document")
        with self.store.recorded(self.actor) as recorder:
            found = self._document(recorder.connection, document_id)
            recorder.record("document.read", f"document/{document_id}", revision=found.revision)
        return found

    def signed_pdf(self, document_id: str) -> bytes:
        """The pages of a signed document, as they were signed."""
        if not self.store.exists():
            raise no_such("document")
        with self.store.recorded(self.actor) as recorder:
            found = self._document(recorder.connection, document_id)
            if found.state != "signed":
                raise _wrong_state("not-signed", "it is a draft", "print the draft, or sign it first")
            recorder.record("document.printed", f"document/{document_id}", revision=found.revision)
            wanted = select(documents.c.pdf).where(documents.c.id == document_id)
            return bytes(recorder.connection.execute(wanted).scalar_one())

    def edit(self, document_id: str, text: str, title: str, *, after: int) -> SavedDocument:
        """Another text for a draft that is still at revision ``after``; '' keeps the title."""
        with self.store.recorded(self.actor) as recorder:
            found = self._draft_at(recorder.connection, document_id, after)
            changes = {"text": text, "title": title or found.title, "revision": after + 1}
            return self._change(recorder, document_id, "document.edited", **changes)

    def sign(self, document_id: str, signature: Signature, *, after: int) -> SavedDocument:
        """Sign a draft that is still at revision ``after``; it never changes again."""
        signed = {"signed_at": signature.at, "signed_by": self.actor.user, "signed_name": signature.name}
        with self.store.recorded(self.actor) as recorder:
            self._draft_at(recorder.connection, document_id, after)
            changes = {**signed, "state": "signed", "pdf": signature.pdf}
            return self._change(recorder, document_id, "document.signed", **changes)

    def amend(self, document_id: str) -> SavedDocument:
        """A new draft with the text of a signed document, which stays as it is."""
        with self.store.recorded(self.actor) as recorder:
            old = self._document(recorder.connection, document_id)
            if old.state != "signed":
                raise _wrong_state("not-signed", "it is a draft", "edit it")
            parts = {name: getattr(old, name) for name in ("kind", "reader", "language", "title", "text", "foot")}
            return self._insert(recorder, old.case_id, old.version, NewDocument(**parts), amends=document_id)

    def discard(self, document_id: str) -> None:
        """Delete a draft."""
        with self.store.recorded(self.actor) as recorder:
            found = self._document(recorder.connection, document_id)
            self._draft_at(recorder.connection, document_id, found.revision)
            recorder.connection.execute(delete(documents).where(documents.c.id == document_id))
            recorder.record("document.discarded", f"document/{document_id}", case=found.case_id)

    def find(self, start: str) -> str:
        """The whole id by its first characters; HickamError when it is none or several."""
        if not self.store.exists():
            raise no_such("document")
        with self.store.reading() as connection:
            wanted = self._visible().where(documents.c.id.startswith(start, autoescape=True)).limit(2)
            found = connection.execute(wanted).all()
        if len(found) != 1 or len(start) < 4:
            raise no_such("document")
        return str(found[0].id)

    def _visible(self) -> Any:
        return select(*SHOWN).join(cases, cases.c.id == documents.c.case_id).where(visible_cases(self.actor))

    def _document(self, connection: Connection, document_id: str) -> SavedDocument:
        row = connection.execute(self._visible().where(documents.c.id == document_id)).one_or_none()
        if row is None:
            raise no_such("document")
        return saved_document(row)

    def _draft_at(self, connection: Connection, document_id: str, revision: int) -> SavedDocument:
        found = self._document(connection, document_id)
        if found.state == "signed":
            raise _wrong_state(
                "already-signed", "it is signed, so it stays as it is", "amend it: that begins a new draft"
            )
        if found.revision != revision:
            raise changed_meanwhile(f"revision {found.revision}", f"revision {revision}")
        return found

    def _insert(
        self, recorder: Recorder, case_id: str, version: int, new: NewDocument, amends: str = ""
    ) -> SavedDocument:
        time = now()
        row: dict[str, Any] = {
            "id": new_id(),
            "case_id": case_id,
            "version": version,
            **vars(new),
            "state": "draft",
            "revision": 1,
            "amends": amends,
            "made_at": time,
            "made_by": self.actor.user,
            "changed_at": time,
            "signed_at": "",
            "signed_by": "",
            "signed_name": "",
            "pdf": None,
            "salt": new_salt(),
        }
        row["hash"] = row_hash(row)
        recorder.connection.execute(insert(documents).values(row))
        recorder.record("document.drafted", f"document/{row['id']}", case=case_id, revision=1, hash=row["hash"])
        return self._document(recorder.connection, row["id"])

    def _change(self, recorder: Recorder, document_id: str, action: str, **changes: Any) -> SavedDocument:
        chosen = documents.c.id == document_id
        row = dict(recorder.connection.execute(select(documents).where(chosen)).one()._mapping)
        row |= {**changes, "changed_at": now(), "salt": new_salt()}
        row["hash"] = row_hash(row)
        recorder.connection.execute(update(documents).where(chosen).values(row))
        recorder.record(action, f"document/{document_id}", revision=row["revision"], hash=row["hash"])
        return self._document(recorder.connection, document_id)


def _wrong_state(code: str, what: str, fix: str) -> HickamError:
    return HickamError(
        code=code,
        where="the document",
        what=what,
        why="what was signed is what everybody must find later",
        fix=fix,
    )
