"""Feedback on a line of an answer or article: sent by anybody who may, read and answered by editors.

Nothing of a case goes with it unless its sender adds a case they have saved; then editors may read that one version,
and the audit trail says who did.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, case, insert, select, update

from hickam.errors import HickamError
from hickam.model.records import Actor, Feedback, FeedbackState
from hickam.store.case_desk import visible_cases
from hickam.store.database import Store
from hickam.store.hashing import new_id, now
from hickam.store.tables import case_versions, cases, feedback, users

LONGEST_SUBJECT, LONGEST_TEXT = 300, 8000


class FeedbackDesk:
    """Send feedback as one person, or read and answer it as an editor: what each may do is checked before."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self.store, self.actor = store, actor

    def send(self, subject: str, text: str, pack_hash: str, case_id: str = "") -> str:
        """Keep one remark and return its id. ``case_id``: a saved case of the sender's own, at its latest version."""
        text, subject = text.replace("\x00", ""), " ".join(subject.split()).replace("\x00", "")
        if not text.strip() or len(text) > LONGEST_TEXT or len(subject) > LONGEST_SUBJECT:
            raise HickamError(
                code="bad-feedback",
                where="feedback",
                what="it is empty, or too long",
                why="an editor has to be able to read it",
                fix=f"write up to {LONGEST_TEXT} characters",
            )
        with self.store.recorded(self.actor) as recorder:
            version = None
            if case_id:
                wanted = select(cases.c.latest).where(cases.c.id == case_id, visible_cases(self.actor))
                version = recorder.connection.execute(wanted).scalar_one_or_none()
                if version is None:
                    raise _no_such("case")
            row = {
                "id": new_id(),
                "at": now(),
                "user_id": self.actor.user,
                "subject": subject,
                "pack_hash": pack_hash,
                "text": text,
                "case_id": case_id or None,
                "case_version": version,
                "state": "open",
                "answer": "",
            }
            recorder.connection.execute(insert(feedback).values(**row))
            recorder.record("feedback.sent", f"feedback/{row['id']}", **({"case": case_id} if case_id else {}))
        return str(row["id"])

    def queue(self, *states: FeedbackState, most: int = 200) -> list[Feedback]:
        """Remarks, open ones first and the newest first; of these states, or of all."""
        if not self.store.exists():
            return []
        wanted = select(feedback, users.c.display_name).join(users, feedback.c.user_id == users.c.id)
        if states:
            wanted = wanted.where(feedback.c.state.in_(states))
        order = (case((feedback.c.state == "open", 0), else_=1), feedback.c.at.desc())
        with self.store.reading() as connection:
            return [_feedback(row) for row in connection.execute(wanted.order_by(*order).limit(most))]

    def answer(self, id: str, state: FeedbackState, text: str) -> None:
        """Say what became of it."""
        values = {
            "state": state,
            "answer": text.replace("\x00", ""),
            "answered_by": self.actor.user,
            "answered_at": now(),
        }
        with self.store.recorded(self.actor) as recorder:
            if not recorder.connection.execute(update(feedback).where(feedback.c.id == id).values(values)).rowcount:
                raise _no_such("feedback")
            recorder.record("feedback.answered", f"feedback/{id}", state=state)

    def attached(self, id: str) -> dict[str, Any]:
        """What was told in the case that its sender added; the reading is recorded."""
        with self.store.recorded(self.actor) as recorder:
            wanted = (
                select(case_versions.c.told, case_versions.c.case_id, case_versions.c.number)
                .join(feedback, feedback.c.case_id == case_versions.c.case_id)
                .where(feedback.c.id == id, feedback.c.case_version == case_versions.c.number)
            )
            row = recorder.connection.execute(wanted).one_or_none()
            if row is None:
                raise _no_such("case")
            recorder.record("case.read", f"case/{row.case_id}", versions=[row.number], feedback=id)
            told: dict[str, Any] = msgspec.json.decode(row.told)
            return told


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(
        id=row.id,
        at=row.at,
        sender=row.display_name,
        subject=row.subject,
        pack_hash=row.pack_hash,
        text=row.text,
        has_case=row.case_id is not None,
        state=row.state,
        answer=row.answer,
    )


def _no_such(what: str) -> HickamError:
    return HickamError(
        code="not-found",
        where=what,
        what=f"there is no such {what}",
        why="there is nothing to show or to change",
        fix="look at the list",
    )
